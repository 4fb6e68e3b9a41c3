"""The decoder: the readings of an article that are most likely right.

Forward-backward over the lattice gives every reading its posterior.  The reading
with the largest expected number of right words is taken (minimum risk), not the
single best path.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from typing import TYPE_CHECKING, NamedTuple

from .channel import Arc
from .language_model import LanguageModel
from .lattice import Readings, Window
from .text import Tokens

if TYPE_CHECKING:
    from .scorer import Scorer


class Choice(NamedTuple):
    """An edit that the decoder proposes, and what else was possible there.

    ``others`` are the other readings of the same tokens, with their posteriors.
    """

    arc: Arc
    posterior: float
    others: list[tuple[Arc, float]]


def decode(
    model: LanguageModel,
    tokens: Tokens,
    lines: Iterable[tuple[int, int]],
    readings: Sequence[list[Arc]],
    scorer: Scorer | None = None,
    rate: float = 1.0,
) -> list[Choice]:
    """The edits of an article, given its lines as token ranges and its readings.

    Without a ``scorer`` dictionary and language model decide alone; ``rate`` is
    the share of the heads that the spinner replaced (0 to 1).
    """
    if scorer is None:
        found = list(windows(model, lines, readings))
        posteriors = [part for _, part in found]
    else:
        from .scorer import scored, weigh  # numpy: 0.1 s, not for texts that are not spun

        kept, scores = scored(scorer, tokens, readings, rate)
        found = list(windows(model, lines, kept))
        posteriors = weigh(scorer.trust, tokens, found, scores)
    choices: list[Choice] = []
    for (window, _), part in zip(found, posteriors, strict=True):
        choices += _choose(window, part)
    return choices


def windows(
    model: LanguageModel, lines: Iterable[tuple[int, int]], readings: Readings
) -> Iterator[tuple[Window, list[float]]]:
    """The windows in which there is something to choose, with their arcs' posteriors."""
    for start, end in lines:
        state = model.begin
        while start < end:
            found = readings[start]
            if len(found) == 1:
                for word in found[0].words:
                    _, state = model.step(state, word)
                start = found[0].end
                continue
            window = Window(model, start, state)
            state = window.build(end, readings)
            start = window.end
            yield window, window.posteriors()


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
