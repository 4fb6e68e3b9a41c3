"""How much likelier are the originals of a phrase than the phrase, in its place?

The n-gram model is asked, with two words to either side: what a screen of many texts can
afford.  ``_in_place.c`` does the same, compiled.
"""

from __future__ import annotations

import math
import re
from collections.abc import Sequence

from .compiled import part
from .language_model import LanguageModel
from .text import model_word

#: Words as the model names them, and what weighs them (a factor).
Original = tuple[tuple[str, ...], float]
#: Characters around a phrase in which its neighbours are looked for, and how many words.
_AROUND, _NEIGHBOURS = 48, 2
_WORD = re.compile(r"[^\W_]+(?:['’-][^\W_]+)*|[^\w\s]")


class InPlace:
    """Asks the language model about places of a text."""

    def __init__(self, model: LanguageModel) -> None:
        self._ask = model.kenlm.BaseScore
        begin = model.new_state()
        model.kenlm.BeginSentenceWrite(begin)
        # Where a paragraph begins, and room: two for what stands before, two for a reading.
        self._states = (begin, *(model.new_state() for _ in range(4)))
        self._compiled = part("_in_place")

    def odds(
        self, text: str, start: int, end: int, phrase: Sequence[str], originals: Sequence[Original]
    ) -> float:
        """The sum over ``originals`` of weight x P(original in its place) / P(phrase there).

        ``phrase`` is what stands from ``start`` to ``end`` (characters), as the model names it.
        """
        if self._compiled is None:
            return self._odds(text, start, end, phrase, originals)
        asked = self._ask, self._states, spelled
        total: float = self._compiled.odds(*asked, text, start, end, tuple(phrase), originals)
        return total

    def _odds(
        self, text: str, start: int, end: int, phrase: Sequence[str], originals: Sequence[Original]
    ) -> float:
        """The same in Python."""
        left = text[max(0, start - _AROUND) : start].rpartition("\n")[2]
        right = text[end : end + _AROUND].partition("\n")[0]
        after = [spelled(word) for word in _WORD.findall(right)[:_NEIGHBOURS]]
        state, *room = self._states
        for word, its in zip(_WORD.findall(left)[-_NEIGHBOURS:], room, strict=False):
            self._ask(state, spelled(word), its)
            state = its
        as_it_is = self._log_p(state, (*phrase, *after))
        total = 0.0
        for words, weight in originals:
            total += weight * math.exp(_LN10 * (self._log_p(state, (*words, *after)) - as_it_is))
        return total

    def _log_p(self, state: object, words: Sequence[str]) -> float:
        """Log P (base 10) of words after a state."""
        *_, here, there = self._states
        total = 0.0
        for word in words:
            total += self._ask(state, word, here)
            state, here, there = here, there, here
        return total


_LN10 = LanguageModel.ln10


def spelled(word: str) -> str:
    """The model's name for a word of a text, as it can be spelled in UTF-8."""
    name = model_word(word)  # a lone surrogate has no UTF-8 form
    return name if name.isascii() else name.encode("utf-8", "replace").decode()
