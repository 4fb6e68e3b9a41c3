"""Compiled or in Python alone, in one process or in two: the same bytes."""

from __future__ import annotations

import json
import os
import subprocess
import sys

import pytest
from batches import files
from conftest import ROOT

_FIX = "from spinfix.cli import main; main()"


def fix(folder, scorer, jobs, pure):
    """Everything below samples/ repaired: files, edits, report."""
    folder.mkdir()
    environment = {name: value for name, value in os.environ.items() if name != "SPINFIX_PURE"}
    if pure:
        environment["SPINFIX_PURE"] = "1"
    log, report = folder / "log.jsonl", folder / "report.json"
    command = [sys.executable, "-c", _FIX, "fix", "samples", "-o", folder / "out"]
    command += ["--scorer", scorer, "-j", str(jobs), "--log", log, "--report", report]
    subprocess.run(command, cwd=ROOT, env=environment, capture_output=True, check=True)
    edits = [json.loads(line) for line in log.read_text("utf-8").splitlines()]
    told = json.loads(report.read_text("utf-8"))
    del told["seconds"]
    return files(folder / "out"), [{**row, "output": None} for row in edits], told


@pytest.mark.parametrize("scorer", ["deep", "fast"])
def test_compiled_or_not_all_comes_out_the_same(tmp_path, scorer):
    if os.environ.get("SPINFIX_COMPILED") != "require":
        for part in (ROOT / "spinfix").glob("_*.c"):
            pytest.importorskip(f"spinfix.{part.stem}", reason="there was no compiler")
    compiled = fix(tmp_path / "compiled", scorer, jobs=1, pure=False)
    assert compiled[2]["edits"] > 500
    assert fix(tmp_path / "pure", scorer, jobs=2, pure=True) == compiled
