"""The odds of originals in the place of a phrase."""

from __future__ import annotations

import math
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from spinfix.compiled import part
from spinfix.in_place import InPlace, Original, Phrase, Rules, spelled


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


def test_an_original_without_hope_is_left_out(in_place):
    text, said = "The minister mentioned that he would stay.", ("said",)
    start = text.index("mentioned")
    place = (text, start, start + len("mentioned"), ("mentioned",))
    alone = in_place.odds(*place, [(said, 1.0)])
    assert in_place.odds(*place, [(said, 1.0), (("été",), 1.0)], hope=1.0) == alone > 10.0
    assert in_place.odds(*place, [(said, 1.0)], hope=1e9) == 0.0


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


#: Phrases by their numbers.
PHRASES: dict[int, Phrase] = {
    0: (("mentioned",), ((("said",), 0.7), (("as", "well", "as"), 0.2), (("été",), 0.1))),
    1: (("likewise",), ((("also",), 0.5),)),
    2: (("a", "long", "time"), ((("decades",), 0.5), (("years", "or", "so"), 0.2))),
    3: (("naïve",), ()),
}
RULES = Rules(0.1, sure=4.0, most=6.0, hope=0.9, stages=((2.0, 0.1), (1.0, 0.5)))
#: Whatever odds there are count.
ALL = Rules(1.0, sure=-1e3, most=1e9, hope=0.0, stages=())
TEXT = "The minister mentioned that he would stay. He likewise mentioned a long time."


def prepared(in_place: InPlace, phrases: dict[int, Phrase] = PHRASES) -> dict[int, Any]:
    return {number: in_place.prepared(phrase) for number, phrase in phrases.items()}


def places(*asked: tuple[str, float, int]) -> list[tuple[int, int, float, int]]:
    return [
        (TEXT.index(phrase), TEXT.index(phrase) + len(phrase), weight, number)
        for phrase, weight, number in asked
    ]


def test_each_phrase_wins_where_its_originals_stand_best(in_place):
    alone = places(("mentioned", 2.5, 0))
    other = (TEXT.rindex("mentioned"), TEXT.rindex("mentioned") + 9, 2.5, 0)
    one, two, both = (
        in_place.won(TEXT, its, prepared(in_place), 99.0, RULES)
        for its in (alone, [other], [*alone, other])
    )
    assert 0.0 < both == max(one, two) <= RULES.most
    little = RULES._replace(most=0.5)
    assert in_place.won(TEXT, alone, prepared(in_place), 99.0, little) == 0.5


def test_no_more_is_asked_than_must_be(in_place):
    class Asked(dict):
        def __missing__(self, number):
            self[number] = in_place.prepared(PHRASES[number])
            return self[number]

    def asked(least: float) -> list[int]:
        found = Asked()
        in_place.won(TEXT, order, found, least, RULES)
        return [*found]

    order = places(("likewise", 1.5, 1), ("a long time", 0.7, 2), ("mentioned", 2.5, 0))
    assert asked(0.1) == [0], "enough was won"
    assert asked(1e3) == [0], "too little was won, when those of 2 nats had been asked about"
    assert asked(11.0) == [0, 1], "the next stage"
    assert asked(8.0) == [0, 1, 2]


PIECES = st.sampled_from(
    ["Oil", "WHO", "it's", "co-op", "2019", "3.5M", "été", "Ő", "\ud83d", "x" * 60, "’", "--", "_"]
)
GAPS = st.sampled_from([" ", " ", "", "\n", ", ", "\u00a0", "'", "-", "a"])


@pytest.mark.skipif(not part("_in_place"), reason="nothing is compiled here")
@settings(max_examples=300, deadline=None)
@given(st.lists(st.tuples(PIECES | st.text(max_size=5), GAPS), max_size=20), st.data())
def test_the_compiled_one_comes_to_the_same(in_place, pieces, data):
    text = "".join(word + gap for word, gap in pieces)
    found = []
    for number in data.draw(st.lists(st.sampled_from([*PHRASES]), max_size=8)):
        start = data.draw(st.integers(0, len(text)))
        found.append((start, data.draw(st.integers(start, len(text))), 2.5 - number // 2, number))
    for least, rules in ((9.0, RULES), (2.0, RULES), (1e9, ALL)):
        won = in_place.won(text, found, prepared(in_place), least, rules)
        assert won == in_place._won(text, found, PHRASES, least, rules) and math.isfinite(won)


@pytest.mark.skipif(not part("_in_place"), reason="nothing is compiled here")
def test_what_is_no_place_is_refused(in_place):
    def won(place, phrase=PHRASES[1], rules=RULES):
        return in_place.won("four", [place], prepared(in_place, {0: phrase}), 9.0, rules)

    for start, end in ((-1, 0), (2, 1), (0, 5)):
        with pytest.raises(ValueError, match="place"):
            won((start, end, 1.0, 0))
    for place in ((0, 4, 1.0), "four", (0, "4", 1.0, 0), (0, 4, "1", 0), (0, 4, math.nan, 0)):
        with pytest.raises((TypeError, ValueError)):
            won(place)
    whole = (0, 4, 3.0, 0)
    for phrase in ("four", (("four",), ["five"]), (("four",), ("five",)), ((4,), ())):
        with pytest.raises(TypeError):
            won(whole, phrase)
    with pytest.raises(TypeError):
        won(whole, (("four",), ((("five",), "much"),)))
    with pytest.raises(KeyError):
        won((0, 4, 3.0, 7))
    with pytest.raises(ValueError, match="PyCapsule"):
        in_place.won("four", [whole], PHRASES, 9.0, RULES)
    for stages in (((1.0,),), 99 * ((1.0, 1.0),)):
        with pytest.raises((TypeError, ValueError)):
            won(whole, rules=RULES._replace(stages=stages))
