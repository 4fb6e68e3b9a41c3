"""The gate: spun or not, and where."""

from spinfix.gate import passages
from spinfix.text import tokenize


def test_passages_end_with_sentences_and_lines():
    words = "one two three four five six seven eight nine ten eleven twelve".split()
    text = " ".join(words) + ". Short one.\nA new line."
    cuts = passages(tokenize(text))
    assert [(cut.paragraph, cut.end - cut.start) for cut in cuts] == [
        (True, 13),
        (False, 3),
        (True, 4),
    ]


def test_samples_are_told_apart(repairer, samples):
    verdicts = {
        path.parent.name + "/" + path.name: repairer.judge(path.read_text(encoding="utf-8"))
        for path in samples.glob("*/*.txt")
    }
    assert verdicts
    for name, verdict in verdicts.items():
        assert verdict.spun == ("spun/" in name), name
    assert verdicts["spun/ferry.txt"].share > 0.9
    assert 0.2 < verdicts["half-spun/clinic.txt"].share < 0.8


def test_nothing_is_not_spun(repairer):
    assert not repairer.judge("").spun
    assert not repairer.judge(" \n\n ").spun
    assert not repairer.judge("... !!! ...").spun
