"""What two dictionaries do not have in common, and what changed by more than noise."""

from __future__ import annotations

import math
from collections.abc import Iterable
from typing import Literal, NamedTuple

from spinfix.dictionary import Entry, Never

from .files import Loaded

#: Two shares differ when they are further apart than so many standard errors.  With some
#: 14,000 entries, one or two pass it by chance.
_ERRORS = 4.0

Kind = Literal["added", "removed", "changed", "banned", "allowed"]


class Difference(NamedTuple):
    """An entry that is not the same on both sides.

    Of entries ``before`` and ``after`` are those of the two sides, None where there is none;
    "banned" and "allowed" are entries of never-lists that came and went.
    """

    kind: Kind
    spun: str
    original: str
    before: Entry | None = None
    after: Entry | None = None


def differences(before: Loaded, after: Loaded) -> list[Difference]:
    """All differences, sorted by kind and phrase."""
    old = {entry[:2]: entry for entry in before.entries}
    new = {entry[:2]: entry for entry in after.entries}
    found = [Difference("added", *pair, None, new[pair]) for pair in new.keys() - old.keys()]
    found += [Difference("removed", *pair, old[pair], None) for pair in old.keys() - new.keys()]
    found += [
        Difference("changed", *pair, old[pair], new[pair])
        for pair in old.keys() & new.keys()
        if not is_noise(old[pair], new[pair])
    ]
    banned, allowed = _pairs(before.never), _pairs(after.never)
    found += [Difference("banned", *pair) for pair in allowed - banned]
    found += [Difference("allowed", *pair) for pair in banned - allowed]
    return sorted(found, key=lambda item: item[:3])


def _pairs(never: Iterable[Never]) -> set[tuple[str, str]]:
    return {row[:2] for row in never}


def is_noise(a: Entry, b: Entry) -> bool:
    """Could two counts of replaced in seen come from the same chance?

    A test of two proportions, at four standard errors.
    """
    if a.counts == b.counts:
        return True
    pooled = (a.replaced + b.replaced) / (a.seen + b.seen)
    error = math.sqrt(pooled * (1 - pooled) * (1 / a.seen + 1 / b.seen))
    return abs(a.replaced / a.seen - b.replaced / b.seen) <= _ERRORS * error
