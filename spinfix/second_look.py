"""A second look at texts that may have been spun at a low rate.

When a spinner replaces only one head in ten, most of the text is genuine, and counting
phrases (spinfix.gate) cannot tell it from an article with unusual words.  But what was
replaced stands out: there an original is far likelier.  Where the screen
(spinfix.screen) finds such places, the article is decoded as if spun at a low rate, and
taken for spun when enough different phrases would be edited, surely enough.
"""

from __future__ import annotations

import math
from typing import TYPE_CHECKING

from .channel import Channel
from .decoder import decode
from .language_model import LanguageModel
from .text import Tokens

if TYPE_CHECKING:
    from .scorer import Scorer

#: The rate that the look assumes; higher ones show all the more.
RATE = 0.1
#: What the log odds of the surest edit of a phrase are beyond _SURE, at most _MOST (nats),
#: speaks for a spun article: all phrases together must reach _LEAST times the tokens (at
#: least _SHORT) to a power.  Of 460 genuine articles that no data was made from the highest
#: comes to 0.0145.
_SURE, _MOST, _LEAST, _SHORT, _POWER = 4.0, 3.0, 0.1355, 300, 0.5


def looks_spun(tokens: Tokens, channel: Channel, model: LanguageModel, scorer: Scorer) -> bool:
    """Would enough phrases be edited, surely enough?"""
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
