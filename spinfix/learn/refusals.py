"""Never-entries from decisions: what a reviewer refused wherever it came."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from pathlib import Path
from typing import Any

from spinfix.candidates import core_of
from spinfix.dictionary import NEVER_HEADER, Never


def refusals(rows: Iterable[Mapping[str, Any]], least: int = 1) -> list[Never]:
    """The dictionary entries that were refused ``least`` times or more, and never taken.

    ``rows`` are the lines of a reviewed edit log.  Only edits count that somebody decided:
    one with other words than its entry's is a refusal of the entry.
    """
    refused: Counter[tuple[str, str]] = Counter()
    taken: set[tuple[str, str]] = set()
    for row in rows:
        entry = row.get("entry")
        if "edit" not in row or not entry or row.get("decided") is False:
            continue
        spun, original = _changed(*map(str, entry))
        if row.get("accept", True) and str(row.get("new", "")).lower() == original.lower():
            taken.add((spun, original))
        elif not row.get("accept", True):
            refused[spun, original] += 1
    return [
        Never(spun, original, f"refused {count} time{'' if count == 1 else 's'} in review")
        for (spun, original), count in sorted(refused.items())
        if count >= least and (spun, original) not in taken
    ]


def _changed(spun: str, original: str) -> tuple[str, str]:
    """What an entry changes, as it was shown, without the words around it."""
    before, after, core = core_of(spun, original)
    words = spun.split(" ")
    return " ".join(words[before : len(words) - after]), core


def write_never(path: Path, entries: Sequence[Never]) -> None:
    """Write a never-list: :func:`never_text`."""
    path.write_text(never_text(entries), encoding="utf-8")


def never_text(entries: Sequence[Never]) -> str:
    """A never-list, sorted, each substitution once; the first reason stays."""
    kept: dict[tuple[str, str], Never] = {}
    for entry in entries:
        kept.setdefault((entry.spun, entry.original), entry)
    lines = ["\t".join(NEVER_HEADER), *("\t".join(kept[key]) for key in sorted(kept))]
    return "\n".join(lines) + "\n"
