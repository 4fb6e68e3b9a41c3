"""A dictionary in figures."""

from __future__ import annotations

from collections import Counter
from typing import Any

from spinfix.dictionary import HAND_COUNTS, Entry, loops

from .files import Loaded

#: Numbers of originals from which on a spun phrase is one of the most ambiguous ones; the
#: same for the number of words of a phrase.
_MANY = 5


def summary(loaded: Loaded, top: int = 10) -> dict[str, Any]:
    """Plain figures of a dictionary, for people and for JSON.

    ``originals_per_phrase`` tells how many spun phrases stand for 1, 2, ... originals,
    ``words`` how many words the two sides have ("5+": five or more), ``top`` the commonest
    entries by use.
    """
    entries = loaded.entries
    originals = Counter(Counter(entry.spun for entry in entries).values())
    return {
        "name": loaded.name,
        "entries": len(entries),
        "spun_phrases": originals.total(),
        "originals": len({entry.original for entry in entries}),
        "disabled": len(loaded.never),
        "originals_per_phrase": _histogram(originals),
        "words": {
            "spun": _words([entry.spun for entry in entries]),
            "original": _words([entry.original for entry in entries]),
        },
        "loops": sum(1 for _ in loops(entries)),
        "replacements": sum(entry.replaced for entry in entries if entry.counts != HAND_COUNTS),
        "sources": dict(Counter(map(_source, entries)).most_common()),
        "top": [
            {"spun": e.spun, "original": e.original, "replaced": e.replaced}
            for e in sorted(entries, key=lambda e: (-e.replaced, e.spun, e.original))[:top]
        ],
    }


def _source(entry: Entry) -> str:
    return entry.source or ("by hand" if entry.counts == HAND_COUNTS else "not told")


def _words(phrases: list[str]) -> dict[str, int]:
    return _histogram(Counter(phrase.count(" ") + 1 for phrase in phrases))


def _histogram(counts: Counter[int]) -> dict[str, int]:
    """Counts by a small number; all from :data:`_MANY` on together."""
    found: Counter[str] = Counter()
    for number, count in sorted(counts.items()):
        found[str(number) if number < _MANY else f"{_MANY}+"] += count
    return dict(found)
