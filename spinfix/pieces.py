"""Words in pieces, as the passage scorer's encoder knows them (WordPiece).

A word is split into the longest pieces of a fixed vocabulary, from left to right
(Schuster and Nakajima 2012; Devlin et al. 2019); pieces inside a word begin with "##".
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Sequence

#: Pieces that every vocabulary of this kind has.
UNKNOWN, OPEN, CLOSE = "[UNK]", "[CLS]", "[SEP]"
#: A run of letters and digits, or a mark by itself.
_PARTS = re.compile(r"[^\W_]+|[^\s\w]|_")
#: Longer words are not looked up.
_LONGEST = 100
#: Words whose pieces are kept.
_MOST_KNOWN = 200_000


class Pieces:
    """A vocabulary of pieces; gives the numbers of a phrase's pieces."""

    def __init__(self, vocabulary: Sequence[str]) -> None:
        """``vocabulary`` in the order of the numbers."""
        self._numbers = {piece: number for number, piece in enumerate(vocabulary)}
        self.unknown, self.open, self.close = (self._numbers[p] for p in (UNKNOWN, OPEN, CLOSE))
        self._known: dict[str, list[int]] = {}

    def of(self, phrase: str) -> list[int]:
        """The numbers of the pieces of a phrase in lower case; never empty."""
        found = self._known.get(phrase)
        if found is None:
            if len(self._known) >= _MOST_KNOWN:
                self._known.clear()
            parts = _PARTS.findall(_plain(phrase))
            found = [number for part in parts for number in self._split(part)]
            found = self._known[phrase] = found or [self.unknown]
        return found

    def _split(self, word: str) -> list[int]:
        numbers: list[int] = []
        start = 0
        while start < len(word) <= _LONGEST:
            prefix = "##" if start else ""
            for end in range(len(word), start, -1):
                number = self._numbers.get(prefix + word[start:end])
                if number is not None:
                    break
            else:
                return [self.unknown]
            numbers.append(number)
            start = end
        return numbers or [self.unknown]


def _plain(phrase: str) -> str:
    """Without accents, in lower case."""
    if phrase.isascii():
        return phrase.lower()
    apart = unicodedata.normalize("NFD", phrase.lower())
    return "".join(char for char in apart if unicodedata.category(char) != "Mn")
