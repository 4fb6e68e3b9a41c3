"""Several fields of a record read as one article."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from itertools import accumulate

from . import marks
from .records import BREAK, Kind, Record, Run


def joined(
    raw: str,
    parts: Sequence[tuple[str, str, Callable[[], Sequence[Run]]]],
    write: Callable[[str, str], str],
    name: str | None,
) -> Record:
    """A record of several fields, each given as (name, text, runs), as one article."""
    starts = list(accumulate((len(text) + len(BREAK) for _, text, _ in parts), initial=0))

    def runs() -> list[Run]:
        every: list[Run] = []
        for start, (_, text, its) in zip(starts, parts, strict=False):
            every += (run._replace(start=start + run.start) for run in its())
            place = every[-1].raw_end if every else 0
            every.append(Run(start + len(text), place, place, Kind.FIXED))
        return every

    text = "".join(text + BREAK for _, text, _ in parts)[: -len(BREAK)]
    fields = tuple((name, start) for (name, _, _), start in zip(parts, starts, strict=False))
    return Record(raw, text, runs, write, name, fields, tuple(marks.ranges(text)))
