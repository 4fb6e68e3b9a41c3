"""A repaired article as the passage scorer reads it: pieces, states, chunks."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from .pieces import Pieces

#: States of a piece: 0 nothing to choose there; 1 to 3 its token is left as it is, surely,
#: likely, perhaps; 4 to 6 it belongs to a candidate, as surely.
STATES = 7
_SURE, _LIKELY = 0.97, 0.8
#: A chunk has about so many pieces, and never this many more.
_CHUNK, _SLACK = 160, 40
_ENDS = frozenset(".!?")


class Segment(NamedTuple):
    """Some tokens (``start`` to ``end``) and what the reading makes of them."""

    start: int
    end: int
    words: Sequence[str]
    state: int


class Passage(NamedTuple):
    """An article in pieces.

    ``pieces`` are their numbers and ``states`` their states; ``token`` is for each the
    first token of its segment; ``first`` and ``last`` are for each token the first and
    last piece of it (of its segment, where that is a candidate); ``cuts`` are where
    chunks begin, and the number of pieces.
    """

    pieces: NDArray[np.int32]
    states: NDArray[np.uint8]
    token: NDArray[np.int32]
    first: NDArray[np.int32]
    last: NDArray[np.int32]
    cuts: list[int]


def state_of(changed: bool, posterior: float) -> int:
    """The state of a segment that was chosen with this posterior."""
    return 3 * changed + (1 if posterior >= _SURE else 2 if posterior >= _LIKELY else 3)


def passage(segments: Iterable[Segment], breaks: Sequence[int], pieces: Pieces) -> Passage:
    """Put the segments of an article, which cover all its tokens, in pieces.

    ``breaks`` tells for each token how many line breaks stand before it.
    """
    numbers: list[int] = []
    states: list[int] = []
    token: list[int] = []
    first: list[int] = []
    last: list[int] = []
    ends: list[int] = []  # where a sentence ends, as a piece
    for start, end, words, state in segments:
        if breaks[start]:
            ends.append(len(numbers))
        begin = len(numbers)
        for word in words:
            numbers += pieces.of(word)
        size = len(numbers) - begin
        states += [state] * size
        token += [start] * size
        first += [begin] * (end - start)
        last += [len(numbers) - 1] * (end - start)
        if words[-1] in _ENDS:
            ends.append(len(numbers))
    return Passage(
        np.array(numbers, np.int32),
        np.array(states, np.uint8),
        np.array(token, np.int32),
        np.array(first, np.int32),
        np.array(last, np.int32),
        cut(len(numbers), ends),
    )


def cut(size: int, ends: Sequence[int]) -> list[int]:
    """Where chunks of nearly equal size begin, at ends of sentences where possible."""
    cuts = [0]
    places = np.array(ends, np.int64)
    count = max(1, -(-size // _CHUNK))
    for left in range(count, 1, -1):
        ideal = cuts[-1] + (size - cuts[-1]) // left
        near = places[(places > cuts[-1]) & (abs(places - ideal) <= _SLACK) & (places < size)]
        best = int(near[np.argmin(abs(near - ideal))]) if len(near) else ideal
        cuts.append(best)
    return [*cuts, size]
