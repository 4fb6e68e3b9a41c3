#!/usr/bin/env python3
"""What each part of the scorers is worth: repair the same articles without it.

    python benchmarks/ablation.py CORPORA BENCH [--limit N] [--sets dev tenth clean]
        [--parts PART ...]

Nothing is trained again; a part is switched off in what is shipped.  CORPORA, BENCH,
``--limit`` and the sets are those of benchmarks/accuracy.py.
"""

from __future__ import annotations

import argparse
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path

import numpy as np
from accuracy import load, measure
from numpy.typing import NDArray

import spinfix.detector
import spinfix.passage_text
import spinfix.scorer
import spinfix.style
from spinfix import Repairer
from spinfix.channel import Arc
from spinfix.context import ContextScorer
from spinfix.draws import FEATURES
from spinfix.passage import PassageScorer
from spinfix.scorer import Trust
from spinfix.shipped import shipped
from spinfix.text import Tokens


class NoContext(ContextScorer):
    """The trust and the draws of the fast scorer, but no scores."""

    def score(self, tokens: Tokens, arcs: Sequence[Arc], rate: float) -> NDArray[np.float64]:
        return np.zeros(len(arcs))


class NoTopic(ContextScorer):
    """Neighbouring words only."""

    def __init__(self, path: Path) -> None:
        super().__init__(path)
        self._topic.scale[:] = 0.0


class OnItsOwn(PassageScorer):
    """The deep scorer's own scores, without those of the fast one."""

    def __init__(self, path: Path) -> None:
        super().__init__(path)
        self._scorer = 0.0


class NoStates(PassageScorer):
    """The deep scorer, not told how sure the first repair is of a word."""

    def __init__(self, path: Path) -> None:
        super().__init__(path)
        self._encoder._state = self._encoder._state * 0


class NoDraws(ContextScorer):
    """The fast scorer, not told what the rest of the article says."""

    @property
    def trust(self) -> Trust:
        return without_draws(super().trust)


class DeepNoDraws(PassageScorer):
    """The same of the deep scorer."""

    @property
    def trust(self) -> Trust:
        return without_draws(super().trust)


def without_draws(trust: Trust) -> Trust:
    """A trust to which draws are nothing."""
    return trust._replace(draws=[0.0] * FEATURES)


@contextmanager
def replaced(module: object, name: str, value: object) -> Iterator[None]:
    """A module with another value for one of its names."""
    before = getattr(module, name)
    setattr(module, name, value)
    try:
        yield
    finally:
        setattr(module, name, before)


def fast(kind: type[ContextScorer]) -> Callable[[], Repairer]:
    """Builds a Repairer with another fast scorer on the shipped weights."""
    return lambda: Repairer(scorer=kind(shipped("context.npz")))


def deep(kind: type[PassageScorer]) -> Callable[[], Repairer]:
    """Builds a Repairer with another deep scorer on the shipped weights."""
    return lambda: Repairer(
        scorer=ContextScorer(shipped("context.npz")), reader=kind(shipped("passage.npz"))
    )


Part = tuple[Callable[[], Repairer], object, str, object]
_NOTHING = (spinfix.scorer, "MAX_SCORE", spinfix.scorer.MAX_SCORE)
PARTS: dict[str, Part] = {
    "deep": (lambda: Repairer(scorer="deep"), *_NOTHING),
    "auto": (lambda: Repairer(scorer="auto"), *_NOTHING),
    "fast": (lambda: Repairer(scorer="fast"), *_NOTHING),
    "none: dictionary and n-grams": (lambda: Repairer(scorer=None), *_NOTHING),
    "deep, without the fast scores": (deep(OnItsOwn), *_NOTHING),
    "deep, not told how sure": (deep(NoStates), *_NOTHING),
    "deep, chunks of 40 pieces": (deep(PassageScorer), spinfix.passage_text, "_CHUNK", 40),
    "deep, no draws": (deep(DeepNoDraws), *_NOTHING),
    "fast, draws only": (fast(NoContext), *_NOTHING),
    "fast, no topic": (fast(NoTopic), *_NOTHING),
    "fast, no draws": (fast(NoDraws), *_NOTHING),
    "fast, no initials": (fast(ContextScorer), spinfix.scorer, "agreement", lambda *_: None),
    "fast, no house style": (fast(ContextScorer), spinfix.style, "_WEIGHT", 0.0),
    "fast, no pruning": (fast(ContextScorer), spinfix.scorer, "_HOPELESS", 0.0),
    "fast, no second look": (
        fast(ContextScorer), spinfix.detector, "looks_spun", lambda *_: False
    ),
    "fast, no look at passages": (
        fast(ContextScorer), spinfix.detector, "spun_passages", lambda *_: None
    ),
}  # fmt: skip


def main() -> None:
    parser = argparse.ArgumentParser(description="What each part of the scorer is worth.")
    parser.add_argument("corpora", type=Path)
    parser.add_argument("bench", type=Path)
    parser.add_argument("--sets", nargs="+", default=["dev", "tenth", "clean"])
    parser.add_argument("--limit", type=int)
    parser.add_argument("--parts", nargs="+", default=list(PARTS), choices=list(PARTS))
    args = parser.parse_args()
    sets = {name: load(name, args.corpora, args.bench, args.limit) for name in args.sets}
    print("| part | set | repair | precision | false edits per 1,000 | words per CPU-second |")
    print("|---|---|---|---|---|---|")
    for part in args.parts:
        build, module, name, value = PARTS[part]
        with replaced(module, name, value):
            repairer = build()
            for kind, rows in sets.items():
                figures = measure(kind, rows, repairer, args.bench)
                cells = [
                    f"{figures[key]:.4f}" if key in figures else ""
                    for key in ("repair", "precision", "edits")
                ]
                rate = f"{figures['words per CPU-second']:,}"
                print(f"| {part} | {kind} | {' | '.join(cells)} | {rate} |", flush=True)


if __name__ == "__main__":
    main()
