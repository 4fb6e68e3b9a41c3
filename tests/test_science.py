"""Tortured phrases of science: the dictionary, how it is made, and what it repairs.

The abstracts in cases/science mark what a spinner wrote and what stood there:
{bosom peril|breast cancer}.
"""

import re
import shutil
from collections import Counter

import pytest
from build_science import count_genuine, entries_of
from conftest import ROOT
from science_phrases import Rendering, Tables, Term, phrases, read_tables, selected

from spinfix import Repairer
from spinfix.dictionary import problems, read_entries, write_entries
from spinfix.shipped import shipped

CASES = ROOT / "tests" / "cases" / "science"
SPUN = sorted(path for path in CASES.glob("*.txt") if not path.stem.startswith("genuine"))
GENUINE = sorted(CASES.glob("genuine-*.txt"))
MARK = re.compile(r"\{([^{}|]+)\|([^{}|]+)\}")


@pytest.fixture(scope="module")
def entries():
    return read_entries(shipped("science.tsv"))


@pytest.fixture(scope="module")
def science(tmp_path_factory):
    """A Repairer with this dictionary alone."""
    folder = tmp_path_factory.mktemp("science")
    shutil.copy(shipped("science.tsv"), folder / "dictionary.tsv")
    return Repairer(spinner=folder)


def fixed_marks(repair, text):
    """What stands, after a repair, where each marked phrase of ``text`` stood, and the original."""
    shift = 0
    for mark in MARK.finditer(text):
        start = mark.start() - shift
        end = start + len(mark[1])
        shift += len(mark[0]) - len(mark[1])
        edits = [edit for edit in repair.edits if start <= edit.start and edit.end <= end]
        new = repair.text[start:end]
        for edit in reversed(edits):
            new = new[: edit.start - start] + edit.new + new[edit.end - start :]
        yield new, mark[2]


# --- what it repairs ---


@pytest.mark.parametrize("path", SPUN, ids=lambda path: path.stem)
def test_abstracts_get_their_terms_back(science, path):
    text = path.read_text(encoding="utf-8")
    repair = science.repair(MARK.sub(r"\1", text))
    assert repair.spun
    found = list(fixed_marks(repair, text))
    right = sum(new == original for new, original in found)
    assert right >= 0.8 * len(found), [new for new, original in found if new != original]


@pytest.mark.parametrize("path", SPUN, ids=lambda path: path.stem)
def test_nothing_else_in_them_is_edited(science, path):
    text = path.read_text(encoding="utf-8")
    originals = MARK.sub(r"\2", text).split()
    repaired = science.repair(MARK.sub(r"\1", text)).fixed.split()
    spun = MARK.sub(r"\1", text).split()
    invented = Counter(repaired) - Counter(originals) - Counter(spun)
    assert not invented


@pytest.mark.parametrize("path", GENUINE, ids=lambda path: path.stem)
def test_genuine_abstracts_full_of_near_misses_come_back_untouched(science, path):
    text = path.read_text(encoding="utf-8")
    repair = science.repair(text)
    assert repair.fixed == text
    assert repair.posterior < 0.1


def test_one_tortured_phrase_alone_is_not_enough(science):
    text = "The poet calls it a bosom peril. We took the train to the coast."
    assert science.repair(text).fixed == text


def test_two_different_ones_are(science):
    text = "Women with bosom peril were examined by attractive reverberation imaging."
    assert science.repair(text).fixed == (
        "Women with breast cancer were examined by magnetic resonance imaging."
    )


def test_terms_that_stand_as_they_are_speak_against_it(science):
    spun = "Bosom peril and lung peril were studied."
    genuine = (
        " Blood pressure, heart failure, kidney failure, side effects, clinical trials, "
        "risk factors and stem cells were recorded."
    )
    assert science.judge(spun).posterior > science.judge(spun + genuine).posterior


def test_names_in_title_case_keep_it(science):
    spun = "Counterfeit Consciousness (AI) sorts them with a Bolster Vector Machine (SVM)."
    repair = science.repair(f"{spun} The bosom peril data are new.")
    assert repair.fixed == (
        "Artificial Intelligence (AI) sorts them with a Support Vector Machine (SVM). "
        "The breast cancer data are new."
    )


def test_initials_in_brackets_count(science):
    text = "The Man-made Consciousness (%s) of bosom peril by attractive reverberation imaging."
    of_the_original, of_the_spun = (
        science.repair(text % initials).edits[0].confidence for initials in ("AI", "MC")
    )
    assert of_the_original > of_the_spun


def test_plurals_and_british_spelling(science):
    text = "Profound neural organizations and irregular timberlands found threatening tumours."
    text += " Chemical vapour testimony was used."
    fixed = science.repair(text).fixed
    assert "Deep neural networks and random forests found" in fixed
    assert "Chemical vapour deposition was used." in fixed


def test_the_article_is_put_right_too(science):
    text = "It is a counterfeit neural network or an irregular timberland, trained on bosom peril."
    assert science.repair(text).fixed == (
        "It is an artificial neural network or a random forest, trained on breast cancer."
    )


# --- the dictionary ---


def test_it_is_in_order(entries):
    assert list(problems(entries)) == []
    assert len(entries) <= 15_000


def test_it_knows_many_terms_of_many_fields(entries):
    known = {entry.original for entry in entries}
    fields = Counter(t.field for t in read_tables().terms if " ".join(t.words) in known)
    assert sum(fields.values()) >= 1_200
    assert len(fields) >= 10
    assert min(fields.values()) >= 30


def test_chances_of_all_that_a_term_becomes_are_not_above_one(entries):
    replaced, seen = Counter(), {}
    for entry in entries:
        replaced[entry.original] += entry.replaced
        seen.setdefault(entry.original, set()).add(entry.seen)
    assert all(len(counts) == 1 for counts in seen.values())
    assert all(replaced[original] < 0.5 * min(counts) for original, counts in seen.items())


def test_it_is_what_the_tables_make(tmp_path):
    again = tmp_path / "again.tsv"
    write_entries(again, entries_of(selected(read_tables())))
    assert again.read_bytes() == shipped("science.tsv").read_bytes()


def test_tables_are_sorted_and_without_doubles():
    for path in sorted((ROOT / "tools" / "science").glob("*.tsv")):
        rows = [line.split("\t") for line in path.read_text(encoding="utf-8").splitlines()[1:]]
        keys = [(row[1], row[0]) if path.stem == "terms" else row[0] for row in rows]
        assert keys == sorted(set(keys)), path.name
        assert len({len(row) for row in rows}) == 1, path.name


# --- how it is made ---

TERM = Term(("breast", "cancer"), "medicine", True, "BC")
RENDERINGS = {
    "breast": [Rendering("bosom", 2, True, 0), Rendering("front", 1, False, 1)],
    "cancer": [Rendering("growth", 1, False, 0), Rendering("disease", 0, False, 1)],
}


def made(**changes):
    tables = Tables([TERM], RENDERINGS, set(), {})._replace(**changes)
    return {phrase.spun: phrase for phrase in selected(tables)}


def test_a_telling_word_is_enough_an_odd_one_needs_another():
    found = made()
    singular = {p for p in found if p == p.lower() and not p.endswith("s")}
    assert singular == {"bosom cancer", "bosom growth", "bosom disease", "front growth"}
    assert found["bosom cancer"].telling
    assert not found["front growth"].telling
    assert found["bosom growths"].original == "breast cancers"
    assert found["Bosom Cancer"].original == "Breast Cancer"


def test_an_article_that_changes_belongs_to_the_phrase():
    term = Term(("error", "rate"), "statistics", True, "")
    renderings = {"error": [Rendering("blunder", 2, True, 0)]}
    found = {p.spun: p.original for p in selected(Tables([term], renderings, set(), {}))}
    assert found["a blunder rate"] == "an error rate"


def test_what_is_genuine_in_one_form_goes_in_all():
    assert "front growth" not in made(genuine={"front growths": 1})
    assert "bosom growths" not in made(legitimate={"bosom growth"})
    assert "bosom growth" not in made(genuine={"bosom growth": 9})


def test_a_telling_phrase_may_be_seen_now_and_then_but_is_worth_less():
    entries = {e.spun: e for e in entries_of(made(genuine={"bosom growth": 1}).values())}
    assert entries["bosom cancer"].left_alone == 0
    assert entries["bosom growth"].left_alone > 0


def test_a_phrase_of_many_terms_is_left_out():
    others = [Term((word, "cancer"), "medicine", False, "") for word in ("chest", "breasts")]
    renderings = RENDERINGS | {"chest": RENDERINGS["breast"], "breasts": RENDERINGS["breast"]}
    assert "bosom growth" in made(terms=[TERM, others[0]], renderings=renderings)
    assert "bosom growth" not in made(terms=[TERM, *others], renderings=renderings)


def test_british_spelling_shows_in_what_was_kept():
    term = Term(("solid", "tumor"), "medicine", True, "")
    renderings = {"solid": [Rendering("sturdy", 2, True, 0)]}
    found = {p.spun: p.original for p in phrases(Tables([term], renderings, set(), {}))}
    assert found == {
        "sturdy tumor": "solid tumor",
        "sturdy tumour": "solid tumour",
        "sturdy tumors": "solid tumors",
        "sturdy tumours": "solid tumours",
    }


def test_genuine_phrases_are_counted_in_any_case_but_not_across_marks():
    texts = ["Bosom cancer? No bosom, cancer.", "A bosom cancer cell."]
    wanted = {"bosom cancer", "bosom cancer cell", "cancer cell wall"}
    assert count_genuine(wanted, texts) == {"bosom cancer": 2, "bosom cancer cell": 1}
