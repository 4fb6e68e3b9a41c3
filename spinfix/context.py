"""The context scorer: a small convolutional network over the words of an article.

Every word has a vector; a few dilated convolutions mix it with its neighbours (up
to nine words to either side), and the mean of the article's words tells its topic.
A span's vector is that of its first and last word; its product with the vector
of a phrase pair is the pair's score.  Trained by tools/train_scorer.py on what
the dictionary and the n-gram model leave open; numpy is all that is needed here.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from pathlib import Path
from zipfile import BadZipFile

import numpy as np
from numpy.typing import NDArray
from threadpoolctl import ThreadpoolController

from .arrays import Floats, Integers, Singles
from .channel import Arc
from .compiled import part
from .dense import Convolution
from .dictionary import DictionaryError
from .draws import FEATURES
from .scorer import Trust
from .text import Tokens
from .weights import Vectors, floats, pair_rows, read_arrays, words

#: Bits that tell how a word is written (with a capital, in capitals, first of a
#: line) and at what rate its article was spun (less than half, less than a fifth).
CAPITAL, UPPER, BREAK, SOME, FEW = 1, 2, 4, 8, 16
FLAGS = 32
#: Tokens worked on at a time, and how many more to either side, as far as layers see.
_BLOCK, _REACH = 8192, 16


def flags_of(tokens: Tokens, rate: float) -> NDArray[np.uint8]:
    """How each word is written, and the article's rate (0 to 1), as bits."""
    kind = FEW if rate < 0.2 else SOME if rate < 0.5 else 0
    flags = np.empty(len(tokens), np.uint8)
    compiled = part("_scorer")
    if compiled:
        compiled.flags(tokens.words, tokens.breaks, kind, flags)
        return flags
    flags[:] = [
        kind
        + CAPITAL * word[0].isupper()
        + UPPER * (len(word) > 1 and word.isupper())
        + BREAK * bool(gap)
        for word, gap in zip(tokens.words, tokens.breaks, strict=True)
    ]
    return flags


class ContextScorer:
    """Scores the originals of a span by the words around it (see scorer.Scorer)."""

    def __init__(
        self,
        path: Path,
        unknown: Iterable[tuple[str, str]] = (),
        overlay: Path | None = None,
    ) -> None:
        """Load weights; raises OSError when a file cannot be read.

        Of the phrase pairs in ``unknown`` (spun, original) it shall say nothing.
        ``overlay`` is the file of a spinner's own trust.
        """
        data = read_arrays(path)
        if overlay is not None:
            data |= read_trust(overlay)
        self._threads = ThreadpoolController()
        self._words = {word: row for row, word in enumerate(words(data, "vocabulary"))}
        self._pairs = pair_rows(data, unknown)
        self._word, self._topic, self._pair = (
            Vectors(data, name) for name in ("word", "topic", "pair")
        )
        names = ("flag", "pair_bias", "topic_in", "topic_bias", "first", "last", "span_bias")
        (
            self._flag,
            self._bias,
            self._topic_in,
            self._topic_bias,
            self._first,
            self._last,
            self._span,
        ) = (floats(data, name) for name in names)
        decoder, context, *draws = data["trust"].tolist()
        self._trust = Trust(decoder, context, draws)
        self._layers = [
            Convolution(floats(data, f"layer{n}"), floats(data, f"layer{n}_bias"), int(step))
            for n, step in enumerate(data["steps"])
        ]

    @property
    def trust(self) -> Trust:
        """How much decoder, context and draws count."""
        return self._trust

    def score(self, tokens: Tokens, arcs: Sequence[Arc], rate: float) -> Floats:
        """The scores of the arcs, in nats; 0 for phrase pairs that it does not know."""
        # On such small arrays more threads only wait for each other.
        with self._threads.limit(limits=1):
            return self._score(tokens, arcs, rate)

    def _score(self, tokens: Tokens, arcs: Sequence[Arc], rate: float) -> Floats:
        rows, first, last = places(arcs, self._pairs)
        hidden = self._hidden(tokens, rate)
        # Arcs of the same tokens stand together.
        opens = np.flatnonzero(np.diff(first * len(tokens) + last, prepend=-1))
        span = np.zeros(len(arcs), np.int64)
        span[opens[1:]] = 1
        spans = hidden[first[opens]] @ self._first
        spans += hidden[last[opens]] @ self._last
        spans += self._span
        return products(self._pair, self._bias, spans, rows, np.cumsum(span))

    def _hidden(self, tokens: Tokens, rate: float) -> Singles:
        """For each token what the network sees there."""
        words = _rows(self._words, tokens.lower)
        flags = flags_of(tokens, rate)
        mean = self._topic[words].mean(axis=0, dtype=np.float64)
        topic = (mean @ self._topic_in).astype(np.float32) + self._topic_bias
        parts: list[Singles] = []
        for start in range(0, len(words), _BLOCK):
            low, high = max(0, start - _REACH), min(len(words), start + _BLOCK + _REACH)
            x = self._word[words[low:high]]
            x += self._flag[flags[low:high]]
            x += topic
            for layer in self._layers:
                x = layer(x)
            parts.append(x[start - low : start - low + _BLOCK])
        return np.concatenate(parts)


def write_trust(path: Path, trust: Trust) -> None:
    """Write the trust of a spinner, for the ``overlay`` of ContextScorer."""
    np.savez(path, trust=np.array([trust.decoder, trust.context, *trust.draws]))


def read_trust(path: Path) -> dict[str, Floats]:
    """The array of a spinner's trust; DictionaryError when that is not what the file holds."""
    try:
        with np.load(path, allow_pickle=False) as arrays:
            trust = np.asarray(arrays["trust"], np.float64)
        good = trust.shape == (2 + FEATURES,) and bool(np.isfinite(trust).all())
    except (KeyError, ValueError, EOFError, BadZipFile):
        good = False
    if not good:
        raise DictionaryError(f"{path}: not the weights of a spinner's scorer")
    return {"trust": trust}


def _rows(numbers: dict[str, int], words: list[str]) -> Integers:
    """The row of each word; 0 for one that has none."""
    rows = np.empty(len(words), np.int64)
    compiled = part("_scorer")
    if compiled:
        compiled.rows(numbers, words, rows)
    else:
        rows[:] = [numbers.get(word, 0) for word in words]
    return rows


def places(arcs: Sequence[Arc], numbers: dict[str, int]) -> Integers:
    """Of each arc: the row of its phrase pair (-1: none), its first and its last token."""
    found = np.empty((3, len(arcs)), np.int64)
    compiled = part("_scorer")
    if compiled:
        compiled.places(numbers, list(arcs), found)
        return found
    found[0] = [numbers.get(arc.candidate.phrases, -1) if arc.candidate else -1 for arc in arcs]
    found[1] = [arc.start for arc in arcs]
    found[2] = [arc.end - 1 for arc in arcs]
    return found


def products(
    pairs: Vectors, bias: Singles, spans: Singles, rows: Integers, span: Integers
) -> Floats:
    """For each row of ``pairs`` (-1: 0) its product with the vector of a span, and its bias."""
    result = np.zeros(len(rows))
    compiled = part("_scorer")
    if compiled:
        spans = np.ascontiguousarray(spans)
        its = pairs.whole, pairs.scale, bias
        compiled.products(*its, spans, np.ascontiguousarray(rows), span, result)
        return result
    known = np.flatnonzero(rows >= 0)
    some = rows[known]
    result[known] = np.einsum("ij,ij->i", pairs[some], spans[span[known]], dtype=np.float64)
    result[known] += bias[some]
    return result
