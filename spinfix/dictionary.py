"""The phrase dictionary: spun phrases, what they stand for, and the evidence.

placeholder
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from typing import NamedTuple

_PHRASE = re.compile(r"(?:[^\W_]|['.%\u2011-])+(?: (?:[^\W_]|['.%\u2011-])+)*")


class Entry(NamedTuple):
    """One line of the dictionary.

    ``count``: times ``spun`` replaced ``original`` in the pairs;
    ``original_count``: times ``original`` stood where the spinner could have
    replaced it; ``left_alone``: times ``spun`` stands in spun text without
    having replaced anything.
    """

    spun: str
    original: str
    count: int
    original_count: int
    left_alone: int


def is_phrase(words: Sequence[str]) -> bool:
    """Can these tokens be one side of an entry?  Words, numerals and % only."""
    text = " ".join(words)
    return bool(_PHRASE.fullmatch(text)) and any(w[0].isalnum() or w == "%" for w in words)


def canonical(spun: Sequence[str], original: Sequence[str]) -> tuple[str, str]:
    """Both sides in the case of the dictionary.

    Lower case where the first letter's case simply carries over from one side
    to the other, as written where capitals are part of the entry ("US" for
    "United States").
    """
    left, right = " ".join(spun), " ".join(original)
    if _carries(left) and _carries(right):
        return left.lower(), right.lower()
    return left, right


def _carries(phrase: str) -> bool:
    rest = phrase[1:]
    for pronoun in (" I ", " I'"):
        rest = (rest + " ").replace(pronoun, " i" + pronoun[-1]).rstrip(" ")
    return not any(c.isupper() for c in rest)
