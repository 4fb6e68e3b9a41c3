"""The frequency lexicon: how often words and word pairs occur, and in which case.

Word and pair frequencies are those that ship with symspellpy (from Google's
n-grams); case counts come with spinfix (dictionaries/truecase.tsv).  Both are
read when first asked for.
"""

from __future__ import annotations

from functools import cached_property
from importlib.resources import files
from pathlib import Path

#: A word is written in its commonest form when that makes up so much of it.
_ALWAYS = 0.95


class Lexicon:
    """Frequencies of words and pairs, and the usual case of a word."""

    def __init__(self, truecase: Path | None = None) -> None:
        self._truecase_path = truecase
        #: Phrases as they are written: what truecase() has told already.
        self.cased: dict[str, str] = {}

    @cached_property
    def _unigrams(self) -> dict[str, int]:
        return _read_counts("frequency_dictionary_en_82_765.txt", 1)

    @cached_property
    def _bigrams(self) -> dict[str, int]:
        return _read_counts("frequency_bigramdictionary_en_243_342.txt", 2)

    @cached_property
    def _forms(self) -> dict[str, str]:
        if self._truecase_path is None:
            return {}
        rows = self._truecase_path.read_text(encoding="utf-8").splitlines()[1:]
        fields = (row.split("\t") for row in rows)
        return {word: form for word, form, n, of in fields if int(n) >= _ALWAYS * int(of)}

    def frequency(self, phrase: str) -> int | None:
        """How often a word or a pair of words occurs; None for longer phrases.

        Counts are out of about 10^12 words; a pair that is not listed counts 0.
        """
        words = phrase.lower().split()
        if len(words) == 1:
            return self._unigrams.get(words[0], 0)
        return self._bigrams.get(" ".join(words), 0) if len(words) == 2 else None

    def commonest(self, words: int, count: int) -> list[str]:
        """The ``count`` commonest words, or pairs of words (``words`` is 1 or 2)."""
        table = self._unigrams if words == 1 else self._bigrams
        return sorted(table, key=lambda phrase: (-table[phrase], phrase))[:count]

    def truecase(self, phrase: str) -> str:
        """A lower-case phrase with capitals on the words that always have one."""
        cased = self.cased.get(phrase)
        if cased is None:
            cased = " ".join(self._form(word) for word in phrase.split(" "))
            self.cased[phrase] = cased
        return cased

    def _form(self, word: str) -> str:
        if word == "i" or word.startswith("i'"):
            return "I" + word[1:]
        return self._forms.get(word, word)


def _read_counts(name: str, words: int) -> dict[str, int]:
    """A frequency file of symspellpy as a table (building its SymSpell is slow)."""
    text = files("symspellpy").joinpath(name).read_text(encoding="utf-8-sig")
    table: dict[str, int] = {}
    for line in text.splitlines():
        *phrase, count = line.split()
        if len(phrase) == words:
            table[" ".join(phrase)] = int(count)
    return table
