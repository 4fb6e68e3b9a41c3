"""Inputs cut into parts of a size that a worker takes at once."""

from __future__ import annotations

import os
import zlib
from collections.abc import Iterable, Iterator, Mapping, Sequence
from contextlib import AbstractContextManager, contextmanager
from dataclasses import dataclass
from typing import NamedTuple

from spinfix.edits import Edit
from spinfix.formats import FormatError, Layout, Piece, splitter

from .inputs import Input, InputError, Reading
from .streams import Fingerprint, opened, text_of
from .work import Load

#: Characters of a part: seconds of work; a part is also the step of resuming.
_PART = 1 << 18

#: Edits given for an input: for each record those of its fields.
Given = Mapping[int, Sequence[tuple[str, Edit]]]


class Begin(NamedTuple):
    """An input begins; ``encoding`` with its byte order, ``stat`` as it was when opened."""

    source: Input
    encoding: str
    stat: os.stat_result | None = None


class Part(NamedTuple):
    """Pieces of an input; ``number`` counts its parts from 1, ``read`` the bytes so far."""

    source: Input
    number: int
    pieces: Sequence[Piece]
    read: int
    skipped: bool = False


class End(NamedTuple):
    """An input ends; ``fingerprint`` is the SHA-256 of its bytes, if the task asks for it."""

    source: Input
    fingerprint: str
    read: int


class Failed(NamedTuple):
    """An input could not be read, or not to its end."""

    source: Input
    error: str


Mark = Begin | Part | End | Failed


@dataclass(frozen=True, slots=True)
class Choice:
    """Which records are read: the first ``limit`` of all inputs (0: all), or a share.

    Which ones are in the ``sample`` (0 to 1) is told by their input and number alone.
    """

    limit: int = 0
    sample: float = 1.0

    @property
    def every(self) -> bool:
        """Are all records read?"""
        return not self.limit and self.sample >= 1.0

    def takes(self, source: Input, number: int) -> bool:
        """Is a record in the sample?"""
        return zlib.crc32(f"{source.place}:{number}".encode("utf-8", "replace")) < self.sample * (
            1 << 32
        )


@dataclass(frozen=True, slots=True)
class Task:
    """What is to be done with the inputs.

    ``skip``: parts of an input done before.  ``fingerprints``: of inputs that are not
    read to their end, too.
    """

    reading: Reading
    choice: Choice = Choice()
    judge: bool = False
    given: Mapping[str, Given] | None = None
    skip: Mapping[str, int] | None = None
    fingerprints: bool = False


def parts(inputs: Iterable[Input], task: Task) -> Iterator[tuple[Mark, Load | None]]:
    """All inputs, in order: marks, and with each part that is to be done its load."""
    left = task.choice.limit
    for source in inputs:
        try:
            for mark, load in _of(source, task, left):
                yield mark, load
                if task.choice.limit and isinstance(mark, Part):
                    left -= sum(1 for piece in mark.pieces if piece.number)
        except InputError as error:
            yield Failed(source, str(error)), None
        except FormatError as error:
            yield Failed(source, f"{source.name}, {error}"), None
        if task.choice.limit and left <= 0:
            return


def _of(source: Input, task: Task, limit: int) -> Iterator[tuple[Mark, Load | None]]:
    layout = task.reading.layout(source.format)
    skip = (task.skip or {}).get(source.name, 0)
    given = None if task.given is None else task.given.get(source.name, {})
    with _opened(source) as stored, _pieces(stored, source, task.reading, layout) as found:
        encoding, pieces = found
        yield Begin(source, encoding, stored.stat), None
        chosen = pieces if task.choice.every else _chosen(pieces, source, task.choice, limit)
        for number, (part, its) in enumerate(_grouped(chosen, layout), 1):
            mark = Part(source, number, part, stored.size, number <= skip)
            if mark.skipped:
                yield mark, None
            else:
                mine = None if given is None else _given(given, part)
                yield mark, Load(part, source.format, its, encoding, task.judge, mine)
        fingerprint = stored.rest() if task.fingerprints else ""
        yield End(source, fingerprint, stored.size), None


def _given(given: Given, part: Sequence[Piece]) -> Given:
    return {piece.number: given[piece.number] for piece in part if piece.number in given}


@contextmanager
def _opened(source: Input) -> Iterator[Fingerprint]:
    try:
        with opened(source) as stored:
            yield stored
    except OSError as error:
        raise InputError(f"{source.name}: {error.strerror or error}") from None


@contextmanager
def _pieces(
    stored: Fingerprint, source: Input, reading: Reading, layout: Layout
) -> Iterator[tuple[str, Iterator[Piece]]]:
    container = _container(source, layout)
    if container is not None:
        with container as pieces:
            yield "utf-8", pieces
        return
    with text_of(stored, source, reading.encoding) as (text, encoding):
        yield encoding, splitter(source.format)(text, layout)


def _container(source: Input, layout: Layout) -> AbstractContextManager[Iterator[Piece]] | None:
    """The pieces of an input that is no stream of text."""
    if source.format == "parquet":
        from .parquet import rows

        return rows(source, layout)
    if source.format == "warc":
        from .warc import payloads

        return payloads(source)
    return None


def _chosen(pieces: Iterable[Piece], source: Input, choice: Choice, limit: int) -> Iterator[Piece]:
    """Only the records that are wanted, and all that is no record."""
    count, inside = 0, False
    for place, piece in enumerate(pieces):
        if piece.number:
            if (limit and count >= limit) or not choice.takes(source, piece.number):
                continue
            count += 1
        # What joins records falls away before the first one in the array.
        yield piece if inside else piece._replace(lead="")
        inside = inside or place > 0
        if limit and count >= limit and source.format != "json":
            return  # of an array the end is still to come


def _grouped(pieces: Iterable[Piece], layout: Layout) -> Iterator[tuple[list[Piece], Layout]]:
    """Pieces in groups of some size, with the layout that holds for them."""
    group: list[Piece] = []
    size = 0
    for piece in pieces:
        if piece.header:
            layout = layout._replace(header=piece.raw)
        group.append(piece)
        size += len(piece.raw) + len(piece.lead)
        if size >= _PART:
            yield group, layout
            group, size = [], 0
    if group:
        yield group, layout
