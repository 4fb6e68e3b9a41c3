#!/usr/bin/env python3
"""Build the learned phrase dictionary, dictionaries/learned.tsv.

    python tools/build_dictionary.py CORPORA OUT.tsv [--limit N] [--heads] [--articles N]

Aligns the spun and original articles of CORPORA/pairs/train and counts phrase
pairs (spinfix.learn).  Deterministic.  33,561 articles take about seven minutes
and 7 GB of memory.  With --heads the changes are cut along the heads that tools/heads.py
finds, with the words around a change that the spinner went by, too ("that may" for "that
can"); that takes ten minutes more.  Then more entries are slips of the alignment: --articles
says how many articles must show one (2; for what is shipped 3).
"""

from __future__ import annotations

import argparse
import gc
from itertools import islice
from pathlib import Path

from corpora import pairs
from heads import read_cut

from spinfix.dictionary import write_entries
from spinfix.learn.table import entries_of


def main() -> None:
    parser = argparse.ArgumentParser(description="Build the learned phrase dictionary.")
    parser.add_argument("corpora", type=Path)
    parser.add_argument("out", type=Path)
    parser.add_argument("--limit", type=int, help="the first N articles only")
    parser.add_argument("--heads", action="store_true", help="whole heads of the spinner")
    parser.add_argument("--articles", type=int, default=2, help="how many must show an entry")
    parser.add_argument("--jobs", type=int, default=2, help="processes that look for heads")
    args = parser.parse_args()
    gc.disable()  # millions of small lists and no cycles among them
    rows = islice(pairs(args.corpora, "train"), args.limit)
    sides = ((row["spun"], row["original"]) for row in rows)
    articles = read_cut(sides, args.heads, args.jobs)
    entries = entries_of(articles, min_articles=args.articles)
    write_entries(args.out, entries)
    print(f"{len(entries):,} entries")


if __name__ == "__main__":
    main()
