"""A language model of the Llama kind as it lies in a GGUF file: sizes, weights, vocabulary."""

from __future__ import annotations

from collections.abc import Sequence
from functools import cached_property
from pathlib import Path
from typing import Any, NamedTuple

import numpy as np

from .arrays import Singles

#: What is understood, as the file names it: the network, and how texts are cut into pieces.
_NETWORK, _PIECES, _CUTS = "llama", "gpt2", "smollm"
#: Words whose pieces are kept.
_MOST_KNOWN = 200_000


class Sizes(NamedTuple):
    """``heads`` share ``shared`` heads of keys and values; ``epsilon`` is that of the norm;
    ``base`` that of the angles by which places are told."""

    width: int
    layers: int
    heads: int
    shared: int
    epsilon: float
    base: float


class LlamaFile:
    """Reads a GGUF file; its arrays lie in it until they are asked for."""

    def __init__(self, path: Path) -> None:
        """Raises OSError when the file cannot be read, ValueError for another kind of model."""
        try:
            self._reader = _reader(path)
        except (IndexError, KeyError, OverflowError, ValueError) as error:
            raise ValueError(f"{path} is no GGUF file that can be read: {error}") from None
        self._tensors = {tensor.name: tensor for tensor in self._reader.tensors}
        kinds = [
            self._said(name)
            for name in ("general.architecture", "tokenizer.ggml.model", "tokenizer.ggml.pre")
        ]
        if kinds != [_NETWORK, _PIECES, _CUTS]:
            raise ValueError(f"{path} is of another kind ({kinds})")

    @cached_property
    def sizes(self) -> Sizes:
        """The sizes of the network."""
        return Sizes(
            self._said("llama.embedding_length"),
            self._said("llama.block_count"),
            self._said("llama.attention.head_count"),
            self._said("llama.attention.head_count_kv"),
            self._said("llama.attention.layer_norm_rms_epsilon"),
            self._said("llama.rope.freq_base"),
        )

    def array(self, *names: str) -> Singles:
        """An array as 32-bit floats; several, one below the other."""
        from gguf import dequantize

        tensors = [self._tensors[name] for name in names]
        found = [dequantize(tensor.data, tensor.tensor_type) for tensor in tensors]
        return np.concatenate(found, dtype=np.float32)

    def vocabulary(self) -> Vocabulary:
        """The vocabulary."""
        return Vocabulary(self._said("tokenizer.ggml.tokens"), self._said("tokenizer.ggml.merges"))

    def _said(self, name: str) -> Any:
        """What the file says of itself."""
        field = self._reader.get_field(name)
        if field is None:
            raise ValueError(f"the model does not tell its {name}")
        return field.contents()


def _reader(path: Path) -> Any:
    """What reads the file."""
    from gguf import GGUFReader  # an extra

    class Reader(GGUFReader):
        """It cuts the file into so many small pieces that a memmap's would take thrice as long."""

        @property
        def data(self) -> Any:
            return self._mapped

        @data.setter
        def data(self, mapped: Any) -> None:
            self._mapped = np.asarray(mapped)

    return Reader(path)


class Vocabulary:
    """Cuts words into pieces of bytes (Sennrich et al. 2016; Radford et al. 2019)."""

    def __init__(self, pieces: Sequence[str], merges: Sequence[str]) -> None:
        """``merges`` are pairs of ``pieces`` to be joined, first ones first, with a space."""
        from tokenizers import Tokenizer, models, pre_tokenizers  # an extra

        numbers = {piece: number for number, piece in enumerate(pieces)}
        pairs = [(first, second) for first, second in map(str.split, merges)]
        self._cut: Any = Tokenizer(models.BPE(numbers, pairs))
        self._cut.pre_tokenizer = pre_tokenizers.Sequence(
            [pre_tokenizers.Digits(True), pre_tokenizers.ByteLevel(False)]
        )
        self._known: dict[str, list[int]] = {}

    def of(self, text: str) -> list[int]:
        """The numbers of the pieces of a word with the space before it; they are kept."""
        found = self._known.get(text)
        if found is None:
            if len(self._known) >= _MOST_KNOWN:
                self._known.clear()
            # A lone surrogate has no UTF-8 form.
            plain = text.encode("utf-8", "replace").decode()
            found = self._known[text] = self._cut.encode(plain).ids
        return found
