"""A JSON file: an array of objects, read element by element, or a single object."""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import TextIO

from .records import FormatError, Layout, Piece

#: Characters read at a time.
_BLOCK = 1 << 20

_SPACE = re.compile(r"[ \t\r\n]*")
_BEFORE = re.compile("[\ufeff \t\r\n]*")
#: A number, true, false, null; what it is in truth is its reader's matter.
_SCALAR = re.compile(r'[^ \t\r\n,:"\[\]{}]*')
#: The inside of a string, up to its end or to half an escape.
_STRING = re.compile(r'[^"\\]*(?:\\.[^"\\]*)*', re.S)
#: From bracket to bracket, over whole strings, up to a string that goes on in the next block.
_INSIDE = re.compile(
    r'[^"{}\[\]]*(?:"[^"\\]*(?:\\.[^"\\]*)*"[^"{}\[\]]*)*',
    re.S,
)


def split(stream: TextIO, layout: Layout) -> Iterator[Piece]:
    """A piece for each element of the array; objects are records, all else is not."""
    source = _Source(stream)
    source.skip(_BEFORE)
    first = source.peek()
    if first == "{":
        source.value()
        _finish(source, "object")
        yield Piece(source.taken(), 1, 1)
        return
    if first != "[":
        raise source.error("a JSON file should begin with '[' or '{' here")
    source.step()
    source.skip(_SPACE)
    yield Piece(source.taken(), 0, 1)
    yield from _elements(source)
    line = source.line
    source.step()
    _finish(source, "array")
    yield Piece(source.taken(), 0, line)


def _elements(source: _Source) -> Iterator[Piece]:
    """The elements up to the closing bracket; the space before it is not taken."""
    if source.peek() == "]":
        return
    number, lead = 0, ""
    while True:
        line, kind = source.line, source.peek()
        source.value()
        number += kind == "{"
        yield Piece(source.taken(), number if kind == "{" else 0, line, lead)
        source.skip(_SPACE)
        mark = source.peek()
        if mark == "]":
            return
        if mark != ",":
            raise source.error("',' or ']' should stand here" if mark else "the array has no end")
        source.step()
        source.skip(_SPACE)
        lead = source.taken()


def _finish(source: _Source, what: str) -> None:
    source.skip(_SPACE)
    if source.peek():
        raise source.error(
            f"there is more after the {what} (objects one after another are --format jsonl)"
        )


class _Source:
    """A stream read block by block, and the place in it.

    Only the last block is looked at; what came before it, since the last ``taken``, is
    kept aside, so however long a value is, it is read through once.
    """

    def __init__(self, stream: TextIO) -> None:
        self._stream = stream
        self._aside: list[str] = []
        self._block = ""
        self._start = 0
        self._place = 0
        #: The number of the line where what is not taken yet begins.
        self.line = 1

    def taken(self) -> str:
        """All from the last call on up to the place."""
        text = self._passed()
        self._aside.clear()
        self._start = self._place
        self.line += text.count("\n")
        return text

    def _passed(self) -> str:
        return "".join([*self._aside, self._block[self._start : self._place]])

    def peek(self) -> str:
        """The next character, none at the end."""
        if self._place == len(self._block):
            self._more()
        return self._block[self._place : self._place + 1]

    def step(self) -> None:
        """Past the next character, which was peeked at."""
        self._place += 1

    def skip(self, pattern: re.Pattern[str]) -> None:
        """Past all that ``pattern`` (characters of a kind) matches, in as many blocks."""
        while True:
            self._advance(pattern)
            if self._place < len(self._block) or not self._more():
                return

    def value(self) -> None:
        """Past a value: to its closing bracket or quote, or as far as a number goes."""
        first = self.peek()
        if first == '"':
            self._string()
        elif first and first in "[{":
            self._nested()
        else:
            self.skip(_SCALAR)
            if not self._passed():
                raise self.error("a value should stand here")

    def _nested(self) -> None:
        depth = 0
        while mark := self.peek():
            if mark == '"':
                self._string()
            block, place = self._block, self._place
            while match := _INSIDE.match(block, place):
                place = match.end()
                mark = block[place : place + 1]
                if mark == "{" or mark == "[":
                    depth += 1
                elif mark == "}" or mark == "]":
                    depth -= 1
                else:
                    break
                place += 1
                if not depth:
                    self._place = place
                    return
            self._place = place
        raise self.unfinished("the value that begins here has no end")

    def _string(self) -> None:
        self.step()
        while True:
            self._advance(_STRING)
            if self._block[self._place : self._place + 1] == '"':
                return self.step()
            if not self._more():
                raise self.unfinished("the value that begins here has a string without an end")

    def _advance(self, pattern: re.Pattern[str]) -> None:
        match = pattern.match(self._block, self._place)
        if match:
            self._place = match.end()

    def _more(self) -> bool:
        """The next block, after what is left of this one; False at the end."""
        new = self._stream.read(_BLOCK)
        if new:
            if self._place > self._start:
                self._aside.append(self._block[self._start : self._place])
            self._block = self._block[self._place :] + new
            self._start = self._place = 0
        return bool(new)

    def error(self, what: str) -> FormatError:
        """What is wrong at the place."""
        line = self.line + self._passed().count("\n")
        return FormatError(f"line {line}: {what}")

    def unfinished(self, what: str) -> FormatError:
        """What is wrong with what is not taken yet, at the line where it begins."""
        return FormatError(f"line {self.line}: {what}")
