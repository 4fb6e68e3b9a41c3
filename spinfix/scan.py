"""One pass over a text that tells how spun it looks, roughly: for most texts, enough.

Most texts are genuine, and nearly all of these look it.  The scan cuts a text into words
by simpler rules than :mod:`spinfix.text`, finds the phrases that tell spun from
genuine text, and sums them up as :mod:`spinfix.gate` does.  There is a compiled form of it,
``_scan.c``, fifty times as fast, which does the same step by step; where it could not be
built, or SPINFIX_PURE is set in the environment, this one is used.
"""

from __future__ import annotations

import math
import re
from collections import Counter
from collections.abc import Mapping, Sequence
from typing import NamedTuple, Protocol

from .compiled import part
from .text import is_acronym

#: A word, a mark that matters here, or a line break.
_PIECE = re.compile(r"[^\W_]+(?:['’-][^\W_]+)*|\n|\S")
#: Of these the 's is no possessive.
_CONTRACTED = frozenset("it he she that there here what who where how let".split())
_SENTENCE_END, _QUOTES = frozenset(".!?"), frozenset('“”"„')
#: Bits of a word's kind.
_CAPITAL, _QUOTED = 1, 2
#: Words of a text in which suspicious phrases are looked for; the most that a passage can
#: say (nats), so that no number overflows.
_PLACES, _MOST = 2000, 600.0


class Numbers(NamedTuple):
    """What the scan takes from the gate.

    Log priors (nats) of genuine text, of text spun from end to end and of mixed text; the
    chances (0 to 1) that spun and genuine text meet between two paragraphs and two
    sentences; the fewest words of a passage; the two low rates; from which evidence
    (nats) on a phrase is suspicious; and above which evidence for a low rate, or evidence
    (nats), the places of such phrases are listed.
    """

    genuine: float
    all_spun: float
    mixed: float
    paragraph: float
    sentence: float
    shortest: int
    rates: tuple[float, float]
    suspicious: float
    listed: tuple[float, float]


#: A phrase: the characters it stands from and to, its evidence (nats), its number.
Place = tuple[int, int, float, int]


class Glance(NamedTuple):
    """How one spinner explains a text.

    ``evidence``: log odds of its likeliest account with something spun against genuine text
    (nats); ``low``: the same for a low rate at which all of it was spun; ``places``: where
    suspicious phrases stand, if that is asked for (:class:`Numbers`).
    """

    evidence: float
    low: float
    places: list[Place]


class Scanner(Protocol):
    """Looks at texts; see :class:`PureScanner`."""

    def scan(self, text: str) -> list[tuple[float, float, list[Place]]]:
        """A :class:`Glance` for each spinner."""
        ...


def scanner(
    phrases: Sequence[str],
    weights: Sequence[Sequence[float]],
    regions: Sequence[tuple[float, float]],
    numbers: Numbers,
) -> Scanner:
    """The compiled scanner, or this one; arguments as for :class:`PureScanner`."""
    compiled = part("_scan")
    its = compiled.Scanner if compiled else PureScanner
    found: Scanner = its(phrases, weights, regions, numbers)
    return found


class PureScanner:
    """The scan in Python: what the compiled one does, to read and to compare with."""

    def __init__(
        self,
        phrases: Sequence[str],
        weights: Sequence[Sequence[float]],
        regions: Sequence[tuple[float, float]],
        numbers: Numbers,
    ) -> None:
        """``phrases`` are in lower case.

        ``weights`` holds for each spinner the evidence of each phrase (nats; 0: none),
        ``regions`` the chances that it leaves out names, and quotations (0 to 1).
        """
        self._numbers = numbers
        self._regions = regions
        self._number = {phrase: number for number, phrase in enumerate(phrases)}
        self._weights = [dict(zip(phrases, its, strict=True)) for its in weights]
        self._beginnings = {
            " ".join(words[:n])
            for words in (phrase.split(" ") for phrase in phrases)
            for n in range(1, len(words) + 1)
        }

    def scan(self, text: str) -> list[tuple[float, float, list[Place]]]:
        """A :class:`Glance` for each spinner."""
        words, paragraphs = self._words(text)
        return [
            self._glance(self._found(words, weights), words, paragraphs, *regions)
            for weights, regions in zip(self._weights, self._regions, strict=True)
        ]

    def _words(self, text: str) -> tuple[list[_Word], list[bool]]:
        """The words, and for each passage whether a paragraph begins there."""
        words: list[_Word] = []
        paragraphs = [True]
        size = 0
        inside = adjacent = False
        for match in _PIECE.finditer(text):
            piece = match.group()
            if piece[0].isalnum():
                word = piece.lower()
                cut = 2 if _ends_with_clitic(word) else 0
                words.append(
                    _Word(
                        word[: len(word) - cut],
                        match.start(),
                        match.end() - cut,
                        _CAPITAL * piece[0].isupper() + _QUOTED * inside,
                        len(paragraphs) - 1,
                        "’" not in word[: len(word) - cut] and not is_acronym(piece),
                        adjacent,
                    )
                )
                size += 1
                adjacent = not cut
                continue
            if piece == "\n":
                inside = False
            else:
                adjacent = False
                if piece in _QUOTES:
                    inside = piece == "“" or not inside
            ended = piece in _SENTENCE_END and size >= self._numbers.shortest
            if ended or (piece == "\n" and size):
                paragraphs.append(piece == "\n")
                size = 0
            elif piece == "\n":
                paragraphs[-1] = True
        return words, paragraphs

    def _found(self, words: Sequence[_Word], weights: Mapping[str, float]) -> list[_Match]:
        """The phrases with evidence, longest first, not overlapping."""
        found: list[_Match] = []
        i = 0
        while i < len(words):
            phrase, end = words[i].lower, i + 1
            best, stop = "", end
            while phrase in self._beginnings:
                if weights.get(phrase):
                    best, stop = phrase, end
                if end == len(words) or not words[end].adjacent:
                    break
                phrase = f"{phrase} {words[end].lower}"
                end += 1
            if best and words[i].plain:
                found.append(_Match(best, weights[best], i, stop))
            i = stop
        return found

    def _glance(
        self,
        found: Sequence[_Match],
        words: Sequence[_Word],
        paragraphs: Sequence[bool],
        names: float,
        quotes: float,
    ) -> Glance:
        times = Counter(match.phrase for match in found)
        scores = [[0.0] * 4 for _ in paragraphs]
        low = [0.0, 0.0]
        places: list[Place] = []
        for match in found:
            first, share = words[match.start], 1.0 / math.sqrt(times[match.phrase])
            scores[first.passage][first.kind] += match.weight * share
            for n, rate in enumerate(self._numbers.rates):
                low[n] += math.log(1.0 - rate + rate * math.exp(match.weight)) * share
            if match.weight >= self._numbers.suspicious and match.start < _PLACES:
                number = self._number[match.phrase]
                places.append((first.start, words[match.end - 1].end, match.weight, number))
        if not words:
            return Glance(-math.inf, 0.0, [])
        evidence = self._evidence(scores, paragraphs, names, quotes)
        at_low, at_all = self._numbers.listed
        wanted = max(low) > at_low or evidence > at_all
        return Glance(evidence, max(low), places if wanted else [])

    def _evidence(
        self,
        scores: Sequence[Sequence[float]],
        paragraphs: Sequence[bool],
        names: float,
        quotes: float,
    ) -> float:
        numbers, best = self._numbers, -math.inf
        for reading in range(4):
            no_names, no_quotes = reading & _CAPITAL, reading & _QUOTED
            prior = math.log(names if no_names else 1.0 - names)
            prior += math.log(quotes if no_quotes else 1.0 - quotes)
            spun = genuine = 0.5
            mixed = everything = 0.0
            for passage, score in enumerate(scores):
                emission = sum(score[kind] for kind in range(4) if not kind & reading)
                everything += emission
                if passage:
                    switch = numbers.paragraph if paragraphs[passage] else numbers.sentence
                    spun, genuine = (
                        spun * (1.0 - switch) + genuine * switch,
                        genuine * (1.0 - switch) + spun * switch,
                    )
                spun *= math.exp(min(emission, _MOST))
                total = spun + genuine
                spun, genuine = spun / total, genuine / total
                mixed += math.log(total)
            account = max(numbers.all_spun + everything, numbers.mixed + mixed)
            best = max(best, prior + account - numbers.genuine)
        return best


class _Word(NamedTuple):
    """A word: its place in the text, its kind, its passage, whether it can be evidence,
    and whether only white space stands before it."""

    lower: str
    start: int
    end: int
    kind: int
    passage: int
    plain: bool
    adjacent: bool


class _Match(NamedTuple):
    """A phrase with evidence, and its words from ``start`` to ``end``."""

    phrase: str
    weight: float
    start: int
    end: int


def _ends_with_clitic(word: str) -> bool:
    """Does a word end with the 's of a possessive?"""
    return word[-2:] in ("'s", "’s") and word[:-2] not in _CONTRACTED
