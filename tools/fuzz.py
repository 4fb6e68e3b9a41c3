#!/usr/bin/env python3
"""Feed broken inputs to the batch engine, and check that it loses nothing.

    python tools/fuzz.py [--seconds 60 | --count N] [--seed N] [--formats ...] [--keep DIR]

Seeds of each format are mutated as text and as bytes and run through the whole path;
docs/fuzzing.md tells what is checked.  The inputs of a seed are the same each time:
``--only NUMBER`` runs one of them.  Exit status 1 when a check failed.
"""

from __future__ import annotations

import argparse
import json
import time
from collections import Counter
from collections.abc import Callable
from dataclasses import asdict, dataclass, field, replace
from pathlib import Path

import fuzz_binary
from fuzz_bench import Bench, bench
from fuzz_cases import Case, case
from fuzz_checks import plain
from fuzz_seeds import BINARY, TEXTS

#: Failures of a kind that are written down, and tries to make one smaller.
_KEPT, _TRIES = 4, 100


@dataclass
class Tally:
    """What was done with the inputs of a format."""

    format: str
    inputs: int = 0
    edits: int = 0
    kept: int = 0
    failed: int = 0
    slowest: float = 0.0
    faults: list[tuple[int, str]] = field(default_factory=list)
    kinds: Counter[str] = field(default_factory=Counter)

    def line(self) -> str:
        """A row of the table."""
        return (
            f"{self.format:10} {self.inputs:8,} {self.edits:9,} {self.kept:8,} {self.failed:8,}"
            f" {1000 * self.slowest:8.0f} {len(self.faults):8,}"
        )


HEAD = "format       inputs     edits     kept   failed  slowest   faults\n" + " " * 50 + "(ms)"


def formats() -> tuple[str, ...]:
    """The formats that can be read here."""
    return (*TEXTS, *fuzz_binary.available())


def one(runner: Bench, tally: Tally, seed: int, number: int, keep: Path | None = None) -> None:
    """Run an input, and write it down if a check fails."""
    what = case(tally.format, seed, number)
    result = runner.examine(what)
    tally.inputs += 1
    tally.edits += result.edits
    tally.kept += result.kept
    tally.failed += result.failed
    tally.slowest = max(tally.slowest, result.seconds)
    first = {fault.partition(":")[0]: fault for fault in reversed(result.faults)}
    for kind, fault in first.items():
        tally.faults.append((number, fault))
        tally.kinds[kind] += 1
        if keep and tally.kinds[kind] <= _KEPT:
            _write_down(keep, what, seed, fault, smaller(runner, what, kind))


def fuzz(kind: str, seed: int, count: int, runner: Bench) -> Tally:
    """The first ``count`` inputs of a format."""
    tally = Tally(kind)
    for number in range(count):
        one(runner, tally, seed, number)
    return tally


def smaller(runner: Bench, what: Case, kind: str) -> Case:
    """A smaller input with the same kind of fault; bytes are left out as long as it has."""

    def faulty(other: Case) -> bool:
        return any(fault.startswith(kind + ":") for fault in runner.examine(other).faults)

    if kind == "slow" or what.format == "parquet":
        return what
    if what.compression:
        try:
            bare = replace(what, data=plain(what.data, what.compression), compression=None)
        except Exception:
            return what  # damaged, and that may be the point
        if not faulty(bare):
            return what
        what = bare
    return _without_bytes(what, faulty)


def _without_bytes(what: Case, faulty: Callable[[Case], bool]) -> Case:
    size, tries = max(1, len(what.data) // 2), 0
    while tries < _TRIES:
        place, found = 0, False
        while place < len(what.data) and tries < _TRIES:
            data = what.data[:place] + what.data[place + size :]
            tries += 1
            if faulty(replace(what, data=data)):
                what, found = replace(what, data=data), True
            else:
                place += size
        if size == 1 and not found:
            break
        size = max(1, size // 2)
    return what


def _write_down(keep: Path, what: Case, seed: int, fault: str, small: Case) -> None:
    keep.mkdir(parents=True, exist_ok=True)
    name = f"{what.format}-{seed}-{what.number}-{fault.partition(':')[0]}"
    (keep / f"{name}-{what.name}").write_bytes(what.data)
    (keep / f"{name}-small-{small.name}").write_bytes(small.data)
    about = {key: value for key, value in asdict(small).items() if key != "data"}
    about |= {"seed": seed, "fault": fault, "data": repr(small.data[:2000])}
    (keep / f"{name}.json").write_text(json.dumps(about, indent=2) + "\n", encoding="utf-8")


def arguments() -> argparse.Namespace:
    """The command line."""
    parser = argparse.ArgumentParser(description=__doc__.partition("\n")[0])
    parser.add_argument("--seconds", type=float, default=60.0)
    parser.add_argument("--count", type=int, help="inputs of each format, instead of seconds")
    parser.add_argument("--seed", type=int, default=1)
    parser.add_argument("--formats", nargs="+", choices=TEXTS + BINARY, default=formats())
    parser.add_argument("--only", type=int, metavar="NUMBER", help="this input of each format")
    parser.add_argument("--keep", type=Path, metavar="DIR", help="where to write failures")
    return parser.parse_args()


def main() -> int:
    """Fuzz as the command line says."""
    args = arguments()
    tallies = [Tally(kind) for kind in args.formats]
    end = time.monotonic() + args.seconds
    with bench() as runner:
        number = args.only or 0
        while True:
            for tally in tallies:
                one(runner, tally, args.seed, number, args.keep)
            number += 1
            if args.only is not None or (args.count and number >= args.count):
                break
            if not args.count and time.monotonic() >= end:
                break
    print(HEAD)
    for tally in tallies:
        print(tally.line())
    for tally in tallies:
        for failed, fault in tally.faults[:50]:
            print(f"{tally.format} --seed {args.seed} --only {failed}: {fault[:300]}")
    return int(any(tally.faults for tally in tallies))


if __name__ == "__main__":
    raise SystemExit(main())
