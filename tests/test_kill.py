"""Runs that are killed and resumed: in the end all bytes are those of a run that was not."""

import gzip
import os
import random
import signal
import time

import pytest
from batches import (
    GENUINE,
    SPUN,
    Child,
    files,
    found,
    in_child,
    json_lines,
    running,
    stand_in,
    write,
)

from spinfix.batch import Plan, Setup, Target, clean, reading
from spinfix.batch.journal import NAME, Journal

#: Kills of each kind of run; all together.
KILLS = {"stand-in": (70, 70, 20, 20), "real": 20}
assert sum(KILLS["stand-in"]) + KILLS["real"] == 200

TEXTS = [f"{number}. {SPUN if number % 3 else GENUINE}" for number in range(60)]


@pytest.fixture(autouse=True)
def small_parts(monkeypatch):
    monkeypatch.setattr(reading, "_PART", 500)


def batch(folder, texts, parquet=True):
    """A folder of inputs of all kinds."""
    lines = json_lines(texts)
    contents = {f"{number}.txt": text.encode() for number, text in enumerate(texts[:2])}
    contents |= {"articles.jsonl": lines, "below/more.jsonl.gz": gzip.compress(lines, mtime=0)}
    write(folder, contents)
    if parquet:
        arrow = pytest.importorskip("pyarrow")
        from pyarrow import parquet as files_of_rows

        table = arrow.table({"id": range(len(texts)), "text": texts})
        files_of_rows.write_table(table, folder / "table.parquet", row_group_size=10)
    return files(folder)


class Killed:
    """A batch run over and over, each time killed until it is done."""

    def __init__(self, folder, target, jobs, setup, texts, parquet=True):
        self.source, self.out = folder / "in", folder / "out"
        self.log = folder / "edits.jsonl"
        self.inputs_before = batch(self.source, texts, parquet)
        self.target = Target(self.out) if target == "-o" else Target(in_place=True)
        self.jobs, self.setup = jobs, setup
        self.groups = []
        began = time.monotonic()
        child = self.start(resume=False)
        assert not child.killed()
        self.duration = time.monotonic() - began
        self.report, self.outputs = child.result, files(self.place)
        self.edits = self.log.read_bytes()
        assert self.report["edits"] and not self.report["failed"]

    @property
    def place(self):
        return self.out if self.target.output else self.source

    def anew(self):
        write(self.source, self.inputs_before)
        write(self.out, {})
        self.log.unlink(missing_ok=True)

    def start(self, resume):
        plan = Plan(target=self.target, jobs=self.jobs, log=self.log, resume=resume)
        child = in_child(found(self.source), self.setup, plan)
        self.groups.append(child.pid)
        return child

    def until_done(self, delays):
        """One batch, killed after each of ``delays`` until it ends; the number of kills."""
        self.anew()
        kills, child = 0, self.start(resume=False)
        for delay in delays:
            if not child.killed(delay):
                break
            self.check_whole()
            if self.done():
                return kills  # it had nothing more to do when it was killed
            kills += 1
            child = self.start(resume=(self.place / NAME).exists())
        else:
            assert not child.killed()
        self.check_done(child)
        return kills

    def done(self):
        return files(self.place) == self.outputs and self.log.read_bytes() == self.edits

    def check_whole(self):
        """Every file is its old bytes or its new ones."""
        before = {} if self.target.output else self.inputs_before
        for name, data in files(self.place).items():
            if not name.rpartition("/")[2].startswith("."):
                assert data in (before.get(name), self.outputs[name]), name

    def check_done(self, child):
        assert files(self.place) == self.outputs  # no journal, nothing half done
        assert self.log.read_bytes() == self.edits
        assert child.result == self.report

    def check_orphans(self):
        deadline = time.monotonic() + 1
        while left := [pid for group in self.groups for pid in running(group)]:
            assert time.monotonic() < deadline, f"still running: {left}"
            time.sleep(0.05)


@pytest.mark.parametrize(
    "target, jobs, kills",
    [
        (target, jobs, kills)
        for (target, jobs), kills in zip(
            [("-o", 2), ("in place", 2), ("-o", 1), ("in place", 1)],
            KILLS["stand-in"],
            strict=True,
        )
    ],
)
def test_a_run_killed_at_any_moment_comes_to_the_same_bytes(
    tmp_path, monkeypatch, target, jobs, kills
):
    chance = random.Random(f"{target} {jobs}")
    run = Killed(tmp_path, target, jobs, stand_in(monkeypatch), TEXTS)
    seen = 0
    while seen < kills:
        seen += run.until_done(
            chance.uniform(0, run.duration / 3) for _ in range(min(12, kills - seen))
        )
    assert seen == kills
    run.check_orphans()


def test_so_does_one_that_repairs_in_earnest(tmp_path, samples, monkeypatch):
    monkeypatch.setattr(reading, "_PART", 2000)
    spun = (samples / "spun" / "ferry.txt").read_text("utf-8")
    genuine = (samples / "genuine" / "orchard.txt").read_text("utf-8")
    setup = Setup()
    setup.repairer().repair(spun)  # so that all is loaded before the process is copied
    run = Killed(tmp_path, "in place", 2, setup, [spun, genuine, spun, genuine], parquet=False)
    chance, seen = random.Random(5), 0
    while seen < KILLS["real"]:
        left = KILLS["real"] - seen
        seen += run.until_done(chance.uniform(0, run.duration / 3) for _ in range(min(8, left)))
    assert seen == KILLS["real"]
    run.check_orphans()


class Steps:
    """Kills this process just before, or in the midst of, its ``last`` step on the disk."""

    #: Does not wait for the disk, which outlives the process.
    fsync = staticmethod(lambda handle: None)

    def __init__(self, monkeypatch, last):
        self._left = last
        for name in ("fsync", "replace", "link", "unlink"):
            monkeypatch.setattr(os, name, self._counted(getattr(os, name)))
        monkeypatch.setattr(Journal, "_write", self._torn(Journal._write))

    def _step(self):
        self._left -= 1
        return not self._left

    def _counted(self, action):
        def counted(*args, **names):
            if self._step():
                os.kill(os.getpid(), signal.SIGKILL)
            return action(*args, **names)

        return counted

    def _torn(self, action):
        def torn(journal, row):
            if self._step():
                journal._file.write(b'{"input": "half a li')
                journal._file.flush()
                os.kill(os.getpid(), signal.SIGKILL)
            action(journal, row)

        return torn


@pytest.mark.parametrize("target", ["-o", "in place"])
def test_a_run_killed_at_each_of_its_steps_comes_to_the_same_bytes(tmp_path, monkeypatch, target):
    monkeypatch.setattr(os, "fsync", Steps.fsync)
    run = Killed(tmp_path, target, 1, stand_in(monkeypatch), TEXTS[:5])
    if target == "in place":
        run.target = Target(in_place=True, backup=".orig")
        run.outputs |= {f"{n}.orig": b for n, b in run.inputs_before.items() if run.outputs[n] != b}
    step, ended = 0, False
    while not ended:
        step += 1
        run.anew()
        plan = Plan(target=run.target, log=run.log)

        def killed_at_step(plan=plan, step=step):
            Steps(monkeypatch, step)
            clean(found(run.source), run.setup, plan)

        child = Child(killed_at_step)
        ended = not child.killed()
        run.check_whole()
        if not ended and not run.done():
            child = run.start(resume=(run.place / NAME).exists())
            assert not child.killed()
            run.check_done(child)
    assert step > 50
