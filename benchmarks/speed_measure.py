"""Running commands for benchmarks/speed.py: CPU time, memory, instructions, first byte."""

from __future__ import annotations

import os
import re
import shutil
import subprocess
import sys
import tempfile
import threading
import time
from collections.abc import Callable, Iterable, Mapping, Sequence
from pathlib import Path
from typing import NamedTuple

#: Statuses that are no failure: found something (typos: 2, codespell: the number of finds).
_ANY = range(256)
#: Seconds between two looks at the memory of processes.
_GLANCE = 0.02
_WITHOUT = ("PYTHONDONTWRITEBYTECODE", "SPINFIX_PURE")
_FIX = "from spinfix.cli import main; main()"
#: Memory of a process, as Linux accounts for it (proc(5), smaps_rollup).
_FIELDS = ("Rss", "Pss", "Private_Clean", "Private_Dirty", "Anonymous")


class Cost(NamedTuple):
    """What a run cost: CPU-seconds of all its processes, seconds, MiB of the largest one."""

    cpu: float
    seconds: float
    memory: float
    status: int = 0


class Memory(NamedTuple):
    """The most of a process (MiB).

    ``own``: what no other process shares (Private_Clean and Private_Dirty).  ``anonymous``:
    all that is not the content of a file, with what is still shared with the process
    that it was forked from.  ``pss``: each shared page counted by its share.  ``rss``: all.
    """

    own: float
    anonymous: float
    pss: float
    rss: float


def spinfix(*arguments: str | Path) -> list[str]:
    """The command line of spinfix: the installed script, if this Python has it."""
    script = Path(sys.executable).with_name("spinfix")
    start = [str(script)] if script.is_file() else [sys.executable, "-c", _FIX]
    return [*start, *map(str, arguments)]


def tool(name: str) -> str | None:
    """Where a program is: beside this Python, or else on the path."""
    beside = Path(sys.executable).with_name(name)
    return str(beside) if beside.is_file() else shutil.which(name)


def run(
    command: Sequence[str],
    output: Path | None = None,
    env: Mapping[str, str] | None = None,
    accepted: Iterable[int] = (0,),
) -> Cost:
    """Run a command once; standard output goes to a file or nowhere.

    SystemExit, with what the command said, when it ends with another status.
    """
    with (
        Path(output or os.devnull).open("wb") as out,
        tempfile.TemporaryFile() as errors,
    ):
        begin = time.monotonic()
        process = subprocess.Popen(command, stdout=out, stderr=errors, env=environment(env))
        _, status, usage = os.wait4(process.pid, 0)
        seconds = time.monotonic() - begin
        process.returncode = code = os.waitstatus_to_exitcode(status)
        if code not in accepted:
            errors.seek(0)
            said = errors.read().decode(errors="replace").strip()
            raise SystemExit(f"{' '.join(command)} ended with status {code}: {said}")
    return Cost(usage.ru_utime + usage.ru_stime, seconds, usage.ru_maxrss / 1024, code)


def environment(more: Mapping[str, str] | None = None) -> dict[str, str]:
    """This one's, with ``more``; Python keeps compiled modules, as it does by default."""
    mine = {name: value for name, value in os.environ.items() if name not in _WITHOUT}
    return {**mine, **(more or {})}


def best(times: int, once: Callable[[], Cost]) -> Cost:
    """The least of several runs, in each respect: others only add to what a run costs."""
    return _least([once() for _ in range(times)])


def in_turns(times: int, programs: Mapping[str, Callable[[], Cost]]) -> dict[str, Cost]:
    """The best of several runs of each program.

    They take turns, since a virtual machine is faster at one time than at another.
    """
    costs: dict[str, list[Cost]] = {name: [] for name in programs}
    for _ in range(times):
        for name, once in programs.items():
            costs[name].append(once())
    return {name: _least(its) for name, its in costs.items()}


def _least(costs: Sequence[Cost]) -> Cost:
    return Cost(
        min(cost.cpu for cost in costs),
        min(cost.seconds for cost in costs),
        min(cost.memory for cost in costs),
        costs[0].status,
    )


def first_byte(command: Sequence[str]) -> float:
    """Seconds until a command writes the first byte to its standard output."""
    begin = time.monotonic()
    with subprocess.Popen(
        command, stdout=subprocess.PIPE, stderr=subprocess.DEVNULL, env=environment()
    ) as process:
        assert process.stdout is not None
        process.stdout.read(1)
        seconds = time.monotonic() - begin
        process.stdout.read()
    return seconds


def instructions(command: Sequence[str]) -> int | None:
    """Instructions that a command takes, by perf or valgrind; None where neither can be had.

    Only the process itself is counted, not the kernel's part.
    """
    if shutil.which("perf"):
        counted = subprocess.run(
            ["perf", "stat", "-x", ",", "-e", "instructions:u", *command],
            capture_output=True,
            text=True,
            env=environment(),
        )
        if match := re.search(r"^(\d+),.*instructions", counted.stderr, re.M):
            return int(match[1])
    if not shutil.which("valgrind"):
        return None
    counted = subprocess.run(
        ["valgrind", "--tool=callgrind", f"--callgrind-out-file={os.devnull}", *command],
        capture_output=True,
        text=True,
        env=environment(),
    )
    match = re.search(r"Collected *: *(\d+)", counted.stderr)
    return int(match[1]) if match else None


def watched(command: Sequence[str]) -> tuple[Cost, Memory, list[Memory]]:
    """Run a command and watch its memory: its own, and that of each process it starts.

    Linux only (/proc).
    """
    found: dict[int, Memory] = {}
    done = threading.Event()

    def watch(parent: int) -> None:
        while not done.wait(_GLANCE):
            for pid in (parent, *_children(parent)):
                if now := memory_of(pid):
                    before = found.get(pid, now)
                    found[pid] = Memory(*map(max, zip(before, now, strict=True)))

    begin = time.monotonic()
    process = subprocess.Popen(
        command, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL, env=environment()
    )
    watcher = threading.Thread(target=watch, args=(process.pid,))
    watcher.start()
    _, status, usage = os.wait4(process.pid, 0)
    process.returncode = os.waitstatus_to_exitcode(status)
    done.set()
    watcher.join()
    if process.returncode:
        raise SystemExit(f"{' '.join(command)} ended with status {process.returncode}")
    seconds = time.monotonic() - begin
    cost = Cost(usage.ru_utime + usage.ru_stime, seconds, usage.ru_maxrss / 1024)
    return cost, found.pop(process.pid), list(found.values())


def _children(pid: int) -> list[int]:
    try:
        return list(map(int, Path(f"/proc/{pid}/task/{pid}/children").read_text().split()))
    except OSError:
        return []


def memory_of(pid: int) -> Memory | None:
    """What a process has now; None when it is gone."""
    try:
        text = Path(f"/proc/{pid}/smaps_rollup").read_text()
    except OSError:
        return None
    rows = (line.split() for line in text.splitlines()[1:])
    kib = {row[0].rstrip(":"): int(row[1]) for row in rows if row[0].rstrip(":") in _FIELDS}
    if len(kib) < len(_FIELDS):
        return None
    rss, pss, clean, dirty, anonymous = (kib[field] / 1024 for field in _FIELDS)
    return Memory(clean + dirty, anonymous, pss, rss)
