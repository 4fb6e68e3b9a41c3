"""Spinners: a dictionary and what else is known of how a spinner works.

A spinner is a folder, as ``spinfix learn`` writes it: ``dictionary.tsv``, ``spinner.json``
with its traits, and, if there is something to say, ``never.tsv`` with disabled entries
and ``scorer.npz`` with weights of its own.
"""

from __future__ import annotations

import json
import math
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import asdict, dataclass, field, fields
from functools import cached_property
from pathlib import Path
from typing import Any, NamedTuple, overload

from .dictionary import (
    DictionaryError,
    Entry,
    Never,
    entries_text,
    read_entries,
    read_never,
    read_shipped,
)
from .shipped import DISABLED, LEARNED, REWRITER, SCIENCE, shipped

DICTIONARY, NEVER, TRAITS, SCORER = "dictionary.tsv", "never.tsv", "spinner.json", "scorer.npz"
#: Longest name of a spinner.
_NAME = 60


@dataclass(frozen=True, slots=True)
class Traits:
    """How a spinner works, beyond its dictionary.  Numbers are shares, 0 to 1.

    ``one_draw``: of the heads that come again in an article, how many became the same
    phrase each time; ``names`` and ``quotes``: articles in which capitalised words, or
    quotations, were left out; ``rate``: the heads that it replaces where it could.
    ``partial`` tells that it may be set to replace only a share of them, which is then
    looked for; that needs a dictionary with honest counts.
    ``report`` is what learning had to say; it is kept and shown, and used for nothing.
    """

    name: str
    one_draw: float = 1.0
    names: float = 0.21
    quotes: float = 0.2
    rate: float = 1.0
    partial: bool = False
    report: Mapping[str, Any] = field(default_factory=dict)


class Spinner(NamedTuple):
    """A spinner: traits, dictionary, disabled entries, and where all of it was read.

    ``scorer`` is the file of its scorer's weights, if it has its own; ``indexed`` tells that
    its evidence is in the index of the shipped ones; ``synonyms`` that the entries are those
    of a general thesaurus, which tell nothing of heads.
    """

    traits: Traits
    entries: Sequence[Entry]
    never: list[Never]
    files: tuple[Path, ...]
    scorer: Path | None = None
    indexed: bool = False
    synonyms: bool = False


def read_spinner(folder: Path) -> Spinner:
    """The spinner in a folder.

    Raises DictionaryError, naming the file, for one that is malformed, and OSError when
    the dictionary cannot be read.  Only the dictionary must be there.
    """
    if not (folder / DICTIONARY).is_file():
        raise DictionaryError(f"{folder}: not a spinner's folder (there is no {DICTIONARY})")
    entries = read_entries(folder / DICTIONARY)
    there = tuple(
        path for name in (DICTIONARY, NEVER, TRAITS, SCORER) if (path := folder / name).is_file()
    )
    never = read_never(folder / NEVER) if folder / NEVER in there else []
    scorer = folder / SCORER if folder / SCORER in there else None
    return Spinner(_read_traits(folder), entries, never, there, scorer)


def write_spinner(folder: Path, traits: Traits, entries: Iterable[Entry]) -> None:
    """Write dictionary and traits into a folder, which is made if need be.

    A file takes its place when it is whole; OSError when that fails.
    """
    folder.mkdir(parents=True, exist_ok=True)
    text = json.dumps(asdict(traits), indent=2, ensure_ascii=False)
    whole = {DICTIONARY: entries_text(entries), TRAITS: text + "\n"}
    try:
        for name, content in whole.items():
            (folder / f".{name}").write_text(content, encoding="utf-8")
        for name in whole:
            (folder / f".{name}").replace(folder / name)
    finally:
        for name in whole:
            (folder / f".{name}").unlink(missing_ok=True)


class ShippedEntries(Sequence[Entry]):
    """The entries of shipped files, read when they are needed: for most texts they are not."""

    def __init__(self, paths: Sequence[Path]) -> None:
        self._paths = paths

    @cached_property
    def _entries(self) -> list[Entry]:
        return [entry for path in self._paths for entry in read_shipped(path)]

    @overload
    def __getitem__(self, index: int) -> Entry: ...
    @overload
    def __getitem__(self, index: slice) -> list[Entry]: ...
    def __getitem__(self, index: int | slice) -> Entry | list[Entry]:
        return self._entries[index]

    def __len__(self) -> int:
        return len(self._entries)

    def __iter__(self) -> Iterator[Entry]:
        return iter(self._entries)


class Known(NamedTuple):
    """A shipped spinner: its traits, and the names of its dictionaries and never-lists."""

    traits: Traits
    dictionaries: tuple[str, ...]
    never: tuple[str, ...] = ()


#: The spinners that are known.
SHIPPED = {
    "autoblog": Known(Traits("autoblog", partial=True), (LEARNED,), (DISABLED,)),
    "rewriter": Known(
        Traits("rewriter", one_draw=0.0, names=0.5, quotes=0.05), (SCIENCE, REWRITER)
    ),
    "science": Known(Traits("science", one_draw=0.5), (SCIENCE,)),
}
#: All shipped spinners; of an article the one that explains it best.
AUTO = "auto"
#: What the name of a general thesaurus begins with; its path follows.
THESAURUS = "thesaurus:"


def find_spinners(asked: Sequence[str | Path] = (AUTO,)) -> list[Spinner]:
    """The spinners that are asked for, each by name or folder, or "thesaurus:PATH".

    Raises DictionaryError for a name that is not known, and as :func:`read_spinner`.
    """
    found: list[Spinner] = []
    for one in asked:
        if str(one).startswith(THESAURUS):
            from .unseen import thesaurus_spinner

            found.append(thesaurus_spinner(Path(str(one).removeprefix(THESAURUS))))
            continue
        names = list(SHIPPED) if one == AUTO else [one]
        found += [_shipped(name) if name in SHIPPED else _own(name) for name in names]
    return found


def _shipped(name: str | Path) -> Spinner:
    known = SHIPPED[str(name)]
    dictionaries, bans = (tuple(map(shipped, names)) for names in known[1:])
    never = [row for path in bans for row in read_never(path)]
    files = dictionaries + bans
    return Spinner(known.traits, ShippedEntries(dictionaries), never, files, indexed=True)


def _own(folder: str | Path) -> Spinner:
    if not Path(folder).is_dir():
        known = ", ".join((AUTO, *SHIPPED))
        raise DictionaryError(f"{folder}: no spinner of that name ({known}), and no folder")
    return read_spinner(Path(folder))


def _read_traits(folder: Path) -> Traits:
    path = folder / TRAITS
    if not path.is_file():
        return Traits(folder.resolve().name)
    try:
        data = json.loads(path.read_text(encoding="utf-8"))
        known = {f.name: data[f.name] for f in fields(Traits) if f.name in data}
        traits = Traits(**known)
    except (ValueError, TypeError) as error:
        raise DictionaryError(f"{path}: not the traits of a spinner ({error})") from None
    if not isinstance(traits.name, str) or not 0 < len(traits.name) <= _NAME:
        raise DictionaryError(f"{path}: name must be 1 to {_NAME} characters")
    if not isinstance(traits.partial, bool):
        raise DictionaryError(f"{path}: partial must be true or false")
    for name in ("one_draw", "names", "quotes", "rate"):
        value = getattr(traits, name)
        if isinstance(value, bool) or not isinstance(value, (int, float)):
            raise DictionaryError(f"{path}: {name} must be a number")
        if not 0.0 <= value <= 1.0 or math.isnan(value):
            raise DictionaryError(f"{path}: {name} must be from 0 to 1")
    return traits
