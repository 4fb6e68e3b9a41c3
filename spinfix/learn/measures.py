"""How good repairs are, against the originals: repair and precision, with an interval.

Words are compared after folding typographic quotes and dashes; white space is not.
"""

from __future__ import annotations

import random
import re
from collections.abc import Iterable, Sequence
from typing import NamedTuple

from rapidfuzz.distance import Levenshtein

_WORD = re.compile(r"(?:[A-Za-z]\.){2,}|\d+(?:[.,]\d+)*|\w+(?:['’]\w+)*|[^\w\s]")
_FOLD = str.maketrans({"’": "'", "‘": "'", "“": '"', "”": '"', "—": "-", "–": "-"})
#: Draws of the bootstrap.
_DRAWS = 1000

#: An edit of one word: what is done, where in the spun words, the new word.
_Edit = tuple[str, int, str | None]


class Counts(NamedTuple):
    """Word edits of an article.

    ``before`` and ``after``: the distances of the spun and of the repaired text from the
    original; ``made``: edits of the repair; ``right``: those that lead to the original.
    """

    before: int
    after: int
    made: int
    right: int


class Score(NamedTuple):
    """Measures over articles.

    ``repair``: share of the spinner's work that is undone, 1 when every original is back,
    0 when nothing is gained, less when there is damage; ``low`` and ``high`` bound its
    95 % interval (bootstrap over articles); ``precision``: share of the word edits made
    that are right (1 when none is made).
    """

    repair: float
    low: float
    high: float
    precision: float
    articles: int


def compare(spun: str, original: str, fixed: str) -> Counts:
    """Count what a repair did for an article."""
    source, target, found = map(_words, (spun, original, fixed))
    wanted, made = _edits(source, target), _edits(source, found)
    after = Levenshtein.distance(found, target)
    return Counts(len(wanted), after, len(made), len(wanted & made))


def score(articles: Sequence[Counts]) -> Score:
    """The measures over all articles together; ValueError when there are none."""
    if not articles:
        raise ValueError("there are no articles to measure")
    draws = random.Random(0)
    repairs = sorted(_repair(draws.choices(articles, k=len(articles))) for _ in range(_DRAWS))
    low, high = repairs[_DRAWS // 40], repairs[-_DRAWS // 40 - 1]
    made = sum(article.made for article in articles)
    right = sum(article.right for article in articles)
    return Score(_repair(articles), low, high, right / made if made else 1.0, len(articles))


def _repair(articles: Iterable[Counts]) -> float:
    before = after = 0
    for article in articles:
        before += article.before
        after += article.after
    return 1.0 - after / max(before, 1)


def _words(text: str) -> list[str]:
    return _WORD.findall(text.translate(_FOLD))


def _edits(source: Sequence[str], target: Sequence[str]) -> set[_Edit]:
    return {
        (op.tag, op.src_pos, None if op.tag == "delete" else target[op.dest_pos])
        for op in Levenshtein.editops(source, target)
    }
