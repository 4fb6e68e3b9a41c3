"""CSV and TSV, as RFC 4180 and Python's csv module read them: an article a row."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator
from functools import lru_cache, partial
from typing import NamedTuple, TextIO

from .fields import joined
from .records import FormatError, Kind, Layout, Piece, Record, RecordError, Run

#: Characters read at a time, and those that a record may have: a quote left open takes
#: in all that follows.
_BLOCK = 1 << 20
_MOST = 16_000_000

#: Delimiters looked for in a header, the likeliest first.
_DELIMITERS = ",;\t|"
_CLOSED = re.compile(r'"([^"]*(?:""[^"]*)*)"')
_QUOTED = re.compile(r'"[^"]*"')


class _Syntax(NamedTuple):
    """A field, and a record with its line break, given the delimiter."""

    field: re.Pattern[str]
    record: re.Pattern[str]


@lru_cache
def _syntax(delimiters: str) -> _Syntax:
    mark = re.escape(delimiters)
    rest = rf"[^{mark}\r\n]*"
    # A quote is one only where a field begins; what follows the closing one is plain again.
    field = rf'(?:"[^"]*(?:""[^"]*)*"(?!"){rest}|(?!"){rest})'
    end = r"(?:\r\n?|\n|\Z)"
    record = rf'(?:[^"\r\n]*{end}|{field}(?:[{mark}]{field})*{end})'
    return _Syntax(re.compile(field), re.compile(record))


def split(stream: TextIO, layout: Layout) -> Iterator[Piece]:
    """The header, then a piece a row; a row may have several lines, a blank one is none."""
    text = stream.read(_BLOCK)
    record = _syntax(layout.delimiter or _DELIMITERS).record
    start, line, number, header, ended = 0, 1, 0, False, False
    place = int(text.startswith("\ufeff"))
    while not ended or start < len(text):
        match = record.match(text, place)
        # What ends the text may go on in the next block.
        if match and (ended or match.end() < len(text)):
            raw = text[start : match.end()]
            start = place = match.end()
            if not raw.strip("\r\n"):
                yield Piece(raw, 0, line)
            elif header:
                number += 1
                yield Piece(raw, number, line)
            else:
                header = True
                record = _syntax(_delimiter(layout._replace(header=raw))).record
                yield Piece(raw, 0, line, header=True)
            line += raw.count("\n")
        elif ended:
            raise FormatError(f"line {line}: a quote in the record that begins here has no end")
        elif len(text) - start > _MOST:
            raise FormatError(
                f"line {line}: a record of more than {_MOST:,} characters begins here"
                " (is there a quote without an end?)"
            )
        else:
            # Twice as much each time: a long record is matched from its start on every time.
            left = len(text) - start
            new = stream.read(max(_BLOCK, min(left, _MOST - left)))
            text, place, start, ended = text[start:] + new, place - start, 0, not new


def parse(raw: str, layout: Layout) -> Record:
    """The article in a row: its fields, in the order of the columns."""
    table = _table(layout)
    cells = _cells(raw, table.delimiter)
    if len(cells) < table.width:
        raise RecordError(f"only {len(cells)} of {table.width} columns")
    parts = []
    quoted = True
    for name, column in table.wanted:
        start, end = cells[column]
        parts.append((name, _value(raw[start:end]), partial(_runs, raw, start, end)))
        quoted = quoted and raw.startswith('"', start, end)
    identity = None if table.id is None else _value(raw[slice(*cells[table.id])])
    return joined(raw, parts, _doubled if quoted else table.write, identity or None)


class _Table(NamedTuple):
    """What a header says: the wanted columns in order, the one of the id, how many."""

    delimiter: str
    wanted: tuple[tuple[str, int], ...]
    id: int | None
    width: int
    write: Callable[[str, str], str]


@lru_cache
def _table(layout: Layout) -> _Table:
    delimiter = _delimiter(layout)
    header = layout.header.removeprefix("\ufeff")
    names = [_value(header[start:end]) for start, end in _cells(header, delimiter)]
    columns = {name: column for column, name in enumerate(names)}
    there = {name for name in layout.fields if name in columns}
    if not there:
        sought, have = ", ".join(map(repr, layout.fields)), ", ".join(names)
        raise RecordError(f"no column {sought} (columns: {have}; choose with --field)")
    wanted = sorted(((name, columns[name]) for name in there), key=lambda one: one[1])
    return _Table(
        delimiter, tuple(wanted), columns.get("id"), len(names), partial(_bare, delimiter)
    )


def _delimiter(layout: Layout) -> str:
    """The delimiter, or the one that occurs most in the header, outside of quotes."""
    if layout.delimiter:
        return layout.delimiter
    return max(_DELIMITERS, key=_QUOTED.sub("", layout.header).count)


def _cells(raw: str, delimiter: str) -> list[tuple[int, int]]:
    """Where each field of a row begins and ends."""
    field = _syntax(delimiter).field
    cells: list[tuple[int, int]] = []
    place = 0
    while True:
        match = field.match(raw, place)
        if match is None:
            raise RecordError("a quote without an end")
        cells.append(match.span())
        place = match.end() + 1
        if raw[place - 1 : place] != delimiter:
            return cells


def _value(cell: str) -> str:
    """What a field says."""
    if not cell.startswith('"'):
        return cell
    inside = _CLOSED.match(cell)
    return inside[1].replace('""', '"') + cell[inside.end() :] if inside else cell


def _runs(raw: str, start: int, end: int) -> list[Run]:
    """The runs of the field from ``start`` to ``end``: a doubled quote is an atom."""
    if not raw.startswith('"', start, end):
        return [Run(0, start, end)] if start < end else []
    runs: list[Run] = []
    at, place = 0, start + 1
    while True:
        quote = raw.index('"', place, end)
        if place < quote:
            runs.append(Run(at, place, quote))
            at += quote - place
        place = quote + 2
        if not raw.startswith('""', quote, end):
            break
        runs.append(Run(at, quote, place, Kind.ATOM))
        at += 1
    # What follows the closing quote is text too, but an edit might join it to the quote.
    if quote + 1 < end:
        runs.append(Run(at, quote + 1, end, Kind.FIXED))
    return runs


def _doubled(new: str, old: str) -> str:
    """Words as a quoted field writes them."""
    return new.replace('"', '""')


def _bare(delimiter: str, new: str, old: str) -> str:
    """Words as a field without quotes writes them: only such as need none."""
    if any(special in new for special in (delimiter, '"', "\r", "\n")):
        raise ValueError(f"{new!r} would have to be in quotes")
    return new
