"""Many inputs: finding them, and rewriting them without ever losing one."""

from __future__ import annotations

import io
import os
import shutil
import sys
import tempfile
from collections.abc import Callable, Iterable, Iterator
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from pathlib import Path
from typing import BinaryIO, TextIO

from .edits import Repair
from .formats import FormatError, Record, format_of, read_records

STDIN = "-"


class InputError(ValueError):
    """An input or output that cannot be used; one line that names it."""


@dataclass(frozen=True, slots=True)
class Input:
    """A file to read, or standard input (``path`` None).

    ``name`` is what to call it; ``place`` where it goes below an output folder.
    """

    path: Path | None
    name: str
    place: Path
    format: str


@dataclass(frozen=True, slots=True)
class Reading:
    """How inputs are read: text encoding, the field of JSON lines, format or "auto"."""

    encoding: str = "utf-8"
    field: str = "text"
    format: str = "auto"


def find_inputs(paths: Iterable[str], reading: Reading) -> Iterator[Input | InputError]:
    """The inputs that ``paths`` name; folders give the text and JSON lines files in them.

    What is not there comes as an InputError in its place, so that the others
    can be done all the same.
    """
    for name in paths:
        path = Path(name)
        if not name:  # Path("") would be the current folder
            yield InputError("a path is empty")
        elif name == STDIN:
            kind = "text" if reading.format == "auto" else reading.format
            yield Input(None, "standard input", Path("stdin"), kind)
        elif path.is_dir():
            found = sorted(p for p in path.rglob("*") if p.is_file() and format_of(p))
            if not found:
                yield InputError(f"{name}: no text in this folder (.txt, .text, .jsonl, .ndjson)")
            for file in found:
                yield Input(file, str(file), file.relative_to(path), _format(file, reading))
        elif path.exists():
            yield Input(path, name, Path(path.name), _format(path, reading))
        else:
            yield InputError(f"{name}: no such file or folder")


def _format(path: Path, reading: Reading) -> str:
    return (format_of(path) or "text") if reading.format == "auto" else reading.format


@contextmanager
def _opened(source: Input) -> Iterator[BinaryIO]:
    if source.path is None:
        yield sys.stdin.buffer
    else:
        with source.path.open("rb") as stream:
            yield stream


def records(source: Input, reading: Reading) -> Iterator[Record]:
    """The records of an input; InputError names the input and the line."""
    line = 0
    try:
        with _opened(source) as binary:
            # newline="\n": nothing is translated, and only \n ends a line
            stream = io.TextIOWrapper(binary, encoding=reading.encoding, newline="\n")
            try:
                for record in read_records(stream, source.format, reading.field):
                    line = record.line
                    yield record
            finally:
                stream.detach()
    except UnicodeDecodeError as error:
        where = f", after line {line}" if source.format == "jsonl" else f", byte {error.start}"
        raise InputError(
            f"{source.name}{where}: not {reading.encoding}; name its encoding with "
            "--encoding (latin-1, cp1252, utf-16, ...)"
        ) from None
    except FormatError as error:
        raise InputError(f"{source.name}, {error}") from None
    except OSError as error:
        raise InputError(f"{source.name}: {error.strerror or error}") from None


def articles(source: Input, reading: Reading) -> Iterator[Record]:
    """The records of an input that are articles: no blank lines between them."""
    return (record for record in records(source, reading) if not record.blank)


def rewrite(
    source: Input,
    reading: Reading,
    repair: Callable[[str], Repair],
    out: TextIO,
) -> Iterator[tuple[Record, Repair]]:
    """Write the repaired input to ``out``; yields each record with its repair."""
    for record in records(source, reading):
        result = repair(record.text)
        try:
            out.write(record.rewritten(result.edits))
        except UnicodeEncodeError:
            raise InputError(
                f"{source.name}: a restored word cannot be written as {reading.encoding}"
            ) from None
        yield record, result


@contextmanager
def replacing(target: Path, encoding: str, like: Path | None = None) -> Iterator[TextIO]:
    """Write a file whole or not at all.

    The text goes to a temporary file beside ``target``, is flushed to disk, and
    takes the target's place when the block ends well; the mode is that of
    ``like``.  A symbolic link is followed, not replaced.
    """
    target = Path(os.path.realpath(target))
    try:
        handle, name = tempfile.mkstemp(prefix=f".{target.name}.", dir=target.parent)
    except OSError as error:
        raise InputError(f"{target}: cannot write here ({error.strerror})") from None
    try:
        with os.fdopen(handle, "w", encoding=encoding, newline="") as out:
            yield out
            out.flush()
            os.fsync(out.fileno())
        if like is not None:
            shutil.copymode(like, name)
        else:
            Path(name).chmod(0o666 & ~_umask())
        Path(name).replace(target)
    except BaseException as error:
        with suppress(OSError):
            Path(name).unlink()
        if isinstance(error, OSError):
            raise InputError(f"{target}: {error.strerror or error}") from None
        raise


def _umask() -> int:
    mask = os.umask(0)
    os.umask(mask)
    return mask
