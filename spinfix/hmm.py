"""Passages of a text, and the hidden Markov model that tells spun ones from genuine ones.

A mixed article's account in :mod:`spinfix.gate`; ``_gate.c`` has it, too, compiled.
"""

from __future__ import annotations

import math
from collections.abc import Sequence
from typing import NamedTuple

from .text import SENTENCE_END, Tokens

#: In a mixed article: chance that spun and genuine text meet between two
#: paragraphs, two sentences.
SWITCH_PARAGRAPH, SWITCH_SENTENCE = 0.3, 0.005
#: Logarithms of the chances to begin with spun or genuine text; and of those to stay and
#: to switch between two sentences, two paragraphs.
BEGIN = math.log(0.5)
STEPS = [(math.log1p(-p), math.log(p)) for p in (SWITCH_SENTENCE, SWITCH_PARAGRAPH)]
#: Sentences are joined until a passage has this many words.
PASSAGE_WORDS = 12


class Passage(NamedTuple):
    """A run of tokens, ``start`` to ``end``, and whether a paragraph begins there."""

    start: int
    end: int
    paragraph: bool


def passages(tokens: Tokens) -> list[Passage]:
    """Cut a text into passages: sentences, short ones joined, never across lines."""
    found: list[Passage] = []
    start, paragraph, size = 0, True, 0
    for i, word in enumerate(tokens.words):
        if tokens.breaks[i]:
            if i > start:
                found.append(Passage(start, i, paragraph))
            start, paragraph, size = i, True, 0
        size += tokens.kinds[i] == "w"
        if word in SENTENCE_END and size >= PASSAGE_WORDS:
            found.append(Passage(start, i + 1, paragraph))
            start, paragraph, size = i + 1, False, 0
    if start < len(tokens):
        found.append(Passage(start, len(tokens), paragraph))
    return found


def forward_backward(
    emissions: Sequence[float], cuts: Sequence[Passage]
) -> tuple[float, list[float]]:
    """Log evidence of the whole, and for each passage the probability that it is spun.

    Two states; ``emissions`` are log odds of spun against genuine.
    """
    n = len(emissions)
    spun = genuine = BEGIN
    forward = []
    for i, emission in enumerate(emissions):
        if i:
            stay, move = STEPS[cuts[i].paragraph]
            spun, genuine = (
                _log_add(spun + stay, genuine + move),
                _log_add(genuine + stay, spun + move),
            )
        spun += emission
        forward.append((spun, genuine))
    total = _log_add(spun, genuine)
    posteriors = [0.0] * n
    back_spun = back_genuine = 0.0
    for i in range(n - 1, -1, -1):
        odds = (forward[i][0] + back_spun) - (forward[i][1] + back_genuine)
        posteriors[i] = logistic(odds)
        if i:
            stay, move = STEPS[cuts[i].paragraph]
            s = back_spun + emissions[i]
            back_spun, back_genuine = (
                _log_add(s + stay, back_genuine + move),
                _log_add(back_genuine + stay, s + move),
            )
    return total, posteriors


def _log_add(a: float, b: float) -> float:
    return a + math.log1p(math.exp(b - a)) if a > b else b + math.log1p(math.exp(a - b))


def logistic(x: float) -> float:
    """The probability (0 to 1) that log odds (nats) stand for."""
    return 1.0 / (1.0 + math.exp(-x)) if x > -700.0 else 0.0
