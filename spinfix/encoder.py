"""A small transformer encoder on numpy (Vaswani et al. 2017; Devlin et al. 2019).

It reads chunks of pieces (spinfix.passage_text); for each piece it gives a vector of what
stands there and around.  Weights are 8-bit whole numbers with a scale for each
output (spinfix.dense).
"""

from __future__ import annotations

import math
from collections.abc import Sequence
from itertools import pairwise

import numpy as np

from .arrays import Integers, Singles
from .dense import Dense, attended, gelu, normed
from .weights import Arrays, Vectors, floats

#: The dense layers of a layer.
_NAMES = ("qkv", "out", "up", "down")


class Layer:
    """One layer: attention, then two dense layers, each added to its input and scaled."""

    def __init__(self, data: Arrays, number: int, heads: int) -> None:
        """Take the weights of layer ``number`` out of ``data``."""
        scale = {n: floats(data, f"layer{number}_{n}_scale") for n in _NAMES}
        bias = {n: floats(data, f"layer{number}_{n}_bias") for n in _NAMES}
        # The scale of the attention goes into its queries.
        width = len(bias["out"])
        for values in (scale["qkv"], bias["qkv"]):
            values[:width] *= np.float32(1.0 / math.sqrt(width // heads))
        self._qkv, self._out, self._up, self._down = (
            Dense(data[f"layer{number}_{name}"], scale[name], bias[name]) for name in _NAMES
        )
        self._norm = [
            (floats(data, f"layer{number}_norm{n}"), floats(data, f"layer{number}_norm{n}_bias"))
            for n in (1, 2)
        ]
        self._heads = heads

    def __call__(self, x: Singles, rows: Integers | None = None) -> Singles:
        """The output for all pieces of a chunk, or for some ``rows`` only."""
        seen = attended(self._qkv(x), self._heads, rows)
        if rows is not None:
            x = x[rows]
        x = normed(x, self._out(seen), *self._norm[0])
        return normed(x, self._down(gelu(self._up(x))), *self._norm[1])


class Encoder:
    """Vectors of pieces and layers that mix them."""

    def __init__(self, data: Arrays) -> None:
        """Take all weights out of the arrays of a scorer's file."""
        self._word = Vectors(data, "word")
        self._place, self._flag, self._state = (
            floats(data, name) for name in ("place", "flag", "state")
        )
        self._norm = floats(data, "norm"), floats(data, "norm_bias")
        count, heads = int(data["layers"]), int(data["heads"])
        self._layers = [Layer(data, n, heads) for n in range(count)]

    def __call__(
        self,
        pieces: Integers,
        states: Integers,
        flags: Integers,
        cuts: Sequence[int],
        ends: tuple[int, int],
        wanted: Integers,
    ) -> Singles:
        """What is seen at the ``wanted`` pieces (sorted); other rows are 0.

        Chunks begin at ``cuts``, the last of which is the number of pieces; ``ends`` are
        the pieces put before and after each chunk.
        """
        result = np.zeros((len(pieces), self._place.shape[1]), np.float32)
        for start, end in pairwise(cuts):
            low, high = np.searchsorted(wanted, (start, end))
            if low == high:
                continue
            rows = wanted[low:high]
            x = self._word[np.concatenate(([ends[0]], pieces[start:end], [ends[1]]))]
            x += self._place[: len(x)]
            more = (
                self._flag[np.pad(flags[start:end], 1)] + self._state[np.pad(states[start:end], 1)]
            )
            result[rows] = self._seen(normed(x, more, *self._norm), rows - start + 1)
        return result

    def _seen(self, x: Singles, rows: Integers) -> Singles:
        """What is seen at some ``rows`` of a chunk whose pieces are ``x``."""
        for layer in self._layers[:-1]:
            x = layer(x)
        return self._layers[-1](x, rows)
