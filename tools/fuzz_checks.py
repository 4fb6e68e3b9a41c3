"""What the fuzzer checks of a run: that it lost nothing and told all."""

from __future__ import annotations

import bz2
import gzip
import io
import json
import lzma
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from fuzz_binary import Held, held, taken
from fuzz_cases import Case
from fuzz_seeds import BINARY

from spinfix.batch import Outcome, Report
from spinfix.batch.replay import undo

CRASH = "could not be repaired"


@dataclass
class Run:
    """A run as it went, and where its files are.

    ``left_out``: the edits that were found but could not be made in their place.
    """

    folder: Path
    stored: Path
    output: Path
    report: Report
    seen: list[Outcome]
    seconds: float
    left_out: int = 0
    held: Held | None = None

    @property
    def log(self) -> Path:
        return self.folder / "log.jsonl"


def told(report: Report) -> Iterator[str]:
    """What is told about a run can be told: as JSON, an error a line."""
    json.dumps(report.to_dict())
    for line in (*report.lines(), *report.failed, *report.counts.errors):
        if any(char < " " or "\x7f" <= char <= "\x9f" for char in line):
            yield f"message: not one line of text: {line[-120:]!r}"
        if len(line) > 2000:
            yield f"message: {len(line):,} characters: {line[:80]!r}..."


def left_behind(case: Case, run: Run) -> Iterator[str]:
    """Nothing lies beside input and output, and the input is as it was."""
    wanted = {run.stored, run.output, run.log}
    more = [path for path in run.folder.rglob("*") if path.is_file() and path not in wanted]
    if more:
        yield f"left: {', '.join(path.name for path in more)}"
    if not case.in_place and run.stored.read_bytes() != case.data:
        yield "input: was changed"


def failed(case: Case, run: Run, rows: list[dict[str, Any]]) -> Iterator[str]:
    """An input that failed has no output and is not in the log."""
    if any(CRASH in line for line in run.report.failed) and case.keep:
        yield f"crash: {run.report.failed[0]}"
    if case.in_place and run.output.read_bytes() != case.data:
        yield "failed: but was changed"
    if not case.in_place and run.output.exists():
        yield "failed: but has an output"
    if rows:
        yield f"failed: but has {len(rows)} lines in the log"


def logged(run: Run, rows: list[dict[str, Any]]) -> Iterator[str]:
    """The log tells all edits, in records that were not kept as they were."""
    edits = [row for row in rows if "edit" in row]
    made = sum(len(one.changes) for one in run.seen)
    if not len(edits) == made == rows[-1]["edits"] == run.report.counts.edits:
        yield f"log: {len(edits)} edits in it, {made} made"
    kept = {one.piece.number for one in run.seen if one.error is not None}
    if kept.intersection(row["record"] for row in edits):
        yield "kept: a record with an error was edited"


def outside(case: Case, run: Run, rows: list[dict[str, Any]]) -> Iterator[str]:
    """Outside of the logged edits the output is the input."""
    edits, about = rows[:-1], rows[-1]
    data = run.output.read_bytes()
    if not edits and (case.in_place or case.format == "warc") and data != case.data:
        yield "bytes: no edits, but another file"
    if case.format not in BINARY:
        former = _former(plain(data, case.compression), edits, about["encoding"])
        if former != plain(case.data, case.compression):
            yield "bytes: without the edits the output is not the input"
        return
    copy = run.folder / f"copy-{case.name}"
    copy.write_bytes(case.data)
    try:
        run.held = about_before, before = held(copy, case.format, case.fields)
    except Exception:  # damaged where spinfix does not look: it is copied as it is
        return
    about_after, after = held(run.output, case.format, case.fields)
    if about_before != about_after:
        yield "values: what is said about the records, or the others, is not the same"
    if _edited(before, run, case.format) != after:
        yield "values: outside of the edits the records are not the same"


def _edited(records: list[Any], run: Run, kind: str) -> list[Any]:
    """The records with the edits made, as the splices make them."""
    found = [*records]
    for one in run.seen:
        if one.changes:
            texts, rest = found[one.piece.number - 1]
            row = json.loads(one.raw) if kind == "parquet" else {"": one.raw}
            texts = {name: taken(row, name.split(".")) for name in texts}
            found[one.piece.number - 1] = (texts, rest)
    return found


def _former(data: bytes, edits: list[dict[str, Any]], encoding: str) -> bytes:
    """The input, told from the output and the log alone."""
    splices = sorted(
        (at, old.encode(encoding), new.encode(encoding))
        for row in edits
        for at, old, new in row["at"]
    )
    parts: list[bytes] = []
    place = grown = 0  # in data; by how much data is ahead of the input
    for at, old, new in splices:
        start = at + grown
        if start < place or data[start : start + len(new)] != new:
            return b"the log does not fit"
        parts += (data[place:start], old)
        place, grown = start + len(new), grown + len(new) - len(old)
    return b"".join([*parts, data[place:]])


def plain(data: bytes, compression: str | None) -> bytes:
    """Decompressed bytes."""
    if compression == "zst":
        import zstandard

        stream = zstandard.ZstdDecompressor().stream_reader(
            io.BytesIO(data), read_across_frames=True
        )
        return stream.read()
    known = {"gz": gzip.decompress, "xz": lzma.decompress, "bz2": bz2.decompress}
    return known[compression](data) if compression else data


def undone(case: Case, run: Run) -> Iterator[str]:
    """Undo gives the former bytes back; of Parquet and WARC what they hold."""
    done = undo(run.log)
    if [str(one) for one in done] != [str(run.output)] * bool(run.report.counts.edits):
        yield f"undo: {done}"
    elif case.format not in BINARY:
        if plain(run.output.read_bytes(), case.compression) != plain(case.data, case.compression):
            yield "undo: not the former bytes"
    elif run.held is not None and held(run.output, case.format, case.fields) != run.held:
        yield "undo: not the former values"


def difference(wanted: str, found: str) -> str:
    """The first place where two texts differ."""
    place = next(
        (n for n, (a, b) in enumerate(zip(wanted, found, strict=False)) if a != b),
        min(len(wanted), len(found)),
    )
    near = slice(max(0, place - 20), place + 30)
    return f"{wanted[near]!r} should be there, {found[near]!r} is"
