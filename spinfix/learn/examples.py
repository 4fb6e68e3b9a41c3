"""Training examples for a scorer: stretches of spun text, their readings, the right one.

An example is a window of the decoder's lattice, the posterior of every arc without
a scorer, and which arcs are right.  A scorer then only has to learn what the channel
and the language model do not know.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from functools import lru_cache
from typing import NamedTuple

from spinfix.channel import Arc, Channel
from spinfix.gate import Verdict
from spinfix.language_model import LanguageModel
from spinfix.lattice import windows
from spinfix.text import Tokens, tokenize

from .phrases import SegmentedLine
from .segment import boundaries

#: Tokens less surely spun than this give no examples (the gate of Options).
_GATE = 0.8


class Example(NamedTuple):
    """All arcs over some tokens; a path through them is a reading of all the tokens.

    ``arcs`` are sorted by their start, ``posteriors`` are theirs, ``right`` tells
    which of them agree with the original.  There is at least one right path.
    """

    arcs: Sequence[Arc]
    posteriors: Sequence[float]
    right: list[bool]


def examples(
    tokens: Tokens,
    lines: Sequence[SegmentedLine],
    channel: Channel,
    model: LanguageModel,
    verdict: Verdict,
    rate: float = 1.0,
) -> Iterator[Example]:
    """The examples of one spun article, given the alignment with its original.

    ``verdict`` tells where it was spun, ``rate`` how large a share of the heads.

    Windows whose original the dictionary cannot give back are left out.  Raises
    ValueError when the alignment is not of this text.
    """
    at, words = places(tokens, lines)
    spun, readings = channel.readings(tokens, verdict.token, _GATE, rate)
    for window in windows(model, spun, readings):
        right = [is_right(arc, tokens, at, words) for arc in window.arcs]
        if leads_through(window.start, window.end, window.arcs, right):
            yield Example(window.arcs, window.posteriors, right)


def is_right(arc: Arc, tokens: Tokens, at: Sequence[int | None], words: list[str]) -> bool:
    """Does an arc read its tokens as the original has them?  See :func:`places`."""
    first, last = at[arc.start], at[arc.end]
    if first is None or last is None:
        return False
    if arc.candidate is None:
        return words[first:last] == tokens.lower[arc.start : arc.end]
    return words[first:last] == _lower(arc.candidate.original)


def leads_through(start: int, end: int, arcs: Sequence[Arc], right: Sequence[bool]) -> bool:
    """Is there a path of right arcs from ``start`` to ``end``?"""
    reached = {start}
    for arc, good in zip(arcs, right, strict=True):
        if good and arc.start in reached:
            reached.add(arc.end)
    return end in reached


@lru_cache(maxsize=50_000)
def _lower(phrase: str) -> list[str]:
    return tokenize(phrase).lower


def places(tokens: Tokens, lines: Sequence[SegmentedLine]) -> tuple[list[int | None], list[str]]:
    """Where each token boundary lies in the original, and the words of that.

    A boundary inside a replacement lies nowhere.  Raises ValueError when the alignment is
    not of this text.
    """
    at: list[int | None] = []
    words: list[str] = []
    for line, segments in lines:
        offset, local = len(words), boundaries(segments, len(line.spun))
        at += [None if place is None else offset + place for place in local]
        words += line.low_original
    if len(at) != len(tokens):
        raise ValueError("the alignment has other tokens than the text")
    return [*at, len(words)], words
