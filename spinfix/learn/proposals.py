"""Dictionary entries from mixtures: their counts, and how sure each is."""

from __future__ import annotations

import math
from collections import Counter, defaultdict
from collections.abc import Container, Mapping, Sequence
from typing import NamedTuple

import numpy as np

from spinfix.dictionary import Entry
from spinfix.hmm import logistic

from .corpus import Counts, Reals
from .unmixing import Mixture, Share

#: Weights of the evidence for an entry, in its log odds: the share of the phrase that
#: stands for the head (log), the likeness of their contexts (log), the share that is the
#: phrase itself (log), its occurrences (log), the part of the head that is missing, what
#: is missing against what is claimed (log), and the number of words of the two sides.
#: Fitted by logistic regression on articles of one spinner whose dictionary is known.
_BIAS = -1.56
_SHARE, _ALIKE, _ITSELF, _USE = 1.85, 0.66, -0.28, 0.97
_MISSING, _SPARE = 3.66, 0.88
_SPUN_WORDS, _HEAD_WORDS = -0.69, -1.81
#: What a thesaurus adds when it has the two phrases, and when it has not (nats).  Fitted on
#: 1,000 of the same articles, with WordNet.
CONFIRMED, NOT_CONFIRMED = 3.0, -1.0
#: An entry is read as the shorter one inside it when that is at least so sure.
_INSIDE = 0.3


class Proposal(NamedTuple):
    """An entry and how sure it is (0 to 1)."""

    entry: Entry
    confidence: float


class _Draft(NamedTuple):
    spun: str
    head: str
    use: float
    confidence: float


class Heads(NamedTuple):
    """Possible heads, how often each is to be expected in the spun text, and how often it
    stands there."""

    texts: Sequence[str]
    expected: Reals
    found: Counts


def propose(
    mixtures: Sequence[Mixture],
    suspects: Sequence[str],
    times: Counts,
    heads: Heads,
    synonyms: Container[tuple[str, str]] | None = None,
) -> list[Proposal]:
    """Entries from the mixtures of suspects that come ``times``, the surest first.

    ``synonyms`` are those of a general thesaurus, a witness that knows nothing of the texts.
    """
    number = {text: n for n, text in enumerate(heads.texts)}
    left = heads.found.astype(np.float64)
    claimed: defaultdict[int, float] = defaultdict(float)
    for text, mixture, n in zip(suspects, mixtures, times.tolist(), strict=True):
        if text in number:
            left[number[text]] = mixture.itself * n
        for share in mixture.shares:
            claimed[share.head] += share.share * n
    drafts: dict[tuple[str, str], _Draft] = {}
    for text, mixture, n in zip(suspects, mixtures, times.tolist(), strict=True):
        for share in mixture.shares:
            head, expected = heads.texts[share.head], float(heads.expected[share.head])
            missing = expected - float(left[share.head])
            odds = _log_odds(share, mixture.itself, n, missing, expected, claimed[share.head])
            odds += _SPUN_WORDS * len(text.split(" ")) + _HEAD_WORDS * len(head.split(" "))
            if synonyms is not None:
                odds += CONFIRMED if (text, head) in synonyms else NOT_CONFIRMED
            confidence = logistic(odds)
            drafts[text, head] = _Draft(text, head, share.share * n, confidence)
    alone = {t: m.itself * n for t, m, n in zip(suspects, mixtures, times.tolist(), strict=True)}
    standing = dict(zip(heads.texts, left.tolist(), strict=True))
    return _entries(_without_shared_words(drafts), alone, standing)


def _log_odds(
    share: Share, itself: float, times: int, missing: float, expected: float, claimed: float
) -> float:
    """What all but the wording says for an entry."""
    spare = min(max(missing / max(claimed, 1.0), 0.02), math.e)
    return (
        _BIAS
        + _SHARE * math.log(share.share)
        + _ALIKE * math.log(share.similarity + 0.02)
        + _ITSELF * math.log(itself + 0.03)
        + _USE * math.log(share.share * times + 1.0)
        + _MISSING * min(max(missing / max(expected, 1.0), -2.0), 1.0)
        + _SPARE * math.log(spare)
    )


def _without_shared_words(drafts: Mapping[tuple[str, str], _Draft]) -> list[_Draft]:
    """ "the nation" for "the country" is "nation" for "country".

    When that is proposed, too, or follows from several ("a brand new" for "a new", "his
    brand new" for "his new").
    """
    joined = dict(drafts)
    inside: defaultdict[tuple[str, str], list[_Draft]] = defaultdict(list)
    for key, draft in drafts.items():
        if inner := _inner(*key):
            inside[inner].append(draft)
    # The longest first: what is joined may be inside a shorter one.
    for inner in sorted(inside, key=lambda key: (-len(key[0]), key)):
        outer = [draft for draft in inside[inner] if (draft.spun, draft.head) in joined]
        kept = joined.get(inner)
        if kept is None and sum(draft.confidence >= _INSIDE for draft in outer) > 1:
            wrong = math.prod(1.0 - draft.confidence for draft in outer)
            kept = _Draft(*inner, 0.0, 1.0 - wrong)
        if kept is not None and kept.confidence >= _INSIDE:
            joined[inner] = kept._replace(use=kept.use + sum(draft.use for draft in outer))
            for draft in outer:
                del joined[draft.spun, draft.head]
    return list(joined.values())


def _inner(spun: str, head: str) -> tuple[str, str] | None:
    """The two phrases without the words that both begin or end with; None if there are none."""
    left, right = spun.split(" "), head.split(" ")
    before = len(left)
    while min(len(left), len(right)) > 1 and left[0] == right[0]:
        left, right = left[1:], right[1:]
    while min(len(left), len(right)) > 1 and left[-1] == right[-1]:
        left, right = left[:-1], right[:-1]
    return (" ".join(left), " ".join(right)) if len(left) < before else None


def _entries(
    drafts: Sequence[_Draft], alone: Mapping[str, float], standing: Mapping[str, float]
) -> list[Proposal]:
    """Drafts with the counts of a dictionary."""
    replaced: Counter[str] = Counter()
    for draft in drafts:
        # What is unlikely to be true must not make a head look replaced more often.
        replaced[draft.head] += round(draft.use * draft.confidence)
    proposals = []
    for draft in drafts:
        use = max(1, round(draft.use))
        seen = max(use, replaced[draft.head] + round(standing.get(draft.head, 0.0)))
        entry = Entry(draft.spun, draft.head, use, seen, round(alone.get(draft.spun, 0.0)))
        proposals.append(Proposal(entry, round(draft.confidence, 4)))
    return sorted(proposals, key=lambda p: (-p.confidence, p.entry))
