"""Parquet and WARC for the fuzzer: made of texts, and compared record by record."""

from __future__ import annotations

import io
import json
import zlib
from importlib.util import find_spec
from pathlib import Path
from random import Random
from typing import Any

_TYPES = ("text/plain", "text/plain; charset=utf-8", "application/http; msgtype=response")
#: Each record, and each row group, takes some hundred bytes more.
_MOST_RECORDS = 30


def available() -> tuple[str, ...]:
    """Those of the two formats whose packages are there."""
    needs = {"parquet": "pyarrow", "warc": "warcio"}
    return tuple(kind for kind, package in needs.items() if find_spec(package))


def _texts(text: str, draws: Random) -> list[str]:
    """A text cut into those of some records."""
    lines = text.encode("utf-8", "replace").decode().split("\n")
    size = max(draws.choice((1, 4, 8, 100)), len(lines) // _MOST_RECORDS + 1)
    return ["\n".join(lines[at : at + size]) for at in range(0, len(lines), size)]


def parquet(text: str, draws: Random) -> bytes:
    """A table with columns of many types."""
    import pyarrow as pa
    import pyarrow.parquet as pq

    texts: list[str | None] = [*_texts(text, draws)]
    if draws.random() < 0.3:
        texts.insert(draws.randrange(len(texts) + 1), None)
    count = len(texts)
    numbers = list(range(count))
    string = draws.choice((pa.string(), pa.string(), pa.large_string()))
    column = pa.array(texts, string)
    columns: dict[str, Any] = {
        "n": pa.array([None if n % 3 else n * 1.5 for n in numbers], pa.float64()),
        "title": pa.array([None if n % 2 else (texts[n] or "")[:200] for n in numbers]),
        "text": column.dictionary_encode() if draws.random() < 0.2 else column,
        "body": pa.array([{"text": one, "day": n} for n, one in enumerate(texts)]),
        "tags": pa.array([["a", None][: n % 3] for n in numbers], pa.list_(pa.string())),
        "raw": pa.array([bytes([n % 256, 255]) for n in numbers]),
    }
    if draws.random() < 0.5:
        ids: list[Any] = numbers if draws.random() < 0.5 else [f"id-{n}" for n in numbers]
        columns["id"] = pa.array(ids)
    names = list(columns)
    draws.shuffle(names)
    table = pa.table({name: columns[name] for name in names})
    table = table.replace_schema_metadata({"made": "for tests"})
    out = io.BytesIO()
    squeezed = draws.choice(("snappy", "none", "gzip", "zstd"))
    size = draws.choice((1, 3, 100))
    pq.write_table(table, out, row_group_size=size, compression=squeezed)
    return out.getvalue()


def warc(text: str, draws: Random) -> bytes:
    """An archive: WET records, and others between them."""
    parts = [_record("warcinfo", "application/warc-fields", b"software: none\r\n", 0)]
    for number, each in enumerate(_texts(text, draws), 1):
        if draws.random() < 0.2:
            page = b"HTTP/1.1 200 OK\r\nContent-Type: text/html\r\n\r\n<p>the place</p>"
            parts.append(_record("response", _TYPES[2], page, number))
        kind = draws.choice(_TYPES) if draws.random() < 0.2 else _TYPES[0]
        parts.append(_record("conversion", kind, each.encode(), number))
    return b"".join(parts)


def _record(kind: str, content: str, block: bytes, number: int) -> bytes:
    head = (
        f"WARC/1.0\r\nWARC-Type: {kind}\r\nWARC-Date: 2026-11-24T00:00:00Z\r\n"
        f"WARC-Record-ID: <urn:uuid:00000000-0000-0000-0000-{number:012}>\r\n"
        f"WARC-Target-URI: http://a.example/{number}\r\n"
        f"Content-Type: {content}\r\nContent-Length: {len(block)}\r\n\r\n"
    )
    return head.encode() + block + b"\r\n\r\n"


#: What a file holds: about the file, and for each record its texts by field and the rest.
Held = tuple[Any, list[tuple[dict[str, Any], Any]]]


def held(path: Path, kind: str, fields: tuple[str, ...]) -> Held:
    """What a file holds, told without spinfix."""
    return _rows(path, fields) if kind == "parquet" else _archived(path)


def _rows(path: Path, fields: tuple[str, ...]) -> Held:
    import pyarrow.parquet as pq

    with pq.ParquetFile(path) as file:
        groups = [file.metadata.row_group(n).num_rows for n in range(file.num_row_groups)]
        about = (str(file.schema_arrow), file.schema_arrow.metadata, groups)
        rows = file.read().to_pylist()
    records = []
    for row in rows:
        texts = {name: taken(row, name.split(".")) for name in fields}
        records.append((texts, json.dumps(row, default=str)))
    return about, records


def taken(row: Any, path: list[str]) -> Any:
    """The value at a path, which is taken out of the row."""
    for key in path[:-1]:
        row = row.get(key) if isinstance(row, dict) else None
    if not isinstance(row, dict) or path[-1] not in row:
        return None
    value, row[path[-1]] = row[path[-1]], None
    return value


def _archived(path: Path) -> Held:
    from warcio.archiveiterator import ArchiveIterator

    records: list[tuple[dict[str, Any], Any]] = []
    others = []
    with path.open("rb") as stream:
        archive = ArchiveIterator(stream)
        for record in archive:
            kind = record.rec_headers.get_header("Content-Type") or ""
            block = record.content_stream().read()
            named = {
                name: value
                for name, value in record.rec_headers.headers
                if name not in ("Content-Length", "WARC-Block-Digest", "WARC-Payload-Digest")
            }
            archive.read_to_end(record)
            sound = _stand(path, archive.get_record_offset(), record.rec_headers.to_bytes())
            if record.rec_type == "conversion" and kind.startswith("text/plain") and sound:
                text = block.decode("utf-8", "surrogateescape")
                records.append(({"": text}, json.dumps(named, default=str)))
            else:
                others.append((json.dumps(named, default=str), block))
    return others, records


def _stand(path: Path, offset: int, headers: bytes) -> bool:
    """Do the headers of a record stand in the file as they are understood?"""
    data = path.read_bytes()[offset:]
    if data.startswith(b"\x1f\x8b"):
        data = zlib.decompressobj(31).decompress(data)
    return data.startswith(headers)
