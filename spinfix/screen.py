"""The screen: most texts are genuine, and a rough look at them shows it.

A scan (:mod:`spinfix.scan`) sums up the evidence of every spinner in one pass.  Only
texts that it does not put far on the genuine side go on to the gate.  About those that may
have been spun at a low rate the language model is asked next: in its place, with two
words to either side, by how much do the originals beat each suspicious phrase?  In
genuine text that comes to little.
"""

from __future__ import annotations

import math
from collections.abc import Iterable, Sequence
from itertools import groupby
from typing import NamedTuple

from .evidence import shipped_index
from .families import Family
from .gate import NUMBERS, SUSPECT
from .in_place import InPlace, Original
from .language_model import LanguageModel
from .scan import Place, scanner
from .second_look import RATE

#: The scan cuts words by simpler rules: evidence that falls short by less than this
#: (nats) is for the gate to judge.  On 12,267 texts and spinners it was never off by
#: more than 0.9 where it mattered.
_MARGIN = 4.0
#: The same for low rates.
_LOW_MARGIN = 0.5
#: Phrases with so much evidence (nats) are asked about, the most suspicious first.  What
#: their originals win beyond _WON, at most _MOST each (nats), must reach _LEAST times the
#: text's characters to a power; and a share of that when all with so much evidence have
#: been asked about.  Chosen on dev (benchmarks/detection.py): of 855 articles with a tenth or
#: a third of their heads spun, or with one paragraph spun, that are noticed without the
#: screen, 843 are with it; of 460 genuine ones it lets 8 on.
_SUSPICIOUS, _WON, _MOST, _LEAST, _POWER = 0.5, 4.0, 6.0, 0.048, 0.7
_STAGES = ((2.0, 0.1), (1.5, 0.3), (1.0, 0.75))


class Look(NamedTuple):
    """The spinners that a text may be the work of, and what speaks for the best of all.

    ``evidence`` is roughly that of :class:`spinfix.gate.Verdict` (nats).
    """

    plausible: list[Family]
    evidence: float


class Screen:
    """Tells texts that are plainly genuine."""

    def __init__(self, families: Sequence[Family], model: LanguageModel, gate: float) -> None:
        """``gate``: texts less surely spun than this (0 to 1) are left alone."""
        self._families, self._in_place = families, InPlace(model)
        self._known: dict[tuple[str, str], tuple[tuple[str, ...], list[Original]]] = {}
        self._least = math.log(gate / (1.0 - gate)) - _MARGIN if 0.0 < gate < 1.0 else -math.inf
        self._scanner = scanner(
            *_evidence(families),
            [family.regions for family in families],
            NUMBERS._replace(suspicious=_SUSPICIOUS),
        )

    def look(self, text: str) -> Look:
        """Which spinners may have written this?"""
        glances = self._scanner.scan(text)
        plausible = [
            family
            for family, (evidence, low, places) in zip(self._families, glances, strict=True)
            if family.fallback  # counts say nothing there
            or evidence > self._least
            or (
                family.traits.partial
                and low > SUSPECT - _LOW_MARGIN
                and self._is_striking(text, places, family)
            )
        ]
        best = max((glance[0] for glance in glances), default=-math.inf)
        return Look(plausible, best)

    def _is_striking(self, text: str, places: Sequence[Place], family: Family) -> bool:
        """Do the originals of suspicious phrases win so much that a second look is due?"""
        least = _LEAST * len(text) ** _POWER
        stages = iter(_STAGES)
        evidence, share = next(stages)
        won = 0.0
        for weight, its in groupby(sorted(places, key=_by_weight), _by_weight):
            while -weight < evidence:
                if won < share * least:
                    return False
                evidence, share = next(stages, (-math.inf, 0.0))
            for phrase, where in _by_phrase(text, its):
                odds = max(self._odds(text, place, phrase, family) for place in where)
                won += min(max(0.0, odds - _WON), _MOST)
                if won >= least:
                    return True
        return False

    def _odds(self, text: str, place: Place, phrase: str, family: Family) -> float:
        """By how much the originals of a phrase beat it in its place (nats)."""
        known = self._known.get((phrase, family.traits.name))
        if known is None:
            candidates = family.channel.candidates(phrase)
            originals = [(candidate.words, candidate.weight) for candidate in candidates]
            known = self._known[phrase, family.traits.name] = (tuple(phrase.split()), originals)
        odds = self._in_place.odds(text, *place[:2], *known)
        return math.log(RATE * odds) if odds else -math.inf


def _by_weight(place: Place) -> float:
    return -place[2]


def _by_phrase(text: str, places: Iterable[Place]) -> Iterable[tuple[str, list[Place]]]:
    """The places of each phrase."""
    phrases: dict[str, list[Place]] = {}
    for place in places:
        phrases.setdefault(" ".join(text[place[0] : place[1]].lower().split()), []).append(place)
    return phrases.items()


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
