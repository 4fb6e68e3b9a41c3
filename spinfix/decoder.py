"""The decoder: the readings of an article that are most likely right.

Forward-backward over the lattice gives every reading its posterior.  The reading
with the largest expected number of right words is taken (minimum risk), not the
single best path.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from typing import NamedTuple

from .channel import Arc
from .language_model import LanguageModel
from .lattice import ArcSource, Window


class Choice(NamedTuple):
    """An edit that the decoder proposes, and what else was possible there.

    ``others`` are the other readings of the same tokens, with their posteriors.
    """

    arc: Arc
    posterior: float
    others: list[tuple[Arc, float]]


def decode(model: LanguageModel, lines: Iterable[tuple[int, int]], arcs: ArcSource) -> list[Choice]:
    """The edits of an article, given its lines as token ranges."""
    choices: list[Choice] = []
    for start, end in lines:
        for window in _windows(model, start, end, arcs):
            choices += _choose(window, window.posteriors())
    return choices


def _windows(model: LanguageModel, start: int, end: int, arcs: ArcSource) -> Iterable[Window]:
    """The windows of a line in which there is something to choose."""
    state = model.begin
    while start < end:
        first = arcs(start)
        if len(first) == 1:
            for word in first[0].words:
                _, state = model.step(state, word)
            start = first[0].end
            continue
        window = Window(model, start, state)
        state = window.build(end, first, arcs)
        start = window.end
        yield window


def _choose(window: Window, posterior: Sequence[float]) -> list[Choice]:
    """The reading of a window with the largest expected number of right words."""
    arcs = window.arcs
    by_start: dict[int, list[int]] = {}
    for number, arc in enumerate(arcs):
        by_start.setdefault(arc.start, []).append(number)
    gains = {window.end: 0.0}
    best: dict[int, int] = {}
    for i in range(window.end - 1, window.start - 1, -1):
        highest = -1.0
        for number in by_start.get(i, ()):
            end = arcs[number].end
            gain = posterior[number] * (end - i) + gains[end]
            if gain > highest:
                highest, best[i] = gain, number
        gains[i] = highest
    choices: list[Choice] = []
    i = window.start
    while i < window.end:
        number = best[i]
        arc = arcs[number]
        if arc.candidate is not None:
            others = [
                (arcs[n], posterior[n])
                for n in by_start[i]
                if n != number and arcs[n].end == arc.end
            ]
            choices.append(Choice(arc, posterior[number], others))
        i = arc.end
    return choices
