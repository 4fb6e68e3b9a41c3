"""The examples run as their docstrings say, and come to what the command line comes to."""

from __future__ import annotations

import gzip
import json
import os
import re
import subprocess
import sys
from pathlib import Path

import pytest
from conftest import ROOT
from engine_runs import SPARK, environment, lacking, read_lines

EXAMPLES = sorted((ROOT / "examples").glob("*_repair.py"))
ENGINES = {"spark": "pyspark", "ray": "ray", "datatrove": "datatrove"}


def articles(folder: Path) -> dict[str, tuple[str, bool]]:
    """By id: the text that an example wrote, and whether it was found to be spun."""
    rows = []
    for file in folder.iterdir():
        if file.suffix == ".parquet":
            rows += pytest.importorskip("pyarrow.parquet").read_table(file).to_pylist()
        elif file.suffix == ".gz":
            rows += [json.loads(line) for line in gzip.decompress(file.read_bytes()).splitlines()]
        elif file.suffix == ".jsonl":
            rows += read_lines(file)
    assert len({row["id"] for row in rows}) == len(rows)
    return {row["id"]: (row["text"], row["spinfix"]["spun"]) for row in rows}


@pytest.fixture(scope="module")
def by_command(tmp_path_factory):
    """What the command line makes of the same articles."""
    folder = tmp_path_factory.mktemp("command-line")
    code = "from spinfix.cli import main; main()"
    command = [sys.executable, "-c", code, "fix", "samples/articles.jsonl", "--json", "-o", folder]
    done = subprocess.run(command, cwd=ROOT, capture_output=True, check=True)
    spun = {row["id"]: row["spun"] for row in map(json.loads, done.stderr.splitlines())}
    rows = read_lines(folder / "articles.jsonl")
    return {row["id"]: (row["text"], spun[row["id"]]) for row in rows}


def test_there_is_an_example_of_each_engine():
    names = {path.name.removesuffix("_repair.py") for path in EXAMPLES}
    assert names == {*ENGINES, "library"}


@pytest.mark.parametrize("path", EXAMPLES, ids=lambda path: path.stem)
def test_an_example_does_as_the_command_line(path, tmp_path, by_command):
    if missing := lacking(ENGINES.get(path.name.removesuffix("_repair.py"), "json")):
        pytest.skip(missing)
    (line,) = re.findall(rf"^    python (examples/{path.name}) repaired/$", path.read_text(), re.M)
    options = " ".join(f"--conf '{name}={value}'" for name, value in SPARK.items())
    submit = {"PYSPARK_SUBMIT_ARGS": f"{options} pyspark-shell"}
    command = [sys.executable, line, tmp_path / "repaired", "--workers", "1"]
    done = subprocess.run(
        command,
        cwd=ROOT,
        env={**os.environ, **environment(), **submit},
        capture_output=True,
        text=True,
        check=False,
    )
    assert done.returncode == 0, done.stderr[-5000:]
    assert articles(tmp_path / "repaired") == by_command
