"""Articles spun in part: some edits of a pair are given their original back.

Some spinners replace only a share of the heads, some sites protect names or
quotations.  Such articles are made from whole pairs, for training and measuring.
"""

from __future__ import annotations

import random
from collections.abc import Callable, Sequence

from spinfix.text import quoted, tokenize

from .align import AlignedLine
from .phrases import SegmentedLine
from .segment import Segment

#: Is this edit of a line still spun in the variant?
Keeps = Callable[[AlignedLine, Segment], bool]


def low_rate(rate: float, seed: str) -> Keeps:
    """Only this share of the heads (0 to 1) is spun, all places of a head alike."""

    def keeps(line: AlignedLine, segment: Segment) -> bool:
        head = " ".join(line.original[segment[2] : segment[3]])
        return random.Random(f"{seed} {head}").random() < rate

    return keeps


def quotes_protected(line: AlignedLine, segment: Segment) -> bool:
    """Nothing between quotation marks is spun."""
    return not any(quoted(line.original)[segment[2] : segment[3]])


def names_protected(line: AlignedLine, segment: Segment) -> bool:
    """Nothing that begins with a capital is spun."""
    return segment[2] < segment[3] and not line.original[segment[2]][0].isupper()


def reverted(
    spun: str, original: str, lines: Sequence[SegmentedLine], keeps: Keeps
) -> tuple[str, list[SegmentedLine]]:
    """The spun article without the edits that are not kept, and its alignment.

    ``lines`` is the alignment of the two.  Raises ValueError when they do not have
    a line for each of its.
    """
    texts: list[str] = []
    aligned: list[SegmentedLine] = []
    sides = zip(spun.split("\n"), original.split("\n"), lines, strict=True)
    for left, right, (line, segments) in sides:
        kept = [s for s in segments if keeps(line, s) or s[0] == s[1] or s[2] == s[3]]
        dropped = [s for s in segments if s not in kept]
        texts.append(_text(left, right, dropped))
        aligned.append(_line(line, segments, kept))
    return "\n".join(texts), aligned


def _text(spun: str, original: str, dropped: Sequence[Segment]) -> str:
    a, b = tokenize(spun), tokenize(original)
    for i, j, k, m in reversed(dropped):
        back = original[b.starts[k] : b.ends[m - 1]]
        spun = spun[: a.starts[i]] + back + spun[a.ends[j - 1] :]
    return spun


def _line(line: AlignedLine, segments: Sequence[Segment], kept: Sequence[Segment]) -> SegmentedLine:
    words, low = list(line.spun), list(line.low_spun)
    for i, j, k, m in reversed([s for s in segments if s not in kept]):
        words[i:j], low[i:j] = line.original[k:m], line.low_original[k:m]
    moved: list[Segment] = []
    shift = 0
    for segment in segments:
        i, j, k, m = segment
        if segment in kept:
            moved.append((i + shift, j + shift, k, m))
        else:
            shift += (m - k) - (j - i)
    return SegmentedLine(line._replace(spun=words, low_spun=low), moved)
