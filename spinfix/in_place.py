"""How much likelier are the originals of a phrase than the phrase, in its place?

The n-gram model is asked, with two words to either side: what a screen of many texts can
afford.  ``_in_place.c`` does the same, compiled.
"""

from __future__ import annotations

import math
import re
from collections.abc import Iterable, Mapping, Sequence
from functools import cached_property
from typing import Any, NamedTuple

from .compiled import part
from .language_model import LN10, LanguageModel
from .scan import Place
from .text import model_word

#: Words as the model names them, and what weighs them (a factor).
Original = tuple[tuple[str, ...], float]
#: A phrase, as the model names its words, and its originals.
Phrase = tuple[tuple[str, ...], tuple[Original, ...]]
#: After the last stage of the rules.
_LAST = (-math.inf, 0.0)
#: Characters around a phrase in which its neighbours are looked for, and how many words.
_AROUND, _NEIGHBOURS = 48, 2
_WORD = re.compile(r"[^\W_]+(?:['’-][^\W_]+)*|[^\w\s]")


class Rules(NamedTuple):
    """What the originals of a phrase win, and when enough is known.

    They win their log odds beyond ``sure``, at most ``most`` (nats), where they stand best
    of all places; ``rate`` is the share of the heads that is replaced.  An original, with its
    weight, must be ``hope`` times as likely as the phrase before what follows is looked at.
    ``stages`` are of evidence (nats) and a share: when the phrases with so much evidence have
    been asked about, that share of what is needed must have been won.
    """

    rate: float
    sure: float
    most: float
    hope: float
    stages: tuple[tuple[float, float], ...]


class InPlace:
    """Asks the language model about places of a text."""

    def __init__(self, model: LanguageModel) -> None:
        self._model, self._compiled = model, part("_in_place")

    @cached_property
    def _states(self) -> tuple[Any, ...]:
        """Where a paragraph begins, and room: two for what stands before, two for a reading."""
        states = tuple(self._model.new_state() for _ in range(5))
        self._model.kenlm.BeginSentenceWrite(states[0])
        return states

    def prepared(self, phrase: Phrase) -> Any:
        """A phrase as :meth:`won` takes it: with the numbers of its words, if that is compiled.

        Raises TypeError for what is no phrase.
        """
        if not (self._compiled and self._model.trie):
            return phrase
        return self._compiled.prepared(self._model.trie, *phrase)

    def won(
        self,
        text: str,
        places: Sequence[Place],
        phrases: Mapping[int, Any],
        least: float,
        rules: Rules,
    ) -> float:
        """What the originals of the phrases at these places win (nats).

        The most suspicious phrases are asked about first, and none any more when ``least``
        is won, or when it can be told by the rules that it will not be.  ``phrases``, prepared,
        are by their number.
        """
        if not (self._compiled and self._model.trie):
            return self._won(text, places, phrases, least, rules)
        asked = self._model.trie, model_word
        total: float = self._compiled.won(*asked, text, places, phrases, least, rules)
        return total

    def _won(
        self,
        text: str,
        places: Iterable[Place],
        phrases: Mapping[int, Phrase],
        least: float,
        rules: Rules,
    ) -> float:
        """The same in Python."""
        by_phrase: dict[int, list[Place]] = {}
        for place in places:
            by_phrase.setdefault(place[3], []).append(place)
        stages = iter(rules.stages)
        evidence, share = next(stages, _LAST)
        won = 0.0
        for its in sorted(by_phrase.values(), key=_by_weight):
            while its[0][2] < evidence:
                if won < share * least:
                    return won
                evidence, share = next(stages, _LAST)
            phrase = phrases[its[0][3]]
            best = 0.0
            for start, end, *_ in its:
                odds = rules.rate * self.odds(text, start, end, *phrase, rules.hope)
                best = max(best, math.log(odds) - rules.sure if odds else 0.0)
                if best >= rules.most:
                    break
            won += min(best, rules.most)
            if won >= least:
                break
        return won

    def odds(
        self,
        text: str,
        start: int,
        end: int,
        phrase: Sequence[str],
        originals: Iterable[Original],
        hope: float = 0.0,
    ) -> float:
        """The sum over ``originals`` of weight x P(original in its place) / P(phrase there).

        ``phrase`` is what stands from ``start`` to ``end`` (characters), as the model names it.
        Originals that are not ``hope`` times as likely as the phrase, before what follows is
        known, are left out.
        """
        left = text[max(0, start - _AROUND) : start].rpartition("\n")[2]
        right = text[end : end + _AROUND].partition("\n")[0]
        after = [spelled(word) for word in _WORD.findall(right)[:_NEIGHBOURS]]
        state, *room = self._states
        ask = self._model.kenlm.BaseScore
        for word, its in zip(_WORD.findall(left)[-_NEIGHBOURS:], room, strict=False):
            ask(state, spelled(word), its)
            state = its
        here, there = self._log_p(state, phrase), self._log_p(state, (*phrase, *after))
        total = 0.0
        for words, weight in originals:
            if weight * math.exp(LN10 * (self._log_p(state, words) - here)) >= hope:
                total += weight * math.exp(LN10 * (self._log_p(state, (*words, *after)) - there))
        return total

    def _log_p(self, state: Any, words: Sequence[str]) -> float:
        """Log P (base 10) of words after a state."""
        *_, here, there = self._states
        ask = self._model.kenlm.BaseScore
        total = 0.0
        for word in words:
            total += ask(state, word, here)
            state, here, there = here, there, here
        return total


def _by_weight(places: Sequence[Place]) -> float:
    return -places[0][2]


def spelled(word: str) -> str:
    """The model's name for a word of a text, as it can be spelled in UTF-8."""
    name = model_word(word)  # a lone surrogate has no UTF-8 form
    return name if name.isascii() else name.encode("utf-8", "replace").decode()
