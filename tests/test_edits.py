"""Edits: splicing, taking back, joining, and their JSON."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from spinfix import Edit, EditError, Repair, apply, undo
from spinfix.edits import Alternative, Evidence, compose


@st.composite
def edited_texts(draw):
    """A text and edits of it: disjoint, in order, never of nothing."""
    text = draw(st.text(min_size=1, max_size=60))
    places = draw(st.lists(st.integers(0, len(text)), unique=True, max_size=10).map(sorted))
    edits = []
    for start, end in zip(places[::2], places[1::2], strict=False):
        new = draw(st.text(min_size=1, max_size=8))
        edits.append(Edit(start, end, text[start:end], new, draw(st.floats(0, 1))))
    return text, edits


@given(edited_texts())
def test_undo_gives_the_text_back(case):
    text, edits = case
    assert undo(apply(text, edits), edits) == text


@given(edited_texts())
def test_what_is_outside_the_edits_is_copied(case):
    text, edits = case
    fixed = apply(text, edits)
    shift = last = 0
    for edit in edits:
        assert fixed[last + shift : edit.start + shift] == text[last : edit.start]
        shift += len(edit.new) - len(edit.old)
        last = edit.end
    assert fixed[last + shift :] == text[last:]


@given(edited_texts())
def test_json_round_trip(case):
    text, edits = case
    repair = Repair(text, tuple(edits), 0.9, 0.5, True)
    assert Repair.from_json(repair.to_json()) == repair


@given(edited_texts(), st.data())
def test_composed_edits_do_what_the_two_do_in_turn(case, data):
    text, first = case
    middle = apply(text, first)
    places = data.draw(st.lists(st.integers(0, len(middle)), unique=True, max_size=8).map(sorted))
    second = [
        Edit(a, b, middle[a:b], data.draw(st.text(min_size=1, max_size=5)), 0.5)
        for a, b in zip(places[::2], places[1::2], strict=False)
    ]
    assert apply(text, compose(text, first, second)) == apply(middle, second)


def test_json_keeps_alternatives_and_evidence():
    edit = Edit(
        0, 4, "Home", "House", 0.9,
        (Alternative("Home", 0.1),), Evidence("home", "house", 5, 9, 1, 0.99),
    )  # fmt: skip
    repair = Repair("Home", (edit,))
    assert Repair.from_json(repair.to_json()) == repair


@pytest.mark.parametrize("line", ["{}", "[]", '{"text": "a", "edits": [{}]}', "7", "{"])
def test_json_that_is_no_repair_is_refused(line):
    with pytest.raises(ValueError):
        Repair.from_json(line)


def test_edits_that_do_not_fit_are_refused():
    with pytest.raises(EditError, match="'abc' expected, 'xbc' found"):
        apply("xbc", [Edit(0, 3, "abc", "d", 1.0)])
    with pytest.raises(EditError, match="overlaps"):
        apply("abc", [Edit(0, 2, "ab", "d", 1.0), Edit(1, 3, "bc", "e", 1.0)])
