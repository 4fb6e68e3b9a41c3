"""Choices as edits: alike in the compiled part and in Python, no longer than they need be."""

from __future__ import annotations

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from spinfix.candidates import candidate_of, core_of
from spinfix.channel import Arc
from spinfix.compiled import part
from spinfix.decoder import Choice
from spinfix.dictionary import Entry
from spinfix.edits import Alternative
from spinfix.text import tokenize
from spinfix.writing import Writer

compiled = pytest.mark.skipif(not part("_writing"), reason="nothing is compiled here")
#: Chances of readings, some of them halfway between two of four digits.
CHANCES = st.floats(0.0, 1.0) | st.integers(0, 20_000).map(lambda n: n / 20_000)


@compiled
@settings(max_examples=200, deadline=None)
@given(data=st.data(), least=st.sampled_from([0.0, 0.5, 0.95]))
def test_edits_are_written_alike(repairer, data, least):
    case = data.draw(st.sampled_from([str, str.title, str.upper]))
    curly = data.draw(st.booleans())
    text = case("5 homes aren't utilised, brand new in keeping with US leaders. 5 authorities")
    text = text.replace("'", "’" if curly else "'")
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
    assert found == wanted and repr(found) == repr(wanted)


@pytest.mark.parametrize(
    ("before", "new"),
    [
        ("", "Five"),
        ("They won.\n  ", "Five"),
        ("They won. ", "Five"),
        ("“Who won?” ", "Five"),
        ("They met at No. ", "five"),
        ("Until 7 p.m. ", "five"),
        ("They saw ", "five"),
    ],
)
def test_a_number_in_words_has_a_capital_where_a_sentence_begins(repairer, before, new):
    text = f"{before}5 people"
    tokens = tokenize(text)
    place = tokens.words.index("5")
    candidate = candidate_of(Entry("5", "five", 9, 9, 0), 0.0)
    choice = Choice(Arc(place, place + 1, candidate.words, 1.0, candidate), 0.9, [])
    (edit,) = Writer(repairer.lexicon).edits(text, tokens, [choice], [1.0] * len(tokens), 0.5)
    assert (edit.old, edit.new) == ("5", new)


@pytest.mark.parametrize(
    ("text", "new"),
    [("it's said they received’t", "won’t"), ("it’s said they received’t", "won’t"),
     ("it’s said he’d known they received't", "won’t"), ("they received't", "won't")],
)  # fmt: skip
def test_an_edit_has_the_apostrophe_of_its_words_or_of_most_of_the_text(repairer, text, new):
    tokens = tokenize(text)
    last = len(tokens) - 1
    candidate = candidate_of(Entry("received't", "won't", 9, 9, 0), 0.0)
    choice = Choice(Arc(last, last + 1, candidate.words, 1.0, candidate), 0.9, [])
    (edit,) = Writer(repairer.lexicon).edits(text, tokens, [choice], [1.0] * len(tokens), 0.5)
    assert edit.new == new


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


@pytest.mark.parametrize(
    ("spun", "original", "core"),
    [
        ("that may", "that can", (1, 0, "can")),
        ("three a long time", "three decades", (1, 0, "decades")),
        ("a brand new", "a new", (1, 0, "new")),
        ("the 2 of the", "the two of the", (1, 2, "two")),
        ("new york", "new york city", (1, 0, "york city")),
        ("may", "may well", (0, 0, "may well")),
        ("the US", "the us", (1, 0, "us")),
    ],
)
def test_words_that_phrase_and_original_share_are_no_part_of_the_change(spun, original, core):
    assert core_of(spun, original) == core


@pytest.mark.parametrize("text", ["That\n may", "that may"])
def test_an_edit_has_only_the_words_that_change(repairer, text):
    tokens = tokenize(text)
    candidate = candidate_of(Entry("that may", "that can", 9, 9, 0), 0.0)
    arc = Arc(0, 2, candidate.words, 1.0, candidate)
    alone = Arc(1, 2, ("may",), 1.0, None)
    choice = Choice(arc, 0.75, [(alone, 0.25)])
    (edit,) = Writer(repairer.lexicon).edits(text, tokens, [choice], [1.0, 0.9], 0.5)
    assert (edit.old, edit.new, edit.start) == ("may", "can", text.index("may"))
    assert edit.alternatives == (Alternative("may", 0.25),)
    assert (edit.evidence.spun, edit.evidence.original) == ("that may", "that can")
