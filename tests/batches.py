"""What the tests of batches share: a cheap stand-in for the repairer, folders to work on."""

from __future__ import annotations

import bz2
import gzip
import json
import lzma
import os
import re
import signal
import sys
import time
import traceback
from collections.abc import Callable, Sequence
from pathlib import Path

from spinfix import Edit, Repair
from spinfix.batch import Input, Plan, Reading, Report, Setup, clean, find_inputs, work

#: "Division" is what the stand-in takes for spun text.
SPUN = "The Division of Health met on Monday. Nobody from the Division spoke — naïve, no?"
FIXED = SPUN.replace("Division", "Department")
GENUINE = "A heron stood in the ditch all morning, and the ferry was late again."


class StandIn:
    """Takes the place of a Repairer: gives ``old`` its original back, in no time at all."""

    families, reader, large = (), None, None

    def __init__(self, old: str = "Division", new: str = "Department") -> None:
        self._old, self._new = re.compile(rf"\b{old}\b"), new

    @property
    def signature(self) -> str:
        return f"stand-in {self._old.pattern} {self._new}"

    def repair(self, text: str, *, protect: Sequence[tuple[int, int]] = ()) -> Repair:
        edits = tuple(
            Edit(match.start(), match.end(), match.group(), self._new, 0.9)
            for match in self._old.finditer(text)
        )
        return Repair(text, edits, float(bool(edits)), 0.5, bool(edits))

    def judge(self, text: str) -> Repair:
        return Repair(text, (), spun=bool(self._old.search(text)))


def stand_in(monkeypatch, old: str = "Division", new: str = "Department") -> Setup:
    """A Setup whose repairer is a stand-in, here and in the workers."""
    setup = Setup(dictionaries=(Path(f"stand-in-{old}-{new}"),))
    monkeypatch.setitem(work._built, setup, StandIn(old, new))
    return setup


def found(*paths: Path | str, reading: Reading | None = None) -> list[Input]:
    """The inputs that paths name; all must be there."""
    inputs = list(find_inputs(map(str, paths), reading or Reading()))
    assert all(isinstance(each, Input) for each in inputs), inputs
    return inputs


def files(folder: Path) -> dict[str, bytes]:
    """The bytes of all files of a folder, hidden ones, too."""
    paths = sorted(path for path in folder.rglob("*") if path.is_file())
    return {str(path.relative_to(folder)): path.read_bytes() for path in paths}


def write(folder: Path, contents: dict[str, bytes]) -> None:
    """Make the files of a folder be these."""
    for name in files(folder).keys() - contents.keys():
        (folder / name).unlink()
    for name, data in contents.items():
        path = folder / name
        path.parent.mkdir(parents=True, exist_ok=True)
        if not path.exists() or path.read_bytes() != data:
            path.write_bytes(data)


def json_lines(texts: Sequence[str], field: str = "text") -> bytes:
    rows = ({"id": number, field: text} for number, text in enumerate(texts, 1))
    return "".join(json.dumps(row, ensure_ascii=False) + "\n" for row in rows).encode()


def told(report: Report) -> dict[str, object]:
    """What a report says, but for the time that the run took."""
    return {**report.to_dict(), "seconds": 0}


def of_many_kinds(folder: Path) -> Path:
    """Make a folder of inputs of many kinds; in all but one there is something to repair."""
    rows = f'id,text\r\n1,"{SPUN}"\r\n2,{GENUINE.replace(",", "")}\r\n3,The Division\r\n'
    array = "[\n" + ",\n".join(json_lines([SPUN, GENUINE, SPUN]).decode().splitlines()) + "\n]\n"
    contents = {
        "article.txt": SPUN.encode(),
        "genuine.txt": GENUINE.encode(),
        "lines.jsonl": json_lines([SPUN, GENUINE, SPUN]),
        "array.json": array.encode(),
        "rows.csv": rows.encode(),
        "below/lines.jsonl.gz": gzip.compress(json_lines([GENUINE, SPUN])),
        "below/lines.jsonl.xz": lzma.compress(json_lines([SPUN])),
        "below/text.txt.bz2": bz2.compress(SPUN.encode()),
    }
    write(folder, contents)
    return folder


def plain(name: str, data: bytes) -> bytes:
    """The text that a file holds, compressed or not."""
    by_suffix = {".gz": gzip.decompress, ".xz": lzma.decompress, ".bz2": bz2.decompress}
    return by_suffix.get(Path(name).suffix, bytes)(data)


def plain_files(folder: Path) -> dict[str, bytes]:
    return {name: plain(name, data) for name, data in files(folder).items()}


class Child:
    """A run in a process of its own, that may be killed."""

    def __init__(self, action: Callable[[], object]) -> None:
        self._result, result = os.pipe()
        self.pid = os.fork()
        if not self.pid:
            self._run(action, result)
        os.close(result)

    def _run(self, action: Callable[[], object], result: int) -> None:
        status = 1
        try:
            os.setpgid(0, 0)  # its workers are known by their group
            signal.signal(signal.SIGINT, signal.default_int_handler)
            with open(result, "w", encoding="ascii") as stream:
                stream.write(json.dumps(action()))
            status = 0
        except BaseException:
            traceback.print_exc()
            sys.stderr.flush()
        finally:
            os._exit(status)

    def killed(self, after: float | None = None) -> bool:
        """Wait for its end; ``after`` so many seconds it is killed.  Was it?"""
        deadline = None if after is None else time.monotonic() + after
        while deadline is None or time.monotonic() < deadline:
            pid, status = os.waitpid(self.pid, 0 if deadline is None else os.WNOHANG)
            if pid:
                return self._ended(status)
            time.sleep(0.001)
        os.kill(self.pid, signal.SIGKILL)
        return self._ended(os.waitpid(self.pid, 0)[1])

    def _ended(self, status: int) -> bool:
        # Workers have copies of the pipe, so its end may be a while to come.
        os.set_blocking(self._result, False)
        try:
            self.said = os.read(self._result, 1 << 20)
        except BlockingIOError:
            self.said = b""
        os.close(self._result)
        if os.WIFSIGNALED(status):
            assert os.WTERMSIG(status) == signal.SIGKILL
            return True
        assert status == 0, "the run failed; its traceback stands above"
        return False

    @property
    def result(self) -> object:
        """What the action returned."""
        return json.loads(self.said)


def in_child(inputs: Sequence[Input], setup: Setup, plan: Plan) -> Child:
    """Start a run; its result is what its report says."""
    return Child(lambda: told(clean(inputs, setup, plan)))


def running(group: int) -> list[int]:
    """The processes of a group."""
    pids = []
    for path in Path("/proc").glob("[0-9]*/stat"):
        try:
            state, _, pgrp = path.read_text().rpartition(")")[2].split()[:3]
        except (OSError, ValueError):
            continue
        if int(pgrp) == group and state != "Z":
            pids.append(int(path.parent.name))
    return pids
