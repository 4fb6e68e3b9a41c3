"""The phrase dictionary: spun phrases, what they stand for, and the evidence.

A dictionary file is UTF-8 text, tab-separated, one entry a line, sorted.  Its
first line names the columns::

    spun<TAB>original<TAB>replaced<TAB>seen<TAB>left_alone
    mentioned<TAB>said<TAB>23718<TAB>61904<TAB>17

A file written by hand may have the first two columns only.  A never-list has
the columns spun, original and reason; ``*`` as original means that the phrase
is never touched.  Blank lines and lines that start with ``#`` are skipped.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Sequence
from itertools import pairwise
from pathlib import Path
from typing import NamedTuple

HEADER = ("spun", "original", "replaced", "seen", "left_alone")
NEVER_HEADER = ("spun", "original", "reason")
ANY = "*"
#: The counts of an entry written by hand: one time in ten, never left alone.
HAND_COUNTS = (10, 100, 0)

_CHAR = r"[^\W_]|['.,%/\u2011-]"
_PHRASE = re.compile(rf"(?:{_CHAR})+(?: (?:{_CHAR})+)*")


class DictionaryError(ValueError):
    """A dictionary that cannot be used; the message names the file and the line."""


class Entry(NamedTuple):
    """One line of the dictionary.

    ``replaced``: times ``spun`` replaced ``original`` in the pairs;
    ``seen``: times ``original`` stood where the spinner could have
    replaced it; ``left_alone``: times ``spun`` stands in spun text without
    having replaced anything.
    """

    spun: str
    original: str
    replaced: int
    seen: int
    left_alone: int


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


def read_entries(path: Path) -> list[Entry]:
    """The entries of a dictionary file.

    Raises DictionaryError, naming file and line, for a line with the wrong
    columns, and OSError when the file cannot be read.
    """
    entries = []
    for number, fields in _rows(path, HEADER):
        try:
            entries.append(_entry(fields))
        except ValueError as error:
            raise DictionaryError(f"{path}, line {number}: {error}") from None
    return entries


def _entry(fields: list[str]) -> Entry:
    if len(fields) not in (2, len(HEADER)):
        raise ValueError(f"{len(fields)} columns where 2 or {len(HEADER)} belong, tab-separated")
    spun, original = fields[:2]
    for phrase in (spun, original):
        if not is_phrase(phrase.split(" ")):
            raise ValueError(f"{phrase!r} is not a phrase of words one space apart")
    if spun == original:
        raise ValueError(f"{spun!r} is replaced by itself")
    counts = HAND_COUNTS
    if len(fields) > 2:
        if not all(field.isascii() and field.isdigit() for field in fields[2:]):
            raise ValueError("a count is not a whole number")
        counts = (int(fields[2]), int(fields[3]), int(fields[4]))
    if not 0 < counts[0] <= counts[1]:
        raise ValueError("replaced must be at least 1 and at most seen")
    return Entry(spun, original, *counts)


def read_never(path: Path) -> list[Never]:
    """The entries of a never-list; raises as :func:`read_entries`."""
    entries = []
    for number, fields in _rows(path, NEVER_HEADER):
        if len(fields) > len(NEVER_HEADER) or not fields[0].strip():
            raise DictionaryError(
                f"{path}, line {number}: {len(fields)} columns where up to "
                f"{len(NEVER_HEADER)} belong, tab-separated: {', '.join(NEVER_HEADER)}"
            )
        spun, original, reason = (fields + [ANY, ""][len(fields) - 1 :])[:3]
        entries.append(Never(spun, original, reason))
    return entries


def _rows(path: Path, header: Sequence[str]) -> Iterator[tuple[int, list[str]]]:
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
    """Write a dictionary file, sorted, so that versions of it compare line by line."""
    lines = ["\t".join(HEADER)]
    lines += ["\t".join(map(str, entry)) for entry in sorted(entries)]
    path.write_text("\n".join(lines) + "\n", encoding="utf-8")


def problems(entries: Sequence[Entry], *, by_hand: bool = False) -> Iterator[str]:
    """What is wrong with a dictionary as a whole, a sentence each.

    Order, doubles and case, and, for entries written ``by_hand``, loops: two
    entries that turn each other's originals back.  (Learned entries may do so:
    spinners replace "as" by "because" and "because" by "as".)
    """
    keys = [(entry.spun, entry.original) for entry in entries]
    for last, this in pairwise(keys):
        if this == last:
            yield f"{this[0]!r} -> {this[1]!r} is there twice"
        elif this < last:
            yield f"{this[0]!r} -> {this[1]!r} stands after {last[0]!r}: the file is not sorted"
    present = set(keys)
    for spun, original in keys:
        if (spun, original) != canonical(spun.split(" "), original.split(" ")):
            yield f"{spun!r} -> {original!r} should be in lower case"
        if by_hand and spun < original and (original, spun) in present:
            yield f"{spun!r} and {original!r} replace each other"
