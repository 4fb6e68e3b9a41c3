"""All windows of an article as arrays, so that new evidence can be weighed in fast.

The posteriors of a lattice are turned into a Markov chain over token positions:
the chance of each arc given that a reading passes the arc's first token.  Paths keep
the probabilities that the lattice gave their arcs, language-model states are no
longer needed, and forward-backward is a sum over the arcs of a whole article.  What goes
arc by arc is there twice: here, and compiled in ``_chains.c``.
"""

from __future__ import annotations

from collections.abc import Sequence
from itertools import accumulate, chain

import numpy as np

from .arrays import Floats, Integers
from .channel import Arc
from .compiled import part
from .lattice import Window

#: Posteriors are not taken to be less than this: pruned arcs may come back.
FLOOR = 1e-6


class Chains:
    """The windows of an article side by side.

    ``arcs`` are those of all windows in order, ``cuts`` where each window's begin;
    ``log_weights`` are log P(arc | a reading passes its start).
    """

    def __init__(self, windows: Sequence[Window]) -> None:
        """Take over windows with the posteriors of their arcs."""
        parts = [window.arcs for window in windows]
        sizes = list(map(len, parts))
        self.arcs: list[Arc] = list(chain.from_iterable(parts))
        self.cuts: list[int] = [0, *accumulate(sizes)]
        # A node for each token boundary of each window; arcs lead from one to another.
        self._first, self._last = np.empty((2, len(sizes)), np.int64)
        self._begin, self._end = np.empty((2, len(self.arcs)), np.int64)
        posteriors = np.empty(len(self.arcs))
        compiled = part("_chains")
        fill = compiled.nodes if compiled else _nodes
        fill(list(windows), self._first, self._last, self._begin, self._end, posteriors)
        self._final = np.repeat(self._last, sizes)
        posteriors = np.maximum(posteriors, FLOOR)
        passing = np.bincount(self._begin, posteriors, self._size)
        self.log_weights: Floats = np.log(posteriors / passing[self._begin])

    @property
    def _size(self) -> int:
        return int(self._last[-1]) + 1

    def posteriors(self, log_weights: Floats) -> Floats:
        """The posterior of every arc when its weight is as given (nats)."""
        weights, forward, backward = self._passes(log_weights)
        through = forward[self._begin] * weights * backward[self._end]
        result: Floats = through / forward[self._final]
        return result

    def log_totals(self, log_weights: Floats) -> Floats:
        """For each window the log of the weights of all its paths together."""
        _, forward, _ = self._passes(log_weights)
        result: Floats = np.log(forward[self._last])
        return result

    def _passes(self, log_weights: Floats) -> tuple[Floats, Floats, Floats]:
        """Weights of arcs; of each node the paths that lead to it, and on from it."""
        weights = np.exp(log_weights)
        forward, backward = np.zeros((2, self._size))
        forward[self._first] = backward[self._last] = 1.0
        compiled = part("_chains")
        follow = compiled.follow if compiled else _follow
        follow(self._begin, self._end, weights, forward, backward)
        return weights, forward, backward


def _nodes(
    windows: Sequence[Window],
    first: Integers,
    last: Integers,
    begin: Integers,
    end: Integers,
    posteriors: Floats,
) -> None:
    """Number the nodes of windows and of their arcs; the latter's posteriors."""
    low = np.array([window.start for window in windows], np.int64)
    high = np.array([window.end for window in windows], np.int64)
    last[:] = np.cumsum(high - low + 1) - 1
    first[:] = last - (high - low)
    shift = np.repeat(first - low, [len(window.arcs) for window in windows])
    begin[:] = [arc.start for window in windows for arc in window.arcs] + shift
    end[:] = [arc.end for window in windows for arc in window.arcs] + shift
    posteriors[:] = [p for window in windows for p in window.posteriors]


def _follow(
    begin: Integers, end: Integers, weights: Floats, forward: Floats, backward: Floats
) -> None:
    """Add up the paths to every node, and on from it; 1 at the ends of windows."""
    arcs = list(zip(begin.tolist(), end.tolist(), weights.tolist(), strict=True))
    paths = forward.tolist()
    for a, b, weight in arcs:
        paths[b] += paths[a] * weight
    forward[:] = paths
    paths = backward.tolist()
    for a, b, weight in reversed(arcs):
        paths[a] += paths[b] * weight
    backward[:] = paths
