"""docs/scaling.md does what it says, and its figures follow from each other."""

from __future__ import annotations

import ast
import importlib
import importlib.util
import os
import re
import shutil
import subprocess
import sys

import cost
import pytest
from batches import files
from conftest import ROOT
from engines import make

PAGE = (ROOT / "docs/scaling.md").read_text("utf-8")


def block(name):
    (code,) = re.findall(rf"<!-- {name} -->\n```sh\n(.*?)```", PAGE, re.DOTALL)
    return code


@pytest.fixture
def checkout(tmp_path, monkeypatch):
    """A folder in which commands can be pasted."""
    shutil.copytree(ROOT / "samples/scrape", tmp_path / "samples/scrape")
    script = f"#!{sys.executable}\nfrom spinfix.cli import main\nmain()\n"
    (tmp_path / "bin").mkdir()
    (tmp_path / "bin/spinfix").write_text(script, encoding="utf-8")
    (tmp_path / "bin/spinfix").chmod(0o755)
    monkeypatch.setenv("PATH", f"{tmp_path / 'bin'}:{os.environ['PATH']}")
    monkeypatch.chdir(tmp_path)
    return tmp_path


def outputs(folder):
    """The files below a folder by their names, logs left out."""
    found = files(folder).items()
    return {name.split("/")[-1]: data for name, data in found if "log" not in name}


def test_shards_come_to_what_one_run_comes_to(checkout):
    subprocess.run(["spinfix", "fix", "-q", "samples/scrape", "-o", "whole"], check=True)
    subprocess.run(["bash", "-ec", block("shards")], check=True)
    shards = {name: data for name, data in files(checkout / "repaired").items() if "/" in name}
    assert {name.split("/")[0] for name in shards} == {"shard-00", "shard-01"}
    assert {name.split("/")[1]: data for name, data in shards.items()} == files(checkout / "whole")

    shutil.rmtree("repaired")  # the same as a job array, the second job after a stop
    job = ["bash", "-ec", block("array")]
    for task in ("0", "1"):
        subprocess.run(job, env={**os.environ, "SLURM_ARRAY_TASK_ID": task}, check=True)
    again = {name: data for name, data in files(checkout / "repaired").items() if "/" in name}
    assert again == shards


def test_a_job_that_was_stopped_goes_on(checkout):
    """It is given a full disk at once, and then a second try."""
    (checkout / "shard-00").write_text("samples/scrape/ferry.html\n")
    environment = {**os.environ, "SLURM_ARRAY_TASK_ID": "0"}
    full = f"ulimit -f 1; {block('array')}"
    stopped = subprocess.run(["bash", "-c", full], env=environment, check=False)
    assert stopped.returncode
    assert (checkout / "repaired/shard-00/.spinfix-journal").exists()
    subprocess.run(["bash", "-ec", block("array")], env=environment, check=True)
    assert [*files(checkout / "repaired/shard-00")] == ["ferry.html"]


def test_the_cost_follows_from_the_rates():
    (line,) = re.findall(r"^    python benchmarks/cost\.py (.*)$", PAGE, re.MULTILINE)
    args = cost.parser().parse_args(line.split())
    assert "\n".join(cost.table(args)) in PAGE
    rates = re.findall(r"^\| (?:genuine|spun)\b.*\| ([\d,]+) \|$", PAGE, re.MULTILINE)
    measured = [float(rate.replace(",", "")) for rate in rates]
    assert measured == [args.clean_rate, args.fast_rate, args.deep_rate]


def test_cpu_hours():
    collection = cost.Collection(articles=100, words=72, spun=0.25)
    # 5,400 genuine words at 3 a second, 1,800 spun ones at 1 a second
    assert cost.cpu_hours(collection, clean=3.0, spun=1.0) == pytest.approx(1.0)


def test_a_collection_is_dealt_out_evenly(tmp_path):
    words = make(tmp_path / "in", 20_000, 0.25, None)
    shards = [file.read_text("utf-8") for file in (tmp_path / "in").iterdir()]
    assert words >= 20_000
    assert len({shard.count("\n") for shard in shards}) == 1
    assert {shard.count("ferry") > 0 for shard in shards} == {True}


#: A command whose grandchild outlives it, works for a while and then waits for ever.
ORPHAN = """
import subprocess, sys
work = "x = sum(range(10**7)); print(flush=True); import time; time.sleep(1000)"
child = subprocess.Popen([sys.executable, "-c", work], stdout=subprocess.PIPE)
child.stdout.readline()
sys.exit(3)
"""
#: It is run in a process of its own: run() waits for all that its process has started.
RUN = """
import os, sys, time, processes
from pathlib import Path
processes._PATIENCE = 0.5
usage = processes.run([sys.executable, "-c", sys.argv[1]], {}, Path(os.devnull))
assert usage.status == 3 and usage.cpu > 0.05 and not processes._descendants(), usage
"""


@pytest.mark.skipif(sys.platform != "linux", reason="reads /proc")
def test_no_process_that_a_command_leaves_is_lost():
    paths = {**os.environ, "PYTHONPATH": str(ROOT / "benchmarks")}
    subprocess.run([sys.executable, "-c", RUN, ORPHAN], env=paths, check=True, timeout=60)


def test_python_in_the_page_uses_what_there_is():
    blocks = re.findall(r"```python\n(.*?)```", PAGE, re.DOTALL)
    assert len(blocks) == 6
    needs = {"arrow": "pyarrow", "spark": "pyspark"}
    for node in (each for code in blocks for each in ast.walk(ast.parse(code))):
        if isinstance(node, ast.ImportFrom) and node.module:
            names = node.module.split(".")
            engine = names[-1] if names[:2] == ["spinfix", "engines"] else names[0]
            if importlib.util.find_spec(needs.get(engine, engine)) or engine == "engines":
                module = importlib.import_module(node.module)
                assert all(hasattr(module, name.name) for name in node.names)


def test_an_arrow_table_as_in_the_page():
    pytest.importorskip("pyarrow")
    code = re.findall(r"```python\n(.*?)```", PAGE, re.DOTALL)[-1]
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, check=True, cwd=ROOT)
    assert b"false" in done.stdout
