"""From the decoder's choices to edits: words in the case of the text, and why.

``_writing.c`` does the same, compiled.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import replace
from operator import itemgetter

from .channel import Arc
from .compiled import part
from .decoder import Choice
from .edits import Alternative, Edit, Evidence
from .lexicon import Lexicon
from .text import Tokens, with_case_of

#: Alternatives shown with an edit, and the least probability of one.
_ALTERNATIVES, _UNLIKELY = 5, 0.001
_CLASSES = (Edit, Alternative, Evidence)
_WORD = re.compile(r"\S+")
_probability = itemgetter(1)


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
        curly = "’" if text.count("’") > text.count("'") else None
        compiled = part("_writing")
        if compiled is None:
            found = self._edits(text, tokens, choices, chances, least, curly)
        else:
            lexicon = self._lexicon
            found = compiled.edits(
                choices,
                (text, tokens.starts, tokens.ends, chances),
                (lexicon.cased, lexicon.truecase, with_case_of, curly),
                _CLASSES,
                least,
                _UNLIKELY,
                _ALTERNATIVES,
            )
        return list(map(narrowed, found))

    def _edits(
        self,
        text: str,
        tokens: Tokens,
        choices: Sequence[Choice],
        chances: Sequence[float],
        least: float,
        curly: str | None,
    ) -> list[Edit]:
        """The same in Python."""
        edits: list[Edit] = []
        for choice in choices:
            confidence = round(min(choice.posterior, 1.0), 4)
            if confidence < least:
                continue
            arc = choice.arc
            start, end = tokens.starts[arc.start], tokens.ends[arc.end - 1]
            old = text[start:end]
            new = self._written(arc, old, curly)
            if new != old:
                others = self._alternatives(choice, old, curly)
                evidence = _evidence(arc, chances)
                edits.append(Edit(start, end, old, new, confidence, others, evidence))
        return edits

    def _alternatives(self, choice: Choice, old: str, curly: str | None) -> tuple[Alternative, ...]:
        """The other readings, likeliest first, the old words among them."""
        readings: dict[str, float] = {}
        rest = 0.0
        for other, its in choice.others:
            rest += its
            if its >= _UNLIKELY:
                reading = self._written(other, old, curly)
                readings[reading] = readings.get(reading, 0.0) + its
        if (rest := 1.0 - (choice.posterior + rest)) > 0.0:
            readings[old] = readings.get(old, 0.0) + rest
        likely = [reading for reading in readings.items() if reading[1] >= _UNLIKELY]
        likely.sort(key=_probability, reverse=True)  # equal ones stay as they are
        return tuple([Alternative(text, round(p, 4)) for text, p in likely[:_ALTERNATIVES]])

    def _written(self, arc: Arc, old: str, curly: str | None) -> str:
        """A reading as it would stand in the text, with the case of the old words."""
        if arc.candidate is None:
            return old
        original = arc.candidate.original
        if not arc.candidate.exact:
            original = with_case_of(self._lexicon.truecase(original), old)
        return original.replace("'", curly) if curly else original


def _evidence(arc: Arc, chances: Sequence[float]) -> Evidence | None:
    if arc.candidate is None:
        return None
    spun, original, replaced, seen, left_alone, _ = arc.candidate.entry
    chance = round(chances[arc.start], 4)
    return Evidence(spun, original, replaced, seen, left_alone, chance)


def narrowed(edit: Edit) -> Edit:
    """The edit without the words at its ends that stay as they are in every reading.

    A phrase of the dictionary may hold words that only tell where it applies ("that may"
    for "that can").  One word at least stays on either side.
    """
    if " " not in edit.new:
        return edit
    words = list(_WORD.finditer(edit.old))
    readings = [edit.new.split(" "), *(other.text.split() for other in edit.alternatives)]
    sides = [[word.group() for word in words], *readings]
    least = min(map(len, sides)) - 1
    before = _shared(sides, least)
    after = _shared([side[::-1] for side in sides], least - before)
    if not before + after:
        return edit
    start, end = words[before].start(), words[len(words) - 1 - after].end()
    old = edit.old[start:end]
    new, *others = [" ".join(side[before : len(side) - after]) for side in readings]
    kept = [
        Alternative(old if its.text == edit.old else text, its.probability)
        for its, text in zip(edit.alternatives, others, strict=True)
    ]
    return replace(
        edit,
        start=edit.start + start,
        end=edit.start + end,
        old=old,
        new=new,
        alternatives=tuple(kept),
    )


def _shared(sides: Sequence[Sequence[str]], most: int) -> int:
    """How many first words, at most so many, are the same on all sides."""
    count = 0
    while count < most and len({side[count] for side in sides}) == 1:
        count += 1
    return count
