"""Looking entries up: what a phrase stands for, what became of it, and where that is from."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Iterator, Sequence
from pathlib import Path
from typing import NamedTuple, Protocol, TypeVar

from spinfix.dictionary import ANY, Entry, Never, read_entries, read_never
from spinfix.evidence import survivals, weigh
from spinfix.shipped import DISABLED, MANUAL, NEVER, shipped
from spinfix.spinners import Spinner


class Origin(NamedTuple):
    """Entries and never-entries that come from one place, and its name."""

    name: str
    entries: Sequence[Entry] = ()
    never: Sequence[Never] = ()


class Listed(NamedTuple):
    """An entry with what follows from it.

    ``chance`` is P(spun | original); ``share`` that of this original among all that the
    spun phrase replaced; ``evidence`` what the spun phrase says for a spun text (nats, from
    -4 to 4), ``survival`` the share of the original that stands in spun text (0 to 1); both
    are None where the counts say nothing.  ``origin`` is the file, with the entry's
    own source; ``disabled`` the reason why it is not used, "" when it is.
    """

    spun: str
    original: str
    replaced: int
    seen: int
    left_alone: int
    chance: float
    share: float
    evidence: float | None
    survival: float | None
    origin: str
    disabled: str


def shipped_origins() -> list[Origin]:
    """What is added to every spinner by the files that come with the package."""
    origins = [Origin(MANUAL, read_entries(shipped(MANUAL)))]
    return origins + [Origin(name, never=read_never(shipped(name))) for name in (NEVER, DISABLED)]


def spinner_origin(spinner: Spinner) -> Origin:
    """What a spinner consists of."""
    name = f"{spinner.traits.name} ({spinner.files[0].name})"
    return Origin(name, spinner.entries, spinner.never)


def file_origin(path: Path) -> Origin:
    """A dictionary file; raises as :func:`spinfix.dictionary.read_entries`."""
    return Origin(str(path), read_entries(path))


def listed(spinners: Sequence[Origin], own: Sequence[Origin] = ()) -> list[Listed]:
    """The entries of each spinner, then those of ``own``, as Repairer sees them.

    ``own`` goes on top of every spinner and overrules it: of a pair that comes again the last
    one counts.  What follows from the counts is worked out for each spinner on its own; for
    entries of ``own`` with the first one.
    """
    rows: list[Listed] = []
    for number, spinner in enumerate(spinners or [Origin("")]):
        found = _listed([spinner, *own])
        names = {origin.name for origin in own} if number else set()
        rows += [row for row, name in found if name not in names]
    return sorted(rows, key=lambda row: row[:2])


def _listed(origins: Sequence[Origin]) -> list[tuple[Listed, str]]:
    """Entries that are used together, with the name of their origin."""
    chosen: dict[tuple[str, str], tuple[Entry, str]] = {}
    for origin in origins:
        for entry in origin.entries:
            chosen[entry.spun, entry.original] = entry, origin.name
    banned = [(row, origin.name) for origin in origins for row in origin.never]
    exact = {(row.spun.lower(), row.original.lower()): (row, name) for row, name in banned}
    phrases = [(row, name) for row, name in banned if row.original == ANY]
    entries = [entry for entry, _ in chosen.values()]
    survival, evidence = survivals(entries), weigh(entries)
    replacing = Counter[str]()
    for entry, _ in chosen.values():
        replacing[entry.spun] += entry.replaced
    found = []
    for entry, name in chosen.values():
        row = Listed(
            *entry[:5],
            chance=entry.replaced / entry.seen,
            share=entry.replaced / replacing[entry.spun],
            evidence=evidence.get(entry.spun),
            survival=survival.get(entry.original),
            origin=f"{name}: {entry.source}" if entry.source else name,
            disabled=_disabled(entry, exact, phrases),
        )
        found.append((row, name))
    return found


class _Pair(Protocol):
    """Something about an entry."""

    @property
    def spun(self) -> str: ...

    @property
    def original(self) -> str: ...


_Row = TypeVar("_Row", bound=_Pair)


def matching(rows: Iterable[_Row], phrases: Sequence[str], contains: bool) -> Iterator[_Row]:
    """The rows with one of ``phrases`` on either side, in any case; all if there are none.

    ``contains``: the words may stand anywhere in a side.
    """
    wanted = [f" {' '.join(phrase.lower().split())} " for phrase in phrases]
    for row in rows:
        sides = (f" {row.spun.lower()} ", f" {row.original.lower()} ")
        if not wanted or any(
            one in side if contains else one == side for one in wanted for side in sides
        ):
            yield row


def _disabled(
    entry: Entry,
    exact: dict[tuple[str, str], tuple[Never, str]],
    phrases: Sequence[tuple[Never, str]],
) -> str:
    """Why an entry is not used, as the channel sees it; "" when it is."""
    found = exact.get((entry.spun.lower(), entry.original.lower()))
    if found is None:
        padded = f" {entry.spun.lower()} "
        found = next((ban for ban in phrases if f" {ban[0].spun.lower()} " in padded), None)
    if found is None:
        return ""
    row, name = found
    return f"{name}: {row.reason}" if row.reason else name
