"""The arrays of a scorer's file: numbers in 16 bits or quantised, and lists of words."""

from __future__ import annotations

import struct
from collections.abc import Iterable, Mapping
from math import prod
from mmap import ACCESS_READ, mmap
from pathlib import Path
from typing import Any
from zipfile import ZIP_STORED, ZipFile

import numpy as np
from numpy.lib import format as npy

from .arrays import Integers, Singles

Arrays = Mapping[str, Any]

#: Where the header of a member of a zip archive has the lengths of its name and of what else
#: there is, and its own length without them (PKWARE's APPNOTE.TXT, 4.3.7).
_LENGTHS, _HEADER = 26, 30


def read_arrays(path: Path) -> dict[str, Any]:
    """All arrays of a file, where they lie in it: they take no memory before they are used.

    The file is one of ours, as numpy.savez writes it.  Raises OSError when it cannot be read.
    """
    with path.open("rb") as file:
        data = mmap(file.fileno(), 0, access=ACCESS_READ)
        with ZipFile(file) as archive:
            members = archive.infolist()
    found: dict[str, Any] = {}
    for member in members:
        if member.compress_type != ZIP_STORED:
            raise ValueError(f"{path}: {member.filename} is compressed")
        name, more = struct.unpack_from("<HH", data, member.header_offset + _LENGTHS)
        data.seek(member.header_offset + _HEADER + name + more)
        version = npy.read_magic(data)
        read = npy.read_array_header_1_0 if version == (1, 0) else npy.read_array_header_2_0
        shape, by_columns, kind = read(data)
        array = np.frombuffer(data, kind, prod(shape), data.tell())
        order: Any = "F" if by_columns else "C"
        found[member.filename.removesuffix(".npy")] = array.reshape(shape, order=order)
    return found


def floats(data: Arrays, name: str) -> Singles:
    """An array as 32-bit floats."""
    array: Singles = data[name].astype(np.float32)
    return array


class Vectors:
    """The rows of a quantised matrix: ``whole`` numbers of 8 bits, and a ``scale`` for each."""

    def __init__(self, data: Arrays, name: str) -> None:
        self.whole, self.scale = data[name], floats(data, f"{name}_scale")

    def __getitem__(self, rows: Integers | slice) -> Singles:
        """Some rows, or all of them."""
        vectors: Singles = self.whole[rows].astype(np.float32)
        vectors *= self.scale[rows][:, None]
        return vectors


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
