#!/usr/bin/env python3
"""Fit what spinfix/unseen.py believes of synonyms: PRIOR and TRUST.

    python tools/fit_unseen.py CORPORA THESAURUS [--every N]

By maximum likelihood on every N-th article of CORPORA/pairs/train, as spinfix.learn.trust.
Where a thesaurus lacks what stood there, leaving the word is what it should do.
"""

from __future__ import annotations

import argparse
import json
import lzma
from collections.abc import Sequence
from itertools import islice
from pathlib import Path

import numpy as np

from spinfix import Repairer
from spinfix.chains import Chains
from spinfix.lattice import Window, windows
from spinfix.learn.examples import is_right, leads_through, places
from spinfix.learn.phrases import SegmentedLine
from spinfix.learn.table import read_articles
from spinfix.learn.trust import _Likelihood, _Sample
from spinfix.scorer import Weighing, scored
from spinfix.text import tokenize
from spinfix.unseen import COLUMNS, PRIOR, RATE, TRUST, SynonymScorer, columns


def sample(text: str, aligned: Sequence[SegmentedLine], repairer: Repairer) -> _Sample | None:
    """Windows of an article, evidence of their arcs, and which of these are right."""
    tokens = tokenize(text)
    (family,) = repairer.families
    try:
        at, words = places(tokens, aligned)
    except ValueError:  # not all of it could be aligned
        return None
    spun, readings = family.channel.readings(tokens, [1.0] * len(tokens), 1.0, RATE)
    kept, scores = scored(SynonymScorer(), tokens, readings, RATE)
    found = windows(repairer.model, spun, kept)
    if not found:
        return None
    weighing = Weighing(tokens, found, scores)
    weights, draws, habits = weighing.evidence(TRUST.decoder, weighing.said)
    right = [
        or_left(window, [is_right(arc, tokens, at, words) for arc in window.arcs])
        for window in found
    ]
    possible = [
        leads_through(window.start, window.end, window.arcs, flags)
        for window, flags in zip(found, right, strict=True)
    ]
    arcs = np.repeat(possible, [len(flags) for flags in right])
    its = np.array([columns(arc) for window in found for arc in window.arcs])
    decoder = (weights - weighing.said) / TRUST.decoder
    return _Sample(
        [window for window, good in zip(found, possible, strict=True) if good],
        np.column_stack([decoder, its, draws])[arcs],
        habits[arcs],
        np.array([flag for flags in right for flag in flags])[arcs],
    )


def or_left(window: Window, right: Sequence[bool]) -> list[bool]:
    """Which arcs are right; where the thesaurus has nothing right, those that change nothing."""
    known = {
        place
        for arc, flag in zip(window.arcs, right, strict=True)
        if flag and arc.candidate
        for place in range(arc.start, arc.end)
    }
    return [
        flag or (arc.candidate is None and arc.start not in known)
        for arc, flag in zip(window.arcs, right, strict=True)
    ]


def main() -> None:
    parser = argparse.ArgumentParser(description="Fit the numbers of spinfix/unseen.py.")
    parser.add_argument("corpora", type=Path)
    parser.add_argument("thesaurus")
    parser.add_argument("--every", type=int, default=150)
    args = parser.parse_args()
    repairer = Repairer(spinner=f"thesaurus:{args.thesaurus}")
    with lzma.open(args.corpora / "pairs/train.jsonl.xz", "rt", encoding="utf-8") as file:
        rows = [json.loads(row) for row in islice(file, 0, None, args.every)]
    articles = read_articles((row["spun"], row["original"]) for row in rows)
    samples = [
        found
        for row, article in zip(rows, articles, strict=True)
        if (found := sample(row["spun"], article.lines, repairer))
    ]
    likelihood = _Likelihood(
        Chains([window for found in samples for window in found.windows]),
        np.concatenate([found.evidence for found in samples]),
        np.concatenate([found.fixed for found in samples]),
        np.concatenate([found.right for found in samples]),
        np.array([TRUST.decoder, *PRIOR, *TRUST.draws]),
    )
    numbers = [round(float(number), 2) for number in likelihood.maximum()]
    print(f"{len(samples)} articles; decoder {numbers[0]}, prior {numbers[1 : 1 + COLUMNS]}")
    print(f"draws {numbers[1 + COLUMNS :]}")


if __name__ == "__main__":
    main()
