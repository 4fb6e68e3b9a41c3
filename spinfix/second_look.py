"""A second look at texts that may have been spun at a low rate.

When a spinner replaces only one head in ten, most of the text is genuine, and counting
phrases (spinfix.gate) cannot tell it from an article with unusual words.  But what was
replaced stands out: there an original is far likelier.  First the language model
alone looks for such places, among the most suspicious phrases; where it finds a few,
the article is decoded as if spun at a low rate, and taken for spun when enough
different phrases would be edited, surely enough.
"""

from __future__ import annotations

import math
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
#: What the log odds of the surest edit of a phrase are beyond _SURE, at most _MOST (nats),
#: speaks for a spun article: all phrases together must reach _LEAST times the tokens (at
#: least _SHORT) to a power.  Of 460 genuine articles that no data was made from the highest
#: comes to 0.0124, of 5,100 others to 0.0122.
_SURE, _MOST, _LEAST, _SHORT, _POWER = 2.5, 1.5, 0.0185, 300, 0.9
#: A phrase is striking where its originals are so much likelier (nats).  So many different
#: ones, and so many for each token, are worth decoding the article.
_STRIKING, _WORTH, _DENSITY = 8.0, 2, 0.0025


def is_worth_it(tokens: Tokens, channel: Channel, model: LanguageModel) -> bool:
    """Are there phrases enough that strike the language model?"""
    least = max(_WORTH, _DENSITY * min(len(tokens), _TOKENS))
    return striking(tokens, channel, model) >= least


def looks_spun(tokens: Tokens, channel: Channel, model: LanguageModel, scorer: Scorer) -> bool:
    """Would enough phrases be edited nearly for certain?"""
    spun, readings = channel.readings(tokens, [1.0] * len(tokens), 1.0, RATE)
    surest: dict[str, float] = {}
    for choice in decode(model, tokens, spun, readings, scorer, rate=RATE):
        if choice.arc.candidate:
            phrase = choice.arc.candidate.entry.spun
            surest[phrase] = max(surest.get(phrase, 0.0), choice.posterior)
    spoken = sum(min(max(0.0, _log_odds(p) - _SURE), _MOST) for p in surest.values())
    least: float = _LEAST * max(len(tokens), _SHORT) ** _POWER
    return spoken >= least


def _log_odds(p: float) -> float:
    return math.log(p / (1.0 - p)) if 0.0 < p < 1.0 else math.copysign(math.inf, p - 0.5)


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
