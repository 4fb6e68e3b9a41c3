"""JSON objects, one a line: an article is the string in one field or in several."""

from __future__ import annotations

import json
import re
from collections.abc import Iterator
from functools import partial
from json.decoder import scanstring  # type: ignore[attr-defined]
from typing import TextIO

from .fields import joined
from .records import Kind, Layout, Piece, Record, RecordError, Run

_DECODER = json.JSONDecoder()
_SPACE = re.compile(r"[ \t\r\n]*")
#: What may stand before an object: a byte order mark, the separator of the one before.
_BEFORE = re.compile("[\ufeff\x1e, \t\r\n]*")
#: What stands before the inside of a member's name, and between name and value.
_NAME = re.compile(r'[{,][ \t\r\n]*"')
_COLON = re.compile(r"[ \t\r\n]*:[ \t\r\n]*")
_ESCAPE = re.compile(
    r"\\u[dD][89abAB][0-9a-fA-F]{2}\\u[dD][c-fC-F][0-9a-fA-F]{2}|\\u.{4}|\\.", re.S
)
_SURROGATE = re.compile("[\ud800-\udfff]")
#: Field names that a message shows.
_SHOWN = 8


def split(stream: TextIO, layout: Layout) -> Iterator[Piece]:
    """A piece a line; a blank one is no record."""
    number = 0
    for at, line in enumerate(stream, 1):
        if line[0] == "{" or not _is_blank(line):
            number += 1
            yield Piece(line, number, at)
        else:
            yield Piece(line, 0, at)


def _is_blank(line: str) -> bool:
    inside = line.strip("\ufeff \t\r\n")
    return not inside or inside.isspace()


def parse(raw: str, layout: Layout) -> Record:
    """The article in a JSON object: its fields, in the order in which they stand there."""
    value = _decoded(raw)
    if not isinstance(value, dict):
        raise RecordError("not a JSON object")
    found = [(name, path) for name in layout.fields if (path := _path(value, name))]
    if not found:
        wanted = " or ".join(map(repr, layout.fields))
        have = ", ".join(list(value)[:_SHOWN]) or "none"
        raise RecordError(f"no field {wanted} (fields here: {have}; choose with --field)")
    if len(found) > 1:
        found = sorted(set(found), key=lambda field: _span(raw, field[1]))
    parts = []
    for name, path in found:
        text = _inside(value, path)
        if isinstance(text, str):
            parts.append((name, text, partial(_runs, raw, path)))
        elif text is not None:
            raise RecordError(f"field {name!r} is not a string")
    identity = value.get("id")
    named = isinstance(identity, (str, int)) and not isinstance(identity, bool)
    return joined(raw, parts, _written, str(identity) if named else None)


def _decoded(raw: str) -> object:
    """The one JSON value that ``raw`` is."""
    try:
        start = 0 if raw.startswith("{") else _end(_BEFORE, raw, 0)
        value, end = _DECODER.raw_decode(raw, start)
    except json.JSONDecodeError as error:
        reason = f"{error.msg.removesuffix(' at')} at character {error.pos + 1}"
        raise RecordError(f"not JSON ({reason})") from None
    except RecursionError:
        raise RecordError("not JSON that can be read (nested too deeply)") from None
    except ValueError as error:  # a number of more digits than Python reads
        raise RecordError(f"not JSON that can be read ({error})") from None
    end = _end(_SPACE, raw, end)
    if end != len(raw):
        raise RecordError(f"not JSON (there is more at character {end + 1})")
    return value


def _path(members: dict[str, object], name: str) -> tuple[str, ...]:
    """The keys to what ``name`` names: a key or, ``a.b``, key b inside of a; none if none."""
    if name in members:
        return (name,)
    dot = len(name)
    while (dot := name.rfind(".", 0, dot)) >= 0:
        key = name[:dot]
        inner = members.get(key)
        if isinstance(inner, dict) and (rest := _path(inner, name[dot + 1 :])):
            return (key, *rest)
        if key in members and inner is None:
            return (key,)  # what is inside of null is null
    return ()


def _inside(value: object, path: tuple[str, ...]) -> object:
    for key in path:
        value = value[key] if isinstance(value, dict) else None
    return value


def _span(raw: str, path: tuple[str, ...]) -> tuple[int, int]:
    """Where the value at ``path`` begins and ends in ``raw``, which is a JSON object."""
    start, end = _end(_BEFORE, raw, 0), len(raw)
    for key in path:
        start, end = _spans(raw, start)[key]
    return start, end


def _spans(raw: str, place: int) -> dict[str, tuple[int, int]]:
    """Where the values of the object at ``place`` stand; of keys that are the same the last."""
    spans: dict[str, tuple[int, int]] = {}
    while raw[place] != "}":
        key, place = scanstring(raw, _end(_NAME, raw, place))
        start = _end(_COLON, raw, place)
        _, end = _DECODER.raw_decode(raw, start)
        spans[key] = (start, end)
        place = _end(_SPACE, raw, end)
    return spans


def _end(pattern: re.Pattern[str], raw: str, place: int) -> int:
    """Where ``pattern``, which matches anywhere, ends if it begins at ``place``."""
    match = pattern.match(raw, place)
    return match.end() if match else place


def _runs(raw: str, path: tuple[str, ...]) -> list[Run]:
    """The runs of the string at ``path``: an escape is an atom."""
    start, end = _span(raw, path)
    start, end = start + 1, end - 1
    runs: list[Run] = []
    at, place = 0, start
    for escape in _ESCAPE.finditer(raw, start, end):
        if escape.start() > place:
            runs.append(Run(at, place, escape.start()))
            at += escape.start() - place
        runs.append(Run(at, escape.start(), escape.end(), Kind.ATOM))
        at, place = at + 1, escape.end()
    if end > place:
        runs.append(Run(at, place, end))
    return runs


def _written(new: str, old: str) -> str:
    """``new`` as the inside of a JSON string, in the manner of ``old`` which it replaces.

    ASCII only when ``old`` writes other characters as escapes, or has none to tell by.
    """
    if new.isascii() and new.isalnum():
        return new
    inside = json.dumps(new, ensure_ascii=old.isascii())[1:-1]
    # Half a character has no bytes of its own, unless it stands for a byte of the input.
    return _SURROGATE.sub(lambda half: half[0] if half[0] in old else _escaped(half[0]), inside)


def _escaped(character: str) -> str:
    return f"\\u{ord(character):04x}"
