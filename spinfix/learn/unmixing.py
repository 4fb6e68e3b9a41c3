"""Which heads a suspect stands for: its contexts as a mixture of theirs.

Expectation-maximisation for each suspect: every occurrence was put in for one of a few
candidate heads, or is the phrase itself; how likely each of them is at an occurrence,
the contexts of the heads in genuine text tell.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from typing import NamedTuple

import numpy as np

from .contexts import POSITIONS, Table, evidence
from .corpus import Counts, Numbers, Reals

#: Candidate heads of a suspect, and occurrences that are looked at.
CANDIDATES, _SAMPLE = 25, 400
#: What a position counts: neighbouring words are not independent of each other.
_POSITION_WEIGHT = 0.8
#: By how much a head must explain an occurrence better than the phrase itself does (nats):
#: words that stand in the same contexts must not be taken for each other.
_MARGIN = 0.3
#: Rounds of expectation-maximisation; shares below the floor are dropped after half of them.
_ROUNDS, _FLOOR = 30, 0.03
#: How often a pair that is known already is held to have been seen.
_KNOWN = 3.0


class Share(NamedTuple):
    """How much of a suspect stands for a head.

    ``suspect`` and ``head`` count from 0 in the lists of suspects and heads; ``share`` is
    the part of the suspect's occurrences, ``similarity`` that of the contexts (0 to 1).
    """

    suspect: int
    head: int
    share: float
    similarity: float


class Mixture(NamedTuple):
    """The shares of one suspect, and the share that it stands for itself."""

    shares: list[Share]
    itself: float


def known_shares(
    known: Iterable[tuple[str, str]], suspects: Sequence[str], heads: Mapping[str, int]
) -> dict[int, dict[int, float]]:
    """Pairs (spun phrase, original) that are likelier than others, as a prior."""
    number = {text: n for n, text in enumerate(suspects)}
    prior: dict[int, dict[int, float]] = {}
    for spun, original in known:
        if spun in number and original in heads:
            prior.setdefault(number[spun], {})[heads[original]] = _KNOWN
    return prior


def said_by_others(
    pairs: Mapping[tuple[str, str], int],
    suspects: Sequence[str],
    mixtures: Sequence[Mixture],
    itself: Numbers,
    prior: Mapping[int, Mapping[int, float]],
) -> dict[int, dict[int, float]]:
    """What suspects stand for, by those that are known to stand for the same head.

    ``pairs`` says which ones, and how often that was seen; ``prior`` is added.
    """
    number = {text: n for n, text in enumerate(suspects)}
    said = {suspect: dict(shares) for suspect, shares in prior.items()}
    for pair, times in pairs.items():
        if not all(phrase in number for phrase in pair):
            continue
        for one, other in (pair, pair[::-1]):
            mixture = mixtures[number[other]]
            shares = {share.head: share.share for share in mixture.shares}
            if itself[number[other]] >= 0:
                shares[int(itself[number[other]])] = mixture.itself
            for head, share in shares.items():
                known = said.setdefault(number[one], {})
                known[head] = known.get(head, 0.0) + times * share
    return said


def unmix(
    units: Numbers,
    around: list[Numbers],
    tables: list[Table],
    candidates: tuple[Counts, Reals],
    itself: Numbers,
    prior: Mapping[int, Mapping[int, float]] | None = None,
) -> Iterator[Mixture]:
    """The mixture of each suspect.

    ``units`` and ``around`` are the suspects' occurrences, ``tables`` the contexts of the
    heads, ``candidates`` what :func:`~spinfix.learn.contexts.nearest` found, ``itself``
    each suspect's number as a head (-1: none).  ``prior`` says for suspects how often
    they were seen to stand for heads elsewhere.
    """
    order = np.argsort(units, kind="stable")
    ends = np.searchsorted(units[order], np.arange(len(itself) + 1))
    weight = np.full(POSITIONS, _POSITION_WEIGHT, dtype=np.float32)
    for suspect, own in enumerate(itself.tolist()):
        places = order[ends[suspect] : ends[suspect + 1]]
        # Every so many of them: the same ones each time.
        places = places[:: max(1, -(-len(places) // _SAMPLE))]
        known = (prior or {}).get(suspect, {})
        alike = dict(zip(*(part[suspect].tolist() for part in candidates), strict=True))
        heads = list(alike)[:CANDIDATES]
        heads += [head for head in (own, *known) if head >= 0 and head not in heads]
        if not len(places) or not heads:
            yield Mixture([], 1.0)
            continue
        numbers = np.array(heads, dtype=np.int64)
        likelihood = evidence(tables, numbers, [words[places] for words in around], weight)
        likelihood[:, [head != own for head in heads]] -= _MARGIN
        seen = np.array([known.get(head, 0.0) for head in heads], dtype=np.float32)
        yield _reported(suspect, heads, own, alike, _mixture(likelihood, seen))


def _reported(
    suspect: int, heads: list[int], own: int, alike: dict[int, float], shares: Reals
) -> Mixture:
    found, itself = [], 0.0
    for head, share in zip(heads, shares.tolist(), strict=True):
        if head == own:
            itself = share
        elif share >= _FLOOR:
            found.append(Share(suspect, head, share, alike.get(head, 0.0)))
    return Mixture(found, itself)


def _mixture(likelihood: Reals, seen: Reals) -> Reals:
    """The share of each column, by expectation-maximisation."""
    scaled = np.exp(likelihood - likelihood.max(axis=1, keepdims=True))
    shares = np.full(scaled.shape[1], 1.0 / scaled.shape[1], dtype=np.float32)
    for turn in range(_ROUNDS):
        posterior = scaled * shares
        posterior /= posterior.sum(axis=1, keepdims=True) + np.float32(1e-30)
        shares = posterior.sum(axis=0) + seen
        shares /= shares.sum()
        if turn >= _ROUNDS // 2:
            shares[shares < min(_FLOOR, float(shares.max()))] = 0.0
            shares /= shares.sum()
    return shares
