"""What each phrase of the dictionary says of a text: spun or genuine?

Follows from the counts of the dictionary alone; used by the screen and the gate.
"""

from __future__ import annotations

import math
from bisect import bisect_left
from collections import Counter
from collections.abc import Iterable, Iterator, Mapping, Sequence
from functools import cache
from pathlib import Path

from .compiled import part
from .dictionary import HAND_COUNTS, Entry
from .shipped import EVIDENCE, shipped
from .text import Tokens, is_acronym

#: Evidence of a single phrase is cut off here (nats).
_MAX_EVIDENCE = 4.0
#: Occurrences added to both sides of an evidence ratio; chosen on genuine text of the training
#: corpora and on dev, where with fewer more rare phrases speak for a spinner, and wrongly.
_SMOOTHING = 3.0


def survivals(entries: Iterable[Entry]) -> dict[str, float]:
    """The chance (0 to 1) that a head of one word was left alone.

    It was left alone ``seen`` times less all its replacements.  Entries written by hand
    have no counts of their own, and capitals are not told apart here: "US" says nothing
    of "us"; neither counts.
    """
    replaced: dict[str, int] = {}
    heads: dict[str, int] = {}
    by_hand = list(HAND_COUNTS)
    for entry in entries:
        spun, original, *counts, _ = entry
        if " " in original or spun != spun.lower() or original != original.lower():
            continue
        if counts != by_hand:
            replaced[original] = replaced.get(original, 0) + counts[0]
            if counts[1] > heads.get(original, -1):
                heads[original] = counts[1]
    return {
        head: (max(seen - replaced[head], 0) + 0.5) / (seen + 1.0) for head, seen in heads.items()
    }


def weigh(entries: Iterable[Entry]) -> dict[str, float]:
    """The evidence weight of every phrase (nats).

    A phrase was seen in genuine text as often as it is a head or left alone, in spun text
    as often as it replaced or survived.  What counts is as in :func:`survivals`.
    """
    replaced: Counter[str] = Counter()
    replacing: Counter[str] = Counter()
    heads: dict[str, int] = {}
    alone: dict[str, int] = {}
    for entry in entries:
        spun, original = entry.spun, entry.original
        if entry.counts == HAND_COUNTS or has_capitals(entry):
            continue
        replaced[original] += entry.replaced
        replacing[spun] += entry.replaced
        heads[original] = max(entry.seen, heads.get(original, 0))
        alone[spun] = max(entry.left_alone, alone.get(spun, 0))
    evidence: dict[str, float] = {}
    for phrase in {*heads, *alone}:
        genuine = heads.get(phrase, alone.get(phrase, 0))
        kept = max(heads[phrase] - replaced[phrase], 0) if phrase in heads else genuine
        ratio = (replacing[phrase] + kept + _SMOOTHING) / (genuine + _SMOOTHING)
        weight = max(-_MAX_EVIDENCE, min(_MAX_EVIDENCE, math.log(ratio)))
        if abs(weight) > 0.1:
            evidence[phrase] = weight
    return evidence


def write_index(path: Path, weights: Mapping[str, Mapping[str, float]]) -> None:
    """Write the evidence weights of spinners, by their names, to 1e-3 nats.

    One line holds all phrases, one for each spinner its weights: to read them back is
    three splits, not one for each of 40,000 phrases.
    """
    phrases = sorted({phrase for its in weights.values() for phrase in its})
    lines = ["\t".join(("phrase", *phrases))]
    for name, its in weights.items():
        says = (f"{its.get(phrase, 0.0):.3f}".rstrip("0").rstrip(".") for phrase in phrases)
        lines.append("\t".join((name, *says)))
    path.write_text("\n".join(lines) + "\n", encoding="utf-8")


def read_index(path: Path) -> tuple[list[str], dict[str, list[float]]]:
    """The phrases of an index, and for each spinner their weights (nats; 0: none)."""
    (_, *phrases), *rows = (
        line.split("\t") for line in path.read_text(encoding="utf-8").splitlines()
    )
    number = _Numbers().__getitem__
    return phrases, {name: list(map(number, weights)) for name, *weights in rows}


class _Numbers(dict[str, float]):
    """Numbers by how they are written: of 130,000 weights a few thousand are different."""

    def __missing__(self, written: str) -> float:
        self[written] = number = float(written)
        return number


@cache
def shipped_index() -> tuple[list[str], dict[str, list[float]]]:
    """The index of the shipped spinners, read once."""
    return read_index(shipped(EVIDENCE))


def beginnings(phrases: Iterable[str]) -> set[str]:
    """How longer phrases begin: their first word, their first two words, ..."""
    found: set[str] = set()
    for phrase in phrases:
        while (space := phrase.rfind(" ")) > 0 and (phrase := phrase[:space]) not in found:
            found.add(phrase)
    return found


#: Of a phrase or the beginning of one: its weight (nats), and the words that may follow,
#: with the longer phrase that each gives; None where there is none.
Known = tuple[float | None, dict[str, str] | None]
#: A phrase in a text: its first token, the phrase, its weight (nats).
Marker = tuple[int, str, float]


#: Phrases of which is kept what is known.
_KEPT = 200_000


class Markers:
    """The phrases that tell spun from genuine text, to be found in texts.

    ``_channel.c`` does the same, compiled.
    """

    def __init__(self, weights: Mapping[str, float]) -> None:
        """``weights``: log P(phrase | spun) / P(phrase | genuine) of each (nats)."""
        self._phrases: Sequence[str] = sorted(weights)
        self._weights: Sequence[float] = [weights[phrase] for phrase in self._phrases]
        self._known: dict[str, Known | None] = {}

    @classmethod
    def indexed(cls, phrases: Sequence[str], weights: Sequence[float]) -> Markers:
        """The same from sorted phrases, with their weights; 0 for those that say nothing."""
        found = cls({})
        found._phrases, found._weights = phrases, weights
        return found

    def find(self, tokens: Tokens) -> list[Marker]:
        """Those of a text, longest first, not overlapping."""
        if len(self._known) > _KEPT:
            self._known.clear()
        compiled = part("_channel")
        if compiled is None:
            return list(self._find(tokens))
        text = (tokens.lower, tokens.words, tokens.curly)
        found: list[Marker] = compiled.markers(*text, self._known, self._look_up)
        return found

    def _find(self, tokens: Tokens) -> Iterator[Marker]:
        """The same in Python."""
        lower = tokens.lower
        i, n = 0, len(lower)
        while i < n:
            best, phrase = None, lower[i]
            end = stop = i + 1
            while known := self._look_up(phrase):
                weight, following = known
                if weight is not None:
                    best, end = (i, phrase, weight), stop
                if not following or stop == n or lower[stop] not in following:
                    break
                phrase = following[lower[stop]]
                stop += 1
            if best and i not in tokens.curly and not is_acronym(tokens.words[i]):
                yield best
            i = end

    def _look_up(self, phrase: str) -> Known | None:
        """What is known of a phrase, or of the beginning of one, if anything; it is kept."""
        if phrase in self._known:
            return self._known[phrase]
        its = self._phrases
        n = bisect_left(its, phrase)
        weight = None
        if n < len(its) and its[n] == phrase:
            weight = self._weights[n] or None
            n += 1
        following: dict[str, str] = {}
        beginning = f"{phrase} "  # sorted as they are, all longer ones come next
        while n < len(its) and its[n].startswith(beginning):
            word = its[n][len(beginning) :].partition(" ")[0]
            following[word] = beginning + word
            n += 1
        known = (weight, following or None) if weight or following else None
        self._known[phrase] = known
        return known


def has_capitals(entry: Entry) -> bool:
    """Do capitals belong to the phrases of this entry?"""
    return entry.spun != entry.spun.lower() or entry.original != entry.original.lower()
