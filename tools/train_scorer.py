#!/usr/bin/env python3
"""Train the context scorer, dictionaries/context.npz.

    python tools/train_scorer.py OUT.npz EXAMPLES... [--resume STATE.pt | --begin WRITTEN.npz]
        [options]

EXAMPLES are folders that tools/build_examples.py wrote.  The network learns what the
decoder's posteriors leave open: the loss is that of a conditional random field over
each window of the lattice.  One article in fifty is held out; on those the trust in
decoder, context and draws is fitted at the end.  After every epoch OUT.pt
is written, which --resume takes up; --begin begins with the weights of a written scorer, be it
of another dictionary.  Deterministic for a seed and
a number of threads.  Needs torch (``pip install spinfix[train]``).
"""

from __future__ import annotations

import argparse
import math
import time
from collections.abc import Callable, Iterator, Sequence
from pathlib import Path

import numpy as np
import torch
from corpora import Fold, Numbers
from scorer_data import GAP, Batch, Examples, Item
from scorer_network import Network, export, log_likelihood, paths
from torch import Tensor, nn

from spinfix.context import CAPITAL
from spinfix.dictionary import read_entries
from spinfix.draws import FEATURES, Occurrences, features
from spinfix.shipped import LEARNED, shipped
from spinfix.weights import read_arrays

#: What --sharper is for.
SHARPER = "factor for the decoder's exponent: shipped, it is better than those of the folds"
#: Held-out articles looked at together.
_CHUNK = 48


class Phrases:
    """Phrase pairs and vocabulary with common numbers, as spinfix.draws wants them."""

    def __init__(self, folder: Path) -> None:
        self.words = (folder / "vocabulary.txt").read_text("utf-8").split("\n")[:-1]
        self.pairs = (folder / "pairs.tsv").read_text("utf-8").split("\n")[:-1]
        rows = [pair.split("\t") for pair in self.pairs]
        self.sides = np.array([_numbered([row[side] for row in rows]) for side in (0, 1)]).T.copy()
        numbers = {word: number for number, word in enumerate(self.words)}
        for row in rows:
            for phrase in row:
                numbers.setdefault(phrase.lower(), len(numbers))
        self.common = np.array([[numbers[phrase.lower()] for phrase in row] for row in rows])
        self.unknown = len(numbers)

    def occurrences(self, batch: Batch) -> Occurrences:
        """The arcs of a batch of one article."""
        words = batch["words"].numpy()[GAP:-GAP].astype(np.int64)
        # Unknown words are all different.
        words = np.where(words == 0, self.unknown + np.arange(len(words)), words)
        first, last = batch["first"].numpy() - GAP, batch["last"].numpy() - GAP
        candidate = batch["candidate"].numpy()
        spun, original = np.where(candidate >= 0, self.common[candidate].T, -1)
        capital = (batch["flags"].numpy()[GAP:-GAP][first] & CAPITAL).astype(np.int64)
        span = first * len(words) + last + 1
        return Occurrences(span, spun, original, capital, first, words)


def _numbered(phrases: Sequence[str]) -> list[int]:
    numbers: dict[str, int] = {}
    return [numbers.setdefault(phrase, len(numbers)) for phrase in phrases]


def train(
    net: Network, data: Examples, args: argparse.Namespace, rng: np.random.Generator
) -> Iterator[int]:
    """Train; yields the number of each finished epoch."""
    steps = args.epochs * math.ceil(len(data.train) / args.batch)
    optimiser = torch.optim.AdamW(
        net.parameters(), lr=args.rate, weight_decay=0.0, betas=(0.9, 0.99)
    )
    schedule = torch.optim.lr_scheduler.LambdaLR(optimiser, lambda i: _pace(i, steps))
    begin, losses = time.time(), []
    order = np.array(data.train)
    for epoch in range(args.epochs):
        rng.shuffle(order)
        for i in range(0, len(order), args.batch):
            items = [(int(k), int(a)) for k, a in order[i : i + args.batch]]
            batch = data.batch(items)
            lost = torch.rand(len(batch["words"])) < args.unknown
            batch["words"] = batch["words"].masked_fill(lost, 0)
            loss = -log_likelihood(batch, net.weights(batch, len(items))).mean()
            optimiser.zero_grad()
            loss.backward()
            nn.utils.clip_grad_norm_(net.parameters(), 1.0)
            optimiser.step()
            schedule.step()
            losses.append(loss.item())
            if len(losses) % 100 == 0:
                mean = np.mean(losses[-100:])
                print(
                    f"{len(losses)}/{steps} loss {mean:.4f} {time.time() - begin:.0f} s", flush=True
                )
        yield epoch


def _pace(step: int, steps: int) -> float:
    """Share of the learning rate: a short warm-up, then half a cosine."""
    return min(1.0, (step + 1) / 100) * max(
        0.02, 0.5 * (1 + math.cos(math.pi * step / max(1, steps)))
    )


def held_out(net: Network, data: Examples) -> tuple[float, float]:
    """Loss of a window on held-out articles: without the network, with it."""
    net.eval()
    before = after = count = 0.0
    with torch.no_grad():
        for i in range(0, len(data.held), _CHUNK):
            items = data.held[i : i + _CHUNK]
            batch = data.batch(items)
            after -= log_likelihood(batch, net.weights(batch, len(items))).sum().item()
            plain = log_likelihood(batch, batch["log_weight"].double())
            before -= plain.sum().item()
            count += len(plain)
    net.train()
    return before / count, after / count


def posteriors(batch: Batch, log_weights: Tensor) -> np.ndarray:
    """P(arc): the gradient of the log sum over all paths by the arc's log weight."""
    log_weights = log_weights.detach().requires_grad_(True)
    total = torch.log(paths(batch, log_weights)[:, 0]).sum()
    (gradient,) = torch.autograd.grad(total, log_weights)
    found: np.ndarray = gradient.numpy()
    return found


def fit_trust(
    weights_of: Callable[[Item], tuple[Batch, Tensor]], held: Sequence[Item], phrases: Phrases
) -> np.ndarray:
    """Fit the exponent of the context and the draw weights of spinfix.scorer.Trust.

    ``weights_of`` gives the batch of one article and the log weights of its arcs.
    """
    seen: list[tuple[Batch, Tensor, Tensor]] = []
    for item in held:
        batch, weights = weights_of(item)
        if len(batch["base"]):
            found = features(phrases.occurrences(batch), posteriors(batch, weights))
            seen.append((batch, weights, torch.from_numpy(found)))
    trust = torch.zeros(1 + FEATURES, dtype=torch.float64)
    trust[0] = 1.0

    def loss(values: Tensor) -> Tensor:
        parts = [
            log_likelihood(batch, values[0] * weights + found @ values[1:])
            for batch, weights, found in seen
        ]
        return -torch.cat(parts).mean()

    return minimised("trust", loss, trust)


def minimised(name: str, loss: Callable[[Tensor], Tensor], start: Tensor) -> np.ndarray:
    """Where a loss is least; says how far it came down."""
    values = start.clone().requires_grad_(True)
    optimiser = torch.optim.LBFGS([values], max_iter=30, line_search_fn="strong_wolfe")

    def closure() -> Tensor:
        optimiser.zero_grad()
        value = loss(values)
        value.backward()
        return value

    before = loss(values).item()
    optimiser.step(closure)
    print(f"{name}: held-out loss {before:.4f} -> {loss(values).item():.4f}", flush=True)
    least: np.ndarray = values.detach().numpy()
    return least


def main() -> None:
    parser = argparse.ArgumentParser(description="Train the context scorer.")
    parser.add_argument("out", type=Path)
    parser.add_argument("examples", type=Path, nargs="+")
    parser.add_argument("--resume", type=Path, help="begin with the weights of this .pt file")
    parser.add_argument("--begin", type=Path, help="begin with this written scorer (.npz)")
    parser.add_argument("--dictionary", type=Path, default=shipped(LEARNED), help="of the pairs")
    parser.add_argument("--without", type=Fold.parse, help="leave out part K/N of the articles")
    parser.add_argument("--numbers", type=Numbers.parse, help="learn from articles A-B,C-D only")
    parser.add_argument("--epochs", type=int, default=4)
    parser.add_argument("--width", type=int, default=128)
    parser.add_argument("--layers", type=int, default=4)
    parser.add_argument("--topic", type=int, default=32)
    parser.add_argument("--dropout", type=float, default=0.15)
    parser.add_argument("--unknown", type=float, default=0.04, help="share of words hidden")
    parser.add_argument("--batch", type=int, default=32, help="articles")
    parser.add_argument("--rate", type=float, default=2e-3)
    parser.add_argument("--sharper", type=float, default=1.0, help=SHARPER)
    parser.add_argument("--threads", type=int, default=2)
    parser.add_argument("--seed", type=int, default=1)
    args = parser.parse_args()
    torch.manual_seed(args.seed)
    torch.set_num_threads(args.threads)
    data = Examples(args.examples, args.without, args.numbers)
    phrases = Phrases(args.examples[0])
    seen = {f"{its.spun}\t{its.original}": its.replaced for its in read_entries(args.dictionary)}
    pairs = {pair: seen[pair] for pair in phrases.pairs}
    net = Network(
        len(phrases.words), phrases.sides, args.width, args.layers, args.topic, args.dropout
    )
    if args.resume:
        net.load_state_dict(torch.load(args.resume))
    elif args.begin:
        net.go_on(read_arrays(args.begin), phrases.words, phrases.pairs)
    print(f"{len(data.train):,} articles, {len(data.held):,} held out", flush=True)
    for epoch in train(net, data, args, np.random.default_rng(args.seed)):
        before, after = held_out(net, data)
        print(f"epoch {epoch}: held-out loss {before:.4f} -> {after:.4f}", flush=True)
        torch.save(net.state_dict(), args.out.with_suffix(".pt"))
    net.eval()

    def weights_of(item: Item) -> tuple[Batch, Tensor]:
        batch = data.batch([item])
        with torch.no_grad():
            return batch, net.weights(batch, 1)

    decoder = args.sharper * net.temperature.item()
    trust = np.append(decoder, fit_trust(weights_of, data.held, phrases))
    export(net, phrases.words, pairs, trust, args.out)


if __name__ == "__main__":
    main()
