"""Who may have been put in, and for whom: suspects and possible heads.

A suspect is a phrase that a spinner may have put in, a head one that it may have
replaced.  Both are told by counts alone; which belongs to which is for
:mod:`spinfix.learn.unmixing` to say.
"""

from __future__ import annotations

from typing import NamedTuple

import numpy as np

from spinfix.dictionary import is_phrase

from .corpus import Counts, Flags, Numbers, Reals
from .ngrams import LONGEST, Phrases

#: Fewest occurrences of a head in genuine text.
_LEAST_CLEAN = 60
#: A phrase with capitals more often than this is a name.
_NAME = 0.85
#: Logs of ratios: a longer phrase is a suspect from here on; a part of it stands out;
#: by how much it must stand out more than its parts when none of them does.
_LONGER, _STANDS_OUT, _MORE = 0.5, 0.4, 0.7
#: Share of the surplus of a part that must lie in the longer phrase; share from which on
#: the part is no suspect of its own.
_SURPLUS, _ABSORBED = 0.6, 0.8
#: A longer phrase is a possible head when it is this much rarer (log of the ratio).
_RARER = -1.0


class Suspects(NamedTuple):
    """Suspects and heads, as numbers of :class:`Phrases`."""

    spun: Counts
    heads: Counts


class Occurrences(NamedTuple):
    """Places of phrases: where each begins, its length in words, and which it is.

    ``unit`` counts from 0 in the list of phrases that was looked for.
    """

    start: Counts
    length: Numbers
    unit: Numbers


def find_suspects(phrases: Phrases, least: int) -> Suspects:
    """Phrases that a spinner may have put in or replaced.

    Every common word may be either, since spinners replace by words that they replace
    elsewhere.  Longer phrases must stand out: as suspects by a surplus that their parts
    do not explain ("in keeping with"), as heads by being rare.  A suspect must come ``least``
    times.
    """
    usable = np.array([is_usable(text) for text in phrases.texts], dtype=np.bool_)
    ratio, longer = phrases.ratio, phrases.lengths > 1
    heads = (
        usable
        & (phrases.clean.counts >= _LEAST_CLEAN)
        & (phrases.clean.capitals <= _NAME * phrases.clean.counts)
        & (~longer | (ratio <= _RARER))
    )
    spun = (
        usable
        & (phrases.spun.counts >= least)
        & (phrases.spun.capitals <= _NAME * phrases.spun.counts)
    )
    surplus = phrases.spun.counts - phrases.expected
    for number in np.flatnonzero(spun & longer).tolist():
        spun[number] = ratio[number] >= _LONGER and _emerges(phrases, number, ratio, surplus)
    for number in np.flatnonzero(spun & longer).tolist():
        for part in (phrases.front[number], phrases.back[number]):
            if surplus[number] >= _ABSORBED * surplus[part] > 0.0 and longer[part]:
                spun[part] = False
    return Suspects(np.flatnonzero(spun), np.flatnonzero(heads))


def is_usable(phrase: str) -> bool:
    """Can it be one side of an entry?  Words only, no marks; no numbers told by shape."""
    words = phrase.split(" ")
    return is_phrase(words) and not any(
        not (word[0].isalnum() or word in ("%", "'s")) or (word[0].isdigit() and len(word) > 2)
        for word in words
    )


def _emerges(phrases: Phrases, number: int, ratio: Reals, surplus: Reals) -> bool:
    """Is the surplus of a longer phrase its own, not that of its parts?

    It must make up most of that of a part which stands out, and of which no smaller part does.
    """
    parts = _parts(phrases, number)
    out = {part for part in parts if ratio[part] > _STANDS_OUT}
    if out:
        smallest = [part for part in out if not out & _parts(phrases, part)]
        return any(surplus[number] >= _SURPLUS * surplus[part] for part in smallest)
    return bool(ratio[number] > max(ratio[part] for part in parts) + _MORE)


def _parts(phrases: Phrases, number: int) -> set[int]:
    """All shorter phrases inside a phrase."""
    found: set[int] = set()
    new = {number}
    while new:
        new = {int(p) for n in new for p in (phrases.front[n], phrases.back[n]) if p >= 0}
        found |= new
    return found


def occurrences(
    places: list[Numbers], wanted: Counts, size: int, *, overlapping: bool
) -> Occurrences:
    """Where ``wanted`` phrases stand, out of ``size``; the longest first.

    ``overlapping`` says whether a word may be in several of them.
    """
    unit_of: Numbers = np.full(size + 1, -1, dtype=np.int32)  # the last one is for "none"
    unit_of[wanted] = np.arange(len(wanted), dtype=np.int32)
    free: Flags = np.ones(len(places[0]), dtype=np.bool_)
    starts, lengths, units = [], [], []
    for length in range(LONGEST, 0, -1):
        unit = unit_of[places[length - 1]]
        start = np.flatnonzero(unit >= 0)
        if not overlapping:
            start = _claim(free, start, length)
        starts.append(start)
        lengths.append(np.full(len(start), length, dtype=np.int32))
        units.append(unit[start])
    return Occurrences(np.concatenate(starts), np.concatenate(lengths), np.concatenate(units))


def _claim(free: Flags, start: Counts, length: int) -> Counts:
    """Those of the places whose words are all free; they are taken, from left to right."""
    for offset in range(length):
        start = start[free[start + offset]]
    if length > 1:
        kept: list[int] = []
        end = -1
        for place in start.tolist():
            if place >= end:
                kept.append(place)
                end = place + length
        start = np.array(kept, dtype=np.int64)
    for offset in range(length):
        free[start + offset] = False
    return start
