"""Genuine articles spun as the training pairs were: more of them to learn from."""

from __future__ import annotations

import json
import lzma
import subprocess
import sys
from collections import Counter

import numpy as np
import pytest
from build_language_model import held_out
from conftest import ROOT
from corpora import RESPUN, Fold, is_held
from heads import PASSED, Outcome, along_heads, learn_rows
from respin import Spinner, aligned
from spins import THESAURUS, genuine, spun

from spinfix.dictionary import read_entries
from spinfix.learn.examples import places
from spinfix.learn.table import entries_of, read_articles
from spinfix.shipped import MODEL, shipped
from spinfix.text import tokenize


def became(words, old=1):
    """A head of so many words that becomes other words, all of it."""
    return Outcome(words, ((0, words.count(" ") + 1, 0, old),))


ROWS = {
    "said": Counter({became("stated"): 3, became("mentioned"): 1}),
    "foreign ministry": Counter({became("overseas ministry", 2): 1}),
    "ministry": Counter({became("department"): 1}),
    "able to": Counter({PASSED: 1}),
    "able": Counter({became("capable"): 1}),
    "large": Counter({Outcome("large"): 1}),
}


def articles(number, seed):
    """Genuine articles of three paragraphs."""
    texts = genuine(3 * number, seed)
    return ["\n".join(texts[n : n + 3]) for n in range(0, 3 * number, 3)]


@pytest.fixture(scope="module")
def sides():
    originals = articles(60, seed=3)
    return list(zip(spun(originals, seed=4), originals, strict=True))


def test_the_thesaurus_of_a_spinner_is_learned_from_its_pairs(sides):
    rows = learn_rows(read_articles(sides))
    assert {head: {outcome.words for outcome in row} for head, row in rows.items()} == {
        head: set(row) for head, row in THESAURUS.items()
    }
    assert 0.4 < rows["said"][became("stated")] / rows["said"].total() < 0.6


def test_rows_of_longer_heads_are_found_by_their_context():
    """The spinner has rows for "this is" and "in this" only, in which one word changes."""
    lines = ["this is it", "we live in this", "say this", "all of this", "this was late"]
    sides = []
    for n, line in enumerate(lines * 12):
        new = line.replace("this is", "that is").replace("in this", "in that")
        sides.append((f"{n} {new}", f"{n} {line}"))
    articles = read_articles(sides)
    rows = learn_rows(articles)
    assert set(rows["this is"]) == {Outcome("that is", ((0, 1, 0, 1),))}
    assert set(rows["in this"]) == {Outcome("in that", ((1, 2, 1, 2),))}
    assert "this" not in rows
    (line,) = lines_of("Tell me, is this late? This is.", rows, "1")
    assert line.text == "Tell me, is this late? That is."
    assert line.segments == [(7, 9, 7, 9)]
    pairs = {entry[:2] for entry in entries_of(articles)}
    assert ("that", "this") in pairs and ("that is", "this is") not in pairs
    pairs = {entry[:2] for entry in entries_of(list(along_heads(articles, rows)))}
    assert pairs == {("that is", "this is"), ("in that", "in this")}


def lines_of(text, rows, *arguments, **options):
    return Spinner(rows).spin(text, *arguments, **options)


def spin(*arguments, **options):
    return "\n".join(line.text for line in lines_of(*arguments, **options))


def test_the_longest_head_is_replaced_and_its_case_kept():
    assert (
        spin("Foreign ministry, the ministry.", ROWS, "1") == "Overseas ministry, the department."
    )
    assert spin("a large house", ROWS, "1") == "a large house", "a head can become itself"
    assert spin("able to go", ROWS, "1") == "capable to go", "or be passed over for a shorter one"


def test_a_head_is_always_replaced_or_never_as_it_mostly_was():
    """Now and then is what a longer head does, or a slip of the alignment."""
    rows = {
        "home": Counter({became("house"): 40, became("dwelling"): 38, became("street"): 2}),
        "when": Counter({Outcome("when"): 90, became("after"): 10}),
        "year": Counter({became("yr"): 60, Outcome("year"): 9}),
        "new year": Counter({Outcome("new year"): 7, became("new yr", 2): 1}),
    }
    for seed in map(str, range(40)):
        assert spin("a year when no new year", rows, seed) == "a yr when no new year"
    assert {spin("home", rows, str(seed)) for seed in range(40)} == {"house", "dwelling"}


def test_a_line_stays_as_it_is_where_words_would_grow_together():
    rows = {"4": Counter({became("four"): 1}), "%": Counter({became("percent"): 1})}
    found = lines_of("say 4% of it\nsay 4 % of it", rows, "1")
    assert found == [
        ("say 4% of it", []),
        ("say four percent of it", [(1, 2, 1, 2), (2, 3, 2, 3)]),
    ]


def test_one_draw_for_each_head_as_it_is_written():
    texts = [spin("She said so. Said he. They said no.", ROWS, str(n)) for n in range(40)]
    draws = Counter((words[1], words[3].lower(), words[6]) for words in map(str.split, texts))
    assert all(first == last for first, _, last in draws)
    assert len({first for first, *_ in draws}) == 2
    assert any(first != other for first, other, _ in draws), "capitals draw apart"
    assert spin("said", ROWS, "7") == spin("said", ROWS, "7")


def test_what_was_replaced_is_known():
    text = "The foreign ministry said\nit is able to say it’s large, said the ministry."
    found = lines_of(text, ROWS, "3")
    rows = [(line.text, text.split("\n")[n], line.segments) for n, line in enumerate(found)]
    lines = aligned(rows)
    edits = [
        (" ".join(line.spun[i:j]), " ".join(line.original[k:m]))
        for line, segments in lines
        for i, j, k, m in segments
    ]
    said = found[0].text.split()[-1]
    assert edits == [
        ("overseas ministry", "foreign ministry"),
        (said, "said"),
        ("capable", "able"),
        (said, "said"),
        ("department", "ministry"),
    ]
    _, words = places(tokenize("\n".join(line.text for line in found)), lines)
    assert words == tokenize(text).lower


def test_names_and_quotations_can_be_protected():
    text = "Said she: “he said so”, and he said no."
    assert "Said" in spin(text, ROWS, "1", names=False)
    kept = spin(text, ROWS, "1", quotes=False)
    assert "“he said so”" in kept and "he said no" not in kept
    assert spin("it’s, it's", {"it's": Counter({became("it is"): 1})}, "1") == "it’s, it is"


@pytest.fixture(scope="module")
def corpora(tmp_path_factory, sides):
    """Pairs, and genuine texts: the originals of the pairs, and others."""
    folder = tmp_path_factory.mktemp("corpora")
    for name in ("pairs", "clean"):
        (folder / name).mkdir()
    with lzma.open(folder / "pairs/train.jsonl.xz", "wt", encoding="utf-8") as file:
        for number, (text, original) in enumerate(sides):
            row = {"id": str(number), "site": "all", "spun": text, "original": original}
            file.write(json.dumps(row) + "\n")
    others = articles(40, seed=5)
    with lzma.open(folder / "clean/own.txt.xz", "wt", encoding="utf-8") as file:
        file.write("\n\n".join([original for _, original in sides] + others) + "\n")
    return folder, others


def run(script, *arguments):
    subprocess.run([sys.executable, ROOT / "tools" / script, *arguments], cwd=ROOT, check=True)


def test_articles_that_are_not_in_the_pairs_are_spun(corpora, tmp_path):
    folder, others = corpora
    run("build_respun.py", folder, tmp_path / "one", "--each", "20", "--jobs", "1")
    run("build_respun.py", folder, tmp_path / "two", "--each", "20", "--jobs", "2")
    assert (tmp_path / "one").read_bytes() == (tmp_path / "two").read_bytes()
    rows = [json.loads(line) for line in (tmp_path / "one").read_text("utf-8").splitlines()]
    assert len({row["original"] for row in rows}) == 20
    assert {row["original"] for row in rows} <= set(others)
    assert all(row["spun"] != row["original"] for row in rows)
    model = shipped(MODEL)
    run(
        *("build_examples.py", folder, tmp_path / "out", "--models", model, model),
        *("--respun", tmp_path / "one", "--heads", "--min-count", "1", "--jobs", "1"),
    )
    for index in (0, 1):
        fold = np.load(tmp_path / "out" / f"fold-{index}.npz")
        assert fold["texts"].tolist() == list(range(RESPUN + index, RESPUN + 20, 2))
        assert len(fold["starts"]) and not any(map(is_held, fold["texts"].tolist()))


def test_dictionary_and_examples_can_be_cut_along_heads(corpora, tmp_path):
    folder, _ = corpora
    run("build_dictionary.py", folder, tmp_path / "whole.tsv", "--heads")
    entries = {entry[:2] for entry in read_entries(tmp_path / "whole.tsv")}
    assert entries == {(word, head) for head, words in THESAURUS.items() for word in words}
    models = "--models", shipped(MODEL), shipped(MODEL)
    for name, more in (("plain", ()), ("heads", ("--heads",))):
        run("build_examples.py", folder, tmp_path / name, *models, "--min-count", "1", *more)
    plain, cut = (np.load(tmp_path / name / "fold-0.npz") for name in ("plain", "heads"))
    # The spinner of this test has no heads that go by their neighbours.
    assert np.array_equal(plain["starts"], cut["starts"]) and cut["right"].any()


def test_what_a_fold_holds_out_is_left_out_of_its_language_model(corpora):
    folder, _ = corpora
    path = folder / "pairs/train.jsonl.xz"
    parts = [set(held_out([path], Fold(index, 3))) for index in range(3)]
    with lzma.open(path, "rt", encoding="utf-8") as file:
        originals = [json.loads(line)["original"] for line in file]
    for number, original in enumerate(originals):
        assert set(original.split("\n")) <= parts[number % 3]
