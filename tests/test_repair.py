"""Repair, by example.  The cases are JSON files: label, comment, spun, fixed.

A sentence is too little to tell whether it was spun, so each stands at the end
of an article: spun sentences of the spun sample, genuine ones of a genuine one.
"""

import json
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from spinfix import Options, Repairer, apply, undo
from spinfix.learn.measures import compare

CASES = Path(__file__).parent / "cases"


def cases(name):
    rows = json.loads((CASES / f"{name}.json").read_text(encoding="utf-8"))
    return [pytest.param(row, id=row["label"]) for row in rows]


def last_line(repairer, article, sentence):
    return repairer.repair(f"{article}{sentence}\n").fixed.split("\n")[-2]


@pytest.fixture(scope="session")
def spun(samples):
    return (samples / "spun" / "ferry.txt").read_text(encoding="utf-8")


@pytest.fixture(scope="session")
def genuine(samples):
    return (samples / "genuine" / "orchard.txt").read_text(encoding="utf-8")


@pytest.mark.parametrize("case", cases("spun"))
def test_spun_sentence_is_given_back(case, repairer, spun):
    assert last_line(repairer, spun, case["spun"]) == case["fixed"]


@pytest.mark.xfail(strict=True, reason="known failure")
@pytest.mark.parametrize("case", cases("known_failures"))
def test_known_failure(case, repairer, spun):
    assert last_line(repairer, spun, case["spun"]) == case["fixed"]


@pytest.mark.parametrize("case", cases("genuine"))
def test_genuine_sentence_is_left_alone(case, repairer, genuine):
    assert repairer.repair(genuine + case["text"]).edits == ()


def test_a_sentence_alone_is_too_little_to_touch(repairer):
    assert repairer.repair("The State Division mentioned it.").edits == ()


def test_a_sentence_alone_can_be_declared_spun():
    sure = Repairer(options=Options(assume_spun=True))
    assert sure.repair("The State Division mentioned it.").fixed == "The State Department said it."


def test_what_was_spun_at_a_low_rate_is_edited_only_where_it_is_sure():
    text = "The overseas ministry mentioned that the folks will discover a big bridge."
    all_of_it = Repairer(options=Options(assume_spun=True)).repair(text)
    a_tenth = Repairer(options=Options(assume_spun=True, rate=0.1)).repair(text)
    assert "Foreign Ministry" in a_tenth.fixed or "foreign ministry" in a_tenth.fixed
    assert len(a_tenth.edits) < len(all_of_it.edits)
    assert all(edit.confidence > 0.95 for edit in a_tenth.edits)


def test_sample_comes_back(repairer, samples, spun):
    original = (samples / "original" / "ferry.txt").read_text(encoding="utf-8")
    fixed = repairer.repair(spun).fixed
    assert fixed.count("\n") == original.count("\n")
    words = compare(spun, original, fixed)
    assert words.after < 0.15 * words.before


def test_only_the_spun_paragraphs_of_a_half_spun_article_change(repairer, samples):
    half = (samples / "half-spun" / "clinic.txt").read_text(encoding="utf-8").split("\n")
    original = (samples / "original" / "clinic.txt").read_text(encoding="utf-8").split("\n")
    fixed = repairer.repair("\n".join(half)).fixed.split("\n")
    for before, after, wanted in zip(half, fixed, original, strict=True):
        assert (before != after) == (before != wanted)


def test_spun_article_with_genuine_quotations(repairer, spun):
    quotation = (
        '"We did not start the business because we wanted to make a lot of money, but because '
        'people told us that they could not find good bread near their home," said the baker.\n'
    )
    fixed = repairer.repair(spun + quotation).fixed
    assert fixed.endswith(quotation)


@pytest.mark.parametrize("name", ["orchard.txt", "archive.txt"])
def test_genuine_articles_come_back_byte_for_byte(name, repairer, samples):
    text = (samples / "genuine" / name).read_bytes().decode()
    assert repairer.repair(text).fixed == text


def test_edits_carry_confidence_alternatives_and_evidence(repairer, spun):
    edits = repairer.repair(spun).edits
    assert edits
    for edit in edits:
        assert 0 < edit.confidence <= 1
        assert edit.evidence is not None and edit.evidence.replaced > 0
        assert all(0 <= other.probability <= 1 for other in edit.alternatives)
        assert edit.new not in [other.text for other in edit.alternatives]


def test_min_confidence_keeps_only_surer_edits(repairer, spun):
    careful = Repairer(options=Options(min_confidence=0.95))
    kept = careful.repair(spun).edits
    assert kept and all(edit.confidence >= 0.95 for edit in kept)
    assert len(kept) < len(repairer.repair(spun).edits)


def test_protected_ranges_are_never_touched(repairer, spun):
    first = spun.index("\n")
    repair = repairer.repair(spun, protect=[(0, first)])
    assert repair.edits
    assert all(edit.start >= first for edit in repair.edits)
    assert repair.fixed[:first] == spun[:first]


def test_dictionary_and_never_list(tmp_path, spun):
    own, never = tmp_path / "own.tsv", tmp_path / "never.tsv"
    own.write_text("spun\toriginal\nflufferwomp\tmanager\n", encoding="utf-8")
    never.write_text("spun\toriginal\treason\nmom\t*\ther word\n", encoding="utf-8")
    repairer = Repairer(dictionaries=[own], never=[never])
    fixed = repairer.repair(spun + "The flufferwomp is here.\n").fixed
    assert "The manager is here." in fixed
    assert "My mom was born" in fixed


def test_entries_of_ones_own_are_no_evidence_against_genuine_text(tmp_path, genuine):
    own = tmp_path / "own.tsv"
    words = sorted({word for word in genuine.lower().split() if word.isalpha()})
    own.write_text("".join(f"{word}\tzebra\n" for word in words), encoding="utf-8")
    assert Repairer(dictionaries=[own]).repair(genuine).edits == ()


def test_an_entry_of_ones_own_overrules_the_shipped_one(tmp_path, spun):
    own = tmp_path / "own.tsv"
    own.write_text("stated\tsaid\t1\t100000\t50000\n", encoding="utf-8")
    fixed = Repairer(dictionaries=[own]).repair(spun).fixed
    assert fixed.count(" said") < spun.count(" stated")


def test_a_never_entry_holds_for_longer_phrases_too(tmp_path, repairer, spun):
    assert "the corporate" in spun and "the corporate" not in repairer.repair(spun).fixed
    never = tmp_path / "never.tsv"
    never.write_text("corporate\n", encoding="utf-8")
    assert "the corporate" in Repairer(never=[never]).repair(spun).fixed


PIECES = st.sampled_from(
    ["the State Division", "mentioned", "an announcement", "İstanbul", "cafe\u0301", "\r\n", "\n",
     " ", "\t", "\u2028", "😀", "שלום", "’", "“", "”", "'s", "the corporate", "three a long time",
     "\ufeff", "in keeping with", "US", "U.S.", "it’s", "don't", "three,000", ".", ",", "a", "an",
     "http://x.org/a", "`code`", "\ud800", "\x00", "individuals", "However", "I"]
)  # fmt: skip


@settings(max_examples=60, deadline=None)
@given(pieces=st.lists(PIECES, max_size=40), position=st.integers(0, 8))
def test_any_text_is_repaired_safely(pieces, position, repairer, spun):
    lines = spun.split("\n")
    lines.insert(position, "".join(pieces))
    text = "\n".join(lines)
    repair = repairer.repair(text)
    assert apply(text, repair.edits) == repair.fixed
    assert undo(repair.fixed, repair.edits) == text
    again = repairer.repair(repair.fixed)
    assert again.edits == (), "a repaired text does not change"
    for edit in repair.edits:
        assert "\n" not in edit.old + edit.new and edit.old


@settings(max_examples=100, deadline=None)
@given(text=st.text())
def test_texts_without_evidence_do_not_change(text, repairer):
    assert repairer.repair(text).fixed == text


def test_empty_text(repairer):
    assert repairer.repair("").fixed == ""
