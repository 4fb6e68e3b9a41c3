"""The arrays of a scorer's file: numbers in 16 bits or quantised, and lists of words."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from pathlib import Path
from typing import Any

import numpy as np

from .arrays import Singles

Arrays = Mapping[str, Any]


def read_arrays(path: Path) -> dict[str, Any]:
    """All arrays of a file; raises OSError when it cannot be read."""
    with np.load(path, allow_pickle=False) as arrays:
        return {name: arrays[name] for name in arrays.files}


def floats(data: Arrays, name: str) -> Singles:
    """An array as 32-bit floats."""
    array: Singles = data[name].astype(np.float32)
    return array


def dequantised(data: Arrays, name: str) -> Singles:
    """A matrix from its quantised form: whole numbers and a scale a row."""
    matrix = floats(data, name)
    matrix *= floats(data, f"{name}_scale")[:, None]
    return matrix


def words(data: Arrays, name: str) -> list[str]:
    """A list of words or phrases."""
    return bytes(data[name]).decode().split("\n")


def pair_rows(data: Arrays, unknown: Iterable[tuple[str, str]]) -> dict[str, int]:
    """The row of each phrase pair, but for the ``unknown`` ones (spun, original).

    A pair is written with a tab between its phrases.
    """
    rows = {pair: row for row, pair in enumerate(words(data, "phrases"))}
    for pair in unknown:
        rows.pop("\t".join(pair), None)
    return rows
