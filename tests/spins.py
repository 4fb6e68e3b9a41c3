"""Articles of a small world, and a spinner for them, for the tests of learning without pairs."""

from __future__ import annotations

import random
from collections import defaultdict

from spin import spin

from spinfix.dictionary import Entry

#: What the spinner makes of its heads.
THESAURUS = {
    "said": ["stated", "mentioned"],
    "house": ["dwelling", "residence"],
    "large": ["giant", "huge"],
    "bought": ["purchased", "acquired"],
    "near": ["close to"],
    "children": ["kids", "youngsters"],
    "according to": ["in keeping with"],
    "doctor": ["physician"],
    "quickly": ["rapidly", "shortly"],
    "started": ["began", "commenced"],
    "river": ["stream"],
    "garden": ["yard", "backyard"],
}
#: For each head what stands before it and after it.
_FRAMES = {
    "said": (
        ["The {who}", "She", "Nobody in the {place}", "A {how} {who}", "Then he"],
        ["that it was {how}", "so on {day}", "nothing", "the {place} was {how}", "a few words"],
    ),
    "house": (
        ["They lived in a {how}", "Her {colour}", "His own", "The {who} sold the", "No other"],
        ["stood by the {place}", "was {colour}", "burned in {month}", "and left", "of stone"],
    ),
    "large": (
        ["It was a", "This {how} and", "There is one very", "He made some", "Not every"],
        ["{place} was open", "{colour} kite flew", "table is {how}", "and {how} boat", "box fell"],
    ),
    "bought": (
        ["The {who}", "She never", "My father", "They once", "On {day} we"],
        ["a {colour} coat", "{number} chairs", "bread", "his {colour} boat", "all the apples"],
    ),
    "near": (
        ["The bus stops", "A {who} lives", "It fell", "He works", "Their camp was"],
        ["the {place}", "a {how} field", "my school", "this {place}", "{number} trees"],
    ),
    "children": (
        ["The {how}", "All my", "Two of her", "Most", "Their own"],
        ["sang in {month}", "were at school", "played with a ball", "and parents", "laughed"],
    ),
    "according to": (
        [
            "It rained",
            "The {place} closed",
            "He was late",
            "That cost {number} coins",
            "It is true",
        ],
        ["the {who}", "a letter", "her mother", "this {how} book", "our {who}"],
    ),
    "doctor": (
        ["She asked the", "A {how}", "My uncle is a", "No", "They called their"],
        ["about his arm", "came on {day}", "looked at it", "in the {place}", "who was {how}"],
    ),
    "quickly": (
        ["The {who}", "She got up", "Water rose", "They walked", "He wrote it"],
        ["ran away", "and left", "because of the rain", "in {month}", "then slept"],
    ),
    "started": (
        ["The work", "A band", "On {day} it", "The {how} film", "We all"],
        ["in {month}", "to play", "at {number}", "again", "with a song"],
    ),
    "river": (
        ["Boats went down the", "Fish live in this", "A bridge over the {how}", "Every", "That"],
        ["froze in {month}", "to the sea", "was deep", "by the {place}", "full of ice"],
    ),
    "garden": (
        ["Roses grew in the", "He dug a {how}", "Her", "The {who} sat in his", "Our"],
        ["behind the {place}", "in {month}", "full of flowers", "was green", "with {number} trees"],
    ),
}
_FILLERS = {
    "who": "mayor teacher baker farmer singer captain painter clerk guard nurse".split(),
    "day": "monday tuesday wednesday thursday friday saturday sunday".split(),
    "month": "january march april june july october november december".split(),
    "place": "market mill church school library harbour theatre museum castle tower".split(),
    "how": "cold warm quiet famous empty lovely strange narrow old".split(),
    "colour": "red green blue yellow white black brown grey".split(),
    "number": "three four five six seven eight nine ten eleven twelve".split(),
}


def genuine(number: int, seed: int) -> list[str]:
    """Articles of twelve sentences."""
    draw = random.Random(seed)
    return [" ".join(_sentence(draw) for _ in range(12)) for _ in range(number)]


def _sentence(draw: random.Random) -> str:
    head = draw.choice(list(_FRAMES))
    before, after = map(draw.choice, _FRAMES[head])
    sentence = f"{before} {head} {after}."
    return sentence.format(**{slot: draw.choice(words) for slot, words in _FILLERS.items()})


def spun(articles: list[str], seed: int) -> list[str]:
    """The same articles, spun."""
    heads: dict[str, list[Entry]] = defaultdict(list)
    for head, row in THESAURUS.items():
        heads[head] = [Entry(phrase, head, 10, 10 * len(row), 0) for phrase in row]
    return [spin(text, heads, f"{seed} {n}") for n, text in enumerate(articles)]


def is_true(entry: Entry) -> bool:
    """Is this what the spinner does?"""
    return entry.spun in THESAURUS.get(entry.original, [])
