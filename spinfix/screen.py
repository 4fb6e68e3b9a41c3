"""The screen: most texts are genuine, and a rough look at them shows it.

A scan (:mod:`spinfix.scan`) sums up the evidence of every spinner in one pass.  Only
texts that it does not put far on the genuine side go on to the gate.  About those that may
have been spun at a low rate the language model is asked next: in its place, with two
words to either side, by how much do the originals beat each suspicious phrase?  In
genuine text that comes to little.
"""

from __future__ import annotations

import math
from collections.abc import Sequence
from typing import Any, NamedTuple

from .evidence import shipped_index
from .families import Family
from .gate import NUMBERS, SUSPECT
from .in_place import InPlace, Rules
from .language_model import LanguageModel
from .scan import Place, scanner
from .second_look import CLOSE, RATE

#: The scan cuts words by simpler rules: evidence that falls short by less than this
#: (nats) is for the gate to judge.  On 12,267 texts and spinners it was never off by
#: more than 0.9 where it mattered.
_MARGIN = 4.0
#: So much is for the second look at passages, if originals win so much (nats; see below): of dev's
#: articles with one spun paragraph that come so far, most do.
_CLOSE, _CLOSELY = CLOSE - 1.0, 4.5
#: The least evidence for a low rate: what the gate asks for, and a margin (nats), as above;
#: of longer texts so much times their characters to a power.
_LOW, _LOW_SHARE, _POWER = SUSPECT - 0.5, 0.0125, 0.7
#: Phrases with so much evidence (nats) are asked about, the most suspicious first.  What
#: their originals win must reach _LEAST times the text's characters to the same power (nats); and
#: a share of that when all with so much evidence have been asked about.  Chosen on articles of
#: pairs/train that neither the models nor the scorer had learned from, with a tenth or a third
#: of their heads spun, as they were noticed without the screen, and on their originals.
#: benchmarks/detection.py tells what becomes of those of dev.
_SUSPICIOUS, _LEAST = 0.5, 0.055
_STAGES = ((2.5, 0.15), (2.25, 0.2), (2.0, 0.33), (1.5, 0.44), (1.25, 0.6), (1.0, 0.65))
#: Hardly an original that wins something in a spun text has less hope than that; of all others in
#: genuine ones more than half.  For passages all phrases are asked about.
_RULES = Rules(RATE, sure=4.0, most=6.0, hope=4.5, stages=_STAGES)
_PASSAGE_RULES = _RULES._replace(stages=())


class Look(NamedTuple):
    """The spinners that a text may be the work of, and what speaks for the best of all.

    Of those in ``close`` only passages may be.  ``evidence`` is roughly that of
    :class:`spinfix.gate.Verdict` (nats).
    """

    plausible: list[Family]
    close: list[Family]
    evidence: float


class Screen:
    """Tells texts that are plainly genuine."""

    def __init__(
        self, families: Sequence[Family], model: LanguageModel, gate: float, ease: float = 1.0
    ) -> None:
        """``gate``: texts less surely spun than this (0 to 1) are left alone.

        ``ease`` is a factor for what originals must win.
        """
        self._families, self._in_place, self._ease = families, InPlace(model), ease
        self._least = math.log(gate / (1.0 - gate)) - _MARGIN if 0.0 < gate < 1.0 else -math.inf
        phrases, weights = _evidence(families)
        self._phrases = [_Phrases(phrases, family, self._in_place) for family in families]
        self._scanner = scanner(
            phrases,
            weights,
            [family.regions for family in families],
            NUMBERS._replace(suspicious=_SUSPICIOUS, listed=(_LOW, _CLOSE)),
        )

    def look(self, text: str) -> Look:
        """Which spinners may have written this?"""
        plausible: list[Family] = []
        close: list[Family] = []
        best = -math.inf
        size: float = len(text) ** _POWER
        for family, phrases, (evidence, low, places) in zip(
            self._families, self._phrases, self._scanner.scan(text), strict=True
        ):
            best = max(best, evidence)
            if (
                family.fallback  # counts say nothing there
                or evidence > self._least
                or (
                    low > max(_LOW, self._ease * _LOW_SHARE * size)
                    and family.traits.partial
                    and self._is_striking(text, places, phrases, _LEAST * size)
                )
            ):
                plausible.append(family)
            elif (
                evidence > _CLOSE
                and family.traits.partial
                and self._is_striking(text, places, phrases, _CLOSELY, _PASSAGE_RULES)
            ):
                close.append(family)
        return Look(plausible, close, best)

    def _is_striking(
        self,
        text: str,
        places: Sequence[Place],
        phrases: _Phrases,
        least: float,
        rules: Rules = _RULES,
    ) -> bool:
        """Do the originals of suspicious phrases win so much that a second look is due?"""
        least *= self._ease
        return self._in_place.won(text, places, phrases, least, rules) >= least


class _Phrases(dict[int, Any]):
    """The phrases by their numbers, with a spinner's originals, prepared when asked for."""

    def __init__(self, phrases: Sequence[str], family: Family, in_place: InPlace) -> None:
        super().__init__()
        self._all, self._family, self._in_place = phrases, family, in_place

    def __missing__(self, number: int) -> Any:
        phrase = self._all[number]
        words, originals = phrase.split(), self._family.channel.originals(phrase, RATE)
        self[number] = found = self._in_place.prepared((tuple(words), tuple(originals)))
        return found


def _evidence(families: Sequence[Family]) -> tuple[list[str], list[list[float]]]:
    """The phrases with evidence, and for each spinner what they say (nats; 0: nothing)."""
    if all(family.indexed or family.fallback for family in families):
        phrases, columns = shipped_index()
        nothing = [0.0] * len(phrases)
        return phrases, [
            nothing if family.fallback else columns[family.traits.name] for family in families
        ]
    weights = [family.evidence for family in families]
    phrases = sorted({phrase for its in weights for phrase in its})
    return phrases, [[its.get(phrase, 0.0) for phrase in phrases] for its in weights]
