"""What is wrong with dictionaries and never-lists, line by line."""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Callable, Iterator, Sequence
from itertools import pairwise
from pathlib import Path
from typing import NamedTuple, TypeVar

from spinfix.dictionary import (
    ANY,
    HAND_COUNTS,
    HEADER,
    NEVER_HEADER,
    SOURCE,
    DictionaryError,
    Entry,
    Never,
    found_problems,
    is_phrase,
    loops,
    parse_entry,
    parse_never,
    rows,
)
from spinfix.spinners import DICTIONARY, NEVER, read_spinner

from .files import is_never_list

_Row = TypeVar("_Row")


class Problem(NamedTuple):
    """Something wrong in a file; ``line`` counts from 1, 0 is the file as a whole."""

    path: Path
    line: int
    message: str

    def __str__(self) -> str:
        where = f", line {self.line}" if self.line else ""
        return f"{self.path}{where}: {self.message}"


def check(path: Path) -> list[Problem]:
    """All that is wrong with a dictionary, a never-list, or a spinner's folder.

    OSError when it cannot be read.
    """
    if path.is_dir():
        return _check_folder(path)
    whole: list[Problem] = []
    try:
        found = list(_never_problems(path) if is_never_list(path) else _entry_problems(path))
    except DictionaryError as error:  # not UTF-8
        whole, found = [Problem(path, 0, str(error).removeprefix(f"{path}: "))], []
    return whole + sorted(set(found))


def _check_folder(folder: Path) -> list[Problem]:
    names = [name for name in (DICTIONARY, NEVER) if (folder / name).is_file()]
    if DICTIONARY not in names:
        return [Problem(folder, 0, f"no spinner: it holds no {DICTIONARY}")]
    found = [problem for name in names for problem in check(folder / name)]
    if not found:  # then it is only the traits that can be wrong
        try:
            read_spinner(folder)
        except DictionaryError as error:
            where, _, message = str(error).partition(": ")
            found.append(Problem(Path(where), 0, message))
    return found


def _parsed(
    path: Path,
    header: Sequence[str],
    parse: Callable[[Sequence[str]], _Row],
    problems: list[Problem],
) -> Iterator[tuple[int, _Row]]:
    """The lines that can be read; the others become problems."""
    for number, fields in rows(path, header):
        try:
            yield number, parse(fields)
        except ValueError as error:
            problems.append(Problem(path, number, str(error)))


def _entry_problems(path: Path) -> Iterator[Problem]:
    bad: list[Problem] = []
    parsed = list(_parsed(path, (*HEADER, SOURCE), parse_entry, bad))
    yield from bad
    lines = [number for number, _ in parsed]
    entries = [entry for _, entry in parsed]
    for index, message in found_problems(entries):
        yield Problem(path, lines[index], message)
    by_hand = [n for n, entry in enumerate(entries) if entry.counts == HAND_COUNTS]
    for index in loops([entries[n] for n in by_hand]):
        entry = entries[by_hand[index]]
        message = f"{entry.spun!r} and {entry.original!r} replace each other"
        yield Problem(path, lines[by_hand[index]], message)
    for index, message in _count_problems(entries):
        yield Problem(path, lines[index], message)


def _count_problems(entries: Sequence[Entry]) -> Iterator[tuple[int, str]]:
    """Counts that no text can have given; those of entries by hand are not looked at."""
    replaced: Counter[str] = Counter()
    seen: defaultdict[str, set[int]] = defaultdict(set)
    alone: defaultdict[str, set[int]] = defaultdict(set)
    for index, entry in enumerate(entries):
        if entry.counts == HAND_COUNTS:
            continue
        replaced[entry.original] += entry.replaced
        seen[entry.original].add(entry.seen)
        alone[entry.spun].add(entry.left_alone)
        if len(seen[entry.original]) > 1:
            yield index, f"seen is not the same for all entries of {entry.original!r}"
        elif replaced[entry.original] > entry.seen:
            yield index, f"{entry.original!r} was replaced more often than it was seen"
        if len(alone[entry.spun]) > 1:
            yield index, f"left_alone is not the same for all entries of {entry.spun!r}"


def _never_problems(path: Path) -> Iterator[Problem]:
    bad: list[Problem] = []
    parsed = list(_parsed(path, NEVER_HEADER, parse_never, bad))
    yield from bad
    for (_, last), (number, this) in pairwise(parsed):
        if this[:2] == last[:2]:
            yield Problem(path, number, f"{this.spun!r} -> {this.original!r} is there twice")
        elif this[:2] < last[:2]:
            message = f"{this.spun!r} stands after {last.spun!r}: the file is not sorted"
            yield Problem(path, number, message)
    for number, row in parsed:
        for message in _bad_phrases(row):
            yield Problem(path, number, message)


def _bad_phrases(row: Never) -> Iterator[str]:
    phrases = (row.spun,) if row.original == ANY else (row.spun, row.original)
    for phrase in phrases:
        if not is_phrase(phrase.split(" ")):
            yield f"{phrase!r} is not a phrase of words one space apart"
