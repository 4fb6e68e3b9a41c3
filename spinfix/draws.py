"""One draw per head and article: what a phrase became elsewhere in the same article.

A spinner mostly draws once for each head, so all its occurrences read alike.  What the
first decoding makes of the other places is evidence for each one.  How much it
counts is learned (tools/train_scorer.py): some spinners draw every time anew.  The inner
loops are there twice: here, and compiled in ``_draws.c``.
"""

from __future__ import annotations

from typing import NamedTuple

import numpy as np

from .arrays import Floats, Integers
from .channel import Arc
from .compiled import part
from .text import Tokens

#: Numbers that an arc has of its article, see :func:`features`.
FEATURES = 10


class Occurrences(NamedTuple):
    """The arcs of an article, as numbers.

    ``span`` numbers the token ranges, ``spun`` and ``original`` the phrases (-1: the
    arc leaves its token as it is), ``capital`` tells how the first word is written,
    ``token`` is the arc's first token.  ``words`` are the numbers of all tokens of
    the article, from the same count as the phrases.
    """

    span: Integers
    spun: Integers
    original: Integers
    capital: Integers
    token: Integers
    words: Integers


def occurrences(tokens: Tokens, arcs: list[Arc]) -> Occurrences:
    """Number the phrases of an article."""
    compiled = part("_draws")
    if compiled is None:
        return _occurrences(tokens, arcs)
    span, spun, original, capital, token = np.empty((5, len(arcs)), np.int64)
    words = np.empty(len(tokens), np.int64)
    found = Occurrences(span, spun, original, capital, token, words)
    compiled.occurrences(tokens.lower, tokens.words, arcs, *found)
    return found


def _occurrences(tokens: Tokens, arcs: list[Arc]) -> Occurrences:
    """The same in Python."""
    numbers: dict[str, int] = {}
    words = [numbers.setdefault(word, len(numbers)) for word in tokens.lower]
    size, number = len(tokens), numbers.setdefault
    spuns, originals = [-1] * len(arcs), [-1] * len(arcs)
    for n, arc in enumerate(arcs):
        candidate = arc.candidate
        if candidate is not None:
            spun, original = candidate.pair
            spuns[n] = number(spun, len(numbers))
            originals[n] = number(original, len(numbers))
    starts = np.array([arc.start for arc in arcs], np.int64)
    ends = np.array([arc.end for arc in arcs], np.int64)
    capital = np.array([word[0].isupper() for word in tokens.words], np.int64)
    return Occurrences(
        starts * size + ends,
        np.array(spuns, np.int64),
        np.array(originals, np.int64),
        capital[starts],
        starts,
        np.array(words, np.int64),
    )


def features(found: Occurrences, posteriors: Floats) -> Floats:
    """What the rest of the article says of each arc: FEATURES numbers, 0 or more.

    They are log(1 + n) and min(n, 1) of five expected counts: other places where
    the phrase stands for this original; places where this original became another
    phrase; other places where the phrase stands for another original; other places
    where it stands for itself; places where the original stands unspun.
    """
    posteriors = np.ascontiguousarray(posteriors, np.float64)
    compiled = part("_draws")
    if compiled is None:
        counts = _counts(found, posteriors)
    else:
        counts = np.empty((FEATURES // 2, len(posteriors)))
        compiled.counts(*map(np.ascontiguousarray, found), posteriors, counts)
    return np.concatenate([np.log1p(counts), np.minimum(counts, 1.0)]).T


def _counts(found: Occurrences, posteriors: Floats) -> Floats:
    """The five counts of each arc, 0 or more; of those that replace nothing, 0."""
    spun, original, capital, words = found.spun, found.original, found.capital, found.words
    real = spun >= 0
    size = int(max(words.max(initial=0), spun.max(initial=0), original.max(initial=0))) + 1
    p = np.where(real, posteriors, 0.0)
    pair = spun * size + original
    same = _total(pair * 2 + capital, p)
    as_original = _total(original * 2 + capital, p)
    of_span = _total(found.span * 2 + real, p)
    of_phrase = _total(spun, p)
    spans = _total(spun, _share(found.span * 2 + real) * real)
    others = of_phrase - of_span
    counts = np.stack(
        [
            same - p,
            as_original - same,
            others - (_total(pair, p) - p),
            spans - 1.0 - others,
            _unspun(found, posteriors, size)[original],
        ]
    )
    return np.where(real, np.maximum(counts, 0.0), 0.0)


def _unspun(found: Occurrences, posteriors: Floats, size: int) -> Floats:
    """For each phrase of one word the expected number of tokens that are left as it."""
    left = np.ones(len(found.words))
    kept = found.spun < 0
    left[found.token[kept]] = posteriors[kept]
    counts: Floats = np.bincount(found.words, left, size).astype(np.float64)
    return counts


def _total(keys: Integers, values: Floats) -> Floats:
    """For each item the sum of the values of all items with its key."""
    _, inverse = np.unique(keys, return_inverse=True)
    totals: Floats = np.bincount(inverse, values).astype(np.float64)
    return totals[inverse]


def _share(keys: Integers) -> Floats:
    """For each item one over the number of items with its key."""
    return 1.0 / _total(keys, np.ones(len(keys)))
