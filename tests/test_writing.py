"""Edits are written alike by the compiled part and in Python."""

from __future__ import annotations

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from spinfix.compiled import part
from spinfix.decoder import Choice
from spinfix.text import tokenize
from spinfix.writing import Writer

pytestmark = pytest.mark.skipif(not part("_writing"), reason="nothing is compiled here")
#: Chances of readings, some of them halfway between two of four digits.
CHANCES = st.floats(0.0, 1.0) | st.integers(0, 20_000).map(lambda n: n / 20_000)


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
    assert found == wanted and repr(found) == repr(wanted)


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
