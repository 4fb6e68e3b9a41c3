"""Records: one article each, however the file holds it.

A record is a stretch of its input, ``raw``, and the article in it, ``text``.  Its runs
tell which characters of the text stand for which of raw.  Edits are made in the text
and spliced into raw, so whatever no edit touches stays as it was.
"""

from __future__ import annotations

import re
from bisect import bisect_right
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, replace
from enum import Enum
from functools import lru_cache
from typing import NamedTuple

from spinfix.edits import Edit

#: Stands between the fields of a record, and between the blocks of a page.
BREAK = "\n\n"


class FormatError(ValueError):
    """An input that is not what its format says; the message names the line."""


class RecordError(ValueError):
    """A record that holds no article to be read; the message says why in plain words."""


class Kind(Enum):
    """How a run of text stands for its stretch of raw."""

    #: Character for character, but for white space that is written as a space.
    COPY = 0
    #: As a whole: an escape, an entity.
    ATOM = 1
    #: As a whole, and never to be edited: code, a break.  Raw may be empty.
    FIXED = 2


#: To look a member up takes Python 3.11 ten times as long.
_COPY, _FIXED = Kind.COPY, Kind.FIXED


class Run(NamedTuple):
    """Characters of an article from ``start`` on, and those of raw that they stand for."""

    start: int
    raw_start: int
    raw_end: int
    kind: Kind = _COPY


class Splice(NamedTuple):
    """Characters ``start`` to ``end`` of raw, ``old``, become ``new``."""

    start: int
    end: int
    old: str
    new: str


class Piece(NamedTuple):
    """A stretch of an input; the pieces of an input, joined, are the input.

    ``raw`` follows ``lead``, what joins it to the record before.  ``number`` counts
    the records from 1 and is 0 for what is none: a blank line, a header, a bracket.
    ``line`` is the number of the line where it begins.
    """

    raw: str
    number: int
    line: int
    lead: str = ""
    header: bool = False


class Layout(NamedTuple):
    """How records are laid out: where the article is, and what tells.

    ``fields``: names of the fields that hold the article, ``a.b`` inside ``a``;
    ``delimiter`` and ``header`` (the first line) are those of delimited files.
    """

    fields: tuple[str, ...] = ("text",)
    delimiter: str = ""
    header: str = ""


def plainly(new: str, old: str) -> str:
    """Restored words as text writes them: as they are."""
    return new


@dataclass(frozen=True, slots=True)
class Record:
    """The article in a stretch of an input.

    ``fields`` are (name, start) of the stretches of ``text`` that come from one field
    each, in order.  ``runs`` gives the runs, in order and from the first character on;
    it is asked only when there are edits.  ``write(new, old)`` gives restored words as
    raw writes them in place of ``old``, or raises ValueError where that cannot be done.
    ``protect`` holds the ranges of text that are never edited.
    """

    raw: str
    text: str
    runs: Callable[[], Sequence[Run]]
    write: Callable[[str, str], str] = plainly
    id: str | None = None
    fields: tuple[tuple[str, int], ...] = (("", 0),)
    protect: tuple[tuple[int, int], ...] = ()

    def splices(self, edits: Sequence[Edit]) -> list[list[Splice]]:
        """For each edit how it is made in raw; none where it cannot be made."""
        if not edits:
            return []
        runs = self.runs()
        starts = [run.start for run in runs]
        return [self._splices(edit, runs, starts) for edit in edits]

    def _splices(self, edit: Edit, runs: Sequence[Run], starts: Sequence[int]) -> list[Splice]:
        words = changed_words(edit.old, edit.new)
        n = bisect_right(starts, edit.start) - 1
        run = runs[n]
        try:
            if run.kind is _COPY and (n + 1 == len(runs) or edit.end <= starts[n + 1]):
                shift = run.raw_start - run.start + edit.start
                return [self._splice(shift + start, shift + end, new) for start, end, new in words]
            # Words on both sides of a tag, or of a line break, each stay on their side.
            if not self._parts(edit.start, edit.end, runs, starts):
                return []
            made: list[Splice] = []
            for start, end, new in words:
                parts = self._parts(edit.start + start, edit.start + end, runs, starts)
                longest = max(parts, key=lambda part: part[1] - part[0])
                made += (self._splice(*part, new if part is longest else "") for part in parts)
            return made
        except ValueError:
            return []

    def _splice(self, start: int, end: int, new: str) -> Splice:
        old = self.raw[start:end]
        return Splice(start, end, old, self.write(new, old) if new else "")

    def _parts(
        self, begin: int, end: int, runs: Sequence[Run], starts: Sequence[int]
    ) -> list[tuple[int, int]]:
        """The stretches of raw that a stretch of text stands for; none if one is fixed."""
        parts: list[tuple[int, int]] = []
        n = bisect_right(starts, begin) - 1
        while n < len(runs) and (starts[n] < end or not parts):
            run = runs[n]
            stop = starts[n + 1] if n + 1 < len(runs) else len(self.text)
            if run.kind is _COPY:
                first = run.raw_start + max(0, begin - run.start)
                last = run.raw_start + min(end, stop) - run.start
            else:
                first, last = run.raw_start, run.raw_end
                if run.kind is _FIXED or run.start < begin or end < stop:
                    return []
            if parts and parts[-1][1] == first:
                first = parts.pop()[0]
            parts.append((first, last))
            n += 1
        return parts

    def field_of(self, edit: Edit) -> tuple[str, int]:
        """The field in which an edit is made, and where that field begins in ``text``."""
        if len(self.fields) == 1:
            return self.fields[0]
        return self.fields[bisect_right([start for _, start in self.fields], edit.start) - 1]


#: Characters ``start`` to ``end`` of the old words of an edit become others.
Word = tuple[int, int, str]
_WORD = re.compile(r"\S+")
#: Substitutions of which is remembered what changes: spinners repeat themselves.
_REMEMBERED = 1 << 14


def by_words(edit: Edit) -> Iterator[Edit]:
    """An edit as edits of the words that change: one each where old and new have as many,
    else those between the words that both begin and both end with."""
    for start, end, new in changed_words(edit.old, edit.new):
        old = edit.old[start:end]
        yield replace(edit, start=edit.start + start, end=edit.start + end, old=old, new=new)


@lru_cache(_REMEMBERED)
def changed_words(old: str, new: str) -> Sequence[Word]:
    """The words of ``old`` that change where it becomes ``new``; see :func:`by_words`."""
    if old.isalnum() and new.isalnum() and old != new:
        return ((0, len(old), new),)  # most are of a single word
    before, after = list(_WORD.finditer(old)), new.split()
    if new != " ".join(after) or old != old.strip() or not (before and after):
        return ((0, len(old), new),)  # it brings white space of its own, or there are no words
    if len(before) != len(after):
        return (_core(before, after),)
    both = zip(before, after, strict=True)
    return tuple((*match.span(), word) for match, word in both if match.group() != word)


@lru_cache(_REMEMBERED)
def as_made(old: str, new: str) -> str:
    """``new`` as it takes the place of ``old`` word by word: the white space there stays."""
    return spliced(old, [Splice(a, b, old[a:b], word) for a, b, word in changed_words(old, new)])


def _core(old: Sequence[re.Match[str]], new: Sequence[str]) -> Word:
    """What changes without the words that old and new begin or end with."""
    words = [match.group() for match in old]
    most = min(len(words), len(new))
    first = next((n for n in range(most) if words[n] != new[n]), most)
    last = next((n for n in range(most - first) if words[-1 - n] != new[-1 - n]), most - first)
    if first + last == len(words):  # words are put in: beside one that is there
        first, last = (first - 1, last) if first else (first, last - 1)
    start, end = old[first].start(), old[len(old) - last - 1].end()
    put = " ".join(new[first : len(new) - last])
    if not put:  # words are left out: with the white space on one side of them
        if last:
            end = old[len(old) - last].start()
        else:
            start = old[first - 1].end()
    return start, end, put


def spliced(raw: str, splices: Sequence[Splice]) -> str:
    """``raw`` with ``splices``, which are in order, made; all else as it was."""
    parts: list[str] = []
    last = 0
    for splice in splices:
        parts += (raw[last : splice.start], splice.new)
        last = splice.end
    return "".join([*parts, raw[last:]])
