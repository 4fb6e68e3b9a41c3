"""Several fields of a record read as one article."""

from __future__ import annotations

from collections.abc import Callable, Sequence

from . import marks
from .records import BREAK, Kind, Record, Run


def joined(
    raw: str,
    parts: Sequence[tuple[str, str, Callable[[], Sequence[Run]]]],
    write: Callable[[str, str], str],
    name: str | None,
) -> Record:
    """A record of several fields, each given as (name, text, runs), as one article."""
    starts: list[int] = []
    end = 0
    for _, text, _ in parts:
        starts.append(end)
        end += len(text) + len(BREAK)

    def runs() -> list[Run]:
        every: list[Run] = []
        for start, (_, text, its) in zip(starts, parts, strict=True):
            every += (run._replace(start=start + run.start) for run in its())
            place = every[-1].raw_end if every else 0
            every.append(Run(start + len(text), place, place, Kind.FIXED))
        return every

    text = BREAK.join([text for _, text, _ in parts])
    fields = tuple([(part[0], start) for part, start in zip(parts, starts, strict=True)])
    return Record(raw, text, runs, write, name, fields, tuple(marks.ranges(text)))
