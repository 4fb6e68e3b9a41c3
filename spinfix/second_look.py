"""A second look at texts that may have been spun at a low rate.

When a spinner replaces only one head in ten, most of the text is genuine, and counting
phrases (spinfix.gate) cannot tell it from an article with unusual words.  But what was
replaced stands out: there an original is far likelier.  Where the screen
(spinfix.screen) finds such places, the article is decoded as if spun at a low rate, and
taken for spun when enough different phrases would be edited, surely enough: first by
dictionary and language model alone, which is cheap, then by the scorer, too.
"""

from __future__ import annotations

import math
from collections.abc import Callable
from typing import TYPE_CHECKING, NamedTuple

from .channel import Channel
from .decoder import Choice, decode
from .language_model import LanguageModel
from .text import Tokens

if TYPE_CHECKING:
    from .scorer import Scorer

#: The rate that the look assumes; higher ones show all the more.
RATE = 0.1
#: Shorter texts (tokens) must show as much as those of this length.
_SHORT = 300
#: What must be shown grows with the number of tokens to this power.
_POWER = 0.9


class _Proof(NamedTuple):
    """What the log odds of the surest edit of a phrase are beyond ``sure``, at most ``most``
    (nats), speaks for a spun article: all phrases together must reach ``least`` times the
    tokens to a power."""

    sure: float
    most: float
    least: float


#: What dictionary and language model must show alone, and with the scorer.  Nearly all spun
#: articles that pass the second pass the first (benchmarks/detection.py).  Of 16,292
#: genuine articles that the n-gram model had not seen (tools/hold_out.py) three pass both.
_ALONE, _SCORED = _Proof(3.0, 5.0, 0.063), _Proof(2.5, 1.5, 0.021)


def looks_spun(
    tokens: Tokens, channel: Channel, model: LanguageModel, scorer: Callable[[], Scorer | None]
) -> bool:
    """Would enough phrases be edited, surely enough?

    ``scorer`` is asked for when dictionary and language model think so; without one the
    answer is no.
    """
    spun, readings = channel.readings(tokens, [1.0] * len(tokens), 1.0, RATE)
    if _shown(decode(model, tokens, spun, readings, rate=RATE), len(tokens), _ALONE) < 1.0:
        return False
    judge = scorer()
    if judge is None:
        return False
    choices = decode(model, tokens, spun, readings, judge, rate=RATE)
    return _shown(choices, len(tokens), _SCORED) >= 1.0


def _shown(choices: list[Choice], size: int, proof: _Proof) -> float:
    """What the edits of an article of ``size`` tokens show, as a share of what they must."""
    surest: dict[str, float] = {}
    for choice in choices:
        if choice.arc.candidate:
            phrase = choice.arc.candidate.entry.spun
            surest[phrase] = max(surest.get(phrase, 0.0), choice.posterior)
    spoken = sum(min(max(0.0, _log_odds(p) - proof.sure), proof.most) for p in surest.values())
    least: float = proof.least * max(size, _SHORT) ** _POWER
    return spoken / least


def _log_odds(p: float) -> float:
    return math.log(p / (1.0 - p)) if 0.0 < p < 1.0 else math.copysign(math.inf, p - 0.5)
