"""Learning a spinner from spun text alone: what was put in, and for what."""

from __future__ import annotations

import math

import numpy as np
import pytest
from spins import THESAURUS, genuine, is_true, spun

from spinfix import Repairer
from spinfix.learn.corpus import Vocabulary, encode
from spinfix.learn.learned import log_likelihood
from spinfix.learn.ngrams import count_phrases
from spinfix.learn.reference import TooLittle, from_model
from spinfix.learn.spun_only import learn_spun_only
from spinfix.learn.suspects import find_suspects, occurrences
from spinfix.learn.unpaired import known_pairs, read_texts, write_learned
from spinfix.lexicon import Lexicon
from spinfix.shipped import MODEL, shipped


@pytest.fixture(scope="module")
def learned():
    return learn_spun_only(spun(genuine(400, 1), 1), genuine(400, 2))


def test_most_of_the_thesaurus_is_found(learned):
    right = {entry[:2] for entry in learned.entries() if is_true(entry)}
    assert len(right) >= 0.7 * sum(map(len, THESAURUS.values()))


def test_little_else_is_found(learned):
    entries = learned.entries()
    right = sum(entry.replaced for entry in entries if is_true(entry))
    assert right >= 0.75 * sum(entry.replaced for entry in entries)
    assert all(is_true(entry) for entry in learned.entries(0.98))


def test_counts_are_those_of_the_spun_text(learned):
    entries = {(e.spun, e.original): e for e in learned.entries(0.0)}
    texts = " ".join(spun(genuine(400, 1), 1)).lower()
    found = entries["purchased", "bought"]
    # some stand in a longer phrase that is looked at in its place
    assert 0.7 * texts.count("purchased") <= found.replaced <= texts.count("purchased")
    assert found.seen >= found.replaced
    assert found.left_alone <= 0.1 * found.replaced


def test_a_higher_floor_gives_fewer_and_surer_entries(learned):
    assert set(learned.entries(0.95)) < set(learned.entries(0.3))
    confidences = [proposal.confidence for proposal in learned.proposals]
    assert confidences == sorted(confidences, reverse=True)
    assert all(0.0 <= c <= 1.0 for c in confidences)


def test_how_the_spinner_draws(learned):
    assert learned.one_draw > 0.9  # once for each head and article
    assert learned.rate > 0.9  # and it leaves no head


def test_phrases_without_an_original_are_left_to_people():
    texts = [f"{text}\nhe quibbled." for text in spun(genuine(400, 1), 1)]
    found = {row.phrase: row for row in learn_spun_only(texts, genuine(400, 2)).unexplained}
    (row,) = (row for phrase, row in found.items() if "quibbled" in phrase)
    assert row.times == 400 and row.expected == 0.0
    assert row.contexts[0].endswith("_ . /")


def test_genuine_articles_among_the_spun_ones_are_left_out():
    mixed = spun(genuine(400, 1), 1) + genuine(60, 3)
    found = learn_spun_only(mixed, genuine(400, 2))
    assert found.articles == 460
    assert 50 <= found.genuine <= 70
    assert found.rate > 0.9


def test_genuine_text_teaches_nothing():
    found = learn_spun_only(genuine(400, 1), genuine(400, 2))
    assert found.entries() == []


def test_what_is_known_before_helps():
    few = spun(genuine(40, 1), 1)
    known = [(phrase, head) for head, row in THESAURUS.items() for phrase in row]
    without = learn_spun_only(few, genuine(400, 2)).entries()
    with_it = learn_spun_only(few, genuine(400, 2), known=known).entries()
    assert sum(map(is_true, with_it)) >= sum(map(is_true, without))


def test_without_genuine_texts_a_lexicon_and_the_language_model_are_asked():
    words = Vocabulary()
    text = (
        "She went to the house by the sea, and it was not far. He said that they had been in the "
    )
    text += "identical house for a year, with his mother and a cat, but that it is sold now."
    texts = encode([text] * 800, words)
    reference = from_model(texts, shipped(MODEL), Lexicon(), words, 10)
    expected = dict(zip(reference.phrases.texts, reference.phrases.expected, strict=True))
    assert expected["the house"] > 10 * expected["the identical"] > 0.0
    # "same" does not stand in the spun text, but it is expected there; "the" before it
    head = reference.heads.index("same")
    assert reference.found[head] == 0 and reference.expected[head] >= 10
    before, _, after, _ = reference.tables
    assert before.totals[head] > 0.0 and after.totals[head] > 0.0


def test_without_genuine_texts_little_is_sure():
    found = learn_spun_only(spun(genuine(100, 1), 1))
    assert found.articles == 100 and found.proposals


@pytest.mark.parametrize(("texts", "clean"), [([], ["a word"]), (["a word"], []), ([""], None)])
def test_nothing_to_learn_from(texts, clean):
    with pytest.raises(TooLittle, match="no words"):
        learn_spun_only(texts, clean)


def test_a_spinner_that_was_learned_repairs(learned, tmp_path):
    traits = write_learned(tmp_path / "world", learned, "world")
    assert traits.report["entries"] == len(learned.entries())
    repairer = Repairer(spinner=tmp_path / "world", scorer=None)
    text = spun(genuine(1, 99), 99)[0]
    repair = repairer.repair(text)
    assert repair.spun
    wrong = [edit for edit in repair.edits if edit.old.lower() not in str(THESAURUS)]
    assert not wrong
    header = (tmp_path / "world" / "suspects.tsv").read_text(encoding="utf-8").split("\n")[0]
    assert header.split("\t") == ["phrase", "times", "expected", "likely", "contexts"]


def test_texts_are_read_from_files_and_folders(tmp_path):
    (tmp_path / "a.txt").write_text("One text.\n", encoding="utf-8")
    (tmp_path / "b.jsonl").write_text('{"text": "Two."}\n{"no": 1}\n', encoding="utf-8")
    assert sorted(read_texts([str(tmp_path)])) == ["One text.\n", "Two."]


def test_nothing_is_known_before_on_request():
    assert known_pairs("none") == []
    assert ("mentioned", "said") in known_pairs()


def test_phrases_are_counted_on_both_sides():
    words = Vocabulary()
    spun_text = encode(["a red cat\nsat there"] * 10, words)
    clean_text = encode(["a red dog sat there"] * 20, words)
    phrases = count_phrases(spun_text, clean_text, words, least=5)
    number = {text: n for n, text in enumerate(phrases.texts)}
    assert phrases.spun.counts[number["red cat"]] == 10
    assert phrases.clean.counts[number["a red dog sat"]] == 20
    assert "cat sat" not in number  # a line ends between the two
    assert phrases.expected[number["a red"]] == pytest.approx(10.0)
    assert phrases.texts[phrases.front[number["a red cat"]]] == "a red"
    assert phrases.texts[phrases.back[number["a red cat"]]] == "red cat"


def test_the_longest_phrase_takes_its_words():
    words = Vocabulary()
    text = encode(["in keeping with the plan"] * 5, words)
    phrases = count_phrases(text, text, words, least=2)
    wanted = np.array([phrases.texts.index(p) for p in ("keeping", "with", "in keeping with")])
    found = occurrences(phrases.spun.places, wanted, len(phrases.texts), overlapping=False)
    assert found.unit.tolist() == [2] * 5
    everywhere = occurrences(phrases.spun.places, wanted, len(phrases.texts), overlapping=True)
    assert np.bincount(everywhere.unit).tolist() == [5, 5, 5]


def test_a_longer_phrase_is_a_suspect_when_its_parts_do_not_explain_it():
    words = Vocabulary()
    texts = ["it rained , in keeping with her", "she was keeping a cat", "with him"]
    spun_text = encode(texts[:1] * 60 + texts[1:] * 5, words)
    clean_text = encode(texts[1:] * 60, words)
    phrases = count_phrases(spun_text, clean_text, words, least=2)
    found = {phrases.texts[n] for n in find_suspects(phrases, 20).spun.tolist()}
    assert any("in keeping with" in phrase for phrase in found)
    assert "keeping a" not in found


def test_surprise_by_hand():
    assert log_likelihood(10, 10.0) == pytest.approx(0.0)
    assert log_likelihood(20, 10.0) == pytest.approx(20 * math.log(2) - 10)
