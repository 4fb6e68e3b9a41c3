"""Initials in brackets tell how the words before them began: "World Health
Organization (WHO)".  A spinner leaves capitals alone, so they outlast the name.
"""

from __future__ import annotations

from collections.abc import Sequence

from .channel import Arc
from .text import Tokens

#: What it says for an original when it has the initials and the spun words have not, or
#: the other way round (nats).
_AGREEMENT = 3.0
_SMALL = frozenset(("a", "an", "and", "at", "by", "for", "in", "of", "on", "the", "to", "&"))
_LONGEST = 6


def expected_initials(tokens: Tokens) -> dict[int, str]:
    """For each token of a name that is followed by its initials: its first letter.

    Small words of a name and the second words of phrases stand for nothing (an
    empty string).
    """
    expected: dict[int, str] = {}
    words = tokens.words
    for i in range(2, len(words) - 1):
        initials = words[i]
        if (
            words[i - 1] == "("
            and words[i + 1] == ")"
            and 2 <= len(initials) <= _LONGEST
            and initials.isalpha()
            and initials.isupper()
        ):
            expected.update(_assigned(words, i - 1, initials))
    return expected


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
    """For each arc how far initials speak for it (nats); None when there are none."""
    expected = expected_initials(tokens)
    if not expected:
        return None
    scores: list[float] = []
    for arc in arcs:
        covered = range(arc.start, arc.end)
        score = 0.0
        if arc.candidate is not None and all(i in expected for i in covered):
            wanted = "".join(expected[i] for i in covered).lower()
            now = _initials(tokens.lower[arc.start : arc.end])
            then = _initials(arc.candidate.original.lower().split())
            score = _AGREEMENT * ((then == wanted) - (now == wanted))
        scores.append(score)
    return scores


def _initials(words: Sequence[str]) -> str:
    return "".join(word[0] for word in words if word not in _SMALL)
