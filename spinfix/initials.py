"""Initials in brackets tell how the words before them began: "World Health
Organization (WHO)".  A spinner leaves capitals alone, so they outlast the name.
"""

from __future__ import annotations

from bisect import bisect_left, bisect_right
from collections.abc import Iterator, Sequence
from operator import attrgetter

from .channel import Arc
from .text import Tokens

#: What it says for an original when it has the initials and the spun words have not, or
#: the other way round (nats).
_AGREEMENT = 3.0
_SMALL = frozenset(("a", "an", "and", "at", "by", "for", "in", "of", "on", "the", "to", "&"))
_LENGTHS = range(2, 7)
_start = attrgetter("start")


def expected_initials(tokens: Tokens) -> dict[int, str]:
    """For each token of a name that is followed by its initials: its first letter.

    Small words of a name and the second words of phrases stand for nothing (an
    empty string).
    """
    expected: dict[int, str] = {}
    words = tokens.words
    for bracket in _places(words, "("):
        match words[bracket + 1 : bracket + 3]:
            case [initials, ")"] if (
                len(initials) in _LENGTHS and initials.isalpha() and initials.isupper()
            ):
                expected.update(_assigned(words, bracket, initials))
    return expected


def _places(words: list[str], wanted: str) -> Iterator[int]:
    """Where a word stands."""
    place = -1
    for _ in range(words.count(wanted)):
        place = words.index(wanted, place + 1)
        yield place


def _assigned(words: Sequence[str], end: int, initials: str) -> dict[int, str]:
    """Letters for the words before ``end``, from the last; none when they do not fit."""
    letters = list(initials)
    assigned: dict[int, str] = {}
    i = end - 1
    while letters and i >= 0:
        if words[i] in _SMALL or (words[i].islower() and i and words[i - 1][0].isupper()):
            assigned[i] = ""  # "being" of "Well being" for "Health"
        elif words[i][0].isupper():
            assigned[i] = letters.pop()
        else:
            return {}
        i -= 1
    agree = sum(letter == words[k][0] for k, letter in assigned.items() if letter)
    return assigned if not letters and agree * 2 >= len(initials) else {}


def agreement(tokens: Tokens, arcs: Sequence[Arc]) -> list[float] | None:
    """For each arc how far initials speak for it (nats); None when there are none.

    ``arcs`` are sorted by their start.
    """
    expected = expected_initials(tokens)
    if not expected:
        return None
    scores = [0.0] * len(arcs)
    for token in expected:
        first = bisect_left(arcs, token, key=_start)
        last = bisect_right(arcs, token, first, key=_start)
        for number in range(first, last):
            scores[number] = _score(tokens, arcs[number], expected)
    return scores


def _score(tokens: Tokens, arc: Arc, expected: dict[int, str]) -> float:
    covered = range(arc.start, arc.end)
    if arc.candidate is None or not all(i in expected for i in covered):
        return 0.0
    wanted = "".join(expected[i] for i in covered).lower()
    now = _initials(tokens.lower[arc.start : arc.end])
    then = _initials(arc.candidate.original.lower().split())
    return _AGREEMENT * ((then == wanted) - (now == wanted))


def _initials(words: Sequence[str]) -> str:
    return "".join(word[0] for word in words if word not in _SMALL)
