"""What the networks are made of, to the last bit the same on every machine.

Dense layers work in whole numbers: eight bits a weight, seven an input.  Each row of
inputs is rounded to 128 steps between its least and its greatest value, each output's
weights are whole numbers with a scale (Jacob et al. 2018).  The products are then added up
exactly, whatever the processor and its order of adding.  Sums of other numbers are taken in
64 bits and rounded to 32; powers of e are worked out here, since libraries differ in the
last bit.  With AVX2 or AVX-512 ``_dense.c``, ``_convolution.c`` and ``_encoder.c`` do it in a
fraction of the time, otherwise numpy.
"""

from __future__ import annotations

import math
from typing import Any

import numpy as np
from numpy.typing import NDArray

from .arrays import Integers, Singles
from .compiled import part

#: The greatest input as a whole number, and the least step.
_TOP, _LEAST = np.float32(127), np.float32(1e-12)
#: Inputs whose products 32-bit floats add up exactly: 127 * 127 * 1,040 < 2 ** 24.
_EXACT = 1040
#: What the compiled product takes inputs and outputs in multiples of; the norm, rows.
_INPUTS, _OUTPUTS, _NORMED = 4, 16, 8
_EPSILON = 1e-12
#: The numbers of gelu.
_PLAIN = np.float32(-2.0 * math.sqrt(2.0 / math.pi))
_CUBED = np.float32(0.044715) * _PLAIN
#: Of exp: where it ends, log2(e), ln(2) in two parts, and a polynomial (Moshier's Cephes).
_HIGHEST, _LOWEST, _LOG2E = np.float32(88.0), np.float32(-87.0), np.float32(1.44269504)
_LN2, _LN2_REST = np.float32(0.693359375), np.float32(-2.12194440e-4)
_SERIES = np.array(
    [1.9875691500e-4, 1.3981999507e-3, 8.3334519073e-3, 4.1665795894e-2, 1.6666665459e-1, 0.5],
    np.float32,
)
#: Rows that numpy works on at a time: they stay in the cache.
_BLOCK = 16


class Dense:
    """A dense layer: rows of inputs times weights, plus a bias."""

    def __init__(self, weights: NDArray[np.int8], scale: Singles, bias: Singles) -> None:
        """``weights`` are outputs by inputs (-127 to 127); the others, of each output."""
        outputs, inputs = weights.shape
        if inputs > 2 * _EXACT:
            raise ValueError(f"a layer of {inputs} inputs cannot be added up exactly")
        self._scale, self._bias = np.ascontiguousarray(scale), np.ascontiguousarray(bias)
        #: What inputs of 1 come to.
        self._offset: Singles = weights.sum(axis=1, dtype=np.int32).astype(np.float32) * scale
        fits = inputs % _INPUTS == outputs % _OUTPUTS == 0
        self._compiled = vectors() if fits else None
        #: The layer as the compiled products want it; None for numpy.
        self.packed: tuple[bytes, Singles, Singles, Singles] | None = None
        if self._compiled:
            packed = self._compiled.pack(np.ascontiguousarray(weights), outputs, inputs)
            self.packed = packed, self._scale, self._offset, self._bias
        else:
            self._columns = np.ascontiguousarray(weights.T.astype(np.float32))

    @classmethod
    def rounded(cls, weights: Singles, bias: Singles) -> Dense:
        """A layer whose ``weights`` (outputs by inputs) are rounded to eight bits."""
        scale: Singles = np.abs(weights).max(axis=1) / _TOP
        whole = np.rint(weights / scale[:, None]).astype(np.int8)
        return cls(whole, scale, bias)

    def __call__(self, x: Singles, twice: bool = False) -> Singles:
        """The outputs for each row of ``x``.

        With ``twice`` what was rounded off is rounded in its turn, and counts, too: for rows
        some inputs of which are far greater than all others.
        """
        if not self._compiled or not self.packed:
            return self._product(x, twice)
        y: Singles = np.empty((len(x), len(self._scale)), np.float32)
        x = np.ascontiguousarray(x)
        self._compiled.apply(x, *self.packed, y, self._compiled.level, twice)
        return y

    def _product(self, x: Singles, twice: bool) -> Singles:
        least = x.min(axis=1, keepdims=True)
        step = np.maximum((x.max(axis=1, keepdims=True) - least) / _TOP, _LEAST)
        whole = np.rint((x - least) / step)
        more: Singles | None = None
        if twice:
            more = self._product(x - (whole * step + least), False) - self._bias
        half = _EXACT if x.shape[1] > _EXACT else x.shape[1]
        y: Singles = whole[:, :half] @ self._columns[:half]
        if half < x.shape[1]:
            y += whole[:, half:] @ self._columns[half:]
        y *= self._scale
        y *= step
        y += least * self._offset
        y += self._bias
        if more is not None:
            y += more
        return y


class Convolution:
    """A dilated convolution: to each row of ``x`` is added what a layer makes of it and of the
    rows around it, where that is positive.

    The rows are ``step`` apart, the row itself in the middle; beyond the ends is nothing.
    """

    def __init__(self, matrices: Singles, bias: Singles, step: int) -> None:
        """``matrices`` are those of the rows (inputs by outputs, as many of either)."""
        self._taps, self._step = len(matrices), step
        self._layer = Dense.rounded(np.concatenate(matrices).T, bias)

    def __call__(self, x: Singles) -> Singles:
        """The rows convolved; ``x`` is used up."""
        compiled = vectors("_convolution")
        if compiled and self._layer.packed and x.flags.c_contiguous:
            compiled.convolve(x, *self._layer.packed, self._taps, self._step, compiled.level)
            return x
        change = self._layer(_around(x, self._taps, self._step))
        x += np.maximum(change, 0.0, out=change)
        return x


def _around(x: Singles, taps: int, step: int) -> Singles:
    """For each row of ``x`` the ``taps`` rows around it, ``step`` apart, side by side."""
    size, width = x.shape
    around = np.zeros((size, taps, width), x.dtype)
    for tap in range(taps):
        shift = (tap - taps // 2) * step
        if abs(shift) < size:
            low, high = max(0, -shift), size - max(0, shift)
            around[low:high, tap] = x[low + shift : high + shift]
    return around.reshape(size, taps * width)


def vectors(name: str = "_dense") -> Any:
    """A compiled form of what is here, or None: where there is none, or no AVX2."""
    compiled = part(name)
    return compiled if compiled and compiled.level else None


def exp(x: Singles) -> Singles:
    """e to the power of x (no less than -87, no more than 88)."""
    x = np.maximum(np.minimum(x, _HIGHEST), _LOWEST)
    n = np.rint(x * _LOG2E)
    x -= n * _LN2
    x -= n * _LN2_REST
    y = np.full_like(x, _SERIES[0])
    for factor in _SERIES[1:]:
        y *= x
        y += factor
    y *= x
    y *= x
    y += x
    y += np.float32(1.0)
    power = ((n.astype(np.int32) + 127) << 23).view(np.float32)
    result: Singles = y * power
    return result


def gelu(x: Singles) -> Singles:
    """Gaussian error linear unit by its tanh form (Hendrycks and Gimpel 2016), in place.

    (1 + tanh(a)) / 2 = 1 / (1 + exp(-2a)).
    """
    compiled = vectors("_encoder")
    if compiled and x.flags.c_contiguous:
        compiled.gelu(x, _CUBED, _PLAIN, compiled.level)
        return x
    for start in range(0, len(x), _BLOCK):
        some = x[start : start + _BLOCK]
        y = some * some
        y *= _CUBED
        y += _PLAIN
        y *= some
        some /= exp(y) + np.float32(1.0)
    return x


def attended(qkv: Singles, heads: int, rows: Integers | None = None) -> Singles:
    """Attention: for each row, or for some ``rows`` only, a mean of the values of all.

    ``qkv`` are queries, keys and values, each of ``heads`` heads one after the other.  For
    each head the values are weighted by softmax(query x key).
    """
    size = qkv.shape[1] // (3 * heads)
    wanted = len(qkv) if rows is None else len(rows)
    compiled = vectors("_encoder")
    if compiled and size == compiled.head:
        seen: Singles = np.empty((wanted, heads * size), np.float32)
        compiled.attend(qkv, rows, seen, heads, compiled.level)
        return seen
    q, k, v = qkv.reshape(-1, 3, heads, size).transpose(1, 2, 0, 3).astype(np.float64)
    if rows is not None:
        q = q[:, rows]
    odds = (q @ k.transpose(0, 2, 1)).astype(np.float32)
    odds -= odds.max(axis=-1, keepdims=True)
    weights = exp(odds).astype(np.float64)
    mean = weights @ v / weights.sum(axis=-1, keepdims=True)
    seen = mean.astype(np.float32).transpose(1, 0, 2).reshape(wanted, heads * size)
    return seen


def normed(x: Singles, more: Singles, scale: Singles, bias: Singles) -> Singles:
    """Layer normalisation (Ba et al. 2016) of the rows of ``x + more``; ``x`` is used up."""
    compiled = vectors("_encoder")
    if compiled and x.flags.c_contiguous and more.flags.c_contiguous and not x.shape[1] % _NORMED:
        compiled.norm(x, more, scale, bias, _EPSILON, compiled.level)
        return x
    x += more
    exact = x.astype(np.float64)
    exact -= exact.mean(axis=1, keepdims=True)
    variance = np.einsum("ij,ij->i", exact, exact) / x.shape[1]
    exact *= (1.0 / np.sqrt(variance + _EPSILON))[:, None]
    result: Singles = exact.astype(np.float32)
    result *= scale
    result += bias
    return result
