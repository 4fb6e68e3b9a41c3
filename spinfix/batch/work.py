"""What a worker does: records in, repaired records out."""

from __future__ import annotations

import sys
from collections.abc import Mapping, Sequence
from contextlib import suppress
from dataclasses import dataclass, field, replace
from itertools import pairwise
from pathlib import Path
from typing import NamedTuple

from spinfix.dictionary import DictionaryError
from spinfix.edits import Edit, Repair
from spinfix.formats import Layout, Piece, Record, RecordError, Splice, parser, spliced
from spinfix.formats.plain import stretches
from spinfix.formats.records import as_made
from spinfix.repairer import SCORERS, Kind, Options, Repairer
from spinfix.spinners import AUTO


@dataclass(frozen=True, slots=True)
class Setup:
    """What a Repairer is built from, in every worker alike."""

    options: Options = field(default_factory=Options)
    dictionaries: tuple[Path, ...] = ()
    never: tuple[Path, ...] = ()
    scorer: Kind = SCORERS[0]
    spinners: tuple[str | Path, ...] = (AUTO,)

    def repairer(self) -> Repairer:
        """The Repairer of this process: built once, then the same again.

        Raises DictionaryError and OSError as Repairer does.
        """
        if self not in _built:
            _built[self] = Repairer(
                dictionaries=self.dictionaries,
                never=self.never,
                options=self.options,
                scorer=self.scorer,
                spinner=self.spinners,
            )
        return _built[self]

    def share(self) -> None:
        """Load what long runs need sooner or later, so that workers made by fork share it.

        A genuine article in twenty is suspicious enough for dictionary and scorer of a
        spinner with low rates to be asked; those of the others may never be.
        """
        repairer = self.repairer()
        repairer.judge("")
        for family in repairer.families:
            if family.traits.partial:
                _ = family.channel
                with suppress(DictionaryError, OSError):  # told with each record
                    repairer.scorer(family)
        with suppress(OSError, ValueError):  # the same
            _ = repairer.reader, repairer.large


_built: dict[Setup, Repairer] = {}
_current: Repairer


class Change(NamedTuple):
    """An edit of a record: its place is that in ``field``; ``splices`` make it in raw."""

    field: str
    edit: Edit
    splices: tuple[Splice, ...]


class Load(NamedTuple):
    """Pieces of one input for a worker, and what to do with them.

    ``given``: edits to make in place of found ones, by record, as (field, edit).
    """

    pieces: Sequence[Piece]
    format: str
    layout: Layout
    encoding: str
    judge: bool = False
    given: Mapping[int, Sequence[tuple[str, Edit]]] | None = None


class Outcome(NamedTuple):
    """What became of a record.  ``error`` tells why it was kept as it was; where there are no
    ``changes`` the text of ``repair`` may be missing."""

    piece: Piece
    id: str | None = None
    repair: Repair = Repair("")
    changes: Sequence[Change] = ()
    error: str | None = None

    @property
    def raw(self) -> str:
        """The record as it is written."""
        splices = sorted(s for change in self.changes for s in change.splices)
        return spliced(self.piece.raw, splices)


def start(setup: Setup) -> None:
    """Make this process ready for work."""
    global _current
    _current = setup.repairer()


def work(load: Load) -> list[Outcome]:
    """The outcome of each record among the pieces, in their order."""
    return [_outcome(piece, load) for piece in load.pieces if piece.number]


def _outcome(piece: Piece, load: Load) -> Outcome:
    if load.given is not None and piece.number not in load.given:
        return Outcome(piece)
    try:
        _check(piece.raw, load.encoding)
        record = parser(load.format)(piece.raw, load.layout)
        repair = _repaired(record, piece.number, load)
        found = len(repair.edits)
        repair, changes = _changes(record, repair, load.encoding)
        if load.given is not None and len(changes) < found:
            raise GivenError(f"has edits that cannot be written there in {load.encoding}")
    except (RecordError, GivenError) as error:
        return Outcome(piece, error=str(error))
    except Exception as error:  # a fault of ours with one record must not stop the rest
        return Outcome(piece, error=f"could not be repaired ({type(error).__name__}: {error})")
    return Outcome(piece, record.id, repair, tuple(changes))


class GivenError(ValueError):
    """Given edits that do not fit their record."""


def _check(raw: str, encoding: str) -> None:
    """RecordError where raw holds bytes that are no text."""
    if raw.isascii():
        return
    try:
        raw.encode(encoding)
    except UnicodeEncodeError as error:
        raise RecordError(
            f"not {encoding} at character {error.start + 1}; name its encoding with --encoding"
        ) from None


def _repaired(record: Record, number: int, load: Load) -> Repair:
    if load.given is not None:
        edits = [_placed(record, name, edit) for name, edit in load.given.get(number, ())]
        edits.sort(key=lambda edit: edit.start)
        for before, edit in pairwise(edits):
            if edit.start < before.end:
                raise GivenError(f"the log has two edits of {edit.old!r} at one place")
        return Repair(record.text, tuple(edits))
    parts = [(start, _read(record, start, end, load)) for start, end in stretches(record.text)]
    if len(parts) == 1:
        return parts[0][1]
    # Of a very long article each stretch is judged by itself.
    every = tuple(
        replace(edit, start=start + edit.start, end=start + edit.end)
        for start, part in parts
        for edit in part.edits
    )
    share = sum(part.share * len(part.text) for _, part in parts) / len(record.text)
    surest = max((part for _, part in parts), key=lambda part: part.posterior)
    return replace(surest, text=record.text, edits=every, share=share)


def _read(record: Record, start: int, end: int, load: Load) -> Repair:
    """A stretch of an article, repaired or judged."""
    text = record.text[start:end]
    if load.judge:
        return _current.judge(text)
    protect = [(max(a, start) - start, min(b, end) - start) for a, b in record.protect]
    return _current.repair(text, protect=[(a, b) for a, b in protect if a < b])


def _placed(record: Record, name: str, edit: Edit) -> Edit:
    """An edit of a field as one of the whole article."""
    begin = dict(record.fields).get(name)
    if begin is not None:
        edit = replace(edit, start=begin + edit.start, end=begin + edit.end)
        if record.text[edit.start : edit.end] == edit.old:
            return edit
    raise GivenError(f"does not hold {edit.old!r} where the log says")


def _changes(record: Record, repair: Repair, encoding: str) -> tuple[Repair, list[Change]]:
    """The edits that can be made in raw, and the repair without the others."""
    if not repair.edits:
        return repair, []
    changes: list[Change] = []
    made: list[Edit] = []
    for edit, splices in zip(repair.edits, record.splices(repair.edits), strict=True):
        if not splices or not _writable(splices, encoding):
            continue
        new = as_made(edit.old, edit.new)
        if new != edit.new:
            edit = replace(edit, new=new)
        field, begin = record.field_of(edit)
        placed = edit
        if begin:
            placed = replace(edit, start=edit.start - begin, end=edit.end - begin)
        changes.append(Change(sys.intern(field), placed, tuple(splices)))
        made.append(edit)
    return replace(repair, edits=tuple(made)), changes


def _writable(splices: Sequence[Splice], encoding: str) -> bool:
    text = splices[0].new if len(splices) == 1 else "".join(splice.new for splice in splices)
    if encoding == "utf-8" and text.isascii():
        return True
    try:
        text.encode(encoding)
    except UnicodeEncodeError:
        return False
    return True
