"""What a substitution is worth in its context: the interface, and how it is used.

The decoder's posteriors know the dictionary's counts and three words of context.  A
scorer looks further and corrects them; then all places of an article where a
phrase or its original comes again correct each other (spinfix.draws).
"""

from __future__ import annotations

from collections.abc import Sequence
from itertools import pairwise
from typing import NamedTuple, Protocol

import numpy as np

from .chains import Chains
from .channel import Arc
from .draws import features, occurrences
from .initials import agreement
from .lattice import Window
from .text import Tokens

#: Scores are cut off here (nats), so that no context makes anything certain.
MAX_SCORE = 8.0
#: An arc whose weight and score (with an exponent) are so much less than the best
#: that starts at its token is not worth asking the language model about.
_HOPELESS, _PRUNING = 1e-3, 0.6


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

    def score(self, tokens: Tokens, arcs: Sequence[Arc], rate: float) -> Sequence[float]:
        """For each arc its score in nats; 0 for those that leave their token alone.

        ``rate`` is the share of the heads that the spinner replaced (0 to 1).

        That is by how much the context raises the log odds of the candidate against
        all other readings, beyond what dictionary and n-grams say.
        """
        ...


def scored(
    scorer: Scorer, tokens: Tokens, readings: Sequence[list[Arc]], rate: float
) -> list[list[Arc]]:
    """The readings with the scores of their arcs, without those that are hopeless.

    ``rate`` is the share of the heads that the spinner replaced (0 to 1).
    """
    proposed = [arc for arcs in readings for arc in arcs if arc.candidate is not None]
    if not proposed:
        return list(readings)
    scores = np.clip(scorer.score(tokens, proposed, rate), -MAX_SCORE, MAX_SCORE)
    said = iter(scores.tolist())
    chances = iter(np.exp(_PRUNING * scores).tolist())
    result: list[list[Arc]] = []
    for arcs in readings:
        if len(arcs) < 2:
            result.append(arcs)
            continue
        # The first arc leaves its token as it is.
        weights = [arcs[0].weight, *(arc.weight * next(chances) for arc in arcs[1:])]
        least = max(weights) * _HOPELESS
        kept = arcs[:1]
        for arc, weight in zip(arcs[1:], weights[1:], strict=True):
            score = next(said)
            if weight >= least:
                kept.append(Arc(arc.start, arc.end, arc.words, arc.weight, arc.candidate, score))
        result.append(kept)
    return result


def weigh(
    trust: Trust, tokens: Tokens, windows: Sequence[tuple[Window, Sequence[float]]]
) -> list[list[float]]:
    """The posteriors of all arcs of an article's windows, corrected by their context.

    ``windows`` come with the posteriors of their arcs without a scorer.
    """
    if not windows:
        return []
    chains = Chains(windows)
    scores = np.array([arc.score for arc in chains.arcs])
    weights = trust.decoder * chains.log_weights + scores
    names = agreement(tokens, chains.arcs)
    if names is not None:
        weights += np.array(names)
    found = features(occurrences(tokens, chains.arcs), chains.posteriors(weights))
    corrected = chains.posteriors(trust.context * weights + found @ np.asarray(trust.draws))
    flat = corrected.tolist()
    return [flat[a:b] for a, b in pairwise(chains.cuts)]
