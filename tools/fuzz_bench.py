"""Where the fuzzer runs its inputs: the whole path, from files to files."""

from __future__ import annotations

import io
import shutil
import signal
import tempfile
import threading
import time
import traceback
from collections.abc import Iterable, Iterator, Sequence
from contextlib import contextmanager, redirect_stderr
from dataclasses import dataclass, field, replace
from pathlib import Path
from unittest.mock import patch

import fuzz_checks as checks
from fuzz_cases import Case
from fuzz_checks import CRASH, Run
from fuzz_seeds import DICTIONARY

from spinfix import Edit, Options, signature
from spinfix.batch import (
    Failed,
    InputError,
    Outcome,
    Plan,
    Reading,
    Setup,
    Target,
    Task,
    clean,
    find_inputs,
    outcomes,
    read_log,
)
from spinfix.batch.inputs import Input
from spinfix.formats import Record, Splice

#: Seconds of CPU that an input may take, and after which it is stopped.
LIMIT, STOP = 1.0, 10.0


class TooSlow(BaseException):
    """An input that was stopped; no Exception, for those are caught on the way."""


@dataclass
class Result:
    """What came of a case; each of ``faults`` begins with its kind and a colon."""

    edits: int = 0
    kept: int = 0
    failed: int = 0
    seconds: float = 0.0
    faults: list[str] = field(default_factory=list)


@contextmanager
def bench() -> Iterator[Bench]:
    """A bench in a folder of its own, which is removed at the end."""
    shared = Path("/dev/shm")  # every file is synced, which only costs time here
    # The signature of a Repairer is a hash over all of its data: time that no input takes.
    known: dict[str, str] = {}

    def remembered(files: Iterable[Path], options: Options, **more: object) -> str:
        key = repr((files, options, more))
        if key not in known:
            known[key] = told(files, options, **more)
        return known[key]

    told = signature.signature
    with (
        tempfile.TemporaryDirectory(dir=shared if shared.is_dir() else None) as folder,
        patch.object(signature, "signature", remembered),
    ):
        yield Bench(Path(folder))


class Bench:
    """Runs cases, with Repairers that are built once."""

    def __init__(self, folder: Path) -> None:
        self._folder = folder
        hard = folder / "hard.tsv"
        hard.write_text(DICTIONARY, encoding="utf-8")
        self.setups = {
            "gate": Setup(),
            "assume": Setup(Options(assume_spun=True)),
            "hard": Setup(Options(assume_spun=True, min_confidence=0.0), (hard,)),
        }
        for setup in self.setups.values():  # what is loaded late is not the input's fault
            setup.repairer().repair("The determination got here after three a long time. " * 9)

    def examine(self, case: Case) -> Result:
        """Run a case and check all that can be checked."""
        result = Result()
        folder = self._folder / "case"
        try:
            # warcio tells about what it finds on standard error
            with _stopped_late(), redirect_stderr(io.StringIO()):
                self._examine(case, folder, result)
                if result.seconds > LIMIT:  # once more: something else may have been loaded
                    result.seconds = min(result.seconds, self._clean(case, folder).seconds)
        except TooSlow:
            result.seconds = STOP
        except Exception as error:
            result.faults.append(f"raised: {type(error).__name__}: {error} ({_where(error)})")
        if result.seconds > LIMIT:
            result.faults.append(f"slow: {result.seconds:.1f} s for {len(case.data):,} bytes")
        return result

    def _clean(self, case: Case, folder: Path) -> Run:
        shutil.rmtree(folder, ignore_errors=True)
        stored = folder / "in" / case.name
        stored.parent.mkdir(parents=True)
        stored.write_bytes(case.data)
        output = folder / "out"
        target = Target(in_place=True) if case.in_place else Target(output)
        plan = Plan(_reading(case), target, keep=case.keep, log=folder / "log.jsonl")
        seen: list[Outcome] = []
        with _counted() as found_edits:
            began = time.process_time()
            inputs = find_inputs([str(stored.parent)], plan.reading)
            report = clean(
                [one for one in inputs if isinstance(one, Input)],
                self.setups[case.mode],
                plan,
                lambda source, read, found: seen.extend(found),
            )
            seconds = time.process_time() - began
        left_out = sum(found_edits) - sum(len(one.repair.edits) for one in seen)
        place = stored if case.in_place else output / case.name
        return Run(folder, stored, place, report, seen, seconds, left_out)

    def _examine(self, case: Case, folder: Path, result: Result) -> None:
        run = self._clean(case, folder)
        counts = run.report.counts
        result.edits, result.kept = counts.edits, counts.kept
        result.failed, result.seconds = len(run.report.failed), run.seconds
        faults = result.faults
        errors = [one.error for one in run.seen if one.error is not None]
        faults += (f"crash: {error}" for error in errors if error.startswith(CRASH))
        faults += checks.told(run.report)
        faults += checks.left_behind(case, run)
        if run.report.inputs != 1 or (not run.report.failed and not run.output.exists()):
            faults.append("lost: neither an output nor an error")
        rows = list(read_log(run.log))
        if run.report.failed:
            faults += checks.failed(case, run, rows)
            return
        faults += checks.logged(run, rows)
        faults += checks.outside(case, run, rows)
        faults += self._read_again(case, run)
        # Where edits could not be written, what is left may well read otherwise.
        if case.again and case.mode == "gate" and counts.edits and not run.left_out:
            faults += self._repaired_again(case, run)
        faults += checks.undone(case, run)

    def _read_again(self, case: Case, run: Run) -> Iterator[str]:
        """The output holds the repaired texts, read as any other input."""
        if run.output.read_bytes() == case.data:
            return
        (source,) = find_inputs([str(run.output)], _reading(case))
        assert not isinstance(source, InputError)
        task = Task(_reading(case), judge=True)
        found: dict[int, Outcome] = {}
        for mark, its in outcomes([source], self.setups["assume"], task):
            if isinstance(mark, Failed):
                yield f"reread: the output fails ({mark.error})"
                return
            found.update((one.piece.number, one) for one in its)
        if len(found) != len(run.seen):
            yield f"reread: {len(found)} records where {len(run.seen)} were"
        for one in run.seen:
            other = found.get(one.piece.number)
            if other is None or (other.error is None) != (one.error is None):
                now = other and other.error
                yield f"reread: record {one.piece.number} is {now}, was {one.error}"
            elif other.repair.text != one.repair.fixed and one.error is None:
                yield f"reread: {checks.difference(one.repair.fixed, other.repair.text)}"

    def _repaired_again(self, case: Case, run: Run) -> Iterator[str]:
        data = run.output.read_bytes()
        other = self._clean(replace(case, data=data, in_place=False), run.folder / "again")
        if other.report.failed or other.report.counts.edits:
            found = [change.edit for one in other.seen for change in one.changes][:3]
            named = ", ".join(f"{edit.old!r} -> {edit.new!r}" for edit in found)
            yield f"again: repaired again it changes: {named}{other.report.failed}"


def _reading(case: Case) -> Reading:
    return Reading(case.encoding, case.fields, "auto", case.delimiter)


def _where(error: BaseException) -> str:
    """Where in the package an exception comes from."""
    frames = [f for f in traceback.extract_tb(error.__traceback__) if "spinfix" in f.filename]
    return f"{Path(frames[-1].filename).name}:{frames[-1].lineno}" if frames else "outside"


@contextmanager
def _counted() -> Iterator[list[int]]:
    """The numbers of edits that are found in the records, whether they can be made or not."""
    counts: list[int] = []

    def counted(record: Record, edits: Sequence[Edit]) -> list[list[Splice]]:
        counts.append(len(edits))
        return splices(record, edits)

    splices = Record.splices
    with patch.object(Record, "splices", counted):
        yield counts


@contextmanager
def _stopped_late() -> Iterator[None]:
    """Stop what takes too much time; where the system can, and only in the main thread."""
    timed = hasattr(signal, "setitimer") and threading.current_thread() is threading.main_thread()
    if not timed:
        yield
        return

    def stop(number: int, frame: object) -> None:
        raise TooSlow

    before = signal.signal(signal.SIGVTALRM, stop)
    signal.setitimer(signal.ITIMER_VIRTUAL, STOP)
    try:
        yield
    finally:
        signal.setitimer(signal.ITIMER_VIRTUAL, 0)
        signal.signal(signal.SIGVTALRM, before)
