"""The journal of a run: what is done, so that a run that was stopped can go on.

A file of JSON lines beside the outputs.  A line is added for each part of an input
once it is on the disk; a line that is not whole is not counted.  While a run goes on
it holds a lock on its journal; a run that ends well removes it.
"""

from __future__ import annotations

import json
import os
import sys
from collections.abc import Sequence
from contextlib import suppress
from dataclasses import dataclass, field
from pathlib import Path
from typing import IO, Any
from weakref import WeakSet

from .inputs import Input, InputError
from .report import Counts
from .sinks import Place, Target
from .streams import fingerprint_of

NAME = ".spinfix-journal"


@dataclass(slots=True)
class Progress:
    """How far an input came: its parts, the sizes of its output and of the log then."""

    state: str = "begun"
    size: int = 0
    mtime: int = 0
    log_begin: int = 0
    parts: int = 0
    output: int = 0
    log: int = 0
    after: str | None = None
    counts: Counts = field(default_factory=Counts)


class Journal:
    """Written as a run goes on, read when it is resumed."""

    def __init__(self, path: Path, run: str, resume: bool, in_place: bool = False) -> None:
        """``run`` tells runs apart.  Raises InputError where there is nothing to resume,
        where another run is writing, or where a run was stopped that has replaced files
        ``in_place``: begun anew, its log would be lost, and with it the way back."""
        self.path = path
        self.inputs: dict[str, Progress] = {}
        try:
            self._file: IO[bytes] = path.open("r+b" if resume else "a+b")
        except FileNotFoundError:
            raise InputError(f"{path.parent}: no stopped run to resume here") from None
        except OSError as error:
            raise InputError(f"{path}: {error.strerror or error}") from None
        _lock(self._file, path)
        _held.add(self)
        if resume:
            self._read(run)
        elif in_place and self._has_replaced():
            self.close(remove=False)
            raise InputError(
                f"{path.parent}: a run was stopped here after it had replaced files; go on "
                f"with --resume, or delete {path} to begin anew"
            )
        else:
            self._file.truncate(0)
        if not self._file.tell():
            self._write({"run": run})

    def _has_replaced(self) -> bool:
        self._file.seek(0)
        return any(b'"state": "done"' in line for line in self._file)

    def _read(self, run: str) -> None:
        whole = 0
        for number, line in enumerate(self._file):
            try:
                row = json.loads(line) if line.endswith(b"\n") else None
            except ValueError:
                break
            if not isinstance(row, dict):
                break  # the machine went down while it was written
            if not number and row.get("run") != run:
                raise InputError(
                    f"{self.path}: the stopped run was another one (inputs, options or "
                    "version differ); resume it with its own command, or start anew"
                )
            whole += len(line)
            if number:
                self._replay(row)
        self._file.truncate(whole)
        self._file.seek(whole)

    def _replay(self, row: dict[str, Any]) -> None:
        name, state = row["input"], row["state"]
        if state == "begun":
            self.inputs[name] = Progress(
                size=row["size"], mtime=row["mtime"], log_begin=row["log"], log=row["log"]
            )
            return
        progress = self.inputs.setdefault(name, Progress())
        progress.state = state
        if state == "part":
            progress.parts, progress.output, progress.log = row["part"], row["output"], row["log"]
            progress.counts.merge(Counts.from_dict(row["counts"]))
        elif state in ("replacing", "done"):
            progress.after, progress.log = row["after"], row["log"]
        elif state == "failed":
            progress.log = progress.log_begin
            progress.counts = Counts()

    def _write(self, row: dict[str, Any]) -> None:
        self._file.write(json.dumps(row).encode("ascii") + b"\n")
        self._file.flush()

    def begun(self, name: str, stat: os.stat_result | None, log: int) -> None:
        """An input begins."""
        size, mtime = (stat.st_size, stat.st_mtime_ns) if stat else (0, 0)
        row = {"state": "begun", "size": size, "mtime": mtime, "log": log}
        self._write({"input": name, **row})

    def part(self, name: str, number: int, output: int, log: int, counts: Counts) -> None:
        """A part of an input is on the disk, in the output and in the log."""
        row = {"state": "part", "part": number, "output": output, "log": log}
        self._write({"input": name, **row, "counts": counts.to_dict()})

    def replacing(self, name: str, after: str | None, log: int) -> None:
        """The output is whole and is about to take its place; on the disk before it does."""
        self._write({"input": name, "state": "replacing", "after": after, "log": log})
        os.fsync(self._file.fileno())

    def done(self, name: str, after: str | None, log: int) -> None:
        """The output has taken its place."""
        self._write({"input": name, "state": "done", "after": after, "log": log})

    def failed(self, name: str) -> None:
        """The input cannot be used; it will be tried again when the run is resumed."""
        self._write({"input": name, "state": "failed"})

    def close(self, remove: bool) -> None:
        """End; ``remove`` after a run that came to its end."""
        if remove:
            self.path.unlink(missing_ok=True)
        _held.discard(self)
        with suppress(OSError):  # a full disk: what is not there will be done again
            self._file.close()

    def let_go(self) -> None:
        """Leave the lock to the process that this one is a copy of."""
        with suppress(OSError):
            self._file.close()


#: Journals that are open.  A worker that outlives its killed parent must not hold them.
_held: WeakSet[Journal] = WeakSet()


def _let_go() -> None:
    for journal in _held:
        journal.let_go()


if hasattr(os, "register_at_fork"):
    os.register_at_fork(after_in_child=_let_go)


@dataclass(slots=True)
class Before:
    """What was done before a run was resumed: whole inputs, half ones, the log's size."""

    done: dict[str, Progress] = field(default_factory=dict)
    half: dict[str, Progress] = field(default_factory=dict)
    log: int = 0


def recover(journal: Journal, inputs: Sequence[Input], target: Target) -> Before:
    """What the journal says of ``inputs``, and what of it still holds."""
    before = Before(log=max((p.log for p in journal.inputs.values()), default=0))
    for source in inputs:
        progress = journal.inputs.get(source.name)
        place = target.place(source)
        if progress is None or place is None:
            continue
        if progress.state == "replacing" and progress.after == _fingerprint(place.path):
            progress.state = "done"  # stopped after it had taken its place
            journal.done(source.name, progress.after, progress.log)
        if progress.state == "done":
            before.done[source.name] = progress
        elif progress.state == "part" and _holds(progress, source, place):
            before.half[source.name] = progress
        elif progress.state != "failed":
            before.log = progress.log_begin  # it is the last one, and begins anew
        if source.name not in before.half:
            place.partial.unlink(missing_ok=True)
    return before


def _holds(progress: Progress, source: Input, place: Place) -> bool:
    """Can a half input be gone on with: is it the same, and its output there?"""
    if source.path is None or source.format in ("parquet", "warc"):
        return False
    try:
        stat, written = source.path.stat(), place.partial.lstat().st_size
    except OSError:
        return False
    same = (stat.st_size, stat.st_mtime_ns) == (progress.size, progress.mtime)
    return same and written >= progress.output


def _fingerprint(path: Path) -> str | None:
    try:
        return fingerprint_of(path)
    except OSError:
        return None


def _lock(file: IO[bytes], path: Path) -> None:
    """Refuse to go on while another process holds the journal."""
    if sys.platform == "win32":
        return
    import fcntl

    try:
        fcntl.flock(file, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except OSError:
        raise InputError(f"{path.parent}: another spinfix is writing here") from None
