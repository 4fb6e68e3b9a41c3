"""Learning a spinner from two spins of the same articles, and the commands for it."""

from __future__ import annotations

import json

import pytest
from spins import THESAURUS, genuine, is_true, spun
from test_cli import one_error, spinfix

from spinfix.batch.inputs import InputError
from spinfix.learn.copies import alternatives, learn_copies
from spinfix.learn.reference import TooLittle
from spinfix.learn.unpaired import read_copies


@pytest.fixture(scope="module")
def spins():
    articles = genuine(200, 1)
    return list(zip(spun(articles, 1), spun(articles, 2), strict=True))


def test_where_spins_differ_both_sides_stand_for_one_head(spins):
    found = alternatives(spins)
    assert ("mentioned", "stated") in found and ("kids", "youngsters") in found
    rows = [set(row) for row in THESAURUS.values()]
    wrong = sum(n for pair, n in found.items() if not any(set(pair) <= row for row in rows))
    assert wrong <= 0.05 * sum(found.values())
    assert all(a < b for a, b in found)


def test_the_thesaurus_is_found(spins):
    entries = learn_copies(spins, genuine(400, 2)).entries()
    right = [entry for entry in entries if is_true(entry)]
    assert len(right) >= 0.7 * sum(map(len, THESAURUS.values()))
    assert sum(e.replaced for e in right) >= 0.75 * sum(e.replaced for e in entries)


def test_one_spin_of_an_article_is_not_enough():
    with pytest.raises(TooLittle, match="two spins"):
        learn_copies([["one text"], ["another"]], ["genuine text"])


def test_spins_in_a_list(tmp_path):
    path = tmp_path / "spins.jsonl"
    rows = [{"copies": ["one", "two"]}, {"copies": "no list"}, {"copies": ["three", 4]}]
    path.write_text("\n".join(map(json.dumps, rows)) + "\nno json\n", encoding="utf-8")
    assert list(read_copies([str(path)])) == [["one", "two"], ["three"]]


def test_spins_that_share_a_field(tmp_path):
    path = tmp_path / "spins.jsonl"
    rows = [{"of": 1, "text": "a"}, {"of": 2, "text": "b"}, {"of": 1, "text": "c"}, {"text": "d"}]
    path.write_text("\n".join(map(json.dumps, rows)), encoding="utf-8")
    assert list(read_copies([str(path)], group="of")) == [["a", "c"], ["b"]]


def test_spins_in_two_folders(tmp_path):
    for folder, text in (("a", "first"), ("b", "second")):
        (tmp_path / folder).mkdir()
        (tmp_path / folder / "x.txt").write_text(text, encoding="utf-8")
    assert list(read_copies([str(tmp_path / "a"), str(tmp_path / "b")])) == [["first", "second"]]
    with pytest.raises(InputError, match="two folders"):
        read_copies(["a", "b", "c"])


@pytest.fixture(scope="module")
def files(tmp_path_factory, spins):
    folder = tmp_path_factory.mktemp("texts")
    texts = {"spun": [one for one, _ in spins], "clean": genuine(400, 2)}
    for name, rows in texts.items():
        lines = (json.dumps({"text": text}) for text in rows)
        (folder / f"{name}.jsonl").write_text("\n".join(lines), encoding="utf-8")
    lines = (json.dumps({"copies": both}) for both in spins)
    (folder / "copies.jsonl").write_text("\n".join(lines), encoding="utf-8")
    return folder


@pytest.mark.parametrize(("mode", "name"), [("--spun-only", "spun"), ("--copies", "copies")])
def test_the_command(mode, name, files, tmp_path):
    options = ("--clean", files / "clean.jsonl", "-o", tmp_path / "world", "--base", "none")
    status, _, report = spinfix("learn", mode, files / f"{name}.jsonl", *options)
    assert status == 0, report
    assert "200 articles" in report and "suspects.tsv" in report
    names = {path.name for path in (tmp_path / "world").iterdir()}
    assert names == {"dictionary.tsv", "spinner.json", "suspects.tsv"}
    dictionary = (tmp_path / "world" / "dictionary.tsv").read_text(encoding="utf-8")
    assert "\nkids\tchildren\t" in dictionary


@pytest.mark.parametrize(
    ("options", "message"),
    [
        (("--spun-only", "--copies"), "do not go together"),
        (("--spun-only", "--group", "x"), "not for this way"),
        (("--clean", "x"), "are for --spun-only and --copies"),
        (("--copies", "--floor", "2"), "0.0<=x<=1.0"),
    ],
)
def test_options_that_do_not_fit(options, message, files, tmp_path):
    status, _, errors = spinfix("learn", files / "spun.jsonl", "-o", tmp_path / "x", *options)
    assert status == 2
    assert message in errors


def test_a_file_without_spins_is_named_in_one_line(files, tmp_path):
    status, _, errors = spinfix("learn", "--copies", files / "spun.jsonl", "-o", tmp_path / "x")
    assert status == 2
    one_error(errors, "two spins")
