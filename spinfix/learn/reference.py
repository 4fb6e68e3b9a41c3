"""What genuine English would look like: from genuine text, or from a language model.

Both give the same: how often phrases are to be expected in the spun text, possible
heads, and the contexts of these.
"""

from __future__ import annotations

import math
from collections.abc import Container, Iterable, Iterator, Mapping
from pathlib import Path
from typing import Any, NamedTuple

import numpy as np

from spinfix.lexicon import Lexicon
from spinfix.shipped import MODEL, shipped
from spinfix.text import model_word

from .contexts import Features, Table, contexts, count_contexts, steady_words, table
from .corpus import BREAK, Counts, Encoded, Reals, Vocabulary, encode
from .ngrams import Phrases, count_phrases
from .suspects import find_suspects, is_usable, occurrences

_LN10 = math.log(10.0)
#: Fewest occurrences of a suspect: the square root of the millions of words, times this,
#: within bounds.
_LEAST, _FEWEST, _MOST = 10.0, 5, 30
#: Words of genuine text that a language model stands for.
_MODEL_WORDS = 20_000_000
#: Commonest words, and pairs of words, that may have been replaced.
_COMMON = 15_000
#: Commonest words of contexts that a model is asked about; context counts below the
#: least are left out.
_MODEL_FEATURES, _LEAST_COUNT = 500, 0.5
#: Two-digit numbers, which the model does not tell apart.
_NUMBERS = 90


class TooLittle(ValueError):
    """There is no text to learn from; the message says what is missing."""


class Reference(NamedTuple):
    """Genuine English beside a spun corpus.

    ``heads`` are phrases that may have been replaced, ``expected`` how often each would
    stand in the spun text if it were genuine, ``found`` how often it does stand there.
    ``suspects`` are numbers of ``phrases``; ``tables`` the contexts of the heads.
    """

    phrases: Phrases
    suspects: Counts
    heads: list[str]
    expected: Reals
    found: Counts
    features: Features
    tables: list[Table]


def from_text(spun: Encoded, clean: Encoded, vocabulary: Vocabulary, least: int) -> Reference:
    """Genuine text says what is to be expected; suspects come ``least`` times."""
    phrases = count_phrases(spun, clean, vocabulary, max(2, least // 2))
    chosen = find_suspects(phrases, least)
    features = steady_words(phrases, vocabulary)
    found = occurrences(phrases.clean.places, chosen.heads, len(phrases.texts), overlapping=True)
    around = contexts(clean, found, features)
    return Reference(
        phrases,
        chosen.spun,
        [phrases.texts[n] for n in chosen.heads.tolist()],
        phrases.expected[chosen.heads],
        phrases.spun.counts[chosen.heads],
        features,
        count_contexts(found.unit, around, len(chosen.heads), features.size),
    )


def from_model(
    spun: Encoded, model: Path, lexicon: Lexicon, vocabulary: Vocabulary, least: int
) -> Reference:
    """A lexicon and an n-gram model say what is to be expected.

    The lexicon names possible heads, words and pairs of words; the model knows only what
    stands next to them.
    """
    asked = _Model(model, lexicon)
    common = lexicon.commonest(1, _COMMON) + lexicon.commonest(2, _COMMON)
    phrases = count_phrases(spun, encode([], vocabulary), vocabulary, max(2, least // 2))
    clean = np.array([asked.probability(text) for text in phrases.texts]) * _MODEL_WORDS
    side = phrases.clean._replace(
        counts=np.rint(clean).astype(np.int64),
        capitals=np.zeros(len(clean), dtype=np.int64),
        words=_MODEL_WORDS,
    )
    phrases = phrases._replace(clean=side)
    chosen = find_suspects(phrases, least)
    number = {text: n for n, text in enumerate(phrases.texts)}
    heads = [phrases.texts[n] for n in chosen.heads.tolist()]
    heads += _missing(common, asked, phrases, number, set(heads), least)
    features = steady_words(phrases, vocabulary, _MODEL_FEATURES)
    features.number[BREAK] = -1  # the model was asked about words only
    expected = np.array([asked.probability(text) for text in heads]) * spun.words
    found = [int(phrases.spun.counts[number[text]]) if text in number else 0 for text in heads]
    words = [vocabulary.words[n] for n in features.words.tolist()]
    return Reference(
        phrases,
        chosen.spun,
        heads,
        expected.astype(np.float32),
        np.array(found, dtype=np.int64),
        features,
        asked.tables(heads, words),
    )


def _missing(
    common: Iterable[str],
    asked: _Model,
    phrases: Phrases,
    number: Mapping[str, int],
    known: Container[str],
    least: int,
) -> Iterator[str]:
    """Common phrases that the spun text should have ``least`` times and may not have."""
    for text in common:
        # A common word that it does have has been asked about already.
        new = text not in number or phrases.lengths[number[text]] > 1
        usable = new and text not in known and is_usable(text)
        if usable and asked.probability(text) * phrases.spun.words >= least:
            yield text


class Genuine:
    """What genuine English is known from: texts, or else a language model and a lexicon."""

    def __init__(
        self,
        vocabulary: Vocabulary,
        clean: Iterable[str] | None,
        clean_words: int,
        model: Path | None,
    ) -> None:
        """Read the genuine texts, up to ``clean_words``; TooLittle when there are none."""
        self._vocabulary = vocabulary
        self._model = model if model is not None else shipped(MODEL)
        self._clean = None if clean is None else encode(clean, vocabulary, clean_words)
        if self._clean is not None and not self._clean.words:
            raise TooLittle("there are no words in the genuine texts")

    def reference(self, spun: Encoded) -> Reference:
        """Genuine English beside these spun texts; TooLittle when they have no words."""
        if not spun.words:
            raise TooLittle("there are no words in the spun texts")
        least = min(_MOST, max(_FEWEST, round(_LEAST * math.sqrt(spun.words / 1e6))))
        if self._clean is not None:
            return from_text(spun, self._clean, self._vocabulary, least)
        return from_model(spun, self._model, Lexicon(), self._vocabulary, least)


class _Model:
    """A KenLM model, asked about phrases without their context."""

    def __init__(self, path: Path, lexicon: Lexicon) -> None:
        import kenlm

        if not path.is_file():
            raise FileNotFoundError(f"no language model at {path}")
        self._model = kenlm.Model(str(path))
        self._empty = kenlm.State()
        self._model.NullContextWrite(self._empty)
        self._new_state = kenlm.State
        self._frequency = lexicon.frequency
        self._total = sum(lexicon.frequency(word) or 0 for word in lexicon.commonest(1, 10**6))

    def _after(self, state: Any, phrase: str) -> tuple[float, Any]:
        """The log probability of a phrase after a state, and the state after it."""
        total = 0.0
        for word in phrase.split(" "):
            name = model_word(word)
            if name != word and len(word) == 2:
                total -= math.log(_NUMBERS)
            after = self._new_state()
            total += self._model.BaseScore(state, name, after) * _LN10
            state = after
        return total, state

    def probability(self, phrase: str) -> float:
        """How likely a phrase is to begin at a word; 0 when the lexicon lacks its first word."""
        log = self._start(phrase)
        return math.exp(log) if log is not None else 0.0

    def _start(self, phrase: str) -> float | None:
        # A smoothed model's own figure for a word is how many words it follows.
        first, _, rest = phrase.partition(" ")
        frequency = self._frequency(first)
        if not frequency or any(model_word(w) not in self._model for w in phrase.split(" ")):
            return None
        after = self._new_state()
        self._model.BaseScore(self._empty, model_word(first), after)
        log = math.log(frequency / self._total)
        return log + self._after(after, rest)[0] if rest else log

    def tables(self, heads: list[str], words: list[str]) -> list[Table]:
        """The contexts of heads, as counts; nothing is known beyond the next words."""
        starts = [(self._start(word), self._after(self._empty, word)[1]) for word in words]
        before = np.full((len(heads), len(words)), -np.inf)
        after = np.full((len(heads), len(words)), -np.inf)
        score, spare = self._model.BaseScore, self._new_state()
        for row, head in enumerate(heads):
            own, state = self._start(head), self._after(self._empty, head)[1]
            if own is None:
                continue
            after[row] = [own + score(state, word, spare) * _LN10 for word in words]
            for column, (log, start) in enumerate(starts):
                if log is not None:
                    before[row, column] = log + self._after(start, head)[0]
        parts = [np.exp(part) * _MODEL_WORDS for part in (before, after)]
        found = [self._table(part) for part in parts]
        empty = self._table(np.zeros(before.shape))
        return [found[0], empty, found[1], empty]

    def _table(self, counts: Any) -> Table:
        keys = np.flatnonzero(counts >= _LEAST_COUNT).astype(np.int64)
        values = counts.ravel()[keys].astype(np.float32)
        return table(keys, values, *counts.shape)
