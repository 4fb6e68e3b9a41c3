"""How much context, n-grams and the rest of the article count for one spinner.

Spinners differ in their draws, and the context scorer knows some better than others.  The
few numbers of scorer.Trust are fitted by maximum likelihood on articles that the
dictionary was not learned from: the chance of the right readings of every window among
all, as tools/train_scorer.py does for the shipped scorer.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from typing import NamedTuple

import numpy as np
from numpy.typing import ArrayLike, NDArray

from spinfix.arrays import Floats
from spinfix.chains import Chains
from spinfix.channel import Arc
from spinfix.families import Family
from spinfix.language_model import LanguageModel
from spinfix.lattice import Window, windows
from spinfix.scorer import Scorer, Trust, Weighing, scored
from spinfix.text import Tokens, tokenize

from .examples import is_right, leads_through, places
from .phrases import SegmentedLine

#: Fewer windows than these tell too little.
_LEAST = 500
#: Tokens less surely spun than this are left out, as when repairing.
_GATE = 0.8
#: How much each number resists leaving its usual value.
_RIDGE = 4.0
#: Newton's method: rounds at most, the smallest step, how a step too long is shortened,
#: and the gain (nats) that a round must bring.
_ROUNDS, _STEP, _SHORTER, _ENOUGH = 12, 1e-4, 0.3, 1e-3


class _Sample(NamedTuple):
    """Windows of spun text: for each arc what speaks for it, and whether it is right."""

    windows: list[Window]
    evidence: Floats
    fixed: Floats
    right: NDArray[np.bool_]


class Retrusted:
    """A scorer that goes by another trust (a scorer.Scorer)."""

    def __init__(self, scorer: Scorer, trust: Trust) -> None:
        self._scorer, self.trust = scorer, trust

    def score(self, tokens: Tokens, arcs: Sequence[Arc], rate: float) -> ArrayLike:
        """The scores of the scorer."""
        return self._scorer.score(tokens, arcs, rate)


def fit_trust(
    articles: Iterable[tuple[str, Sequence[SegmentedLine]]],
    family: Family,
    model: LanguageModel,
    scorer: Scorer,
) -> Trust:
    """The trust that fits spun articles, given with their alignment, best.

    That of ``scorer`` when there are too few of them.
    """
    samples = [
        sample
        for text, lines in articles
        if (sample := _sample(text, lines, family, model, scorer)) and sample.windows
    ]
    found = [window for sample in samples for window in sample.windows]
    if len(found) < _LEAST:
        return scorer.trust
    likelihood = _Likelihood(
        Chains(found),
        np.concatenate([sample.evidence for sample in samples]),
        np.concatenate([sample.fixed for sample in samples]),
        np.concatenate([sample.right for sample in samples]),
        np.array([scorer.trust.context, *scorer.trust.draws]),
    )
    context, *draws = likelihood.maximum().tolist()
    return Trust(scorer.trust.decoder, context, draws)


def _sample(
    text: str,
    lines: Sequence[SegmentedLine],
    family: Family,
    model: LanguageModel,
    scorer: Scorer,
) -> _Sample | None:
    tokens = tokenize(text)
    try:
        at, words = places(tokens, lines)
    except ValueError:  # not all of it could be aligned
        return None
    chances = family.judge(tokens).token
    spun, readings = family.channel.readings(tokens, chances, _GATE)
    kept, scores = scored(scorer, tokens, readings, 1.0)
    found = windows(model, spun, kept)
    if not found:
        return None
    weighing = Weighing(tokens, found, scores, family.traits.one_draw)
    weights, draws, habits = weighing.evidence(scorer.trust.decoder, weighing.said)
    right = [[is_right(arc, tokens, at, words) for arc in window.arcs] for window in found]
    possible = [
        leads_through(window.start, window.end, window.arcs, flags)
        for window, flags in zip(found, right, strict=True)
    ]
    arcs = np.repeat(possible, [len(flags) for flags in right])
    return _Sample(
        [window for window, good in zip(found, possible, strict=True) if good],
        np.column_stack([weights, draws])[arcs],
        habits[arcs],
        np.array([flag for flags in right for flag in flags])[arcs],
    )


class _Likelihood:
    """Log P(right readings) of the numbers of a Trust, and where it is greatest."""

    def __init__(
        self,
        chains: Chains,
        evidence: Floats,
        fixed: Floats,
        right: NDArray[np.bool_],
        usual: Floats,
    ) -> None:
        self._chains, self._evidence, self._fixed = chains, evidence, fixed
        self._right, self._usual = right, usual

    def maximum(self) -> Floats:
        """Newton's method, from the usual values."""
        values, best = self._usual, self._value(self._usual)
        for _ in range(_ROUNDS):
            step = self._newton(values)
            reached = self._value(values + step)
            while not reached > best and np.abs(step).max() > _STEP:
                step *= _SHORTER
                reached = self._value(values + step)
            if not reached > best + _ENOUGH:
                break
            values, best = values + step, reached
        return values

    def _weights(self, values: Floats) -> tuple[Floats, Floats]:
        every: Floats = self._evidence @ values + self._fixed
        return every, np.where(self._right, every, -np.inf)

    def _value(self, values: Floats) -> float:
        every, right = map(self._chains.log_totals, self._weights(values))
        return float((right - every).sum() - _RIDGE / 2 * ((values - self._usual) ** 2).sum())

    def _gradient(self, values: Floats) -> Floats:
        every, right = map(self._chains.posteriors, self._weights(values))
        result: Floats = self._evidence.T @ (right - every) - _RIDGE * (values - self._usual)
        return result

    def _newton(self, values: Floats) -> Floats:
        """The step to where the gradient would be nought."""
        here = self._gradient(values)
        moved = [self._gradient(values + _STEP * unit) for unit in np.eye(len(values))]
        hessian = (np.array(moved) - here) / _STEP
        return np.linalg.solve(hessian, -here).astype(np.float64)
