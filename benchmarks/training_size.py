#!/usr/bin/env python3
"""How repair grows with the articles that dictionary and fast scorer were trained on.

    python benchmarks/training_size.py CORPORA 1000:D.tsv:W.npz 3000:D.tsv:W.npz ... [--limit N]

Each training is the number of articles, the dictionary that tools/build_dictionary.py
--limit counted on them and the weights that tools/train_scorer.py --numbers learned from
them; "shipped" stands for what is shipped.  The language model is the shipped one
always.  Repair and precision are measured on CORPORA/pairs/dev, with dictionary and language
model alone and with the fast scorer; --limit takes every n-th of its articles, so that N
are left.
"""

from __future__ import annotations

import argparse
import tempfile
from pathlib import Path
from typing import NamedTuple

from accuracy import read
from learning_curve import measured

from spinfix.context import ContextScorer
from spinfix.dictionary import read_entries
from spinfix.learn.pairs import Pair
from spinfix.shipped import CONTEXT, LEARNED, shipped
from spinfix.spinners import Traits, write_spinner


class Training(NamedTuple):
    """What was learned, and from how many articles."""

    articles: str
    dictionary: Path
    weights: Path

    @classmethod
    def parse(cls, said: str) -> Training:
        """Read "1000:D.tsv:W.npz" or "shipped"; ValueError when it is neither."""
        if said == "shipped":
            return cls(said, shipped(LEARNED), shipped(CONTEXT))
        articles, dictionary, weights = said.split(":")
        return cls(articles, Path(dictionary), Path(weights))


def main() -> None:
    parser = argparse.ArgumentParser(description="How repair grows with the training articles.")
    parser.add_argument("corpora", type=Path)
    parser.add_argument("trainings", type=Training.parse, nargs="+")
    parser.add_argument("--limit", type=int)
    args = parser.parse_args()
    rows = read(args.corpora / "pairs/dev.jsonl.xz", args.limit)
    dev = [Pair(row["id"], row["spun"], row["original"]) for row in rows]
    for training in args.trainings:
        entries = read_entries(training.dictionary)
        with tempfile.TemporaryDirectory() as place:
            folder = Path(place, "learned")
            write_spinner(folder, Traits("learned", partial=True), entries)
            alone = measured(folder, None, dev)
            scored = measured(folder, ContextScorer(training.weights), dev)
        print(
            f"{training.articles}: {len(entries):,} entries; alone {alone}; fast {scored}",
            flush=True,
        )


if __name__ == "__main__":
    main()
