"""What people do with dictionaries: check, look up, add, merge, compare, judge."""

from collections import Counter

import pytest

from spinfix import Edit, Repair
from spinfix.config_files import load as load_config
from spinfix.curate import own
from spinfix.curate.card import (
    LEAST,
    Count,
    Tally,
    card,
    count_edits,
    disabled,
    read_card,
    wilson,
    write_card,
)
from spinfix.curate.checking import check
from spinfix.curate.comparing import differences
from spinfix.curate.files import Loaded, is_never_list
from spinfix.curate.listing import Origin, listed, matching
from spinfix.curate.merging import merge
from spinfix.curate.summary import summary
from spinfix.dictionary import DictionaryError, Entry, Never, read_entries, read_never
from spinfix.edits import Evidence
from spinfix.shipped import shipped
from spinfix.spinners import Traits

HEADER = "spun\toriginal\treplaced\tseen\tleft_alone\n"


def loaded(name, *entries, never=(), traits=None):
    return Loaded(name, [Entry(*entry) for entry in entries], list(never), traits)


# Provenance


def test_an_entry_may_tell_its_source(tmp_path):
    path = tmp_path / "own.tsv"
    path.write_text(HEADER + "navy\tmilitary\t1\t2\t3\tby hand: why\n", encoding="utf-8")
    assert read_entries(path) == [Entry("navy", "military", 1, 2, 3, "by hand: why")]


# Checking


@pytest.mark.parametrize(
    ("lines", "expected"),
    [
        ("b\tc\t1\t2\t0\na\tc\t1\t2\t0\n", ["line 3: 'a' -> 'c' stands after 'b'"]),
        ("a\tc\t1\t2\t0\na\tc\t1\t2\t0\n", ["line 3: 'a' -> 'c' is there twice"]),
        ("A\tc\t1\t2\t0\n", ["line 2: 'A' -> 'c' should be in lower case"]),
        ("a\tb\nb\ta\n", ["line 2: 'a' and 'b' replace each other"]),
        ("a\tb\t1\t2\t0\nb\ta\t1\t2\t0\n", []),
        ("a\tc\t1\t2\t0\nb\tc\t1\t3\t0\n", ["line 3: seen is not the same"]),
        ("a\tc\t2\t3\t0\nb\tc\t2\t3\t0\n", ["line 3: 'c' was replaced more often than it was"]),
        ("a\tb\t1\t2\t0\na\tc\t1\t2\t5\n", ["line 3: left_alone is not the same"]),
        ("a\n;\tb\n", ["line 2: 1 columns", "line 3: ';' is not a phrase"]),
    ],
)
def test_every_problem_has_its_line(tmp_path, lines, expected):
    path = tmp_path / "own.tsv"
    path.write_text(HEADER + lines, encoding="utf-8")
    found = list(map(str, check(path)))
    assert len(found) == len(expected)
    for problem, start in zip(found, expected, strict=True):
        assert problem.startswith(f"{path}, {start}")


def test_never_lists_are_checked_too(tmp_path):
    path = tmp_path / "never.tsv"
    path.write_text("spun\toriginal\treason\nb\t*\t\na\tc;\t\na\tc;\tx\n", encoding="utf-8")
    found = [str(problem).removeprefix(f"{path}, ") for problem in check(path)]
    assert found == [
        "line 3: 'a' stands after 'b': the file is not sorted",
        "line 3: 'c;' is not a phrase of words one space apart",
        "line 4: 'a' -> 'c;' is there twice",
        "line 4: 'c;' is not a phrase of words one space apart",
    ]


def test_what_is_not_utf8_is_one_problem(tmp_path):
    path = tmp_path / "latin.tsv"
    path.write_bytes(b"caf\xe9\tbar\n")
    assert [str(problem) for problem in check(path)] == [f"{path}: not UTF-8 (byte 3)"]


def test_a_spinner_is_checked_with_its_traits(tmp_path):
    assert "holds no dictionary.tsv" in str(check(tmp_path)[0])
    (tmp_path / "dictionary.tsv").write_text(HEADER, encoding="utf-8")
    assert check(tmp_path) == []
    (tmp_path / "spinner.json").write_text('{"name": "x", "rate": 2}', encoding="utf-8")
    (problem,) = check(tmp_path)
    assert str(problem) == f"{tmp_path / 'spinner.json'}: rate must be from 0 to 1"


@pytest.mark.parametrize("name", ["learned.tsv", "manual.tsv", "never.tsv", "disabled.tsv"])
def test_the_shipped_files_have_no_problems(name):
    assert check(shipped(name)) == []


def test_never_lists_and_dictionaries_are_told_apart(tmp_path):
    path = tmp_path / "x.tsv"
    for text, never in (
        ("spun\toriginal\treason\n", True),
        ("# mine\n\na\tb\tbecause\n", True),
        (HEADER, False),
        ("a\tb\n", False),
        ("", False),
    ):
        path.write_text(text, encoding="utf-8")
        assert is_never_list(path) is never


# Looking up


SPINNER = Origin(
    "s",
    [Entry("home", "house", 80, 100, 4), Entry("home", "abode", 20, 25, 4, "pairs")],
    [Never("home", "abode", "hardly ever right")],
)


def test_what_follows_from_the_counts_is_listed():
    abode, house = listed([SPINNER])
    assert (house.chance, house.share) == (0.8, 0.8)
    assert (abode.chance, abode.share) == (0.8, 0.2)
    assert house.evidence == pytest.approx(2.7, abs=0.1), "log((100 + 4 + 3) / (4 + 3))"
    assert house.survival == pytest.approx(0.2, abs=0.01)
    assert (house.origin, house.disabled) == ("s", "")
    assert (abode.origin, abode.disabled) == ("s: pairs", "s: hardly ever right")


def test_the_users_entries_stand_on_top_of_every_spinner():
    own_file = Origin("own.tsv", [Entry("home", "house", 10, 100, 0, "by hand")])
    other = Origin("t", [Entry("abode", "house", 1, 2, 0)], [Never("abode", "*", "")])
    rows = listed([SPINNER, other], [own_file])
    assert [(row.spun, row.original, row.origin) for row in rows] == [
        ("abode", "house", "t"),
        ("home", "abode", "s: pairs"),
        ("home", "house", "own.tsv: by hand"),
    ]
    assert rows[0].disabled == "t", "a whole phrase is banned, without a reason"


def test_phrases_are_found_whole_or_inside_in_any_case():
    rows = listed([Origin("s", [Entry("old home", "House", 1, 2, 0), Entry("x", "y", 1, 2, 0)])])

    def found(*phrases, contains=False):
        return [row.spun for row in matching(rows, phrases, contains)]

    assert found("house") == found("OLD  Home") == ["old home"]
    assert found("home") == [] and found("home", contains=True) == ["old home"]
    assert found("hom", contains=True) == [], "whole words"
    assert found() == ["old home", "x"]


# Adding


def test_entries_are_added_in_order_and_once(tmp_path):
    path = tmp_path / "own.tsv"
    assert own.add(path, "Profound learning", "deep  learning", "seen in abstracts")
    assert own.add(path, "bosom peril", "breast cancer")
    assert not own.add(path, "bosom peril", "breast cancer")
    assert read_entries(path) == [
        Entry("bosom peril", "breast cancer", 10, 100, 0, "by hand"),
        Entry("profound learning", "deep learning", 10, 100, 0, "by hand: seen in abstracts"),
    ]
    assert check(path) == []


def test_the_users_comments_stay_where_they_are(tmp_path):
    path = tmp_path / "own.tsv"
    path.write_text("# mine\n\na\tb\n# of ships\nmother vessel\tflagship\n", encoding="utf-8")
    own.add(path, "home", "house")
    own.add(path, "naval boat", "warship")
    own.never(tmp_path / "n.tsv", "x")
    (tmp_path / "n.tsv").write_text("# mine\nmom\n", encoding="utf-8")
    own.never(tmp_path / "n.tsv", "dad")
    own.never(tmp_path / "n.tsv", "mom", why="her word")
    hand = "10\t100\t0\tby hand"
    assert path.read_text(encoding="utf-8") == (
        f"# mine\n\na\tb\nhome\thouse\t{hand}\n# of ships\nmother vessel\tflagship\n"
        f"naval boat\twarship\t{hand}\n"
    )
    expected = "# mine\ndad\t*\t\nmom\t*\ther word\n"
    assert (tmp_path / "n.tsv").read_text(encoding="utf-8") == expected


def test_a_new_reason_takes_the_place_of_the_old_one(tmp_path):
    path = tmp_path / "own.tsv"
    path.write_text(HEADER + "a\tb\t3\t4\t5\n", encoding="utf-8")
    assert own.add(path, "a", "b", "why")
    assert read_entries(path) == [Entry("a", "b", 3, 4, 5, "by hand: why")], "counts stay"
    assert own.never(tmp_path / "n.tsv", "a", "b", "why")
    assert own.never(tmp_path / "n.tsv", "a", "b", "better")
    assert not own.never(tmp_path / "n.tsv", "a", "b")
    assert read_never(tmp_path / "n.tsv") == [Never("a", "b", "better")]


@pytest.mark.parametrize(
    ("spun", "original", "why", "message"),
    [
        ("house", "home", "", "would replace each other"),
        ("home", "Home", "", "by itself"),
        ("what?", "that", "", "not a phrase"),
        ("", "that", "", "not a phrase"),
        ("home", "abode", "x\x1b[2J", "no control characters"),
        ("home", "abode", "x" * 201, "up to 200"),
    ],
)
def test_what_is_no_entry_is_refused(tmp_path, spun, original, why, message):
    path = tmp_path / "own.tsv"
    own.add(path, "home", "house")
    before = path.read_bytes()
    with pytest.raises(own.EntryError, match=message):
        own.add(path, spun, original, why)
    assert path.read_bytes() == before


def test_a_file_that_is_no_dictionary_is_not_touched(tmp_path):
    path = tmp_path / "notes.tsv"
    path.write_text("Dear Ann,\n", encoding="utf-8")
    with pytest.raises(DictionaryError, match="line 1"):
        own.add(path, "home", "house")
    assert path.read_text(encoding="utf-8") == "Dear Ann,\n"


def test_the_configuration_names_the_file(tmp_path):
    path = tmp_path / ".spinfix.toml"
    path.write_text('dictionary = ["lists/a.tsv"]\n[fix]\nnever = ["n.tsv"]\n', encoding="utf-8")
    config = load_config(path)
    assert own.own_file("dictionary", config) == tmp_path / "lists/a.tsv"
    assert own.own_file("never", config) == tmp_path / "n.tsv"
    assert own.own_file("never", None).name == "spinfix-never.tsv"


@pytest.mark.parametrize("names", ['["a.tsv", "b.tsv"]', '["../x.tsv"]', '["/tmp/x.tsv"]'])
def test_a_configuration_does_not_choose_files_elsewhere(tmp_path, names):
    path = tmp_path / ".spinfix.toml"
    path.write_text(f"dictionary = {names}\n", encoding="utf-8")
    with pytest.raises(own.EntryError, match="-d"):
        own.own_file("dictionary", load_config(path))


# Merging


def test_counts_of_different_texts_are_added():
    one = loaded("one", ("home", "house", 8, 10, 3, "pairs"), ("abode", "house", 2, 10, 0))
    two = loaded("two", ("home", "house", 40, 60, 7, "pairs"))
    assert merge([one, two], "both").entries == [
        Entry("abode", "house", 2, 70, 0),
        Entry("home", "house", 48, 70, 10, "pairs"),
    ]


def test_the_same_evidence_counts_once():
    one = loaded("one", ("home", "house", 8, 10, 3, "pairs"))
    two = loaded("two", ("home", "house", 8, 10, 3), ("home", "abode", 1, 2, 3))
    merged = merge([one, two], "both").entries
    assert [entry.counts for entry in merged] == [(1, 2, 6), (8, 10, 6)]
    assert merge([one, one], "both").entries == one.entries


def test_entries_by_hand_give_way_to_counted_ones():
    hand = loaded("hand", ("home", "house", 10, 100, 0, "by hand"), ("a", "b", 10, 100, 0))
    counted = loaded("counted", ("home", "house", 8, 10, 3))
    for inputs in ([hand, counted], [counted, hand]):
        assert merge(inputs, "x").entries == [Entry("a", "b", 10, 100, 0), *counted.entries]


def test_conflicts_are_told_and_never_lists_joined():
    one = loaded("one", ("home", "house", 900, 1000, 0), never=[Never("a", "b", "x")])
    two = loaded("two", ("home", "house", 100, 1000, 0), never=[Never("home", "*", "")])
    merged = merge([one, two], "both")
    assert merged.never == [Never("a", "b", "x"), Never("home", "*", "")]
    assert merged.conflicts == [
        "'home' replaces 'house' 900 times in 1,000 in one, 100 in 1,000 in two",
        "home stands in one, and two bans it",
    ]


def test_traits_are_the_mean():
    one = loaded("one", traits=Traits("a", rate=1.0, one_draw=0.5))
    two = loaded("two", traits=Traits("b", rate=0.5, one_draw=0.5))
    traits = merge([one, two, loaded("three")], "all").traits
    assert (traits.name, traits.rate, traits.one_draw) == ("all", 0.75, 0.5)


# Comparing


def test_differences_beyond_noise():
    before = loaded(
        "a", ("a", "b", 1, 2, 0), ("c", "d", 50, 100, 0), ("e", "f", 500, 1000, 0),
        never=[Never("a", "b", "")],
    )  # fmt: skip
    after = loaded("b", ("c", "d", 55, 100, 0), ("e", "f", 600, 1000, 0), ("g", "h", 1, 2, 0))
    found = [(item.kind, item.spun) for item in differences(before, after)]
    assert found == [("added", "g"), ("allowed", "a"), ("changed", "e"), ("removed", "a")]
    assert differences(before, before) == []


def test_figures_of_a_dictionary():
    figures = summary(
        loaded(
            "x", ("a", "b c", 5, 10, 0, "pairs"), ("a", "d", 1, 2, 0, "pairs"),
            ("b c", "a", 3, 4, 0), ("e", "f", 10, 100, 0),
        ),
        top=1,
    )  # fmt: skip
    assert (figures["entries"], figures["spun_phrases"], figures["loops"]) == (4, 3, 1)
    assert figures["originals_per_phrase"] == {"1": 2, "2": 1}
    assert figures["words"] == {"spun": {"1": 3, "2": 1}, "original": {"1": 3, "2": 1}}
    assert figures["replacements"] == 9, "an entry by hand was counted nowhere"
    assert figures["sources"] == {"pairs": 2, "not told": 1, "by hand": 1}
    assert figures["top"] == [{"spun": "e", "original": "f", "replaced": 10}]


# The precision card


def test_the_interval_is_wilsons():
    # Newcombe (1998), Statistics in Medicine 17, table I: 81 of 263, 15 of 148, 1 of 29
    assert wilson(81, 263) == pytest.approx((0.2553, 0.3662), abs=1e-4)
    assert wilson(15, 148) == pytest.approx((0.0624, 0.1605), abs=1e-4)
    assert wilson(1, 29) == pytest.approx((0.0061, 0.1718), abs=1e-4)
    assert wilson(0, 0) == (0.0, 1.0)


def test_edits_are_counted_by_their_entry():
    evidence = Evidence("home", "house", 1, 2, 0, 1.0)
    edits = (
        Edit(4, 8, "home", "house", 0.9, (), evidence),
        Edit(13, 17, "home", "house", 0.9, (), evidence),
        Edit(18, 19, "x", "y", 0.9),
    )
    repair = Repair("The home and home x", edits, 1.0, 1.0, True)
    count = count_edits([(repair, "The house and home y")])
    assert count.applied == {("home", "house"): 2}
    assert count.right == {("home", "house"): 1}


def tally(right, applied, genuine=0):
    return Tally("home", "house", applied, right, 0, 0, genuine)


def test_only_what_is_surely_wrong_too_often_is_disabled():
    assert not tally(0, LEAST - 1).below_floor, "too few to tell"
    assert not tally(2, 6).below_floor, "up to 0.70"
    assert tally(0, LEAST).below_floor
    assert not tally(9, 10, genuine=50).below_floor, "genuine text decides nothing"
    (row,) = disabled([tally(1, 10), tally(9, 10)])
    assert row == Never("home", "house", "right 1 of 10 times, 95 % interval 0.02 to 0.40")


def test_a_card_is_read_as_it_was_written(tmp_path):
    pair, other = ("home", "house"), ("a", "b")
    dev = Count(Counter({pair: 3}), Counter({pair: 2}))
    nothing = Count(Counter(), Counter())
    genuine = Count(Counter({other: 1}), Counter())
    dev.applied["4.two", "4.2"] = 1  # from no entry: digits that were written out
    rows = card([pair, other], dev, nothing, genuine)
    assert rows == [Tally(*other, 0, 0, 0, 0, 1), Tally(*pair, 3, 2, 0, 0, 0)]
    write_card(tmp_path / "card.tsv", rows)
    assert read_card(tmp_path / "card.tsv") == rows
    (tmp_path / "card.tsv").write_text("spun\toriginal\na\tb\t1\n", encoding="utf-8")
    with pytest.raises(DictionaryError, match="line 2"):
        read_card(tmp_path / "card.tsv")


def test_shipped_entries_below_the_floor_are_disabled_and_no_others():
    rows = read_card(shipped("card.tsv"))
    assert read_never(shipped("disabled.tsv")) == disabled(rows)


def test_the_shipped_card_is_about_the_shipped_dictionary():
    rows = read_card(shipped("card.tsv"))
    known = {e[:2] for name in ("learned", "manual") for e in read_entries(shipped(f"{name}.tsv"))}
    assert rows == sorted(rows)
    assert len(rows) > 1000
    assert {row[:2] for row in rows} <= known
    assert all(0 <= row.right <= row.applied for row in rows)
