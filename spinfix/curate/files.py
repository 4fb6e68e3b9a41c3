"""Dictionaries and never-lists as files: told apart, read, and replaced whole."""

from __future__ import annotations

from pathlib import Path
from typing import NamedTuple

from spinfix.batch.sinks import Place
from spinfix.dictionary import (
    NEVER_HEADER,
    DictionaryError,
    Entry,
    Never,
    entries_text,
    read_entries,
    read_never,
)
from spinfix.learn.refusals import never_text
from spinfix.spinners import NEVER, Traits, read_spinner, write_spinner


class Loaded(NamedTuple):
    """What a path holds; ``traits`` are those of a spinner, None for a plain file."""

    name: str
    entries: list[Entry]
    never: list[Never]
    traits: Traits | None = None


def load(path: Path) -> Loaded:
    """The dictionary, the never-list or the spinner's folder at a path.

    Raises DictionaryError for what is none of them, and OSError.
    """
    if path.is_dir():
        spinner = read_spinner(path)
        return Loaded(str(path), list(spinner.entries), spinner.never, spinner.traits)
    if is_never_list(path):
        return Loaded(str(path), [], read_never(path))
    return Loaded(str(path), read_entries(path), [])


def is_never_list(path: Path) -> bool:
    """Is a file a never-list?  By its header, or without one by three columns.

    A file of two columns without a header is taken for a dictionary.
    """
    with path.open(encoding="utf-8-sig", errors="replace") as lines:
        for line in lines:
            fields = tuple(line.rstrip("\r\n").split("\t"))
            if line.strip() and not line.startswith("#"):
                return fields == NEVER_HEADER or len(fields) == len(NEVER_HEADER)
    return False


def replace_file(path: Path, text: str) -> None:
    """Write a file whole or not at all; a symbolic link is followed.

    Raises InputError or OSError where that cannot be.
    """
    path = path.resolve()
    place = Place(path, path if path.exists() else None)
    try:
        with place.open() as stream:
            stream.write(text.encode())
        place.take()
    finally:
        place.partial.unlink(missing_ok=True)


def write_dictionary(path: Path, entries: list[Entry], traits: Traits) -> None:
    """Write a dictionary file where ``path`` ends in .tsv, else a spinner's folder.

    Only a dictionary or a spinner is written over; DictionaryError for anything else that
    is there.
    """
    if path.suffix == ".tsv":
        _check_is_ours(path)
        replace_file(path, entries_text(entries))
        return
    if path.exists() and not path.is_dir():
        raise DictionaryError(f"{path}: is a file; give a folder, or a name that ends in .tsv")
    if path.is_dir() and any(path.iterdir()):
        _check_is_ours(path)
    write_spinner(path, traits, entries)


def write_never_list(path: Path, never: list[Never]) -> None:
    """Write a never-list: the file itself where ``path`` ends in .tsv, else in that folder."""
    if path.suffix == ".tsv":
        _check_is_ours(path)
        replace_file(path, never_text(never))
    else:
        replace_file(path / NEVER, never_text(never))


def _check_is_ours(path: Path) -> None:
    if not path.exists():
        return
    try:
        load(path)
    except (DictionaryError, OSError):
        raise DictionaryError(
            f"{path}: is there already and is no dictionary; choose another name for the output"
        ) from None
