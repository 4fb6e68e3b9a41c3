"""The decoder: the readings of an article that are most likely right.

Forward-backward over the lattice gives every reading its posterior.  The reading
with the largest expected number of right words is taken (minimum risk), not the
single best path.
"""

from __future__ import annotations

from bisect import bisect_left, bisect_right
from collections.abc import Iterable, Iterator, Sequence
from operator import attrgetter
from typing import TYPE_CHECKING, NamedTuple, Protocol

from .channel import Arc
from .compiled import part
from .language_model import LanguageModel
from .lattice import Window, windows
from .text import Tokens

if TYPE_CHECKING:
    from .scorer import Reader, Scorer


_start = attrgetter("start")


class Stretch(Protocol):
    """Tokens ``start`` to ``end``: an arc, for the choice of a path."""

    @property
    def start(self) -> int: ...
    @property
    def end(self) -> int: ...


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
    reader: Reader | None = None,
    rate: float = 1.0,
    one_draw: float = 1.0,
) -> list[Choice]:
    """The edits of an article, given its lines as token ranges and its readings.

    Without a ``scorer`` dictionary and language model decide alone; a ``reader`` has
    another look at what the scorer made of the article.  ``rate`` is the share of
    the heads that the spinner replaced, ``one_draw`` the share of those that became the
    same phrase wherever they come in an article (0 to 1).
    """
    if scorer is None:
        found = windows(model, lines, readings)
        posteriors = [p for window in found for p in window.posteriors]
    else:
        from .scorer import Weighing, scored  # numpy: 0.1 s, not for texts that are not spun

        kept, scores = scored(scorer, tokens, readings, rate)
        found = windows(model, lines, kept)
        if not found:
            return []
        weighing = Weighing(tokens, found, scores, one_draw)
        flat = weighing.posteriors(scorer.trust, weighing.said)
        if reader is not None:
            flat = weighing.posteriors(reader.trust, reader.read(weighing, flat, rate))
        posteriors = flat.tolist()
    return _choices(found, posteriors)


def best_path(
    arcs: Sequence[Stretch], posterior: Sequence[float], start: int, end: int
) -> list[int]:
    """The reading from ``start`` to ``end`` with the largest expected number of right words.

    ``arcs`` are sorted by their start; returns the numbers of those to take.
    """
    gains = {end: 0.0}
    best: dict[int, int] = {}
    number = len(arcs) - 1
    for i in range(end - 1, start - 1, -1):
        highest = -1.0
        while number >= 0 and arcs[number].start == i:
            last = arcs[number].end
            gain = posterior[number] * (last - i) + gains[last]
            if gain >= highest:  # of equal ones the first
                highest, best[i] = gain, number
            number -= 1
        gains[i] = highest
    path: list[int] = []
    i = start
    while i < end:
        path.append(best[i])
        i = arcs[best[i]].end
    return path


def _choices(found: list[Window], posteriors: list[float]) -> list[Choice]:
    """The edits of the best readings of windows, given the posteriors of all their arcs.

    ``_decoder.c`` does the same, compiled.
    """
    compiled = part("_decoder")
    if compiled is not None:
        choices: list[Choice] = compiled.choices(found, posteriors, Choice)
        return choices
    choices, begin = [], 0
    for window in found:
        end = begin + len(window.arcs)
        choices += _choose(window, posteriors[begin:end])
        begin = end
    return choices


def _choose(window: Window, posterior: Sequence[float]) -> Iterator[Choice]:
    """The edits of the best reading of a window."""
    arcs = window.arcs
    for number in best_path(arcs, posterior, window.start, window.end):
        arc = arcs[number]
        if arc.candidate is not None:
            first = bisect_left(arcs, arc.start, key=_start)
            last = bisect_right(arcs, arc.start, key=_start)
            others = [
                (arcs[n], posterior[n])
                for n in range(first, last)
                if n != number and arcs[n].end == arc.end
            ]
            yield Choice(arc, posterior[number], others)
