#!/usr/bin/env python3
"""Train the passage scorer.

    python tools/train_passage.py STATE.pt PASSAGES EXAMPLES... \\
        --encoder MINILM --begin CONTEXT.pt|WRITTEN.npz [options]

PASSAGES is the folder that tools/build_passages.py wrote from the EXAMPLES, MINILM the
folder of the encoder, CONTEXT.pt the state of the context scorer.  The network begins
as the encoder and learns what the context scorer leaves open, with the loss of
tools/train_scorer.py; or it goes on from WRITTEN.npz, a passage scorer as spinfix reads
it.  The rate of learning rises, stays, and falls to nothing over the last --decay steps.
STATE.pt holds everything that going on needs and is written every --every steps and
before the fall; running the same command again goes on from there.  Deterministic for a
seed and a number of threads.  Needs torch (``pip install spinfix[train]``).
"""

from __future__ import annotations

import argparse
import time
from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import Any, NamedTuple

import numpy as np
import torch
from corpora import Numbers
from passage_data import Passages
from passage_network import Encoder, Network, groups
from scorer_data import Batch, Item
from scorer_network import log_likelihood
from torch import Tensor, nn
from torch.optim.swa_utils import AveragedModel, get_ema_multi_avg_fn
from train_scorer import Phrases

from spinfix.pieces import Pieces
from spinfix.weights import read_arrays

#: Steps until the full rate of learning.
_WARM_UP = 150
#: Weights are measured and written as their mean over about so many steps.
_MEAN = 200
#: The context scorer's temperature begins here.
_TEMPERATURE = 0.56


class Model(nn.Module):
    """The network, and how much decoder and context scorer count beside it."""

    def __init__(
        self, net: Network, device: str = "cpu", trust: Sequence[float] = (_TEMPERATURE, 1.0)
    ) -> None:
        """Only the network is on ``device``; all else is small, and quick on the CPU."""
        super().__init__()
        self.net, self.device = net.to(device), device
        self.trust = nn.Parameter(torch.tensor(trust))

    def plain(self, batch: Batch) -> Tensor:
        """The log weight of every arc without the network."""
        decoder, said = batch["log_weight"].double(), batch["said"].double()
        return self.trust[0] * decoder + self.trust[1] * said

    def forward(self, batch: Batch) -> Tensor:
        """The log weight of every arc."""
        return self.plain(batch) + self.net(batch).double()


def build(
    args: argparse.Namespace,
    dropout: float = 0.0,
    hidden: float = 0.0,
    blank: float = 0.0,
    numbers: Numbers | None = None,
) -> tuple[Network, Passages]:
    """The network before it has learned anything, and what it learns from."""
    data = Passages(args.examples, args.passages, numbers)
    phrases = Phrases(args.examples[0])
    encoder = Encoder(args.encoder, args.layers, dropout)
    pieces = Pieces((args.encoder / "vocab.txt").read_text("utf-8").split("\n"))
    sides = [pair.split("\t")[:2] for pair in phrases.pairs]
    net = Network(encoder, phrases.sides, sides, pieces, args.width, dropout, hidden, blank)
    return net, data


def order(data: Passages, args: argparse.Namespace) -> Iterator[list[Item]]:
    """Batches without end; the same for the same seed.  Every epoch takes all articles
    that are spun throughout and a share of the rest."""
    rng = np.random.default_rng(args.seed)
    full = [item for item in data.train if item[0] < args.full]
    low = [item for item in data.train if item[0] >= args.full]
    if args.articles:
        full = full[:: max(1, len(full) // args.articles)][: args.articles]
    while True:
        some = [low[n] for n in rng.permutation(len(low))[: int(args.low * len(full))]]
        items = full + some
        items = [items[n] for n in rng.permutation(len(items))]
        for i in range(0, len(items) - args.batch + 1, args.batch):
            yield items[i : i + args.batch]


def pace(step: int, steps: int, decay: int) -> float:
    """Share of the learning rate."""
    return min(1.0, (step + 1) / _WARM_UP, max(0.0, (steps - step) / max(1, decay)))


def held_out(model: Model, data: Passages, args: argparse.Namespace) -> str:
    """Loss of a window on held-out articles, by kind: without the network, with it."""
    model.eval()  # the mean of the weights is never trained itself
    said = []
    for name, full in (("spun", True), ("low", False)):
        items = [item for item in data.held if (item[0] < args.full) == full][: args.held]
        before = after = count = 0.0
        with torch.no_grad():
            for i in range(0, len(items), 16):
                batch = data.batch(items[i : i + 16])
                with torch.autocast(model.device, torch.bfloat16):
                    weights = model(batch)
                after -= log_likelihood(batch, weights).sum().item()
                plain = log_likelihood(batch, model.plain(batch))
                before -= plain.sum().item()
                count += len(plain)
        if count:
            said.append(f"{name} {before / count:.4f} -> {after / count:.4f}")
    return ", ".join(said)


def arguments() -> argparse.Namespace:
    """What the command line says."""
    parser = argparse.ArgumentParser(description="Train the passage scorer.")
    parser.add_argument("state", type=Path)
    parser.add_argument("passages", type=Path)
    parser.add_argument("examples", type=Path, nargs="+")
    parser.add_argument("--encoder", type=Path, required=True)
    parser.add_argument(
        "--begin", type=Path, required=True, help="context scorer's state, or a passage scorer"
    )
    parser.add_argument("--steps", type=int, default=2000)
    parser.add_argument("--decay", type=int, default=500, help="last steps, ever slower")
    parser.add_argument("--batch", type=int, default=16, help="articles a step")
    parser.add_argument("--low", type=float, default=0.12, help="share at low rates")
    parser.add_argument("--full", type=int, default=3, help="folds that are spun throughout")
    parser.add_argument("--numbers", type=Numbers.parse, help="learn from articles A-B,C-D only")
    parser.add_argument("--articles", type=int, default=0, help="learn from so many only")
    parser.add_argument("--layers", type=int, default=4)
    parser.add_argument("--width", type=int, default=128, help="that of the context scorer")
    parser.add_argument("--dropout", type=float, default=0.1)
    parser.add_argument("--hidden", type=float, default=0.1, help="share of pairs hidden")
    parser.add_argument("--blank", type=float, default=0.0, help="share of pieces that are unknown")
    parser.add_argument("--rate", type=float, default=2e-4, help="of the encoder")
    parser.add_argument("--head", type=float, default=1e-3, help="rate of the rest")
    parser.add_argument("--layer-decay", type=float, default=0.9)
    parser.add_argument("--every", type=int, default=200)
    parser.add_argument("--held", type=int, default=200, help="articles to measure on")
    parser.add_argument("--device", default="cpu", help="cpu or cuda")
    parser.add_argument("--compile", action="store_true", help="faster on a CPU; wants g++")
    parser.add_argument("--threads", type=int, default=2)
    parser.add_argument("--seed", type=int, default=1)
    return parser.parse_args()


def begun(args: argparse.Namespace) -> tuple[Model, Passages]:
    """The model as it is before the first step, and what it learns from."""
    net, data = build(args, args.dropout, args.hidden, args.blank, args.numbers)
    if args.begin.suffix == ".npz":
        written = read_arrays(args.begin)
        net.go_on(written, Phrases(args.examples[0]).pairs)
        return Model(net, args.device, written["trust"][:2].tolist()), data
    net.take_over(torch.load(args.begin))
    return Model(net, args.device), data


def main() -> None:
    args = arguments()
    torch.manual_seed(args.seed)
    torch.set_num_threads(args.threads)
    model, data = begun(args)
    params = [*groups(model.net, args.rate, args.head, args.layer_decay)]
    params.append({"params": [model.trust], "lr": args.head})
    optimiser = torch.optim.AdamW(params, weight_decay=0.01, betas=(0.9, 0.98))
    rates = [group["lr"] for group in optimiser.param_groups]
    done = 0
    state: dict[str, Any] = {}
    if args.state.exists():
        state = torch.load(args.state, map_location="cpu")
        model.load_state_dict(state["model"])
        optimiser.load_state_dict(state["optimiser"])
        done = state["step"]
    mean = AveragedModel(model, multi_avg_fn=get_ema_multi_avg_fn(1.0 - 1.0 / _MEAN))
    if "mean" in state:
        mean.module.load_state_dict(state["mean"])
        mean.n_averaged.fill_(1)
    if args.compile:
        for layer in model.net.encoder.layers:
            layer.compile(dynamic=True)
    run(Training(model, mean, optimiser, rates), data, done, args)


class Training(NamedTuple):
    """What training changes, and the full rates of learning."""

    model: Model
    mean: AveragedModel
    optimiser: torch.optim.Optimizer
    rates: Sequence[float]

    def save(self, path: Path, step: int) -> None:
        """Write everything that going on needs, whole or not at all."""
        partial = path.with_suffix(".part")
        state = {
            "model": self.model.state_dict(),
            "mean": self.mean.module.state_dict(),
            "optimiser": self.optimiser.state_dict(),
            "step": step,
        }
        torch.save(state, partial)
        partial.replace(path)

    def step(self, batch: Batch, pace: float) -> float:
        """Learn from a batch at a share of the full rates; the loss."""
        for group, rate in zip(self.optimiser.param_groups, self.rates, strict=True):
            group["lr"] = rate * pace
        with torch.autocast(self.model.device, torch.bfloat16):
            weights = self.model(batch)
        loss = -log_likelihood(batch, weights).mean()
        self.optimiser.zero_grad()
        loss.backward()
        nn.utils.clip_grad_norm_(self.model.parameters(), 1.0)
        self.optimiser.step()
        self.mean.update_parameters(self.model)
        return float(loss.item())


def run(training: Training, data: Passages, done: int, args: argparse.Namespace) -> None:
    """Train from step ``done`` on."""
    print(f"{len(data.train):,} articles, {len(data.held):,} held out, step {done}", flush=True)
    begin, losses, batches = time.time(), [], order(data, args)
    for step, items in zip(range(args.steps), batches, strict=False):
        if step < done:
            continue
        if step == args.steps - args.decay:
            training.save(args.state.with_suffix(".flat.pt"), step)
        torch.manual_seed(args.seed * 1_000_003 + step)
        losses.append(training.step(data.batch(items), pace(step, args.steps, args.decay)))
        if (step + 1) % 50 == 0:
            mean, seconds = np.mean(losses[-50:]), time.time() - begin
            print(f"{step + 1}/{args.steps} loss {mean:.4f} {seconds:.0f} s", flush=True)
        if (step + 1) % args.every == 0 or step + 1 == args.steps:
            found = held_out(training.mean.module, data, args)
            print(f"  held-out loss: {found}", flush=True)
            training.save(args.state, step + 1)


if __name__ == "__main__":
    main()
