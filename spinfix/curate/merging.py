"""Several dictionaries made one: counts added where the evidence is different."""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Iterable, Sequence
from typing import NamedTuple

from spinfix.dictionary import ANY, HAND_COUNTS, Entry, Never
from spinfix.spinners import Traits

from .comparing import is_noise
from .files import Loaded

#: All that was counted of one original: its entries' counts by spun phrase, without sources.
_Block = tuple[str, frozenset[tuple[str, int, int]]]


class Merged(NamedTuple):
    """The merged entries, and what the inputs do not agree about, a sentence each."""

    entries: list[Entry]
    never: list[Never]
    traits: Traits
    conflicts: list[str]


def merge(inputs: Sequence[Loaded], name: str) -> Merged:
    """One dictionary, one never-list and the traits of ``inputs``; ``name`` is the spinner's.

    An original that has the very same counts in two inputs was counted in the same texts,
    and is taken once.  Otherwise counts are added.  An entry by hand gives way to one with
    counts.
    """
    counted = [_counted(loaded.entries) for loaded in inputs]
    _drop_repeated(counted)
    entries = {entry[:2]: entry for part in inputs for entry in _by_hand(part.entries)}
    entries |= _added(counted)
    never = {row[:2]: row for part in reversed(inputs) for row in part.never}
    conflicts = [*_disagreements(inputs), *_forbidden(inputs)]
    return Merged(
        sorted(entries.values()), sorted(never.values()), _traits(inputs, name), conflicts
    )


def _by_hand(entries: Iterable[Entry]) -> list[Entry]:
    return [entry for entry in entries if entry.counts == HAND_COUNTS]


def _counted(entries: Iterable[Entry]) -> dict[str, list[Entry]]:
    """The entries with counts, by original."""
    found: defaultdict[str, list[Entry]] = defaultdict(list)
    for entry in entries:
        if entry.counts != HAND_COUNTS:
            found[entry.original].append(entry)
    return found


def _drop_repeated(counted: Sequence[dict[str, list[Entry]]]) -> None:
    """Take out what an earlier input has with the very same counts."""
    seen: set[_Block] = set()
    for part in counted:
        blocks = {
            original: (original, frozenset((e.spun, e.replaced, e.seen) for e in entries))
            for original, entries in part.items()
        }
        for original, block in blocks.items():
            if block in seen:
                del part[original]
        seen.update(blocks.values())


def _added(counted: Sequence[dict[str, list[Entry]]]) -> dict[tuple[str, str], Entry]:
    replaced: Counter[tuple[str, str]] = Counter()
    seen: Counter[str] = Counter()
    alone: Counter[str] = Counter()
    sources: defaultdict[tuple[str, str], dict[str, None]] = defaultdict(dict)
    for part in counted:
        for original, entries in part.items():
            seen[original] += max(entry.seen for entry in entries)
            for entry in entries:
                replaced[entry.spun, original] += entry.replaced
                sources[entry.spun, original].update(dict.fromkeys([entry.source]))
        entries = [entry for block in part.values() for entry in block]
        alone.update({entry.spun: entry.left_alone for entry in entries})
    return {
        (spun, original): Entry(
            spun,
            original,
            count,
            seen[original],
            alone[spun],
            "; ".join(filter(None, sources[spun, original])),
        )
        for (spun, original), count in replaced.items()
    }


def _traits(inputs: Sequence[Loaded], name: str) -> Traits:
    """The mean of the inputs' traits; those that are files have none."""
    known = [part.traits for part in inputs if part.traits is not None]
    report = {"merged": [part.name for part in inputs]}
    if not known:
        return Traits(name, report=report)
    means = {
        field: sum(getattr(traits, field) for traits in known) / len(known)
        for field in ("one_draw", "names", "quotes", "rate")
    }
    return Traits(name, **means, report=report)


def _disagreements(inputs: Sequence[Loaded]) -> list[str]:
    """Entries whose chances differ between two inputs by more than noise."""
    first: dict[tuple[str, str], tuple[Entry, str]] = {}
    found = []
    for part in inputs:
        for entry in part.entries:
            known, name = first.setdefault(entry[:2], (entry, part.name))
            if not is_noise(known, entry):
                found.append(
                    f"{entry.spun!r} replaces {entry.original!r} {known.replaced:,} times in "
                    f"{known.seen:,} in {name}, {entry.replaced:,} in {entry.seen:,} in {part.name}"
                )
    return found


def _forbidden(inputs: Sequence[Loaded]) -> list[str]:
    """Entries of one input that the never-list of another one bans."""
    found = []
    for part in inputs:
        pairs = {entry[:2] for entry in part.entries}
        spun = {entry.spun for entry in part.entries}
        for other in inputs:
            if other is part:
                continue
            for row in other.never:
                if row[:2] in pairs or (row.original == ANY and row.spun in spun):
                    what = row.spun if row.original == ANY else f"{row.spun!r} -> {row.original!r}"
                    found.append(f"{what} stands in {part.name}, and {other.name} bans it")
    return found
