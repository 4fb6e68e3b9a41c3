"""What is known already: a dictionary as the prior of one that is learned from pairs.

A few hundred pairs count little beside the tens of thousands that a shipped dictionary
was counted in.  How often one of them has to be counted is found by cross-validation: as
often as lets one half of the pairs foretell best what became of each head in the other.
"""

from __future__ import annotations

import math
from collections import Counter, defaultdict
from collections.abc import Iterable, Mapping, Sequence

from spinfix.dictionary import Entry

from .table import Totals

#: How often a replacement in the pairs may be counted beside one of the prior.
_TIMES = (1, 3, 10, 30, 100)
#: No chance is taken to be nearer to 0 or 1 than this.
_NEVER = 1e-4
#: A head that the pairs show so often is not the spinner's when less than this share of
#: the expected replacements came.
_SEEN, _EXPECTED, _TOO_FEW = 10, 5.0, 0.1
#: How many replacements of a head the overall likeness is worth.
_OVERALL = 3.0

_Key = tuple[str, str]


def likeness(totals: Totals, entries: Iterable[Entry]) -> float:
    """The share (0 to 1) of the replacements in the pairs that a dictionary has, by use."""
    known = {(entry.spun, entry.original) for entry in entries}
    covered = sum(n for pair, n in totals.pairs.items() if pair in known)
    return covered / max(1, totals.pairs.total())


def with_prior(
    totals: Totals,
    halves: tuple[Totals, Totals],
    found: Sequence[Entry],
    prior: Sequence[Entry],
) -> list[Entry]:
    """The entries ``found`` in pairs and those of a prior, their counts added.

    ``totals`` and those of ``halves`` of the pairs must have counted the prior's phrases,
    too.  Counts of the result are in units of the prior's, in which one in the pairs may
    count several times.  Heads that the pairs show again and again but never replaced are
    dropped.
    """
    held = _not_contradicted(totals, prior)
    times = _times(*halves, held)
    heads, places = totals.heads(), {entry.original: entry.seen for entry in held}
    alone = {entry.spun: entry.left_alone for entry in held}
    before = {(entry.spun, entry.original): entry.replaced for entry in held}
    replaced = {key: times * totals.pairs[key] + n for key, n in before.items()}
    lacking = _Lacking(totals, before)
    for entry in found:
        key = entry.spun, entry.original
        if key not in before:
            # Its chance is that of the pairs, so far as the prior does not know the head.
            elsewhere = lacking.share(entry.original) * places.get(entry.original, 0)
            replaced[key] = round(entry.replaced * (times + elsewhere / heads[entry.original]))
    least: Counter[str] = Counter()
    for (_, original), n in replaced.items():
        least[original] += n
    return sorted(
        Entry(
            spun,
            original,
            n,
            max(times * heads[original] + places.get(original, 0), least[original]),
            times * totals.kept[spun] + alone.get(spun, 0),
        )
        for (spun, original), n in replaced.items()
    )


def _not_contradicted(totals: Totals, prior: Sequence[Entry]) -> list[Entry]:
    """The entries of a prior without those of heads that the spinner leaves alone."""
    heads = totals.heads()
    hits: Counter[str] = Counter()
    for (_, original), n in totals.pairs.items():
        hits[original] += n
    expected: dict[str, float] = defaultdict(float)
    for entry in prior:
        expected[entry.original] += entry.replaced / entry.seen * heads[entry.original]
    # A spinner may replace but a share of all heads.
    rate = sum(hits[head] for head in expected) / max(1.0, sum(expected.values()))
    wrong = {
        head
        for head, n in expected.items()
        if heads[head] >= _SEEN and rate * n >= _EXPECTED and hits[head] < _TOO_FEW * rate * n
    }
    return [entry for entry in prior if entry.original not in wrong]


def _times(one: Totals, other: Totals, prior: Sequence[Entry]) -> int:
    """How often to count the pairs: so that ``one`` half foretells the ``other`` best."""
    shown, asked = one.heads(), other.heads()
    cases = [
        (one.pairs[key], shown[key[1]], other.pairs[key], asked[key[1]], entry)
        for entry in prior
        for key in [(entry.spun, entry.original)]
        if asked[entry.original]
    ]

    def foretold(times: int) -> float:
        total = 0.0
        for n, seen, hits, places, entry in cases:
            share = (times * n + entry.replaced) / (times * seen + entry.seen)
            chance = min(max(share, _NEVER), 1.0 - _NEVER)
            total += hits * math.log(chance) + (places - hits) * math.log1p(-chance)
        return total

    return max(_TIMES, key=foretold)


class _Lacking:
    """For a head, what share (0 to 1) of its replacements in the pairs the prior lacks."""

    def __init__(self, totals: Totals, known: Mapping[_Key, int]) -> None:
        self._lacking: Counter[str] = Counter()
        self._all: Counter[str] = Counter()
        for key, n in totals.pairs.items():
            self._all[key[1]] += n
            self._lacking[key[1]] += n * (key not in known)
        self._usual = self._lacking.total() / max(1, self._all.total())

    def share(self, head: str) -> float:
        """The share for a head, drawn to that over all heads where it is rare."""
        lacking = self._lacking[head] + _OVERALL * self._usual
        return lacking / (self._all[head] + _OVERALL)
