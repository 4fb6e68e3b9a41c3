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


class Run(NamedTuple):
    """Characters of an article from ``start`` on, and those of raw that they stand for."""

    start: int
    raw_start: int
    raw_end: int
    kind: Kind = Kind.COPY


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
        made: list[Splice] = []
        try:
            # Words on both sides of a tag, or of a line break, each stay on their side.
            whole = self._parts(edit, runs, starts)
            for word in by_words(edit) if whole else ():
                parts = whole if word is edit else self._parts(word, runs, starts)
                longest = max(parts, key=lambda part: part[1] - part[0])
                for part in parts:
                    made.append(self._splice(*part, word.new if part is longest else ""))
        except ValueError:
            return []
        return made

    def _splice(self, start: int, end: int, new: str) -> Splice:
        old = self.raw[start:end]
        return Splice(start, end, old, self.write(new, old) if new else "")

    def _parts(
        self, edit: Edit, runs: Sequence[Run], starts: Sequence[int]
    ) -> list[tuple[int, int]]:
        """The stretches of raw that the words of an edit stand for; none if one is fixed."""
        parts: list[tuple[int, int]] = []
        n = bisect_right(starts, edit.start) - 1
        while n < len(runs) and (starts[n] < edit.end or not parts):
            run = runs[n]
            stop = starts[n + 1] if n + 1 < len(runs) else len(self.text)
            if run.kind is Kind.COPY:
                first = run.raw_start + max(0, edit.start - run.start)
                last = run.raw_start + min(edit.end, stop) - run.start
            else:
                first, last = run.raw_start, run.raw_end
                if run.kind is Kind.FIXED or run.start < edit.start or edit.end < stop:
                    return []
            if parts and parts[-1][1] == first:
                first = parts.pop()[0]
            parts.append((first, last))
            n += 1
        return parts

    def field_of(self, edit: Edit) -> tuple[str, int]:
        """The field in which an edit is made, and where that field begins in ``text``."""
        return self.fields[bisect_right([start for _, start in self.fields], edit.start) - 1]


_WORD = re.compile(r"\S+")


def by_words(edit: Edit) -> Iterator[Edit]:
    """An edit as edits of the words that change: one each where old and new have as many,
    else those between the words that both begin and both end with."""
    if edit.old.isalnum() and edit.new.isalnum() and edit.old != edit.new:
        yield edit  # most are of a single word
        return
    old, new = list(_WORD.finditer(edit.old)), edit.new.split()
    if edit.new != " ".join(new) or edit.old != edit.old.strip() or not (old and new):
        yield edit  # it brings white space of its own, or there are no words
    elif len(old) == len(new):
        for match, word in zip(old, new, strict=True):
            if match.group() != word:
                yield _inner(edit, match.start(), match.end(), word)
    else:
        yield _core(edit, old, new)


def _core(edit: Edit, old: Sequence[re.Match[str]], new: Sequence[str]) -> Edit:
    """An edit without the words that old and new begin or end with."""
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
    return _inner(edit, start, end, put)


def _inner(edit: Edit, start: int, end: int, new: str) -> Edit:
    """The part of an edit from ``start`` to ``end`` of its old words."""
    return replace(
        edit, start=edit.start + start, end=edit.start + end, old=edit.old[start:end], new=new
    )


def spliced(raw: str, splices: Sequence[Splice]) -> str:
    """``raw`` with ``splices``, which are in order, made; all else as it was."""
    parts: list[str] = []
    last = 0
    for splice in splices:
        parts += (raw[last : splice.start], splice.new)
        last = splice.end
    return "".join([*parts, raw[last:]])
