"""Some inputs of tools/fuzz.py of each format, and whether it finds faults that are there."""

import re
import time

import fuzz
import pytest
from fuzz_bench import bench
from fuzz_cases import case

from spinfix import Edit, Repair
from spinfix.batch import log, report, run, sinks, work
from spinfix.formats import jsonlines, plain

#: Some five seconds for each format.
COUNT = 130


@pytest.fixture(scope="module")
def runner():
    with bench() as runner:
        yield runner


@pytest.mark.parametrize("kind", fuzz.formats())
def test_nothing_is_lost_whatever_the_input_is(runner, kind):
    tally = fuzz.fuzz(kind, 1, COUNT, runner)
    again = "\n".join(
        f"python tools/fuzz.py --formats {kind} --only {number}: {fault}"
        for number, fault in tally.faults
    )
    assert not tally.faults, again
    assert tally.edits > COUNT  # else there was little to be lost


def test_inputs_are_the_same_each_time():
    for kind in fuzz.formats():
        assert [case(kind, 3, n) for n in range(20)] == [case(kind, 3, n) for n in range(20)]
        assert case(kind, 3, 0) != case(kind, 4, 0)


def raising(raw, layout):
    raise ZeroDivisionError


def losing(stream, layout):
    for piece in _split(stream, layout):
        yield piece._replace(raw=piece.raw[:-1])


def writing_too_much(pieces, outcomes, encoding):
    return _joined(pieces, outcomes, encoding) + b"\n"


def slow(raw, layout):
    end = time.process_time() + 0.1
    while time.process_time() < end:
        pass
    return _parse(raw, layout)


def restless(record, number, load):
    word = re.search("[a-z]+", record.text)
    made = Edit(*word.span(), word[0], word[0] + "s", 1.0)
    return Repair(record.text, (made,))


_split, _parse, _joined = plain.split, plain.parse, sinks.joined


@pytest.mark.parametrize(
    ("kind", "fault", "place", "name", "planted"),
    [
        ("text", "crash", plain, "parse", raising),
        ("text", "raised", run, "byte_size", raising),
        ("text", "bytes", plain, "split", losing),
        ("text", "bytes", sinks, "joined", writing_too_much),
        ("text", "bytes", log, "byte_size", lambda text, encoding: len(text) + 1),
        ("text", "undo", log.EditLog, "edits", lambda *_: None),
        ("text", "log", log.EditLog, "edits", lambda *_: None),
        ("text", "left", sinks.File, "discard", lambda _: None),
        ("jsonl", "reread", jsonlines, "_written", lambda new, old: new.upper()),
        ("csv", "again", work, "_repaired", restless),
        ("csv", "message", report, "one_line", lambda message: message),
    ],
)
def test_a_fault_is_found(runner, monkeypatch, kind, fault, place, name, planted):
    monkeypatch.setattr(place, name, planted)
    assert fault in fuzz.fuzz(kind, 1, 60, runner).kinds


def test_too_much_time_is_found(runner, monkeypatch):
    monkeypatch.setattr("fuzz_bench.LIMIT", 0.09)
    monkeypatch.setattr(plain, "parse", slow)
    assert "slow" in fuzz.fuzz("text", 1, 3, runner).kinds


def test_what_never_ends_is_stopped(runner, monkeypatch):
    def endless(raw, layout):
        while True:
            pass

    monkeypatch.setattr("fuzz_bench.STOP", 0.2)
    monkeypatch.setattr("fuzz_bench.LIMIT", 0.1)
    monkeypatch.setattr(plain, "parse", endless)
    assert "slow" in fuzz.fuzz("text", 1, 2, runner).kinds


def test_a_failure_is_written_down_as_small_as_it_can_be(runner, monkeypatch, tmp_path):
    def tripping(raw, layout):
        if "place" in raw:
            raise ZeroDivisionError
        return _parse(raw, layout)

    monkeypatch.setattr(plain, "parse", tripping)
    tally = fuzz.Tally("text")
    number = 0
    while not tally.faults:
        fuzz.one(runner, tally, 1, number, tmp_path)
        number += 1
    (small,) = tmp_path.glob("*-small-*")
    assert len(small.read_bytes()) < len(case("text", 1, number - 1).data) / 10
    (about,) = tmp_path.glob("*.json")
    assert '"fault": "crash: could not be repaired (ZeroDivisionError' in about.read_text()
