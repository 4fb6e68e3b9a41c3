"""Cut changed blocks into phrase pairs: Och-Ney extraction, then Viterbi training.

A block can hold several replacements side by side ("crew additionally" / "team
also") and replacements of any length ("could not think about" / "couldn't
imagine").  Phrase pairs consistent with simple word links propose an
inventory (Och and Ney 2004, as in nltk.translate); a joint segmentation of each
block into pairs of the inventory is then re-estimated a few times (hard EM).
Words are compared in lower case.
"""

from __future__ import annotations

import math
from collections import Counter
from collections.abc import Iterable, Mapping

from nltk.translate.phrase_based import phrase_extraction

from .align import Words, changed_blocks
from .progress import Track, untracked

Window = tuple[Words, Words]
Pair = tuple[Words, Words]
#: Half-open word ranges of a window: spun start and end, original start and end.
Segment = tuple[int, int, int, int]

MAX_PHRASE = 6
#: What a word more costs (nats) in a pair that the inventory does not have.
_UNSEEN_WORD = 5.0
#: An article changes with its noun only: "a rise" / "an increase" is one pair.
_ARTICLES = {("a",), ("an",)}


class Segmenter:
    """Splits windows into phrase pairs with counts learned from all windows."""

    def __init__(
        self, windows: Mapping[Window, int], rounds: int = 4, track: Track = untracked
    ) -> None:
        """Train on ``windows`` (lower-case, with how often each was seen)."""
        self._counts = _inventory(windows)
        self._own: dict[Window, Counter[Pair]] = {}
        self._log_total = math.log(sum(windows.values()) + 1)
        self._memo: dict[Window, list[Segment]] = {}
        for number in range(1, rounds + 1):
            step = f"phrases, round {number} of {rounds}"
            self._counts = self._recount(track(windows.items(), step))
        self._memo.clear()

    def segment(self, spun: Words, original: Words) -> list[Segment]:
        """The best cut of a window; words the two sides share are left out."""
        key = (spun, original)
        if key not in self._memo:
            self._memo[key] = self._best(spun, original, 0)
        return self._memo[key]

    def _recount(self, windows: Iterable[tuple[Window, int]]) -> Counter[Pair]:
        counts: Counter[Pair] = Counter()
        for (spun, original), n in windows:
            for i, j, k, m in self._best(spun, original, n):
                counts[spun[i:j], original[k:m]] += n
        return counts

    def _best(self, spun: Words, original: Words, own: int) -> list[Segment]:
        """Viterbi over (spun position, original position).

        ``own`` is how much of the counts may come from this very window: it is
        taken off, so that a block is not explained by itself (leave one out).
        """
        if len(spun) == len(original) == 1:
            return [(0, 1, 0, 1)]
        height, width = len(spun), len(original)
        infinity = math.inf
        cost = [[infinity] * (width + 1) for _ in range(height + 1)]
        back: list[list[tuple[int, int] | None]] = [[None] * (width + 1) for _ in range(height + 1)]
        cost[0][0] = 0.0
        for i in range(height):
            for k in range(width):
                here = cost[i][k]
                if here == infinity:
                    continue
                if spun[i] == original[k] and here < cost[i + 1][k + 1]:
                    cost[i + 1][k + 1] = here
                    back[i + 1][k + 1] = (i, k)
                for j in range(i + 1, min(height, i + MAX_PHRASE) + 1):
                    for m in range(k + 1, min(width, k + MAX_PHRASE) + 1):
                        total = here + self._cost(spun[i:j], original[k:m], own)
                        if total < cost[j][m]:
                            cost[j][m] = total
                            back[j][m] = (i, k)
        return _trace(spun, original, back)

    def _cost(self, spun: Words, original: Words, own: int) -> float:
        if spun == original or (spun in _ARTICLES and original in _ARTICLES):
            return math.inf
        # A pair of n words on both sides is charged as n pairs; otherwise two
        # replacements that often stand side by side would be learned as one.
        charge = self._log_total * min(len(spun), len(original))
        count = self._counts.get((spun, original), 0) - own
        if count > 0:
            return charge - math.log(count)
        return charge + _UNSEEN_WORD * (len(spun) + len(original) - 1)


def _trace(spun: Words, original: Words, back: list[list[tuple[int, int] | None]]) -> list[Segment]:
    segments: list[Segment] = []
    i, k = len(spun), len(original)
    while (step := back[i][k]) is not None:
        j, m = step
        if spun[j:i] != original[m:k]:
            segments.append((j, i, m, k))
        i, k = step
    if i or k:  # longer than any phrase: give the block up
        return []
    return segments[::-1]


def _inventory(windows: Mapping[Window, int]) -> Counter[Pair]:
    """Phrase pairs consistent with left- or right-justified word links."""
    counts: Counter[Pair] = Counter()
    for (spun, original), n in windows.items():
        pairs = {
            (tuple(p[2].split()), tuple(p[3].split()))
            for links in _links(spun, original)
            for p in phrase_extraction(" ".join(spun), " ".join(original), links, MAX_PHRASE)
        }
        for pair in pairs:
            if pair[0] != pair[1]:
                counts[pair] += n
    return counts


def _links(spun: Words, original: Words) -> list[list[tuple[int, int]]]:
    """Word links of a window: shared words, and changed ones counted from either end."""
    left: list[tuple[int, int]] = []
    right: list[tuple[int, int]] = []
    i = k = 0
    ends = [*changed_blocks(list(spun), list(original))]
    for block in ends:
        (a, b), (c, d) = block
        shared = list(zip(range(i, a), range(k, c), strict=True))
        size = min(b - a, d - c)
        left += [*shared, *zip(range(a, a + size), range(c, c + size), strict=True)]
        right += [*shared, *zip(range(b - size, b), range(d - size, d), strict=True)]
        i, k = b, d
    shared = list(zip(range(i, len(spun)), range(k, len(original)), strict=True))
    left, right = left + shared, right + shared
    return [left] if left == right else [left, right]


def boundaries(segments: Iterable[Segment], size: int) -> list[int | None]:
    """Where the boundary before each of ``size`` spun words lies among the original's.

    A boundary inside of a replacement lies nowhere.
    """
    places: list[int | None] = []
    shift = 0
    for i, j, k, m in segments:
        places += range(len(places) + shift, k)
        places += [k, *[None] * (j - i - 1)] if j > i else []
        shift = m - j
    places += range(len(places) + shift, size + shift)
    return places
