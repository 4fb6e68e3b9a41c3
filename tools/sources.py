"""Articles that scorers learn from, by their numbers: the training pairs, and respun ones."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from functools import partial
from pathlib import Path

from corpora import RESPUN, records
from respin import aligned

from spinfix.learn.phrases import SegmentedLine
from spinfix.learn.table import Article

#: The spun and the original text of an article.
Sides = tuple[str, str]
#: Its lines, aligned.
Lines = Sequence[SegmentedLine]
#: Both, the lines when they are asked for.
Source = tuple[Sides, Callable[[], Lines]]


def aligned_pairs(rows: Sequence[Sides], articles: Sequence[Article]) -> dict[int, Source]:
    """Training pairs and their alignments."""
    return {
        number: (sides, partial(getattr, article, "lines"))
        for number, (sides, article) in enumerate(zip(rows, articles, strict=True))
    }


def respun(path: Path) -> dict[int, Source]:
    """What tools/build_respun.py wrote; there it is known what was replaced."""
    found: dict[int, Source] = {}
    for number, row in enumerate(records(path), RESPUN):
        spun, original = row["spun"].split("\n"), row["original"].split("\n")
        segments = [[tuple(segment) for segment in line] for line in row["segments"]]
        rows = list(zip(spun, original, segments, strict=True))
        found[number] = (row["spun"], row["original"]), partial(aligned, rows)
    return found
