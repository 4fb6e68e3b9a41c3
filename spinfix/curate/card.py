"""The precision card: how often each entry is applied, and how often it is right.

Counted over pairs of spun and original articles: an edit is right when the original has
exactly its words at that place.  In genuine articles every edit is wrong; what is applied
there is shown beside it.  A card is a tab-separated file of counts, sorted.
"""

from __future__ import annotations

import math
from collections import Counter
from collections.abc import Iterable
from pathlib import Path
from typing import NamedTuple

from spinfix.dictionary import DictionaryError, Never
from spinfix.edits import Repair

from .judging import judged_edits

HEADER = ("spun", "original", "dev_applied", "dev_right", "train_applied", "train_right", "genuine")
#: An entry that is surely right less often than this, in at least so many places, is disabled.
FLOOR, LEAST = 0.5, 5
_Z = 1.96  # of a 95 % interval


class Tally(NamedTuple):
    """What an entry did: in pairs never learned from, in pairs learned from, in genuine text."""

    spun: str
    original: str
    dev_applied: int
    dev_right: int
    train_applied: int
    train_right: int
    genuine: int

    @property
    def applied(self) -> int:
        """Edits in all pairs."""
        return self.dev_applied + self.train_applied

    @property
    def right(self) -> int:
        """Those that gave the original's words back."""
        return self.dev_right + self.train_right

    @property
    def interval(self) -> tuple[float, float]:
        """95 % interval of the share of right edits in pairs."""
        return wilson(self.right, self.applied)

    @property
    def below_floor(self) -> bool:
        """Is it surely right less often than :data:`FLOOR`?"""
        return self.applied >= LEAST and self.interval[1] < FLOOR


def wilson(right: int, applied: int) -> tuple[float, float]:
    """The 95 % score interval of a share (Wilson 1927); 0 to 1 when nothing was counted."""
    if not applied:
        return 0.0, 1.0
    share, spread = right / applied, _Z * _Z / applied
    middle = (share + spread / 2) / (1 + spread)
    reach = math.sqrt(share * (1 - share) * spread + spread * spread / 4) / (1 + spread)
    return max(0.0, middle - reach), min(1.0, middle + reach)


class Count(NamedTuple):
    """Edits by dictionary entry, and those of them that are right."""

    applied: Counter[tuple[str, str]]
    right: Counter[tuple[str, str]]


def count_edits(judged: Iterable[tuple[Repair, str]]) -> Count:
    """Count the edits of repairs by their entry; ``judged`` are repairs with their originals."""
    count = Count(Counter(), Counter())
    for repair, original in judged:
        for edit, verdict in zip(repair.edits, judged_edits(original, repair), strict=True):
            if edit.evidence is not None:
                entry = (edit.evidence.spun, edit.evidence.original)
                count.applied[entry] += 1
                count.right[entry] += verdict.right
    return count


def card(
    entries: Iterable[tuple[str, str]], dev: Count, train: Count, genuine: Count
) -> list[Tally]:
    """The card of those of ``entries`` that were applied anywhere, sorted."""
    return [
        Tally(
            *pair,
            dev.applied[pair],
            dev.right[pair],
            train.applied[pair],
            train.right[pair],
            genuine.applied[pair],
        )
        for pair in sorted({*dev.applied, *train.applied, *genuine.applied} & {*entries})
    ]


def disabled(tallies: Iterable[Tally]) -> list[Never]:
    """The entries below the floor, as a never-list that gives the reason.

    What happens in genuine text decides nothing.
    """
    return [
        Never(row.spun, row.original, f"right {row.right} of {row.applied} times, {_range(row)}")
        for row in tallies
        if row.below_floor
    ]


def _range(row: Tally) -> str:
    low, high = row.interval
    return f"95 % interval {low:.2f} to {high:.2f}"


def write_card(path: Path, tallies: Iterable[Tally]) -> None:
    """Write a card; entries sorted."""
    lines = ["\t".join(HEADER), *("\t".join(map(str, row)) for row in sorted(tallies))]
    path.write_text("\n".join(lines) + "\n", encoding="utf-8")


def read_card(path: Path) -> list[Tally]:
    """The rows of a card; DictionaryError, with the line, where it is malformed."""
    tallies = []
    for number, line in enumerate(path.read_text(encoding="utf-8").splitlines(), 1):
        spun, *rest = line.split("\t")
        if number == 1:
            continue
        try:
            original, counts = rest[0], [int(field) for field in rest[1:]]
            tallies.append(Tally(spun, original, *counts))
        except (IndexError, ValueError, TypeError):
            raise DictionaryError(f"{path}, line {number}: not a line of a card") from None
    return tallies
