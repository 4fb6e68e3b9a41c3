"""The screen: most texts are genuine, and a rough look at them shows it.

A scan (:mod:`spinfix.scan`) sums up the evidence of every spinner in one pass.  Only
texts that it does not put far on the genuine side go on to the gate.  About those that may
have been spun at a low rate the language model is asked next: in its place, with two
words to either side, by how much do the originals beat each suspicious phrase?  In
genuine text that comes to little.
"""

from __future__ import annotations

import math
import re
from collections.abc import Sequence
from typing import NamedTuple

from .evidence import read_index
from .families import Family
from .gate import NUMBERS, SUSPECT
from .language_model import LanguageModel
from .scan import scanner
from .second_look import RATE
from .shipped import EVIDENCE, shipped
from .text import model_word

#: The scan cuts words by simpler rules: evidence that falls short by less than this
#: (nats) is for the gate to judge.  On 12,267 texts and spinners it was never off by
#: more than 0.9 where it mattered.
_MARGIN = 4.0
#: The same for low rates.
_LOW_MARGIN = 0.5
#: Phrases with so much evidence (nats) are asked about.  What their originals win beyond
#: _WON (nats), all phrases together, must reach _LEAST times the text's characters to a
#: power, and _DENSE for each character.  Of 1,112 articles with a tenth or a third of their
#: heads spun, or with one paragraph spun, that the second look knows all do; of 460 genuine
#: ones that no data was made from, 19.
_SUSPICIOUS, _WON, _LEAST, _POWER, _DENSE = 1.0, 3.0, 0.1, 0.6, 0.0036
#: Characters around a phrase in which its neighbours are looked for, and how many words.
_AROUND, _NEIGHBOURS = 48, 2
_WORD = re.compile(r"[^\W_]+(?:['’-][^\W_]+)*|[^\w\s]")


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
        self._families, self._model = families, model
        self._known: dict[tuple[str, str], list[tuple[str, float]]] = {}
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
        return Look(plausible, max((glance[0] for glance in glances), default=-math.inf))

    def _is_striking(self, text: str, places: Sequence[tuple[int, int]], family: Family) -> bool:
        """Do the originals of suspicious phrases win so much that a second look is due?"""
        phrases: dict[str, list[tuple[int, int]]] = {}
        for start, end in places:
            phrases.setdefault(" ".join(text[start:end].lower().split()), []).append((start, end))
        least = max(_LEAST * len(text) ** _POWER, _DENSE * len(text))
        won = 0.0
        for phrase, its in phrases.items():
            odds = max(self._odds(text, place, phrase, family) for place in its)
            won += max(0.0, odds - _WON)
            if won >= least:
                return True
        return False

    def _odds(self, text: str, place: tuple[int, int], phrase: str, family: Family) -> float:
        """By how much the originals of a phrase beat it in its place (nats)."""
        left = text[max(0, place[0] - _AROUND) : place[0]].rpartition("\n")[2]
        right = text[place[1] : place[1] + _AROUND].partition("\n")[0]
        before = " ".join(map(model_word, _WORD.findall(left)[-_NEIGHBOURS:]))
        after = " ".join(map(model_word, _WORD.findall(right)[:_NEIGHBOURS]))
        log_p = self._model.log_probability_of
        as_it_is = log_p(f"{before} {phrase} {after}")
        total = 0.0
        for words, weight in self._originals(phrase, family):
            total += weight * math.exp(log_p(f"{before} {words} {after}") - as_it_is)
        return math.log(RATE * total) if total else -math.inf

    def _originals(self, phrase: str, family: Family) -> list[tuple[str, float]]:
        """The originals of a phrase, as the model spells them, with their weights."""
        known = self._known.get((phrase, family.traits.name))
        if known is None:
            candidates = family.channel.candidates(phrase)
            known = [(" ".join(candidate.words), candidate.weight) for candidate in candidates]
            self._known[phrase, family.traits.name] = known
        return known


def _evidence(families: Sequence[Family]) -> tuple[list[str], list[list[float]]]:
    """The phrases with evidence, and for each spinner what they say (nats; 0: nothing)."""
    if all(family.indexed or family.fallback for family in families):
        phrases, columns = read_index(shipped(EVIDENCE))
        nothing = [0.0] * len(phrases)
        return phrases, [
            nothing if family.fallback else columns[family.traits.name] for family in families
        ]
    weights = [family.channel.weights for family in families]
    phrases = sorted({phrase for its in weights for phrase in its})
    return phrases, [[its.get(phrase, 0.0) for phrase in phrases] for its in weights]
