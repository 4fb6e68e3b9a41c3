"""The gate: spun or not, and where."""

from __future__ import annotations

from contextlib import nullcontext

import pytest
from hypothesis import example, given, settings
from hypothesis import strategies as st

from spinfix.compiled import part, pure
from spinfix.evidence import Markers
from spinfix.gate import _CONSTANTS, _readings, judge
from spinfix.hmm import passages
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


#: Single words, phrases that begin alike, and what is evidence only together.
WEIGHTS = {"sea": 1.5, "the sea": -2.25, "the sea side": 3.999, "in the": -0.3, "uses": -0.3}
WEIGHTS |= {
    "made use of": 4.0,
    "naïve": 0.125,
    "folks": 4.0,
    "people": -4.0,
    "x y z": -1.0,
    "won't": 1.0,
}


@pytest.mark.parametrize("python", [nullcontext, pure])
def test_the_longest_markers_are_found(python):
    markers = Markers(WEIGHTS)
    for text, wanted in {
        "": [],
        "In the sea": [(0, "in the"), (2, "sea")],
        "At the sea side, made use sea": [(1, "the sea side"), (7, "sea")],
        "the sea made use of": [(0, "the sea"), (2, "made use of")],
        "FOLKS won’t won't x y": [(2, "won't")],
        "the, sea": [(2, "sea")],
    }.items():
        with python():
            found = markers.find(tokenize(text))
        assert found == [(*row, WEIGHTS[row[1]]) for row in wanted]


words = st.sampled_from([*WEIGHTS, *"the sea x y use of a is".split(), "\ud83d", "\0", "ǅ", "İ"])
marks = st.sampled_from([*'.!?,"“”„', "\n", "\n\n", "'s", "won’t", "http://a.org"])
cases = st.sampled_from([str.lower, str.title, str.upper, str.lower, str.lower])
texts = st.lists(st.builds(lambda case, word: case(word), cases, words | words | marks))


@settings(max_examples=300, deadline=None)
@given(
    st.builds(lambda some, times: " ".join(some * times), texts, st.sampled_from([1, 1, 5, 40])),
    st.sampled_from([0.0, 0.01, 0.21, 0.5, 0.99, 1.0, -3.0]),
    st.sampled_from([0.0, 0.2, 0.7, 1.0, 5.0]),
)
@example("", 0.0, 1.0)
@example("... !!! ...", 0.2, 0.2)
def test_texts_are_judged_alike(text, names, quotes):
    if not part("_gate"):
        pytest.skip("nothing is compiled here")
    tokens, markers = tokenize(text), Markers(WEIGHTS)
    found, verdict = markers.find(tokens), judge(tokens, markers, names, quotes)
    with pure():
        assert found == markers.find(tokens)
        assert repr(verdict) == repr(judge(tokens, markers, names, quotes))


def test_samples_are_judged_alike(repairer, samples):
    texts = [tokenize(path.read_text("utf-8")) for path in sorted(samples.glob("*/*.txt"))]
    verdicts = [family.judge(tokens) for family in repairer.families for tokens in texts]
    with pure():
        others = [family.judge(tokens) for family in repairer.families for tokens in texts]
    assert verdicts == others and any(verdict.posterior > 0.9 for verdict in verdicts)


@pytest.mark.parametrize("marker", [(2, "b", 1.0), (-1, "b", 1.0), (0, 1, 1.0), (0, "b"), 5])
def test_markers_that_make_no_sense_are_refused(marker):
    compiled = part("_gate")
    if not compiled:
        pytest.skip("nothing is compiled here")
    tokens = tokenize("a b")
    text = (tokens.words, tokens.kinds, tokens.breaks)
    with pytest.raises((TypeError, ValueError)):
        compiled.judge(*text, [marker], _readings(0.2, 0.2), _CONSTANTS)
    with pytest.raises(ValueError, match="as many"):
        compiled.judge(tokens.words, [], [], [], _readings(0.2, 0.2), _CONSTANTS)
