"""The decoder: a lattice over the text, searched forward and backward.

Every arc is a reading of a few tokens: as they stand, or as an original of the
dictionary.  Forward-backward over language-model states gives each arc its
posterior; the reading with the largest expected number of right words is taken
(minimum risk), not the single best path.
"""

from __future__ import annotations

import math
from collections.abc import Callable, Sequence
from typing import NamedTuple

from .channel import Arc
from .language_model import LanguageModel

#: States kept at a position, and how far below the best they may be.
_BEAM, _BEAM_RATIO = 12, 1e-4
#: A window is closed after this many tokens, ambiguous or not.
_WINDOW = 60
#: Expected log probability of a token (nats); keeps products within range.
_TYPICAL = 5.0

#: Arcs that start at a token, "as it stands" first.
ArcSource = Callable[[int], list[Arc]]


class Choice(NamedTuple):
    """An edit that the decoder proposes, and what else was possible there.

    ``others`` are the other arcs of the same tokens, with their posteriors.
    """

    arc: Arc
    posterior: float
    others: list[tuple[Arc, float]]


class Decoder:
    """Searches lattices with a language model that counts ``weight`` times."""

    def __init__(self, model: LanguageModel, weight: float) -> None:
        self._model = model
        self._weight = weight

    def decode(self, start: int, end: int, arcs: ArcSource) -> list[Choice]:
        """The edits of tokens ``start`` to ``end`` whose posterior is the largest."""
        choices: list[Choice] = []
        state = self._model.begin
        while start < end:
            window = _Window(self._model, self._weight, start, state)
            start, state = window.run(end, arcs)
            if window.ambiguous:
                choices += window.choices()
        return choices


Edge = tuple[int, int, int, int, float, int]


class _Window:
    """The lattice from one unambiguous position to the next."""

    def __init__(self, model: LanguageModel, weight: float, start: int, state: int) -> None:
        self._model = model
        self._weight = weight
        self._start = start
        self._alpha: dict[int, dict[int, float]] = {start: {state: 1.0}}
        self._edges: list[Edge] = []
        self._arcs: list[Arc] = []
        self.ambiguous = False

    def run(self, limit: int, arcs: ArcSource) -> tuple[int, int]:
        """Extend until a position that every path passes in one state.

        Returns that position and state.
        """
        i, reach = self._start, self._start
        while True:
            states = self._prune(i, reach)
            if (i > self._start and len(states) == 1 and reach <= i) or i == limit:
                self._end = i
                return i, max(states, key=states.__getitem__)
            for arc in arcs(i):
                if arc.end <= limit:
                    reach = max(reach, arc.end)
                    self._extend(i, states, arc)
            i += 1

    def _prune(self, i: int, reach: int) -> dict[int, float]:
        states = self._alpha[i]
        if len(states) > 1:
            if i - self._start > _WINDOW and reach <= i:
                best = max(states, key=states.__getitem__)
                states = {best: states[best]}
            else:
                floor = max(states.values()) * _BEAM_RATIO
                states = {s: p for s, p in states.items() if p >= floor}
                if len(states) > _BEAM:
                    kept = sorted(states.items(), key=lambda item: -item[1])[:_BEAM]
                    states = dict(kept)
            self._alpha[i] = states
        return states

    def _extend(self, i: int, states: dict[int, float], arc: Arc) -> None:
        steps, step, exponent = self._model.steps, self._model.step, self._weight
        number = len(self._arcs)
        self._arcs.append(arc)
        self.ambiguous = self.ambiguous or arc.candidate is not None
        target = self._alpha.setdefault(arc.end, {})
        base = arc.log_weight + exponent * _TYPICAL * (arc.end - i)
        for state, probability in states.items():
            log_p, after = 0.0, state
            for word in arc.words:
                known = steps[after].get(word)
                one, after = known if known is not None else step(after, word)
                log_p += one
            weight = math.exp(base + exponent * log_p)
            target[after] = target.get(after, 0.0) + probability * weight
            self._edges.append((i, state, arc.end, after, weight, number))

    def posteriors(self) -> list[float]:
        """The posterior of every arc, in the order they were added."""
        beta: dict[tuple[int, int], float] = {}
        for state in self._alpha[self._end]:
            beta[self._end, state] = 1.0
        posterior = [0.0] * len(self._arcs)
        for i, state, j, after, weight, number in reversed(self._edges):
            later = beta.get((j, after))
            if later is None:  # pruned
                continue
            part = weight * later
            beta[i, state] = beta.get((i, state), 0.0) + part
            posterior[number] += self._alpha[i][state] * part
        total = sum(posterior[n] for n, arc in enumerate(self._arcs) if arc.start == self._start)
        return [p / total for p in posterior] if total > 0.0 else [0.0] * len(posterior)

    def choices(self) -> list[Choice]:
        """The reading with the largest expected number of right words."""
        posterior = self.posteriors()
        best: dict[int, tuple[float, int]] = {self._end: (0.0, -1)}
        by_start: dict[int, list[int]] = {}
        for number, arc in enumerate(self._arcs):
            by_start.setdefault(arc.start, []).append(number)
        for i in range(self._end - 1, self._start - 1, -1):
            options = []
            for number in by_start.get(i, ()):
                arc = self._arcs[number]
                if arc.end in best:
                    gain = posterior[number] * (arc.end - arc.start)
                    options.append((gain + best[arc.end][0], number))
            if options:
                best[i] = max(options, key=lambda option: (option[0], -option[1]))
        return self._read(best, posterior, by_start)

    def _read(
        self,
        best: dict[int, tuple[float, int]],
        posterior: Sequence[float],
        by_start: dict[int, list[int]],
    ) -> list[Choice]:
        choices: list[Choice] = []
        i = self._start
        while i < self._end:
            number = best[i][1]
            arc = self._arcs[number]
            if arc.candidate is not None:
                others = [
                    (self._arcs[n], posterior[n])
                    for n in by_start[i]
                    if n != number and self._arcs[n].end == arc.end
                ]
                choices.append(Choice(arc, posterior[number], others))
            i = arc.end
        return choices
