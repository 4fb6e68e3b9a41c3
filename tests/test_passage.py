"""The deep scorer: pieces, chunks, the encoder, and what reading the passage changes."""

from __future__ import annotations

import math

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from spinfix.encoder import Encoder
from spinfix.passage_text import Segment, cut, passage
from spinfix.pieces import Pieces
from spinfix.text import tokenize

VOCABULARY = ["[PAD]", "[UNK]", "[CLS]", "[SEP]", "un", "##spun", "##s", "spun", "e", "'", "."]


@pytest.fixture(scope="module")
def pieces() -> Pieces:
    return Pieces(VOCABULARY)


def names(pieces: Pieces, phrase: str) -> list[str]:
    return [VOCABULARY[number] for number in pieces.of(phrase)]


def test_words_are_split_into_the_longest_pieces(pieces):
    assert names(pieces, "unspun") == ["un", "##spun"]
    assert names(pieces, "spun.") == ["spun", "."]
    assert names(pieces, "É") == ["e"]
    assert names(pieces, "spunk") == ["[UNK]"]
    assert names(pieces, "") == ["[UNK]"]


@given(st.integers(0, 2000), st.lists(st.integers(0, 2000)))
def test_chunks_follow_each_other_and_are_of_like_size(size, ends):
    cuts = cut(size, ends)
    sizes = np.diff(cuts)
    assert cuts[0] == 0 and cuts[-1] == size
    assert size == 0 or sizes.min() > 0
    assert sizes.max(initial=0) <= 240


def test_chunks_are_cut_at_the_end_of_a_sentence():
    assert cut(300, [20, 140, 170, 290]) == [0, 140, 300]


def test_a_token_knows_its_pieces(pieces):
    """ "un un" was given back as "unspuns"; its tokens share the pieces."""
    chosen = [
        Segment(1, 3, ["unspuns"], 0.5, True),
        Segment(3, 4, ["."], 0.99),
    ]
    text = passage(chosen, tokenize("spun un un."), pieces)
    assert [VOCABULARY[n] for n in text.pieces] == ["spun", "un", "##spun", "##s", "."]
    assert text.states.tolist() == [0, 6, 6, 6, 1]
    assert text.first.tolist() == [0, 1, 1, 4]
    assert text.last.tolist() == [0, 3, 3, 4]
    assert text.token.tolist() == [0, 1, 1, 1, 3]
    assert text.doubts == pytest.approx([0.51])


HEADS, WIDTH, INNER = 2, 8, 12


@pytest.fixture(scope="module")
def arrays() -> dict[str, np.ndarray]:
    """The weights of an encoder of two layers, drawn at random."""
    rng = np.random.default_rng(7)
    found: dict[str, np.ndarray] = {"layers": np.array(2), "heads": np.array(HEADS)}

    def add(name: str, *shape: int) -> None:
        found[name] = rng.normal(0, 0.5, shape).astype(np.float32)

    def add_whole(name: str, rows: int, columns: int) -> None:
        found[name] = rng.integers(-127, 128, (rows, columns)).astype(np.int8)
        found[f"{name}_scale"] = rng.uniform(0.001, 0.01, rows).astype(np.float32)

    add_whole("word", len(VOCABULARY), WIDTH)
    for name, rows in (("place", 30), ("flag", 3), ("state", 7)):
        add(name, rows, WIDTH)
    for name in ("norm", "norm_bias"):
        add(name, WIDTH)
    for n in (0, 1):
        for name, rows, columns in (
            ("qkv", 3 * WIDTH, WIDTH),
            ("out", WIDTH, WIDTH),
            ("up", INNER, WIDTH),
            ("down", WIDTH, INNER),
        ):
            add_whole(f"layer{n}_{name}", rows, columns)
            add(f"layer{n}_{name}_bias", rows)
        for name in ("norm1", "norm1_bias", "norm2", "norm2_bias"):
            add(f"layer{n}_{name}", WIDTH)
    return found


def slow_encoder(a: dict[str, np.ndarray], numbers, states, flags) -> np.ndarray:
    """The same encoder as its papers write it, piece by piece, in 64 bits.

    But for the inputs of dense layers, which are rounded (spinfix.dense).
    """

    def matrix(name: str) -> np.ndarray:
        return a[name].astype(float) * a[f"{name}_scale"][:, None].astype(float)

    def dense(name: str, x) -> np.ndarray:
        step = (max(x) - min(x)) / 127
        whole = np.rint((np.array(x) - min(x)) / step)
        return matrix(name) @ (whole * step + min(x)) + a[f"{name}_bias"]

    def norm(x: np.ndarray, name: str) -> np.ndarray:
        return (x - x.mean()) / x.std() * a[name] + a[f"{name}_bias"]

    def gelu(x: float) -> float:
        return 0.5 * x * (1 + math.tanh(math.sqrt(2 / math.pi) * (x + 0.044715 * x**3)))

    word = matrix("word")
    x = [
        norm(word[n] + a["place"][i] + a["state"][s] + a["flag"][f], "norm")
        for i, (n, s, f) in enumerate(zip(numbers, states, flags, strict=True))
    ]
    size = WIDTH // HEADS
    for n in range(int(a["layers"])):
        qkv = [dense(f"layer{n}_qkv", v) for v in x]
        after = []
        for i, v in enumerate(x):
            seen = []
            for head in range(HEADS):
                q, k, w = (
                    slice(p * WIDTH + head * size, p * WIDTH + (head + 1) * size) for p in range(3)
                )
                odds = np.exp([qkv[i][q] @ other[k] / math.sqrt(size) for other in qkv])
                seen.append(
                    sum(o * other[w] for o, other in zip(odds / odds.sum(), qkv, strict=True))
                )
            v = norm(v + dense(f"layer{n}_out", np.concatenate(seen)), f"layer{n}_norm1")
            up = dense(f"layer{n}_up", v)
            down = dense(f"layer{n}_down", [gelu(u) for u in up])
            after.append(norm(v + down, f"layer{n}_norm2"))
        x = after
    return np.array(x)


def test_the_encoder_is_the_one_of_the_papers(arrays):
    """Two chunks; the second is read only where it is asked about."""
    numbers, states, flags = [4, 5, 7, 8, 4], [0, 6, 6, 1, 2], [0, 1, 2, 0, 1]
    seen = Encoder(arrays)(
        np.array(numbers),
        np.array(states),
        np.array(flags),
        [0, 3, 5],
        (2, 3),
        np.array([0, 1, 2, 4]),
    )
    for start, end in ((0, 3), (3, 5)):
        chunk = slice(start, end)
        wanted = slow_encoder(
            arrays, [2, *numbers[chunk], 3], [0, *states[chunk], 0], [0, *flags[chunk], 0]
        )[1:-1]
        rows = [n for n in range(start, end) if n != 3]
        assert np.allclose(seen[rows], wanted[[n - start for n in rows]], atol=1e-4)
    assert not seen[3].any()
