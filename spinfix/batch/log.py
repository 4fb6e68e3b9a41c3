"""The edit log: JSON lines that say what was changed where, for people and for undo.

The first line names the format and what repaired: ``{"spinfix-log": 1, "signature":
...}``.  A line for each edit::

    {"edit": "news.jsonl", "record": 3, "id": "a7", "field": "body", "start": 12,
     "end": 20, "old": "Division", "new": "Department", "confidence": 0.98,
     "entry": ["division", "department"], "at": [[5120, "Division", "Department"]]}

``start`` and ``end`` count characters of the field, ``at`` holds what was replaced in the
bytes of the (decompressed) input: place, old, new.  After the edits of an input a line
about it::

    {"input": "news.jsonl", "path": "/data/news.jsonl", "place": "news.jsonl",
     "output": "/out/news.jsonl", "format": "jsonl", "compression": null,
     "encoding": "utf-8", "fields": ["body"], "delimiter": "", "before": SHA-256,
     "after": SHA-256, "edits": 1}

``place`` is where the input goes below an output folder.
"""

from __future__ import annotations

import json
import os
from collections.abc import Iterator
from contextlib import suppress
from pathlib import Path
from typing import IO, Any

from spinfix.edits import Edit
from spinfix.formats import Piece

from .inputs import InputError
from .streams import escape_of
from .work import Outcome

VERSION = 1


class LogError(ValueError):
    """A log that cannot be used, or does not fit the files; one line."""


class EditLog:
    """Writes the log.  A log goes on at a place when a run is resumed."""

    def __init__(self, path: Path, signature: str, at: int = 0) -> None:
        """Raises InputError where the log cannot be written, or gone on with."""
        # No text layer: places in the file are bytes, and must be cheap to tell.
        try:
            self._file: IO[bytes] = path.open("r+b" if at else "wb")
        except OSError as error:
            raise InputError(f"{path}: cannot write the log ({error.strerror or error})") from None
        if at > self._file.seek(0, os.SEEK_END):
            self._file.close()
            raise InputError(f"{path}: is not the log of the stopped run any more; start anew")
        if at:
            self._file.truncate(at)
            self._file.seek(at)
        else:
            self._line({"spinfix-log": VERSION, "signature": signature})

    def _line(self, row: dict[str, Any]) -> None:
        self._file.write(json.dumps(row).encode("ascii") + b"\n")

    def edits(self, name: str, outcome: Outcome, place: int, encoding: str) -> None:
        """The edits of a record whose raw begins at byte ``place`` of its input."""
        raw, begin, last = outcome.piece.raw, place, 0
        for change in outcome.changes:
            at: list[tuple[int, str, str]] = []
            for start, _, old, new in change.splices:
                # Counted on from the last splice, if that is before and at an ASCII character:
                # the bytes of others may depend on those before (ISO-2022-JP).
                if start < last or not raw[last : last + 1].isascii():
                    place, last = begin, 0
                place += byte_size(raw[last:start], encoding)
                last = start
                at.append((place, old, new))
            self._line(
                {
                    "edit": name,
                    "record": outcome.piece.number,
                    "id": outcome.id,
                    "field": change.field,
                    **edit_row(change.edit),
                    "at": at,
                }
            )

    def input(self, row: dict[str, Any]) -> None:
        """The line about an input, after its edits."""
        self._line(row)

    def checkpoint(self) -> int:
        """Have everything on the disk; the size of the log."""
        self._file.flush()
        os.fsync(self._file.fileno())
        return self._file.tell()

    def back_to(self, size: int) -> None:
        """Forget what was written after the log had that size."""
        self._file.flush()
        self._file.truncate(size)
        self._file.seek(size)

    def close(self) -> None:
        """Write what is left and close the file."""
        with suppress(OSError):  # a full disk; a checkpoint has told of it
            self._file.close()


def byte_size(text: str, encoding: str) -> int:
    """How many bytes a text takes."""
    return (
        len(text)
        if text.isascii() and encoding == "utf-8"
        else len(text.encode(encoding, escape_of(encoding)))
    )


def piece_size(piece: Piece, encoding: str) -> int:
    """How many bytes of its input a piece takes."""
    return byte_size(piece.lead, encoding) + byte_size(piece.raw, encoding)


def read_log(path: Path) -> Iterator[dict[str, Any]]:
    """The lines of a log after the first one; LogError where it is none."""
    try:
        with path.open("rb") as lines:
            number = 0
            for number, line in enumerate(lines, 1):
                if not line.strip():
                    continue
                try:
                    row = json.loads(line)
                except (ValueError, RecursionError) as error:
                    raise LogError(f"{path}, line {number}: not JSON ({error})") from None
                if number == 1:
                    _check_version(path, row)
                elif isinstance(row, dict) and ("edit" in row or "input" in row):
                    yield row
                else:
                    raise LogError(f"{path}, line {number}: neither an edit nor an input")
            if not number:
                raise LogError(f"{path}: empty, so no edit log")
    except OSError as error:
        raise LogError(f"{path}: {error.strerror or error}") from None


def _check_version(path: Path, row: object) -> None:
    version = row.get("spinfix-log") if isinstance(row, dict) else None
    if version != VERSION:
        raise LogError(f"{path}: not an edit log that this version reads (spinfix-log: {version})")


def edit_row(edit: Edit) -> dict[str, Any]:
    """What a line says of the edit itself; :func:`edit_of` reads it."""
    entry = edit.evidence and [edit.evidence.spun, edit.evidence.original]
    return {
        "start": edit.start,
        "end": edit.end,
        "old": edit.old,
        "new": edit.new,
        "confidence": edit.confidence,
        "entry": entry,
    }


def edit_of(row: dict[str, Any]) -> Edit:
    """The edit of a line."""
    try:
        old, new = row["old"], row["new"]
        if not (isinstance(old, str) and isinstance(new, str)):
            raise TypeError("old and new must be strings")
        return Edit(int(row["start"]), int(row["end"]), old, new, float(row["confidence"]))
    except (KeyError, TypeError, ValueError) as error:
        raise LogError(f"an edit of {row.get('edit')} in the log is malformed ({error})") from None
