"""House style: some articles contract ("don't", "it's"), others never do.

A spinner turns one into the other all the time, so the spun words tell little; what
the first decoding makes of the whole article tells which of the two it is.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from functools import lru_cache
from itertools import accumulate

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
    before = [0, *accumulate(map(_is_contraction, tokens.words))]
    # Contractions that a reading has more than its tokens.
    more = np.array(
        [
            _count(arc.words) - before[arc.end] + before[arc.start] if arc.candidate else 0
            for arc in arcs
        ],
        np.float64,
    )
    if not more.any():
        return more
    expected = posteriors * more
    # All others in the article, but for the arc itself.
    others = np.maximum(before[-1] + expected.sum() - expected, 0.0)
    usual = _USUAL * len(tokens)
    rate = np.log((others + 1.0) / (usual + 1.0))
    habits: Floats = _WEIGHT * more * np.clip(rate, -_MOST, _MOST)
    return habits


@lru_cache(maxsize=50_000)
def _count(words: tuple[str, ...]) -> int:
    return sum(map(_is_contraction, words))


def _is_contraction(word: str) -> bool:
    return "'" in word and _CONTRACTION.fullmatch(word) is not None
