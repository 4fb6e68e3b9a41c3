"""The decoder: the readings of an article that are most likely right.

Forward-backward over the lattice gives every arc its posterior.  Arcs that change the same
words alike agree ("that may" for "that can", and "may" for "can"): their posteriors add up.
The reading with the largest expected number of right words is taken (minimum risk), not the
single best path.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Iterator, Sequence
from typing import TYPE_CHECKING, NamedTuple, Protocol

from .channel import Arc
from .compiled import part
from .language_model import LanguageModel
from .lattice import Window, windows
from .text import Tokens

if TYPE_CHECKING:
    from .scorer import Reader, Scorer

#: Expected numbers of right words that differ by less are the same.
_EQUAL = 1e-9


class Stretch(Protocol):
    """Tokens ``start`` to ``end``: an arc, for the choice of a path."""

    @property
    def start(self) -> int: ...
    @property
    def end(self) -> int: ...


#: The tokens that an arc changes, first and last but one, and into what; None: it leaves its
#: tokens alone.
Change = tuple[int, int, str | None]


class Agreed(NamedTuple):
    """For each arc the chance that its change is right, and the expected number of right words."""

    chances: list[float]
    gains: list[float]


class Choice(NamedTuple):
    """An edit that the decoder proposes, and what else was possible there.

    ``posterior`` is the chance that what the arc changes is changed so; ``others`` are arcs
    that change the same tokens otherwise, or leave them alone, with their chances.
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


def change_of(arc: Arc) -> Change:
    """What an arc changes."""
    candidate = arc.candidate
    if candidate is None:
        return arc.start, arc.end, None
    return arc.start + candidate.before, arc.end - candidate.after, candidate.core


def agreed(
    arcs: Sequence[Stretch], changes: Sequence[Change], posteriors: Sequence[float]
) -> Agreed:
    """What arcs that agree come to together, given what each changes, and its posterior."""
    same: dict[Change, float] = defaultdict(float)
    kept: dict[int, float] = defaultdict(float)
    for arc, change, posterior in zip(arcs, changes, posteriors, strict=True):
        same[change] += posterior
        for token in _left_alone(arc, change):
            kept[token] += posterior
    found = Agreed([], [])
    for arc, change in zip(arcs, changes, strict=True):
        first, last, words = change
        chance = kept[arc.start] if words is None else same[change]
        gain = 0.0 if words is None else chance * (last - first)
        for token in _left_alone(arc, change):
            gain += kept[token]
        found.chances.append(chance)
        found.gains.append(gain)
    return found


def _left_alone(arc: Stretch, change: Change) -> Iterator[int]:
    first, last, words = change
    for token in range(arc.start, arc.end):
        if words is None or not first <= token < last:
            yield token


def best_path(arcs: Sequence[Stretch], gains: Sequence[float], start: int, end: int) -> list[int]:
    """The reading from ``start`` to ``end`` with the largest expected number of right words.

    ``arcs`` are sorted by their start and end, ``gains`` are the expected numbers of their right
    words; returns the numbers of those to take.  Of equal ones it is the longest.
    """
    totals = {end: 0.0}
    best: dict[int, int] = {}
    number = len(arcs) - 1
    for i in range(end - 1, start - 1, -1):
        highest = -1.0
        while number >= 0 and arcs[number].start == i:
            gain = gains[number] + totals[arcs[number].end]
            if gain > highest + _EQUAL:
                highest, best[i] = gain, number
            number -= 1
        totals[i] = highest
    path: list[int] = []
    i = start
    while i < end:
        path.append(best[i])
        i = arcs[best[i]].end
    return path


class Best(NamedTuple):
    """Of the arcs of a window what each changes, the chance that this is right, and the numbers
    of the arcs of the best reading."""

    changes: list[Change]
    chances: list[float]
    path: list[int]


def best_reading(arcs: Sequence[Arc], posteriors: Sequence[float]) -> Best:
    """The best reading of a window, all of whose arcs these are."""
    changes = list(map(change_of, arcs))
    chances, gains = agreed(arcs, changes, posteriors)
    return Best(changes, chances, best_path(arcs, gains, arcs[0].start, arcs[-1].end))


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


def _choose(window: Window, posteriors: Sequence[float]) -> Iterator[Choice]:
    """The edits of the best reading of a window."""
    arcs = window.arcs
    changes, chances, path = best_reading(arcs, posteriors)
    numbers: dict[Change, int] = {}  # of those that agree the first
    for number, change in enumerate(changes):
        numbers.setdefault(change, number)
    for number in path:
        first, last, words = changes[number]
        if words is not None:
            others = [
                (arcs[n], chances[n])
                for change, n in numbers.items()
                if change[:2] == (first, last) and change[2] != words
            ]
            yield Choice(arcs[number], chances[number], others)
