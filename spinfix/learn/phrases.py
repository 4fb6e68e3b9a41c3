"""Phrase pairs of whole articles: segments in place, and what always goes with them."""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Sequence
from typing import NamedTuple

from .align import AlignedLine, window
from .progress import Track, untracked
from .segment import Pair, Segment, Segmenter, Window

_CONTEXT = 2
#: A neighbour belongs to the phrase when it stands there nearly always, in at
#: least so many articles: a shared word, or another changed phrase.
_ALWAYS = 0.95
_MIN_SHARED, _MIN_CHANGED = 10, 4
#: A changed phrase that its original becomes this often without the neighbour is
#: a replacement of its own and is not absorbed.
_VIABLE = 0.01
_ROUNDS = 3


class SegmentedLine(NamedTuple):
    """A line of an article with its replacements, in token ranges of both sides."""

    line: AlignedLine
    segments: list[Segment]


#: The lines of an article.
Lines = list[SegmentedLine]
#: A segment's neighbour before (-1) or after (+1) it.
Side = tuple[Pair, int]


def segment_articles(
    articles: Sequence[Sequence[AlignedLine]], track: Track = untracked
) -> list[Lines]:
    """Cut the changed blocks of all articles into phrase pairs.

    Learns the pairs from these very articles, so more of them cut better.
    """
    windows: Counter[Window] = Counter()
    words: Counter[str] = Counter()
    for lines in articles:
        for line in lines:
            words.update(line.low_original)
            for block in line.blocks:
                spun, original, _ = window(line, block, _CONTEXT)
                windows[spun, original] += 1
    segmenter = Segmenter(windows, track=track)
    segmented = [
        [SegmentedLine(line, _place(line, segmenter)) for line in lines] for lines in articles
    ]
    for _ in range(_ROUNDS):
        rules = _rules(segmented, words)
        segmented = [[_apply(item, rules) for item in article] for article in segmented]
    return segmented


def _place(line: AlignedLine, segmenter: Segmenter) -> list[Segment]:
    """The segments of a line's blocks, in token ranges of the line."""
    segments: list[Segment] = []
    for block in line.blocks:
        spun, original, before = window(line, block, _CONTEXT)
        i, k = block.spun[0] - before, block.original[0] - before
        for a, b, c, d in segmenter.segment(spun, original):
            segment = (i + a, i + b, k + c, k + d)
            if not segments or (segments[-1][1] <= segment[0] and segments[-1][3] <= segment[2]):
                segments.append(segment)
    return segments


def pair_of(line: AlignedLine, segment: Segment) -> Pair:
    """The lower-case phrase pair of a segment."""
    i, j, k, m = segment
    return tuple(line.low_spun[i:j]), tuple(line.low_original[k:m])


def _neighbour(item: SegmentedLine, index: int, step: int) -> tuple[Pair, Segment] | None:
    """What stands right before (-1) or after (+1) a segment: a shared word or a segment."""
    line, segments = item
    i, j, k, m = segments[index]
    other = index + step
    if 0 <= other < len(segments):
        a, b, c, d = segments[other]
        if (b, d) == (i, k) or (a, c) == (j, m):
            return pair_of(line, segments[other]), segments[other]
    i, k = (i - 1, k - 1) if step < 0 else (j, m)
    if min(i, k) < 0 or i >= len(line.spun) or k >= len(line.original):
        return None
    word = line.low_spun[i]
    if word != line.low_original[k] or not word.isalpha():
        return None
    return ((word,), (word,)), (i, i + 1, k, k + 1)


def _rules(articles: Sequence[Lines], words: Counter[str]) -> dict[Side, Pair]:
    """What belongs to a phrase because it is always there.

    "keeping | according" is always followed by "with | to", and "lot | number"
    by a shared "of".  Counted once an article: within one, a spinner repeats
    itself.
    """
    totals: Counter[Pair] = Counter()
    beside: dict[Side, Counter[Pair]] = defaultdict(Counter)
    for article in articles:
        pairs: set[Pair] = set()
        sides: set[tuple[Side, Pair]] = set()
        for item in article:
            for index, segment in enumerate(item.segments):
                pair = pair_of(item.line, segment)
                pairs.add(pair)
                for step in (-1, 1):
                    if found := _neighbour(item, index, step):
                        sides.add(((pair, step), found[0]))
        totals.update(pairs)
        for side, neighbour in sides:
            beside[side][neighbour] += 1
    always = {}
    for side, counts in beside.items():
        neighbour, n = counts.most_common(1)[0]
        least = _MIN_SHARED if neighbour[0] == neighbour[1] else _MIN_CHANGED
        if n >= least and n >= _ALWAYS * totals[side[0]]:
            always[side] = (neighbour, n)
    explained: Counter[Pair] = Counter()
    for neighbour, n in always.values():
        explained[neighbour] += n
    return {
        side: neighbour
        for side, (neighbour, _) in always.items()
        if neighbour[0] == neighbour[1]
        or totals[neighbour] - explained[neighbour] < _VIABLE * min(words[w] for w in neighbour[1])
    }


def _apply(item: SegmentedLine, rules: dict[Side, Pair]) -> SegmentedLine:
    """Widen the segments of a line by the rules; each word is absorbed once."""
    wide: list[Segment] = []
    for index, segment in enumerate(item.segments):
        pair = pair_of(item.line, segment)
        i, j, k, m = segment
        for step in (-1, 1):
            rule = rules.get((pair, step))
            found = _neighbour(item, index, step) if rule else None
            if found and found[0] == rule:
                a, b, c, d = found[1]
                i, j, k, m = min(i, a), max(j, b), min(k, c), max(m, d)
        while wide and (wide[-1][1] > i or wide[-1][3] > k):  # they meet: one phrase
            a, b, c, d = wide.pop()
            i, j, k, m = min(i, a), max(j, b), min(k, c), max(m, d)
        wide.append((i, j, k, m))
    return SegmentedLine(item.line, wide)
