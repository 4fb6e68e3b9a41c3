"""Passages (tools/build_passages.py) with their examples, as batches for training."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path

import numpy as np
import torch
from corpora import Numbers
from scorer_data import Batch, Examples, Item


class Passages:
    """Examples and passages of the same articles; ``train`` and ``held`` list them."""

    def __init__(
        self, examples: Sequence[Path], passages: Path, numbers: Numbers | None = None
    ) -> None:
        """Read the fold-*.npz of the example folders and the passages made from them.

        Train only on the articles in ``numbers``, and leave out those that were not read.
        """
        self.examples = Examples(examples, numbers=numbers)
        self.folds: list[dict[str, np.ndarray]] = []
        for folder in examples:
            for path in sorted(folder.glob("fold-*.npz")):
                name = path.name.replace("fold", folder.name)
                self.folds.append(_cut(dict(np.load(passages / name))))
        self.train = [item for item in self.examples.train if self._is_read(*item)]
        self.held = self.examples.held

    def _is_read(self, k: int, a: int) -> bool:
        begins = self.folds[k]["begins"]
        return bool(begins[a] < begins[a + 1])

    def batch(self, items: Sequence[Item]) -> Batch:
        """What Examples.batch gives, and the pieces of the articles, one behind the other.

        ``pieces``, ``states`` and ``flags_of_piece`` are of pieces, ``first_piece`` and
        ``last_piece`` of arcs, ``cuts`` are where the chunks of pieces begin, and the
        end; ``said`` is what the context scorer says of each arc.
        """
        batch = self.examples.batch(items)
        parts: dict[str, list[np.ndarray]] = {name: [] for name in _NAMES}
        place = 0
        for k, a in items:
            place += self._add(parts, k, a, place)
        parts["cuts"].append(np.array([place]))
        return batch | {name: torch.from_numpy(np.concatenate(p)) for name, p in parts.items()}

    def _add(self, parts: dict[str, list[np.ndarray]], k: int, a: int, place: int) -> int:
        fold, example = self.folds[k], self.examples.folds[k]
        low, high = fold["begins"][a], fold["begins"][a + 1]
        tokens = slice(example["articles"][a], example["ends"][a])
        arcs = slice(example["arc_cuts"][a], example["arc_cuts"][a + 1])
        starts = example["starts"][arcs].astype(np.int64)
        ends = starts + example["lengths"][arcs] - 1
        token = tokens.start + fold["token"][low:high].astype(np.int64)
        parts["pieces"].append(fold["pieces"][low:high].astype(np.int64))
        parts["states"].append(fold["states"][low:high].astype(np.int64))
        parts["flags_of_piece"].append(example["flags"][token].astype(np.int64))
        parts["first_piece"].append(fold["first"][starts].astype(np.int64) + place)
        parts["last_piece"].append(fold["last"][ends].astype(np.int64) + place)
        parts["said"].append(fold["scores"][arcs].astype(np.float32))
        cuts = slice(fold["chunk_cuts"][a], fold["chunk_cuts"][a + 1])
        parts["cuts"].append(fold["cuts"][cuts].astype(np.int64) + place)
        return int(high - low)


# fmt: off
_NAMES = ("pieces", "states", "flags_of_piece", "first_piece", "last_piece", "said", "cuts")
# fmt: on


def _cut(fold: dict[str, np.ndarray]) -> dict[str, np.ndarray]:
    fold["chunk_cuts"] = np.append(0, np.cumsum(fold["counts"]))
    return fold
