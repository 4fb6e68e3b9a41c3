"""What a substitution is worth in its context: the interface, and how it is used.

The decoder's posteriors know the dictionary's counts and three words of context.  A
scorer looks further and corrects them; then all places of an article where a
phrase or its original comes again correct each other (spinfix.draws).  Loops over
arcs are in ``_scorer.c``, too, compiled.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import NamedTuple, Protocol

import numpy as np
from numpy.typing import ArrayLike

from .arrays import Floats
from .chains import Chains
from .channel import Arc
from .compiled import part
from .draws import features, occurrences
from .initials import agreement
from .lattice import Window
from .style import habit
from .text import Tokens

#: Scores are cut off here (nats), so that no context makes anything certain.
MAX_SCORE = 8.0
#: An arc whose weight and score (with an exponent) are so much less than the best
#: that starts at its token is not worth asking the language model about.
_HOPELESS, _PRUNING = 1e-3, 0.8


class Trust(NamedTuple):
    """How much the parts of the evidence count; learned with a scorer.

    ``decoder`` and ``context`` are exponents: of the decoder's posteriors, and of
    these together with the scores.  ``draws`` are the weights of the numbers that
    spinfix.draws.features gives, in nats.
    """

    decoder: float
    context: float
    draws: Sequence[float]


class Scorer(Protocol):
    """Anything that scores the originals of spans given what stands around them."""

    @property
    def trust(self) -> Trust:
        """How much the decoder, the scores and the rest of the article count."""
        ...

    def score(self, tokens: Tokens, arcs: Sequence[Arc], rate: float) -> ArrayLike:
        """For each arc its score in nats; 0 for those that leave their token alone.

        That is by how much the context raises the log odds of the candidate against
        all other readings, beyond what dictionary and n-grams say.  ``rate`` is the
        share of the heads that the spinner replaced (0 to 1).
        """
        ...


class Reader(Protocol):
    """Anything that reads the article as repaired at first and scores all arcs again."""

    @property
    def trust(self) -> Trust:
        """How much the decoder, the scores and the rest of the article count."""
        ...

    def read(self, weighing: Weighing, posteriors: Floats, rate: float) -> Floats:
        """For each arc its score in nats, that of the scorer included.

        ``posteriors`` are those of the arcs of ``weighing`` with the scorer alone;
        ``rate`` is the share of the heads that the spinner replaced (0 to 1).
        """
        ...


#: What a scorer said of the arcs of an article, by their id().
Scores = dict[int, float]


def scored(
    scorer: Scorer, tokens: Tokens, readings: Sequence[list[Arc]], rate: float
) -> tuple[list[list[Arc]], Scores]:
    """The readings without the arcs that are hopeless, and the scores of the arcs.

    ``rate`` is the share of the heads that the spinner replaced (0 to 1).
    """
    compiled = part("_scorer")
    if compiled is None:
        return _scored(scorer, tokens, readings, rate)
    readings = list(readings)
    proposed = compiled.proposed(readings)
    if not proposed:
        return readings, {}
    scores = _clipped(scorer.score(tokens, proposed, rate))
    result: tuple[list[list[Arc]], Scores]
    result = compiled.pruned(readings, scores, _HOPELESS, _PRUNING)
    return result


def _clipped(scores: ArrayLike) -> Floats:
    clipped: Floats = np.clip(np.asarray(scores, np.float64), -MAX_SCORE, MAX_SCORE)
    return clipped


def _scored(
    scorer: Scorer, tokens: Tokens, readings: Sequence[list[Arc]], rate: float
) -> tuple[list[list[Arc]], Scores]:
    """The same in Python."""
    proposed = [arc for arcs in readings for arc in arcs[1:]]
    if not proposed:
        return list(readings), {}
    scores = _clipped(scorer.score(tokens, proposed, rate))
    weights = np.array([arc.weight for arc in proposed]) * np.exp(_PRUNING * scores)
    # The first arc of a token leaves it as it is.
    several = [arcs for arcs in readings if len(arcs) > 1]
    sizes = np.array([len(arcs) - 1 for arcs in several])
    best = np.maximum.reduceat(weights, np.cumsum(sizes) - sizes)
    least = _HOPELESS * np.maximum(best, [arcs[0].weight for arcs in several])
    hopeless = weights < np.repeat(least, sizes)
    dropped = {id(proposed[n]) for n in np.flatnonzero(hopeless)}
    kept = [
        [arc for arc in arcs if id(arc) not in dropped] if len(arcs) > 1 else arcs
        for arcs in readings
    ]
    return kept, dict(zip(map(id, proposed), scores.tolist(), strict=True))


class Weighing:
    """The evidence on all arcs of an article's windows, weighed as often as need be."""

    def __init__(
        self,
        tokens: Tokens,
        windows: Sequence[Window],
        scores: Scores,
        one_draw: float = 1.0,
    ) -> None:
        """``windows``, at least one, with their arcs' posteriors without a scorer.

        ``one_draw`` is how much the rest of the article counts (0 to 1).
        """
        self.tokens, self._one_draw = tokens, one_draw
        self.chains = Chains(windows)
        #: What the scorer said of each arc (nats).
        self.said: Floats = _said(self.chains.arcs, scores)
        self._occurrences = occurrences(tokens, self.chains.arcs)
        names = agreement(tokens, self.chains.arcs)
        self._names = 0.0 if names is None else np.array(names)

    def posteriors(self, trust: Trust, said: Floats) -> Floats:
        """The posteriors of all arcs when the scores are as ``said`` (nats)."""
        weights, found, habits = self.evidence(trust.decoder, said)
        return self.chains.posteriors(
            trust.context * weights + found @ np.asarray(trust.draws) + habits
        )

    def evidence(self, decoder: float, said: Floats) -> tuple[Floats, Floats, Floats]:
        """What speaks for each arc: its own weight, the features of draws, house style.

        ``decoder`` is the exponent of the decoder's posteriors; weight and style are in nats.
        """
        weights = decoder * self.chains.log_weights + said + self._names
        first = self.chains.posteriors(weights)
        found = self._one_draw * features(self._occurrences, first)
        return weights, found, habit(self.tokens, self.chains.arcs, first)


def _said(arcs: list[Arc], scores: Scores) -> Floats:
    """The score of each arc; 0 for those that have none."""
    compiled = part("_chains")
    if compiled is None:
        return np.array([scores.get(id(arc), 0.0) if arc.candidate else 0.0 for arc in arcs])
    said = np.empty(len(arcs))
    compiled.said(arcs, scores, said)
    return said
