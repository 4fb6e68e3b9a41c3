"""What learning from spun text alone finds, and what follows from it."""

from __future__ import annotations

import math
from collections.abc import Sequence
from typing import NamedTuple

import numpy as np

from spinfix.dictionary import Entry

from .corpus import Counts, Encoded, Reals, Vocabulary
from .proposals import Proposal
from .reference import Reference
from .suspects import Occurrences
from .unmixing import Mixture

#: An entry is written when it is at least so sure.
FLOOR = 0.8
#: A phrase is reported as unexplained from here on (log of the ratio, log likelihood).
_UNEXPLAINED, _SURPRISING = 1.0, 20.0
#: Examples of the contexts of an unexplained phrase.
_EXAMPLES = 5


class Unexplained(NamedTuple):
    """A phrase that stands in the spun text far too often, without a convincing original.

    ``times`` is how often it comes, ``expected`` how often it should, ``likely`` the
    best guesses, ``contexts`` what stands around it, the phrase itself as "_".
    """

    phrase: str
    times: int
    expected: float
    likely: tuple[str, ...]
    contexts: tuple[str, ...]


class Learned(NamedTuple):
    """What spun text alone says of a spinner.

    ``proposals`` are all entries, the surest first; ``articles`` were read, of which
    ``genuine`` look genuine and were left out; ``words`` is the size of the spun text;
    ``one_draw`` and ``rate`` are traits (see :class:`spinfix.spinners.Traits`).
    """

    proposals: list[Proposal]
    unexplained: list[Unexplained]
    articles: int
    genuine: int
    words: int
    one_draw: float
    rate: float

    def entries(self, floor: float = FLOOR) -> list[Entry]:
        """The entries that are at least so sure (0 to 1), sorted."""
        return sorted(p.entry for p in self.proposals if p.confidence >= floor)


class Found(NamedTuple):
    """One look at the spun text.

    ``expected`` is how often each of the ``suspects`` would come in genuine text,
    ``places`` are their occurrences, ``mixtures`` what each of them stands for.
    """

    reference: Reference
    suspects: list[str]
    expected: Reals
    places: Occurrences
    mixtures: list[Mixture]
    proposals: list[Proposal]


def unexplained(texts: Encoded, found: Found, vocabulary: Vocabulary) -> list[Unexplained]:
    """Suspects that come far too often and have no sure original, the most surprising first."""
    sure = {p.entry.spun for p in found.proposals if p.confidence >= FLOOR}
    guesses: dict[str, list[str]] = {}
    for proposal in found.proposals:
        guesses.setdefault(proposal.entry.spun, []).append(proposal.entry.original)
    times = np.bincount(found.places.unit, minlength=len(found.suspects))
    order = np.argsort(found.places.unit, kind="stable")
    firsts = np.searchsorted(found.places.unit[order], np.arange(len(found.suspects)))
    rows = []
    for n, (text, expectation) in enumerate(
        zip(found.suspects, found.expected.tolist(), strict=True)
    ):
        count, expected = int(times[n]), float(expectation)
        if text in sure or not count or count <= expected * math.exp(_UNEXPLAINED):
            continue
        surprise = log_likelihood(count, expected)
        if surprise >= _SURPRISING:
            places = order[firsts[n] : firsts[n] + count]
            chosen = places[:: max(1, count // _EXAMPLES)][:_EXAMPLES]
            shown = tuple(_context(texts, found.places, k, vocabulary) for k in chosen.tolist())
            likely = tuple(guesses.get(text, [])[:3])
            rows.append((surprise, Unexplained(text, count, round(expected, 1), likely, shown)))
    return [row for _, row in sorted(rows, key=lambda row: (-row[0], row[1].phrase))]


def log_likelihood(times: int, expected: float) -> float:
    """Dunning's log-likelihood ratio of a count against what was expected (nats, 0 up)."""
    expected = max(expected, 0.1)
    return times * math.log(times / expected) - times + expected


def _context(texts: Encoded, places: Occurrences, n: int, vocabulary: Vocabulary) -> str:
    start = int(places.start[n])
    end = start + int(places.length[n])
    before = texts.ids[max(start - 2, 0) : start].tolist()
    words = [vocabulary.words[i] for i in before] + ["_"]
    words += [vocabulary.words[i] for i in texts.ids[end : end + 2].tolist()]
    return " ".join(words).replace("\n", "/")


def traits(texts: Encoded, found: Found) -> tuple[float, float]:
    """One draw and rate, from suspects that stand for one head nearly always."""
    sure = [p.entry for p in found.proposals if p.confidence >= FLOOR]
    heads = sorted({entry.original for entry in sure})
    head_of: Counts = np.full(len(found.suspects) + 1, -1, dtype=np.int64)
    number = {text: n for n, text in enumerate(found.suspects)}
    times = np.bincount(found.places.unit, minlength=len(found.suspects))
    for entry in sure:
        if entry.spun in number and entry.replaced >= 0.8 * times[number[entry.spun]]:
            head_of[number[entry.spun]] = heads.index(entry.original)
    head = head_of[found.places.unit]
    known = head >= 0
    article = texts.article_of(found.places.start[known])
    capital = texts.capital[found.places.start[known]]
    group = (article * max(len(heads), 1) + head[known]) * 2 + capital
    _, sizes = np.unique(group, return_counts=True)
    drawn = np.unique(np.stack([group, found.places.unit[known]]), axis=1)[0]
    _, draws = np.unique(drawn, return_counts=True)
    again = sizes > 1
    one_draw = float((draws[again] == 1).mean()) if again.any() else 1.0
    return round(one_draw, 3), round(_rate(found, heads, times), 3)


def _rate(found: Found, heads: Sequence[str], times: Counts) -> float:
    """The share of their occurrences in which heads were replaced: that of the median head,
    each counted as often as it comes."""
    number = {text: n for n, text in enumerate(found.reference.heads)}
    left = found.reference.found.astype(np.float64)
    claimed = np.zeros(len(left))
    for text, mixture, n in zip(found.suspects, found.mixtures, times.tolist(), strict=True):
        if text in number:
            left[number[text]] = mixture.itself * n
        for share in mixture.shares:
            claimed[share.head] += share.share * n
    rows = [number[head] for head in heads if head in number]
    seen = left[rows] + claimed[rows]
    if not seen.sum():
        return 1.0
    shares = claimed[rows] / np.maximum(seen, 1.0)
    order = np.argsort(shares, kind="stable")
    middle = np.searchsorted(np.cumsum(seen[order]), seen.sum() / 2)
    return float(shares[order][middle])
