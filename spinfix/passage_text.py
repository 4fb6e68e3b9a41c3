"""A repaired article as the passage scorer reads it: pieces, states, chunks."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from typing import NamedTuple

import numpy as np

from .arrays import Floats, Integers
from .pieces import Pieces
from .text import SENTENCE_END, Tokens

#: States of a piece: 0 nothing to choose there; 1 to 3 its token is left as it is, surely,
#: likely, perhaps; 4 to 6 it belongs to a candidate, as surely.
STATES = 7
_SURE, _LIKELY = 0.97, 0.8
#: A chunk has about so many pieces, and never this many more.
_CHUNK, _SLACK = 160, 40


class Segment(NamedTuple):
    """Some tokens (``start`` to ``end``) and what the first repair makes of them.

    ``posterior`` is that of this reading, None where there was nothing to choose;
    ``changed`` tells that it is a candidate.
    """

    start: int
    end: int
    words: Sequence[str]
    posterior: float | None = None
    changed: bool = False

    @property
    def state(self) -> int:
        """What the encoder is told of its pieces."""
        if self.posterior is None:
            return 0
        sure = 1 if self.posterior >= _SURE else 2 if self.posterior >= _LIKELY else 3
        return 3 * self.changed + sure


class Passage(NamedTuple):
    """An article in pieces.

    ``pieces`` are their numbers and ``states`` their states; ``token`` is for each the
    first token of its segment; ``first`` and ``last`` are for each token the first and
    last piece of it (of its segment, where that is a candidate); ``cuts`` are where
    chunks begin, and the number of pieces; ``doubts`` is for each chunk how many of its
    segments are expected to be wrong.
    """

    pieces: Integers
    states: Integers
    token: Integers
    first: Integers
    last: Integers
    cuts: list[int]
    doubts: Floats


def passage(chosen: Iterable[Segment], tokens: Tokens, pieces: Pieces) -> Passage:
    """Put an article in pieces, given the segments in which there was something to choose."""
    numbers: list[int] = []
    states: list[int] = []
    token: list[int] = []
    first: list[int] = []
    last: list[int] = []
    ends: list[int] = []  # where a sentence ends, as a piece
    unsure: list[tuple[int, float]] = []
    for segment in _all(chosen, tokens.lower):
        start, end, words, posterior, _ = segment
        if tokens.breaks[start]:
            ends.append(len(numbers))
        begin = len(numbers)
        for word in words:
            numbers += pieces.of(word)
        size = len(numbers) - begin
        states += [segment.state] * size
        token += [start] * size
        first += [begin] * (end - start)
        last += [len(numbers) - 1] * (end - start)
        if words[-1] in SENTENCE_END:
            ends.append(len(numbers))
        if posterior is not None:
            unsure.append((begin, 1.0 - posterior))
    cuts = cut(len(numbers), ends)
    return Passage(
        np.array(numbers, np.int64),
        np.array(states, np.int64),
        np.array(token, np.int64),
        np.array(first, np.int64),
        np.array(last, np.int64),
        cuts,
        _summed(unsure, cuts),
    )


def _all(chosen: Iterable[Segment], words: Sequence[str]) -> Iterator[Segment]:
    """The segments, and each token between them by itself."""
    done = 0
    for segment in chosen:
        for i in range(done, segment.start):
            yield Segment(i, i + 1, words[i : i + 1])
        yield segment
        done = segment.end
    for i in range(done, len(words)):
        yield Segment(i, i + 1, words[i : i + 1])


def _summed(unsure: Sequence[tuple[int, float]], cuts: Sequence[int]) -> Floats:
    """For each chunk the sum of the values at its pieces."""
    places = np.array([place for place, _ in unsure], np.int64)
    chunk = np.searchsorted(cuts, places, "right") - 1
    values = np.array([value for _, value in unsure], np.float64)
    return np.bincount(chunk, values, len(cuts) - 1).astype(np.float64)


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
