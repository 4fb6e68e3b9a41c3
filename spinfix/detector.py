"""The detector: was a text spun, by which spinner, and where?

First the screen, which tells most genuine texts in one pass; then the gate of every spinner
that the text may be the work of, and, for low rates, the second look.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from functools import cached_property, partial
from typing import TYPE_CHECKING, NamedTuple

from .edits import Repair
from .families import Family, Finding, likeliest
from .gate import Verdict
from .hmm import logistic
from .language_model import LanguageModel
from .screen import Look, Screen
from .second_look import looks_spun, spun_passages
from .text import Tokens, tokenize

if TYPE_CHECKING:
    from .scorer import Reader, Scorer


#: What the screen asks for, as a share, where a reader looks at what it lets on.
_EASE = 0.6


class Detected(NamedTuple):
    """The words of a spun text, and who spun them where."""

    tokens: Tokens
    finding: Finding


class Detector:
    """Tells spun texts from genuine ones."""

    def __init__(
        self,
        families: Sequence[Family],
        model: LanguageModel,
        scorer: Callable[[Family], Scorer | None] | None,
        reader: Callable[[str, Tokens, Family], Reader | None] | None,
        gate: float,
        rate: float | None = None,
    ) -> None:
        """``scorer`` gives that of a spinner, for the second look; without one there is none.
        ``reader``, if any, gives what reads a text after that: then more of them are looked at.

        ``gate``: texts less surely spun than this (0 to 1) are genuine.  With ``rate``, the
        share of the heads that was replaced, none is, and every word may have been spun.
        """
        self._families, self._model = families, model
        self._scorer, self._reader = scorer, reader
        self._gate, self._rate = gate, rate

    @cached_property
    def _screen(self) -> Screen:
        return Screen(self._families, self._model, self._gate, _EASE if self._reader else 1.0)

    def detect(self, text: str) -> tuple[Repair, Detected | None]:
        """What there is to say of a text, as a repair without edits; more if it was spun."""
        if self._rate is not None:
            tokens = tokenize(text)
            return self._told(text, tokens, self._assumed(tokens, self._rate))
        look = self._screen.look(text)
        if look.plausible or look.close:
            tokens = tokenize(text)
            return self._told(text, tokens, self._finding(text, tokens, look))
        return Repair(text, (), logistic(look.evidence)), None

    def _assumed(self, tokens: Tokens, rate: float) -> Finding:
        """Who spun a text, given what share of its heads was replaced."""
        some = [family for family in self._families if family.traits.partial]
        families = some if some and rate < 1.0 else self._families
        (best, *_) = likeliest(tokens, families, self._gate)
        everything = Verdict(1.0, 1.0, [1.0] * len(tokens))
        return Finding(everything, best.family, min(best.rate, rate))

    def _finding(self, text: str, tokens: Tokens, look: Look) -> Finding:
        """Who spun a text where, and what share of the heads was replaced there."""
        accounts = list(likeliest(tokens, [*look.plausible, *look.close], self._gate))
        for verdict, family, _ in accounts:
            if not (self._scorer and family.traits.partial):
                continue
            reader = partial(self._reader, text, tokens, family) if self._reader else None
            judging = family.channel, self._model, partial(self._scorer, family), reader
            if verdict.suspicion and family in look.plausible and looks_spun(tokens, *judging):
                everything = Verdict(1.0, 1.0, [1.0] * len(tokens))
                return Finding(everything, family, verdict.suspicion)
            if verdict.posterior < self._gate:
                passages = spun_passages(tokens, verdict, *judging)
                if passages:
                    return Finding(passages, family)
        return accounts[0]

    def _told(self, text: str, tokens: Tokens, finding: Finding) -> tuple[Repair, Detected | None]:
        verdict = finding.verdict
        if verdict.posterior < self._gate:
            return Repair(text, (), verdict.posterior, verdict.share), None
        name = finding.family.traits.name
        report = Repair(text, (), verdict.posterior, verdict.share, True, name)
        return report, Detected(tokens, finding)
