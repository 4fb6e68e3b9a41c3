"""What commands do around the library: find the inputs, build, show progress and errors."""

from __future__ import annotations

import math
import sys
from collections.abc import Callable, Iterator, Sequence
from contextlib import AbstractContextManager, nullcontext
from pathlib import Path
from typing import TYPE_CHECKING, Any
from unicodedata import category

import click

from spinfix.batch import (
    STDIN,
    Choice,
    Failed,
    Input,
    InputError,
    Mark,
    Outcome,
    Part,
    Reading,
    Setup,
    Stopped,
    Task,
    find_inputs,
    listed,
    outcomes,
)
from spinfix.dictionary import DictionaryError
from spinfix.repairer import SCORERS, Kind, Options
from spinfix.spinners import AUTO, THESAURUS

from .options import cores

if TYPE_CHECKING:
    from tqdm import tqdm

#: Unicode categories of control characters and lone surrogates.
_UNSAFE = ("Cc", "Cs")
#: Bytes of inputs that are worth a process more.
_WORTH = 1 << 18
#: Bad records named one by one.
NAMED = 10


def shown(text: str) -> str:
    """A name or a line of an input, safe to print: control characters as escapes."""
    return "".join(ascii(c)[1:-1] if category(c) in _UNSAFE and c != "\t" else c for c in text)


def fail(message: str) -> None:
    """Say in one line what is wrong."""
    click.secho(f"spinfix: {shown(message)}", err=True, fg="red")


def repairing(options: dict[str, Any]) -> dict[str, Any]:
    """Take what is said about repairing out of a command's options, for setup_of."""
    names = (
        "spinner",
        "scorer",
        "min_confidence",
        "dictionary",
        "never",
        "assume_spun",
        "rate",
        "thesaurus",
    )
    return {name: options.pop(name) for name in names}


def setup_of(
    min_confidence: float = Options().min_confidence,
    dictionary: Sequence[Path] = (),
    never: Sequence[Path] = (),
    assume_spun: bool = False,
    rate: float | None = None,
    scorer: Kind = SCORERS[0],
    spinner: Sequence[str] = (AUTO,),
    thesaurus: Path | None = None,
) -> Setup:
    """What the repair options ask for; a clear word when its data cannot be used."""
    for name, number in (("--min-confidence", min_confidence), ("--rate", rate)):
        if number is not None and math.isnan(number):
            raise click.BadParameter("must be a number from 0 to 1", param_hint=name)
    if rate is not None and not assume_spun:
        raise click.UsageError("--rate goes with --assume-spun; without it the rate is found out")
    options = Options(
        min_confidence=min_confidence, assume_spun=assume_spun, rate=1.0 if rate is None else rate
    )
    spinners = (*spinner, f"{THESAURUS}{thesaurus}") if thesaurus else tuple(spinner)
    setup = Setup(options, tuple(dictionary), tuple(never), scorer, spinners)
    try:
        setup.repairer()
    except (DictionaryError, OSError) as error:
        fail(str(error))
        raise SystemExit(2) from None
    return setup


def reading_of(
    field: Sequence[str], delimiter: str, encoding: str, format_name: str, paths: Sequence[str]
) -> Reading:
    """The Reading that the options ask for."""
    if len(delimiter) > 1:
        raise click.BadParameter("must be one character", param_hint="--delimiter")
    if format_name == "auto" and field and paths in ((), (STDIN,)):
        format_name = "jsonl"
    return Reading(encoding, tuple(field) or ("text",), format_name, delimiter)


class Run:
    """One walk over the inputs.  An input that fails does not stop the others."""

    def __init__(
        self,
        paths: Sequence[str],
        reading: Reading,
        *,
        files_from: str | None = None,
        exclude: Sequence[str] = (),
        limit: int | None = None,
        sample: float = 1.0,
        jobs: int | None = None,
        quiet: bool = True,
        leave_out: Path | None = None,
    ) -> None:
        self.errors: list[str] = []
        self._kept = self._articles = 0
        self.reading, self.choice = reading, Choice(limit or 0, sample)
        self.inputs: list[Input] = []
        if files_from is not None:
            paths = [*paths, *_listed(files_from)]
        elif not paths:
            paths = [STDIN]
        for found in find_inputs(paths, reading, exclude, leave_out):
            if isinstance(found, Input):
                self.inputs.append(found)
            else:
                self.fail(str(found))
        self._sizes = {source.name: _size(source) for source in self.inputs}
        worth = 1 + sum(self._sizes.values()) // _WORTH
        self.jobs = min(jobs or cores(), worth)
        self._progress = _progress(sum(self._sizes.values()), quiet)
        self._read = 0

    @property
    def bar(self) -> AbstractContextManager[object]:
        """Within it the progress is shown, where it is to be."""
        return nullcontext() if self._progress is None else self._progress

    def fail(self, error: str) -> None:
        """Report an input that cannot be used."""
        self.errors.append(error)
        fail(error)

    @property
    def failed(self) -> bool:
        """Was there an input that cannot be used?"""
        return bool(self.errors)

    def keep(self, source: Input, outcome: Outcome) -> None:
        """Report a record that cannot be read; only the first ones one by one."""
        self._kept += 1
        if self._kept <= NAMED:
            fail(f"{source.name}, line {outcome.piece.line}: {outcome.error}")
        elif self._kept == NAMED + 1:
            fail("more records like these are not named here")

    def outcomes(self, setup: Setup, judge: bool = False) -> Iterator[tuple[Mark, list[Outcome]]]:
        """All records repaired or judged; what cannot be read is reported."""
        task = Task(self.reading, self.choice, judge)
        with self.bar:
            for mark, found in outcomes(self.inputs, setup, task, self.jobs):
                if isinstance(mark, Failed):
                    self.fail(mark.error)
                for outcome in found:
                    if outcome.error is not None:
                        self.keep(mark.source, outcome)
                yield mark, [outcome for outcome in found if outcome.error is None]
                if isinstance(mark, Part):
                    self.watch(mark.source, mark.read, found)

    def watch(self, source: Input, read: int, found: Sequence[Outcome]) -> None:
        """Move the progress bar."""
        bar = self._progress
        if bar is None:
            return
        self._articles += len(found)
        bar.set_postfix_str(f"{self._articles:,} articles", refresh=False)
        done = min(read, self._sizes[source.name] or read)
        bar.update(done - self._read if done > self._read else 0)
        self._read = done if done < self._sizes[source.name] else 0
        bar.total = max(bar.total or 0, bar.n)

    def status(self, found: bool = False) -> int:
        """The exit status: 2 after an error, 3 when records could not be read, 1 when
        something was found, else 0."""
        return 2 if self.failed else 3 if self._kept else int(found)


def _listed(name: str) -> list[str]:
    try:
        data = sys.stdin.buffer.read() if name == STDIN else Path(name).read_bytes()
    except OSError as error:
        raise click.UsageError(f"--files-from {name}: {error.strerror or error}") from None
    return listed(data)


def _size(source: Input) -> int:
    try:
        return source.path.stat().st_size if source.path else 0
    except OSError:
        return 0


def _progress(total: int, quiet: bool) -> tqdm[None] | None:
    """Bytes read, on standard error; on terminals only, and not when quiet."""
    if quiet or not sys.stderr.isatty() or sys.stdout.isatty():
        return None
    from tqdm import tqdm

    tqdm.monitor_interval = 0  # no thread beside the workers
    return tqdm(total=total or None, unit="B", unit_scale=True, leave=False, smoothing=0.1)


def guarded(command: Callable[[], Any]) -> Any:
    """Run a command; interruption and a reader that went away in a clear word."""
    try:
        return command()
    except KeyboardInterrupt:
        fail("stopped; every file is whole. A run that writes files goes on with --resume")
        raise SystemExit(130) from None
    except BrokenPipeError:
        # Python would complain once more when it flushes standard output at its end.
        sys.stdout = open(Path("/dev/null"), "w")  # noqa: SIM115, PTH123
        raise SystemExit(141) from None
    except (InputError, Stopped) as error:
        fail(str(error))
        raise SystemExit(2) from None
