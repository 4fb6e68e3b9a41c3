"""The scripts of tools/ and benchmarks/ can still be loaded; training examples can be made."""

from __future__ import annotations

import json
import lzma
import subprocess
import sys

import numpy as np
import pytest
from conftest import ROOT
from known_pairs import drawn, pair_vectors
from spins import THESAURUS, genuine, spun

from spinfix.context import FEW, SOME
from spinfix.shipped import MODEL, shipped
from spinfix.text import tokenize

FOLDERS = [str(ROOT / name) for name in ("tools", "benchmarks")]
MODULES = sorted(path.stem for name in FOLDERS for path in (ROOT / name).glob("*.py"))
#: Packages that some of them need, and the extras that bring these.
OPTIONAL = {"selenium": "test", "torch": "train"}
#: Loads the modules that it is given, and prints what went wrong: what is missing, and all.
LOAD = """
import importlib, json, sys, traceback
wrong = {}
for name in sys.argv[1:]:
    try:
        importlib.import_module(name)
    except Exception as error:
        wrong[name] = getattr(error, "name", None), traceback.format_exc()
print(json.dumps(wrong))
"""


@pytest.fixture(scope="module")
def wrong():
    """What goes wrong when the modules are loaded, all in one process apart from this one."""
    code = f"import sys; sys.path[:0] = {FOLDERS}{LOAD}"
    command = [sys.executable, "-c", code, *MODULES]
    done = subprocess.run(command, cwd=ROOT, stdout=subprocess.PIPE, check=True)
    return json.loads(done.stdout)


@pytest.mark.parametrize("name", MODULES)
def test_every_script_can_be_loaded(name, wrong):
    missing, trace = wrong.get(name, (None, None))
    if missing in OPTIONAL:
        pytest.skip(f"needs {missing}, which spinfix[{OPTIONAL[missing]}] brings")
    assert trace is None, trace


@pytest.fixture(scope="module")
def sides():
    """Spun articles and their originals."""
    originals = genuine(24, seed=1)
    return list(zip(spun(originals, seed=2), originals, strict=True))


@pytest.fixture(scope="module")
def corpora(tmp_path_factory, sides):
    """A folder of corpora with these pairs in it."""
    folder = tmp_path_factory.mktemp("corpora")
    (folder / "pairs").mkdir()
    with lzma.open(folder / "pairs/train.jsonl.xz", "wt", encoding="utf-8") as file:
        for number, (text, original) in enumerate(sides):
            row = {"id": str(number), "site": "own", "spun": text, "original": original}
            file.write(json.dumps(row) + "\n")
    return folder


def built(corpora, out, *options):
    """Vocabulary, phrase pairs and the arrays of both folds that build_examples.py makes."""
    script, model = ROOT / "tools/build_examples.py", shipped(MODEL)
    command = [sys.executable, script, corpora, out, "--models", model, model, "--jobs", "1"]
    subprocess.run([*command, "--min-count", "1", *options], cwd=ROOT, check=True)
    words = (out / "vocabulary.txt").read_text("utf-8").splitlines()
    pairs = [line.split("\t") for line in (out / "pairs.tsv").read_text("utf-8").splitlines()]
    return words, pairs, [dict(np.load(out / f"fold-{index}.npz")) for index in (0, 1)]


def arcs_of(fold):
    """Tokens, phrase pair, log weight and rightness of each arc."""
    spans = [
        slice(start, start + length)
        for start, length in zip(fold["starts"].tolist(), fold["lengths"].tolist(), strict=True)
    ]
    rest = (fold[name].tolist() for name in ("candidates", "log_weights", "right"))
    return list(zip(spans, *rest, strict=True))


def test_examples_of_a_scorer_fit_together(tmp_path, corpora, sides):
    words, pairs, folds = built(corpora, tmp_path)
    for index, fold in enumerate(folds):
        assert fold["texts"].tolist() == list(range(index, len(sides), 2))
        tokens = [tokenize(sides[number][0]).lower for number in fold["texts"]]
        assert fold["articles"].tolist() == [0, *np.cumsum([*map(len, tokens)])[:-1]]
        read = [words[row] for row in fold["words"]]
        assert read == [word for its in tokens for word in its]
        assert len(fold["flags"]) == len(read)
        assert fold["windows"].all(), "no window is empty"
        assert fold["windows"].sum() == len(fold["starts"])
        arcs = arcs_of(fold)
        assert all(weight <= 1e-6 for _, _, weight, _ in arcs)
        assert all(span.stop <= len(read) for span, *_ in arcs)
        assert all(span.stop - span.start == 1 for span, row, *_ in arcs if row < 0)
        back = [(read[span], pairs[row]) for span, row, _, right in arcs if right and row >= 0]
        assert len(back) > 50
        for found, (phrase, original) in back:
            assert found == phrase.split(" "), "the pair stands where the arc says"
            assert phrase in THESAURUS[original], "what is right is what the spinner did"


def test_examples_at_low_rates_are_of_a_quarter_of_the_articles(tmp_path, corpora):
    _, _, folds = built(corpora, tmp_path, "--low")
    assert [fold["texts"].tolist() for fold in folds] == [[0, 2, 12, 14], [1, 13]]
    for fold in folds:
        ends = np.append(fold["articles"][1:], len(fold["words"]))
        for number, low, high in zip(fold["texts"], fold["articles"], ends, strict=True):
            rates = fold["flags"][low:high] & (FEW | SOME)
            assert set(rates.tolist()) == {FEW if number < 12 else SOME}
        right = [row for _, row, _, good in arcs_of(fold) if good]
        assert 0 < sum(row >= 0 for row in right) < len(right) / 2, "most words were left alone"


def test_a_scorer_can_begin_with_what_another_knows_of_phrase_pairs():
    known = {"may\tcan": [127, 0], "might\tcan": [63, 10], "might\tcould": [0, 80]}
    written = {
        "phrases": np.frombuffer("\n".join(known).encode(), np.uint8),
        "pair": np.array(list(known.values()), np.int8),
        "pair_scale": np.ones(len(known), np.float32),
        "pair_bias": np.array([1, 2, 3], np.float32),
    }
    pairs = ["might\tcould", "that may\tthat can", "shall\tcan", "shall\twill"]
    same, inner, shared, unknown = pair_vectors(written, pairs).tolist()
    assert same == [0, 80, 3]
    assert inner == [127, 0, 1]
    assert 0 < shared[0] < 127 and 0 < shared[2] < 2  # of the pairs that give "can" back
    assert unknown == [0, 0, 0]


def test_what_is_known_of_rare_pairs_is_drawn_towards_the_pair_within():
    pairs = ["whether or not\twhether", "whether or not they're\twhether they're", "a\tthe"]
    vectors = np.array([[0.0], [6.0], [1.0]], np.float32)
    common, rare, other = drawn(vectors, pairs, [1000, 60, 1])
    assert (common, other) == (0.0, 1.0)
    assert rare == 3.0
