#!/usr/bin/env python3
"""Genuine articles to judge the detector on, and to leave out of a language model for that.

    python tools/hold_out.py CORPORA OUT.jsonl [--each N] [--pairs K/N]
    python tools/build_language_model.py CORPORA MODEL.bin --held OUT.jsonl --kenlm DIR
    python benchmarks/detection.py CORPORA --sets --genuine OUT.jsonl --model MODEL.bin

Of each file of CORPORA/clean up to N articles, drawn by the file's name, but no more than one in
four; and the originals of a fold of the pairs.  Only those of LENGTHS characters.
"""

from __future__ import annotations

import argparse
import json
import random
from collections.abc import Iterator
from pathlib import Path

from corpora import Fold, clean_articles, clean_files, pairs

#: Characters of an article, in which there is something to judge.
LENGTHS = range(1_000, 12_000)


def drawn(path: Path, each: int) -> list[str]:
    """Articles of a file of genuine text, in their order."""
    articles = [text for text in clean_articles(path) if len(text) in LENGTHS]
    numbers = random.Random(path.name).sample(range(len(articles)), min(each, len(articles) // 4))
    return [articles[number] for number in sorted(numbers)]


def held_out(corpora: Path, each: int, fold: Fold) -> Iterator[dict[str, str]]:
    """The articles, with where they come from."""
    for path in clean_files(corpora):
        for text in drawn(path, each):
            yield {"source": path.name.split(".")[0], "text": text}
    for number, row in enumerate(pairs(corpora, "train")):
        if fold.holds(number) and len(row["original"]) in LENGTHS:
            yield {"source": "pairs", "text": row["original"]}


def main() -> None:
    parser = argparse.ArgumentParser(description="Draw genuine articles that are held out.")
    parser.add_argument("corpora", type=Path)
    parser.add_argument("out", type=Path)
    parser.add_argument("--each", type=int, default=600, help="articles of a file of clean text")
    parser.add_argument("--pairs", type=Fold.parse, default=Fold(0, 3), metavar="K/N")
    args = parser.parse_args()
    with args.out.open("w", encoding="utf-8") as out:
        for row in held_out(args.corpora, args.each, args.pairs):
            out.write(json.dumps(row) + "\n")


if __name__ == "__main__":
    main()
