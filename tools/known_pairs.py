"""What a written scorer knows of phrase pairs, for another dictionary's pairs."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np

from spinfix.candidates import within
from spinfix.weights import Arrays, Vectors, floats, words

#: Rounds in which what pairs share with others of their sides is told from the rest.
_ROUNDS = 10
#: A pair that was seen so often has half of its own vector, and half of that of the pair within.
_RARE = 60

#: The spun phrase and the original of a pair.
_Sides = tuple[str, str]


def pair_vectors(written: Arrays, pairs: Sequence[str]) -> np.ndarray:
    """For each of ``pairs`` (sides with a tab between) its vector, the bias last.

    A pair that the scorer does not know has that of the pair within it ("may, can" for "that
    may, that can"), or else what its sides have in common with others (0 for unknown ones).
    """
    known = [_sides(pair) for pair in words(written, "phrases")]
    vectors = np.concatenate(
        [Vectors(written, "pair")[:], floats(written, "pair_bias")[:, None]], 1
    )
    rows = {sides: row for row, sides in enumerate(known)}
    spun, original = _shared(known, vectors)
    nothing = np.zeros(vectors.shape[1], vectors.dtype)
    found = []
    for sides in map(_sides, pairs):
        row = next((rows[its] for its in within(*sides) if its in rows), None)
        found.append(
            spun.get(sides[0], nothing) + original.get(sides[1], nothing)
            if row is None
            else vectors[row]
        )
    return np.array(found, np.float32)


def drawn(vectors: np.ndarray, pairs: Sequence[str], counts: Sequence[int]) -> np.ndarray:
    """The vectors, each drawn towards that of the pair within it, the more the rarer it is.

    ``counts`` tell how often each of ``pairs`` was seen; of what is rare little was learned.
    """
    sides = list(map(_sides, pairs))
    rows = {its: row for row, its in enumerate(sides)}
    found = vectors.copy()
    for n, (its, count) in enumerate(zip(sides, counts, strict=True)):
        inner = next((rows[pair] for pair in within(*its) if pair in rows and pair != its), n)
        share = count / (count + _RARE)
        found[n] = share * vectors[n] + (1.0 - share) * vectors[inner]
    return found


def _sides(pair: str) -> _Sides:
    spun, original = pair.split("\t")[:2]
    return spun, original


def _shared(
    known: Sequence[_Sides], vectors: np.ndarray
) -> tuple[dict[str, np.ndarray], dict[str, np.ndarray]]:
    """What pairs of the same spun phrase have in common, and those of the same original.

    Means over the pairs, drawn towards 0 where there are few.
    """
    sides: tuple[dict[str, int], dict[str, int]] = {}, {}
    rows = np.array(
        [[sides[k].setdefault(pair[k], len(sides[k])) for k in (0, 1)] for pair in known]
    )
    tables = [np.zeros((len(numbers), vectors.shape[1])) for numbers in sides]
    for _ in range(_ROUNDS):
        for k in (1, 0):
            rest = vectors - tables[1 - k][rows[:, 1 - k]]
            tables[k][:] = 0.0
            np.add.at(tables[k], rows[:, k], rest)
            tables[k] /= np.bincount(rows[:, k])[:, None] + 1.0
    spun, original = (
        dict(zip(numbers, table, strict=True)) for numbers, table in zip(sides, tables, strict=True)
    )
    return spun, original
