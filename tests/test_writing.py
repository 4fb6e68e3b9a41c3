"""Choices as edits: alike in the compiled part and in Python, no longer than they need be."""

from __future__ import annotations

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from spinfix.compiled import part
from spinfix.decoder import Choice
from spinfix.edits import Alternative, Edit, apply
from spinfix.text import tokenize
from spinfix.writing import Writer, narrowed

compiled = pytest.mark.skipif(not part("_writing"), reason="nothing is compiled here")
#: Chances of readings, some of them halfway between two of four digits.
CHANCES = st.floats(0.0, 1.0) | st.integers(0, 20_000).map(lambda n: n / 20_000)


@compiled
@settings(max_examples=200, deadline=None)
@given(data=st.data(), least=st.sampled_from([0.0, 0.52, 0.95]))
def test_edits_are_written_alike(repairer, data, least):
    case = data.draw(st.sampled_from([str, str.title, str.upper]))
    curly = data.draw(st.sampled_from([None, "’"]))
    text = case("The authorities homes aren't utilised, brand new in keeping with US leaders")
    text = text.replace("'", curly or "'")
    tokens = tokenize(text)
    _, readings = repairer.families[0].channel.readings(tokens, [1.0] * len(tokens), 0.5)
    arcs = [arc for its in readings for arc in its]
    choices = []
    for arc in data.draw(st.lists(st.sampled_from(arcs), max_size=5)):
        others = [other for other in arcs if (other.start, other.end) == (arc.start, arc.end)]
        some = data.draw(st.lists(st.tuples(st.sampled_from(others), CHANCES), max_size=8))
        choices.append(Choice(arc, data.draw(CHANCES), some))
    chances = data.draw(st.lists(CHANCES, min_size=len(tokens), max_size=len(tokens)))
    writer = Writer(repairer.lexicon)
    found = writer.edits(text, tokens, choices, chances, least)
    wanted = writer._edits(text, tokens, choices, chances, least, curly)
    wanted = list(map(narrowed, wanted))
    assert found == wanted and repr(found) == repr(wanted)


@compiled
@pytest.mark.parametrize("bad", [None, (), (1, 2, 3), "edit"])
def test_what_is_no_choice_is_refused(repairer, bad):
    tokens = tokenize("the authorities")
    _, readings = repairer.families[0].channel.readings(tokens, [1.0, 1.0], 0.5)
    arc = readings[1][-1]
    writer = Writer(repairer.lexicon)
    wrong = [bad, (bad, 0.9, []), (arc, bad, []), (arc, 0.9, bad), (arc, 0.9, [bad])]
    wrong += [(arc._replace(candidate=bad or 1), 0.9, []), (arc._replace(end=9), 0.9, [])]
    for choice in wrong:
        with pytest.raises((TypeError, ValueError)):
            writer.edits("the authorities", tokens, [choice], [1.0, 1.0], 0.5)


def edit_of(text, start, old, new, *others):
    return Edit(start, start + len(old), old, new, 0.9, tuple(Alternative(t, 0.05) for t in others))


@pytest.mark.parametrize(
    ("old", "new", "others", "narrow"),
    [
        ("that may", "that can", ["that may"], ("may", "can")),
        ("that\n may", "that can", ["that\n may"], ("may", "can")),
        ("three a long time", "three decades", [], ("a long time", "decades")),
        ("a brand new", "a new", [], ("brand new", "new")),
        ("the 2 of the", "the two of the", ["the 2 of the"], ("2", "two")),
        ("new york", "new york city", [], ("york", "york city")),
        ("that may", "that can", ["which can"], ("that may", "that can")),
        ("that may", "that can", ["could"], ("that may", "that can")),
        ("That may", "that can", [], ("That may", "that can")),
    ],
)
def test_an_edit_leaves_out_the_words_that_every_reading_shares(old, new, others, narrow):
    text = f"all {old} be"
    edit = narrowed(edit_of(text, 4, old, new, *others))
    assert (edit.old, edit.new) == narrow
    assert apply(text, [edit]).split() == f"all {new} be".split()
    left_alone = [other.text == edit.old for other in edit.alternatives]
    assert left_alone == [other == old for other in others]


WORDS = st.lists(st.sampled_from(["a", "b", "A"]), min_size=1, max_size=4)


@given(old=WORDS, gaps=st.lists(st.sampled_from([" ", "\n", "  "]), min_size=4), new=WORDS)
def test_narrowed_edits_write_the_same_words(old, gaps, new):
    old = "".join(word + gap for word, gap in zip(old, gaps, strict=False)).strip()
    text, new = f"{old} end", " ".join(new)
    whole = edit_of(text, 0, old, new, old)
    edit = narrowed(whole)
    assert apply(text, [edit]).split() == apply(text, [whole]).split()
    assert whole.start <= edit.start < edit.end <= whole.end and edit.new
    assert narrowed(edit) == edit
