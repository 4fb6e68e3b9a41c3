"""Finding inputs: files, folders, patterns, lists of names, standard input."""

from __future__ import annotations

import glob
import os
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from fnmatch import fnmatchcase
from pathlib import Path

from spinfix.formats import FORMATS, Layout, compression_of, format_of

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
    compression: str | None = None


def root_of(source: Input) -> Path:
    """The folder that an input was found in: that of its place."""
    return (source.path or source.place).absolute().parents[len(source.place.parts) - 1]


@dataclass(frozen=True, slots=True)
class Reading:
    """How inputs are read: text encoding, fields that hold the article, format or "auto".

    ``delimiter`` of CSV is found by itself when empty.
    """

    encoding: str = "utf-8"
    fields: tuple[str, ...] = ("text",)
    format: str = "auto"
    delimiter: str = ""

    def layout(self, format_name: str) -> Layout:
        """The layout of records in a format."""
        return Layout(self.fields, "\t" if format_name == "tsv" else self.delimiter)


def find_inputs(
    paths: Iterable[str],
    reading: Reading,
    exclude: Sequence[str] = (),
    leave_out: Path | None = None,
) -> Iterator[Input | InputError]:
    """The inputs that ``paths`` name: files, folders, patterns such as ``**/*.html``.

    A folder gives the files of known formats in it and below, in order of their
    names, but for hidden ones, those that match a pattern of ``exclude``, and the
    folder ``leave_out``.  What is not there comes as an InputError in its place, so
    that the others can be done all the same.
    """
    for name in paths:
        path = Path(name)
        if not name:  # Path("") would be the current folder
            yield InputError("a path is empty")
        elif name == STDIN:
            kind = "text" if reading.format == "auto" else reading.format
            yield Input(None, "standard input", Path("stdin"), kind)
        elif os.path.isdir(name):  # noqa: PTH112 - False for a name that no file can have
            yield from _below(path, name, reading, exclude, leave_out)
        elif os.path.lexists(path):
            yield _input(path, Path(path.name), reading)
        elif found := _matching(name):
            for each in map(Path, found):
                if each.is_file() and not _excluded(each, exclude):
                    place = each if not (each.is_absolute() or ".." in each.parts) else each.name
                    yield _input(each, Path(place), reading)
        else:
            yield InputError(f"{name}: no such file or folder")


def _matching(pattern: str) -> list[str]:
    """The paths that match a pattern; none where it is a plain name."""
    if not glob.has_magic(pattern):
        return []
    return sorted(glob.glob(pattern, recursive=True))  # noqa: PTH207 - may be absolute


def _input(path: Path, place: Path, reading: Reading) -> Input:
    known = format_of(path) or "text"
    kind = known if reading.format == "auto" else reading.format
    compression = None if kind == "parquet" else compression_of(path)
    return Input(path, str(path), place, kind, compression)


def _below(
    folder: Path, name: str, reading: Reading, exclude: Sequence[str], leave_out: Path | None
) -> Iterator[Input | InputError]:
    count = 0
    for found in _walk(folder, leave_out):
        if isinstance(found, InputError):
            yield found
            continue
        place = found.relative_to(folder)
        if not _excluded(place, exclude) and (reading.format != "auto" or format_of(found)):
            count += 1
            yield _input(found, place, reading)
    if not count:
        known = ", ".join(suffix for known in FORMATS.values() for suffix in known.suffixes)
        yield InputError(f"{name}: no text in this folder ({known})")


def _walk(folder: Path, leave_out: Path | None) -> Iterator[Path | InputError]:
    """The files of a folder and below; a stack, for folders may be nested deeply."""
    stack = [str(folder)]
    while stack:
        top = stack.pop()
        try:
            entries = sorted(os.scandir(top), key=lambda entry: entry.name)
        except OSError as error:
            yield InputError(f"{top}: {error.strerror or error}")
            continue
        below: list[str] = []
        for entry in entries:
            if entry.name.startswith("."):
                continue
            if entry.is_dir(follow_symlinks=False):
                if leave_out is None or not _same(entry.path, leave_out):
                    below.append(entry.path)
            elif _is_file(entry):
                yield Path(entry.path)
        stack += reversed(below)


def _is_file(entry: os.DirEntry[str]) -> bool:
    """Is it a file, or a link that should be one?  A broken link is not passed over."""
    try:
        return entry.is_file() or (entry.is_symlink() and not Path(entry.path).exists())
    except OSError:  # links in a circle
        return True


def _same(path: str, other: Path) -> bool:
    return os.path.realpath(path) == os.path.realpath(other)


def _excluded(place: Path, exclude: Sequence[str]) -> bool:
    """Does a path, or a folder on its way, match a pattern?"""
    ways = [place, *place.parents][: len(place.parts)]
    return any(
        fnmatchcase(way.as_posix(), pattern.rstrip("/")) or fnmatchcase(way.name, pattern)
        for pattern in exclude
        for way in ways
    )


def listed(data: bytes) -> list[str]:
    """The names in a list of files: one a line, or ended by NUL where there is one."""
    names = data.split(b"\0" if b"\0" in data else b"\n")
    return [os.fsdecode(name.removesuffix(b"\r")) for name in names if name.strip()]
