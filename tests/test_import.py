"""A spinner's own thesaurus becomes a dictionary, and the dictionary gives the words back."""

import json
import math

import pytest
from click.testing import CliRunner
from conftest import ROOT
from hypothesis import given, settings
from hypothesis import strategies as st
from rapidfuzz.distance import Levenshtein
from spin import spin

from spinfix import Repairer
from spinfix.cli import main
from spinfix.curate.inversion import SURVIVING, expected_by, invert
from spinfix.curate.thesaurus import ThesaurusError, read_thesaurus
from spinfix.dictionary import Entry, read_entries
from spinfix.evidence import survivals, weigh
from spinfix.spinners import read_spinner
from spinfix.text import tokenize

CASES = ROOT / "tests" / "cases" / "thesaurus"


def rows_of(text, form=None):
    return [tuple(row) for row in read_thesaurus(text.encode(), form).rows]


def run(*args):
    return CliRunner().invoke(main, ["dict", "import", *map(str, args)])


@pytest.mark.parametrize(
    ("form", "text"),
    [
        ("rows", "big|large|huge\nhome|house\n"),
        ("tsv", "head\tsynonym\nbig\tlarge|huge\nhome\thouse\n"),
        ("csv", 'word,synonym\r\nbig,"large|huge"\r\nhome,house\r\n'),
    ],
)
def test_the_format_is_found_out(form, text):
    read = read_thesaurus(text.encode())
    assert read.format == form
    assert read.rows == [("big", ("large", "huge")), ("home", ("house",))]


def test_spintax_groups_have_no_head():
    assert rows_of("{big|large}\n{home|house|abode}\n") == [
        (None, ("big", "large")),
        (None, ("home", "house", "abode")),
    ]
    inside = "We {saw|noticed} that, and {the {old|aged} mill|it} fell."
    assert rows_of(inside) == [
        (None, ("saw", "noticed")),
        (None, ("old", "aged")),
        (None, ("the old mill", "the aged mill", "it")),
    ]


def test_what_is_no_thesaurus_is_refused_unless_a_format_is_named():
    with pytest.raises(ThesaurusError, match="--format"):
        read_thesaurus(b"just some words\nin lines\n")
    assert rows_of("just some words\n", "rows") == []


def test_dirt_is_cleaned_or_left_out_and_counted():
    text = (
        "big|large|Large|big||sizeable &amp; wide|semi_detached|to\u00adtal|<b>|w w w w w w w w w\n"
    )
    read = read_thesaurus(text.encode())
    assert read.rows == [("big", ("large", "semi detached", "total"))]
    dropped = {reason: n for reason, n in read.dirt.dropped.items() if n}
    assert dropped == {
        "twice in its row": 1,
        "synonym of itself": 1,
        "empty": 1,
        "no phrase of words": 2,
        "longer than 8 words or 120 characters": 1,
    }
    assert read.dirt.cleaned == {
        "HTML entities": 1,
        "underscores for spaces": 1,
        "control characters": 1,
    }
    assert read.dirt.phrases == 10


def test_a_bad_head_takes_its_row_with_it():
    read = read_thesaurus(b"???|large|huge\nhome|house\nalone\n")
    assert read.rows == [("home", ("house",))]
    assert read.dirt.dropped["synonym of a head that was dropped"] == 2
    assert read.dirt.dropped["head without synonyms"] == 1


def test_other_encodings():
    assert rows_of("café|tearoom\n") == [("café", ("tearoom",))]
    windows = read_thesaurus("café|tearoom\n".encode("cp1252"))
    assert windows.rows == [("café", ("tearoom",))]
    assert "not UTF-8, read as Windows-1252 (lines)" in windows.dirt.cleaned
    assert read_thesaurus("big|large\n".encode("utf-16")).rows == [("big", ("large",))]


@given(st.binary(max_size=200) | st.text("ab{}|,\t\n\"' _&;", max_size=120).map(str.encode))
@settings(max_examples=150, deadline=None)
def test_no_bytes_make_it_stumble(data):
    for form in ("rows", "spintax", "csv", "tsv"):
        entries = invert(read_thesaurus(data, form), lambda phrase: 10.0).entries
        assert all(entry.spun != entry.original for entry in entries)


def test_a_group_of_groups_does_not_explode():
    text = "{" + "{a|b|c|d|e|f|g|h|i|j}" * 40 + "|x}"
    read = read_thesaurus(text.encode(), "spintax")
    assert all(len(row.synonyms) <= 500 for row in read.rows)
    assert read.dirt.dropped["too many or too long readings of a group"]
    assert read_thesaurus(("{" * 50_000 + "a").encode(), "spintax").rows == []


#: Occurrences in ten million words, as a made-up lexicon tells them.
OFTEN = {
    "said": 10_000,
    "mentioned": 600,
    "told": 3_000,
    "aforesaid": 0.2,
    "big": 1_000,
    "large": 900,
}


def imported(text):
    found = invert(read_thesaurus(text.encode()), lambda phrase: OFTEN.get(phrase, 0.0))
    return {entry[:2]: entry for entry in found.entries}, found.report


def test_counts_of_a_row_are_those_expected_in_english():
    entries, _ = imported("said|mentioned|told\n")
    share = (1 - SURVIVING) / 2
    assert entries["mentioned", "said"] == Entry(
        "mentioned", "said", int(10_000 * share), 10_000, 600
    )
    assert entries["told", "said"].left_alone == 3_000, "no head: every one in English stays"


def test_a_synonym_that_is_a_head_is_hardly_ever_left():
    entries, report = imported("said|told\ntold|said\n")
    assert entries["told", "said"].left_alone == math.ceil(3_000 * SURVIVING)
    assert (report["loops"], report["loops_named"]) == (1, [["said", "told"]])


def test_the_commonest_of_a_group_is_the_original():
    entries, _ = imported("{said|mentioned|aforesaid}\n")
    assert set(entries) == {("mentioned", "said"), ("aforesaid", "said")}
    entry = entries["mentioned", "said"]
    assert entry.replaced == pytest.approx(entry.seen * (1 - 1 / 3) / 2, abs=1), "a third stays"


def test_members_of_a_group_that_are_about_as_common_are_all_heads():
    entries, _ = imported("{big|large|hefty}\n")
    assert set(entries) == {
        ("large", "big"), ("hefty", "big"), ("big", "large"), ("hefty", "large")
    }  # fmt: skip


def test_heads_speak_for_genuine_text_and_replacements_for_spun():
    entries, _ = imported("said|mentioned|told\n")
    survival, evidence = survivals(entries.values()), weigh(entries.values())
    assert survival["said"] == pytest.approx(SURVIVING, abs=0.01)
    assert evidence["said"] < -3 and evidence["mentioned"] > 2


def test_expected_counts_come_from_lexicon_and_model(repairer):
    expected = expected_by(repairer.lexicon, repairer.model)
    assert expected("said") > expected("stated") > expected("opined")
    assert expected("of the") > 100 * expected("the of")
    assert expected("qqxyzzy") == 0.0


@pytest.fixture(scope="module")
def folder(tmp_path_factory):
    """The spinner's folder that the command makes of a thesaurus of a hundred rows."""
    out = tmp_path_factory.mktemp("imported") / "spinner"
    done = run(CASES / "rows.txt", "-o", out)
    assert done.exit_code == 0, done.output
    assert "103 rows (rows), 344 phrases\n" in done.stderr
    return out


def spun(text, seed):
    """A text spun with the thesaurus, each head drawn once."""
    heads = {}
    for line in (CASES / "rows.txt").read_text(encoding="utf-8").splitlines():
        head, *synonyms = line.split("|")
        heads[head] = [Entry(synonym, head, 1, len(synonyms), 0) for synonym in synonyms]
    return spin(text, heads, seed)


def test_what_the_thesaurus_spun_comes_back(folder):
    text = (CASES / "article.txt").read_text(encoding="utf-8")
    repairer = Repairer(spinner=folder)
    original = tokenize(text).words
    for seed in (1, 2):
        before = spun(text, seed)
        after = repairer.repair(before).fixed
        wrong = [Levenshtein.distance(original, tokenize(t).words) for t in (before, after)]
        assert wrong[0] > 150
        assert wrong[1] < 0.1 * wrong[0]


def test_the_article_as_it_was_written_is_left_alone(folder):
    text = (CASES / "article.txt").read_text(encoding="utf-8")
    repair = Repairer(spinner=folder).repair(text)
    assert not repair.spun and repair.fixed == text


def test_the_folder_is_a_spinner(folder):
    spinner = read_spinner(folder)
    assert spinner.traits.name == "rows"
    assert spinner.traits.report["entries"] == len(spinner.entries) == 241
    assert {entry.source for entry in spinner.entries} == {"thesaurus rows.txt"}
    assert CliRunner().invoke(main, ["dict", "check", str(folder)]).exit_code == 0


def test_a_plain_file_and_a_report_as_json(tmp_path):
    thesaurus = tmp_path / "t.txt"
    thesaurus.write_text("income|revenue\nrevenue|income|big|\n", encoding="utf-8")
    done = run(thesaurus, "-o", tmp_path / "own.tsv", "--json")
    assert done.exit_code == 0, done.output
    report = json.loads(done.stdout)
    assert report["entries"] == len(read_entries(tmp_path / "own.tsv")) == 3
    assert report["dropped"] == {"empty": 1}
    assert "loops: 1, such as 'income' and 'revenue', which replace each other; kept" in done.stderr


def test_what_cannot_be_used_is_refused_in_a_line(tmp_path):
    thesaurus = tmp_path / "t.txt"
    thesaurus.write_bytes(b"\x00\xff\xfe{{{|||")
    done = run(thesaurus, "-o", tmp_path / "out", "--format", "rows")
    assert (done.exit_code, done.output.count("\n")) == (2, 1)
    assert "no entry can be made of it; left out: " in done.output
    assert not (tmp_path / "out").exists()


def test_other_files_are_not_written_over(tmp_path):
    (tmp_path / "notes").mkdir()
    (tmp_path / "notes" / "diary.txt").write_text("private", encoding="utf-8")
    (tmp_path / "letters.tsv").write_text("Dear Ann,\n", encoding="utf-8")
    for name in ("notes", "letters.tsv"):
        done = run(CASES / "rows.txt", "-o", tmp_path / name)
        assert done.exit_code == 2
        assert "is no dictionary" in done.output
    assert [path.name for path in (tmp_path / "notes").iterdir()] == ["diary.txt"]
    assert (tmp_path / "letters.tsv").read_text(encoding="utf-8") == "Dear Ann,\n"
