"""A second look at texts that may have been spun in part.

When a spinner replaces only one head in ten, most of the text is genuine, and counting
phrases (spinfix.gate) cannot tell it from an article with unusual words.  But what was
replaced stands out: there an original is far likelier.  Where the screen
(spinfix.screen) finds such places, the article is decoded as if spun at a low rate, and
taken for spun when enough different phrases would be edited, surely enough: first by
dictionary and language model alone, which is cheap, then by the scorer, too, and by the large
scorer where there is one: as it knows better, it can be asked about more texts.

When it is a single short paragraph that was spun, the counts are on that side, but too few
against the prior.  Then that paragraph is looked at in the same way.
"""

from __future__ import annotations

import math
from collections.abc import Callable
from typing import TYPE_CHECKING, NamedTuple

from .channel import Channel
from .decoder import decode
from .gate import Verdict
from .language_model import LanguageModel
from .text import Tokens

if TYPE_CHECKING:
    from .scorer import Reader, Scorer

#: The rate that the look assumes; higher ones show all the more.
RATE = 0.1
#: What must be shown grows with the number of tokens to this power.
_POWER = 0.9


class _Proof(NamedTuple):
    """What the log odds of the surest edit of a phrase are beyond ``sure``, at most ``most``
    (nats), speaks for a spun article: all phrases together must reach ``least`` times the
    tokens to a power.  Texts of less than ``shortest`` tokens must show as much as those."""

    sure: float
    most: float
    least: float
    shortest: int


#: What dictionary and language model must show alone, and with the scorer.  Nearly all spun
#: articles that pass the second pass the first (benchmarks/detection.py).  Of 16,292
#: genuine articles that the n-gram model had not seen (tools/hold_out.py) three pass both.
_ALONE, _SCORED = _Proof(3.0, 5.0, 0.063, 300), _Proof(2.5, 1.5, 0.021, 300)
#: What a reader must show in place of the second.  Of those genuine articles one passes; the next
#: one shows 0.87 of it.
_READ = _Proof(3.5, 3.0, 0.019, 400)

#: The same for passages, three phrases of which must show something, so that a sentence alone is
#: left alone.  Of 397 articles of dev with one paragraph spun 53 more are noticed; of
#: the genuine ones above none, the highest comes to 0.68 of the second.
_PASSAGES_ALONE, _PASSAGES = _Proof(1.0, 2.0, 0.15, 42), _Proof(1.0, 2.0, 0.14, 42)
#: A reader is asked about more of them, and must show as much as the scorer.
_PASSAGES_READ = _PASSAGES_ALONE._replace(least=0.075)
#: Passages are not looked at where genuine text is likelier by more than this (nats).
CLOSE = -6.5
#: Tokens are looked at that are this likely to be spun (0 to 1) if anything is.
_LIKELY = 0.5

#: Gives a spinner's scorer, and what reads the text after it; None where there is none.
Judge = Callable[[], "Scorer | None"]
Read = Callable[[], "Reader | None"]


def looks_spun(
    tokens: Tokens,
    channel: Channel,
    model: LanguageModel,
    scorer: Judge,
    reader: Read | None = None,
) -> bool:
    """Would enough phrases be edited, surely enough?

    ``scorer`` and ``reader`` are asked for when dictionary and language model think so; without
    a scorer the answer is no.
    """
    look = _Look(tokens, channel, model, [1.0] * len(tokens))
    size = len(tokens)
    last = _READ if reader else _SCORED
    return look.shows(_ALONE, size) and look.shows(last, size, scorer, reader)


def spun_passages(
    tokens: Tokens,
    verdict: Verdict,
    channel: Channel,
    model: LanguageModel,
    scorer: Judge,
    reader: Read | None = None,
) -> Verdict | None:
    """The verdict on a text of which passages were spun, if they show it; else None.

    ``verdict`` is that of the gate, which cannot tell; the others as above.
    """
    if verdict.evidence < CLOSE or verdict.posterior <= 0.0:
        return None
    # Given that something was spun; the likeliest place is sure then.
    chances = [p / verdict.posterior for p in verdict.token]
    looked_at = [float(p > _LIKELY) for p in chances]
    look = _Look(tokens, channel, model, looked_at)
    size = int(sum(looked_at))
    first = _PASSAGES_READ if reader else _PASSAGES_ALONE
    if not (look.shows(first, size) and look.shows(_PASSAGES, size, scorer, reader)):
        return None
    words = [p for p, kind in zip(chances, tokens.kinds, strict=True) if kind == "w"]
    return Verdict(1.0, math.fsum(words) / len(words), chances, verdict.evidence)


class _Look:
    """Tokens as they would be decoded if they had been spun at a low rate."""

    def __init__(
        self, tokens: Tokens, channel: Channel, model: LanguageModel, chances: list[float]
    ) -> None:
        """``chances``: of each token, 1 if it is looked at, else 0."""
        self._tokens, self._model = tokens, model
        self._lines, self._readings = channel.readings(tokens, chances, 1.0, RATE)

    def shows(
        self, proof: _Proof, size: int, scorer: Judge | None = None, reader: Read | None = None
    ) -> bool:
        """Do the edits of ``size`` tokens say that they were spun?"""
        judge = scorer() if scorer else None
        if scorer and judge is None:
            return False
        return self._shown(proof, size, judge, reader() if reader else None) >= 1.0

    def _shown(
        self, proof: _Proof, size: int, judge: Scorer | None, reader: Reader | None
    ) -> float:
        """What they show, as a share of what they must."""
        surest: dict[str, float] = {}
        text = self._model, self._tokens, self._lines, self._readings
        for choice in decode(*text, judge, reader, RATE):
            if choice.arc.candidate:
                phrase = choice.arc.candidate.entry.spun
                surest[phrase] = max(surest.get(phrase, 0.0), choice.posterior)
        spoken = sum(min(max(0.0, _log_odds(p) - proof.sure), proof.most) for p in surest.values())
        least: float = proof.least * max(size, proof.shortest) ** _POWER
        return spoken / least


def _log_odds(p: float) -> float:
    return math.log(p / (1.0 - p)) if 0.0 < p < 1.0 else math.copysign(math.inf, p - 0.5)
