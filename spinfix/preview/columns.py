"""Old and new text side by side, in columns as wide as a terminal allows."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator
from itertools import zip_longest
from typing import NamedTuple

from spinfix.edits import Repair

#: Shows words of one side of an edit: text, is it the new side, confidence.
Paint = Callable[[str, bool, float], str]

_WORDS = re.compile(r"\s+|\S+")
_LEAST = 20


class _Word(NamedTuple):
    text: str
    confidence: float | None  # None: the same on both sides


def side_by_side(
    repair: Repair, width: int, paint: Paint, show: Callable[[str], str] = str
) -> Iterator[tuple[int, str]]:
    """The changed lines of a text, (line number from 1, row), wrapped into two columns.

    ``width`` is that of a row in cells of a terminal; wide characters take two.
    """
    column = max(_LEAST, (width - 3) // 2)
    for number, old, new in _lines(repair):
        left = _wrapped(old, column, False, paint, show)
        right = _wrapped(new, column, True, paint, show)
        for a, b in zip_longest(left, right, fillvalue=" " * column):
            yield number, f"{a} | {b}".rstrip()


def _lines(repair: Repair) -> Iterator[tuple[int, list[_Word], list[_Word]]]:
    """Each changed line as the words of its two sides."""
    text, place, number = repair.text, 0, 1
    edits = list(repair.edits)
    while edits:
        begin = text.rfind("\n", 0, edits[0].start) + 1
        number += text.count("\n", place, begin)
        end = text.find("\n", edits[0].end)
        end = len(text) if end < 0 else end
        old: list[_Word] = []
        new: list[_Word] = []
        at = begin
        while edits and edits[0].start < end:
            edit = edits.pop(0)
            for side in (old, new):
                side.append(_Word(text[at : edit.start], None))
            old.append(_Word(edit.old, edit.confidence))
            new.append(_Word(edit.new, edit.confidence))
            at = edit.end
        for side in (old, new):
            side.append(_Word(text[at:end].rstrip("\r"), None))
        yield number, old, new
        place = begin


def _wrapped(
    words: list[_Word], width: int, is_new: bool, paint: Paint, show: Callable[[str], str]
) -> list[str]:
    """Words in rows of exactly ``width`` cells."""
    rows: list[str] = []
    row, used = "", 0
    for text, confidence in words:
        for part in _WORDS.findall(text):
            for piece in _fitting(show(part), width):
                size = cells(piece)
                if used + size > width:
                    rows.append(row + " " * (width - used))
                    row, used = "", 0
                if piece.isspace() and not used:
                    continue  # no row begins with the space between two words
                row += piece if confidence is None else paint(piece, is_new, confidence)
                used += size
    rows.append(row + " " * (width - used))
    return rows


def _fitting(word: str, width: int) -> Iterator[str]:
    """A word in pieces that each fit into a row."""
    piece, used = "", 0
    for char in word:
        size = cells(char)
        if used + size > width:
            yield piece
            piece, used = "", 0
        piece += char
        used += size
    yield piece


def cells(text: str) -> int:
    """The cells of a terminal that a text takes."""
    if text.isascii():
        return len(text)
    from wcwidth import wcswidth

    return max(0, wcswidth(text))


def stat(rows: list[tuple[str, int]], width: int) -> Iterator[str]:
    """Edits by input, as ``git diff --stat`` shows changes; rows are (name, edits)."""
    rows = [row for row in rows if row[1]]
    if not rows:
        return
    most = max(count for _, count in rows)
    digits = len(f"{most:,}")
    names = min(max(cells(name) for name, _ in rows), max(_LEAST, width // 2))
    bar = max(1, width - names - digits - 5)
    for name, count in rows:
        shown = name if cells(name) <= names else "..." + name[len(name) - names + 3 :]
        pad = " " * (names - cells(shown))
        plus = "+" * max(1, round(bar * count / max(most, bar)))
        yield f" {shown}{pad} | {count:>{digits},} {plus}"
    files, edits = len(rows), sum(count for _, count in rows)
    plural = "" if files == 1 else "s"
    yield f" {files:,} input{plural} changed, {edits:,} edit{'' if edits == 1 else 's'}"
