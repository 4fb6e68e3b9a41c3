"""The network of spinfix.context in torch, its loss, and how it is written down."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from pathlib import Path

import numpy as np
import torch
from array_files import Arrays, write_arrays
from known_pairs import drawn, pair_vectors
from scorer_data import EMPTY, Batch
from torch import Tensor, nn

from spinfix.context import FLAGS
from spinfix.scorer import MAX_SCORE
from spinfix.weights import Vectors, floats, read_arrays
from spinfix.weights import words as listed_words

#: Spans are shorter than this (tokens).
_LONGEST = 64


class Network(nn.Module):
    """Scores every candidate of every span; see spinfix.context."""

    def __init__(
        self, words: int, pairs: np.ndarray, width: int, layers: int, topic: int, dropout: float
    ) -> None:
        """``pairs`` holds for each phrase pair the numbers of its two sides."""
        super().__init__()
        self.word = nn.Embedding(words, width)
        self.flag = nn.Embedding(EMPTY + 1, width)
        self.topic = nn.Embedding(words, topic)
        self.topic_in = nn.Linear(topic, width)
        steps = [1, *(2**n for n in range(layers - 1))]
        self.layers = nn.ModuleList(
            nn.Conv1d(width, width, 3 if n else 5, dilation=step, padding="same")
            for n, step in enumerate(steps)
        )
        self.first, self.last = nn.Linear(width, width), nn.Linear(width, width)
        # What is learned of a pair is shared with all pairs of its original and its phrase.
        self.register_buffer("sides", torch.from_numpy(pairs))
        self.pair = nn.Embedding(len(pairs), width + 1)
        self.spun = nn.Embedding(int(pairs[:, 0].max()) + 1, width + 1)
        self.original = nn.Embedding(int(pairs[:, 1].max()) + 1, width + 1)
        self.temperature = nn.Parameter(torch.ones(()))
        self.drop = nn.Dropout(dropout)
        for table, spread in ((self.word, 0.3), (self.topic, 0.3), (self.flag, 0.1)):
            nn.init.normal_(table.weight, std=spread)
        for table in (self.pair, self.spun, self.original):
            nn.init.normal_(table.weight, std=0.02)

    def go_on(self, written: Arrays, words: Sequence[str], pairs: Sequence[str]) -> None:
        """Begin with the arrays of a written scorer, whatever its words and pairs."""
        rows = {word: row for row, word in enumerate(listed_words(written, "vocabulary"))}
        known = np.array([rows.get(word, 0) for word in words])
        tables = {
            self.word.weight: Vectors(written, "word")[known],
            self.topic.weight: Vectors(written, "topic")[known],
            self.pair.weight: pair_vectors(written, pairs),
            self.topic_in.weight: floats(written, "topic_in").T,
            self.topic_in.bias: floats(written, "topic_bias"),
            self.first.weight: floats(written, "first").T,
            self.last.weight: floats(written, "last").T,
            self.first.bias: floats(written, "span_bias"),
        }
        for n, layer in enumerate(self.layers):
            tables[layer.weight] = floats(written, f"layer{n}").transpose(2, 1, 0)
            tables[layer.bias] = floats(written, f"layer{n}_bias")
        with torch.no_grad():
            for table, its in tables.items():
                table.copy_(torch.from_numpy(np.ascontiguousarray(its)))
            self.flag.weight[:FLAGS] = torch.from_numpy(floats(written, "flag"))
            # What pairs share is part of their vectors there.
            for nothing in (self.last.bias, self.spun.weight, self.original.weight):
                nothing.zero_()
            self.temperature.fill_(float(written["trust"][0]))

    def pairs(self, rows: Tensor) -> Tensor:
        """The vectors of phrase pairs, their bias last."""
        sides = self.sides[rows]
        return self.pair(rows) + self.spun(sides[:, 0]) + self.original(sides[:, 1])

    def hidden(self, batch: Batch, articles: int) -> Tensor:
        """For each token what the network sees there."""
        words, article = batch["words"].long(), batch["article"]
        real = (batch["flags"] < EMPTY).float().unsqueeze(1)
        topic = self.topic(words)
        sums = torch.zeros(articles + 1, topic.shape[1]).index_add(0, article, topic * real)
        sizes = torch.zeros(articles + 1).index_add(0, article, real.squeeze(1)).clamp(min=1)
        mean = self.topic_in(self.drop(sums / sizes.unsqueeze(1)))
        x = self.drop((self.word(words) + self.flag(batch["flags"].long())) * real)
        x = (x + mean[article] * real).t().unsqueeze(0)
        keep = real.t().unsqueeze(0)
        for layer in self.layers:
            x = (x + torch.relu(layer(x))) * keep
        return self.drop(x.squeeze(0).t())

    def forward(self, batch: Batch, articles: int) -> Tensor:
        """The score of every arc, 0 for those that leave their token alone."""
        x = self.hidden(batch, articles)
        real = batch["candidate"] >= 0
        first, last = batch["first"][real], batch["last"][real]
        spans, row = torch.unique(first * _LONGEST + last - first, return_inverse=True)
        start = torch.div(spans, _LONGEST, rounding_mode="floor")
        seen = self.first(x[start]) + self.last(x[start + spans % _LONGEST])
        vectors = self.pairs(batch["candidate"][real])
        scores = (vectors[:, :-1] * seen[row]).sum(1) + vectors[:, -1]
        every = torch.zeros(len(real)).masked_scatter(real, scores)
        return every.clamp(-MAX_SCORE, MAX_SCORE)

    def weights(self, batch: Batch, articles: int) -> Tensor:
        """The log weight of every arc: the decoder's, tempered, and the score."""
        return self.temperature * batch["log_weight"].double() + self(batch, articles).double()


def paths(batch: Batch, log_weights: Tensor) -> Tensor:
    """For each window the weights of all its paths and of the right ones, summed."""
    weights = torch.exp(log_weights)
    both = torch.stack([weights, weights * batch["right"]], 1)
    order = torch.argsort(batch["offset"], stable=True)
    forward = torch.zeros(int(batch["nodes"]), 2, dtype=torch.float64)
    forward[batch["base"]] = 1.0
    for arcs in torch.split(order, torch.bincount(batch["offset"]).tolist()):
        if len(arcs):
            step = forward[batch["from"][arcs]] * both[arcs]
            forward = forward.index_add(0, batch["to"][arcs], step)
    return forward[batch["top"]]


def log_likelihood(batch: Batch, log_weights: Tensor) -> Tensor:
    """For each window the log probability of its right readings.

    Windows without one are left out (a phrase pair that folds do not share).
    """
    every, right = paths(batch, log_weights).unbind(1)
    some = right > 1e-200
    return torch.log(right[some] / every[some])


def export(
    net: Network,
    words: Sequence[str],
    pairs: Mapping[str, int],
    trust: np.ndarray,
    out: Path,
) -> None:
    """Write the network as spinfix.context reads it.

    ``pairs`` are the phrase pairs with how often each was seen; ``trust`` are the two
    exponents and the draw weights of spinfix.scorer.Trust.
    """
    own = net.pairs(torch.arange(len(pairs))).detach().numpy()
    vectors = torch.from_numpy(drawn(own, list(pairs), list(pairs.values())))
    small = {
        "flag": net.flag.weight[:FLAGS],
        "topic_in": net.topic_in.weight.T,
        "topic_bias": net.topic_in.bias,
        "first": net.first.weight.T,
        "last": net.last.weight.T,
        "span_bias": net.first.bias + net.last.bias,
        "pair_bias": vectors[:, -1],
    }
    for n, layer in enumerate(net.layers):
        small[f"layer{n}"] = layer.weight.permute(2, 1, 0)
        small[f"layer{n}_bias"] = layer.bias
    arrays = {name: table.detach().numpy().astype(np.float16) for name, table in small.items()}
    for name, table in (
        ("word", net.word.weight), ("topic", net.topic.weight), ("pair", vectors[:, :-1])
    ):  # fmt: skip
        arrays |= quantised(name, table.detach().numpy())
    arrays["steps"] = np.array([layer.dilation[0] for layer in net.layers], np.uint8)
    arrays["trust"] = trust.astype(np.float32)
    for name, rows in (("vocabulary", words), ("phrases", list(pairs))):
        arrays[name] = listed(rows)
    write_arrays(out, arrays)


def listed(rows: Sequence[str]) -> np.ndarray:
    """A list of words or phrases as spinfix.weights reads it."""
    return np.frombuffer("\n".join(rows).encode(), np.uint8)


def quantised(name: str, table: np.ndarray) -> Arrays:
    """A table of vectors as whole numbers of 8 bits and a scale a row."""
    scale = np.maximum(np.abs(table).max(axis=1), 1e-8) / 127.0
    return {
        name: np.round(table / scale[:, None]).astype(np.int8),
        f"{name}_scale": scale.astype(np.float32),
    }


def load(path: Path, words: Sequence[str], pairs: Sequence[str], sides: np.ndarray) -> Network:
    """The network that tools/train_scorer.py saved (.pt) or wrote (.npz) at ``path``.

    ``words`` and ``pairs`` are those that it was trained with, ``sides`` as Network wants them.
    """
    if path.suffix == ".npz":
        written = read_arrays(path)
        sizes = written["word"].shape[1], len(written["steps"]), written["topic"].shape[1]
        net = Network(len(words), sides, *sizes, 0.0)
        net.go_on(written, words, pairs)
    else:
        state = torch.load(path)
        layers = {name.split(".")[1] for name in state if name.startswith("layers.")}
        sizes = state["word.weight"].shape[1], len(layers), state["topic.weight"].shape[1]
        net = Network(len(words), sides, *sizes, 0.0)
        net.load_state_dict(state)
    net.eval()
    return net
