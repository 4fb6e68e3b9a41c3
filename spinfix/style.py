"""House style: some articles contract ("don't", "it's"), others never do.

A spinner turns one into the other all the time, so the spun words tell little; what
the first decoding makes of the whole article tells which of the two it is.  Contractions
are counted here, and in the same way in ``_style.c``.
"""

from __future__ import annotations

import re
from collections.abc import Callable
from functools import lru_cache
from itertools import accumulate

import numpy as np

from .arrays import Floats
from .channel import Arc
from .compiled import part
from .text import Tokens

_CONTRACTION = re.compile(
    r"\w+n't|\w+'(?:re|ve|ll|d|m)|(?:it|that|he|she|there|here|what|who|let)'s", re.IGNORECASE
)
#: Contractions a word in text of middling style; where the habit is cut off (nats);
#: and how much it counts, for each contraction that a reading has more or less.
_USUAL, _MOST, _WEIGHT = 0.008, 2.0, 1.0


def habit(tokens: Tokens, arcs: list[Arc], posteriors: Floats) -> Floats:
    """For each arc how far the article's contractions speak for it (nats)."""
    more = np.empty(len(arcs))
    compiled = part("_style")
    count = compiled.contractions if compiled else _contractions
    written = count(tokens.words, arcs, _is_contraction, more)
    if not more.any():
        return more
    expected = posteriors * more
    # All others in the article, but for the arc itself.
    others = np.maximum(written + expected.sum() - expected, 0.0)
    usual = _USUAL * len(tokens)
    rate = np.log((others + 1.0) / (usual + 1.0))
    habits: Floats = _WEIGHT * more * rate.clip(-_MOST, _MOST)
    return habits


def _contractions(
    words: list[str], arcs: list[Arc], is_one: Callable[[str], bool], more: Floats
) -> int:
    """How many of ``words`` are contractions; ``more``: how many more an arc has than they."""
    before = [0, *accumulate(map(is_one, words))]
    more[:] = [
        sum(map(is_one, arc.words)) - before[arc.end] + before[arc.start] if arc.candidate else 0
        for arc in arcs
    ]
    return before[-1]


@lru_cache(maxsize=50_000)
def _is_contraction(word: str) -> bool:
    return "'" in word and _CONTRACTION.fullmatch(word) is not None
