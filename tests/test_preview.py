"""Previews: what the user sees before anything is written."""

import pytest

from spinfix import Edit, Repair
from spinfix.preview import in_context, side_by_side, stat, unified_diff, word_diff


def repair_of(text, *changes):
    edits = []
    for old, new in changes:
        start = text.index(old, edits[-1].end if edits else 0)
        edits.append(Edit(start, start + len(old), old, new, 0.9))
    return Repair(text, tuple(edits))


def test_word_diff_shows_each_changed_line_once():
    text = "One navy.\r\nNothing here.\nOne navy and one navy."
    repair = repair_of(text, ("navy", "army"), ("navy", "army"), ("navy", "army"))
    assert list(word_diff(repair)) == [
        (1, "One [-navy-]{+army+}."),
        (3, "One [-navy-]{+army+} and one [-navy-]{+army+}."),
    ]


def test_unified_diff():
    old = "".join(f"line {i}\n" for i in range(1, 21)) + "last"
    new = old.replace("line 2\n", "row 2\n").replace("line 15\n", "row 15\n").replace("last", "end")
    assert "".join(unified_diff(old, new, "a file.txt")) == (
        "--- a/a file.txt\t\n+++ b/a file.txt\t\n"
        "@@ -1,5 +1,5 @@\n line 1\n-line 2\n+row 2\n line 3\n line 4\n line 5\n"
        "@@ -12,10 +12,10 @@\n line 12\n line 13\n line 14\n-line 15\n+row 15\n line 16\n"
        " line 17\n line 18\n line 19\n line 20\n-last\n\\ No newline at end of file\n"
        "+end\n\\ No newline at end of file\n"
    )


def test_equal_texts_have_no_diff():
    assert list(unified_diff("a\n", "a\n", "x")) == []
    assert list(unified_diff("", "", "x")) == []


def test_texts_with_other_lines_are_refused():
    with pytest.raises(ValueError):
        list(unified_diff("a\n", "a\nb\n", "x"))


def test_side_by_side_wraps_both_columns_to_the_terminal():
    text = "The Overseas Ministry stated so.\nNothing here.\nIt begins once more.\n"
    edits = (Edit(4, 12, "Overseas", "Foreign", 0.9), Edit(57, 66, "once more", "again", 0.5))
    rows = list(side_by_side(Repair(text, edits), 43, lambda words, new, sure: words))
    assert rows == [
        (1, "The Overseas         | The Foreign Ministry"),
        (1, "Ministry stated so.  | stated so."),
        (3, "It begins once more. | It begins again."),
    ]


def test_side_by_side_counts_wide_characters_as_two_cells():
    text = "東京 Overseas 東京 stays"
    edits = (Edit(3, 11, "Overseas", "Foreign", 0.9),)
    rows = [row for _, row in side_by_side(Repair(text, edits), 43, lambda words, *_: words)]
    assert rows == ["東京 Overseas 東京   | 東京 Foreign 東京", "stays                | stays"]


def test_stat_shows_the_edits_of_each_input():
    rows = list(stat([("a.txt", 3), ("quiet.txt", 0), ("news/b.txt", 1200)], 50))
    assert rows[0].startswith(" a.txt      |     3 +")
    assert rows[1].startswith(" news/b.txt | 1,200 ++++++++++")
    assert all(len(row) <= 50 for row in rows)
    assert rows[2] == " 2 inputs changed, 1,203 edits"


def test_lines_around_the_changed_ones():
    repair = repair_of("a\nb\nOne navy.\nc\nd\ne\n", ("navy", "army"))
    rows = list(in_context(repair, word_diff(repair), 1))
    assert rows == [(2, "b"), (3, "One [-navy-]{+army+}."), (4, "c")]
    assert list(in_context(repair, word_diff(repair), 0)) == list(word_diff(repair))
    assert len(list(in_context(repair, word_diff(repair), 9))) == 6
