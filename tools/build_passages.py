#!/usr/bin/env python3
"""Make what the passage scorer learns from: articles as the context scorer repairs them.

    python tools/build_passages.py CORPORA OUT EXAMPLES... --scorers A.pt B.pt --encoder MINILM
    python tools/build_passages.py CORPORA OUT EXAMPLES... --scorers WRITTEN.npz --encoder MINILM

EXAMPLES are folders that tools/build_examples.py wrote; A.pt, B.pt ... were left by
tools/train_scorer.py --without 0/N, 1/N ...: each reads the articles that it was not
trained on, so that the repair is as good as that of unseen ones.  WRITTEN.npz, the context
scorer as spinfix reads it, is for held-out articles.  MINILM is the folder of the encoder
(vocab.txt).  With --held, for tools/export_passage.py, only the held-out articles are read;
with --part K/N also, or only, those of the part that the one scorer was trained without; with
--numbers those, such as articles of tools/build_respun.py.  For every fold-K.npz of an EXAMPLES
folder named NAME one OUT/NAME-K.npz is written, with its articles in the same order:

    scores           what the context scorer says of each arc (nats)
    pieces, states   every piece of the repaired articles (spinfix.passage_text)
    token            the token of each piece, counted from the article's first
    first, last      for each token its first and last piece, counted so
    begins           where each article's pieces begin, and their number
    cuts, counts     where chunks begin, all articles', and how many each article has
"""

from __future__ import annotations

import argparse
import gc
from collections.abc import Callable, Iterator, Sequence
from functools import partial
from multiprocessing import Pool
from pathlib import Path
from typing import NamedTuple

import numpy as np
import torch
from array_files import Arrays, write_arrays
from corpora import Fold, Numbers, is_held, pairs
from heads import read_cut
from scorer_data import Examples, in_part
from scorer_network import Network, load
from sources import Source, aligned_pairs, respun
from train_scorer import Phrases, posteriors

from spinfix.candidates import core_of
from spinfix.context import FEW, SOME
from spinfix.decoder import Change, agreed, best_path
from spinfix.learn.variants import low_rate, reverted
from spinfix.passage_text import Passage, Segment, passage
from spinfix.pieces import Pieces
from spinfix.text import tokenize

#: Articles scored together.
_CHUNK = 32


class Scored(NamedTuple):
    """Of each arc of an article what the context scorer says, and how likely it is."""

    scores: np.ndarray
    posterior: np.ndarray


class Reader:
    """Turns the arrays of articles into passages; a worker process has one."""

    def __init__(
        self,
        data: Examples,
        nets: Sequence[Network],
        pairs: Sequence[Sequence[str]],
        pieces: Pieces,
        sources: dict[int, Source],
        takes: Callable[[int], bool],
    ) -> None:
        """``pairs`` are the two sides of each phrase pair; ``takes`` tells by its number whether
        an article is read: others stay empty."""
        self.takes = takes
        self.data, self.nets, self.pieces = data, nets, pieces
        self.originals = [original.lower().split(" ") for _, original in pairs]
        self.cores = [core_of(*pair) for pair in pairs]
        self.sources = sources

    def read(self, k: int, begin: int) -> Arrays:
        """The arrays of some articles of fold ``k``."""
        fold = self.data.folds[k]
        numbers = range(begin, min(begin + _CHUNK, len(fold["texts"])))
        wanted = [a for a in numbers if self.takes(int(fold["texts"][a]))]
        found = dict(zip(wanted, self._scored(k, wanted), strict=True)) if wanted else {}
        parts, scores = [], []
        for a in numbers:
            if a in found:
                parts.append(self._passage(fold, a, found[a].posterior))
                scores.append(found[a].scores)
            else:
                parts.append(_empty(int(fold["ends"][a] - fold["articles"][a])))
                scores.append(np.zeros(fold["arc_cuts"][a + 1] - fold["arc_cuts"][a]))
        return _arrays(parts, np.concatenate(scores))

    def _scored(self, k: int, numbers: Sequence[int]) -> Iterator[Scored]:
        """What the context scorer says of articles of fold ``k``."""
        fold = self.data.folds[k]
        items = [(k, a) for a in numbers]
        batch = self.data.batch(items)
        sizes = [int(fold["arc_cuts"][a + 1] - fold["arc_cuts"][a]) for a in numbers]
        part = [self._part(int(fold["texts"][a])) for a in numbers]
        which = torch.from_numpy(np.repeat(part, sizes))
        scores = torch.zeros(len(which))
        weights = torch.zeros(len(which), dtype=torch.float64)
        with torch.no_grad():
            for n in set(part):
                net = self.nets[n]
                said = net(batch, len(items))
                scores = torch.where(which == n, said, scores)
                decoder = net.temperature * batch["log_weight"].double()
                weights = torch.where(which == n, decoder + said.double(), weights)
        found = posteriors(batch, weights) if len(weights) else np.zeros(0)
        cuts = np.cumsum(sizes)[:-1]
        each = np.split(scores.numpy(), cuts), np.split(found, cuts)
        return map(Scored, *each)

    def _part(self, number: int) -> int:
        """The scorer that was not trained on the article with this number."""
        count = len(self.nets)
        return next(n for n in range(count) if in_part(number, Fold(n, count)))

    def _passage(self, fold: Arrays, a: int, posterior: np.ndarray) -> Passage:
        number = int(fold["texts"][a])
        low, high = int(fold["articles"][a]), int(fold["ends"][a])
        kind = int(fold["flags"][low]) if high > low else 0
        sides, lines = self.sources[number]
        text = sides[0]
        if kind & (FEW | SOME):
            keeps = low_rate(0.1 if kind & FEW else 0.33, str(number))
            text, _ = reverted(*sides, lines(), keeps)
        tokens = tokenize(text)
        if len(tokens) != high - low:
            raise ValueError(f"article {number} has other tokens than its examples")
        segments = self._segments(fold, a, posterior, tokens.lower)
        return passage(segments, tokens, self.pieces)

    def _change(self, start: int, end: int, row: int) -> Change:
        """What an arc changes, given its phrase pair (-1: it leaves its token alone)."""
        if row < 0:
            return start, end, None
        before, after, core = self.cores[row]
        return start + before, end - after, core

    def _segments(
        self, fold: Arrays, a: int, posterior: np.ndarray, words: Sequence[str]
    ) -> Iterator[Segment]:
        """The readings that are chosen where there is something to choose."""
        low = int(fold["articles"][a])
        windows = slice(fold["window_cuts"][a], fold["window_cuts"][a + 1])
        place = int(fold["arc_cuts"][a])
        done = 0
        for size in fold["windows"][windows].tolist():
            arcs = slice(place, place + size)
            starts = (fold["starts"][arcs] - low).tolist()
            ends = (fold["starts"][arcs] - low + fold["lengths"][arcs]).tolist()
            rows = fold["candidates"][arcs].tolist()
            part = posterior[done : done + size].tolist()
            found = [
                Segment(i, j, self.originals[row] if row >= 0 else words[i:j], p, row >= 0)
                for i, j, row, p in zip(starts, ends, rows, part, strict=True)
            ]
            changes = [self._change(*its) for its in zip(starts, ends, rows, strict=True)]
            chances, gains = agreed(found, changes, part)
            for number in best_path(found, gains, starts[0], ends[-1]):
                yield found[number]._replace(posterior=chances[number])
            place, done = place + size, done + size


def _empty(size: int) -> Passage:
    """An article of ``size`` tokens that is not read."""
    none, nowhere = np.zeros(0, np.int64), np.zeros(size, np.int64)
    return Passage(none, none, none, nowhere, nowhere, [0], np.zeros(0))


def _arrays(parts: list[Passage], scores: np.ndarray) -> Arrays:
    return {
        "scores": scores.astype(np.float16),
        "pieces": np.concatenate([p.pieces for p in parts]).astype(np.uint16),
        "states": np.concatenate([p.states for p in parts]).astype(np.uint8),
        "token": np.concatenate([p.token for p in parts]).astype(np.int32),
        "first": np.concatenate([p.first for p in parts]).astype(np.int32),
        "last": np.concatenate([p.last for p in parts]).astype(np.int32),
        "sizes": np.array([len(p.pieces) for p in parts]),
        "cuts": np.concatenate([np.array(p.cuts[:-1], np.int32) for p in parts]),
        "counts": np.array([len(p.cuts) - 1 for p in parts]),
    }


_reader: Reader


def work(k: int, begin: int) -> Arrays:
    """Some articles in a worker process."""
    return _reader.read(k, begin)


def joined(parts: list[Arrays]) -> Arrays:
    """The arrays of a fold."""
    arrays = {name: np.concatenate([part[name] for part in parts]) for name in parts[0]}
    sizes = arrays.pop("sizes")
    return {**arrays, "begins": np.append(0, np.cumsum(sizes))}


def main() -> None:
    parser = argparse.ArgumentParser(description="Make what the passage scorer learns from.")
    parser.add_argument("corpora", type=Path)
    parser.add_argument("out", type=Path)
    parser.add_argument("examples", type=Path, nargs="+")
    parser.add_argument("--scorers", type=Path, nargs="+", required=True)
    parser.add_argument("--encoder", type=Path, required=True)
    parser.add_argument("--held", action="store_true", help="read the held-out articles only")
    some = parser.add_mutually_exclusive_group()
    some.add_argument("--numbers", type=Numbers.parse, help="and, or only, articles A-B,C-D")
    some.add_argument("--part", type=Fold.parse, help="and, or only, part K/N of the articles")
    parser.add_argument("--respun", type=Path, help="articles of tools/build_respun.py")
    parser.add_argument("--heads", action="store_true", help="as the examples were made")
    parser.add_argument("--jobs", type=int, default=2)
    args = parser.parse_args()
    if args.part and len(args.scorers) > 1:
        parser.error("--part is read by one scorer")
    args.out.mkdir(parents=True, exist_ok=True)
    gc.disable()  # millions of small lists and no cycles among them
    torch.set_num_threads(1)
    phrases = Phrases(args.examples[0])
    nets = [load(path, phrases.words, phrases.pairs, phrases.sides) for path in args.scorers]
    rows = [(row["spun"], row["original"]) for row in pairs(args.corpora, "train")]
    articles = read_cut(rows, args.heads, args.jobs)
    sources = aligned_pairs(rows, articles)
    if args.respun:
        sources |= respun(args.respun)
    sides = [pair.split("\t") for pair in phrases.pairs]
    pieces = Pieces((args.encoder / "vocab.txt").read_text("utf-8").split("\n"))
    global _reader

    def takes(number: int) -> bool:
        if args.held and is_held(number):
            return True
        if args.part:
            return in_part(number, args.part)
        return number in args.numbers if args.numbers else not args.held

    for folder in args.examples:
        data = Examples([folder])
        _reader = Reader(data, nets, sides, pieces, sources, takes)
        for k, fold in enumerate(data.folds):
            with Pool(args.jobs) as pool:
                jobs = range(0, len(fold["texts"]), _CHUNK)
                parts = pool.map(partial(work, k), jobs, chunksize=4)
            write_arrays(args.out / f"{folder.name}-{k}.npz", joined(parts))
            print(f"{folder.name} {k}: {len(fold['texts']):,} articles", flush=True)


if __name__ == "__main__":
    main()
