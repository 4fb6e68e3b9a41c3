"""A run: many inputs in, repaired ones out, nothing lost."""

from __future__ import annotations

import hashlib
import math
import os
import stat
import time
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace
from pathlib import Path

from .inputs import Input, InputError, Reading, root_of
from .journal import NAME, Before, Journal, recover
from .log import EditLog, byte_size, piece_size
from .packing import worked
from .pool import FORKS, WorkerDied
from .reading import Begin, Choice, End, Failed, Given, Mark, Part, Task, parts
from .report import Counts, Report, one_line
from .sinks import FULL, Sink, Target
from .work import Outcome, Setup

#: Told after each part: its input, the bytes of it read so far, the outcomes.
Watcher = Callable[[Input, int, Sequence[Outcome]], None]
#: What to do about a run that was stopped.
_RESUME = "; every file is whole. A run that writes files goes on with --resume"


#: Seconds between two entries in the journal: a run that goes on does at most so much again.
#: Each waits for the disk.
_SAVE_EVERY = 0.5


class Stopped(RuntimeError):
    """A run that cannot go on; one line that says why and what to do."""


@dataclass(frozen=True, slots=True)
class Plan:
    """How a run is made.

    ``jobs``: processes.  ``keep``: records that cannot be read pass through as they
    are; else their input fails.  ``log``: the edit log to write.  ``resume``: go on
    with the run that was stopped.  ``given``: edits to make in place of found ones.
    """

    reading: Reading = Reading()
    target: Target = Target()
    jobs: int = 1
    keep: bool = True
    log: Path | None = None
    resume: bool = False
    choice: Choice = Choice()
    given: Mapping[str, Given] | None = None


def outcomes(
    inputs: Sequence[Input], setup: Setup, task: Task, jobs: int = 1
) -> Iterator[tuple[Mark, list[Outcome]]]:
    """Read all inputs and repair or judge their records, in order.

    Raises Stopped when a process that does the work dies.
    """
    setup.repairer()  # here, so that errors come early
    if jobs > 1 and FORKS:
        setup.share()
    try:
        yield from worked(parts(inputs, task), setup, jobs)
    except WorkerDied:
        raise Stopped(f"a worker was killed (is there memory enough?): stopped{_RESUME}") from None


def clean(
    inputs: Sequence[Input], setup: Setup, plan: Plan, watch: Watcher | None = None
) -> Report:
    """Repair inputs as planned.

    Raises InputError when journal or log cannot be used, Stopped when nothing more can
    be written (the disk is full) or a worker is killed (out of memory).
    """
    run = _Run(inputs, setup, plan)
    began = time.monotonic()
    ended = False
    try:
        task = Task(plan.reading, run.choice, given=plan.given, skip=run.skip, fingerprints=True)
        for mark, found in outcomes(run.waiting, setup, task, plan.jobs):
            run.take(mark, found)
            if watch and isinstance(mark, Part):
                watch(mark.source, mark.read, found)
        ended = True
    finally:
        run.close(ended)
    run.report.seconds = time.monotonic() - began
    return run.report


@dataclass(slots=True)
class _Unsaved:
    """The parts of an input that the journal does not hold yet.

    ``since``: when it was last written (seconds); ``part``: the number of the last one of them,
    0 when there are none.
    """

    since: float = -math.inf
    counts: Counts = field(default_factory=Counts)
    part: int = 0


class _Run:
    """The state of a run: the current input's sink and counts, journal, log, report."""

    def __init__(self, inputs: Sequence[Input], setup: Setup, plan: Plan) -> None:
        self._plan, self._target = plan, plan.target
        self.report = Report(lambda: setup.repairer().signature, len(inputs))
        signature = self.report.signature if plan.log or plan.target.files else ""
        self._log: EditLog | None = None
        self._journal = _journal(inputs, signature, plan)
        try:
            before = recover(self._journal, inputs, plan.target) if self._journal else Before()
            self._log = EditLog(plan.log, signature, before.log) if plan.log else None
        except (InputError, OSError) as error:
            self.close(ended=not plan.resume)
            raise error if isinstance(error, InputError) else InputError(str(error)) from None
        self.waiting = [source for source in inputs if source.name not in before.done]
        self._half, self.skip = before.half, {n: p.parts for n, p in before.half.items()}
        for progress in before.done.values():
            self.report.counts.merge(progress.counts)
            self.report.rewritten += bool(progress.counts.edits)
            self.report.bytes += progress.size
        self.choice = plan.choice
        if left := plan.choice.limit:
            left -= self.report.counts.records
            self.choice = replace(plan.choice, limit=left)
            self.waiting = self.waiting if left > 0 else []
        self._sink: Sink | None = None
        self._failed: Input | None = None
        self._stat: os.stat_result | None = None
        self._counts = Counts()
        self._encoding = ""
        self._bytes = 0  # of the current input, decompressed
        self._unsaved = _Unsaved()
        self._log_begin = 0

    def take(self, mark: Mark, found: Sequence[Outcome]) -> None:
        """Write what comes next; an input that fails is left as it was."""
        try:
            try:
                self._take(mark, found)
            except InputError as error:
                self._fail(mark.source, str(error))
            except BrokenPipeError:
                raise
            except OSError as error:
                if error.errno in FULL:
                    raise
                self._fail(mark.source, f"{mark.source.name}: {error.strerror or error}")
        except OSError as error:
            if error.errno not in FULL:
                raise
            reason = os.strerror(error.errno)
            raise Stopped(f"{reason}: stopped at {mark.source.name}{_RESUME}") from None

    def _take(self, mark: Mark, found: Sequence[Outcome]) -> None:
        if isinstance(mark, Begin):
            self._begin(mark)
        elif isinstance(mark, Failed):
            if self._failed is not mark.source:  # not twice
                self._fail(mark.source, mark.error)
        elif self._sink is None:
            pass  # the rest of an input that failed
        elif isinstance(mark, Part):
            self._part(mark, found, self._sink)
        else:
            self._end(mark, self._sink)

    def _begin(self, mark: Begin) -> None:
        source = mark.source
        self._counts, self._bytes, self._encoding = Counts(), 0, mark.encoding
        self._stat = mark.stat
        half = self._half.get(source.name)
        self._log_begin = half.log_begin if half else self._logged()
        self._check_place(source)
        self._sink = self._target.sink(source, mark.encoding, half.output if half else 0)
        self._unsaved = _Unsaved()
        if half:
            self._counts = half.counts
        elif self._journal:
            self._journal.begun(source.name, self._stat, self._log_begin)

    def _check_place(self, source: Input) -> None:
        """Refuse to replace what is no file, or an input where that was not asked for."""
        place = self._target.place(source)
        if place is None or self._stat is None:
            return
        if self._target.in_place:
            if not stat.S_ISREG(self._stat.st_mode):
                raise InputError(f"{source.name}: not a file that could be replaced")
        elif os.path.lexists(place.path) and os.path.samestat(place.path.lstat(), self._stat):
            raise InputError(f"{source.name}: would be written over; that is what --in-place does")

    def _part(self, mark: Part, found: Sequence[Outcome], sink: Sink) -> None:
        changed: dict[int, Outcome] = {}
        counts = Counts()
        for outcome in found:
            if outcome.error is not None and not self._plan.keep:
                line = outcome.piece.line
                raise InputError(f"{mark.source.name}, line {line}: {outcome.error}")
            counts.add(mark.source.name, outcome)
            if outcome.changes:
                changed[outcome.piece.number] = outcome
        self._log_edits(mark, changed)
        if mark.skipped:
            return
        sink.write(mark.pieces, changed)
        self._counts.merge(counts)
        if self._journal:
            self._unsaved.counts.merge(counts)
            self._unsaved.part = mark.number
            if time.monotonic() - self._unsaved.since >= _SAVE_EVERY:
                self._save(mark.source, sink, self._journal)

    def _save(self, source: Input, sink: Sink, journal: Journal) -> None:
        """What is written is on the disk, and the journal says so."""
        part, counts = self._unsaved.part, self._unsaved.counts
        journal.part(source.name, part, sink.checkpoint(), self._logged(), counts)
        self._unsaved = _Unsaved(time.monotonic())

    def _log_edits(self, mark: Part, changed: Mapping[int, Outcome]) -> None:
        if not self._log:
            return
        for piece in mark.pieces:
            if piece.number in changed:
                place = self._bytes + byte_size(piece.lead, self._encoding)
                self._log.edits(mark.source.name, changed[piece.number], place, self._encoding)
            self._bytes += piece_size(piece, self._encoding)

    def _end(self, mark: End, sink: Sink) -> None:
        source, edits = mark.source, self._counts.edits
        if self._journal and self._unsaved.part:
            self._save(source, sink, self._journal)
        after = sink.finish()
        if self._target.in_place and not edits:
            sink.discard()  # the file stays as it is, the time of its last change, too
            after = mark.fingerprint
        if self._log:
            self._log.input(self._about(source, mark.fingerprint, after))
        logged = self._logged()
        if self._journal:
            self._journal.replacing(source.name, after, logged)
        if edits or not self._target.in_place:
            self._unchanged(source)
            sink.replace()
        if self._journal:
            self._journal.done(source.name, after, logged)
        self.report.counts.merge(self._counts)
        self.report.rewritten += bool(edits)
        self.report.bytes += mark.read
        self._sink = None

    def _unchanged(self, source: Input) -> None:
        """Refuse to write over what somebody else has just changed."""
        if self._target.in_place and source.path and self._stat:
            now = source.path.stat()
            if (now.st_size, now.st_mtime_ns) != (self._stat.st_size, self._stat.st_mtime_ns):
                raise InputError(f"{source.name}: was changed while it was repaired; left alone")

    def _about(self, source: Input, before: str, after: str | None) -> dict[str, object]:
        place = self._target.place(source)
        reading = self._plan.reading
        return {
            "input": source.name,
            "path": str(source.path.absolute()) if source.path else None,
            "place": str(source.place),
            "output": str(place.path.absolute()) if place else None,
            "format": source.format,
            "compression": source.compression,
            "encoding": self._encoding,
            "fields": list(reading.fields),
            "delimiter": reading.delimiter,
            "before": before,
            "after": after,
            "edits": self._counts.edits,
        }

    def _fail(self, source: Input, error: str) -> None:
        if self._sink is not None:
            self._sink.discard()
            self._sink = None
            if self._log:
                self._log.back_to(self._log_begin)
        elif half := self._half.pop(source.name, None):  # cannot be gone on with
            if place := self._target.place(source):
                place.partial.unlink(missing_ok=True)
            if self._log:
                self._log.back_to(half.log_begin)
        if self._journal:
            self._journal.failed(source.name)
        self._failed = source
        self.report.failed.append(one_line(error))

    def _logged(self) -> int:
        return self._log.checkpoint() if self._log else 0

    def close(self, ended: bool) -> None:
        """Leave the run: for good when it ended, else so that it can be resumed."""
        if self._log:
            self._log.close()
        if self._journal:
            self._journal.close(remove=ended)


def _journal(inputs: Sequence[Input], signature: str, plan: Plan) -> Journal | None:
    if not plan.target.files or not inputs:
        if plan.resume:
            raise InputError("only runs that write files (-o or --in-place) can be resumed")
        return None
    folder = plan.target.output or root_of(inputs[0])
    try:
        if not plan.resume:
            folder.mkdir(parents=True, exist_ok=True)
    except OSError as error:
        raise InputError(f"{folder}: cannot write here ({error.strerror or error})") from None
    told = (signature, plan.reading, plan.target, plan.keep, plan.log, plan.choice)
    roots = sorted({str(root_of(source)) for source in inputs})
    run = hashlib.sha256(repr((told, roots)).encode("utf-8", "surrogateescape")).hexdigest()
    return Journal(folder / NAME, run, plan.resume, plan.target.in_place)
