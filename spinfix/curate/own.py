"""The user's own dictionary and never-list: entries added by hand, files kept in order."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from pathlib import Path

from spinfix.config_files import GENERAL, Config
from spinfix.dictionary import (
    ANY,
    HAND_COUNTS,
    HEADER,
    NEVER_HEADER,
    SOURCE,
    Entry,
    Never,
    canonical,
    is_phrase,
    read_entries,
    read_never,
    rows,
)
from spinfix.text import tokenize

from .files import replace_file

#: What the user's own files are called when no configuration names any.
OWN = {"dictionary": Path("spinfix-dictionary.tsv"), "never": Path("spinfix-never.tsv")}
#: Longest reason (characters).
_REASON = 200


class EntryError(ValueError):
    """An entry that cannot be added; the message says why."""


def own_file(option: str, config: Config | None) -> Path:
    """The file that the option ``dictionary`` or ``never`` of a configuration names.

    Without one it is :data:`OWN`'s, in the working folder.  Raises EntryError when there
    are several, or when it lies outside of the configuration's folder: a file that came
    with somebody else's folder shall not choose what is written.
    """
    named = configured(option, config)
    if config is None or not named:
        return OWN[option]
    if len(named) > 1:
        raise EntryError(f"{config.path} names several files for {option}; choose one with -d")
    if not named[0].resolve().is_relative_to(config.path.absolute().parent.resolve()):
        raise EntryError(f"{named[0]} is not in the folder of {config.path}; name it with -d")
    return named[0]


def configured(option: str, config: Config | None) -> list[Path]:
    """The files that a configuration names for ``option``, for all commands or for fix."""
    if config is None:
        return []
    folder = config.path.absolute().parent
    tables = (config.values.get(name, {}) for name in (GENERAL, "fix"))
    return list(dict.fromkeys(folder / name for table in tables for name in _names(table, option)))


def _names(table: Mapping[str, object], option: str) -> list[str]:
    value = table.get(option, ())
    found = value.splitlines() if isinstance(value, str) else value
    return [str(name).strip() for name in found] if isinstance(found, list) else []


def add(path: Path, spun: str, original: str, why: str = "") -> bool:
    """Put an entry into a dictionary file, which is made if need be; False: it is there.

    Raises EntryError for what is no entry and for a loop, DictionaryError and OSError for a
    file that cannot be used.  ``why`` becomes a part of the entry's source.
    """
    left, right = canonical(_phrase(spun), _phrase(original))
    if left == right:
        raise EntryError(f"{left!r} would be replaced by itself")
    before = read_entries(path) if path.exists() else []
    there = {entry[:2]: entry for entry in before}
    if (right, left) in there:
        raise EntryError(
            f"{path} has {right!r} -> {left!r} already, and with {left!r} -> {right!r} the two "
            "would replace each other; take out one of them"
        )
    source = f"by hand: {_reason(why)}" if why.strip() else "by hand"
    known = there.get((left, right))
    if known is not None and (not why.strip() or known.source == source):
        return False
    counts = known.counts if known else HAND_COUNTS
    entry = Entry(left, right, *counts, source)
    _put(path, (*HEADER, SOURCE), "\t".join(map(str, entry)))
    return True


def never(path: Path, spun: str, original: str = ANY, why: str = "") -> bool:
    """Put a substitution on a never-list, which is made if need be; False: it is there.

    :data:`~spinfix.dictionary.ANY` as original stands for all of them.  Raises as :func:`add`.
    """
    if original == ANY:
        row = Never(" ".join(_phrase(spun)).lower(), ANY, _reason(why))
    else:
        row = Never(*canonical(_phrase(spun), _phrase(original)), _reason(why))
    before = read_never(path) if path.exists() else []
    known = next((old for old in before if old[:2] == row[:2]), None)
    if known is not None and row.reason in ("", known.reason):
        return False
    _put(path, NEVER_HEADER, "\t".join(row))
    return True


def _put(path: Path, header: Sequence[str], line: str) -> None:
    """Put a line where it belongs in a sorted file, in place of the one with its phrases.

    All other lines stay as they are; comments right above an entry stay with it.
    """
    if not path.exists() or not path.read_bytes().strip():
        replace_file(path, "\t".join(header) + f"\n{line}\n")
        return
    pair = _pair(line.split("\t"))
    there = [(number - 1, _pair(fields)) for number, fields in rows(path, header)]
    lines = path.read_text(encoding="utf-8-sig").splitlines()
    same = next((at for at, other in there if other == pair), None)
    if same is not None:
        lines[same] = line
    else:
        place = at = next((at for at, other in there if other > pair), len(lines))
        while place and lines[place - 1].startswith("#"):
            place -= 1
        lines.insert(place or at, line)
    replace_file(path, "\n".join(lines) + "\n")


def _pair(fields: Sequence[str]) -> tuple[str, str]:
    return fields[0], (*fields[1:2], "")[0] or ANY


def _phrase(text: str) -> list[str]:
    words = tokenize(" ".join(text.split())).words
    if not is_phrase(words):
        raise EntryError(f"{text!r} is not a phrase of words")
    return words


def _reason(text: str) -> str:
    """A reason as it can stand in a column."""
    plain = " ".join(text.split())
    if not plain.isprintable() or len(plain) > _REASON:
        raise EntryError(f"a reason has up to {_REASON} characters, and no control characters")
    return plain
