"""How an edit of the text is made in what the text came from."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from spinfix import Edit, apply
from spinfix.formats import Layout, parser, spliced
from spinfix.formats.records import by_words


def changed(page, old, new):
    """A page with the words ``old`` of its text replaced."""
    record = parser("html")(page, Layout())
    start = record.text.index(old)
    (splices,) = record.splices([Edit(start, start + len(old), old, new, 0.9)])
    return spliced(page, splices)


@pytest.mark.parametrize(
    ("page", "old", "new", "expected"),
    [
        ("a <b>Divis</b>ion", "Division", "Department", "a <b>Department</b>"),
        ("of <b>the firm</b>", "of the firm", "at a company", "at <b>a company</b>"),
        ("the <em>brand new</em> one", "the brand new", "the new", "the <em>new</em> one"),
        ("<i>at the</i> time", "at the time", "then", "<i>then</i>"),
        ("in <i>the wake of</i> it", "in the wake of", "after", "<i>after</i> it"),
        ("<b>the</b> bridge", "the bridge", "the old bridge", "<b>the old</b> bridge"),
        ("one of\nmany pillars", "one of many pillars", "one of pillars", "one of\npillars"),
    ],
)  # fmt: skip
def test_words_beside_a_tag_stay_on_their_side(page, old, new, expected):
    assert changed(page, old, new) == expected


words = st.lists(st.sampled_from(["a", "b", "the", "of"]), min_size=1, max_size=5)


@given(words, words, st.sampled_from([" ", "\n", "  "]))
def test_the_words_that_change_make_the_same_edit(old, new, between):
    before, after = between.join(old), " ".join(new)
    made = apply(before, by_words(Edit(0, len(before), before, after, 0.9)))
    assert made.split() == new
    assert between == " " or len(old) != len(new) or made == between.join(new)


@given(st.text(min_size=1), st.text())
def test_any_edit_can_be_taken_apart(old, new):
    made = apply(old, by_words(Edit(0, len(old), old, new, 0.9)))
    assert made.split() == new.split()
    assert made == new or new == " ".join(new.split())
