"""Plain text: a file is an article, a very long one is read in stretches."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from typing import TextIO

from . import marks
from .records import Layout, Piece, Record, Run

#: Characters of a stretch: more than any article has, little enough for memory.
_STRETCH = 1_000_000
#: Where a stretch may end, best first: between paragraphs, lines, words.
_ENDS = tuple(re.compile(end) for end in (r"\n[ \t\r]*\n", r"\n", r"\s"))


def split(stream: TextIO, layout: Layout) -> Iterator[Piece]:
    """The text, cut into stretches of at most a million characters."""
    rest, number, line = "", 0, 1
    while True:
        new = stream.read(_STRETCH - len(rest))
        rest += new
        if not new and not rest and number:
            return
        cut = _cut(rest) if new and len(rest) == _STRETCH else len(rest)
        number += 1
        yield Piece(rest[:cut], number, line)
        line += rest.count("\n", 0, cut)
        rest = rest[cut:]
        if not new:
            return


def whole(stream: TextIO, layout: Layout) -> Iterator[Piece]:
    """All of the stream as one piece."""
    yield Piece(stream.read(), 1, 1)


def stretches(text: str) -> Iterator[tuple[int, int]]:
    """Where the stretches of a text begin and end: one, if it is not very long."""
    start = 0
    while len(text) - start > _STRETCH:
        end = start + _cut(text[start : start + _STRETCH])
        yield start, end
        start = end
    yield start, len(text)


def _cut(text: str) -> int:
    """Where to end a stretch: in its second half, if there is a place for it."""
    half = text[len(text) // 2 :]
    for end in _ENDS:
        last = max((match.end() for match in end.finditer(half)), default=0)
        if last:
            return len(text) // 2 + last
    return len(text)


def parse(raw: str, layout: Layout) -> Record:
    """The text itself."""
    return Record(raw, raw, lambda: copy_of(raw), protect=tuple(marks.ranges(raw)))


def copy_of(text: str) -> Sequence[Run]:
    """The runs of a text that is its own raw."""
    return [Run(0, 0, len(text))]
