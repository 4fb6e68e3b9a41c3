"""All windows of an article as arrays, so that new evidence can be weighed in fast.

The posteriors of a lattice are turned into a Markov chain over token positions:
the chance of each arc given that a reading passes the arc's first token.  Paths keep
the probabilities that the lattice gave their arcs, language-model states are no
longer needed, and forward-backward over a whole article is a few array operations.
"""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
from numpy.typing import NDArray

from .channel import Arc
from .lattice import Window

Floats = NDArray[np.float64]
#: Posteriors are not taken to be less than this: pruned arcs may come back.
FLOOR = 1e-6


class Chains:
    """The windows of an article side by side.

    ``arcs`` are those of all windows in order, ``cuts`` where each window's begin;
    ``log_weights`` are log P(arc | a reading passes its start).
    """

    def __init__(self, windows: Sequence[Window]) -> None:
        """Take over windows with the posteriors of their arcs."""
        self.arcs: list[Arc] = [arc for window in windows for arc in window.arcs]
        posteriors = np.array([p for window in windows for p in window.posteriors])
        starts = np.array([arc.start for arc in self.arcs], np.int64)
        ends = np.array([arc.end for arc in self.arcs], np.int64)
        sizes = np.array([len(window.arcs) for window in windows], np.int64)
        self.cuts: list[int] = [0, *np.cumsum(sizes).tolist()]
        low = np.array([window.start for window in windows], np.int64)
        high = np.array([window.end for window in windows], np.int64)
        # A node for each token boundary of each window.
        self._first = np.cumsum(high - low + 1) - (high - low + 1)
        self._last = self._first + high - low
        shift = np.repeat(self._first - low, sizes)
        self._from, self._to = starts + shift, ends + shift
        offsets = starts - np.repeat(low, sizes)
        self._order = np.argsort(offsets, kind="stable")
        self._levels = np.cumsum(np.bincount(offsets)).tolist() if len(offsets) else []
        posteriors = np.maximum(posteriors, FLOOR)
        passing = np.bincount(self._from, posteriors, self._size)
        self.log_weights: Floats = np.log(posteriors / passing[self._from])

    @property
    def _size(self) -> int:
        return int(self._last[-1]) + 1

    def posteriors(self, log_weights: Floats) -> Floats:
        """The posterior of every arc when its weight is as given (nats)."""
        weights, forward, backward = self._passes(log_weights)
        total = np.repeat(forward[self._last], np.diff(self.cuts))
        result: Floats = forward[self._from] * weights * backward[self._to] / total
        return result

    def log_totals(self, log_weights: Floats) -> Floats:
        """For each window the log of the weights of all its paths together."""
        _, forward, _ = self._passes(log_weights)
        result: Floats = np.log(forward[self._last])
        return result

    def _passes(self, log_weights: Floats) -> tuple[Floats, Floats, Floats]:
        """Weights of arcs; of each node the paths that lead to it, and on from it."""
        weights = np.exp(log_weights)
        levels = [
            (chosen, self._from[chosen], self._to[chosen], weights[chosen])
            for chosen in np.split(self._order, self._levels[:-1])
        ]
        forward, backward = np.zeros(self._size), np.zeros(self._size)
        forward[self._first] = backward[self._last] = 1.0
        for _, begin, end, weight in levels:
            np.add.at(forward, end, forward[begin] * weight)
        for _, begin, end, weight in reversed(levels):
            np.add.at(backward, begin, backward[end] * weight)
        return weights, forward, backward
