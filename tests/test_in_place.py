"""The odds of originals in the place of a phrase."""

from __future__ import annotations

import math

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from spinfix.compiled import part
from spinfix.in_place import InPlace, Original, spelled


@pytest.fixture(scope="module")
def in_place(repairer):
    return InPlace(repairer.model)


def odds(in_place: InPlace, text: str, phrase: str, *originals: Original) -> float:
    start = text.index(phrase)
    words = phrase.lower().split()
    return in_place.odds(text, start, start + len(phrase), words, list(originals))


def test_the_original_is_likelier_where_it_belongs(in_place):
    said: Original = (("said",), 1.0)
    where_it_belongs = odds(
        in_place, "The minister mentioned that he would stay.", "mentioned", said
    )
    where_it_does_not = odds(in_place, "It was not mentioned in the report.", "mentioned", said)
    assert where_it_belongs > 10 > 1 > where_it_does_not


def test_originals_add_up(in_place):
    text, phrase = "After three a long time, they met again.", "a long time"
    one: Original = (("decades",), 0.5)
    two: Original = (("years", "or", "so"), 0.2)
    both = odds(in_place, text, phrase, one, two)
    assert both == odds(in_place, text, phrase, one) + odds(in_place, text, phrase, two)
    assert odds(in_place, text, phrase) == 0.0


def test_the_phrase_itself_has_its_weight(in_place):
    text = "Elsewhere\n“It is likely,” she said."
    assert odds(in_place, text, "likely", (("likely",), 0.25)) == 0.25


def test_only_its_line_is_looked_at(in_place):
    said: Original = (("said",), 1.0)
    alone = odds(in_place, "mentioned", "mentioned", said)
    assert odds(in_place, "He was not\nmentioned\nin the report", "mentioned", said) == alone
    assert odds(in_place, "He was not mentioned in the report", "mentioned", said) != alone


def test_words_are_spelled_as_the_model_knows_them():
    assert [spelled(word) for word in ("Oil", "WHO", "I", "2019", "3.5M", "B2B", "Zürich")] == [
        "oil", "WHO", "i", "0000", "0.0m", "b2b", "zürich",
    ]  # fmt: skip
    assert spelled("\ud83d") == "?"


PIECES = st.sampled_from(
    ["Oil", "WHO", "it's", "co-op", "2019", "3.5M", "été", "Ő", "\ud83d", "x" * 60, "’", "--", "_"]
)
GAPS = st.sampled_from([" ", " ", "", "\n", ", ", "\u00a0", "'", "-", "a"])


@pytest.mark.skipif(not part("_in_place"), reason="nothing is compiled here")
@settings(max_examples=300, deadline=None)
@given(st.lists(st.tuples(PIECES | st.text(max_size=5), GAPS), max_size=20), st.data())
def test_the_compiled_one_comes_to_the_same(in_place, pieces, data):
    text = "".join(word + gap for word, gap in pieces)
    start = data.draw(st.integers(0, len(text)))
    end = data.draw(st.integers(start, len(text)))
    originals: list[Original] = [(("said",), 0.7), (("as", "well", "as"), 0.2), (("été",), 0.1)]
    arguments = (text, start, end, ("mentioned", "likewise"), originals)
    found = in_place.odds(*arguments)
    assert found == in_place._odds(*arguments) and math.isfinite(found)


@pytest.mark.skipif(not part("_in_place"), reason="nothing is compiled here")
def test_what_is_no_place_is_refused(in_place):
    for start, end in ((-1, 0), (2, 1), (0, 5)):
        with pytest.raises(ValueError, match="place"):
            in_place.odds("four", start, end, ("four",), [])
    with pytest.raises(TypeError):
        in_place.odds("four", 0, 4, ("four",), ["five"])
    with pytest.raises(TypeError):
        in_place.odds("four", 0, 4, (4,), [])
