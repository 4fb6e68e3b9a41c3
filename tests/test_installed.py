"""What users get: the wheel, unpacked far from the checkout, does the job."""

import subprocess
import sys
import zipfile

import pytest
from conftest import ROOT

SCRIPT = """
import sys
sys.path.insert(0, sys.argv[1])
import spinfix
assert spinfix.__file__.startswith(sys.argv[1]), spinfix.__file__
text = open(sys.argv[2], encoding="utf-8").read()
print(spinfix.Repairer().repair(text).fixed, end="")
"""


@pytest.fixture(scope="module")
def wheel(tmp_path_factory):
    folder = tmp_path_factory.mktemp("wheel")
    command = [sys.executable, "-m", "pip", "wheel", "-q", "--no-deps", "-w", folder, ROOT]
    subprocess.run(command, check=True)
    return next(folder.glob("*.whl"))


def test_wheel_holds_the_data_and_no_tests(wheel):
    names = zipfile.ZipFile(wheel).namelist()
    data = {path.name for path in (ROOT / "dictionaries").iterdir() if path.is_file()}
    assert {f"spinfix/dictionaries/{name}" for name in data} <= set(names)
    assert not any(name.startswith(("tests/", "tools/", "samples/")) for name in names)
    assert wheel.stat().st_size < 80_000_000


def test_wheel_repairs_as_the_installed_package_does(wheel, tmp_path, repairer, samples):
    zipfile.ZipFile(wheel).extractall(tmp_path)
    path = samples / "spun" / "ferry.txt"
    command = [sys.executable, "-c", SCRIPT, tmp_path, path]
    done = subprocess.run(command, capture_output=True, cwd=tmp_path, check=True)
    assert done.stdout.decode() == repairer.repair(path.read_text(encoding="utf-8")).fixed
