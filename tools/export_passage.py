#!/usr/bin/env python3
"""Write a trained passage scorer as spinfix reads it, dictionaries/passage.npz.

    python tools/export_passage.py STATE.pt|WRITTEN.npz OUT.npz PASSAGES EXAMPLES...
        --encoder MINILM

STATE.pt was left by tools/train_passage.py; WRITTEN.npz is a passage scorer as spinfix reads
it, be it of another dictionary, whose trust shall be fitted anew.  With --mean BEFORE.npz what is
written is half of the way from that one to STATE.pt, which was trained on from it.
PASSAGES were made by tools/build_passages.py with the context scorer that is shipped;
only their held-out articles are used, to fit how much decoder, scorers and draws count.
The other arguments are those of tools/train_passage.py; --layers and --width, too.
"""

from __future__ import annotations

import argparse
import re
from collections.abc import Sequence
from pathlib import Path

import numpy as np
import torch
from array_files import Arrays, write_arrays
from passage_data import Passages
from passage_network import Network
from scorer_data import Batch, Item
from scorer_network import listed, log_likelihood, quantised
from torch import Tensor
from train_passage import Model, build
from train_scorer import SHARPER, Phrases, fit_trust, minimised

from spinfix.weights import read_arrays

#: Reserved pieces; letters behind Latin Extended-B but for punctuation and currency signs.
_OTHER = re.compile("^\\[unused|[^\x00-\u024f\u2010-\u20bf\u2122\u2190-\u22ff]")


def said_of(model: Model, data: Passages, limit: int) -> dict[Item, tuple[Batch, Tensor]]:
    """For each held-out article its batch, and of each arc the three parts of its weight."""
    found = {}
    for item in data.held[:: max(1, len(data.held) // limit)]:
        batch = data.batch([item])
        if len(batch["base"]):
            with torch.no_grad():
                mine = model.net(batch)
            found[item] = batch, torch.stack([batch["log_weight"], batch["said"], mine], 1).double()
    return found


def fitted(model: Model, data: Passages, phrases: Phrases, limit: int) -> np.ndarray:
    """The exponents of decoder, scorer and network, and spinfix.scorer.Trust's others."""
    found = said_of(model, data, limit)

    def loss(values: Tensor) -> Tensor:
        parts = [log_likelihood(batch, weights @ values) for batch, weights in found.values()]
        return -torch.cat(parts).mean()

    for name, start in (("scorer", (0.56, 1.0, 0.0)), ("scorer and network", (0.56, 1.0, 1.0))):
        print(f"{name}: {loss(torch.tensor(start, dtype=torch.float64)).item():.4f}")
    powers = minimised("exponents", loss, torch.tensor([0.56, 1.0, 1.0], dtype=torch.float64))
    print("exponents of decoder, scorer, network:", powers.round(3).tolist())

    def weights_of(item: Item) -> tuple[Batch, Tensor]:
        batch, weights = found[item]
        return batch, weights @ torch.from_numpy(powers)

    return np.append(powers, fit_trust(weights_of, list(found), phrases))


def english(vocabulary: Sequence[str]) -> list[int]:
    """The numbers of the pieces that English text can be made of.

    Reserved ones and those of other scripts, one in twelve, would only take room.
    """
    return [number for number, piece in enumerate(vocabulary) if not _OTHER.search(piece)]


def arrays_of(net: Network, trust: np.ndarray, kept: Sequence[int]) -> Arrays:
    """The arrays of the file, without the texts; of the pieces those that are ``kept``."""
    encoder = net.encoder
    decoder, scorer, own, *rest = trust.tolist()
    with torch.no_grad():
        vectors = own * net.pairs(torch.arange(len(net.sides)))
    small = {
        "place": encoder.place.weight, "flag": encoder.flag.weight, "state": encoder.state.weight,
        "norm": encoder.norm.weight, "norm_bias": encoder.norm.bias,
        "first": net.first.weight.T, "last": net.last.weight.T,
        "span_bias": net.first.bias + net.last.bias, "pair_bias": vectors[:, -1],
    }  # fmt: skip
    large = {"word": encoder.word.weight[torch.tensor(kept)], "pair": vectors[:, :-1]}
    for n, layer in enumerate(encoder.layers):
        for name in ("qkv", "out", "up", "down"):
            large[f"layer{n}_{name}"] = getattr(layer, name).weight
            small[f"layer{n}_{name}_bias"] = getattr(layer, name).bias
        for name in ("norm1", "norm2"):
            small[f"layer{n}_{name}"] = getattr(layer, name).weight
            small[f"layer{n}_{name}_bias"] = getattr(layer, name).bias
    arrays = {name: table.detach().numpy().astype(np.float16) for name, table in small.items()}
    for name, table in large.items():
        arrays |= quantised(name, table.detach().numpy())
    arrays["layers"] = np.array(len(encoder.layers))
    arrays["heads"] = np.array(encoder.layers[0].heads)
    arrays["trust"] = np.array([decoder, scorer, *rest], np.float32)
    return arrays


def towards(net: Network, before: Path, pairs: Sequence[str]) -> None:
    """Go half of the way back to a written passage scorer from which training went on.

    The mean of weights before and after is less sure of what was learned by heart (Wortsman et
    al. 2022, "Robust fine-tuning of zero-shot models").
    """
    after = {name: table.clone() for name, table in net.state_dict().items()}
    net.go_on(read_arrays(before), pairs)
    middle = {
        name: torch.lerp(table, after[name], 0.5) if table.is_floating_point() else table
        for name, table in net.state_dict().items()
    }
    net.load_state_dict(middle)


def main() -> None:
    parser = argparse.ArgumentParser(description="Write a trained passage scorer.")
    parser.add_argument("state", type=Path)
    parser.add_argument("out", type=Path)
    parser.add_argument("passages", type=Path)
    parser.add_argument("examples", type=Path, nargs="+")
    parser.add_argument("--encoder", type=Path, required=True)
    parser.add_argument("--layers", type=int, default=4)
    parser.add_argument("--width", type=int, default=128)
    parser.add_argument("--held", type=int, default=784, help="articles to fit on")
    parser.add_argument("--sharper", type=float, default=1.0, help=SHARPER)
    parser.add_argument("--mean", type=Path, help="with the weights of this passage scorer")
    parser.add_argument("--threads", type=int, default=2)
    args = parser.parse_args()
    torch.set_num_threads(args.threads)
    net, data = build(args)
    model = Model(net)
    phrases = Phrases(args.examples[0])
    if args.state.suffix == ".npz":
        net.go_on(read_arrays(args.state), phrases.pairs)
    else:
        model.load_state_dict(torch.load(args.state, map_location="cpu")["mean"])
    if args.mean:
        towards(net, args.mean, phrases.pairs)
    model.eval()
    trust = fitted(model, data, phrases, args.held)
    trust[0] *= args.sharper
    vocabulary = (args.encoder / "vocab.txt").read_text("utf-8").rstrip("\n").split("\n")
    kept = english(vocabulary)
    arrays = arrays_of(model.net, trust, kept)
    pieces = [vocabulary[number] for number in kept]
    arrays |= {"vocabulary": listed(pieces), "phrases": listed(phrases.pairs)}
    write_arrays(args.out, arrays)


if __name__ == "__main__":
    main()
