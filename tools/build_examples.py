#!/usr/bin/env python3
"""Make the examples that a scorer learns from: spans, candidates, label, context.

    python tools/build_examples.py CORPORA OUT --models MODEL.bin MODEL.bin ... [--low]
    python tools/build_examples.py CORPORA OUT --models MODEL.bin ... --respun FILE --heads

Cross-fitted: with N language models the pairs of CORPORA/pairs/train fall into N
folds; the examples of fold K come from a dictionary counted without it and from
the K-th model, which tools/build_language_model.py --without K/N built without it.
So their posteriors are as sure as those of unseen articles.  With --low some edits
of a quarter of the articles are reverted, as if spun at a rate of 0.1 or 0.33.  With
--respun the examples are of the articles in FILE (tools/build_respun.py) instead, with a
dictionary of all pairs, none of which they are; the K-th model was built without fold K of them
(--respun FILE --without K/N) or, if it is the only one, without any (--held FILE).  With --heads
the changes are cut as tools/build_dictionary.py --heads cuts them, from which
dictionaries/learned.tsv must then be.  Writes OUT/pairs.tsv (the phrase pairs),
OUT/vocabulary.txt and one OUT/fold-K.npz a fold:

    words, flags     every token of the articles: row in the vocabulary (0: none of
                     it), and the bits of spinfix.context.flags_of
    articles, texts  where each article's tokens begin, and its number in the corpus
    windows          how many arcs each window of the lattice has; then, arc by arc,
    starts, lengths  its first token and how many tokens it covers,
    candidates       its row in pairs.tsv, -1: the token is left as it is,
    log_weights      log P(arc | a reading passes its start) without a scorer,
    right            whether it agrees with the original
"""

from __future__ import annotations

import argparse
import gc
import math
from collections import Counter, defaultdict
from collections.abc import Iterator, Sequence
from multiprocessing import Pool
from pathlib import Path

import numpy as np
from array_files import Arrays, write_arrays
from corpora import Fold, pairs
from heads import read_cut
from sources import Lines, Sides, Source, aligned_pairs, respun

from spinfix.chains import FLOOR
from spinfix.channel import Channel
from spinfix.context import flags_of
from spinfix.dictionary import Entry, read_entries
from spinfix.evidence import Markers, weigh
from spinfix.gate import Verdict, judge
from spinfix.language_model import LanguageModel
from spinfix.learn.examples import Example, examples
from spinfix.learn.table import entries_of
from spinfix.learn.variants import low_rate, reverted
from spinfix.shipped import shipped
from spinfix.text import tokenize


class Collector:
    """Turns articles into arrays; a worker process has one for the fold it is at."""

    def __init__(
        self, entries: list[Entry], model: Path, rows: dict[tuple[str, str], int], words: list[str]
    ) -> None:
        self.channel, self.markers = Channel(entries), Markers(weigh(entries))
        self.model = LanguageModel(model)
        self.rows = rows
        self.words = {word: number for number, word in enumerate(words)}

    def collect(self, number: int, row: Sides, lines: Lines, rate: float) -> Arrays | None:
        """The arrays of one article, or None where alignment and text disagree."""
        text = row[0]
        if rate < 1.0:
            text, lines = reverted(*row, lines, low_rate(rate, str(number)))
        tokens = tokenize(text)
        all_of_it = Verdict(1.0, 1.0, [1.0] * len(tokens))
        verdict = all_of_it if rate < 1.0 else judge(tokens, self.markers)
        sizes: list[int] = []
        arcs: list[tuple[int, int, int, float, bool]] = []
        try:
            for example in examples(tokens, lines, self.channel, self.model, verdict, rate):
                found = self._arcs(example)
                sizes.append(len(found))
                arcs += found
        except ValueError:
            return None
        columns = zip(*arcs, strict=True) if arcs else [()] * 5
        starts, lengths, candidates, log_weights, right = columns
        return {
            "words": np.array([self.words.get(word, 0) for word in tokens.lower], np.int32),
            "flags": flags_of(tokens, rate),
            "articles": np.array([len(tokens)], np.int64),
            "texts": np.array([number], np.int32),
            "windows": np.array(sizes, np.int32),
            "starts": np.array(starts, np.int64),
            "lengths": np.array(lengths, np.uint8),
            "candidates": np.array(candidates, np.int32),
            "log_weights": np.array(log_weights, np.float32),
            "right": np.array(right, np.bool_),
        }

    def _arcs(self, example: Example) -> list[tuple[int, int, int, float, bool]]:
        passing: dict[int, float] = defaultdict(float)
        for arc, posterior in zip(example.arcs, example.posteriors, strict=True):
            passing[arc.start] += max(posterior, FLOOR)
        found = []
        for arc, posterior, right in zip(*example, strict=True):
            entry = arc.candidate.entry[:2] if arc.candidate else None
            row = self.rows.get(entry, -1) if entry else -1
            if entry is None or row >= 0:
                log_weight = math.log(max(posterior, FLOOR) / passing[arc.start])
                found.append((arc.start, arc.end - arc.start, row, log_weight, right))
        return found


_collector: Collector
_articles: dict[int, Source] = {}


def work(job: tuple[int, float]) -> Arrays | None:
    """One article in a worker process, all of it spun or only a share of its heads."""
    number, rate = job
    sides, lines = _articles[number]
    return _collector.collect(number, sides, lines(), rate)


def low_rates(numbers: Sequence[int]) -> list[tuple[int, float]]:
    """A quarter of the articles, at a low rate each."""
    return [(n, (0.1, 0.33)[n // 12 % 2]) for n in numbers if n // 3 % 4 == 0]


def joined(parts: list[Arrays]) -> Arrays:
    """The arrays of a fold; article lengths become token offsets."""
    lengths = np.concatenate([part["articles"] for part in parts])
    offsets = np.cumsum(lengths) - lengths
    for part, offset in zip(parts, offsets, strict=True):
        part["starts"] = part["starts"] + offset
    arrays = {name: np.concatenate([part[name] for part in parts]) for name in parts[0]}
    return {**arrays, "articles": offsets, "starts": arrays["starts"].astype(np.int32)}


def vocabulary(texts: Iterator[str], least: int) -> list[str]:
    """Words of spun texts seen ``least`` times or more; row 0 stands for all others."""
    counts = Counter(word for text in texts for word in tokenize(text).lower)
    return ["<unk>", *sorted(word for word, n in counts.items() if n >= least)]


def main() -> None:
    parser = argparse.ArgumentParser(description="Make the examples a scorer learns from.")
    parser.add_argument("corpora", type=Path)
    parser.add_argument("out", type=Path)
    parser.add_argument("--models", type=Path, nargs="+", required=True)
    parser.add_argument("--min-count", type=int, default=25, help="rarer words are unknown")
    parser.add_argument("--low", action="store_true", help="articles spun at low rates")
    parser.add_argument("--respun", type=Path, help="articles of tools/build_respun.py")
    parser.add_argument("--heads", action="store_true", help="cut along the spinner's heads")
    parser.add_argument("--jobs", type=int, default=2)
    args = parser.parse_args()
    if args.respun and not args.heads:
        parser.error("respun articles are cut along heads: --heads")
    args.out.mkdir(parents=True, exist_ok=True)
    gc.disable()  # millions of small lists and no cycles among them
    rows = [(row["spun"], row["original"]) for row in pairs(args.corpora, "train")]
    words = vocabulary((spun for spun, _ in rows), args.min_count)
    (args.out / "vocabulary.txt").write_text("\n".join(words) + "\n", encoding="utf-8")
    entries = [(entry.spun, entry.original) for entry in read_entries(shipped("learned.tsv"))]
    (args.out / "pairs.tsv").write_text("".join(f"{a}\t{b}\n" for a, b in entries), "utf-8")
    numbers = {pair: row for row, pair in enumerate(entries)}
    articles = read_cut(rows, args.heads, args.jobs)
    global _collector, _articles
    _articles = respun(args.respun) if args.respun else aligned_pairs(rows, articles)
    for index, model in enumerate(args.models):
        fold = Fold(index, len(args.models))
        others = [a for n, a in enumerate(articles) if args.respun or not fold.holds(n)]
        inside = [number for n, number in enumerate(_articles) if fold.holds(n)]
        _collector = Collector(entries_of(others), model, numbers, words)
        with Pool(args.jobs) as pool:
            work_list = low_rates(inside) if args.low else [(n, 1.0) for n in inside]
            results = pool.imap(work, work_list, chunksize=50)
            parts = [part for part in results if part is not None]
        write_arrays(args.out / f"fold-{index}.npz", joined(parts))
        print(f"fold {index}: {len(parts):,} articles of {len(inside):,}", flush=True)


if __name__ == "__main__":
    main()
