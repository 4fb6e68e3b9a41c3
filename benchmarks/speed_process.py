"""What it costs to have spinfix run: start-up, memory, processes, no compiler."""

from __future__ import annotations

import hashlib
import os
import statistics
import sys
from collections.abc import Sequence
from pathlib import Path

from speed_bench import Bench, Table, fix
from speed_measure import Cost, best, first_byte, instructions, run, spinfix, watched

#: Runs of which the best counts for things that take a fraction of a second.
_QUICK = 7
_PURE = {"SPINFIX_PURE": "1"}


def start(bench: Bench) -> Table:
    """Start-up: help, version, a small file; the first start after installation."""
    genuine, spun = (bench.input(name).path for name in ("one-clean.jsonl", "one-spun.jsonl"))
    commands = {
        "python": ("python -c pass", [sys.executable, "-c", "pass"]),
        "version": ("spinfix --version", spinfix("--version")),
        "help": ("spinfix --help", spinfix("--help")),
        "fix_help": ("spinfix fix --help", spinfix("fix", "--help")),
        "genuine": ("spinfix fix, a genuine article", fix(genuine)),
        "fast": ("spinfix fix, a spun article, fast", fix(spun, "--scorer", "fast")),
        "deep": ("spinfix fix, a spun article, deep", fix(spun, "--scorer", "deep")),
    }
    rows, figures = [], {}
    for number, (key, (name, command)) in enumerate(commands.items()):
        cost, first = _first_and_best(bench, command, number)
        byte = min(first_byte(command) for _ in range(_QUICK)) if number else cost.seconds
        counted = f"{(instructions(command) or 0) / 1e6:,.0f}" if bench.counting else ""
        times = (f"{seconds:.3f}" for seconds in (cost.cpu, cost.seconds, byte))
        rows.append([name, *times, f"{first.cpu:.2f}", f"{cost.memory:.0f}", counted])
        figures[key] = cost.cpu
    head = ("command", "CPU-s", "seconds", "to the first byte", "CPU-s at first", "MiB")
    return Table("start", (*head, "million instructions"), rows, figures)


def _first_and_best(bench: Bench, command: Sequence[str], number: int) -> tuple[Cost, Cost]:
    """What a command costs, and what it did when no Python module was compiled yet."""
    cache = {"PYTHONPYCACHEPREFIX": str(bench.folder / f"cache{number}")}
    first = run(command, env=cache)
    return best(_QUICK, lambda: run(command, env=cache)), first


def memory(bench: Bench) -> Table:
    """The most memory of one process alone, and of the workers of two."""
    rows, figures = [], {}
    for name in ("clean.jsonl", "spun.jsonl"):
        for scorer in ("fast", "deep"):
            for jobs in (1, 2):
                command = fix(bench.input(name).path, "--scorer", scorer, "-j", str(jobs))
                _, reader, workers = watched(command)
                said = f"{name.split('.')[0]}, {scorer}"
                for role, found in (("reads", [reader]), ("works", workers)):
                    if not found:
                        continue
                    most = [max(values) for values in zip(*found, strict=True)]
                    role = "reads and works" if jobs == 1 else role
                    rows.append([said, str(jobs), role, *(f"{value:.0f}" for value in most)])
                    key = f"{name.split('.')[0]}_{scorer}_{role.split()[-1]}{jobs}"
                    figures[key], figures[f"{key}_anonymous"] = most[:2]
    head = ("input", "-j", "process", "own MiB", "anonymous MiB", "PSS MiB", "RSS MiB")
    return Table("memory", head, rows, figures)


def same(bench: Bench) -> Table:
    """Compiled and in Python alone: the same output?"""
    text = bench.input("some.jsonl")
    rows, figures = [], {}
    for scorer in ("fast", "deep"):
        outputs, costs = [], []
        for kind, env in (("compiled", None), ("Python alone", _PURE)):
            output = bench.folder / "output"
            costs.append(run(fix(text.path, "--scorer", scorer), output, env))
            outputs.append(hashlib.sha256(output.read_bytes()).hexdigest())
            mb = text.size / 1e6 / costs[-1].cpu
            rows.append([scorer, kind, f"{costs[-1].cpu:.2f}", f"{mb:.2f}", outputs[-1][:16]])
        figures[scorer] = float(outputs[0] == outputs[1])
    said = "the same" if all(figures.values()) else "NOT the same"
    head = ("scorer", "", "CPU-s", "MB/s", "SHA-256 of the output")
    return Table("same", head, rows, figures, [f"The outputs are {said}."])


def scaling(bench: Bench) -> Table:
    """Two processes against one, by the clock: only worth something on an idle machine."""
    text = bench.input("scaling.jsonl")
    seconds: dict[int, list[float]] = {1: [], 2: []}
    costs: dict[int, Cost] = {}
    outputs = set()
    for _ in range(bench.times):
        for jobs, its in seconds.items():
            target = bench.folder / "scaled"
            command = spinfix("fix", "-q", "-j", str(jobs), "-o", str(target), str(text.path))
            costs[jobs] = cost = run(command)
            its.append(cost.seconds)
            outputs.add(_hash_of(target / text.path.name))
    one, two = min(seconds[1]), min(seconds[2])
    rows = []
    for jobs, its in seconds.items():
        values = (min(its), statistics.median(its), costs[jobs].cpu, text.size / 1e6 / min(its))
        rows.append([str(jobs), *(f"{value:.2f}" for value in values), f"{one / min(its):.3f}"])
    busy = f"Load average at the end: {os.getloadavg()[0]:.1f}."
    said = "The outputs are the same." if len(outputs) == 1 else "The outputs are NOT the same."
    head = ("-j", "best seconds", "median", "CPU-s", "MB/s", "times -j 1")
    size = f"{text.size / 1e6:,.0f} MB; the articles come again and again."
    return Table("scaling", head, rows, {"two": one / two}, [size, said, busy])


def _hash_of(path: Path) -> str:
    with path.open("rb") as file:
        return hashlib.file_digest(file, "sha256").hexdigest()
