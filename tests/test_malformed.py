"""Inputs and places that are not as they should be: what is said, what is done all the same."""

import bz2
import gzip
import lzma
import os
import subprocess
import sys

import pytest
from batches import FIXED, GENUINE, SPUN, files, found, json_lines, stand_in, write

from spinfix.batch import (
    Plan,
    Reading,
    Setup,
    Target,
    clean,
    reading,
)

#: Megabytes on one line; 50 are what a person should try now and then.
LONG = int(os.environ.get("SPINFIX_LONG_LINE", "2"))


@pytest.fixture
def setup(monkeypatch):
    return stand_in(monkeypatch)


@pytest.fixture
def run(tmp_path, setup):
    """Clean a folder of these files and a good one; gives report and outputs."""

    def run(contents, keep=True, jobs=1, **names):
        write(tmp_path / "in", {**contents, "zz-good.txt": SPUN.encode()})
        inputs = found(tmp_path / "in")
        plan = Plan(Reading(**names), Target(tmp_path / "out"), jobs, keep)
        report = clean(inputs, setup, plan)
        out = files(tmp_path / "out")
        assert out.pop("zz-good.txt") == FIXED.encode()  # the others are done all the same
        assert files(tmp_path / "in") == {**contents, "zz-good.txt": SPUN.encode()}
        return report, out

    return run


def fails(report, out, word):
    """The one input failed, for that reason, and nothing was written for it."""
    assert report.status == 2 and out == {}
    (message,) = report.failed
    assert word in message and "\n" not in message


def spinfix(*args, stdin=b""):
    command = [sys.executable, "-c", "from spinfix.cli import main; main()", *map(str, args)]
    done = subprocess.run(command, input=stdin, capture_output=True, check=False)
    return done.returncode, done.stdout, done.stderr.decode("utf-8", "replace")


def zst(data):
    return pytest.importorskip("zstandard").ZstdCompressor().compress(data)


COMPRESS = {"gz": gzip.compress, "xz": lzma.compress, "bz2": bz2.compress, "zst": zst}


@pytest.mark.parametrize("suffix", COMPRESS)
def test_a_compressed_file_that_is_cut_short_fails(run, suffix):
    data = COMPRESS[suffix](json_lines([SPUN, GENUINE] * 500))
    for length in (len(data) - 1, len(data) // 2, 5):
        report, out = run({f"a.jsonl.{suffix}": data[:length]})
        fails(report, out, f"a.jsonl.{suffix}: damaged or cut short")


@pytest.mark.parametrize("suffix", COMPRESS)
def test_what_follows_a_damaged_place_between_members_is_not_dropped(run, suffix):
    member = COMPRESS[suffix](json_lines([SPUN]))
    for data in (member + b"rubbish", member + b"?" + member[1:], b"rubbish"):
        report, out = run({f"a.jsonl.{suffix}": data})
        fails(report, out, f"a.jsonl.{suffix}: damaged or cut short")
    report, out = run({f"a.jsonl.{suffix}": member + member})
    assert report.status == 0 and report.counts.records == 3


def test_half_a_json_line_at_the_end_is_kept(run):
    half = json_lines([SPUN])[:40]
    report, out = run({"a.jsonl": json_lines([SPUN, SPUN]) + half})
    assert out == {"a.jsonl": json_lines([FIXED, FIXED]) + half}
    assert report.status == 3 and report.counts.kept == 1
    assert "a.jsonl, line 3: not JSON (" in report.counts.errors[0]


def test_or_fails_its_file_when_that_is_asked_for(run):
    half = json_lines([SPUN])[:40]
    report, out = run({"a.jsonl": json_lines([SPUN, SPUN]) + half}, keep=False)
    fails(report, out, "a.jsonl, line 3: not JSON (")


def test_an_input_that_fails_twice_is_named_once(run, monkeypatch):
    monkeypatch.setattr(reading, "_PART", 100)
    data = gzip.compress(b"no JSON\n" + json_lines([SPUN] * 2000))
    report, out = run({"a.jsonl.gz": data[:-20]}, keep=False)
    fails(report, out, "a.jsonl.gz, line 1: not JSON")


def test_bytes_that_are_no_text_keep_their_record_only(run):
    bad = json_lines([SPUN]).replace(b"Monday", b"M\xf6nday")
    surrogate = json_lines([SPUN]).replace(b"Monday", b"\xed\xa0\x80")
    data = json_lines([SPUN]) + bad + surrogate + json_lines([SPUN])
    report, out = run({"a.jsonl": data})
    assert out == {"a.jsonl": json_lines([FIXED]) + bad + surrogate + json_lines([FIXED])}
    assert report.status == 3
    first, second = report.counts.errors
    assert "a.jsonl, line 2: not utf-8 at character 51; name its encoding" in first
    assert "a.jsonl, line 3: not utf-8 at character 50; name its encoding" in second


def test_a_lone_surrogate_as_an_escape_is_text_like_any_other(run):
    line = b'{"text": "Half \\ud83d of it. The Division. \\udc00"}\n'
    report, out = run({"a.jsonl": line})
    assert (report.status, out) == (0, {"a.jsonl": line.replace(b"Division", b"Department")})


def test_a_json_array_cut_short_fails(run):
    whole = b'[{"text": "The Division."},\n {"text": "The Division."}\n]\n'
    for length in (10, 27, 40, len(whole) - 3):
        fails(*run({"a.json": whole[:length]}), "a.json, line ")
    report, out = run({"a.json": whole})
    assert (report.status, out) == (0, {"a.json": whole.replace(b"Division", b"Department")})


def test_a_quote_without_an_end_fails_the_csv_file(run):
    data = b'id,text\n1,The Division.\n2,"The Division.\n3,More.\n'
    fails(*run({"a.csv": data}), "a.csv, line 3: a quote in the record that begins here")


def test_a_parquet_file_of_other_columns_and_what_is_none_fail(run, tmp_path):
    arrow = pytest.importorskip("pyarrow")
    from pyarrow import parquet

    parquet.write_table(arrow.table({"text": [1, 2]}), tmp_path / "numbers")
    parquet.write_table(arrow.table({"body": ["a"]}), tmp_path / "other")
    for name, word in (
        ("numbers", "column 'text' does not hold text"),
        ("other", "no column 'text' (columns: body; choose with --field)"),
    ):
        fails(*run({"a.parquet": (tmp_path / name).read_bytes()}), f"a.parquet: {word}")
    whole = (tmp_path / "other").read_bytes()
    for data in (b"", b"PAR1", SPUN.encode(), whole[:-10], whole[: len(whole) // 2]):
        fails(*run({"a.parquet": data}), "a.parquet: not Parquet that can be read (")


def test_half_a_character_of_a_wide_encoding_fails(tmp_path, setup):
    write(tmp_path, {"a.txt": SPUN.encode("utf-16")[:-1]})
    plan = Plan(Reading("utf-16"), Target(tmp_path / "out"))
    report = clean(found(tmp_path / "a.txt"), setup, plan)
    fails(report, files(tmp_path / "out"), "a.txt: not utf-16-le (truncated data)")


@pytest.mark.parametrize("kind", ["text", "json lines"])
def test_one_very_long_line_is_read(tmp_path, kind):
    """With the real repairer: time and memory grow with the line, no faster."""
    text = (GENUINE + " ") * (LONG * 1_000_000 // len(GENUINE))
    write(
        tmp_path / "in",
        {"a.txt": text.encode()} if kind == "text" else {"a.jsonl": json_lines([text])},
    )
    report = clean(found(tmp_path / "in"), Setup(), Plan(target=Target(tmp_path / "out"), jobs=2))
    assert report.status == 0 and not report.counts.edits
    assert files(tmp_path / "out") == files(tmp_path / "in")


@pytest.mark.skipif(os.getuid() == 0, reason="root reads everything")
def test_what_may_not_be_read_fails(run, tmp_path):
    write(tmp_path / "in", {"a.txt": b""})
    (tmp_path / "in" / "a.txt").chmod(0)
    fails(*run({}), "a.txt: Permission denied")


def test_a_reader_that_goes_away_is_no_fault(tmp_path):
    write(tmp_path, {"a.jsonl": json_lines([GENUINE] * 5000)})
    command = f"{sys.executable} -c 'from spinfix.cli import main; main()' fix {tmp_path}/a.jsonl"
    script = f"set -o pipefail; {command} | head -c 10"
    done = subprocess.run(["bash", "-c", script], capture_output=True, check=False)
    assert (done.returncode, done.stdout) == (141, b'{"id": 1, ')
    assert done.stderr == b""


def test_the_command_names_each_fault_in_a_line(tmp_path):
    good, half = json_lines([GENUINE]), b'{"text": "half\n'
    write(tmp_path / "in", {"a.jsonl": good + half, "b.txt.gz": b"no gzip", "c\nd.txt": b"\xff"})
    status, output, errors = spinfix("fix", "-q", tmp_path / "in", "-o", tmp_path / "out")
    assert (status, output) == (2, b"")
    lines = errors.splitlines()
    assert len(lines) == 3 and all(line.startswith("spinfix: ") for line in lines)
    assert "a.jsonl, line 2: not JSON" in lines[0]
    assert "d.txt, line 1: not utf-8" in lines[1]
    assert "b.txt.gz: damaged or cut short" in lines[2]
    status, output, errors = spinfix("fix", "-q", tmp_path / "in" / "a.jsonl")
    assert (status, output) == (3, good + half)
    status, output, errors = spinfix("fix", "-q", "--on-error", "fail", tmp_path / "in" / "a.jsonl")
    assert status == 2 and errors.count("\n") == 1
