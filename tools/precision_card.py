#!/usr/bin/env python3
"""Build the precision card, dictionaries/card.tsv, and disabled.tsv beside it.

    python tools/precision_card.py CORPORA OUT.tsv [--every 20]

Repairs all of CORPORA/pairs/dev, every 20th article of pairs/train and all of clean-dev
with every entry of the shipped dictionary, disabled or not, and counts for each entry how
often it was applied and how often it was right (spinfix.curate.card).  The dictionary was
learned from train, so figures there are a little too good.  An entry below the floor in
dev and train together goes into disabled.tsv; clean-dev decides nothing.
Deterministic; ten minutes.
"""

from __future__ import annotations

import argparse
from collections.abc import Iterable, Iterator
from itertools import islice
from pathlib import Path
from typing import Any

from corpora import find, pairs, records

from spinfix import Repair, Repairer
from spinfix.curate.card import card, count_edits, disabled, write_card
from spinfix.dictionary import read_entries, read_never
from spinfix.families import Family
from spinfix.learn.refusals import write_never
from spinfix.shipped import DISABLED, MANUAL, NEVER, shipped
from spinfix.spinners import find_spinners

#: The spinner that wrote the pairs.
SPINNER = "autoblog"


def judged(
    repairer: Repairer, rows: Iterable[dict[str, Any]], spun: str, original: str
) -> Iterator[tuple[Repair, str]]:
    """Each article's repair, with its original."""
    for row in rows:
        yield repairer.repair(row[spun]), row[original]


def main() -> None:
    parser = argparse.ArgumentParser(description="Build the precision card.")
    parser.add_argument("corpora", type=Path)
    parser.add_argument("out", type=Path)
    parser.add_argument("--every", type=int, default=20, help="every n-th article of train")
    args = parser.parse_args()
    repairer = Repairer(spinner=SPINNER)
    (spinner,) = find_spinners([SPINNER])
    # without the entries that are disabled so far
    own, never = read_entries(shipped(MANUAL)), read_never(shipped(NEVER))
    repairer.families = [Family(spinner._replace(never=[]), own, never, repairer.options.edit_bias)]
    train = islice(pairs(args.corpora, "train"), 0, None, args.every)
    clean = records(find(args.corpora, "clean-dev/clean-dev.jsonl"))
    counts = [
        count_edits(judged(repairer, pairs(args.corpora, "dev"), "spun", "original")),
        count_edits(judged(repairer, train, "spun", "original")),
        count_edits(judged(repairer, clean, "text", "text")),
    ]
    tallies = card([entry[:2] for entry in [*spinner.entries, *own]], *counts)
    write_card(args.out, tallies)
    below = disabled(tallies)
    write_never(args.out.with_name(DISABLED), below)
    print(f"{len(tallies):,} entries applied, {len(below):,} of them below the floor")


if __name__ == "__main__":
    main()
