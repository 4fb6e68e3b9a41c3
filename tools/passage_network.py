"""The network of spinfix.passage in torch: a small encoder, and scores of candidates."""

from __future__ import annotations

import json
import math
import struct
from collections.abc import Iterator, Sequence
from itertools import pairwise
from pathlib import Path

import numpy as np
import torch
from known_pairs import pair_vectors
from scorer_data import Batch
from torch import Tensor, nn

from spinfix.context import FLAGS
from spinfix.passage_text import STATES
from spinfix.pieces import Pieces
from spinfix.scorer import MAX_SCORE
from spinfix.weights import Arrays, Vectors, floats

#: Chunks encoded together.
_GROUP = 16


def safetensors(path: Path) -> dict[str, Tensor]:
    """The tensors of a .safetensors file (32-bit floats; others are left out)."""
    data = path.read_bytes()
    (size,) = struct.unpack("<Q", data[:8])
    header = json.loads(data[8 : 8 + size])
    tensors = {}
    for name, what in header.items():
        if what.get("dtype") == "F32":
            begin, end = (8 + size + place for place in what["data_offsets"])
            values = np.frombuffer(data[begin:end], np.float32).copy()
            tensors[name] = torch.from_numpy(values).reshape(what["shape"])
    return tensors


class Dropout(nn.Module):
    """Leaves out whole features of a chunk: random numbers for all its pieces take long."""

    def __init__(self, share: float) -> None:
        super().__init__()
        self.share = share

    def forward(self, x: Tensor) -> Tensor:
        """``x`` is chunks x pieces x width."""
        if not self.training or not self.share:
            return x
        kept = torch.empty(len(x), 1, x.shape[2], dtype=x.dtype, device=x.device)
        return x * kept.bernoulli_(1.0 - self.share) / (1.0 - self.share)


class Layer(nn.Module):
    """A layer of the encoder: attention, then two dense layers (Devlin et al. 2019)."""

    def __init__(self, width: int, inner: int, heads: int, dropout: float) -> None:
        super().__init__()
        self.heads = heads
        self.qkv, self.out = nn.Linear(width, 3 * width), nn.Linear(width, width)
        self.up, self.down = nn.Linear(width, inner), nn.Linear(inner, width)
        self.norm1 = nn.LayerNorm(width, eps=1e-12)
        self.norm2 = nn.LayerNorm(width, eps=1e-12)
        self.drop = Dropout(dropout)

    def forward(self, x: Tensor, mask: Tensor) -> Tensor:
        """``x`` is chunks x pieces x width, ``mask`` is added to what is attended."""
        chunks, size, width = x.shape
        qkv = self.qkv(x).view(chunks, size, 3, self.heads, width // self.heads)
        q, k, v = qkv.permute(2, 0, 3, 1, 4)
        # On a CPU and for chunks of this size faster than the fused form.
        seen = torch.softmax(q @ k.transpose(-1, -2) / math.sqrt(q.shape[-1]) + mask, -1) @ v
        seen = seen.transpose(1, 2).reshape(chunks, size, width)
        x = self.norm1(x + self.drop(self.out(seen)))
        return self.norm2(
            x + self.drop(self.down(nn.functional.gelu(self.up(x), approximate="tanh")))
        )


class Encoder(nn.Module):
    """A BERT encoder with two more things known of each piece: its flags and its state."""

    def __init__(self, folder: Path, layers: int, dropout: float) -> None:
        """Begin with the first ``layers`` layers of the encoder in ``folder``."""
        super().__init__()
        config = json.loads((folder / "config.json").read_text("utf-8"))
        given = safetensors(folder / "model.safetensors")
        width, inner = config["hidden_size"], config["intermediate_size"]
        self.word = nn.Embedding.from_pretrained(given["embeddings.word_embeddings.weight"])
        kind = given["embeddings.token_type_embeddings.weight"][0]
        self.place = nn.Embedding.from_pretrained(
            given["embeddings.position_embeddings.weight"] + kind, freeze=False
        )
        self.flag, self.state = nn.Embedding(FLAGS, width), nn.Embedding(STATES, width)
        nn.init.zeros_(self.flag.weight)
        nn.init.zeros_(self.state.weight)
        self.norm = nn.LayerNorm(width, eps=1e-12)
        self.norm.weight.data = given["embeddings.LayerNorm.weight"]
        self.norm.bias.data = given["embeddings.LayerNorm.bias"]
        self.drop = nn.Dropout(dropout)
        heads = config["num_attention_heads"]
        self.layers = nn.ModuleList(Layer(width, inner, heads, dropout) for _ in range(layers))
        for n, layer in enumerate(self.layers):
            _fill(layer, given, f"encoder.layer.{n}.")
        pieces = Pieces((folder / "vocab.txt").read_text("utf-8").split("\n"))
        self.open, self.close = pieces.open, pieces.close

    def go_on(self, written: Arrays) -> None:
        """Begin with the arrays of a written passage scorer."""
        tables = {
            "place": self.place.weight, "flag": self.flag.weight, "state": self.state.weight,
            "norm": self.norm.weight, "norm_bias": self.norm.bias,
        }  # fmt: skip
        for n, layer in enumerate(self.layers):
            tables |= {f"layer{n}_{name}": table for name, table in _tables(layer)}
        with torch.no_grad():
            for name, table in tables.items():
                scaled = f"{name}_scale" in written
                its = Vectors(written, name)[:] if scaled else floats(written, name)
                table.copy_(torch.from_numpy(its))

    def forward(self, pieces: Tensor, states: Tensor, flags: Tensor, cuts: Sequence[int]) -> Tensor:
        """For each piece what the encoder sees there; chunks begin at ``cuts``."""
        chunks = [slice(a, b) for a, b in pairwise(cuts)]
        order = sorted(range(len(chunks)), key=lambda n: chunks[n].stop - chunks[n].start)
        where: list[Tensor] = []
        seen: list[Tensor] = []
        for begin in range(0, len(order), _GROUP):
            group = [chunks[n] for n in order[begin : begin + _GROUP]]
            for chunk, row in zip(group, self._encode(pieces, states, flags, group), strict=True):
                where.append(torch.arange(chunk.start, chunk.stop, device=row.device))
                seen.append(row[1 : 1 + chunk.stop - chunk.start])
        back = torch.argsort(torch.cat(where))
        return torch.cat(seen)[back]

    def _encode(
        self, pieces: Tensor, states: Tensor, flags: Tensor, group: Sequence[slice]
    ) -> Tensor:
        size = max(chunk.stop - chunk.start for chunk in group) + 2
        device = self.word.weight.device
        numbers = torch.full((len(group), size), self.close, device=device)
        state, flag = torch.zeros_like(numbers), torch.zeros_like(numbers)
        mask = torch.zeros(len(group), 1, 1, size, device=device)
        numbers[:, 0] = self.open
        for n, chunk in enumerate(group):
            end = 1 + chunk.stop - chunk.start
            numbers[n, 1:end], state[n, 1:end] = pieces[chunk], states[chunk]
            flag[n, 1:end] = flags[chunk]
            mask[n, :, :, end + 1 :] = -10000.0
        x = self.word(numbers) + self.place(torch.arange(size, device=device)) + self.state(state)
        x = self.drop(self.norm(x + self.flag(flag)))
        for layer in self.layers:
            x = layer(x, mask)
        return x.float()


def _tables(layer: nn.Module) -> Iterator[tuple[str, Tensor]]:
    """The parameters of a layer, as spinfix.encoder names them."""
    for name, table in layer.named_parameters():
        yield name.removesuffix(".weight").replace(".bias", "_bias"), table


def _fill(layer: Layer, given: dict[str, Tensor], prefix: str) -> None:
    """Take over the weights of a layer."""
    attention = prefix + "attention.self."
    for kind in ("weight", "bias"):
        qkv = [given[f"{attention}{part}.{kind}"] for part in ("query", "key", "value")]
        getattr(layer.qkv, kind).data = torch.cat(qkv)
        for mine, its in (
            (layer.out, "attention.output.dense"),
            (layer.norm1, "attention.output.LayerNorm"),
            (layer.up, "intermediate.dense"),
            (layer.down, "output.dense"),
            (layer.norm2, "output.LayerNorm"),
        ):
            getattr(mine, kind).data = given[f"{prefix}{its}.{kind}"]


class Network(nn.Module):
    """Scores every candidate, on top of what the context scorer says of it."""

    def __init__(
        self, encoder: Encoder, pairs: np.ndarray, phrases: Sequence[Sequence[str]], pieces: Pieces,
        width: int, dropout: float, hidden: float, blank: float = 0.0,
    ) -> None:  # fmt: skip
        """``pairs`` holds for each phrase pair the numbers of its two sides.

        ``phrases`` are the two sides' words; ``hidden`` is the share of pairs that are
        treated as unknown in training, ``blank`` that of the pieces of a text.
        """
        super().__init__()
        self.encoder, self.hidden, self.blank = encoder, hidden, blank
        self.unknown = pieces.unknown
        size = encoder.word.weight.shape[1]
        self.first, self.last = nn.Linear(size, width), nn.Linear(size, width)
        self.register_buffer("sides", torch.from_numpy(pairs))
        with torch.no_grad():
            means = [
                _means(encoder.word.weight, side, pieces) for side in zip(*phrases, strict=True)
            ]
        self.register_buffer("means", torch.stack(means, 1), persistent=False)
        # A pair is described by its words, and by what is learned of it and its sides.
        self.spun_words = nn.Linear(size, width + 1, bias=False)
        self.original_words = nn.Linear(size, width + 1)
        self.pair = nn.Embedding(len(pairs), width + 1)
        self.spun = nn.Embedding(int(pairs[:, 0].max()) + 1, width + 1)
        self.original = nn.Embedding(int(pairs[:, 1].max()) + 1, width + 1)
        self.drop = nn.Dropout(dropout)
        # It begins by saying nothing.
        for layer in (self.first, self.last, self.spun_words, self.original_words):
            for parameter in layer.parameters():
                nn.init.zeros_(parameter)

    def take_over(self, state: dict[str, Tensor]) -> None:
        """Begin with what a context scorer of the same width learned of the pairs.

        So the encoder finds a space of spans in which they mean something already.
        The biases are part of what that scorer says, so they begin at 0.
        """
        for name in ("pair", "spun", "original"):
            table = state[f"{name}.weight"].clone()
            table[:, -1] = 0.0
            getattr(self, name).weight.data = table

    def go_on(self, written: Arrays, pairs: Sequence[str]) -> None:
        """Begin with the arrays of a written passage scorer (spinfix.passage), whatever its pairs.

        What its pairs share is part of their vectors there.
        """
        self.encoder.go_on(written)
        with torch.no_grad():
            for name in ("first", "last"):
                getattr(self, name).weight.copy_(torch.from_numpy(floats(written, name).T))
                getattr(self, name).bias.zero_()
            self.first.bias.copy_(torch.from_numpy(floats(written, "span_bias")))
            self.pair.weight.copy_(torch.from_numpy(pair_vectors(written, pairs)))
            for shared in (self.spun, self.original, self.spun_words, self.original_words):
                for parameter in shared.parameters():
                    parameter.zero_()

    def pairs(self, rows: Tensor) -> Tensor:
        """The vectors of phrase pairs, their bias last."""
        sides, means = self.sides[rows], self.means[rows]
        words = self.spun_words(means[:, 0]) + self.original_words(means[:, 1])
        learned = self.pair(rows) + self.spun(sides[:, 0]) + self.original(sides[:, 1])
        if self.training and self.hidden:
            learned = learned * (torch.rand(len(rows), 1, device=rows.device) >= self.hidden)
        return words + learned

    def forward(self, batch: Batch) -> Tensor:
        """The score of every arc, 0 for those that leave their token alone.

        Worked out where the weights are; batch and scores are on the CPU.
        """
        device = self.first.weight.device
        pieces, states, flags = (
            batch[name].to(device) for name in ("pieces", "states", "flags_of_piece")
        )
        if self.training and self.blank:
            masked = torch.rand(len(pieces), device=device) < self.blank
            pieces = pieces.masked_fill(masked, self.unknown)
        x = self.drop(self.encoder(pieces, states, flags, batch["cuts"].tolist()))
        real = batch["candidate"] >= 0
        candidate, begin, end = (
            batch[name][real].to(device) for name in ("candidate", "first_piece", "last_piece")
        )
        seen = self.first(x)[begin] + self.last(x)[end]
        rows, row = torch.unique(candidate, return_inverse=True)
        vectors = self.pairs(rows)[row]
        scores = ((vectors[:, :-1] * seen).sum(1) + vectors[:, -1]).float().cpu()
        every = torch.zeros(len(real)).masked_scatter(real, scores)
        return every.clamp(-MAX_SCORE, MAX_SCORE)


def _means(table: Tensor, phrases: Sequence[str], pieces: Pieces) -> Tensor:
    """The mean word vector of each phrase."""
    rows = [table[torch.tensor(pieces.of(phrase))].mean(0) for phrase in phrases]
    return torch.stack(rows)


def groups(net: Network, rate: float, head: float, decay: float) -> Iterator[dict[str, object]]:
    """Parameters with their learning rates: lower layers learn more slowly."""
    layers = list(net.encoder.layers)
    for n, layer in enumerate(layers):
        yield {"params": list(layer.parameters()), "lr": rate * decay ** (len(layers) - 1 - n)}
    encoder = net.encoder
    below = [encoder.place.weight, *encoder.norm.parameters()]
    yield {"params": below, "lr": rate * decay ** len(layers)}
    yield {"params": [encoder.flag.weight, encoder.state.weight], "lr": head}
    inside = {id(p) for p in encoder.parameters()}
    yield {"params": [p for p in net.parameters() if id(p) not in inside], "lr": head}
