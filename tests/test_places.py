"""Folders, links, names, disks as they may be: what is read, what is said, what stays."""

import errno
import gzip
import os
import shutil
import subprocess
from pathlib import Path

import pytest
from batches import FIXED, SPUN, files, found, json_lines, stand_in, write

from spinfix.batch import (
    InputError,
    Plan,
    Reading,
    Stopped,
    Target,
    clean,
    find_inputs,
    reading,
    sinks,
)
from spinfix.batch.journal import NAME


@pytest.fixture
def setup(monkeypatch):
    return stand_in(monkeypatch)


def test_folders_nested_very_deeply_are_walked(tmp_path, setup):
    top, here = tmp_path / "in", os.open(tmp_path, os.O_RDONLY)
    try:
        os.mkdir("in", dir_fd=here)
        handle = os.open("in", os.O_RDONLY, dir_fd=here)
        for _ in range(1500):
            os.mkdir("d", dir_fd=handle)
            below = os.open("d", os.O_RDONLY, dir_fd=handle)
            os.close(handle)
            handle = below
        with os.fdopen(os.open("a.txt", os.O_WRONLY | os.O_CREAT, dir_fd=handle), "w") as file:
            file.write(SPUN)
        os.close(handle)
        inputs = found(top)
        assert clean(inputs, setup, Plan(target=Target(tmp_path / "out"))).status == 0
        assert (tmp_path / "out" / inputs[0].place).read_text("utf-8") == FIXED
        assert clean(inputs, setup, Plan(target=Target(in_place=True))).status == 0
        assert inputs[0].path.read_text("utf-8") == FIXED
    finally:
        os.close(here)
        subprocess.run(["rm", "-rf", top, tmp_path / "out"], check=True)  # shutil goes by recursion


def test_broken_links_fail_and_what_is_no_file_is_passed_over(tmp_path, setup):
    write(tmp_path / "in", {"a.txt": SPUN.encode()})
    for name, to in {"gone": "nowhere.txt", "one": "two.txt", "two": "one.txt"}.items():
        (tmp_path / "in" / f"{name}.txt").symlink_to(to)
    (tmp_path / "in" / "folder.txt").symlink_to(".", target_is_directory=True)
    os.mkfifo(tmp_path / "in" / "pipe.txt")
    report = clean(found(tmp_path / "in"), setup, Plan(target=Target(tmp_path / "out")))
    assert [line.partition("in/")[2] for line in report.failed] == [
        "gone.txt: No such file or directory",
        "one.txt: Too many levels of symbolic links",
        "two.txt: Too many levels of symbolic links",
    ]
    assert files(tmp_path / "out") == {"a.txt": FIXED.encode()}


def test_names_of_any_bytes_are_names(tmp_path, setup):
    names = [b"two\nlines.txt", b"\xff\xfe.txt", b" .txt", b"\x1b[31m.txt", b"n" * 251 + b".txt"]
    write(tmp_path / "in", {os.fsdecode(name): SPUN.encode() for name in names})
    plan = Plan(target=Target(tmp_path / "out"), log=tmp_path / "log")
    report = clean(found(tmp_path / "in"), setup, plan)
    assert (report.status, report.rewritten) == (0, len(names))
    clean(found(tmp_path / "in"), setup, Plan(target=Target(in_place=True)))
    fixed = {os.fsdecode(name): FIXED.encode() for name in names}
    assert files(tmp_path / "in") == files(tmp_path / "out") == fixed


def test_names_that_no_file_can_have_are_told():
    told = list(find_inputs(["", "x" * 5000, "nul\0", "gone/*.txt"], Reading()))
    assert all(isinstance(each, InputError) for each in told)
    assert str(told[0]) == "a path is empty" and "no such file or folder" in str(told[3])


def full_after(monkeypatch, size, error=errno.ENOSPC):
    """Let outputs grow to ``size`` bytes, then have the disk full."""
    write = sinks.File.write

    def refusing(sink, pieces, outcomes):
        if sink._file.tell() > size:
            raise OSError(error, os.strerror(error))
        write(sink, pieces, outcomes)

    monkeypatch.setattr(sinks.File, "write", refusing)


@pytest.mark.parametrize("target", ["-o", "in place"])
def test_a_full_disk_stops_the_run_which_can_be_resumed(tmp_path, setup, monkeypatch, target):
    monkeypatch.setattr(reading, "_PART", 200)
    before = {"a.txt": SPUN.encode(), "b.jsonl": json_lines([SPUN] * 20), "c.txt": SPUN.encode()}
    write(tmp_path / "in", before)
    where = Target(tmp_path / "out") if target == "-o" else Target(in_place=True)
    folder = tmp_path / ("out" if target == "-o" else "in")
    with monkeypatch.context() as patch:
        full_after(patch, 1000)
        with pytest.raises(Stopped) as stopped:
            clean(found(tmp_path / "in"), setup, Plan(target=where, log=tmp_path / "log"))
    message = str(stopped.value)
    assert message.startswith("No space left on device: stopped at ") and "--resume" in message
    assert (folder / "a.txt").read_bytes() == FIXED.encode()
    assert files(folder).get("b.jsonl") == (None if target == "-o" else before["b.jsonl"])
    plan = Plan(target=where, log=tmp_path / "log", resume=True)
    assert clean(found(tmp_path / "in"), setup, plan).counts.records == 22
    assert files(folder) == {n: b.replace(b"Division", b"Department") for n, b in before.items()}


def test_a_file_too_large_for_its_place_fails_alone(tmp_path, setup, monkeypatch):
    monkeypatch.setattr(reading, "_PART", 200)
    write(tmp_path / "in", {"a.jsonl": json_lines([SPUN] * 20), "b.txt": SPUN.encode()})
    full_after(monkeypatch, 1000, errno.EFBIG)
    report = clean(found(tmp_path / "in"), setup, Plan(target=Target(tmp_path / "out")))
    assert report.status == 2 and report.failed[0].endswith("a.jsonl: File too large")
    assert files(tmp_path / "out") == {"b.txt": FIXED.encode()}


@pytest.fixture
def small_disk(tmp_path):
    """A file system of 200 KB."""
    place = tmp_path / "disk"
    place.mkdir()
    mount = shutil.which("mount")
    options = ["-t", "tmpfs", "-o", "size=200k", "tmpfs", str(place)]
    if not mount or subprocess.run([mount, *options], capture_output=True, check=False).returncode:
        pytest.skip("no file system may be mounted here")
    yield place
    subprocess.run(["umount", str(place)], check=True)


@pytest.mark.parametrize("kind", ["jsonl", "jsonl.gz", "parquet"])
def test_a_disk_that_is_full_in_truth(tmp_path, setup, small_disk, monkeypatch, kind):
    monkeypatch.setattr(reading, "_PART", 5000)
    texts = [f"{SPUN} {os.urandom(400).hex()}" for _ in range(400)]
    name = f"a.{kind}"
    (tmp_path / "in").mkdir()
    if kind == "parquet":
        arrow = pytest.importorskip("pyarrow")
        from pyarrow import parquet

        parquet.write_table(arrow.table({"text": texts}), tmp_path / "in" / name, row_group_size=50)
    else:
        lines = json_lines(texts)
        write(tmp_path / "in", {name: gzip.compress(lines) if kind == "jsonl.gz" else lines})
    inputs = found(tmp_path / "in")
    plan = Plan(target=Target(small_disk / "out"), log=small_disk / "log")
    with pytest.raises(Stopped, match="No space left on device"):
        clean(inputs, setup, plan)
    assert name not in files(small_disk / "out") and NAME in files(small_disk / "out")
    subprocess.run(["mount", "-o", "remount,size=20m", str(small_disk)], check=True)
    report = clean(inputs, setup, Plan(target=plan.target, log=plan.log, resume=True))
    assert report.status == 0 and report.counts.edits == 800
    assert files(small_disk / "out").keys() == {name}
    assert small_disk.joinpath("log").read_bytes().count(b'"edit"') == 800


def test_no_room_for_the_log_stops_the_run(tmp_path, setup):
    write(tmp_path / "in", {"a.txt": SPUN.encode()})
    plan = Plan(target=Target(tmp_path / "out"), log=tmp_path / "gone" / "log")
    with pytest.raises(InputError, match="cannot write the log"):
        clean(found(tmp_path / "in"), setup, plan)
    assert files(tmp_path / "out") == {}
    with pytest.raises(Stopped, match="No space left on device"):
        clean(found(tmp_path / "in"), setup, Plan(target=plan.target, log=Path("/dev/full")))
