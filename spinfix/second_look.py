"""A second look at texts that may have been spun at a low rate.

When a spinner replaces only one head in ten, most of the text is genuine, and counting
phrases (spinfix.gate) cannot tell it from an article with unusual words.  But what was
replaced stands out: there the language model finds an original that is far
likelier.  A text is taken for spun when that happens often.
"""

from __future__ import annotations

from .channel import Channel
from .decoder import windows
from .language_model import LanguageModel
from .text import Tokens

#: The rate that the look assumes; higher ones show all the more.
_RATE = 0.1
#: Only phrases with so much evidence for spinning (nats) are looked at, in the first
#: so many tokens.
_LEAST_EVIDENCE, _TOKENS = 0.5, 2000
#: A phrase is striking where its originals are so much likelier (nats).  So many
#: different ones there must be, and so many for each token.
_STRIKING, _LEAST_PHRASES, _LEAST_DENSITY = 8.0, 5, 0.006


def looks_spun(tokens: Tokens, channel: Channel, model: LanguageModel) -> bool:
    """Does the language model find many phrases with originals that are far likelier?"""
    size = min(len(tokens), _TOKENS)
    chances = [0.0] * len(tokens)
    for i, phrase, weight in channel.evidence(tokens):
        if weight >= _LEAST_EVIDENCE and i < size:
            end = min(size, i + phrase.count(" ") + 1)
            chances[i:end] = [1.0] * (end - i)
    spun, readings = channel.readings(tokens, chances, 1.0, _RATE)
    striking: set[str] = set()
    for window, posteriors in windows(model, spun, readings):
        if window.log_odds(readings) > _STRIKING:
            _, number = max((p, n) for n, p in enumerate(posteriors) if window.arcs[n].candidate)
            candidate = window.arcs[number].candidate
            striking.add(candidate.entry.spun if candidate else "")
    return len(striking) >= max(_LEAST_PHRASES, _LEAST_DENSITY * size)
