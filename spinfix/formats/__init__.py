"""File formats: records in, records out, everything around the text kept as it is."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from functools import cache
from importlib import import_module
from pathlib import PurePath
from typing import Any, NamedTuple, TextIO

from .records import FormatError, Layout, Piece, Record, RecordError, Splice, spliced

__all__ = [
    "COMPRESSIONS",
    "FORMATS",
    "FormatError",
    "Layout",
    "Piece",
    "Record",
    "RecordError",
    "Splice",
    "compression_of",
    "format_of",
    "parser",
    "spliced",
    "splitter",
]

Split = Callable[[TextIO, Layout], Iterator[Piece]]
Parse = Callable[[str, Layout], Record]


class _Format(NamedTuple):
    """File name extensions, and where split and parse are, as "module:function"."""

    suffixes: tuple[str, ...]
    split: str
    parse: str


#: The formats by name.
FORMATS: dict[str, _Format] = {
    "text": _Format((".txt", ".text"), "plain:split", "plain:parse"),
    "markdown": _Format((".md", ".markdown", ".mkd"), "plain:whole", "markdown:parse"),
    "html": _Format((".html", ".htm", ".xhtml"), "plain:whole", "html:parse"),
    "jsonl": _Format((".jsonl", ".ndjson"), "jsonlines:split", "jsonlines:parse"),
    "json": _Format((".json",), "jsonarray:split", "jsonlines:parse"),
    "csv": _Format((".csv",), "delimited:split", "delimited:parse"),
    "tsv": _Format((".tsv", ".tab"), "delimited:split", "delimited:parse"),
    "parquet": _Format((".parquet", ".pq"), "jsonlines:split", "jsonlines:parse"),
    "warc": _Format((".warc", ".wet"), "plain:whole", "plain:parse"),
}

#: Compressions of all but Parquet by name, with their file name extensions.
COMPRESSIONS = {"gz": ".gz", "zst": ".zst", "xz": ".xz", "bz2": ".bz2"}


def format_of(path: PurePath) -> str | None:
    """The format that a file's name stands for, None when it is none of ours."""
    inner = path.with_suffix("") if compression_of(path) else path
    suffix = inner.suffix.lower()
    return next((name for name, known in FORMATS.items() if suffix in known.suffixes), None)


def compression_of(path: PurePath) -> str | None:
    """The compression that a file's name stands for, None for none."""
    suffix = path.suffix.lower()
    return next((name for name, known in COMPRESSIONS.items() if suffix == known), None)


def splitter(name: str) -> Split:
    """What cuts a stream of format ``name`` into pieces.

    The stream must not translate newlines (``newline=""`` or ``"\\n"``).  Raises
    FormatError where the stream is not of that format.
    """
    split: Split = _part(FORMATS[name].split)
    return split


def parser(name: str) -> Parse:
    """What finds the article in the raw of a record; raises RecordError if there is none."""
    parse: Parse = _part(FORMATS[name].parse)
    return parse


@cache
def _part(where: str) -> Any:
    # Imported when needed: HTML and Markdown bring a parser with them.
    module, _, function = where.partition(":")
    return getattr(import_module(f"{__name__}.{module}"), function)
