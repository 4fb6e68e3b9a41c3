#!/usr/bin/env python3
"""Are pairs that nothing should be learned from told apart, and good ones let through?

    python benchmarks/bad_pairs.py CORPORA [--limit N]

Pairs of CORPORA/pairs/dev as they are, swapped (by a spinner that is known, and as if it
were not), with the original of another article, and with a side cut away.
"""

from __future__ import annotations

import argparse
from collections import Counter
from collections.abc import Sequence
from pathlib import Path

from accuracy import read

from spinfix import Repairer
from spinfix.families import Family
from spinfix.learn.pairs import Pair
from spinfix.learn.quality import Inspector
from spinfix.spinners import find_spinners


def faults(found: Sequence[Pair], known: bool) -> str:
    """What is said of pairs, in words."""
    repairer = Repairer(spinner=())
    markers = [Family(spinner).markers for spinner in find_spinners()] if known else []
    inspector = Inspector(repairer.model, repairer.lexicon, markers)
    good = sum(inspector.inspect(pair) is not None for pair in found)
    counts = Counter({"good": good, **{name: len(its) for name, its in inspector.faults.items()}})
    return ", ".join(f"{name} {n} of {len(found)}" for name, n in counts.items() if n)


def main() -> None:
    parser = argparse.ArgumentParser(description="Are bad pairs told apart?")
    parser.add_argument("corpora", type=Path)
    parser.add_argument("--limit", type=int)
    args = parser.parse_args()
    rows = [
        Pair(row["id"], row["spun"], row["original"])
        for row in read(args.corpora / "pairs/dev.jsonl.xz", args.limit)
    ]
    swapped = [Pair(pair.name, pair.original, pair.spun) for pair in rows]
    mixed = [
        Pair(pair.name, pair.spun, other.original)
        for pair, other in zip(rows, rows[1:] + rows[:1], strict=True)
    ]
    short = [Pair(p.name, p.spun[:400], p.original[:400]) for p in rows]
    backwards = [Pair(p.name, p.original, p.spun) for p in short]
    for known in (True, False):
        print("spinner", "known" if known else "not known")
        print("  as they are:", faults(rows, known))
        print("  swapped:", faults(swapped, known))
        print("  their first 400 characters:", faults(short, known))
        print("  the same, swapped:", faults(backwards, known), flush=True)
    print("another article's original:", faults(mixed, True))
    print("one side empty:", faults([pair._replace(spun="") for pair in rows], True))


if __name__ == "__main__":
    main()
