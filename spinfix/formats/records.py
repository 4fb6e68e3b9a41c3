"""Records: one article each, however the file holds it."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import TextIO

from spinfix.edits import Edit, apply

from . import jsonlines

#: Format name -> file name extensions.
FORMATS: dict[str, tuple[str, ...]] = {
    "text": (".txt", ".text"),
    "jsonl": (".jsonl", ".ndjson"),
}


class FormatError(ValueError):
    """An input that is not what its format says; the message names the line."""


@dataclass(frozen=True, slots=True)
class Record:
    """One article of an input.

    ``raw`` is the stretch of the input that holds it (the raws of all records,
    joined, are the input), ``text`` the article, ``line`` the line number where
    ``raw`` begins, ``id`` what the record calls itself.  ``offsets`` maps each
    character of ``text``, and its end, to its place in ``raw`` (None: the same).
    """

    raw: str
    text: str
    line: int = 1
    id: str | None = None
    offsets: Sequence[int] | None = None

    @property
    def blank(self) -> bool:
        """Is this a blank line between records, not an article?"""
        return self.offsets is not None and not self.raw.strip("\ufeff \t\r\n")

    def rewritten(self, edits: Sequence[Edit]) -> str:
        """``raw`` with ``edits`` of ``text`` made; all else as it was."""
        if self.offsets is None:
            return apply(self.raw, edits)
        parts: list[str] = []
        last = 0
        for edit in edits:
            start, end = self.offsets[edit.start], self.offsets[edit.end]
            parts += (self.raw[last:start], jsonlines.escaped(edit.new, self.raw[start:end]))
            last = end
        parts.append(self.raw[last:])
        return "".join(parts)


def format_of(path: Path) -> str | None:
    """The format that a file's extension stands for, None when it is none of ours."""
    suffix = path.suffix.lower()
    return next((name for name, suffixes in FORMATS.items() if suffix in suffixes), None)


def read_records(stream: TextIO, name: str, field: str = "text") -> Iterator[Record]:
    """The records of a stream in format ``name``.

    The stream must not translate newlines (``newline=""`` or ``"\\n"``).  JSON
    lines give a record a line, with the article in the top-level ``field``;
    text is one record.  Raises FormatError, and UnicodeDecodeError from the
    stream.
    """
    if name == "text":
        text = stream.read()
        yield Record(text, text)
        return
    number = 0
    for number, line in enumerate(stream, 1):
        blank = Record(line, "", number, offsets=(0,))
        if blank.blank:
            yield blank
            continue
        try:
            found = jsonlines.find_field(line, field)
        except ValueError as error:
            raise FormatError(f"line {number}: {error}") from None
        yield Record(line, found.text, number, found.id, found.offsets)
