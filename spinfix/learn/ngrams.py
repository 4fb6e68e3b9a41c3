"""Phrases of one to four words: how often each stands in spun and in genuine text."""

from __future__ import annotations

from typing import NamedTuple

import numpy as np

from .corpus import BREAK, Counts, Encoded, Flags, Numbers, Reals, Vocabulary

#: Longest phrase, in words.
LONGEST = 4
#: Occurrences added to both counts of a ratio.
_SMOOTHING = 0.5


class Side(NamedTuple):
    """Phrases in one corpus: the number of those with 1, 2, ... words that begin at each
    place (-1: none), how often each comes, and how often with a capital."""

    places: list[Numbers]
    counts: Counts
    capitals: Counts
    words: int


class Phrases(NamedTuple):
    """Phrases that are common in spun or in genuine text.

    They are numbered by length, shorter ones first: ``bounds`` is where each length
    begins.  ``front`` and ``back`` are the phrases without their last and without their
    first word (of single words: -1).
    """

    texts: list[str]
    bounds: list[int]
    front: Numbers
    back: Numbers
    spun: Side
    clean: Side

    @property
    def lengths(self) -> Numbers:
        """The number of words of each phrase."""
        sizes = np.diff(self.bounds)
        return np.repeat(np.arange(1, len(sizes) + 1, dtype=np.int32), sizes)

    @property
    def ratio(self) -> Reals:
        """By how much phrases are commoner in spun text (log of the ratio of their rates)."""
        spun = (self.spun.counts + _SMOOTHING) / max(self.spun.words, 1)
        clean = (self.clean.counts + _SMOOTHING) / max(self.clean.words, 1)
        return np.log(spun / clean).astype(np.float32)

    @property
    def expected(self) -> Reals:
        """How often phrases would come in the spun text if it were genuine."""
        scale = self.spun.words / max(self.clean.words, 1)
        return (self.clean.counts * scale).astype(np.float32)


class _Level(NamedTuple):
    """Phrases of one length.

    ``keys`` (sorted) are made of a phrase's front and its last word; ``front`` and ``back``
    are numbers in the level before; ``spun`` and ``clean`` the phrase at each place.
    """

    keys: Counts
    front: Counts
    back: Counts
    spun: Counts
    clean: Counts


def count_phrases(
    spun: Encoded, clean: Encoded, vocabulary: Vocabulary, least: int = 10
) -> Phrases:
    """Phrases that come ``least`` times in the spun text, or would if it were genuine."""
    least_clean = max(2, int(least * clean.words / max(spun.words, 1)))
    levels: list[_Level] = []
    texts: list[str] = []
    bounds = [0]
    while len(levels) < LONGEST:
        level = _level(levels, spun.ids, clean.ids, len(vocabulary), (least, least_clean))
        ends = [vocabulary.words[n] for n in (level.keys % len(vocabulary)).tolist()]
        if levels:
            start = bounds[-2]
            fronts = level.front.tolist()
            ends = [f"{texts[start + a]} {b}" for a, b in zip(fronts, ends, strict=True)]
        levels.append(level)
        texts += ends
        bounds.append(len(texts))
    return Phrases(
        texts,
        bounds,
        _numbered([level.front for level in levels], bounds),
        _numbered([level.back for level in levels], bounds),
        _side([level.spun for level in levels], bounds, spun),
        _side([level.clean for level in levels], bounds, clean),
    )


def _numbered(parts: list[Counts], bounds: list[int]) -> Numbers:
    """Numbers within the level before, as numbers of phrases."""
    before = [0, *bounds]
    numbers = [np.where(p >= 0, p + b, -1) for p, b in zip(parts, before, strict=False)]
    return np.concatenate(numbers).astype(np.int32)


def _level(
    levels: list[_Level], spun: Numbers, clean: Numbers, size: int, least: tuple[int, int]
) -> _Level:
    """The phrases that are a word longer than the last ones."""
    length = len(levels) + 1
    keys = [
        _keys(place, ids, length, size)
        for place, ids in zip(
            (levels[-1].spun, levels[-1].clean) if levels else (None, None),
            (spun, clean),
            strict=True,
        )
    ]
    kept = np.union1d(_common(keys[0], least[0]), _common(keys[1], least[1]))
    front, word = (kept // size, kept % size) if levels else (kept - kept - 1, kept)
    if length == 1:
        back = front
    elif length == 2:
        back = look_up(levels[0].keys, word)
    else:
        back = look_up(levels[-1].keys, levels[-1].back[front] * size + word)
    return _Level(kept, front, back, look_up(kept, keys[0]), look_up(kept, keys[1]))


def _keys(places: Counts | None, ids: Numbers, length: int, size: int) -> Counts:
    """For each place a number for the phrase that begins there; -1 where there is none."""
    keys = np.full(len(ids), -1, dtype=np.int64)
    if places is None:
        keys[ids != BREAK] = ids[ids != BREAK]
        return keys
    last = ids[length - 1 :]
    front = places[: len(last)]
    good = (front >= 0) & (last != BREAK)
    keys[: len(last)][good] = front[good] * size + last[good]
    return keys


def _common(keys: Counts, least: int) -> Counts:
    found, counts = np.unique(keys[keys >= 0], return_counts=True)
    return found[counts >= least]


def look_up(table: Counts, keys: Counts) -> Counts:
    """Where each key stands in a sorted table; -1 for those that are not there."""
    if not len(table):
        return np.full(keys.shape, -1, dtype=np.int64)
    at = np.minimum(np.searchsorted(table, keys), len(table) - 1)
    return np.where(table[at] == keys, at, -1)


def _side(levels: list[Counts], bounds: list[int], corpus: Encoded) -> Side:
    """Number the places of a corpus, and count."""
    places: list[Numbers] = []
    counts: list[Counts] = []
    capitals: list[Counts] = []
    capital: Flags = corpus.capital
    for length, (level, start, end) in enumerate(
        zip(levels, bounds[:-1], bounds[1:], strict=True), 1
    ):
        if length > 1:  # a capital in any word of the phrase
            capital = capital.copy()
            capital[: 1 - length] |= corpus.capital[length - 1 :]
        found = level >= 0
        counts.append(np.bincount(level[found], minlength=end - start))
        capitals.append(np.bincount(level[found & capital], minlength=end - start))
        places.append(np.where(found, level + start, -1).astype(np.int32))
    return Side(places, np.concatenate(counts), np.concatenate(capitals), corpus.words)
