"""What is compiled comes to the same, to the last bit, as what it stands for."""

from __future__ import annotations

from contextlib import suppress

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from spinfix import Repairer
from spinfix.candidates import Candidate
from spinfix.causal import Branch
from spinfix.causal import _attended as seen_by_heads
from spinfix.causal import _gated as gated
from spinfix.causal import _normed as rms_normed
from spinfix.causal import _Rows as Rows
from spinfix.causal import _turns as turns_of
from spinfix.compiled import part
from spinfix.compiled import pure as python_alone
from spinfix.dense import _CUBED, _PLAIN, Convolution, Dense, attended, gelu, normed
from spinfix.language_model import LanguageModel
from spinfix.lattice import windows
from spinfix.llama_file import Sizes
from spinfix.shipped import MODEL, shipped
from spinfix.text import tokenize

SAMPLES = ("spun/ferry.txt", "original/clinic.txt", "genuine/orchard.txt")
pytestmark = pytest.mark.skipif(
    not (part("_channel") and part("_lattice")), reason="nothing is compiled here"
)


@pytest.fixture
def pure():
    """Run something in Python alone."""

    def run(function, *args):
        with python_alone():
            assert part("_lattice") is None
            return function(*args)

    return run


def decoded(repairer: Repairer, text: str, rate: float, family: int):
    """All that the compiled parts have a hand in."""
    channel, markers = repairer.families[family].channel, repairer.families[family].markers
    tokens = tokenize(text)
    chances = [1.0 if i % 11 else 0.3 for i in range(len(tokens))]
    spun, readings = channel.readings(tokens, chances, 0.5, rate)
    return markers.find(tokens), readings, windows(repairer.model, spun, readings)


@pytest.mark.parametrize("rate", [1.0, 0.1])
@pytest.mark.parametrize("name", SAMPLES)
def test_samples_are_decoded_alike(repairer, samples, pure, name, rate):
    text = (samples / name).read_text("utf-8")
    for written in (text, text.title(), text.upper(), text.replace("'", "’"), text[::-1]):
        for family in range(len(repairer.families)):
            wanted = pure(decoded, repairer, written, rate, family)
            assert decoded(repairer, written, rate, family) == wanted


def spun_words(repairer: Repairer, samples, more: str = ""):
    """Lines and readings of a sample."""
    tokens = tokenize((samples / "spun/ferry.txt").read_text("utf-8") + more)
    return repairer.families[0].channel.readings(tokens, [1.0] * len(tokens), 0.5)


def test_the_language_model_is_asked_alike(repairer, samples, pure):
    """With an exponent, and of words that it cannot know."""
    spun, readings = spun_words(repairer, samples, "\ncafé \ud83d naïve a\0b 12,345 \0")
    model = LanguageModel(shipped(MODEL), 0.9)
    found = windows(model, spun, readings)
    assert model.trie and len(found) > 100
    assert found == pure(windows, model, spun, readings)
    assert found == windows(model, spun, readings), "they may take turns"


@pytest.mark.parametrize("compiled", [True, False])
def test_states_are_good_as_long_as_a_text_is_read(repairer, samples, pure, compiled, monkeypatch):
    """However little the language model keeps."""
    spun, readings = spun_words(repairer, samples)
    assert len(spun) > 3
    wanted = windows(LanguageModel(shipped(MODEL)), spun, readings)
    monkeypatch.setattr("spinfix.language_model._CACHE", 5)
    model = LanguageModel(shipped(MODEL))
    for _ in range(2):
        found = windows(model, spun, readings) if compiled else pure(windows, model, spun, readings)
        assert found == wanted and len(found) > 5


def test_a_model_of_another_kind_is_left_to_kenlm(repairer, samples, monkeypatch):
    spun, readings = spun_words(repairer, samples)
    model = LanguageModel(shipped(MODEL))
    wanted = windows(model, spun, readings)
    monkeypatch.setattr(part("_trie"), "open", lambda *_: None)
    other = LanguageModel(shipped(MODEL))
    assert other.trie is None and windows(other, spun, readings) == wanted


@pytest.mark.parametrize("size", [0, 40, 140, 1_000_000])
def test_a_file_that_is_no_model_is_refused_at_once(tmp_path, pure, size):
    """By KenLM, whose errors say why."""
    path = tmp_path / "model.bin"
    path.write_bytes(shipped(MODEL).read_bytes()[:size])
    for its in (LanguageModel, lambda path: pure(LanguageModel, path)):
        with pytest.raises(OSError, match="Cannot read model"):
            its(path)


def test_a_damaged_model_leads_nowhere_else(repairer, samples):
    """Whatever stands in the file: nothing outside it is read."""
    spun, readings = spun_words(repairer, samples)
    good = shipped(MODEL).read_bytes()
    opened = part("_trie").open
    for size in (0, 55, 100, 140, 1_000_000, len(good) // 2):
        assert opened(good[:size], 1.0, 5.0) is None
    for place in (60, 88, 96, 113, 116, 124, 136, good.index(b"<unk>")):
        assert opened(good[:place] + b"\xee" + good[place + 1 :], 1.0, 5.0) is None
    model = LanguageModel(shipped(MODEL))
    rng = np.random.default_rng(3)
    for share in (0.001, 0.3):
        bad = np.frombuffer(good, np.uint8).copy()
        end = good.index(b"<unk>\0")  # there its words begin
        places = rng.integers(800_000, end, int(share * end))
        bad[places] = rng.integers(0, 256, len(places))
        model._trie = opened(bad, 1.0, 5.0)
        assert model.trie
        with suppress(ValueError):  # no number that is one
            windows(model, spun, readings)


def phrases(repairer: Repairer) -> list[str]:
    """Phrases of the dictionary, and what may stand around them."""
    entries = [*repairer.families[0].channel._entries]
    odd = ["a", "an", "US", "U.S.", "it's", "it’s", "three,000", "I", "I'm", "İ", "ﬁve", "\ud83d"]
    return entries[:: len(entries) // 300] + 30 * odd + 60 * [",", ".", "\n"]


@settings(max_examples=60, deadline=None)
@given(data=st.data())
def test_any_phrases_are_decoded_alike(repairer, data):
    words = data.draw(st.lists(st.sampled_from(phrases(repairer)), max_size=80))
    cases = data.draw(st.lists(st.sampled_from([str, str.title, str.capitalize]), min_size=1))
    text = " ".join(cases[n % len(cases)](word) for n, word in enumerate(words))
    text = text.replace("'", data.draw(st.sampled_from("'’")))
    found = decoded(repairer, text, 1.0, 0)
    with python_alone():
        assert found == decoded(repairer, text, 1.0, 0)


def test_candidates_have_the_fields_that_are_compiled_in():
    assert Candidate._fields[1:3] == ("words", "weight")


def test_a_reading_that_leads_nowhere_is_an_error(repairer):
    channel = repairer.families[0].channel
    tokens = tokenize("the authorities")
    _, readings = channel.readings(tokens, [1.0, 1.0], 0.5)
    with pytest.raises(ValueError, match="no reading leads on"):
        windows(repairer.model, [(0, 2)], [readings[0][:1], []])


@pytest.mark.parametrize(("outputs", "inputs"), [(16, 4), (48, 132), (384, 1536), (7, 5)])
def test_products_are_exact(pure, outputs, inputs):
    rng = np.random.default_rng(outputs)
    weights = rng.integers(-127, 128, (outputs, inputs)).astype(np.int8)
    scale, bias = rng.random((2, outputs), np.float32)
    layers = Dense(weights, scale, bias), pure(Dense, weights, scale, bias)
    for rows in (0, 1, 2, 5, 33):
        x = rng.standard_normal((rows, inputs)).astype(np.float32)
        if rows > 2:
            x[1], x[2] = 0.25, np.abs(x[2])
        found = [layer(x) for layer in layers]
        assert np.array_equal(*found)
        step = (x.max(1, initial=-9) - x.min(1, initial=9))[:, None] / 127
        wanted = (x @ weights.T) * scale + bias
        off = np.abs(found[0] - wanted)
        assert np.all(off <= step * np.abs(weights).sum(1) * scale * 0.51 + 1e-3)
        found = [layer(x, twice=True) for layer in layers]
        assert np.array_equal(*found)
        off = np.abs(found[0] - wanted)
        assert np.all(off <= step / 127 * np.abs(weights).sum(1) * scale * 0.51 + 1e-3)


@pytest.mark.parametrize(
    ("rows", "inputs", "outputs"), [(21, 260, 32), (40, 320, 48), (150, 64, 16)]
)
def test_products_are_the_same_with_every_instruction(pure, rows, inputs, outputs):
    """Of processors that can do more, those that can do less."""
    compiled = part("_dense")
    if not compiled or not compiled.level:
        pytest.skip("this processor has none of them")
    rng = np.random.default_rng(5)
    weights = rng.integers(-127, 128, (outputs, inputs)).astype(np.int8)
    scale, bias = rng.random((2, outputs), np.float32)
    x = rng.standard_normal((rows, inputs)).astype(np.float32)
    layer = Dense(weights, scale, bias)
    for twice in (False, True):
        found = []
        for level in range(1, compiled.level + 1):
            y = np.full((rows, outputs), np.nan, np.float32)
            compiled.apply(x, *layer.packed, y, level, twice)
            found.append(y)
        assert all(np.array_equal(y, found[0]) for y in found)
        assert np.array_equal(found[0], pure(Dense, weights, scale, bias)(x, twice))
    with pytest.raises(RuntimeError, match="cannot"):
        its = layer.packed[0], scale, scale, scale, found[0]
        compiled.apply(x, *its, compiled.level + 1, False)


@pytest.mark.parametrize("width", [48, 64])
@pytest.mark.parametrize(("taps", "step"), [(5, 1), (3, 2), (3, 40), (1, 1)])
def test_convolutions_are_the_same_with_every_instruction(pure, taps, step, width):
    compiled = part("_convolution")
    if not compiled or not compiled.level:
        pytest.skip("this processor cannot do it")
    rng = np.random.default_rng(taps)
    matrices = rng.standard_normal((taps, width, width)).astype(np.float32)
    bias = rng.random(width, np.float32)
    layer, twin = (f(Convolution, matrices, bias, step) for f in (lambda f, *a: f(*a), pure))
    for rows in (1, 2, 9, 50):
        x = rng.standard_normal((rows, width)).astype(np.float32)
        wanted = pure(twin, x.copy())
        assert np.array_equal(layer(x.copy()), wanted)
        for level in range(1, compiled.level + 1):
            y = x.copy()
            compiled.convolve(y, *layer._layer.packed, taps, step, level)
            assert np.array_equal(y, wanted)
    packed, *rest = layer._layer.packed
    for bad in ((x[:, 1:].copy(), packed), (x, packed[1:])):
        with pytest.raises(ValueError, match="fit together"):
            compiled.convolve(*bad, *rest, taps, step, compiled.level)
    for wrong in ((taps + 1, step), (taps, 0), (0, step)):
        with pytest.raises(ValueError, match="fit together"):
            compiled.convolve(x, packed, *rest, *wrong, compiled.level)
    with pytest.raises(RuntimeError, match="cannot"):
        compiled.convolve(x, packed, *rest, taps, step, compiled.level + 1)


@pytest.mark.parametrize("rows", [1, 3, 16, 33, 162])
def test_attention_and_norms_are_the_same_with_every_instruction(pure, rows):
    compiled = part("_encoder")
    if not compiled or not compiled.level:
        pytest.skip("this processor has none of them")
    rng = np.random.default_rng(rows)
    heads, size = 3, compiled.head
    width = heads * size
    qkv = 3 * rng.standard_normal((rows, 3 * width)).astype(np.float32)
    some = np.unique(rng.integers(0, rows, rows))
    more, x = rng.standard_normal((2, rows, width)).astype(np.float32)
    scale, bias = rng.random((2, width), np.float32)
    for level in range(1, compiled.level + 1):
        for asked in (None, some):
            seen = np.empty((rows if asked is None else len(asked), width), np.float32)
            compiled.attend(qkv, asked, seen, heads, level)
            assert np.array_equal(seen, pure(attended, qkv, heads, asked))
        y = x.copy()
        compiled.norm(y, more, scale, bias, 1e-12, level)
        assert np.array_equal(y, pure(normed, x.copy(), more, scale, bias))
        y = 5 * x.ravel()[: rows * width - 5]
        wanted = pure(gelu, y.copy()[None])[0]
        compiled.gelu(y, _CUBED, _PLAIN, level)
        assert np.array_equal(y, wanted)


def test_arrays_that_do_not_fit_are_refused():
    compiled = part("_encoder")
    if not compiled or not compiled.level:
        pytest.skip("this processor cannot do it")
    level, size = compiled.level, compiled.head
    qkv, seen = np.zeros((4, 3 * size), np.float32), np.zeros((4, size), np.float32)
    bad = [(qkv[:, 1:].copy(), None, seen, 1), (qkv, None, seen[:3], 1), (qkv, None, seen, 0)]
    bad += [(qkv, np.array([0, 1, 2, 4]), seen, 1), (qkv, np.array([0, -1, 2, 3]), seen, 1)]
    for arguments in bad:
        with pytest.raises(ValueError, match="fit together"):
            compiled.attend(*arguments, level)
    with pytest.raises(ValueError, match="fit together"):
        compiled.norm(seen, qkv, seen[0], seen[0], 1e-12, level)
    for call in (compiled.attend, compiled.norm):
        with pytest.raises(TypeError):
            call(1, 2, 3)
    with pytest.raises(RuntimeError, match="cannot"):
        compiled.gelu(seen, 1.0, 1.0, level + 1)


@pytest.mark.parametrize(("size", "branches", "longest"), [(1, 1, 1), (7, 3, 2), (90, 40, 7)])
def test_what_a_language_model_sees_is_the_same_with_every_instruction(
    pure, size, branches, longest
):
    compiled = part("_causal")
    if not compiled or not compiled.level:
        pytest.skip("this processor has none of them")
    rng = np.random.default_rng(size)
    sizes = Sizes(6 * compiled.head, 1, heads=6, shared=2, epsilon=1e-5, base=1e4)
    starts = sorted(rng.integers(1, size + 1, branches).tolist())
    others = [Branch(start, size, range(longest + 1)) for start in starts]
    rows = Rows.of(range(size), others)
    count = len(rows.pieces)
    turns = turns_of(rows.places, sizes)
    width = (sizes.heads + 2 * sizes.shared) * compiled.head
    qkv = 2 * rng.standard_normal((count, width)).astype(np.float32)
    wanted = pure(seen_by_heads, qkv, rows, turns, sizes)
    x = rng.standard_normal((count, compiled.lanes * 3)).astype(np.float32)
    scale = rng.random(x.shape[1], np.float32)
    gates = 9 * rng.standard_normal((count, 4 * compiled.vector)).astype(np.float32)
    for level in range(1, compiled.level + 1):
        seen = np.empty_like(wanted)
        numbers = rows.size, rows.longest, sizes.heads, sizes.shared, compiled.head**-0.5
        compiled.attend(qkv, *turns, rows.before, seen, *numbers, level)
        assert np.array_equal(seen, wanted)
        y = np.empty_like(x)
        compiled.norm(x, scale, y, 1e-5, level)
        assert np.array_equal(y, pure(rms_normed, x, scale, 1e-5))
        y = np.empty((count, 2 * compiled.vector), np.float32)
        compiled.gate(gates, y, count, level)
        assert np.array_equal(y, pure(gated, gates))


def test_arrays_of_a_language_model_that_do_not_fit_are_refused():
    compiled = part("_causal")
    if not compiled or not compiled.level:
        pytest.skip("this processor cannot do it")
    level, size = compiled.level, compiled.head
    qkv, seen = np.zeros((6, 3 * size), np.float32), np.zeros((6, size), np.float32)
    turns, before = np.zeros((6, size // 2), np.float32), np.array([1, 4])
    compiled.attend(qkv, turns, turns, before, seen, 4, 1, 1, 1, 0.1, level)
    arrays = [
        (qkv[:, 1:].copy(), turns, turns, before, seen),
        (qkv, turns[1:], turns, before, seen),
        (qkv, turns, turns[1:], before, seen),
        (qkv, turns, turns, before[1:], seen),
        (qkv, turns, turns, np.array([1, 5]), seen),
        (qkv, turns, turns, np.array([-1, 4]), seen),
        (qkv, turns, turns, before, seen[1:]),
    ]
    for wrong in arrays:
        with pytest.raises(ValueError, match="fit together"):
            compiled.attend(*wrong, 4, 1, 1, 1, 0.1, level)
    for numbers in [(-1, 1, 1, 1), (3, 1, 1, 1), (4, 0, 1, 1), (4, 2**60, 1, 1), (4, 1, 0, 1)]:
        with pytest.raises(ValueError, match="fit together"):
            compiled.attend(qkv, turns, turns, before, seen, *numbers, 0.1, level)
    for numbers in [(4, 1, 1, 0), (4, 1, 2, 1), (4, 1, 3, 2), (2**62, 1, 1, 1)]:
        with pytest.raises(ValueError, match="fit together"):
            compiled.attend(qkv, turns, turns, before, seen, *numbers, 0.1, level)
    with pytest.raises(ValueError, match="fit together"):
        compiled.norm(seen, seen[0, :5].copy(), seen, 1e-5, level)
    for rows in (0, 7, 24):
        with pytest.raises(ValueError, match="fit together"):
            compiled.gate(seen, seen[:3].copy(), rows, level)
    with pytest.raises(RuntimeError, match="cannot"):
        compiled.gate(seen, seen[:3].copy(), 3, level + 1)


def test_a_layer_that_is_too_wide_is_refused():
    with pytest.raises(ValueError, match="5000 inputs"):
        Dense(np.ones((16, 5000), np.int8), np.ones(16, np.float32), np.ones(16, np.float32))


@pytest.mark.parametrize("scorer", ["fast", "deep"])
def test_texts_are_repaired_alike(samples, pure, scorer):
    text = (samples / "spun/ferry.txt").read_text("utf-8")
    repaired = [Repairer(scorer=scorer).repair(text), pure(Repairer(scorer=scorer).repair, text)]
    alone = pure(lambda: Repairer(scorer=scorer).repair(text))
    assert repaired[0] == repaired[1] == alone and repaired[0].edits
