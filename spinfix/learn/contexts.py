"""In which surroundings a phrase stands: the two words on either side.

A replacement stands where its head would have stood.  Only words that spinning leaves
alone are looked at, those equally common in spun and in genuine text.
"""

from __future__ import annotations

from typing import NamedTuple

import numpy as np

from .corpus import BREAK, Counts, Encoded, Numbers, Reals, Vocabulary
from .ngrams import Phrases, look_up
from .suspects import Occurrences

#: Places of a context: the word before, the one before that, the next, the one after.
POSITIONS = 4
#: A word is left alone by spinning when its ratio (log) is within this, and its share of
#: the spun words is, or should be, so large.
_STEADY, _LEAST = 0.6, 2e-5
#: Words a position that similarity looks at, the commonest ones.
_COMMONEST = 800
#: Observations of the general kind that are added to those of each head.
_SMOOTHING = 50.0
#: Suspects compared with all heads at once.
_BLOCK = 256


class Features(NamedTuple):
    """Words that contexts are made of.

    ``number`` gives each word of the vocabulary its number among them (-1: none),
    ``words`` are their numbers in the vocabulary.
    """

    number: Numbers
    words: Counts

    @property
    def size(self) -> int:
        """How many they are."""
        return len(self.words)


class Table(NamedTuple):
    """For one position: how often each word stands there, beside each unit.

    ``keys`` are unit times ``size`` plus word, sorted; ``totals`` is the sum of each unit;
    ``base`` the share of each word over all units.
    """

    keys: Counts
    counts: Reals
    totals: Reals
    base: Reals

    @property
    def size(self) -> int:
        """How many words contexts are made of."""
        return len(self.base)


def steady_words(phrases: Phrases, vocabulary: Vocabulary, most: int | None = None) -> Features:
    """The words that spinning leaves alone, ``most`` of them, and the line break."""
    single = slice(0, phrases.bounds[1])
    steady = (phrases.expected[single] >= _LEAST * phrases.spun.words) & (
        np.abs(phrases.ratio[single]) < _STEADY
    )
    chosen = np.flatnonzero(steady)
    if most is not None:
        chosen = chosen[np.argsort(-phrases.expected[chosen], kind="stable")[:most]]
    found = [vocabulary.find(phrases.texts[n]) or [] for n in chosen.tolist()]
    words = np.array([BREAK, *(n for numbers in found for n in numbers)], dtype=np.int64)
    number = np.full(len(vocabulary), -1, dtype=np.int32)
    number[words] = np.arange(len(words), dtype=np.int32)
    return Features(number, words)


def contexts(corpus: Encoded, found: Occurrences, features: Features) -> list[Numbers]:
    """The words at the four positions around each occurrence; -1 where nothing is known."""
    ids, start, after = corpus.ids, found.start, found.start + found.length
    last = len(ids) - 1

    def at(place: Counts) -> Numbers:
        return ids[np.clip(place, 0, last)]

    def numbers(words: Numbers) -> Numbers:
        return features.number[words]

    before, following = at(start - 1), at(after)
    # Nothing is known beyond a line break.
    far_before = np.where(before == BREAK, -1, numbers(at(start - 2)))
    far_after = np.where(following == BREAK, -1, numbers(at(after + 1)))
    return [numbers(before), far_before, numbers(following), far_after]


def count_contexts(units: Numbers, around: list[Numbers], number: int, size: int) -> list[Table]:
    """Tables for ``number`` units from the contexts of their occurrences."""
    tables = []
    for words in around:
        known = words >= 0
        key = units[known].astype(np.int64) * size + words[known]
        keys, counts = np.unique(key, return_counts=True)
        tables.append(table(keys, counts.astype(np.float32), number, size))
    return tables


def table(keys: Counts, counts: Reals, number: int, size: int) -> Table:
    """A table from sorted keys and their counts."""
    base = np.bincount(keys % size, weights=counts, minlength=size) + 1.0
    totals = np.bincount(keys // size, weights=counts, minlength=number)
    return Table(keys, counts, totals.astype(np.float32), (base / base.sum()).astype(np.float32))


def evidence(tables: list[Table], heads: Counts, around: list[Numbers], weight: Reals) -> Reals:
    """Log likelihood ratios: how much better each head explains each context than chance.

    A row for each context, a column for each head; ``weight`` is what a position counts.
    """
    total: Reals = np.zeros((len(around[0]), len(heads)), dtype=np.float32)
    for position, (one, words) in enumerate(zip(tables, around, strict=True)):
        if not len(one.keys):
            continue
        unique, row = np.unique(words, return_inverse=True)
        keys = heads[:, None] * one.size + unique[None, :]
        at = look_up(one.keys, keys)
        counts = np.where(at >= 0, one.counts[at], 0.0)
        # Smoothed by what stands there on the whole, as if seen so many times more.
        ratio = np.log(
            (counts / one.base[unique] + _SMOOTHING) / (one.totals[heads][:, None] + _SMOOTHING)
        )
        ratio[:, unique < 0] = 0.0
        total += weight[position] * ratio.T[row]
    return total


def nearest(spun: list[Table], clean: list[Table], count: int) -> tuple[Counts, Reals]:
    """For each suspect the ``count`` heads whose contexts are most alike, best first.

    Returns their numbers and their similarities (cosine of vectors of positive pointwise
    mutual information, 0 to 1).
    """
    columns = [np.argsort(-one.base, kind="stable")[:_COMMONEST] for one in clean]
    heads = _vectors(clean, columns, 0, len(clean[0].totals))
    count = min(count, len(heads))
    numbers: list[Counts] = []
    values: list[Reals] = []
    for first in range(0, len(spun[0].totals), _BLOCK):
        block = _vectors(spun, columns, first, min(first + _BLOCK, len(spun[0].totals)))
        alike = block @ heads.T
        best = np.argpartition(-alike, count - 1, axis=1)[:, :count]
        order = np.argsort(-np.take_along_axis(alike, best, 1), axis=1, kind="stable")
        best = np.take_along_axis(best, order, 1)
        numbers.append(best)
        values.append(np.take_along_axis(alike, best, 1))
    if not numbers:
        return np.zeros((0, count), dtype=np.int64), np.zeros((0, count), dtype=np.float32)
    return np.concatenate(numbers), np.concatenate(values)


def _vectors(tables: list[Table], columns: list[Counts], first: int, end: int) -> Reals:
    """Rows ``first`` to ``end`` as vectors of length 1."""
    matrix: Reals = np.zeros((end - first, sum(map(len, columns))), dtype=np.float32)
    offset = 0
    for one, chosen in zip(tables, columns, strict=True):
        column = np.full(one.size, -1, dtype=np.int64)
        column[chosen] = np.arange(len(chosen))
        a, b = np.searchsorted(one.keys, (first * one.size, end * one.size))
        row, at = one.keys[a:b] // one.size - first, column[one.keys[a:b] % one.size]
        row, at, counts = row[at >= 0], at[at >= 0], one.counts[a:b][at >= 0]
        totals = np.bincount(row, weights=counts, minlength=end - first)
        base = one.base[chosen] / one.base[chosen].sum()
        information = np.log(counts / totals[row] / base[at])
        # A word seen once or twice says less than its mutual information.
        matrix[row, offset + at] = np.maximum(information, 0.0) * (counts / (counts + 1.0))
        offset += len(chosen)
    matrix /= np.linalg.norm(matrix, axis=1, keepdims=True) + np.float32(1e-9)
    return matrix
