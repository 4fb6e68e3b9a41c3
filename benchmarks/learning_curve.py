#!/usr/bin/env python3
"""How repair grows with the pairs that a spinner is learned from.

    python benchmarks/learning_curve.py CORPORA [--pairs 0 1000 5000 20000] [--limit N] [--large]

Half of the entries of dictionaries/learned.tsv are hidden, chosen by --seed; the context
scorer does not know them either.  `spinfix learn --base` learns them anew from pairs
of CORPORA/pairs/train, also chosen by the seed; "alone" is learned with no base at all.
Repair and precision are measured on CORPORA/pairs/dev, which nothing was learned from;
--limit takes every n-th of its articles, so that N are left.  With --large what was learned
alone is measured with the scorer that was learned with it, and with the large one, instead.
"""

from __future__ import annotations

import argparse
import random
import tempfile
import time
from collections.abc import Sequence
from pathlib import Path

from accuracy import read

from spinfix import Repairer
from spinfix.context import ContextScorer
from spinfix.dictionary import Entry, read_entries
from spinfix.learn.measures import compare, score
from spinfix.learn.pairs import Pair
from spinfix.learn.teacher import NONE, learn_pairs
from spinfix.repairer import Kind
from spinfix.scorer import Scorer
from spinfix.shipped import CONTEXT, LEARNED, shipped
from spinfix.spinners import Traits, write_spinner

_HIDDEN = 0.5


def halves(entries: Sequence[Entry], seed: int) -> tuple[list[Entry], list[Entry]]:
    """The entries that stay and those that are hidden."""
    hidden = set(random.Random(seed).sample(range(len(entries)), round(_HIDDEN * len(entries))))
    return (
        [entry for n, entry in enumerate(entries) if n not in hidden],
        [entry for n, entry in enumerate(entries) if n in hidden],
    )


def measured(folder: Path, scorer: Scorer | Kind | None, dev: Sequence[Pair]) -> str:
    """The figures of a spinner, in words."""
    repairer = Repairer(spinner=folder, scorer=scorer)
    found = score([compare(p.spun, p.original, repairer.repair(p.spun).fixed) for p in dev])
    return (
        f"repair {found.repair:.4f} ({found.low:.4f} to {found.high:.4f}), "
        f"precision {found.precision:.4f}"
    )


def found_again(folder: Path, hidden: Sequence[Entry]) -> float:
    """The share of the hidden entries, weighted by their use, that a spinner has."""
    there = {entry[:2] for entry in read_entries(folder / "dictionary.tsv")}
    use = sum(entry.replaced for entry in hidden)
    return sum(entry.replaced for entry in hidden if entry[:2] in there) / use


def main() -> None:
    parser = argparse.ArgumentParser(description="How repair grows with the pairs.")
    parser.add_argument("corpora", type=Path)
    parser.add_argument("--pairs", type=int, nargs="+", default=[0, 1_000, 5_000, 20_000])
    parser.add_argument("--limit", type=int)
    parser.add_argument("--seed", type=int, default=1)
    parser.add_argument("--large", action="store_true")
    args = parser.parse_args()
    dev, train = (
        [Pair(row["id"], row["spun"], row["original"]) for row in rows]
        for rows in (
            read(args.corpora / "pairs/dev.jsonl.xz", args.limit),
            read(args.corpora / "pairs/train.jsonl.xz", None),
        )
    )
    random.Random(args.seed).shuffle(train)
    kept, hidden = halves(read_entries(shipped(LEARNED)), args.seed)
    print(f"{len(hidden):,} of {len(hidden) + len(kept):,} entries hidden, {len(dev)} articles")
    scorer = ContextScorer(shipped(CONTEXT), {entry[:2] for entry in hidden})
    with tempfile.TemporaryDirectory() as place:
        half, folder = Path(place, "half"), Path(place, "learned")
        write_spinner(half, Traits("half"), kept)
        for count in args.pairs:
            if not count:
                print(f"0 pairs: {measured(half, scorer, dev)}", flush=True)
                continue
            if args.large:
                learn_pairs(train[:count], "learned", base=NONE).write(folder)
                kinds: tuple[Kind, ...] = ("deep", "large")
                for kind in kinds:
                    print(
                        f"{count:,} pairs alone, {kind}: {measured(folder, kind, dev)}", flush=True
                    )
                continue
            for name, base in (("on the other half", half), ("alone", NONE)):
                begin = time.process_time()
                learn_pairs(train[:count], "learned", base=base).write(folder)
                seconds = time.process_time() - begin
                print(
                    f"{count:,} pairs {name}: {measured(folder, scorer, dev)}, "
                    f"{found_again(folder, hidden):.4f} of the hidden entries' use found, "
                    f"{seconds:.0f} CPU-seconds",
                    flush=True,
                )


if __name__ == "__main__":
    main()
