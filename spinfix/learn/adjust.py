"""Adjust the dictionary's weights to what the decoder makes of them.

Counts alone do not say how an entry fares against the language model.  As in a
conditional random field with one feature an entry, the expected number of
times that the decoder uses an entry is brought to the number of times it is
right, over the articles of the pairs (iterative scaling: Darroch and Ratcliff
1972).
"""

from __future__ import annotations

import math
from collections import defaultdict
from collections.abc import Iterable, Sequence
from typing import NamedTuple

from spinfix.channel import Arc, Channel
from spinfix.decoder import windows
from spinfix.gate import judge
from spinfix.language_model import LanguageModel
from spinfix.lattice import Window
from spinfix.text import Tokens, tokenize

from .align import Block, changed_blocks

#: Uses added to both counts, so that rare entries move little.
_SMOOTHING = 3.0
#: An adjustment stays within this range (nats).
_LARGEST = 4.0
_GATE = 0.5

Key = tuple[str, str]


class Uses(NamedTuple):
    """Expected uses of each entry: by the decoder, and by its right readings only."""

    made: dict[Key, float]
    right: dict[Key, float]


def adjusted(old: float, key: Key, uses: Uses) -> float:
    """An entry's next adjustment (nats), from its last one and its uses."""
    ratio = (uses.right.get(key, 0.0) + _SMOOTHING) / (uses.made.get(key, 0.0) + _SMOOTHING)
    return max(-_LARGEST, min(_LARGEST, old + math.log(ratio)))


def count_uses(
    pairs: Iterable[tuple[str, str]], channel: Channel, model: LanguageModel, edit_bias: float
) -> Uses:
    """Decode spun articles and compare with their originals.

    Articles whose lines do not correspond are passed over, and so are windows
    of which no path is right.
    """
    uses = Uses(defaultdict(float), defaultdict(float))
    for spun, original in pairs:
        lines, targets = spun.split("\n"), original.split("\n")
        if len(lines) != len(targets):
            continue
        tokens = [tokenize(line) for line in lines]
        chances = judge(tokenize(spun), channel).token
        if len(chances) != sum(map(len, tokens)):
            continue
        first = 0
        for line, target in zip(tokens, targets, strict=True):
            part = chances[first : first + len(line)]
            first += len(line)
            if part and max(part) >= _GATE:
                _count_line(line, tokenize(target), part, channel, model, edit_bias, uses)
    return uses


def _count_line(
    line: Tokens,
    target: Tokens,
    chances: Sequence[float],
    channel: Channel,
    model: LanguageModel,
    edit_bias: float,
    uses: Uses,
) -> None:
    places = _places(changed_blocks(line.words, target.words), len(line))

    def arcs(i: int) -> list[Arc]:
        found = channel.arcs(line, i, chances[i], edit_bias)
        return found if chances[i] >= _GATE else found[:1]

    for window in windows(model, 0, len(line), arcs):
        made = window.posteriors()
        right = window.posteriors(_right(window, line, target, places))
        if made is None or right is None:
            continue
        for arc, p, q in zip(window.arcs, made, right, strict=True):
            if arc.candidate is not None:
                key = arc.candidate.entry[:2]
                uses.made[key] += p
                uses.right[key] += q


def _places(blocks: Sequence[Block], size: int) -> list[int | None]:
    """Where each boundary between spun tokens lies in the original; None inside changes."""
    places: list[int | None] = []
    shift = 0
    for block in blocks:
        (i, j), (_, m) = block
        places += [place + shift for place in range(len(places), i + 1)]
        places += [None] * (j - len(places))
        shift = m - j
        if len(places) > j:
            places = places[:j]
    places += [place + shift for place in range(len(places), size + 1)]
    return places


def _right(
    window: Window, line: Tokens, target: Tokens, places: Sequence[int | None]
) -> list[bool]:
    """Which arcs of a window say what the original says."""
    found = []
    for arc in window.arcs:
        k, m = places[arc.start], places[arc.end]
        if k is None or m is None:
            found.append(False)
            continue
        if arc.candidate is not None:
            words = arc.candidate.original.lower()
        else:
            words = " ".join(line.lower[arc.start : arc.end])
        found.append(words == " ".join(target.lower[k:m]))
    return found
