"""What a repair's figures hide: how well confidence is meant, and rare heads."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from typing import Any

from rapidfuzz.distance import Levenshtein

from spinfix import Repair
from spinfix.curate.judging import Judged
from spinfix.dictionary import Entry
from spinfix.learn.table import read_articles
from spinfix.text import tokenize

Row = dict[str, Any]
_BINS = 10


def calibration_error(edits: Sequence[Judged]) -> float:
    """Expected calibration error over ten bins of equal width (Naeini et al. 2015)."""
    bins: list[list[Judged]] = [[] for _ in range(_BINS)]
    for edit in edits:
        bins[min(_BINS - 1, int(edit.confidence * _BINS))].append(edit)
    gaps = (abs(sum(e.right for e in one) - sum(e.confidence for e in one)) for one in bins)
    return sum(gaps) / max(1, len(edits))


def reliability(edits: Sequence[Judged]) -> list[tuple[float, int, float]]:
    """For each tenth of confidence: its lower bound, edits, and share of right ones."""
    table = []
    for number in range(_BINS):
        inside = [e for e in edits if min(_BINS - 1, int(e.confidence * _BINS)) == number]
        if inside:
            right = sum(e.right for e in inside) / len(inside)
            table.append((number / _BINS, len(inside), right))
    return table


def restored_by_head(
    rows: Sequence[Row], repairs: Sequence[Repair], entries: Iterable[Entry], seen: int
) -> dict[str, tuple[int, int]]:
    """Replacements in the spun texts and how many came back, for "rare" and other heads.

    A head is rare when the dictionary's pairs show it fewer than ``seen`` times.
    """
    counts: dict[str, int] = {}
    for entry in entries:
        counts[entry.original.lower()] = max(entry.seen, counts.get(entry.original.lower(), 0))
    totals = {"rare": [0, 0], "other": [0, 0]}
    articles = read_articles((row["spun"], row["original"]) for row in rows)
    for row, repair, article in zip(rows, repairs, articles, strict=True):
        back = _restored_tokens(row["original"], repair.fixed)
        offset = 0
        for line, segments in article.lines:
            for _, _, k, m in segments:
                head = " ".join(line.low_original[k:m])
                total = totals["rare" if counts.get(head, 0) < seen else "other"]
                total[0] += 1
                total[1] += all(back[offset + k : offset + m])
            offset += len(line.original)
    return {name: (wanted, got) for name, (wanted, got) in totals.items()}


def _restored_tokens(original: str, fixed: str) -> list[bool]:
    """For each token of the original: does the repaired text have it?"""
    words = tokenize(original).words
    back = [False] * len(words)
    for op in Levenshtein.opcodes(words, tokenize(fixed).words):
        if op.tag == "equal":
            back[op.src_start : op.src_end] = [True] * (op.src_end - op.src_start)
    return back
