"""The README does what it says."""

import re
import subprocess
import sys

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
