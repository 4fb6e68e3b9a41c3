"""What a command and all the processes that it starts take of the machine (Linux)."""

from __future__ import annotations

import ctypes
import os
import resource
import signal
import subprocess
import threading
import time
from collections.abc import Mapping, Sequence
from contextlib import suppress
from pathlib import Path
from typing import NamedTuple

_PR_SET_CHILD_SUBREAPER = 36
#: Seconds between two looks at the memory; those that processes get to end by themselves.
_LOOK, _PATIENCE = 0.5, 20.0


class Usage(NamedTuple):
    """Exit status; seconds; CPU-seconds of all processes; the most memory (MiB, PSS)."""

    status: int
    seconds: float
    cpu: float
    memory: float


def run(command: Sequence[str], environment: Mapping[str, str], log: Path) -> Usage:
    """Run a command, its output into ``log``; what it leaves running is ended.

    Orphans become children of this process, so that no CPU-second is lost.
    """
    ctypes.CDLL(None).prctl(_PR_SET_CHILD_SUBREAPER, 1, 0, 0, 0)
    before = _spent()
    watch = _Memory()
    begin = time.monotonic()
    with log.open("wb") as out:
        process = subprocess.Popen(
            command, stdout=out, stderr=subprocess.STDOUT, env={**os.environ, **environment}
        )
        status = process.wait()
    seconds = time.monotonic() - begin
    watch.stop()
    _reap()
    return Usage(status, seconds, _spent() - before, watch.most / 1024.0)


def _spent() -> float:
    """CPU-seconds of children that have ended, and of theirs."""
    usage = resource.getrusage(resource.RUSAGE_CHILDREN)
    return usage.ru_utime + usage.ru_stime


def _descendants() -> set[int]:
    """All processes below this one."""
    children: dict[int, list[int]] = {}
    for entry in Path("/proc").iterdir():
        if entry.name.isdigit():
            with suppress(OSError):
                parent = int(
                    (entry / "stat").read_text("utf-8", "replace").rsplit(")")[-1].split()[1]
                )
                children.setdefault(parent, []).append(int(entry.name))
    found: set[int] = set()
    left = [os.getpid()]
    while left:
        new = children.get(left.pop(), [])
        found.update(new)
        left += new
    return found


def _reap() -> None:
    """Wait for orphans; those that do not end are killed."""
    deadline = time.monotonic() + _PATIENCE
    while True:
        try:
            pid, _ = os.waitpid(-1, os.WNOHANG)
        except ChildProcessError:
            return
        if pid:
            continue
        if time.monotonic() > deadline:
            for each in _descendants():
                with suppress(ProcessLookupError):
                    os.kill(each, signal.SIGKILL)
        time.sleep(0.05)


class _Memory(threading.Thread):
    """Looks now and then at how much memory the processes below this one hold."""

    def __init__(self) -> None:
        super().__init__(daemon=True)
        self.most = 0  # KiB
        self._over = threading.Event()
        self.start()

    def run(self) -> None:
        while not self._over.wait(_LOOK):
            self.most = max(self.most, sum(map(_pss, _descendants())))

    def stop(self) -> None:
        self._over.set()
        self.join()


def _pss(pid: int) -> int:
    """KiB of memory of a process, what it shares with others counted in parts."""
    with suppress(OSError):
        for line in Path(f"/proc/{pid}/smaps_rollup").read_text("utf-8").splitlines():
            if line.startswith("Pss:"):
                return int(line.split()[1])
    return 0
