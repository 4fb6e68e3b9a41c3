"""What the tests of engines share: articles, what the command line makes of them, mishaps.

Engines start processes of their own, which import this module: hence PYTHONPATH.
"""

from __future__ import annotations

import importlib.util
import json
import os
import shutil
import signal
import subprocess
import sys
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pytest
from batches import SPUN, StandIn

from spinfix.batch import Setup

TESTS = Path(__file__).parent
ROOT = TESTS.parent
REQUIRED = os.environ.get("SPINFIX_ENGINES") == "require"
Row = dict[str, Any]


def lacking(engine: str) -> str:
    """Why tests of an engine are to be skipped; "" where they are not.

    Nothing is skipped under SPINFIX_ENGINES=require.
    """
    missing = "" if importlib.util.find_spec(engine) else f"{engine} is not installed"
    if engine == "pyspark" and not (shutil.which("java") or os.environ.get("JAVA_HOME")):
        missing = missing or "Spark needs Java"
    return "" if REQUIRED else missing


def need(engine: str) -> None:
    """Skip the module that calls where an engine is missing."""
    if missing := lacking(engine):
        pytest.skip(missing, allow_module_level=True)


#: Settings of Spark that spare small jobs most of what large ones need: a third of the time.
SPARK = {
    "spark.ui.enabled": "false",
    "spark.ui.showConsoleProgress": "false",
    "spark.driver.memory": "1g",
    "spark.driver.extraJavaOptions": "-XX:TieredStopAtLevel=1 -XX:+UseSerialGC",
    "spark.sql.shuffle.partitions": "2",
    "spark.sql.adaptive.enabled": "false",
    "spark.sql.codegen.wholeStage": "false",
    "spark.sql.codegen.factoryMode": "NO_CODEGEN",
}


def environment() -> dict[str, str]:
    """What the processes of engines need in their environment, to be set before they start."""
    paths = [str(TESTS), *filter(None, [os.environ.get("PYTHONPATH")])]
    return {
        "PYTHONPATH": os.pathsep.join(paths),
        "OMP_NUM_THREADS": "1",
        "PYSPARK_PYTHON": sys.executable,
        "SPARK_LOCAL_IP": "127.0.0.1",
        "RAY_USAGE_STATS_ENABLED": "0",
        "DATATROVE_COLORIZE_LOGS": "0",
    }


def articles() -> list[Row]:
    """Spun and genuine articles, with what is awkward to carry from one engine to another."""
    lines = (ROOT / "samples/articles.jsonl").read_text("utf-8").splitlines()
    rows = [json.loads(line) for line in lines]
    ferry = rows[0]["text"]
    texts = [
        None,
        "",
        " \n\t",
        ferry.replace("\n", "\r\n"),
        ferry.replace("'", "’").replace('"', "“") + " 🚢 \u2028 naïve",
        f"<!-- spinfix: off -->{ferry}<!-- spinfix: on -->\n{ferry}",
        "a" * 5000 + " " + ferry,
    ]
    rows += [{"id": f"odd-{n}", "kind": "odd", "text": text} for n, text in enumerate(texts)]
    return rows


def write_lines(path: Path, rows: Iterable[Mapping[str, Any]]) -> Path:
    """Write rows as JSON lines."""
    lines = (json.dumps(row, ensure_ascii=False) + "\n" for row in rows)
    path.write_text("".join(lines), "utf-8")
    return path


def read_lines(path: Path) -> list[Row]:
    """The rows of a file of JSON lines."""
    return [json.loads(line) for line in path.read_bytes().splitlines()]


@dataclass(frozen=True)
class Expected:
    """By the id of a record: its text repaired, and what was found in it."""

    texts: Mapping[str, str | None]
    info: Mapping[str, Row]

    def only(self, names: Iterable[str]) -> Expected:
        """The same of some of the records."""
        names = set(names)
        return Expected(
            {name: text for name, text in self.texts.items() if name in names},
            {name: row for name, row in self.info.items() if name in names},
        )

    def check(self, text: Mapping[str, Any], info: Mapping[str, Mapping[str, Any]]) -> None:
        """Assert that an engine came to the same."""
        assert text == self.texts
        told = {key: {**row, "edits": json.loads(row["edits"])} for key, row in info.items()}
        assert told == self.info


def by_command_line(folder: Path, rows: Sequence[Row]) -> Expected:
    """What ``spinfix fix`` makes of records, as it says in its report and its log."""
    source = write_lines(folder / "articles.jsonl", rows)
    code = "from spinfix.cli import main; main()"
    log = folder / "log.jsonl"
    command = [sys.executable, "-c", code, "fix", "-o", folder / "out", "--json", "--log", log]
    done = subprocess.run([*command, "-j", "1", source], capture_output=True, check=True)
    repaired = read_lines(folder / "out/articles.jsonl")
    info = {
        row["id"]: {**row, "edits": [], "error": ""}
        for row in map(json.loads, done.stderr.splitlines())
    }
    kept = ("start", "end", "old", "new", "confidence", "entry")
    for line in read_lines(log):
        if "edit" in line:
            info[line["id"]]["edits"].append({name: line[name] for name in kept})
    for row in info.values():
        del row["input"], row["id"]
    return Expected({row["id"]: row["text"] for row in repaired}, info)


class Faulty(StandIn):
    """A stand-in that cannot read every text."""

    def repair(self, text: str, *, protect: Sequence[tuple[int, int]] = ()) -> Any:
        if "unreadable" in text:
            raise RuntimeError("no, not this one")
        return super().repair(text, protect=protect)


@dataclass(frozen=True)
class Fragile(Setup):
    """A stand-in for the Repairer, in a process that is killed at its third text.

    That happens only once: then ``marker`` is there.
    """

    marker: Path = Path()

    def repairer(self) -> Any:
        _calls.append(1)
        if len(_calls) > 2 and not self.marker.exists():
            self.marker.touch()
            os.kill(os.getpid(), signal.SIGKILL)
        return Faulty()


_calls: list[int] = []

#: Records for a stand-in, one of which cannot be repaired, and what becomes of them.
SOME = [{"id": str(n), "text": f"{SPUN} {n}"} for n in range(40)] + [
    {"id": "bad", "text": f"unreadable {SPUN}"}
]
REPAIRED = {row["id"]: row["text"].replace("Division", "Department") for row in SOME}
REPAIRED["bad"] = SOME[-1]["text"]
ERROR = "could not be repaired (RuntimeError: no, not this one)"
