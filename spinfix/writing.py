"""From the decoder's choices to edits: words in the case of the text, and why.

An edit has the words that change, not those around them that tell the entry where it applies.

``_writing.c`` does the same, compiled.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from operator import itemgetter
from typing import NamedTuple

from .channel import Arc
from .compiled import part
from .decoder import Choice, change_of
from .edits import Alternative, Edit, Evidence
from .lexicon import Lexicon
from .text import Tokens, capitalised, opens_sentence

#: The apostrophe of typographers.
_CURLY = "’"
#: Alternatives shown with an edit, and the least probability of one.
_ALTERNATIVES, _UNLIKELY = 5, 0.001
_CLASSES = (Edit, Alternative, Evidence)
_probability = itemgetter(1)


class Style(NamedTuple):
    """How an original is written: with a capital, with typographic apostrophes?"""

    capital: bool
    curly: bool


class Written(NamedTuple):
    """Characters ``start`` to ``end`` of a text become ``new``."""

    start: int
    end: int
    new: str


class Writer:
    """Writes originals as they would stand in a text."""

    def __init__(self, lexicon: Lexicon) -> None:
        self._lexicon = lexicon

    def edits(
        self,
        text: str,
        tokens: Tokens,
        choices: list[Choice],
        chances: list[float],
        least: float,
    ) -> list[Edit]:
        """The edits that change something and are at least so sure (0 to 1).

        ``chances`` are the probabilities that the spinner went over a token.
        """
        curly = _is_curly(text)
        compiled = part("_writing")
        if compiled is None:
            return self._edits(text, tokens, choices, chances, least, curly)
        lexicon = self._lexicon
        found: list[Edit] = compiled.edits(
            choices,
            (text, tokens.starts, tokens.ends, chances),
            (lexicon.cased, lexicon.truecase, capitalised, _is_capital, _CURLY),
            curly,
            _CLASSES,
            least,
            _UNLIKELY,
            _ALTERNATIVES,
        )
        return found

    def _edits(
        self,
        text: str,
        tokens: Tokens,
        choices: Sequence[Choice],
        chances: Sequence[float],
        least: float,
        curly: bool,
    ) -> list[Edit]:
        """The same in Python."""
        edits: list[Edit] = []
        for choice in choices:
            confidence = round(min(choice.posterior, 1.0), 4)
            if confidence < least:
                continue
            start, end, style = _place(text, tokens, choice.arc, curly)
            old = text[start:end]
            new = self._written(choice.arc, old, style)
            if new != old:
                others = self._alternatives(choice, old, style)
                evidence = _evidence(choice.arc, chances[change_of(choice.arc)[0]])
                edits.append(Edit(start, end, old, new, confidence, others, evidence))
        return edits

    def writes(self, text: str, tokens: Tokens) -> Callable[[Arc], Written]:
        """Gives for an arc what it would make of a text."""
        curly = _is_curly(text)

        def written(arc: Arc) -> Written:
            start, end, style = _place(text, tokens, arc, curly)
            return Written(start, end, self._written(arc, text[start:end], style))

        return written

    def _alternatives(self, choice: Choice, old: str, style: Style) -> tuple[Alternative, ...]:
        """The other readings, likeliest first, the old words among them."""
        readings: dict[str, float] = {}
        rest = 0.0
        for other, its in choice.others:
            rest += its
            if its >= _UNLIKELY:
                reading = self._written(other, old, style)
                readings[reading] = readings.get(reading, 0.0) + its
        if (rest := 1.0 - (choice.posterior + rest)) > 0.0:
            readings[old] = readings.get(old, 0.0) + rest
        likely = [reading for reading in readings.items() if reading[1] >= _UNLIKELY]
        likely.sort(key=_probability, reverse=True)  # equal ones stay as they are
        return tuple([Alternative(text, round(p, 4)) for text, p in likely[:_ALTERNATIVES]])

    def _written(self, arc: Arc, old: str, style: Style) -> str:
        """A reading as it would stand in the text."""
        if arc.candidate is None:
            return old
        original = arc.candidate.core
        if not arc.candidate.exact:
            original = self._lexicon.truecase(original)
            original = capitalised(original) if style.capital else original
        return original.replace("'", _CURLY) if style.curly else original


def _place(text: str, tokens: Tokens, arc: Arc, curly: bool) -> tuple[int, int, Style]:
    """The characters that an arc changes, and how an original is written there."""
    first, last, _ = change_of(arc)
    start, end = tokens.starts[first], tokens.ends[last - 1]
    old = text[start:end]
    capital = old[:1].isupper() or _is_capital(text, start)
    return start, end, Style(capital, curly or _CURLY in old)


def _is_curly(text: str) -> bool:
    """Are most apostrophes those of typographers?"""
    return text.count(_CURLY) > text.count("'")


def _is_capital(text: str, start: int) -> bool:
    """Would words that stand for the numeral here begin with a capital?"""
    return text[start].isdigit() and opens_sentence(text, start)


def _evidence(arc: Arc, chance: float) -> Evidence | None:
    if arc.candidate is None:
        return None
    spun, original, replaced, seen, left_alone, _ = arc.candidate.entry
    return Evidence(spun, original, replaced, seen, left_alone, round(chance, 4))
