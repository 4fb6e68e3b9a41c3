"""Whatever the bytes are: those that are not repaired stay."""

import io
import json

import pytest
from batches import found, stand_in, write
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from spinfix.batch import (
    Plan,
    Reading,
    Target,
    clean,
    streams,
)


@pytest.fixture
def setup(monkeypatch):
    return stand_in(monkeypatch)


FORMATS = ["txt", "jsonl", "json", "csv", "tsv", "md", "html"]
noise = st.binary(max_size=60) | st.text('ab1\\"{}[],;:\t\r\n é<>&#*', max_size=60).map(str.encode)


@pytest.mark.parametrize("compression", [None, "gz", "xz", "bz2", "zst"])
@given(st.sampled_from(FORMATS), noise, st.booleans())
@settings(
    suppress_health_check=[HealthCheck.function_scoped_fixture], max_examples=60, deadline=None
)
def test_where_nothing_is_spun_all_bytes_stay(tmp_path, setup, compression, suffix, data, wide):
    if compression == "zst":
        pytest.importorskip("zstandard")
    name = f"a.{suffix}" + (f".{compression}" if compression else "")
    write(tmp_path / "in", {name: streams.compressed(data, compression)})
    plan = Plan(Reading("utf-16" if wide else "utf-8"), Target(tmp_path / "out"))
    report = clean(found(tmp_path / "in" / name), setup, plan)
    output = tmp_path / "out" / name
    if report.status == 2:
        assert not output.exists() or output.unlink()
    else:
        stored = io.BytesIO(output.read_bytes())
        assert streams.decompressed(stored, compression).read() == data
        output.unlink()


@given(st.lists(st.text(max_size=30), min_size=1, max_size=5), st.booleans())
@settings(
    suppress_health_check=[HealthCheck.function_scoped_fixture], max_examples=60, deadline=None
)
def test_where_something_is_nothing_else_changes(tmp_path, setup, texts, escaped):
    rows = [
        {"before": "Division", "text": f"{text} Division {text}", "after": 1.50} for text in texts
    ]
    data = "\r\n".join(json.dumps(row, ensure_ascii=escaped) for row in rows)
    try:
        write(tmp_path, {"a.jsonl": data.encode()})
    except UnicodeEncodeError:
        return
    report = clean(found(tmp_path / "a.jsonl"), setup, Plan(target=Target(tmp_path / "out")))
    wanted = [{**row, "text": row["text"].replace(" Division ", " Department ")} for row in rows]
    if report.counts.edits == len(rows):
        got = "\r\n".join(json.dumps(row, ensure_ascii=escaped) for row in wanted)
        assert (tmp_path / "out" / "a.jsonl").read_bytes() == got.encode()
