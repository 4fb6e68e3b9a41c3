"""The README does what it says."""

import json
import os
import re
import shutil
import subprocess
import sys
from pathlib import Path

import pytest
from conftest import ROOT

README = (ROOT / "README.md").read_text(encoding="utf-8")


def test_the_first_example_runs_as_pasted():
    code = re.findall(r"```python\n(.*?)```", README, re.DOTALL)[0]
    # in the checkout, as a reader would: Python finds the package there first
    command = [sys.executable, "-c", code]
    done = subprocess.run(command, capture_output=True, cwd=ROOT, check=True)
    assert "The Foreign Ministry said in a statement" in done.stdout.decode()


def test_before_and_after_are_what_spinfix_does(repairer, samples):
    before, after = re.findall(r"^> (The d.*)$", README, re.MULTILINE)
    text = (samples / "spun" / "ferry.txt").read_text(encoding="utf-8")
    assert before in text.split("\n")
    assert after in repairer.repair(text).fixed.split("\n")


def test_the_text_it_refuses_to_touch_is_in_the_samples(samples):
    refused = re.findall(r"^> (We had apples.*)$", README, re.MULTILINE)[0]
    assert refused in (samples / "genuine" / "orchard.txt").read_text(encoding="utf-8")


def test_commands_are_marked_for_the_test_run():
    for name in ("main", "tests"):
        assert len(re.findall(rf"<!-- {name} -->\n```sh\n[^\n]+\n```", README)) == 1


@pytest.fixture
def checkout(tmp_path, monkeypatch):
    """A folder in which the README's commands can be pasted."""
    shutil.copytree(ROOT / "samples", tmp_path / "samples")
    bin_folder = tmp_path / "bin"
    bin_folder.mkdir()
    script = f"#!{sys.executable}\nfrom spinfix.cli import main\nmain()\n"
    (bin_folder / "spinfix").write_text(script, encoding="utf-8")
    (bin_folder / "spinfix").chmod(0o755)
    monkeypatch.setenv("PATH", f"{bin_folder}:{os.environ['PATH']}")
    monkeypatch.chdir(tmp_path)
    return tmp_path


def block(name):
    (code,) = re.findall(rf"<!-- {name} -->\n```sh\n(.*?)```", README, re.DOTALL)
    return code


def contents(folder):
    return {p.relative_to(folder): p.read_bytes() for p in folder.rglob("*") if p.is_file()}


def test_cleaning_a_scrape_works_as_pasted(checkout):
    check, fix, undo = block("scrape").splitlines()
    assert subprocess.run(["bash", "-c", check], check=False).returncode == 1
    subprocess.run(["bash", "-c", fix], check=True)
    before, after = contents(checkout / "samples/scrape"), contents(checkout / "repaired")
    assert sorted(before) == sorted(after) and before != after
    assert json.loads(Path("report.json").read_text("utf-8"))["edits"] > 100
    subprocess.run(["bash", "-c", undo], check=True)
    assert contents(checkout / "repaired") == before


def test_reviewing_a_log_works_as_pasted(checkout):
    subprocess.run(["bash", "-ec", block("review")], check=True)
    page = (checkout / "repaired/ferry.html").read_text("utf-8")
    assert "Foreign</b> Ministry said in a statement" in page
    assert "once more" in page, "the edits that were taken out of the log"


def test_the_batch_example_runs_as_pasted(checkout):
    code = re.findall(r"```python\n(.*?)```", README, re.DOTALL)[1]
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, check=True)
    assert re.match(rb"\d{3} \[\] \[\]", done.stdout)
