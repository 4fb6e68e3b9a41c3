"""The passage scorer: a small transformer reads the article as it was repaired at first.

Dictionary, n-grams and the context scorer give nine in ten words back; in their repair
every word has nearly its original surroundings.  An encoder reads that, is told of
each word how sure it is, and scores all candidates anew: a span's vector, from its
first and last piece, times the vector of the phrase pair.  Trained by
tools/train_passage.py on what the context scorer leaves open.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from itertools import pairwise
from pathlib import Path

import numpy as np
from threadpoolctl import ThreadpoolController

from .arrays import Floats
from .context import flags_of, places, products
from .decoder import best_reading
from .encoder import Encoder
from .passage_text import Segment, passage
from .pieces import Pieces
from .scorer import MAX_SCORE, Trust, Weighing
from .weights import Vectors, floats, pair_rows, read_arrays, words


class PassageScorer:
    """Scores all arcs of an article by what it says (see scorer.Reader)."""

    def __init__(
        self,
        path: Path,
        unknown: Iterable[tuple[str, str]] = (),
        least_doubt: float = 0.0,
    ) -> None:
        """Load weights; raises OSError when the file cannot be read.

        Of the phrase pairs in ``unknown`` (spun, original) it shall say nothing.  Chunks
        in which the first repair is expected to have fewer wrong places than
        ``least_doubt`` are not read again.
        """
        data = read_arrays(path)
        self._least_doubt = least_doubt
        self._threads = ThreadpoolController()
        self._pieces = Pieces(words(data, "vocabulary"))
        self._encoder = Encoder(data)
        self._rows = pair_rows(data, unknown)
        self._pair, self._bias = Vectors(data, "pair"), floats(data, "pair_bias")
        self._first, self._last, self._span = (
            floats(data, name) for name in ("first", "last", "span_bias")
        )
        decoder, scorer, context, *draws = data["trust"].tolist()
        self._scorer = scorer
        self._trust = Trust(decoder, context, draws)

    @property
    def trust(self) -> Trust:
        """How much decoder, scores and draws count."""
        return self._trust

    def read(self, weighing: Weighing, posteriors: Floats, rate: float) -> Floats:
        """The scores of all arcs, in nats."""
        # On such small arrays more threads only wait for each other.
        with self._threads.limit(limits=1):
            said = self._read(weighing, posteriors, rate)
        result: Floats = self._scorer * weighing.said + np.clip(said, -MAX_SCORE, MAX_SCORE)
        return result

    def _read(self, weighing: Weighing, posteriors: Floats, rate: float) -> Floats:
        tokens, arcs = weighing.tokens, weighing.chains.arcs
        rows, start, end = places(arcs, self._rows)
        scores = np.zeros(len(arcs))
        text = passage(_segments(weighing, posteriors.tolist()), tokens, self._pieces)
        first, last = text.first[start], text.last[end]
        chunk = np.searchsorted(text.cuts, first, "right") - 1
        known = np.flatnonzero((rows >= 0) & (text.doubts[chunk] >= self._least_doubt))
        if not len(known):
            return scores
        first, last = first[known], last[known]
        flags = flags_of(tokens, rate).astype(np.int64)
        hidden = self._encoder(
            text.pieces,
            text.states,
            flags[text.token],
            text.cuts,
            (self._pieces.open, self._pieces.close),
            np.union1d(first, last),
        )
        opens, span = np.unique(first.astype(np.int64) * len(hidden) + last, return_inverse=True)
        begin, end = np.divmod(opens, len(hidden))
        spans = hidden[begin] @ self._first + hidden[end] @ self._last + self._span
        scores[known] = products(self._pair, self._bias, spans, rows[known], span)
        return scores


def _segments(weighing: Weighing, posteriors: Sequence[float]) -> Iterator[Segment]:
    """What the first repair chose; ``posteriors`` are of all its arcs."""
    lower, arcs = weighing.tokens.lower, weighing.chains.arcs
    for low, high in pairwise(weighing.chains.cuts):
        inside = arcs[low:high]
        _, chances, path = best_reading(inside, posteriors[low:high])
        for number in path:
            start, end, candidate = (
                inside[number].start,
                inside[number].end,
                inside[number].candidate,
            )
            reading = candidate.original.lower().split(" ") if candidate else lower[start:end]
            yield Segment(start, end, reading, chances[number], candidate is not None)
