"""The phrase dictionary: spun phrases, what they stand for, and the evidence.

A dictionary file is UTF-8 text, tab-separated, one entry a line, sorted.  Its
first line names the columns::

    spun<TAB>original<TAB>replaced<TAB>seen<TAB>left_alone
    mentioned<TAB>said<TAB>23718<TAB>61904<TAB>17

A sixth column, ``source``, may tell in plain words where an entry comes from.  A file
written by hand may have the first two columns only.  A never-list has
the columns spun, original and reason; ``*`` as original means that the phrase
is never touched.  Blank lines and lines that start with ``#`` are skipped.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable, Iterator, Sequence
from itertools import pairwise
from pathlib import Path
from typing import NamedTuple, TypeVar

HEADER = ("spun", "original", "replaced", "seen", "left_alone")
#: The column that an entry may have besides.
SOURCE = "source"
NEVER_HEADER = ("spun", "original", "reason")
ANY = "*"
#: The counts of an entry written by hand: one time in ten, never left alone.
HAND_COUNTS = (10, 100, 0)

_Row = TypeVar("_Row")
_CHAR = r"[^\W_]|['.,%/\u2011-]"
_PHRASE = re.compile(rf"(?:{_CHAR})+(?: (?:{_CHAR})+)*")


class DictionaryError(ValueError):
    """A dictionary that cannot be used; the message names the file and the line."""


class Entry(NamedTuple):
    """One line of the dictionary.

    ``replaced``: times ``spun`` replaced ``original`` in the pairs;
    ``seen``: times ``original`` stood where the spinner could have
    replaced it; ``left_alone``: times ``spun`` stands in spun text without
    having replaced anything; ``source``: where the entry comes from, in plain words.
    """

    spun: str
    original: str
    replaced: int
    seen: int
    left_alone: int
    source: str = ""

    @property
    def counts(self) -> tuple[int, int, int]:
        """The three counts together."""
        return self.replaced, self.seen, self.left_alone


class Never(NamedTuple):
    """A substitution that is never made, and why; ``original`` may be :data:`ANY`."""

    spun: str
    original: str
    reason: str


def is_phrase(words: Sequence[str]) -> bool:
    """Can these tokens be one side of an entry?  Words, numerals and % only."""
    text = " ".join(words)
    return bool(_PHRASE.fullmatch(text)) and any(w[0].isalnum() or w == "%" for w in words)


def canonical(spun: Sequence[str], original: Sequence[str]) -> tuple[str, str]:
    """Both sides in the case of the dictionary.

    Lower case where the first letter's case simply carries over from one side
    to the other, as written where capitals are part of the entry ("US" for
    "United States").
    """
    left, right = " ".join(spun), " ".join(original)
    if _carries(left) and _carries(right):
        return left.lower(), right.lower()
    return left, right


def _carries(phrase: str) -> bool:
    rest = phrase[1:] + " "
    for pronoun in (" I ", " I'"):
        rest = rest.replace(pronoun, " i" + pronoun[-1])
    return not any(c.isupper() for c in rest)


def latest(entries: Iterable[Entry]) -> list[Entry]:
    """Of entries for the same pair the last: so users overrule what is shipped."""
    return list({entry[:2]: entry for entry in entries}.values())


def read_entries(path: Path) -> list[Entry]:
    """The entries of a dictionary file.

    Raises DictionaryError, naming file and line, for a line with the wrong
    columns, and OSError when the file cannot be read.
    """
    return [row for _, row in _parsed(path, (*HEADER, SOURCE), parse_entry)]


def read_shipped(path: Path) -> list[Entry]:
    """The entries of a file that comes with the package, unchecked: the tests check it."""
    header, _, table = path.read_text(encoding="utf-8").partition("\n")
    if SOURCE in header:  # some lines have this column, others do not
        lines = (line.split("\t") for line in table.splitlines())
        return [
            Entry(spun, original, int(replaced), int(seen), int(left_alone), *source)
            for spun, original, replaced, seen, left_alone, *source in lines
        ]
    # Column by column: this is faster.
    cells = table.replace("\n", "\t").split("\t")
    width = len(HEADER)
    counts = (map(int, cells[n::width]) for n in range(2, width))
    return list(map(Entry, cells[:-1:width], cells[1::width], *counts))


def parse_entry(fields: Sequence[str]) -> Entry:
    """The entry of a line's columns; ValueError when they make none."""
    if len(fields) not in (2, len(HEADER), len(HEADER) + 1):
        raise ValueError(
            f"{len(fields)} columns where 2, {len(HEADER)} or {len(HEADER) + 1} belong, "
            "tab-separated"
        )
    spun, original = fields[:2]
    for phrase in (spun, original):
        if not is_phrase(phrase.split(" ")):
            raise ValueError(f"{phrase!r} is not a phrase of words one space apart")
    if spun == original:
        raise ValueError(f"{spun!r} is replaced by itself")
    counts = HAND_COUNTS
    if len(fields) > 2:
        if not all(field.isascii() and field.isdigit() for field in fields[2:5]):
            raise ValueError("a count is not a whole number")
        counts = (int(fields[2]), int(fields[3]), int(fields[4]))
    if not 0 < counts[0] <= counts[1]:
        raise ValueError("replaced must be at least 1 and at most seen")
    return Entry(spun, original, *counts, "".join(fields[5:]))


def read_never(path: Path) -> list[Never]:
    """The entries of a never-list; raises as :func:`read_entries`."""
    return [row for _, row in _parsed(path, NEVER_HEADER, parse_never)]


def parse_never(fields: Sequence[str]) -> Never:
    """The entry of a never-list's line; ValueError when its columns make none."""
    if len(fields) > len(NEVER_HEADER) or not fields[0].strip():
        raise ValueError(
            f"{len(fields)} columns where up to "
            f"{len(NEVER_HEADER)} belong, tab-separated: {', '.join(NEVER_HEADER)}"
        )
    spun, original, reason = (*fields, "", "")[: len(NEVER_HEADER)]
    return Never(spun, original or ANY, reason)


def _parsed(
    path: Path, header: Sequence[str], parse: Callable[[Sequence[str]], _Row]
) -> Iterator[tuple[int, _Row]]:
    for number, fields in rows(path, header):
        try:
            yield number, parse(fields)
        except ValueError as error:
            raise DictionaryError(f"{path}, line {number}: {error}") from None


def rows(path: Path, header: Sequence[str]) -> Iterator[tuple[int, list[str]]]:
    """The lines of a table that hold something: number, columns.  Without the header.

    Raises DictionaryError for what is not UTF-8, OSError for what cannot be read.
    """
    try:
        text = path.read_text(encoding="utf-8-sig")
    except UnicodeDecodeError as error:
        raise DictionaryError(f"{path}: not UTF-8 (byte {error.start})") from None
    for number, line in enumerate(text.splitlines(), 1):
        if not line.strip() or line.startswith("#"):
            continue
        fields = line.split("\t")
        if tuple(fields) != tuple(header[: len(fields)]):
            yield number, fields


def write_entries(path: Path, entries: Iterable[Entry]) -> None:
    """Write a dictionary file: :func:`entries_text`."""
    path.write_text(entries_text(entries), encoding="utf-8")


def entries_text(entries: Iterable[Entry]) -> str:
    """A dictionary file, sorted, so that versions of it compare line by line.

    Only entries with a source have that column.
    """
    entries = sorted(entries)
    header = (*HEADER, SOURCE) if any(entry.source for entry in entries) else HEADER
    lines = ["\t".join(header)]
    lines += ["\t".join(map(str, entry if entry.source else entry[:5])) for entry in entries]
    return "\n".join(lines) + "\n"


def problems(entries: Sequence[Entry], *, by_hand: bool = False) -> Iterator[str]:
    """What is wrong with a dictionary as a whole, a sentence each: :func:`found_problems`."""
    for _, message in found_problems(entries, by_hand=by_hand):
        yield message


def found_problems(entries: Sequence[Entry], *, by_hand: bool = False) -> Iterator[tuple[int, str]]:
    """What is wrong with a dictionary as a whole: number of the entry, from 0, and a sentence.

    Order, doubles and case, and, for entries written ``by_hand``, loops: two
    entries that turn each other's originals back.  (Learned entries may do so:
    spinners replace "as" by "because" and "because" by "as".)
    """
    keys = [(entry.spun, entry.original) for entry in entries]
    for number, (last, this) in enumerate(pairwise(keys), 1):
        if this == last:
            yield number, f"{this[0]!r} -> {this[1]!r} is there twice"
        elif this < last:
            after = f"stands after {last[0]!r}: the file is not sorted"
            yield number, f"{this[0]!r} -> {this[1]!r} {after}"
    for number, (spun, original) in enumerate(keys):
        if (spun, original) != canonical(spun.split(" "), original.split(" ")):
            yield number, f"{spun!r} -> {original!r} should be in lower case"
    for number in loops(entries) if by_hand else ():
        spun, original = keys[number]
        yield number, f"{spun!r} and {original!r} replace each other"


def loops(entries: Sequence[Entry]) -> Iterator[int]:
    """The numbers, from 0, of entries that another entry turns back; one of each two."""
    present = {(entry.spun, entry.original) for entry in entries}
    for number, (spun, original, *_) in enumerate(entries):
        if spun < original and (original, spun) in present:
            yield number
