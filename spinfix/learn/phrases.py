"""Phrase pairs of whole articles: segments in place, and what always goes with them."""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Iterable, Sequence
from typing import NamedTuple

from .align import AlignedLine, Words, window
from .segment import Pair, Segment, Segmenter, Window

_CONTEXT = 2
#: A neighbour belongs to the phrase when it stands there nearly always.
_ALWAYS = 0.95
_MIN_SHARED, _MIN_CHANGED = 8, 3
_ROUNDS = 3

#: What stands beside a segment: the pair of words there, equal when shared.
Neighbour = Pair


class SegmentedLine(NamedTuple):
    """A line of an article with its replacements, in token ranges of both sides."""

    line: AlignedLine
    segments: list[Segment]


def lower(words: Iterable[str]) -> Words:
    return tuple(word.lower() for word in words)


def segment_lines(lines: Sequence[AlignedLine]) -> list[SegmentedLine]:
    """Cut the changed blocks of all ``lines`` into phrase pairs.

    Learns the pairs from these very lines, so more lines cut better.
    """
    windows: Counter[Window] = Counter()
    for line in lines:
        for block in line.blocks:
            spun, original, _ = window(line, block, _CONTEXT)
            windows[lower(spun), lower(original)] += 1
    segmenter = Segmenter(windows)
    segmented = [SegmentedLine(line, _place(line, segmenter)) for line in lines]
    for _ in range(_ROUNDS):
        segmented = _absorb(segmented)
    return segmented


def _place(line: AlignedLine, segmenter: Segmenter) -> list[Segment]:
    """The segments of a line's blocks, in token ranges of the line."""
    segments: list[Segment] = []
    for block in line.blocks:
        spun, original, before = window(line, block, _CONTEXT)
        i, k = block.spun[0] - before, block.original[0] - before
        for a, b, c, d in segmenter.segment(lower(spun), lower(original)):
            segment = (i + a, i + b, k + c, k + d)
            if not segments or (segments[-1][1] <= segment[0] and segments[-1][3] <= segment[2]):
                segments.append(segment)
    return segments


def pair_of(line: AlignedLine, segment: Segment) -> Pair:
    """The lower-case phrase pair of a segment."""
    i, j, k, m = segment
    return lower(line.spun[i:j]), lower(line.original[k:m])


def _neighbour(item: SegmentedLine, index: int, step: int) -> tuple[Neighbour, Segment] | None:
    """What stands right before (-1) or after (+1) a segment."""
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
    shared = (i, i + 1, k, k + 1)
    pair = pair_of(line, shared)
    return (pair, shared) if pair[0] == pair[1] and pair[0][0].isalpha() else None


def _absorb(lines: Sequence[SegmentedLine]) -> list[SegmentedLine]:
    """Join segments with the neighbour that is always there.

    "keeping | according" is always followed by "with | to", and "lot | number"
    by a shared "of": both belong to the phrase.
    """
    totals: Counter[Pair] = Counter()
    beside: dict[tuple[Pair, int], Counter[Neighbour]] = defaultdict(Counter)
    for item in lines:
        for index, segment in enumerate(item.segments):
            pair = pair_of(item.line, segment)
            totals[pair] += 1
            for step in (-1, 1):
                if found := _neighbour(item, index, step):
                    beside[pair, step][found[0]] += 1
    rules: dict[tuple[Pair, int], Neighbour] = {}
    for (pair, step), counts in beside.items():
        neighbour, n = counts.most_common(1)[0]
        least = _MIN_SHARED if neighbour[0] == neighbour[1] else _MIN_CHANGED
        if n >= least and n >= _ALWAYS * totals[pair]:
            rules[pair, step] = neighbour
    return [_apply(item, rules) for item in lines]


def _apply(item: SegmentedLine, rules: dict[tuple[Pair, int], Neighbour]) -> SegmentedLine:
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
