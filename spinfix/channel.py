"""The channel: what a spinner may have made of which original, and how likely.

For every phrase of the dictionary the channel knows the originals it can stand
for, with P(spun | original), and for every head (a phrase that the spinner
replaces) how often it survives.  A head left alone in a spun text is the
strongest evidence there is that nothing was spun there; a replacement is
evidence of the contrary.  The inner loops are there twice: here, and compiled in ``_channel.c``.
"""

from __future__ import annotations

import math
from collections.abc import Iterable, Iterator, Sequence
from functools import partial
from typing import NamedTuple

from .candidates import Candidate, Key, candidate_of, fitting, weight_of, within, words_of
from .compiled import part
from .dictionary import ANY, Entry, Never, latest
from .evidence import beginnings, survivals
from .text import (
    Tokens,
    lines,
    mixed_numeral,
    model_word,
    starts_with_vowel_sound,
)

_ARTICLES = frozenset(("a", "an"))
#: Factor for a word whose "a" or "an" would be the wrong one.
_WRONG_ARTICLE = 0.05
#: Factor for "US" in a text that writes "U.S.".
_WRONG_STYLE = 0.135
#: For the compiled part.
_ENGLISH = (starts_with_vowel_sound, _WRONG_STYLE, _WRONG_ARTICLE)
#: "three,000" comes from "3,000" whenever the spinner writes single digits in words.
_NUMERAL_COUNTS = (1, 2, 0)
#: Chance that a contraction with a typographic apostrophe is the original's,
#: when all of the text has them: the site may set them after spinning.
_CURLY_SURVIVAL = 0.2
#: Phrases and other words of which is kept what is known of them.
_MOST_KNOWN = 200_000
#: Where only a share of the heads was replaced, originals of which the counts say so much less
#: than of the word as it stands (a factor) are faint, and left out.  In articles of dev with a
#: tenth of their heads spun that is more than half of all, and 9 of 3,596 that would be surer
#: than 0.95.
_FAINT = 0.0025


class Arc(NamedTuple):
    """One way to read tokens ``start`` to ``end``: as they are, or as a candidate.

    ``weight`` is the channel's part of the score, a factor.
    """

    start: int
    end: int
    words: tuple[str, ...]
    weight: float
    candidate: Candidate | None


class _Known(NamedTuple):
    """How often a phrase survives, what it can stand for, and do longer ones begin with it?"""

    survival: float | None
    key: Key | None
    begins: bool


def _is_mangled(contraction: str) -> bool:
    """Was a head within a contraction replaced ("received't" for "won't")?

    A spinner that does not know typographic apostrophes takes them for the end of a word.
    """
    return contraction.endswith("'t") and not contraction.endswith("n't")


class Channel:
    """The dictionary, indexed for matching, with the survival of heads."""

    def __init__(
        self, entries: Iterable[Entry], never: Iterable[Never] = (), edit_bias: float = 0.0
    ) -> None:
        """Index ``entries`` but for those that ``never`` bans, with the words around, too:
        who bans "may" for "can" does not want "that may" for "that can".

        ``edit_bias`` (nats) is added to the weight of every original.
        """
        entries = latest(entries)
        self._bias = math.exp(edit_bias)
        banned = {(row.spun.lower(), row.original.lower()) for row in never}
        opens = {spun.split(" ")[0] for spun, _ in banned}
        phrases = [f" {spun} " for spun, original in banned if original == ANY]
        # What a phrase can stand for, made into candidates when it is met.
        self._entries: dict[str, list[Entry]] = {}
        self._keys: dict[str, Key] = {}
        for entry in entries:
            spun = entry[0].lower()
            if phrases and any(phrase in f" {spun} " for phrase in phrases):
                continue
            touched = banned and not opens.isdisjoint(spun.split(" "))
            if not touched or banned.isdisjoint(within(spun, entry[1].lower())):
                self._entries.setdefault(spun, []).append(entry)
        self._survival = survivals(entries)
        self._beginnings = beginnings(self._entries)
        # Words at which arcs() has something to look up.
        self._special = {*self._beginnings, *self._entries, *self._survival}
        # What the compiled part has looked up already.
        self._known: dict[str, _Known | None] = {}

    def arcs(self, tokens: Tokens, i: int, spun: float, faint: float = 0.0) -> list[Arc]:
        """All readings of the tokens that start at ``i``; the first leaves it alone.

        ``spun`` is the probability that the spinner went over this token.  Of the others
        those are left out that weigh less than ``faint`` times the first.
        """
        lower, written = tokens.lower, tokens.words[i]
        word = lower[i]
        survival = self._survival.get(word)
        before = lower[i - 1] if i else ""
        if i in tokens.curly and not _is_mangled(word):
            if tokens.straight:
                spun = 0.0  # heads do not match it, and what a spinner writes is straight
            elif survival is not None:
                survival = _CURLY_SURVIVAL
        keep = 1.0 if survival is None else spun * survival + 1.0 - spun
        vowel = None
        if before in _ARTICLES and tokens.kinds[i] == "w":
            vowel = before == "an"
            if starts_with_vowel_sound(word) != vowel:
                keep *= _WRONG_ARTICLE
        if written in tokens.dotted:
            keep *= _WRONG_STYLE
        plain = word.isalpha()
        as_it_is = word if plain and written == word else model_word(written)
        arcs = [Arc(i, i + 1, (as_it_is,), keep, None)]
        if spun and (word in self._special or not plain):
            for end, candidate in self._candidates(tokens, i):
                weight = candidate.weight * spun * self._keeps(tokens, i + 1, end, candidate)
                if not weight:
                    continue
                if vowel is not None and candidate.vowel != vowel:
                    weight *= _WRONG_ARTICLE
                if weight >= faint * keep:
                    arcs.append(Arc(i, end, candidate.words, weight, candidate))
        return arcs

    def _keeps(self, tokens: Tokens, start: int, end: int, candidate: Candidate) -> float:
        """A factor for originals that keep typographic contractions, or replace them.

        As in :meth:`arcs`, but for those behind the first word of a phrase.
        """
        factor = 1.0
        for word in (tokens.lower[n] for n in range(start, end) if n in tokens.curly):
            ending = word[word.rindex("'") :]
            kept = any(its.endswith(ending) for its in candidate.words)
            if tokens.straight:
                factor *= kept
            elif kept and word in self._survival:
                factor *= _CURLY_SURVIVAL
        return factor

    def readings(
        self, tokens: Tokens, chances: Sequence[float], gate: float, rate: float = 1.0
    ) -> tuple[list[tuple[int, int]], list[list[Arc]]]:
        """The lines with something spun in them, and for each token its arcs.

        ``chances`` are the probabilities that the spinner went over a token; one
        of less than ``gate`` is in no arc but its own.  Tokens of other lines
        have no arcs at all.  ``rate`` is the share of the heads that it replaces; if it is
        less than 1, faint originals are left out.
        """
        faint = _FAINT if rate < 1.0 else 0.0
        spun = [(a, b) for a, b in lines(tokens) if max(chances[a:b]) >= gate]
        compiled = part("_channel")
        if compiled is None:
            return spun, self._readings(tokens, spun, chances, gate, rate, faint)
        article = (tokens.lower, tokens.words, tokens.kinds, tokens.breaks)
        return spun, compiled.readings(
            (*article, tokens.curly, tokens.dotted),
            (self._known, self._look_up, fitting, Arc, *_ENGLISH),
            (partial(self.arcs, tokens, faint=faint), partial(self._keeps, tokens)),
            spun,
            list(chances),
            gate,
            rate,
            faint,
        )

    def _readings(
        self,
        tokens: Tokens,
        spun: Sequence[tuple[int, int]],
        chances: Sequence[float],
        gate: float,
        rate: float,
        faint: float,
    ) -> list[list[Arc]]:
        """The arcs of all tokens, in Python."""
        readings: list[list[Arc]] = [[] for _ in range(len(tokens))]
        lower, special = tokens.lower, self._special
        for first, last in spun:
            limit = last  # the next token that must not be touched
            for i in range(last - 1, first - 1, -1):
                if chances[i] < gate:
                    limit = i
                word = lower[i]
                plain = word not in special and word == tokens.words[i] and word.isalpha()
                if plain and (not i or lower[i - 1] not in _ARTICLES):
                    readings[i] = [Arc(i, i + 1, (word,), 1.0, None)]
                    continue
                found = self.arcs(tokens, i, chances[i] * rate, faint)
                if found[-1].end > limit:  # sorted by their end
                    found = [arc for arc in found if arc.candidate is None or arc.end <= limit]
                readings[i] = found
        return readings

    def _candidates(self, tokens: Tokens, i: int) -> Iterator[tuple[int, Candidate]]:
        """The originals of phrases that start at token ``i``, with where those end."""
        lower, keys = tokens.lower, self._keys
        phrase = lower[i]
        if phrase not in self._special and (digits := mixed_numeral(phrase)):
            yield i + 1, candidate_of(Entry(phrase, digits, *_NUMERAL_COUNTS), self._bias)
        end = i + 1
        while True:
            key = keys.get(phrase) or self._key(phrase)
            if key is not None:
                for candidate in fitting(key, tokens.words, i, end):
                    yield end, candidate
            if phrase not in self._beginnings or end == len(lower) or tokens.breaks[end]:
                return
            phrase = f"{phrase} {lower[end]}"
            end += 1

    def originals(self, phrase: str, rate: float = 1.0) -> list[tuple[tuple[str, ...], float]]:
        """What a phrase (lower case) may stand for, in whatever case: words and weights.

        As in its candidates, which take longer to make, without those that are faint where
        this share of the heads was replaced.
        """
        faint = _FAINT if rate < 1.0 else 0.0
        entries = self._entries.get(phrase, ())
        found = ((weight_of(entry, self._bias), entry.original) for entry in entries)
        return [
            (tuple(map(model_word, words_of(original))), weight)
            for weight, original in found
            if weight * rate >= faint
        ]

    def _key(self, phrase: str) -> Key | None:
        """The candidates of a phrase, made when first asked for; None when it has none."""
        if phrase not in self._keys and phrase in self._entries:
            key = Key([], [])
            for entry in self._entries[phrase]:
                candidate = candidate_of(entry, self._bias)
                (key.exact if candidate.exact else key.plain).append(candidate)
            self._keys[phrase] = key
        return self._keys.get(phrase)

    def _look_up(self, phrase: str) -> _Known | None:
        """All that is known of a phrase, for the compiled part; it is kept."""
        if len(self._known) >= _MOST_KNOWN:
            self._known.clear()
        known = None
        if phrase in self._special:
            survival, begins = self._survival.get(phrase), phrase in self._beginnings
            known = _Known(survival, self._key(phrase), begins)
        self._known[phrase] = known
        return known
