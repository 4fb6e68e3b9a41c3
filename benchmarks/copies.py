#!/usr/bin/env python3
"""How much of a spinner's dictionary two spins of the same articles give back.

    PYTHONPATH=tools python benchmarks/copies.py CORPORA [--clean-words N] [--copies N]

The originals of CORPORA/pairs/dev are spun with dictionaries/learned.tsv, as its counts
say, once for each copy; `spinfix learn --copies` learns from the copies, beside
CORPORA/clean, with nothing known before; and the same copies are learned from as if they
were different articles (`--spun-only`).  Recall is the share of the replacements made
whose entry was found.  Then the copies are repaired with what was learned, by
dictionary and n-grams alone (the context scorer knows this spinner).
"""

from __future__ import annotations

import argparse
import tempfile
from collections import Counter, defaultdict
from pathlib import Path

from accuracy import read
from spin import spin
from spun_only import curve, genuine_texts

from spinfix import Repairer
from spinfix.dictionary import Entry, read_entries
from spinfix.learn.copies import learn_copies
from spinfix.learn.learned import Learned
from spinfix.learn.measures import compare, score
from spinfix.learn.spun_only import learn_spun_only
from spinfix.learn.unpaired import write_learned
from spinfix.shipped import LEARNED, shipped

#: What a head becomes less often is left out, as are rare entries.
_LEAST, _CHANCE = 20, 0.01


def heads_of(entries: list[Entry]) -> dict[str, list[Entry]]:
    """What each head can become."""
    heads: dict[str, list[Entry]] = defaultdict(list)
    for entry in entries:
        if entry.replaced >= max(_LEAST, _CHANCE * entry.seen):
            heads[entry.original].append(entry)
    return heads


def repaired(learned: Learned, spins: list[list[str]], originals: list[str]) -> str:
    """How well the first copies are repaired with what was learned."""
    with tempfile.TemporaryDirectory() as folder:
        write_learned(Path(folder), learned, "copies")
        repairer = Repairer(spinner=Path(folder), scorer=None)
    found = score(
        [
            compare(copies[0], original, repairer.repair(copies[0]).fixed)
            for copies, original in zip(spins, originals, strict=True)
        ]
    )
    return (
        f"repair {found.repair:.3f} ({found.low:.3f} to {found.high:.3f}), "
        f"precision {found.precision:.3f}"
    )


def main() -> None:
    parser = argparse.ArgumentParser(description="Measure learning from copies.")
    parser.add_argument("corpora", type=Path)
    parser.add_argument("--clean-words", type=int, default=25_000_000)
    parser.add_argument("--copies", type=int, default=2, help="spins of each article")
    parser.add_argument("--limit", type=int, help="so many articles")
    args = parser.parse_args()
    rows = read(args.corpora / "pairs/dev.jsonl.xz", args.limit)
    originals = [row["original"] for row in rows]
    heads = heads_of(read_entries(shipped(LEARNED)))
    used: Counter[Entry] = Counter()
    spins = [
        [spin(row["original"], heads, f"{row['id']} {n}", used) for n in range(args.copies)]
        for row in rows
    ]
    true = {entry[:2]: times for entry, times in used.items()}
    print(f"{len(rows)} articles, {used.total():,} replacements by {len(true):,} entries")
    clean = list(genuine_texts(args.corpora, args.clean_words))
    by_copies = learn_copies(spins, clean, clean_words=args.clean_words)
    texts = [text for copies in spins for text in copies]
    alone = learn_spun_only(texts, clean, clean_words=args.clean_words)
    for name, learned in (("copies", by_copies), ("spun only", alone)):
        print(f"\n{name}: {repaired(learned, spins, originals)}")
        print(*curve(learned.proposals, true), sep="\n")


if __name__ == "__main__":
    main()
