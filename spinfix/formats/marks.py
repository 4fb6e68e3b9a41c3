"""Inline marks: a writer's word in the text itself on what is to be left alone.

``<!-- spinfix: off -->`` protects all up to ``<!-- spinfix: on -->``, or to the end;
``spinfix: ignore``, in whatever kind of comment, protects the line that it stands in.
"""

from __future__ import annotations

import re
from bisect import bisect_left
from collections.abc import Sequence

from .records import Kind, Run

_SWITCH = re.compile(r"<!--\s*spinfix\s*:\s*(off|on)\s*-->", re.IGNORECASE)
_IGNORE = re.compile(r"(?<!\w)spinfix[ \t]*:[ \t]*ignore(?!\w)", re.IGNORECASE)
_LINE_END = re.compile(r"[\r\n]|\Z")


def ranges(text: str) -> list[tuple[int, int]]:
    """The ranges of a text that its marks protect, in order; they do not overlap."""
    if not _named(text):
        return []
    merged: list[tuple[int, int]] = []
    for start, end in sorted(_switched_off(text) + _ignored_lines(text)):
        if merged and start <= merged[-1][1]:
            start, end = merged[-1][0], max(end, merged.pop()[1])
        merged.append((start, end))
    return merged


def _named(text: str) -> bool:
    """Does a text say "spinfix", in whatever case?

    Looked for by its rarest letter: to write all of the text in lower case takes longer.
    """
    for letter in "xX":
        place = text.find(letter)
        while place >= 0:
            if text[place - 6 : place + 1].lower() == "spinfix":
                return True
            place = text.find(letter, place + 1)
    return False


def _switched_off(text: str) -> list[tuple[int, int]]:
    found: list[tuple[int, int]] = []
    off: int | None = None
    for match in _SWITCH.finditer(text):
        if match[1].lower() == "off":
            off = match.start() if off is None else off
        elif off is not None:
            found.append((off, match.end()))
            off = None
    return found if off is None else [*found, (off, len(text))]


def _ignored_lines(text: str) -> list[tuple[int, int]]:
    found: list[tuple[int, int]] = []
    end = 0
    # Looked for again after the line: many marks in one long line are one range.
    while match := _IGNORE.search(text, end):
        place = match.start()
        start = max(text.rfind("\n", end, place), text.rfind("\r", end, place), end - 1) + 1
        last = _LINE_END.search(text, match.end())
        end = last.start() if last else len(text)
        found.append((start, end))
    return found


def in_text(
    found: Sequence[tuple[int, int]], runs: Sequence[Run], length: int
) -> tuple[tuple[int, int], ...]:
    """The ranges of raw, ``found``, as ranges of the text, of ``length``, with ``runs``."""
    raw_starts = [run.raw_start for run in runs] if found else []

    def place(raw: int) -> int:
        n = bisect_left(raw_starts, raw) - 1
        if n < 0:
            return 0
        run = runs[n]
        stop = runs[n + 1].start if n + 1 < len(runs) else length
        if run.kind is Kind.COPY:
            return min(run.start + raw - run.raw_start, stop)
        return run.start if raw < run.raw_end else stop

    both = ((place(start), place(end)) for start, end in found)
    return tuple((start, end) for start, end in both if start < end)
