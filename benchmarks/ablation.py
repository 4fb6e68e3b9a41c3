#!/usr/bin/env python3
"""What each part of the scorer is worth: repair the same articles without it.

    python benchmarks/ablation.py CORPORA BENCH [--limit N] [--sets dev tenth clean]

Nothing is trained again; a part is switched off in what is shipped.  CORPORA, BENCH,
``--limit`` and the sets are those of benchmarks/accuracy.py.
"""

from __future__ import annotations

import argparse
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path

from accuracy import load, measure

import spinfix.repairer
import spinfix.scorer
import spinfix.style
from spinfix import Repairer
from spinfix.channel import Arc
from spinfix.context import ContextScorer
from spinfix.draws import FEATURES
from spinfix.repairer import shipped
from spinfix.scorer import Trust
from spinfix.text import Tokens


class NoContext(ContextScorer):
    """The trust and the draws of the shipped scorer, but no scores."""

    def score(self, tokens: Tokens, arcs: Sequence[Arc], rate: float) -> list[float]:
        return [0.0] * len(arcs)


class NoDraws(ContextScorer):
    """The scores of the shipped scorer, without what the rest of the article says."""

    @property
    def trust(self) -> Trust:
        return super().trust._replace(draws=[0.0] * FEATURES)


class NoTopic(ContextScorer):
    """Neighbouring words only."""

    def __init__(self, path: Path) -> None:
        super().__init__(path)
        self._topic = self._topic * 0


@contextmanager
def replaced(module: object, name: str, value: object) -> Iterator[None]:
    """A module with another value for one of its names."""
    before = getattr(module, name)
    setattr(module, name, value)
    try:
        yield
    finally:
        setattr(module, name, before)


def scorer_of(kind: type[ContextScorer]) -> Callable[[], Repairer]:
    """Builds a Repairer with another scorer on the shipped weights."""
    return lambda: Repairer(scorer=kind(shipped("context.npz")))


Part = tuple[Callable[[], Repairer], object, str, object]
_NOTHING = (spinfix.scorer, "MAX_SCORE", spinfix.scorer.MAX_SCORE)
PARTS: dict[str, Part] = {
    "everything": (Repairer, *_NOTHING),
    "no scorer: dictionary and n-grams": (lambda: Repairer(scorer=None), *_NOTHING),
    "no context, draws only": (scorer_of(NoContext), *_NOTHING),
    "no topic": (scorer_of(NoTopic), *_NOTHING),
    "no draws": (scorer_of(NoDraws), *_NOTHING),
    "no initials": (Repairer, spinfix.scorer, "agreement", lambda tokens, arcs: None),
    "no house style": (Repairer, spinfix.style, "_WEIGHT", 0.0),
    "no pruning": (Repairer, spinfix.scorer, "_HOPELESS", 0.0),
    "no second look": (Repairer, spinfix.repairer, "looks_spun", lambda *_: False),
}


def main() -> None:
    parser = argparse.ArgumentParser(description="What each part of the scorer is worth.")
    parser.add_argument("corpora", type=Path)
    parser.add_argument("bench", type=Path)
    parser.add_argument("--sets", nargs="+", default=["dev", "tenth", "clean"])
    parser.add_argument("--limit", type=int)
    args = parser.parse_args()
    sets = {name: load(name, args.corpora, args.bench, args.limit) for name in args.sets}
    print("| part | set | repair | precision | false edits per 1,000 | words per CPU-second |")
    print("|---|---|---|---|---|---|")
    for part, (build, module, name, value) in PARTS.items():
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
