"""Runs that were stopped: which can be resumed, what is said, what becomes of changes."""

import os
import signal
import subprocess
import sys
import time
from dataclasses import replace

import pytest
from batches import (
    FIXED,
    GENUINE,
    SPUN,
    Child,
    files,
    found,
    json_lines,
    running,
    stand_in,
    write,
)

from spinfix.batch import Plan, Setup, Stopped, Target, clean, reading, run
from spinfix.batch.journal import NAME

TEXTS = [f"{number}. {SPUN if number % 3 else GENUINE}" for number in range(60)]


@pytest.fixture(autouse=True)
def small_parts(monkeypatch):
    monkeypatch.setattr(reading, "_PART", 500)


def test_a_second_run_on_the_same_output_is_refused(tmp_path, monkeypatch):
    write(tmp_path / "in", {"a.jsonl": json_lines(TEXTS)})
    plan, setup = Plan(target=Target(tmp_path / "out"), jobs=2), stand_in(monkeypatch)
    words = []

    def again(*_):
        with pytest.raises(ValueError, match="out: another spinfix is writing here") as refused:
            clean(found(tmp_path / "in"), setup, plan)
        words.append(str(refused.value))

    report = clean(found(tmp_path / "in"), setup, plan, again)
    assert words and report.status == 0


def stopped(folder, setup, plan, after=4):
    """A run that was killed after so many parts."""
    parts = []

    def kill(*_):
        parts.append(1)
        if len(parts) == after:
            os.kill(os.getpid(), signal.SIGKILL)

    assert Child(lambda: clean(found(folder), setup, plan, kill) and None).killed()


def test_an_input_that_has_changed_is_begun_anew(tmp_path, monkeypatch):
    write(tmp_path / "in", {"a.jsonl": json_lines(TEXTS)})
    setup, log = stand_in(monkeypatch), tmp_path / "log"
    plan = Plan(target=Target(tmp_path / "out"), log=log)
    stopped(tmp_path / "in", setup, plan)
    write(tmp_path / "in", {"a.jsonl": json_lines([SPUN])})
    report = clean(
        found(tmp_path / "in"), setup, Plan(plan.reading, plan.target, 1, True, log, True)
    )
    assert files(tmp_path / "out") == {"a.jsonl": json_lines([FIXED])}
    assert (report.counts.records, report.counts.edits) == (1, 2)
    assert len(log.read_bytes().splitlines()) == 1 + 2 + 1


@pytest.mark.parametrize("seconds", [0.0, 1e9])
def test_however_rarely_the_journal_is_written_nothing_is_lost(tmp_path, monkeypatch, seconds):
    monkeypatch.setattr(run, "_SAVE_EVERY", seconds)
    write(tmp_path / "in", {"a.jsonl": json_lines(TEXTS), "b.jsonl": json_lines(TEXTS)})
    setup, log = stand_in(monkeypatch), tmp_path / "log"
    parts: list[int] = []
    first = Plan(target=Target(tmp_path / "whole"), log=log)
    whole = clean(found(tmp_path / "in"), setup, first, lambda *_: parts.append(1)).counts
    lines = log.read_bytes().replace(b"/whole/", b"/out/").splitlines()
    plan = Plan(target=Target(tmp_path / "out"), log=log)
    stopped(tmp_path / "in", setup, plan, after=len(parts) - 3)  # in the second file
    journal = (tmp_path / "out" / NAME).read_bytes()
    assert (journal.count(b'"part"') > 10) == (seconds == 0.0)
    report = clean(found(tmp_path / "in"), setup, replace(plan, resume=True))
    assert files(tmp_path / "out") == files(tmp_path / "whole")
    assert (report.counts.records, report.counts.edits) == (whole.records, whole.edits)
    assert log.read_bytes().splitlines()[1:] == lines[1:]


def test_an_input_that_is_gone_leaves_nothing_in_the_log(tmp_path, monkeypatch):
    write(tmp_path / "in", {"a.jsonl": json_lines(TEXTS), "b.txt": SPUN.encode()})
    setup, log = stand_in(monkeypatch), tmp_path / "log"
    target = Target(tmp_path / "out")
    stopped(tmp_path / "in", setup, Plan(target=target, log=log))
    inputs = found(tmp_path / "in")
    (tmp_path / "in" / "a.jsonl").unlink()
    report = clean(inputs, setup, Plan(target=target, log=log, resume=True))
    assert len(report.failed) == 1 and "a.jsonl: No such file" in report.failed[0]
    assert files(tmp_path / "out") == {"b.txt": FIXED.encode()}
    assert b"a.jsonl" not in log.read_bytes()


def test_only_the_same_run_is_resumed(tmp_path, monkeypatch):
    write(tmp_path / "in", {"a.jsonl": json_lines(TEXTS)})
    setup, target = stand_in(monkeypatch), Target(tmp_path / "out")
    inputs = found(tmp_path / "in")
    with pytest.raises(ValueError, match="no stopped run to resume here"):
        clean(inputs, setup, Plan(target=target, resume=True))
    stopped(tmp_path / "in", setup, Plan(target=target))
    with pytest.raises(ValueError, match="the stopped run was another one"):
        clean(inputs, setup, Plan(target=target, keep=False, resume=True))
    with pytest.raises(ValueError, match="the stopped run was another one"):
        clean(inputs, stand_in(monkeypatch, new="Ministry"), Plan(target=target, resume=True))
    with pytest.raises(ValueError, match="only runs that write files"):
        clean(inputs, setup, Plan(resume=True))
    assert clean(inputs, setup, Plan(target=target, resume=True)).status == 0
    with pytest.raises(ValueError, match="no stopped run to resume here"):
        clean(inputs, setup, Plan(target=target, resume=True))


def test_a_worker_that_is_killed_stops_the_run_with_a_word(tmp_path, monkeypatch):
    write(tmp_path / "in", {"a.jsonl": json_lines(TEXTS)})
    setup, target = stand_in(monkeypatch), Target(tmp_path / "out")
    inputs = found(tmp_path / "in")

    def kill_one(*_):
        workers = set(running(os.getpgid(0))) - {os.getpid()}
        for pid in list(workers)[:1]:
            os.kill(pid, signal.SIGKILL)

    def action():
        with pytest.raises(Stopped, match="a worker was killed") as error:
            clean(inputs, setup, Plan(target=target, jobs=2), kill_one)
        return str(error.value)

    child = Child(action)
    assert not child.killed()
    assert "every file is whole" in child.result
    assert "a.jsonl" not in files(tmp_path / "out")
    clean(inputs, setup, Plan(target=target, jobs=2, resume=True))
    assert files(tmp_path / "out") == {
        "a.jsonl": json_lines(TEXTS).replace(b"Division", b"Department")
    }


def test_a_run_stopped_by_ctrl_c_leaves_whole_files_and_goes_on(tmp_path, samples):
    spun = (samples / "spun" / "ferry.txt").read_text("utf-8")
    before = {"a.txt": spun.encode(), "b.jsonl": json_lines([GENUINE * 40] * 3000)}
    write(tmp_path / "in", before)
    log, journal = tmp_path / "log", tmp_path / "in" / NAME
    command = [sys.executable, "-c", "from spinfix.cli import main; main()", "fix", "--in-place"]
    command += ["-j", "2", "--log", str(log), str(tmp_path / "in")]
    process = subprocess.Popen(command, stderr=subprocess.PIPE, start_new_session=True)
    while process.poll() is None and not (
        journal.exists() and b'"part": 1' in journal.read_bytes()
    ):
        time.sleep(0.01)
    os.killpg(process.pid, signal.SIGINT)  # as a terminal does
    began = time.monotonic()
    errors = process.communicate(timeout=20)[1].decode()
    assert time.monotonic() - began < 5
    assert process.returncode == 130, errors
    assert errors.count("\n") == 1 and errors.startswith("spinfix: stopped; every file is whole")
    assert not running(process.pid)
    assert (tmp_path / "in" / "b.jsonl").read_bytes() == before["b.jsonl"]
    done = subprocess.run([*command, "--resume", "-q"], capture_output=True, check=False)
    assert (done.returncode, done.stderr) == (0, b"")
    after = files(tmp_path / "in")
    assert after.keys() == before.keys() and after["b.jsonl"] == before["b.jsonl"]
    assert after["a.txt"].decode() == Setup().repairer().repair(spun).fixed
    assert b'"input": "' in log.read_bytes()


def test_a_run_that_was_stopped_before_its_first_line_can_be_stopped_once_more(
    tmp_path, monkeypatch
):
    write(tmp_path / "in", {"a.jsonl": json_lines(TEXTS)})
    setup, target = stand_in(monkeypatch), Target(tmp_path / "out")
    write(tmp_path / "out", {NAME: b""})
    again = Plan(target=target, resume=True)
    stopped(tmp_path / "in", setup, again)
    assert clean(found(tmp_path / "in"), setup, again).status == 0
    assert files(tmp_path / "out")["a.jsonl"].count(b"Department") == 80


def test_of_a_journal_only_whole_lines_count(tmp_path, monkeypatch):
    write(tmp_path / "in", {"a.jsonl": json_lines(TEXTS)})
    setup, target = stand_in(monkeypatch), Target(tmp_path / "out")
    for torn in (b'{"input": "a.js', b"\0" * 100, b"\0\0\n", b"[]\n"):
        stopped(tmp_path / "in", setup, Plan(target=target))
        with (tmp_path / "out" / NAME).open("ab") as journal:
            journal.write(torn)
        report = clean(found(tmp_path / "in"), setup, Plan(target=target, resume=True))
        assert (report.counts.records, report.counts.edits) == (60, 80)


def test_a_log_that_is_not_there_any_more_is_told(tmp_path, monkeypatch):
    write(tmp_path / "in", {"a.jsonl": json_lines(TEXTS)})
    setup, target = stand_in(monkeypatch), Target(tmp_path / "out")
    plan = Plan(target=target, log=tmp_path / "log")
    stopped(tmp_path / "in", setup, plan)
    (tmp_path / "log").write_bytes(b"")
    with pytest.raises(ValueError, match="not the log of the stopped run any more"):
        clean(found(tmp_path / "in"), setup, Plan(target=target, log=plan.log, resume=True))
