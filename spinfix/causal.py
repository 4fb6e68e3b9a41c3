"""A causal language model of the Llama kind on numpy (Touvron et al. 2023).

It tells how likely each piece of a text is after all that stand before it.  A text is read
once; what else might stand somewhere in it, a branch, is read against what was kept of the
pieces before that place.  As in spinfix.dense weights are rounded to eight bits, sums taken in 64
bits and rounded to 32, so that it is the same on every machine; and ``_causal.c`` does most of the
rest in a fraction of the time.
"""

from __future__ import annotations

import math
from collections.abc import Callable, Iterator, Sequence
from functools import partial
from typing import NamedTuple

import numpy as np

from .arrays import Floats, Integers, Singles
from .dense import Dense, exp, vectors
from .llama_file import LlamaFile, Sizes

#: Rows that are worked on at a time: they stay in the cache.
_BLOCK = 128
#: Log odds of what is not to be seen.
_NEVER = -1e9


class Branch(NamedTuple):
    """``pieces`` in place of those of the text from ``start`` (1 or more) to ``end``."""

    start: int
    end: int
    pieces: Sequence[int]


class _Rows(NamedTuple):
    """What is read at once: the text, then the branches, each filled up to the longest one.

    The last piece of a branch is not among them: it only has to be foretold.
    ``pieces`` and their ``places``; ``size`` of these rows are the text; ``before`` tells of
    each branch how many pieces of the text it sees.
    """

    pieces: Integers
    places: Integers
    size: int
    before: Integers
    longest: int

    @classmethod
    def of(cls, text: Sequence[int], branches: Sequence[Branch]) -> _Rows:
        longest = max(1, *(len(branch.pieces) - 1 for branch in branches))
        grid = np.zeros((len(branches), longest), np.int64)
        for row, (_, _, pieces) in zip(grid, branches, strict=True):
            row[: len(pieces) - 1] = pieces[:-1]
        before = np.array([branch.start for branch in branches], np.int64)
        places = before[:, None] + np.arange(longest)
        return cls(
            np.concatenate((np.asarray(text, np.int64), grid.ravel())),
            np.concatenate((np.arange(len(text)), places.ravel())),
            len(text),
            before,
            longest,
        )


class Causal:
    """The language model."""

    def __init__(self, file: LlamaFile) -> None:
        """Take the weights out of a file."""
        sizes = self._sizes = file.sizes
        pieces = file.array("token_embd.weight")
        self._pieces = pieces.astype(np.float16)  # half as much memory
        self._layers = [_Layer(file, n, sizes) for n in range(sizes.layers)]
        self._norm = file.array("output_norm.weight")
        self._head = _layer(pieces)

    def gains(self, text: Sequence[int], branches: Sequence[Branch]) -> list[float]:
        """By how much likelier the text becomes up to their end by the branches (nats).

        There is one branch at least; they are sorted by their start.
        """
        rows = _Rows.of(text, branches)
        x = self._pieces[rows.pieces].astype(np.float32)
        turns = _turns(rows.places, self._sizes)
        for layer in self._layers:
            x = layer(x, rows, turns)
        # The row that tells of a piece is that of the piece before.
        asked = np.unique([n for branch in branches for n in range(branch.start, branch.end)])
        tells, pieces = [asked - 1], [np.asarray(text)[asked]]
        for number, (start, _, its) in enumerate(branches):
            begin = rows.size + number * rows.longest
            tells.append(np.array([start - 1, *range(begin, begin + len(its) - 1)]))
            pieces.append(np.array(its))
        said = self._log_p(x[np.concatenate(tells)], np.concatenate(pieces))
        of_text, *new = np.split(said, np.cumsum([len(its) for its in pieces])[:-1])
        old = np.zeros(rows.size + 1)
        old[asked + 1] = of_text
        old = old.cumsum()
        return [
            float(its.sum() - (old[branch.end] - old[branch.start]))
            for branch, its in zip(branches, new, strict=True)
        ]

    def _log_p(self, x: Singles, pieces: Integers) -> Floats:
        """Log P (nats) of a piece after each row."""
        x = _normed(x, self._norm, self._sizes.epsilon)
        found = np.empty(len(x))
        for start in range(0, len(x), _BLOCK):
            odds = self._head(x[start : start + _BLOCK])
            odds -= odds.max(axis=1, keepdims=True)
            its = odds[np.arange(len(odds)), pieces[start : start + _BLOCK]]
            total = np.exp(odds, out=odds).sum(axis=1, dtype=np.float64)
            found[start : start + _BLOCK] = its - np.log(total)
        return found


class _Layer:
    """Attention to what stands before, then a gated network, each added to its input."""

    def __init__(self, file: LlamaFile, number: int, sizes: Sizes) -> None:
        def named(*names: str) -> Singles:
            return file.array(*(f"blk.{number}.{name}.weight" for name in names))

        self._sizes = sizes
        self._norms = named("attn_norm"), named("ffn_norm")
        self._qkv = _layer(named("attn_q", "attn_k", "attn_v"))
        self._out = _layer(named("attn_output"))
        self._up = _layer(named("ffn_gate", "ffn_up"))
        self._down = _layer(named("ffn_down"))

    def __call__(self, x: Singles, rows: _Rows, turns: tuple[Singles, Singles]) -> Singles:
        epsilon = self._sizes.epsilon
        qkv = self._qkv(_normed(x, self._norms[0], epsilon))
        x = x + self._out(_attended(qkv, rows, turns, self._sizes))
        for start in range(0, len(x), _BLOCK):
            some = x[start : start + _BLOCK]
            some += self._down(_gated(self._up(_normed(some, self._norms[1], epsilon))))
        return x


def _layer(weights: Singles) -> Callable[[Singles], Singles]:
    """A layer without a bias.

    Some inputs are so much greater than all others of their row that rounding them once would
    spoil much of what the model says.
    """
    return partial(Dense.rounded(weights, np.zeros(len(weights), np.float32)), twice=True)


def _normed(x: Singles, scale: Singles, epsilon: float) -> Singles:
    """Root mean square normalisation (Zhang and Sennrich 2019)."""
    compiled = vectors("_causal")
    if compiled and not x.shape[1] % compiled.lanes and x.flags.c_contiguous:
        y = np.empty_like(x)
        compiled.norm(x, scale, y, epsilon, compiled.level)
        return y
    power = np.square(x, dtype=np.float64).mean(axis=1, keepdims=True)
    result: Singles = x / np.sqrt(power + epsilon).astype(np.float32) * scale
    return result


def _gated(x: Singles) -> Singles:
    """Of rows of gates and numbers, as many of either, what the gates let through: SwiGLU
    (Shazeer 2020)."""
    compiled, (rows, width) = vectors("_causal"), x.shape
    if compiled and not width % (2 * compiled.vector):
        y = np.empty((rows, width // 2), np.float32)
        compiled.gate(x, y, rows, compiled.level)
        return y
    gate, up = np.split(x, 2, 1)
    result: Singles = up * (gate / (exp(-gate) + np.float32(1.0)))
    return result


def _turns(places: Integers, sizes: Sizes) -> tuple[Singles, Singles]:
    """Cosines and sines of the angles that tell places (Su et al. 2021): row, 1, half a head."""
    half = sizes.width // sizes.heads // 2
    angles = places[:, None, None] * sizes.base ** (-np.arange(half) / half)
    return np.cos(angles).astype(np.float32), np.sin(angles).astype(np.float32)


def _turned(x: Singles, turns: tuple[Singles, Singles]) -> Singles:
    """Heads (row, head, size) with each two neighbouring numbers turned by an angle."""
    cos, sin = turns
    even, odd = x[..., ::2], x[..., 1::2]
    result = np.empty_like(x)
    result[..., ::2] = even * cos - odd * sin
    result[..., 1::2] = even * sin + odd * cos
    return result


def _attended(qkv: Singles, rows: _Rows, turns: tuple[Singles, Singles], sizes: Sizes) -> Singles:
    """For each row the mean of the values of what it sees, weighted by softmax(query x key)."""
    count, heads, shared = len(qkv), sizes.heads, sizes.shared
    size = sizes.width // heads
    scale = 1.0 / math.sqrt(size)
    compiled = vectors("_causal")
    if compiled and size == compiled.head:
        answer = np.empty((count, heads * size), np.float32)
        compiled.attend(
            qkv,
            *turns,
            rows.before,
            answer,
            rows.size,
            rows.longest,
            heads,
            shared,
            scale,
            compiled.level,
        )
        return answer
    q, k, v = np.split(qkv, (heads * size, (heads + shared) * size), axis=1)
    q = _turned(q.reshape(count, heads, size), turns) * np.float32(scale)
    k, v = _turned(k.reshape(count, shared, size), turns), v.reshape(count, shared, size)
    seen = np.empty_like(q)
    for number, its in enumerate(np.split(np.arange(heads), shared)):
        keys, values, asking = _exact(k[:, number]), _exact(v[:, number]), _exact(q[:, its])
        text, branches = np.split(asking, [rows.size])
        found = [
            *_seen_by_text(text, keys[: rows.size], values[: rows.size]),
            *_seen_by_branches(branches, keys, values, rows),
        ]
        seen[:, its] = np.concatenate(found).reshape(asking.shape)
    return seen.reshape(count, heads * size)


def _exact(x: Singles) -> Floats:
    return np.ascontiguousarray(x, np.float64)


def _seen_by_text(q: Floats, keys: Floats, values: Floats) -> Iterator[Floats]:
    """What each row of ``q`` (row, head, size) sees of those up to itself."""
    heads, size = q.shape[1:]
    for start in range(0, len(q), _BLOCK):
        its = q[start : start + _BLOCK]
        end = start + len(its)
        odds = its.reshape(-1, size) @ keys[:end].T
        odds[:, start:] += _later(len(its), heads)
        yield _mean((odds, values[:end]))


def _seen_by_branches(q: Floats, keys: Floats, values: Floats, rows: _Rows) -> Iterator[Floats]:
    """What each row of branches sees of the text before them, and of them up to itself."""
    heads, size = q.shape[1:]
    longest, text = rows.longest, rows.size
    step = max(1, _BLOCK // longest)
    for first in range(0, len(rows.before), step):
        before = rows.before[first : first + step]
        count, end = len(before), before[-1]
        low, high = first * longest, (first + count) * longest
        its = q[low:high].reshape(-1, size)
        odds = its @ keys[:end].T
        beyond = np.where(np.arange(end) < before[:, None], 0.0, _NEVER)
        odds += np.repeat(beyond, longest * heads, axis=0)
        own = its.reshape(count, -1, size) @ keys[text + low : text + high].reshape(
            count, longest, size
        ).swapaxes(1, 2)
        own += _later(longest, heads)
        mine = values[text + low : text + high].reshape(count, longest, size)
        yield _mean((odds, values[:end]), (own, mine))


def _later(count: int, heads: int) -> Floats:
    """What hides from each of so many rows those after it; a row for each head."""
    return np.repeat(np.triu(np.full((count, count), _NEVER), 1), heads, axis=0)


def _mean(*parts: tuple[Floats, Floats]) -> Floats:
    """The mean of values, weighted by the exponentials of their log odds.

    Of the parts the second one is by branch.
    """
    rows = len(parts[0][0])
    rounded = [(odds.astype(np.float32), values) for odds, values in parts]
    highest = np.maximum.reduce([odds.max(axis=-1).reshape(rows) for odds, _ in rounded])
    total, above = np.zeros((rows, 1)), np.zeros((rows, 1))
    for odds, values in rounded:
        weights = exp(odds - highest.reshape(*odds.shape[:-1], 1)).astype(np.float64)
        total = total + weights.sum(axis=-1).reshape(rows, 1)
        above = above + (weights @ values).reshape(rows, -1)
    result: Floats = above / total
    return result
