"""One field of a JSON object, found in its line so that the rest stays byte for byte."""

from __future__ import annotations

import json
import re
from collections.abc import Sequence
from json.decoder import scanstring  # type: ignore[attr-defined]
from typing import NamedTuple

_DECODER = json.JSONDecoder()
_SPACE = re.compile(r"[ \t\r\n]*")
_ESCAPE = re.compile(
    r"\\u[dD][89abAB][0-9a-fA-F]{2}\\u[dD][c-fC-F][0-9a-fA-F]{2}|\\u.{4}|\\.|.", re.S
)


class Field(NamedTuple):
    """The text of a field, the id of its object, and where each character stands."""

    text: str
    id: str | None
    offsets: Sequence[int]


class _Offsets(Sequence[int]):
    """Places in the line of the characters of a JSON string, worked out when asked for."""

    def __init__(self, line: str, start: int, end: int) -> None:
        self._span = (line, start, end)
        self._places: list[int] | None = None

    def _all(self) -> list[int]:
        if self._places is None:
            line, start, end = self._span
            self._places = [m.start() for m in _ESCAPE.finditer(line, start, end)] + [end]
        return self._places

    def __getitem__(self, index):  # type: ignore[no-untyped-def]
        return self._all()[index]

    def __len__(self) -> int:
        return len(self._all())


def find_field(line: str, field: str) -> Field:
    """The string in top-level ``field`` of the object on ``line``.

    Raises ValueError, in plain words, when the line is not a JSON object or the
    field is missing or not a string.
    """
    try:
        spans, value = _members(line)
    except ValueError as error:
        raise ValueError(f"not JSON ({error})") from None
    except RecursionError:
        raise ValueError("not JSON that can be read (nested too deeply)") from None
    if spans is None or not isinstance(value, dict):
        raise ValueError("not a JSON object")
    if field not in value:
        have = ", ".join(list(value)[:8]) or "none"
        raise ValueError(f"no field {field!r} (fields here: {have}; choose with --field)")
    if not isinstance(value[field], str):
        raise ValueError(f"field {field!r} is not a string")
    start, end = spans[field]
    name = value.get("id")
    identity = str(name) if isinstance(name, (str, int)) else None
    return Field(value[field], identity, _Offsets(line, start + 1, end - 1))


def _members(line: str) -> tuple[dict[str, tuple[int, int]] | None, object]:
    """The object of a line, and the place of each member's value in the line."""
    start = _skip(line, 1 if line.startswith("\ufeff") else 0)
    if line[start : start + 1] != "{":
        value, _ = _DECODER.raw_decode(line, start)
        return None, value
    spans: dict[str, tuple[int, int]] = {}
    members: dict[str, object] = {}
    i = _skip(line, start + 1)
    while line[i : i + 1] != "}":
        if line[i : i + 1] != '"':
            raise ValueError(f"a field name should stand at character {i + 1}")
        key, i = scanstring(line, i + 1)
        i = _skip(line, i)
        if line[i : i + 1] != ":":
            raise ValueError(f"':' should stand at character {i + 1}")
        i = _skip(line, i + 1)
        members[key], end = _DECODER.raw_decode(line, i)
        spans[key] = (i, end)
        i = _skip(line, end)
        if line[i : i + 1] == ",":
            i = _skip(line, i + 1)
        elif line[i : i + 1] != "}":
            raise ValueError(f"',' or '}}' should stand at character {i + 1}")
    if _skip(line, i + 1) != len(line):
        raise ValueError("more than one object on the line")
    return spans, members


def _skip(line: str, i: int) -> int:
    match = _SPACE.match(line, i)
    return match.end() if match else i


def escaped(text: str, replaced: str) -> str:
    """``text`` as the inside of a JSON string, in the manner of what it replaces.

    ASCII only when the replaced stretch writes other characters as escapes, or
    has none to tell by.
    """
    return json.dumps(text, ensure_ascii=replaced.isascii())[1:-1]
