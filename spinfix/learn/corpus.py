"""Texts as arrays of word numbers: what counting over millions of words works on."""

from __future__ import annotations

from array import array
from collections.abc import Iterable, Iterator
from typing import NamedTuple

import numpy as np
import numpy.typing as npt

from spinfix.text import model_word, tokenize

#: The number that stands between lines, and after every article.
BREAK = 0
#: Words kept as written beside their number; a hostile vocabulary must not fill the memory.
_MEMO = 1_000_000
#: Characters that are tokenised at once.
_PIECE = 200_000

Numbers = npt.NDArray[np.int32]
Counts = npt.NDArray[np.int64]
Flags = npt.NDArray[np.bool_]
Reals = npt.NDArray[np.float32]


class Encoded(NamedTuple):
    """Texts, one after the other, as word numbers.

    ``capital`` tells which words begin with a capital; ``starts`` is where each text
    begins.
    """

    ids: Numbers
    capital: Flags
    starts: Counts

    @property
    def words(self) -> int:
        """How many words and marks there are."""
        return int(np.count_nonzero(self.ids))

    def article_of(self, places: Counts) -> Counts:
        """The number of the text in which each place stands."""
        return np.searchsorted(self.starts, places, side="right") - 1


class Vocabulary:
    """Words and their numbers.  Lower case, but for acronyms; long numbers by their shape."""

    def __init__(self) -> None:
        self.words = ["\n"]
        self._numbers = {"\n": BREAK}
        self._memo: dict[str, int] = {}

    def __len__(self) -> int:
        return len(self.words)

    def number(self, written: str) -> int:
        """The number of a word, a new one if need be."""
        known = self._memo.get(written)
        if known is not None:
            return known
        word = _name(written)
        number = self._numbers.get(word)
        if number is None:
            number = self._numbers[word] = len(self.words)
            self.words.append(word)
        if len(self._memo) < _MEMO:
            self._memo[written] = number
        return number

    def find(self, phrase: str) -> list[int] | None:
        """The numbers of a phrase's words; None when one of them is unknown."""
        numbers = [self._numbers.get(word) for word in phrase.split(" ")]
        return None if None in numbers else [n for n in numbers if n is not None]


def _name(written: str) -> str:
    # "12 months" is a replacement, "2019" is not: only long numbers are told by shape.
    if len(written) < 3 and not (written.isupper() and written.isalpha()):
        return written.lower()
    return written.lower() if len(written) == 1 else model_word(written)


def encode(texts: Iterable[str], vocabulary: Vocabulary, limit: int | None = None) -> Encoded:
    """Number the words of texts; reading stops after ``limit`` words."""
    ids, capital, starts = array("i"), array("b"), array("q")
    number = vocabulary.number
    for text in texts:
        if limit is not None and len(ids) >= limit:
            break
        starts.append(len(ids))
        for piece in _pieces(text):
            tokens = tokenize(piece)
            for word, breaks in zip(tokens.words, tokens.breaks, strict=True):
                if breaks:
                    ids.append(BREAK)
                    capital.append(0)
                ids.append(number(word))
                capital.append(word[0].isupper())
            ids.append(BREAK)
            capital.append(0)
    return Encoded(
        np.array(ids, dtype=np.int32),
        np.array(capital, dtype=np.bool_),
        np.array(starts, dtype=np.int64),
    )


def _pieces(text: str) -> Iterator[str]:
    """A text, cut at line breaks if it is long: tokens take much more memory than text."""
    start = 0
    while len(text) - start > _PIECE:
        end = text.rfind("\n", start, start + _PIECE) + 1
        end = end if end > start else start + _PIECE
        yield text[start:end]
        start = end
    yield text[start:]
