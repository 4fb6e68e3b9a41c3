"""House style: some articles contract ("don't", "it's"), others never do.

A spinner turns one into the other all the time, so the spun words tell little; what
the first decoding makes of the whole article tells which of the two it is.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Sequence

import numpy as np
from numpy.typing import NDArray

from .channel import Arc
from .text import Tokens

Floats = NDArray[np.float64]
_CONTRACTION = re.compile(
    r"\w+n't|\w+'(?:re|ve|ll|d|m)|(?:it|that|he|she|there|here|what|who|let)'s", re.IGNORECASE
)
#: Contractions a word in text of middling style; where the habit is cut off (nats);
#: and how much it counts, for each contraction that a reading has more or less.
_USUAL, _MOST, _WEIGHT = 0.008, 2.0, 1.0


def habit(tokens: Tokens, arcs: Sequence[Arc], posteriors: Floats) -> Floats:
    """For each arc how far the article's contractions speak for it (nats)."""
    more = np.array([_gained(tokens, arc) for arc in arcs], np.float64)
    if not more.any():
        return more
    expected = posteriors * more
    # All others in the article, but for the arc itself.
    others = np.maximum(_count(tokens.words) + expected.sum() - expected, 0.0)
    usual = _USUAL * len(tokens)
    rate = np.log((others + 1.0) / (usual + 1.0))
    habits: Floats = _WEIGHT * more * np.clip(rate, -_MOST, _MOST)
    return habits


def _gained(tokens: Tokens, arc: Arc) -> int:
    """Contractions that the arc's original has more than the words that stand there."""
    if arc.candidate is None:
        return 0
    return _count(arc.words) - _count(tokens.words[arc.start : arc.end])


def _count(words: Iterable[str]) -> int:
    return sum("'" in word and _CONTRACTION.fullmatch(word) is not None for word in words)
