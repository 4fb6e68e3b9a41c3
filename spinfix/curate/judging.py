"""Edits judged by the original: is what was written what stood there?"""

from __future__ import annotations

from typing import NamedTuple

from spinfix.edits import Repair
from spinfix.text import tokenize


class Judged(NamedTuple):
    """An edit's confidence, and whether its words are those of the original."""

    confidence: float
    right: bool


def judged_edits(original: str, repair: Repair) -> list[Judged]:
    """The edits of an article, in their order, each right or wrong.

    The repaired and the original text are aligned word by word; an edit is right
    when all that it wrote is aligned with the same words.
    """
    from rapidfuzz.distance import Levenshtein

    fixed = tokenize(repair.fixed)
    same = [False] * len(fixed)
    for op in Levenshtein.opcodes(fixed.words, tokenize(original).words):
        if op.tag == "equal":
            same[op.src_start : op.src_end] = [True] * (op.src_end - op.src_start)
    found: list[Judged] = []
    shift = token = 0
    for edit in repair.edits:
        start, end = edit.start + shift, edit.start + shift + len(edit.new)
        shift += len(edit.new) - len(edit.old)
        while token < len(fixed) and fixed.ends[token] <= start:
            token += 1
        last = token
        while last < len(fixed) and fixed.starts[last] < end:
            last += 1
        found.append(Judged(edit.confidence, all(same[token:last])))
    return found
