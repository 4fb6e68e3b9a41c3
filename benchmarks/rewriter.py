#!/usr/bin/env python3
"""The second spinner: are its articles known, and what becomes of its sentences?

    python benchmarks/rewriter.py CORPORA [--sentences 60] [--seed 77] [--floor SHARE]

Of CORPORA/spun-only there are no originals: so this prints which share of the articles is
taken for spun, and whose work they are said to be (exit status 1 when it is less than
the floor); and a random sentence each of some
articles with the edits in it, for a person to judge whether it got better or worse.
"""

from __future__ import annotations

import argparse
import random
import re
import sys
from collections import Counter
from itertools import pairwise
from pathlib import Path

from accuracy import read

from spinfix import Repair, Repairer

_SENTENCE_END = re.compile(r"[.!?][’”\"']?\s+")
#: Characters of a sentence worth judging.
_SHORTEST = 60


def marked(repair: Repair, start: int, end: int) -> str:
    """A stretch of the text with its edits as [old -> new]."""
    parts, at = [], start
    for edit in repair.edits:
        if start <= edit.start and edit.end <= end:
            parts += [repair.text[at : edit.start], f"[{edit.old} -> {edit.new}]"]
            at = edit.end
    return " ".join("".join([*parts, repair.text[at:end]]).split())


def a_sentence(text: str, draws: random.Random) -> tuple[int, int]:
    """A sentence of the text, of those that are long enough; all of it if none is."""
    cuts = [0, *(match.end() for match in _SENTENCE_END.finditer(text)), len(text)]
    found = [(a, b) for a, b in pairwise(cuts) if b - a > _SHORTEST]
    return draws.choice(found or [(0, len(text))])


def main() -> None:
    parser = argparse.ArgumentParser(description="The articles of the second spinner.")
    parser.add_argument("corpora", type=Path)
    parser.add_argument("--sentences", type=int, default=60)
    parser.add_argument("--seed", type=int, default=77)
    parser.add_argument("--floor", type=float, default=0.0)
    args = parser.parse_args()
    texts = [row["text"] for row in read(args.corpora / "spun-only/second-spinner.jsonl.xz", None)]
    repairer = Repairer()
    found = Counter(repairer.judge(text).spinner or "not spun" for text in texts)
    spun = 1.0 - found["not spun"] / len(texts)
    told = ", ".join(f"{name} {count}" for name, count in found.most_common())
    print(f"{spun:.4f} of {len(texts)} articles are taken for spun: {told}")
    if spun < args.floor:
        sys.exit(f"less than {args.floor}")
    draws = random.Random(args.seed)
    for text in draws.sample(texts, min(args.sentences, len(texts))):
        print("-", marked(repairer.repair(text), *a_sentence(text, draws)))


if __name__ == "__main__":
    main()
