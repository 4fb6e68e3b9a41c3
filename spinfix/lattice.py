"""A lattice: all readings of a stretch of tokens, with language-model weights.

Every arc is a reading of a few tokens: as they stand, or as an original of the
dictionary.  A window is the lattice between two positions that every path
passes in one language-model state, so windows are independent of each other.
Building them takes most of the time of a repair; ``_lattice.c`` does the same, compiled.
"""

from __future__ import annotations

import math
from collections.abc import Iterable, Iterator, Sequence
from typing import NamedTuple

from .channel import Arc
from .compiled import part
from .language_model import LanguageModel

#: States kept at a position, and how far below the best they may be.
_BEAM, _BEAM_RATIO = 8, 1e-3
#: A window is closed after this many tokens, ambiguous or not.
_LONGEST = 60

#: For each token the arcs that start there, "as it stands" first.
Readings = Sequence[Sequence[Arc]]


class Window(NamedTuple):
    """The lattice from token ``start`` to ``end``, and the posteriors of its arcs (0 to 1).

    ``arcs`` are sorted by their start.  Weights are scaled by the typical weight of a token
    (see LanguageModel), so a window's products stay within the range of a float.
    """

    start: int
    end: int
    arcs: list[Arc]
    posteriors: list[float]


def windows(
    model: LanguageModel, lines: Iterable[tuple[int, int]], readings: Readings
) -> list[Window]:
    """The windows in which there is something to choose.

    ``lines`` are token ranges; windows do not cross them.
    """
    compiled = part("_lattice")
    if compiled and model.trie:
        limits = _BEAM, _BEAM_RATIO, _LONGEST, model.typical
        found: list[Window] = compiled.windows(model.trie, list(lines), readings, Window, *limits)
        return found
    return list(pure_windows(model, lines, readings))


def pure_windows(
    model: LanguageModel, lines: Iterable[tuple[int, int]], readings: Readings
) -> Iterator[Window]:
    """The same in Python: what the compiled one does, to read and to compare with."""
    begin = model.begin  # once: asking may empty what the model keeps, states and all
    for start, end in lines:
        state = begin
        while start < end:
            found = readings[start]
            if len(found) == 1:
                for word in found[0].words:
                    _, state = model.step(state, word)
                start = found[0].end
                continue
            lattice = _Lattice(model, start, state)
            last = lattice.build(end, readings)
            yield Window(start, lattice.end, lattice.arcs, lattice.posteriors())
            start, state = lattice.end, last


class _Lattice:
    """The lattice of one window while it is built.

    ``_alpha`` holds for each position the weight of all paths to each state there,
    ``_edges`` for each arc its steps (state before, state after, weight).
    """

    def __init__(self, model: LanguageModel, start: int, state: int) -> None:
        self.start = self.end = start
        self.arcs: list[Arc] = []
        self._alpha: dict[int, dict[int, float]] = {start: {state: 1.0}}
        self._edges: list[list[tuple[int, int, float]]] = []
        self._model = model

    def build(self, limit: int, readings: Readings) -> int:
        """Extend to the next position passed in one state, ``limit`` at the latest.

        Returns the state at the end.
        """
        alpha = self._alpha
        i = reach = self.start
        while True:
            states = alpha[i]
            if len(states) > 1:
                close = i - self.start > _LONGEST and reach <= i
                states = alpha[i] = _pruned(states, close)
            if (i > self.start and len(states) == 1 and reach <= i) or i == limit:
                self.end = i
                return max(states, key=states.__getitem__)
            for arc in readings[i]:
                end = arc.end
                if end <= limit:
                    if end > reach:
                        reach = end
                    target = alpha.get(end)
                    if target is None:
                        target = alpha[end] = {}
                    self._extend(states, target, arc)
            i += 1

    def _extend(self, states: dict[int, float], target: dict[int, float], arc: Arc) -> None:
        steps, step = self._model.steps, self._model.step
        words = arc.words
        extra = len(words) - (arc.end - arc.start)
        # One word a token is typical; an arc with more words is not to be
        # rewarded for it by the scale.
        factor = arc.weight / self._model.typical**extra if extra else arc.weight
        first, rest = words[0], words[1:]
        edges: list[tuple[int, int, float]] = []
        for before, probability in states.items():
            known = steps[before].get(first)
            weight, after = known if known is not None else step(before, first)
            for word in rest:
                known = steps[after].get(word)
                one, after = known if known is not None else step(after, word)
                weight *= one
            weight *= factor
            if after in target:
                target[after] += probability * weight
            else:
                target[after] = probability * weight
            edges.append((before, after, weight))
        self.arcs.append(arc)
        self._edges.append(edges)

    @property
    def total(self) -> float:
        """The weight of all paths."""
        total = 0.0
        for probability in self._alpha[self.end].values():  # not sum(), which rounds otherwise
            total += probability
        return total

    def posteriors(self) -> list[float]:
        """The posterior of every arc (0 to 1), in the order of ``arcs``."""
        alpha, total = self._alpha, self.total
        posterior = [0.0] * len(self.arcs)
        if not 0.0 < total < math.inf:
            return posterior
        beta: dict[int, dict[int, float]] = {self.end: dict.fromkeys(alpha[self.end], 1.0)}
        for number in range(len(self.arcs) - 1, -1, -1):
            arc = self.arcs[number]
            later = beta.get(arc.end)
            if later is None:
                continue
            earlier = alpha[arc.start]
            here = beta.get(arc.start)
            if here is None:
                here = beta[arc.start] = {}
            mass = 0.0
            for before, after, weight in self._edges[number]:
                passing = weight * later.get(after, 0.0)  # 0: pruned
                here[before] = here.get(before, 0.0) + passing
                mass += earlier[before] * passing
            posterior[number] = mass / total
        return posterior


def _pruned(states: dict[int, float], close: bool) -> dict[int, float]:
    """The states worth following; only the best one to ``close`` a window."""
    if close:
        best = max(states, key=states.__getitem__)
        return {best: states[best]}
    floor = max(states.values()) * _BEAM_RATIO
    kept = {s: p for s, p in states.items() if p >= floor}
    if len(kept) > _BEAM:
        kept = dict(sorted(kept.items(), key=lambda item: -item[1])[:_BEAM])
    return kept
