"""The dictionaries that ship, and the checker that keeps them in order."""

import pytest

from spinfix.channel import Channel
from spinfix.dictionary import (
    DictionaryError,
    Entry,
    Never,
    canonical,
    problems,
    read_entries,
    read_never,
    write_entries,
)
from spinfix.shipped import shipped

HEADER = "spun\toriginal\treplaced\tseen\tleft_alone\n"


@pytest.mark.parametrize("name", ["learned.tsv", "manual.tsv"])
def test_shipped_dictionaries_have_no_problems(name):
    entries = read_entries(shipped(name))
    assert list(problems(entries, by_hand=name == "manual.tsv")) == []


def test_shipped_never_list_gives_reasons():
    assert all(row.reason for row in read_never(shipped("never.tsv")))


def test_learned_dictionary_is_as_it_was_written(tmp_path):
    path = shipped("learned.tsv")
    again = tmp_path / "again.tsv"
    write_entries(again, read_entries(path))
    assert again.read_bytes() == path.read_bytes()


@pytest.mark.parametrize(
    ("line", "message"),
    [
        ("mentioned", "1 columns"),
        ("mentioned\tsaid\t3", "3 columns"),
        ("mentioned\tsaid\t3\t4\t5\ta source\t7", "7 columns"),
        ("mentioned\tsaid\tx\t4\t0", "not a whole number"),
        ("mentioned\tsaid\t-1\t4\t0", "not a whole number"),
        ("mentioned\tsaid\t5\t4\t0", "at most seen"),
        ("mentioned\tsaid\t0\t4\t0", "at least 1"),
        ("said\tsaid\t1\t4\t0", "by itself"),
        ("\tsaid\t1\t4\t0", "not a phrase"),
        ("two  spaces\tsaid\t1\t4\t0", "not a phrase"),
        ("mentioned;\tsaid\t1\t4\t0", "not a phrase"),
    ],
)
def test_bad_lines_are_refused_with_their_number(tmp_path, line, message):
    path = tmp_path / "bad.tsv"
    path.write_text(HEADER + "navy\tmilitary\n" + line + "\n", encoding="utf-8")
    with pytest.raises(DictionaryError, match=rf"bad\.tsv, line 3: .*{message}"):
        read_entries(path)


def test_a_dictionary_that_is_not_utf8_is_refused(tmp_path):
    path = tmp_path / "latin.tsv"
    path.write_bytes(b"caf\xe9\tbar\n")
    with pytest.raises(DictionaryError, match="not UTF-8"):
        read_entries(path)


def test_two_columns_comments_and_blank_lines(tmp_path):
    path = tmp_path / "own.tsv"
    path.write_text("# my own\n\nspun\toriginal\nnavy\tmilitary\n", encoding="utf-8")
    assert read_entries(path) == [Entry("navy", "military", 10, 100, 0)]


def test_never_list(tmp_path):
    path = tmp_path / "never.tsv"
    path.write_text("navy\ncoast\tshore\nhome\thouse\ta reason\n", encoding="utf-8")
    assert read_never(path) == [
        Never("navy", "*", ""),
        Never("coast", "shore", ""),
        Never("home", "house", "a reason"),
    ]
    path.write_text("a\tb\tc\td\n", encoding="utf-8")
    with pytest.raises(DictionaryError, match="line 1: 4 columns"):
        read_never(path)


def entry(spun, original):
    return Entry(spun, original, 1, 2, 0)


def test_the_checker_finds_what_it_should():
    assert list(problems([entry("a", "b"), entry("a", "c"), entry("b", "c")])) == []
    assert "not sorted" in next(problems([entry("b", "c"), entry("a", "b")]))
    assert "twice" in next(problems([entry("a", "b"), entry("a", "b")]))
    assert "lower case" in next(problems([entry("Home", "house")]))
    loop = [entry("income", "revenue"), entry("revenue", "income")]
    assert "replace each other" in next(problems(loop, by_hand=True))
    assert list(problems(loop)) == []


def test_canonical_case():
    assert canonical(["Home"], ["House"]) == ("home", "house")
    assert canonical(["US"], ["United", "States"]) == ("US", "United States")
    assert canonical(["I", "am"], ["I'm"]) == ("i am", "i'm")


#: Phrases with words around them that stay.
THAT = [
    ("that may", "that can"),
    ("that may", "that could"),
    ("that may be", "that can be"),
    ("may", "can"),
    ("may be that", "can be this"),
    ("a brand new", "a new"),
    ("whether or not they", "whether they"),
]


def test_what_is_banned_is_banned_with_the_words_around_it():
    banned = [Never("May", "can", "a choice"), Never("brand new", "*", "its style")]
    banned += [Never("whether or not", "whether", "")]
    channel = Channel([Entry(*pair, 5, 9, 0) for pair in THAT], banned)
    phrases = dict.fromkeys(spun for spun, _ in THAT)
    left = [(spun, " ".join(words)) for spun in phrases for words, _ in channel.originals(spun)]
    assert left == [("that may", "that could"), ("may be that", "can be this")]
