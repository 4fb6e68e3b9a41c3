"""Parquet files: rows in, rows out, with their schema and row groups.

A row is read as the JSON object of its text columns, so that it is repaired and logged
as a JSON line is.
"""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from typing import TYPE_CHECKING, Any

from spinfix.formats import Layout, Piece

from .inputs import Input, InputError
from .sinks import Place
from .streams import fingerprint_of
from .work import Outcome

if TYPE_CHECKING:
    import pyarrow as pa

_NEEDS = "Parquet needs a package more: pip install 'spinfix[parquet]'"


@contextmanager
def _opened(source: Input) -> Iterator[Any]:
    try:
        from pyarrow import parquet
    except ModuleNotFoundError:
        raise InputError(f"{source.name}: {_NEEDS}") from None
    if source.path is None:
        raise InputError(f"{source.name}: Parquet is read from files only")
    with _readable(source), parquet.ParquetFile(source.path) as file:
        yield file


@contextmanager
def _readable(source: Input) -> Iterator[None]:
    """InputError for what cannot be read."""
    import pyarrow

    try:
        yield
    except (pyarrow.ArrowException, OSError, UnicodeDecodeError) as error:
        reason = "".join(filter(str.isprintable, str(error).split("\n")[0]))
        raise InputError(f"{source.name}: not Parquet that can be read ({reason})") from None


@contextmanager
def rows(source: Input, layout: Layout) -> Iterator[Iterator[Piece]]:
    """The rows of a file, as JSON objects of their text columns."""
    with _opened(source) as file:
        names = _columns(file.schema_arrow, layout, source.name)
        yield _rows(file, names)


def _rows(file: Any, names: Sequence[str]) -> Iterator[Piece]:
    number = 0
    for group in range(file.num_row_groups):
        for batch in file.iter_batches(256, [group], columns=list(names)):
            for row in batch.to_pylist():
                number += 1
                yield Piece(json.dumps(row, default=str), number, number)


def _columns(schema: pa.Schema, layout: Layout, name: str) -> list[str]:
    """The columns that are read: those of the fields, and "id"."""
    import pyarrow.types as kinds

    found: list[str] = []
    for field in layout.fields:
        column = field if field in schema.names else field.partition(".")[0]
        if column not in schema.names:
            continue
        kind = schema.field(column).type
        for part in field.split(".")[1:] if column != field else ():
            inner = kinds.is_struct(kind) and kind.get_field_index(part) >= 0
            kind = kind.field(part).type if inner else None
        kind = kind.value_type if kind is not None and kinds.is_dictionary(kind) else kind
        if kind is None or not (kinds.is_string(kind) or kinds.is_large_string(kind)):
            raise InputError(f"{name}: column {field!r} does not hold text")
        found.append(column)
    if not found:
        have = ", ".join(schema.names[:8])
        wanted = ", ".join(map(repr, layout.fields))
        raise InputError(f"{name}: no column {wanted} (columns: {have}; choose with --field)")
    if "id" in schema.names and "id" not in found:
        kind = schema.field("id").type
        if kinds.is_string(kind) or kinds.is_large_string(kind) or kinds.is_integer(kind):
            found.append("id")
    return list(dict.fromkeys(found))


class Table:
    """The sink of a Parquet file: each row group is written when its rows are there."""

    def __init__(self, source: Input, place: Place | None) -> None:
        from pyarrow import parquet

        if place is None:
            raise InputError(f"{source.name}: Parquet needs a place: -o DIR or --in-place")
        self._place, self._source = place, source
        self._context = _opened(source)
        self._file = self._context.__enter__()
        place.open().close()
        compression = "snappy"
        if self._file.num_row_groups and self._file.metadata.num_columns:
            compression = self._file.metadata.row_group(0).column(0).compression
        self._writer = parquet.ParquetWriter(
            place.partial,
            self._file.schema_arrow,
            compression=compression.lower().replace("uncompressed", "none"),
        )
        self._group, self._left, self._first = -1, 0, 1
        self._changed: dict[int, dict[str, Any]] = {}

    def write(self, pieces: Sequence[Piece], outcomes: Mapping[int, Outcome]) -> None:
        for piece in pieces:
            while not self._left:
                self._next()
            if piece.number in outcomes:
                row = json.loads(outcomes[piece.number].raw)
                self._changed[piece.number - self._first] = row
            self._left -= 1
            if not self._left:
                self._write_group()

    def _next(self) -> None:
        self._group += 1
        self._left = self._file.metadata.row_group(self._group).num_rows

    def _write_group(self) -> None:
        with _readable(self._source):
            table = self._file.read_row_group(self._group)
        for name in table.column_names if self._changed else ():
            if any(name in row for row in self._changed.values()) and name != "id":
                table = _replaced(table, name, {n: r[name] for n, r in self._changed.items()})
        rows = table.num_rows
        self._writer.write_table(table, row_group_size=max(1, rows))
        self._first += rows
        self._changed = {}

    def checkpoint(self) -> int:
        return 0  # row groups cannot be gone on with: a stopped file begins anew

    def finish(self) -> str | None:
        # Row groups without rows have no pieces.
        while self._group + 1 < self._file.num_row_groups:
            self._next()
            self._write_group()
        self._writer.close()
        self._context.__exit__(None, None, None)
        return fingerprint_of(self._place.partial)

    def replace(self) -> None:
        self._place.take()

    def discard(self) -> None:
        self._writer.close()
        self._context.__exit__(None, None, None)
        self._place.partial.unlink(missing_ok=True)


def _replaced(table: pa.Table, name: str, new: Mapping[int, Any]) -> pa.Table:
    """A column with some of its values replaced, of the same type."""
    import pyarrow as pa

    at = table.column_names.index(name)
    field, column = table.schema.field(at), table.column(at)
    values = column.to_pylist()
    for row, value in new.items():
        values[row] = _merged(values[row], value)
    return table.set_column(at, field, pa.array(values, type=field.type))


def _merged(old: Any, new: Any) -> Any:
    """Restored text in its struct; values that JSON has no form for stay as they were."""
    if isinstance(old, dict) and isinstance(new, dict):
        return {key: _merged(value, new[key]) for key, value in old.items()}
    return new if isinstance(old, str) else old
