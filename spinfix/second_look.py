"""A second look at texts that may have been spun at a low rate.

When a spinner replaces only one head in ten, most of the text is genuine, and counting
phrases (spinfix.gate) cannot tell it from an article with unusual words.  But what was
replaced stands out: there an original is far likelier.  First the language model
alone looks for such places, among the most suspicious phrases; where it finds a few,
the article is decoded as if spun at a low rate, and taken for spun when enough
different phrases would be edited nearly for certain.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from .channel import Channel
from .decoder import decode
from .language_model import LanguageModel
from .lattice import log_odds, windows
from .text import Tokens

if TYPE_CHECKING:
    from .scorer import Scorer

#: The rate that the look assumes; higher ones show all the more.
RATE = 0.1
#: Only phrases with so much evidence for spinning (nats) are looked at first, in the
#: first so many tokens.
_LEAST_EVIDENCE, _TOKENS = 0.5, 2000
#: A phrase is striking where its originals are so much likelier (nats); so many different
#: ones are worth decoding the article.
_STRIKING, _WORTH = 8.0, 2
#: An edit is nearly certain at this posterior.  So many different phrases there must be,
#: and so many for each token.
_CERTAIN, _LEAST_PHRASES, _LEAST_DENSITY = 0.97, 3, 0.006


def looks_spun(tokens: Tokens, channel: Channel, model: LanguageModel, scorer: Scorer) -> bool:
    """Would enough phrases be edited nearly for certain?"""
    if striking(tokens, channel, model) < _WORTH:
        return False
    spun, readings = channel.readings(tokens, [1.0] * len(tokens), 1.0, RATE)
    certain = {
        choice.arc.candidate.entry.spun
        for choice in decode(model, tokens, spun, readings, scorer, rate=RATE)
        if choice.posterior >= _CERTAIN and choice.arc.candidate
    }
    return len(certain) >= max(_LEAST_PHRASES, _LEAST_DENSITY * len(tokens))


def striking(tokens: Tokens, channel: Channel, model: LanguageModel) -> int:
    """For how many suspicious phrases does the language model know far better?"""
    size = min(len(tokens), _TOKENS)
    chances = [0.0] * len(tokens)
    for i, phrase, weight in channel.evidence(tokens):
        if weight >= _LEAST_EVIDENCE and i < size:
            end = min(size, i + phrase.count(" ") + 1)
            chances[i:end] = [1.0] * (end - i)
    spun, readings = channel.readings(tokens, chances, 1.0, RATE)
    found: set[str] = set()
    for window in windows(model, spun, readings):
        if log_odds(model, window, readings) > _STRIKING:
            found_here = enumerate(window.posteriors)
            _, number = max((p, n) for n, p in found_here if window.arcs[n].candidate)
            candidate = window.arcs[number].candidate
            found.add(candidate.entry.spun if candidate else "")
    return len(found)
