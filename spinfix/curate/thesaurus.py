"""A spinner's own thesaurus, read: rows of a head and its synonyms, or groups without a head.

Three forms are known: ``head|synonym|synonym`` rows; spintax, ``{a|b|c}``, nested or inside
running text; and two columns, head and synonym.  Such files come from anywhere: nothing in
them is an error, what cannot be used is counted with its reason.
"""

from __future__ import annotations

import csv
import html
import re
from collections import Counter
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, field
from itertools import islice
from typing import Literal, NamedTuple
from unicodedata import category

from spinfix.dictionary import is_phrase
from spinfix.text import tokenize

from .spintax import groups

Format = Literal["rows", "spintax", "csv", "tsv"]
FORMATS: tuple[Format, ...] = ("rows", "spintax", "csv", "tsv")
#: Longest phrase (words, characters) and longest row (synonyms) that are taken.
MOST_WORDS, _MOST_CHARACTERS, MOST_SYNONYMS = 8, 120, 500
#: Lines by which the format is told.
_SAMPLE = 2000
_GROUP = re.compile(r"\{[^{}]*\|[^{}]*\}")
#: What the first line of a table calls its columns.
_TITLES = (
    frozenset("head heads headword word words original from phrase term key source".split()),
    frozenset("synonym synonyms spun replacement replacements to value rewrite target".split()),
)


class ThesaurusError(ValueError):
    """A file whose form cannot be told; the message says what to do."""


class Row(NamedTuple):
    """Phrases that stand for one another; ``head`` is the one replaced, if that is known."""

    head: str | None
    synonyms: tuple[str, ...]


@dataclass
class Dirt:
    """What was not taken, and what was taken after cleaning: reason, number of phrases."""

    phrases: int = 0
    dropped: Counter[str] = field(default_factory=Counter)
    cleaned: Counter[str] = field(default_factory=Counter)


class Thesaurus(NamedTuple):
    """The rows of a file, its format, and the dirt in it."""

    rows: list[Row]
    format: Format
    dirt: Dirt


def read_thesaurus(data: bytes, form: Format | None = None) -> Thesaurus:
    """The rows of a thesaurus of any bytes.

    ``form`` is its format; ThesaurusError when none is given and the lines do not tell.
    """
    dirt = Dirt()
    lines = [line for line in _decoded(data, dirt).splitlines() if line.strip()]
    form = form or told_format(lines)
    rows = [row for row in _READERS[form](lines, dirt) if row.synonyms]
    return Thesaurus(rows, form, dirt)


def told_format(lines: Sequence[str]) -> Format:
    """The format that most of the first lines are in; ThesaurusError when none is."""
    found: Counter[Format] = Counter()
    for line in islice(lines, _SAMPLE):
        if _GROUP.search(line):
            found["spintax"] += 1
        elif "\t" in line:
            found["tsv"] += 1
        elif "|" in line:
            found["rows"] += 1
        elif "," in line:
            found["csv"] += 1
    if found["spintax"]:  # running text has commas and lines without a group
        found["csv"] = 0
    form, count = max(found.items(), key=lambda item: item[1], default=("rows", 0))
    if not count:
        raise ThesaurusError(
            "this is no thesaurus that is known by its lines: head|synonym|synonym, {a|b|c}, "
            "or two columns; --format says which"
        )
    return form


def _decoded(data: bytes, dirt: Dirt) -> str:
    if data[:2] in (b"\xff\xfe", b"\xfe\xff"):
        return data.decode("utf-16", errors="replace")
    try:
        return data.decode("utf-8-sig")
    except UnicodeDecodeError:
        dirt.cleaned["not UTF-8, read as Windows-1252 (lines)"] += data.count(b"\n") + 1
        return data.decode("cp1252", errors="replace")


def _piped(lines: Sequence[str], dirt: Dirt) -> Iterator[Row]:
    for line in lines:
        head, *synonyms = line.split("|")
        yield _row(head, synonyms, dirt)


def _spintax(lines: Sequence[str], dirt: Dirt) -> Iterator[Row]:
    faults: Counter[str] = Counter()
    for line in lines:
        for group in groups(line, MOST_SYNONYMS, _MOST_CHARACTERS, faults):
            yield Row(None, _phrases(group, dirt))
    dirt.dropped.update(faults)
    dirt.phrases += faults.total()


def _columns(delimiter: str) -> Callable[[Sequence[str], Dirt], Iterator[Row]]:
    def read(lines: Sequence[str], dirt: Dirt) -> Iterator[Row]:
        for number, line in enumerate(lines):
            try:
                # line by line: a stray quotation mark spoils no other one
                cells = next(csv.reader([line], delimiter=delimiter))
            except csv.Error:
                cells = []
            if number == 0 and _is_title(cells):
                continue
            if len(cells) == 2:
                yield _row(cells[0], cells[1].split("|"), dirt)
            else:
                dirt.phrases += 1
                dirt.dropped["line without two columns"] += 1

    return read


def _is_title(cells: Sequence[str]) -> bool:
    names = [cell.strip().lower() for cell in cells]
    return len(names) == 2 and all(a in b for a, b in zip(names, _TITLES, strict=True))


_READERS: dict[Format, Callable[[Sequence[str], Dirt], Iterator[Row]]] = {
    "rows": _piped,
    "spintax": _spintax,
    "csv": _columns(","),
    "tsv": _columns("\t"),
}


def _row(head: str, synonyms: Sequence[str], dirt: Dirt) -> Row:
    """A head with its synonyms; without them when the head cannot be used."""
    dirt.phrases += 1
    cleaned = clean_phrase(head, dirt)
    if cleaned is None:
        dirt.phrases += len(synonyms)
        dirt.dropped["synonym of a head that was dropped"] += len(synonyms)
        return Row(None, ())
    found = _phrases(synonyms, dirt)
    kept = tuple(phrase for phrase in found if phrase.lower() != cleaned.lower())
    dirt.dropped["synonym of itself"] += len(found) - len(kept)
    if not synonyms:
        dirt.dropped["head without synonyms"] += 1
    return Row(cleaned, kept)


def _phrases(parts: Sequence[str], dirt: Dirt) -> tuple[str, ...]:
    """The usable ones of a row's phrases, each once."""
    dirt.phrases += len(parts)
    if len(parts) > MOST_SYNONYMS:
        dirt.dropped[f"row of over {MOST_SYNONYMS} phrases"] += len(parts)
        return ()
    found = [phrase for part in parts if (phrase := clean_phrase(part, dirt)) is not None]
    once = {phrase.lower(): phrase for phrase in reversed(found)}
    dirt.dropped["twice in its row"] += len(found) - len(once)
    return tuple(reversed(once.values()))


def clean_phrase(text: str, dirt: Dirt) -> str | None:
    """A phrase as dictionaries write it, its tokens one space apart; None if it is none."""
    if "&" in text and (plain := html.unescape(text)) != text:
        dirt.cleaned["HTML entities"] += 1
        text = plain
    if not text.isprintable():
        printable = "".join(_printable(c) for c in text)
        dirt.cleaned["control characters"] += printable.strip() != text.strip()
        text = printable
    if "_" in text:
        dirt.cleaned["underscores for spaces"] += 1
        text = text.replace("_", " ")
    if not text.strip():
        dirt.dropped["empty"] += 1
        return None
    words = tokenize(text[: _MOST_CHARACTERS + 1]).words
    if len(words) > MOST_WORDS or len(text) > _MOST_CHARACTERS:
        dirt.dropped[f"longer than {MOST_WORDS} words or {_MOST_CHARACTERS} characters"] += 1
        return None
    if not is_phrase(words):
        dirt.dropped["no phrase of words"] += 1
        return None
    return " ".join(words)


def _printable(char: str) -> str:
    """White space as a space, control and format characters as nothing."""
    if char.isspace():
        return " "
    return "" if category(char) in ("Cc", "Cf", "Cs", "Co", "Cn") else char
