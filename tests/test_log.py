"""The edit log by examples: it is written, reviewed, applied, and taken back."""

import io
import json

import pytest
from batches import (
    FIXED,
    GENUINE,
    SPUN,
    files,
    found,
    json_lines,
    of_many_kinds,
    plain,
    plain_files,
    stand_in,
    write,
)

from spinfix.batch import (
    InputError,
    Plan,
    Reading,
    Target,
    clean,
)
from spinfix.batch.log import EditLog
from spinfix.batch.replay import apply, undo
from spinfix.batch.work import Change, Outcome
from spinfix.edits import Edit
from spinfix.formats import Piece, Splice


@pytest.fixture
def setup(monkeypatch):
    return stand_in(monkeypatch)


@pytest.fixture
def folder(tmp_path):
    return of_many_kinds(tmp_path / "in")


def test_undo_gives_all_files_their_former_bytes(folder, setup, tmp_path):
    before = files(folder)
    plan = Plan(target=Target(in_place=True), log=tmp_path / "log")
    clean(found(folder), setup, plan)
    assert plain_files(folder) != {n: plain(n, b) for n, b in before.items()}
    for _ in range(2):  # what is taken back stays so
        assert len(undo(tmp_path / "log")) == 7
        after = files(folder)
        assert {n: plain(n, b) for n, b in after.items()} == {
            n: plain(n, b) for n, b in before.items()
        }
        assert all(after[n] == b for n, b in before.items() if not n.startswith("below"))


def test_undo_leaves_a_file_alone_that_has_changed_since(folder, setup, tmp_path):
    clean(found(folder), setup, Plan(target=Target(in_place=True), log=tmp_path / "log"))
    (folder / "article.txt").write_bytes(b"new")
    (folder / "rows.csv").unlink()
    refused = [str(each) for each in undo(tmp_path / "log") if isinstance(each, InputError)]
    assert len(refused) == 2
    assert "article.txt: has changed since it was repaired; left alone" in refused[0]
    assert "rows.csv: No such file" in refused[1]
    assert (folder / "article.txt").read_bytes() == b"new"
    assert not [name for name in files(folder) if "spinfix" in name]


def rewritten(log, change):
    """The log with each edit changed, or gone where ``change`` gives none."""
    lines = []
    for line in log.read_text("ascii").splitlines():
        row = json.loads(line)
        row = change(row) if "edit" in row else row
        lines += [json.dumps(row) + "\n"] if row else []
    log.write_text("".join(lines), "ascii")


def test_of_a_reviewed_log_only_the_accepted_edits_are_made(tmp_path, setup):
    texts = ["The Division one.", "The Division two.", "The Division three.", "Four."]
    write(tmp_path / "in", {"a.jsonl": json_lines(texts), "b/a.jsonl": json_lines(texts)})
    log, before = tmp_path / "log", files(tmp_path / "in")
    clean(found(tmp_path / "in"), setup, Plan(target=Target(dry=True), log=log))
    rewritten(
        log,
        lambda row: {
            1: None,  # deleted
            2: {**row, "accept": False},
            3: {**row, "new": 'Ministry "of"'},
        }[row["record"]],
    )
    reports = list(apply(log, Target(tmp_path / "out")))
    assert [report.counts.edits for report in reports] == [1, 1]
    wanted = json_lines([*texts[:2], 'The Ministry "of" three.', "Four."])
    assert files(tmp_path / "out") == {"a.jsonl": wanted, "b/a.jsonl": wanted}
    (tmp_path / "in" / "b" / "a.jsonl").write_bytes(b"new")
    done = list(apply(log, Target(in_place=True)))
    assert "has changed since the log was written; left alone" in str(done[1])
    assert files(tmp_path / "in") == {**before, "a.jsonl": wanted, "b/a.jsonl": b"new"}


def test_two_edits_of_one_place_are_refused(tmp_path, setup):
    write(tmp_path / "in", {"a.txt": SPUN.encode()})
    log = tmp_path / "log"
    clean(found(tmp_path / "in"), setup, Plan(target=Target(dry=True), log=log))
    lines = log.read_bytes().splitlines(keepends=True)
    log.write_bytes(b"".join([*lines[:2], lines[1], *lines[2:]]))
    (report,) = apply(log, Target(in_place=True))
    assert "two edits of 'Division' at one place" in report.failed[0]
    assert (tmp_path / "in" / "a.txt").read_text("utf-8") == SPUN


def test_parquet_is_repaired_and_taken_back(tmp_path, setup):
    arrow = pytest.importorskip("pyarrow")
    from pyarrow import parquet

    kinds = arrow.struct([("body", arrow.string()), ("date", arrow.timestamp("us"))])
    schema = arrow.schema(
        [("id", arrow.int64()), ("text", arrow.string()), ("page", kinds), ("raw", arrow.binary())],
        metadata={"made": "by hand"},
    )
    texts = [SPUN, None, GENUINE, "", SPUN]
    page = [{"body": "The Division", "date": 5}, None, {"body": None, "date": 6}, None, None]
    data = {"id": range(5), "text": texts, "page": page, "raw": [b"\xff"] * 5}
    path = tmp_path / "a.parquet"
    parquet.write_table(arrow.table(data, schema), path, row_group_size=2, compression="zstd")
    before = parquet.read_table(path)
    where = Reading(fields=("text", "page.body"))
    clean(found(path), setup, Plan(where, Target(in_place=True), log=tmp_path / "log"))
    after = parquet.ParquetFile(path)
    assert after.read().column("text").to_pylist() == [FIXED, None, GENUINE, "", FIXED]
    assert after.read().column("page")[0].as_py()["body"] == "The Department"
    assert after.schema_arrow.equals(schema, check_metadata=True)
    assert [after.metadata.row_group(n).num_rows for n in range(3)] == [2, 2, 1]
    assert after.metadata.row_group(0).column(0).compression == "ZSTD"
    assert undo(tmp_path / "log") == [str(path)]
    assert parquet.read_table(path).equals(before, check_metadata=True)


def wet(texts, compressed=False):
    """A WET file: a page that is left as it is, then texts."""
    writer = pytest.importorskip("warcio.warcwriter")
    stream = io.BytesIO()
    warc = writer.WARCWriter(stream, gzip=compressed)
    for kind, text, media in [("resource", SPUN, "text/html")] + [
        ("conversion", text, "text/plain") for text in texts
    ]:
        record = warc.create_warc_record(
            "http://example.org",
            kind,
            io.BytesIO(text.encode()),
            warc_content_type=media,
            warc_headers_dict={
                "WARC-Date": "2020-01-01T00:00:00Z",
                "WARC-Record-ID": "<urn:uuid:1>",
            },
        )
        warc.write_record(record)
    return stream.getvalue()


@pytest.mark.parametrize("suffix", ["wet", "wet.gz"])
def test_the_texts_of_a_wet_file_are_repaired_and_taken_back(tmp_path, setup, suffix):
    from warcio.archiveiterator import ArchiveIterator

    def texts():
        with (tmp_path / f"a.{suffix}").open("rb") as stream:
            return [record.content_stream().read().decode() for record in ArchiveIterator(stream)]

    data = wet([SPUN, GENUINE, SPUN], suffix.endswith("gz"))
    write(tmp_path, {f"a.{suffix}": data})
    plan = Plan(target=Target(in_place=True), log=tmp_path / "log")
    assert clean(found(tmp_path / f"a.{suffix}"), setup, plan).status == 0
    assert texts() == [SPUN, FIXED, GENUINE, FIXED]
    assert (tmp_path / f"a.{suffix}").read_bytes().startswith(data[:100])  # the page, to the byte
    assert undo(tmp_path / "log") == [str(tmp_path / f"a.{suffix}")]
    assert texts() == [SPUN, SPUN, GENUINE, SPUN]


@pytest.mark.parametrize("suffix", ["wet", "wet.gz"])
def test_a_wet_file_cut_short_fails(tmp_path, setup, suffix):
    data = wet([SPUN, GENUINE, SPUN], suffix.endswith("gz"))
    lengths = [len(data) - 30, len(data) // 2, len(data) // 3, 40]
    for length in lengths + ([len(data) - 3] if suffix.endswith("gz") else []):
        write(tmp_path / "in", {f"a.{suffix}": data[:length]})
        report = clean(found(tmp_path / "in"), setup, Plan(target=Target(tmp_path / "out")))
        assert report.status == 2 and f"a.{suffix}: " in report.failed[0]
        assert files(tmp_path / "out") == {}


@pytest.mark.parametrize("encoding", ["utf-8", "utf-16-le", "iso2022_jp_2"])
def test_places_are_bytes_of_the_whole_input(tmp_path, encoding):
    """Also where two characters that stand together share what switches to their kind."""
    raw = "The 日本 “élite é” 東京é the end é"
    starts = [4, 8, 20, 24, 2]  # the last one before those
    splices = tuple(Splice(start, start + 1, raw[start], "x") for start in starts)
    edit = Edit(0, 1, "T", "x", 0.9)
    log = EditLog(tmp_path / "log", "")
    log.edits("a", Outcome(Piece(raw, 1, 1), changes=[Change("", edit, splices)]), 7, encoding)
    log.close()
    (row,) = [json.loads(line) for line in (tmp_path / "log").open()][1:]
    wanted = [7 + len(raw[:start].encode(encoding)) for start in starts]
    assert [place for place, *_ in row["at"]] == wanted
