"""Broken inputs of every format: nothing is lost, nothing is changed but what is logged.

docs/fuzzing.md tells what is checked; longer runs are made with tools/fuzz.py.
"""

import time
from dataclasses import replace

import fuzz
import pytest
from fuzz_bench import bench
from fuzz_cases import case

from spinfix import formats
from spinfix.batch import reading
from spinfix.formats import RecordError

#: Inputs of each format.
COUNT = 80


@pytest.fixture(scope="module")
def runner():
    with bench() as made:
        yield made


@pytest.mark.parametrize("kind", fuzz.formats())
def test_broken_inputs_are_survived(kind, runner):
    tally = fuzz.fuzz(kind, seed=1, count=COUNT, runner=runner)
    assert tally.faults == []
    assert tally.inputs == COUNT
    assert tally.edits > 100, "most of the inputs can still be read and repaired"


def planted(monkeypatch, runner, make):
    """The kinds of faults that are found with the parser of text replaced."""
    honest = formats.parser("text")
    monkeypatch.setattr("spinfix.batch.work.parser", lambda name: make(honest))
    faults = []
    for number in range(12):
        what = replace(case("text", 1, number), keep=True)
        faults += runner.examine(what).faults
    return {fault.partition(":")[0] for fault in faults}


def test_a_parser_that_is_off_by_one_is_found(monkeypatch, runner):
    def shifted(honest):
        def parse(raw, layout):
            record = honest(raw, layout)
            runs = [run._replace(raw_start=run.raw_start + 1) for run in record.runs()]
            return replace(record, runs=lambda: runs)

        return parse

    assert planted(monkeypatch, runner, shifted) & {"bytes", "reread", "crash", "undo"}


def test_a_parser_that_raises_is_found(monkeypatch, runner):
    def raising(honest):
        def parse(raw, layout):
            raise KeyError(raw[:3])

        return parse

    assert "crash" in planted(monkeypatch, runner, raising)


def test_a_parser_that_says_what_is_wrong_is_no_fault(monkeypatch, runner):
    def refusing(honest):
        def parse(raw, layout):
            raise RecordError("not for me")

        return parse

    assert planted(monkeypatch, runner, refusing) == set()


def test_a_parser_that_takes_its_time_is_found(monkeypatch, runner):
    def slow(honest):
        def parse(raw, layout):
            end = time.process_time() + 1.2
            while time.process_time() < end:
                pass
            return honest(raw, layout)

        return parse

    what = case("text", 1, 0)
    honest = formats.parser("text")
    monkeypatch.setattr("spinfix.batch.work.parser", lambda name: slow(honest))
    faults = runner.examine(what).faults
    assert [fault.partition(":")[0] for fault in faults] == ["slow"]


def test_a_writer_that_loses_a_record_is_found(monkeypatch, runner):
    honest = reading._grouped

    def losing(pieces, layout):
        for group, its in honest(pieces, layout):
            yield group[:-1], its

    monkeypatch.setattr(reading, "_grouped", losing)
    faults = [f for n in range(12) for f in runner.examine(case("jsonl", 1, n)).faults]
    assert any(fault.startswith("bytes") for fault in faults)
