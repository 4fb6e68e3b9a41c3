"""The examples of tools/build_examples.py as batches for tools/train_scorer.py."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path

import numpy as np
import torch
from corpora import Fold, Numbers, is_held
from torch import Tensor

#: Empty tokens between articles: no layer sees from one into the next.
GAP = 16
#: The flag of an empty token; those of real ones are less.
EMPTY = 32
#: Articles behind each other that are in one part of a cross-fit: so all rates of
#: tools/build_examples.py --low are in every part.
_RUN = 24

Batch = dict[str, Tensor]
#: A fold and an article of it.
Item = tuple[int, int]


def in_part(number: int, part: Fold) -> bool:
    """Is the article with this number in this part of a cross-fit?"""
    return part.holds(number // _RUN)


class Examples:
    """All articles with their lattices; ``train`` and ``held`` list them."""

    def __init__(
        self, folders: Sequence[Path], without: Fold | None = None, numbers: Numbers | None = None
    ) -> None:
        """Read every fold-*.npz of the folders.

        Train on the articles not in ``without``, and only on those in ``numbers``.
        """
        paths = [path for folder in folders for path in sorted(folder.glob("fold-*.npz"))]
        self.folds = [_with_nodes(dict(np.load(path))) for path in paths]
        self.train: list[Item] = []
        self.held: list[Item] = []
        for k, fold in enumerate(self.folds):
            for a, number in enumerate(fold["texts"].tolist()):
                if is_held(number):
                    self.held.append((k, a))
                elif numbers is not None and number not in numbers:
                    continue
                elif without is None or not in_part(number, without):
                    self.train.append((k, a))

    def batch(self, items: Sequence[Item]) -> Batch:
        """Articles behind each other with gaps between, and their lattices.

        ``words``, ``flags`` and ``article`` are of tokens; ``first``, ``last``,
        ``candidate``, ``log_weight``, ``right``, ``from``, ``to`` and ``offset`` of
        arcs; ``base`` and ``top`` are the first and last nodes of the windows.
        """
        parts: dict[str, list[np.ndarray]] = {name: [] for name in _NAMES}
        gap = {
            "words": np.zeros(GAP, np.int64),
            "flags": np.full(GAP, EMPTY, np.int64),
            "article": np.full(GAP, len(items)),
        }
        for name, empty in gap.items():
            parts[name].append(empty)
        place, node = GAP, 0
        for n, (k, a) in enumerate(items):
            size, nodes = _add(parts, self.folds[k], a, place, node)
            parts["article"].append(np.full(size, n))
            for name, empty in gap.items():
                parts[name].append(empty)
            place += size + GAP
            node += nodes
        batch = {name: torch.from_numpy(np.concatenate(part)) for name, part in parts.items()}
        return {**batch, "nodes": torch.tensor(node)}


# fmt: off
_NAMES = ("words", "flags", "article", "first", "last", "candidate", "log_weight", "right",
          "from", "to", "offset", "base", "top")
# fmt: on


def _add(
    parts: dict[str, list[np.ndarray]], fold: dict[str, np.ndarray], a: int, place: int, node: int
) -> tuple[int, int]:
    """Add an article whose tokens begin at ``place``; the numbers of tokens and nodes."""
    low, high = fold["articles"][a], fold["ends"][a]
    arcs = slice(fold["arc_cuts"][a], fold["arc_cuts"][a + 1])
    windows = slice(fold["window_cuts"][a], fold["window_cuts"][a + 1])
    parts["words"].append(fold["words"][low:high])
    parts["flags"].append(fold["flags"][low:high])
    first = fold["starts"][arcs].astype(np.int64) - low + place
    parts["first"].append(first)
    parts["last"].append(first + fold["lengths"][arcs] - 1)
    parts["candidate"].append(fold["candidates"][arcs].astype(np.int64))
    parts["log_weight"].append(fold["log_weights"][arcs])
    parts["right"].append(fold["right"][arcs])
    parts["offset"].append(fold["offset"][arcs])
    some = windows.start < windows.stop
    begin = fold["base"][windows.start] if some else 0
    for name, which in (("from", arcs), ("to", arcs), ("base", windows), ("top", windows)):
        parts[name].append(fold[name][which] - begin + node)
    return high - low, int(fold["top"][windows.stop - 1] - begin) + 1 if some else 0


def _with_nodes(fold: dict[str, np.ndarray]) -> dict[str, np.ndarray]:
    """Add to the arrays of a fold the nodes of its lattices and where articles end.

    A window has a node for each token boundary.
    """
    total = len(fold["words"])
    fold["ends"] = np.append(fold["articles"][1:], total)
    fold["arc_cuts"] = np.searchsorted(fold["starts"], np.append(fold["articles"], total))
    sizes = fold["windows"].astype(np.int64)
    begins = np.cumsum(sizes) - sizes
    fold["window_cuts"] = np.searchsorted(begins, fold["arc_cuts"])
    low = fold["starts"][begins]
    stop = fold["starts"] + fold["lengths"]
    high = np.maximum.reduceat(stop, begins)
    fold["base"] = np.cumsum(high - low + 1) - (high - low + 1)
    fold["top"] = fold["base"] + high - low
    shift = np.repeat(fold["base"] - low, sizes)
    fold["from"], fold["to"] = fold["starts"] + shift, stop + shift
    fold["offset"] = (fold["starts"] - np.repeat(low, sizes)).astype(np.int64)
    return fold
