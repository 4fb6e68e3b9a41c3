"""The gate: was this text spun at all, and which passages of it?

A spinner leaves hardly any head standing; genuine English is full of them.
Every phrase of the dictionary is evidence for one side or the other (see
:mod:`spinfix.evidence`).  Three accounts of an article compete: genuine; spun
from end to end; mixed, where a hidden Markov model over passages tells spun
stretches from genuine ones (:mod:`spinfix.hmm`).  The last two come in four readings: everything
spun, capitalised words protected, quotations protected, or both.

A spinner may be set to replace only a share of the heads (the rate).  Counts can
only raise that suspicion; see :mod:`spinfix.second_look`.

All but the search for phrases is there twice: in Python, and compiled in ``_gate.c``.
"""

from __future__ import annotations

import math
from collections import Counter
from collections.abc import Iterable, Sequence
from functools import lru_cache
from typing import NamedTuple

from .compiled import part
from .evidence import Marker, Markers
from .hmm import (
    BEGIN,
    PASSAGE_WORDS,
    STEPS,
    SWITCH_PARAGRAPH,
    SWITCH_SENTENCE,
    Passage,
    forward_backward,
    passages,
)
from .scan import Numbers
from .text import Tokens, lines, quoted

#: Prior chance that all of an article, or passages of it, were spun.
_ALL_SPUN, _MIXED = 0.002, 0.0005
#: The logarithm of the chance that nothing was.
_GENUINE = math.log(1.0 - _ALL_SPUN - _MIXED)
#: Low rates that are looked for; how far one must be likelier than genuine text, and
#: than another account that finds something spun, and the higher one than the lower
#: (nats).
_LOW_RATES, SUSPECT, _PREFERRED, _CLEARLY = (0.1, 0.3), 3.0, 18.0, 4.0
#: Prior chance that capitals, and that quotations, are protected.
_NAMES, _QUOTES = 0.21, 0.2
#: Accounts with less than this share of the probability are left out.
_NEGLIGIBLE = 1e-4
#: All of these for the scan, which does roughly the same.
NUMBERS = Numbers(
    genuine=_GENUINE,
    all_spun=math.log(_ALL_SPUN),
    mixed=math.log(_MIXED),
    paragraph=SWITCH_PARAGRAPH,
    sentence=SWITCH_SENTENCE,
    shortest=PASSAGE_WORDS,
    rates=_LOW_RATES,
    suspicious=0.0,
    listed=(-math.inf, -math.inf),
)
#: Kinds of tokens that a site may protect.
_CAPITAL, _QUOTED = 1, 2
#: What _gate.c is told.
_CONSTANTS = (
    *(_GENUINE, BEGIN, *STEPS, PASSAGE_WORDS, _NEGLIGIBLE),
    *(_LOW_RATES, SUSPECT, _PREFERRED, _CLEARLY),
)


class Verdict(NamedTuple):
    """What the gate thinks of a text.

    ``posterior``: probability that any of it was spun; ``share``: expected
    share of its words that stand in spun passages; ``token``: for each token the
    probability that the spinner went over it; ``evidence``: log odds of the likeliest
    account with something spun against genuine text (nats); ``suspicion``: a low rate
    at which all of it may rather have been spun, 0 for none.
    """

    posterior: float
    share: float
    token: list[float]
    evidence: float = -math.inf
    suspicion: float = 0.0


def judge(
    tokens: Tokens, markers: Markers, names: float = _NAMES, quotes: float = _QUOTES
) -> Verdict:
    """Tell how surely and where a text was spun, by the ``markers`` of the spinner.

    ``names`` and ``quotes`` are the prior chances (0 to 1) that the spinner left out
    capitalised words, and quotations.
    """
    if not len(tokens):
        return Verdict(0.0, 0.0, [])
    found, readings = markers.find(tokens), _readings(names, quotes)
    compiled = part("_gate")
    if compiled is None:
        return _judge(tokens, found, readings)
    text = (tokens.words, tokens.kinds, tokens.breaks)
    return Verdict(*compiled.judge(*text, found, readings, _CONSTANTS))


def _judge(tokens: Tokens, markers: Sequence[Marker], readings: Iterable[Reading]) -> Verdict:
    """The same in Python."""
    cuts = passages(tokens)
    inside = [flag for a, b in lines(tokens) for flag in quoted(tokens.words[a:b])]
    kinds = [_kind(word, flag) for word, flag in zip(tokens.words, inside, strict=True)]
    found = _evidence(markers, kinds)
    scores = _scores(found, cuts)
    runs = [Run(_GENUINE, False, False, [0.0] * len(cuts))]
    for names, quotes, mixed, all_spun in readings:
        emissions = [_counted(score, names, quotes) for score in scores]
        total, posteriors = forward_backward(emissions, cuts)
        runs.append(Run(mixed + total, names, quotes, posteriors))
        runs.append(Run(all_spun + _sum(emissions), names, quotes, [1.0] * len(cuts)))
    best = max(run.evidence for run in runs[1:])
    chances = _token_chances(cuts, kinds, runs)
    return _verdict(tokens, chances, best - _GENUINE, _suspicion(found, best))


def regions(names: float, quotes: float) -> tuple[float, float]:
    """The chances that names, and quotations, are left out, away from 0 and 1."""
    return min(max(names, 0.01), 0.99), min(max(quotes, 0.01), 0.99)


class Reading(NamedTuple):
    """Are capitals, and quotations, left out?

    ``mixed`` and ``all_spun`` are the logarithms of the prior chances of such accounts.
    """

    names: bool
    quotes: bool
    mixed: float
    all_spun: float


@lru_cache
def _readings(names: float, quotes: float) -> tuple[Reading, ...]:
    """The four readings, with the prior chances that names and quotations are left out."""
    names, quotes = regions(names, quotes)
    found: list[Reading] = []
    for n in (False, True):
        for q in (False, True):
            prior = (names if n else 1.0 - names) * (quotes if q else 1.0 - quotes)
            found.append(Reading(n, q, math.log(prior * _MIXED), math.log(prior * _ALL_SPUN)))
    return tuple(found)


class Run(NamedTuple):
    """One account of an article.

    ``evidence`` is its log weight, ``names`` and ``quotes`` whether capitals and
    quotations are protected, ``posteriors`` the probability of each passage to be
    spun.
    """

    evidence: float
    names: bool
    quotes: bool
    posteriors: list[float]


def _counted(score: Sequence[float], names: bool, quotes: bool) -> float:
    """The evidence that counts when names or quotations are protected."""
    plain, capital, quote, both = score
    return (
        plain
        + (0.0 if names else capital)
        + (0.0 if quotes else quote)
        + (0.0 if names or quotes else both)
    )


def _token_chances(
    cuts: Sequence[Passage], kinds: Sequence[int], runs: Sequence[Run]
) -> list[float]:
    """For each token the probability that the spinner went over it, over all readings."""
    best = max(run.evidence for run in runs)
    weights = [math.exp(run.evidence - best) for run in runs]
    scale = _sum(weights)
    # Per passage and kind of token (see _kind), so that tokens need only be looked up.
    by_kind = [[0.0] * 4 for _ in cuts]
    for weight, (_, names, quotes, posteriors) in zip(weights, runs, strict=True):
        if weight < _NEGLIGIBLE * scale:
            continue
        for chance, p in zip(by_kind, posteriors, strict=True):
            for kind in range(4):
                if not (names and kind & _CAPITAL) and not (quotes and kind & _QUOTED):
                    chance[kind] += p * weight / scale
    chances: list[float] = []
    for cut, chance in zip(cuts, by_kind, strict=True):
        chances += [chance[kind] for kind in kinds[cut.start : cut.end]]
    return chances


def _kind(word: str, inside: bool) -> int:
    """Is a token capitalised, quoted, both or neither?  A number from 0 to 3."""
    return _CAPITAL * word[0].isupper() + _QUOTED * inside


def _verdict(tokens: Tokens, token: list[float], evidence: float, suspicion: float) -> Verdict:
    words = [p for p, kind in zip(token, tokens.kinds, strict=True) if kind == "w"]
    if not words:
        return Verdict(0.0, 0.0, token)
    return Verdict(max(token), _sum(words) / len(words), token, evidence, suspicion)


#: A phrase's place, its kind (see _kind), its weight, and how often it comes.
Found = tuple[int, int, float, int]


def _evidence(markers: Sequence[Marker], kinds: Sequence[int]) -> list[Found]:
    """The phrases of a text that tell spun from genuine, with their weights in nats."""
    times = Counter(phrase for _, phrase, _ in markers)
    return [(i, kinds[i], weight, times[phrase]) for i, phrase, weight in markers]


def _scores(found: Sequence[Found], cuts: Sequence[Passage]) -> list[list[float]]:
    """Evidence of each passage: plain words, capitalised, quoted, both.

    A spinner draws once per article, so a phrase that comes ``n`` times is one
    observation made ``n`` times; it counts as sqrt(n).
    """
    scores = [[0.0, 0.0, 0.0, 0.0] for _ in cuts]
    passage = 0
    for i, kind, weight, times in found:
        while cuts[passage].end <= i:
            passage += 1
        scores[passage][kind] += weight / math.sqrt(times)
    return scores


def _suspicion(found: Sequence[Found], best: float) -> float:
    """The likeliest low rate, if it explains a text better than all other accounts.

    What a phrase then says is a mixture: it is as common as in spun text with the
    chance of the rate, as in genuine text otherwise.
    """
    groups = Counter(row[2:] for row in found)
    totals = {
        rate: _sum(
            n * math.log(1.0 - rate + rate * math.exp(weight)) / math.sqrt(times)
            for (weight, times), n in groups.items()
        )
        for rate in _LOW_RATES
    }
    low, high = _LOW_RATES
    likeliest = high if totals[high] > totals[low] + _CLEARLY else low
    least = max(SUSPECT, best + _PREFERRED) if best > 0.0 else SUSPECT
    return likeliest if totals[likeliest] > least else 0.0


def _sum(values: Iterable[float]) -> float:
    """Of all values, one added after the other: sum() rounds otherwise in newer Pythons."""
    total = 0.0
    for value in values:
        total += value
    return total
