"""Small language models of the Llama kind, written as GGUF files."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from pathlib import Path

import numpy as np

SIZES = {"width": 32, "inner": 48, "heads": 4, "shared": 2}


def pieces(words: Sequence[str] = ("the",)) -> tuple[list[str], list[str]]:
    """A vocabulary of bytes and of these words, with the space before them; its merges."""
    from tokenizers.pre_tokenizers import ByteLevel

    known = ["<|endoftext|>", *sorted(ByteLevel.alphabet())]
    merges = []
    for word in words:
        whole = "Ġ"
        for letter in word:
            merges.append(f"{whole} {letter}")
            whole += letter
            if whole not in known:
                known.append(whole)
    return known, list(dict.fromkeys(merges))


def write(
    path: Path, arrays: Mapping[str, np.ndarray], layers: int, words: Sequence[str] = ("the",)
) -> Path:
    """A model of these arrays."""
    from gguf import GGUFWriter

    writer = GGUFWriter(path, "llama")
    writer.add_embedding_length(SIZES["width"])
    writer.add_feed_forward_length(SIZES["inner"])
    writer.add_block_count(layers)
    writer.add_head_count(SIZES["heads"])
    writer.add_head_count_kv(SIZES["shared"])
    writer.add_layer_norm_rms_eps(1e-5)
    writer.add_rope_freq_base(10000.0)
    writer.add_tokenizer_model("gpt2")
    writer.add_tokenizer_pre("smollm")
    known, merges = pieces(words)
    writer.add_token_list(known)
    writer.add_token_merges(merges)
    for name, array in arrays.items():
        writer.add_tensor(f"{name}.weight", array.astype(np.float32))
    writer.write_header_to_file()
    writer.write_kv_data_to_file()
    writer.write_tensors_to_file()
    writer.close()
    return path


def by_chance(seed: int, layers: int, count: int = 260) -> dict[str, np.ndarray]:
    """Arrays by chance, which eight bits a weight express exactly."""
    rng = np.random.default_rng(seed)
    width, inner = SIZES["width"], SIZES["inner"]
    shared = width // SIZES["heads"] * SIZES["shared"]

    def matrix(rows: int, columns: int) -> np.ndarray:
        whole = rng.integers(-127, 128, (rows, columns))
        whole[:, 0] = 127
        return whole / 127 * rng.uniform(0.2, 0.6, (rows, 1))

    found = {"token_embd": matrix(count, width), "output_norm": rng.uniform(0.5, 1.5, width)}
    for n in range(layers):
        found |= {
            f"blk.{n}.attn_norm": rng.uniform(0.5, 1.5, width),
            f"blk.{n}.ffn_norm": rng.uniform(0.5, 1.5, width),
            f"blk.{n}.attn_q": matrix(width, width),
            f"blk.{n}.attn_k": matrix(shared, width),
            f"blk.{n}.attn_v": matrix(shared, width),
            f"blk.{n}.attn_output": matrix(width, width),
            f"blk.{n}.ffn_gate": matrix(inner, width),
            f"blk.{n}.ffn_up": matrix(inner, width),
            f"blk.{n}.ffn_down": matrix(width, inner),
        }
    return found


def liking(words: Sequence[str], path: Path) -> Path:
    """A model to which these words are likely anywhere, and all else is not."""
    known, _ = pieces(words)
    liked = {f"Ġ{word}" for word in words}
    size = np.array([4.0 if piece in liked else 1.0 for piece in known])
    direction = np.ones(SIZES["width"]) / np.sqrt(SIZES["width"])
    arrays = {"token_embd": size[:, None] * direction, "output_norm": np.ones(SIZES["width"])}
    return write(path, arrays, 0, words)


def log_p(arrays: Mapping[str, np.ndarray], layers: int, text: Sequence[int]) -> np.ndarray:
    """Log P of each piece after those before it, but for the first: the plainest way."""
    heads, shared = SIZES["heads"], SIZES["shared"]
    size = SIZES["width"] // heads

    def normed(x: np.ndarray, name: str) -> np.ndarray:
        return x / np.sqrt((x**2).mean(axis=1, keepdims=True) + 1e-5) * arrays[name]

    def turned(x: np.ndarray) -> np.ndarray:
        angle = np.arange(len(x))[:, None] * 10000.0 ** (-np.arange(0, size, 2) / size)
        pairs = (x[:, ::2] + 1j * x[:, 1::2]) * np.exp(1j * angle)
        return np.stack([pairs.real, pairs.imag], axis=2).reshape(x.shape)

    x = arrays["token_embd"][list(text)]
    for n in range(layers):
        its = {
            name.removeprefix(f"blk.{n}."): array
            for name, array in arrays.items()
            if name.startswith(f"blk.{n}.")
        }
        h = normed(x, f"blk.{n}.attn_norm")
        seen = []
        for head in range(heads):
            own = slice(head * size, (head + 1) * size)
            group = head * shared // heads
            theirs = slice(group * size, (group + 1) * size)
            q, k = turned(h @ its["attn_q"][own].T), turned(h @ its["attn_k"][theirs].T)
            odds = np.where(np.tri(len(x)) > 0, q @ k.T / np.sqrt(size), -np.inf)
            weights = np.exp(odds - odds.max(axis=1, keepdims=True))
            weights /= weights.sum(axis=1, keepdims=True)
            seen.append(weights @ (h @ its["attn_v"][theirs].T))
        x = x + np.concatenate(seen, axis=1) @ its["attn_output"].T
        h = normed(x, f"blk.{n}.ffn_norm")
        gate = h @ its["ffn_gate"].T
        x = x + (gate / (1 + np.exp(-gate)) * (h @ its["ffn_up"].T)) @ its["ffn_down"].T
    odds = normed(x, "output_norm") @ arrays["token_embd"].T
    total = np.log(np.exp(odds).sum(axis=1))
    return np.array([odds[n, piece] - total[n] for n, piece in enumerate(text[1:])])
