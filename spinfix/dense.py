"""Dense layers in whole numbers: eight bits a weight, seven an input.

Each row of inputs is rounded to 128 steps between its least and its greatest value,
each output's weights are whole numbers with a scale (Jacob et al. 2018).  The products are
then added up exactly, whatever the processor and its order of adding: with AVX2
(``_dense.c``) in a fraction of the time, otherwise by numpy, to the same result.
"""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from .compiled import part
from .weights import Floats

#: The greatest input as a whole number, and the least step.
_TOP, _LEAST = np.float32(127), np.float32(1e-12)
#: Inputs whose products 32-bit floats add up exactly: 127 * 127 * 1,040 < 2 ** 24.
_EXACT = 1040
#: What the compiled product takes inputs and outputs in multiples of.
_INPUTS, _OUTPUTS = 4, 16


class Dense:
    """A dense layer: rows of inputs times weights, plus a bias."""

    def __init__(self, weights: NDArray[np.int8], scale: Floats, bias: Floats) -> None:
        """``weights`` are outputs by inputs (-127 to 127); the others, of each output."""
        outputs, inputs = weights.shape
        if inputs > 2 * _EXACT:
            raise ValueError(f"a layer of {inputs} inputs cannot be added up exactly")
        self._scale, self._bias = np.ascontiguousarray(scale), np.ascontiguousarray(bias)
        #: What inputs of 1 come to.
        self._offset: Floats = weights.sum(axis=1, dtype=np.int32).astype(np.float32) * scale
        compiled = part("_dense")
        fits = inputs % _INPUTS == outputs % _OUTPUTS == 0
        self._compiled = compiled if compiled and compiled.available and fits else None
        if self._compiled:
            self._packed = self._compiled.pack(np.ascontiguousarray(weights), outputs, inputs)
        else:
            self._columns = np.ascontiguousarray(weights.T.astype(np.float32))

    @classmethod
    def rounded(cls, weights: Floats, bias: Floats) -> Dense:
        """A layer whose ``weights`` (outputs by inputs) are rounded to eight bits."""
        scale: Floats = np.abs(weights).max(axis=1) / _TOP
        whole = np.rint(weights / scale[:, None]).astype(np.int8)
        return cls(whole, scale, bias)

    def __call__(self, x: Floats) -> Floats:
        """The outputs for each row of ``x``."""
        if not self._compiled:
            return self._product(x)
        y: Floats = np.empty((len(x), len(self._scale)), np.float32)
        x = np.ascontiguousarray(x)
        self._compiled.apply(x, self._packed, self._scale, self._offset, self._bias, y)
        return y

    def _product(self, x: Floats) -> Floats:
        least = x.min(axis=1, keepdims=True)
        step = np.maximum((x.max(axis=1, keepdims=True) - least) / _TOP, _LEAST)
        whole = np.rint((x - least) / step)
        half = _EXACT if x.shape[1] > _EXACT else x.shape[1]
        y: Floats = whole[:, :half] @ self._columns[:half]
        if half < x.shape[1]:
            y += whole[:, half:] @ self._columns[half:]
        y *= self._scale
        y *= step
        y += least * self._offset
        y += self._bias
        return y
