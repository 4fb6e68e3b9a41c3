"""Several spinners: each text is judged by the one that explains it best."""

from __future__ import annotations

import json
import re

import pytest
from click.testing import CliRunner
from conftest import ROOT

from spinfix import Repairer
from spinfix.cli import main
from spinfix.dictionary import DictionaryError, Entry, read_entries
from spinfix.learn.measures import compare
from spinfix.shipped import REWRITER, shipped
from spinfix.spinners import SHIPPED, Traits, read_spinner, write_spinner
from spinfix.text import tokenize

#: What a spinner wrote, and what stood there: {lady|woman}.
MARK = re.compile(r"\{([^{}|]+)\|([^{}|]+)\}")
MARKED = (ROOT / "tests/cases/rewriter/lighthouse.txt").read_text("utf-8")
LIGHTHOUSE, ORIGINAL = MARK.sub(r"\1", MARKED), MARK.sub(r"\2", MARKED)
#: Of an abstract in tests/cases/science, spun.
ABSTRACT = MARK.sub(r"\1", (ROOT / "tests/cases/science/computing.txt").read_text("utf-8"))


@pytest.fixture(scope="module")
def ferry():
    return (ROOT / "samples/spun/ferry.txt").read_text("utf-8")


def test_each_text_is_told_by_its_own_spinner(repairer, ferry):
    found = [repairer.judge(text).spinner for text in (ferry, LIGHTHOUSE, ABSTRACT)]
    assert found == ["autoblog", "rewriter", "science"]
    assert [repairer.judge(text).spinner for text in (ORIGINAL, "")] == ["", ""]


def test_no_dictionary_is_read_to_tell_who_spun_a_text():
    autoblog, rewriter, science = Repairer().families
    tokens = tokenize(LIGHTHOUSE)
    assert rewriter.judge(tokens).posterior > 0.9 > science.judge(tokens).posterior
    assert not any("channel" in family.__dict__ for family in (autoblog, rewriter, science))


def test_the_second_spinners_work_is_undone(repairer):
    repair = repairer.repair(LIGHTHOUSE)
    back = ["People in the village believe", "who died in 1961", "If it cannot", "still closed"]
    assert [phrase for phrase in back if phrase not in repair.fixed] == []
    wanted = [original for spun, original in MARK.findall(MARKED) if spun != original]
    assert len(repair.edits) >= 0.7 * len(wanted)
    assert repairer.repair(ORIGINAL).edits == ()


def test_the_right_dictionary_gives_more_back():
    """Spinners share synonyms, so another one sees that the text is spun."""
    other = Repairer(spinner="autoblog").repair(LIGHTHOUSE)
    both = Repairer(spinner=["autoblog", "rewriter"]).repair(LIGHTHOUSE)
    assert other.spun and (other.spinner, both.spinner) == ("autoblog", "rewriter")
    left = [compare(LIGHTHOUSE, ORIGINAL, repair.fixed).after for repair in (other, both)]
    assert left[1] < 0.5 * left[0]


def test_a_mixed_batch(tmp_path, ferry):
    texts = {"a": ferry, "b": LIGHTHOUSE, "c": ORIGINAL, "d": ABSTRACT}
    rows = [json.dumps({"id": name, "text": text}) for name, text in texts.items()]
    path = tmp_path / "mixed.jsonl"
    path.write_text("\n".join(rows) + "\n", "utf-8")
    checked = CliRunner().invoke(main, ["check", "--json", str(path)])
    found = {row["id"]: row["spinner"] for row in map(json.loads, checked.stdout.splitlines())}
    assert found == {"a": "autoblog", "b": "rewriter", "c": "", "d": "science"}
    fixed = CliRunner().invoke(main, ["fix", str(path)])
    got = {row["id"]: row["text"] for row in map(json.loads, fixed.stdout.splitlines())}
    one = Repairer()
    assert got == {name: one.repair(text).fixed for name, text in texts.items()}


def test_a_folder_of_ones_own_beside_the_shipped_ones(tmp_path, ferry):
    """Its name is what check and the log show."""
    folder = tmp_path / "mine"
    write_spinner(folder, Traits("house rewriter"), read_entries(shipped(REWRITER)))
    repairer = Repairer(spinner=["autoblog", folder])
    assert repairer.judge(LIGHTHOUSE).spinner == "house rewriter"
    assert repairer.judge(ferry).spinner == "autoblog"


def test_what_is_written_is_read_again(tmp_path):
    traits = Traits("mine", one_draw=0.5, names=0.1, quotes=0.9, rate=0.75, report={"pairs": 3})
    entries = [Entry("likewise", "also", 9, 20, 1, "seen in three articles")]
    write_spinner(tmp_path / "mine", traits, entries)
    spinner = read_spinner(tmp_path / "mine")
    assert (spinner.traits, spinner.entries, spinner.never) == (traits, entries, [])
    assert spinner.scorer is None and len(spinner.files) == 2


@pytest.mark.parametrize(
    ("text", "fault"),
    [
        ("{", "not the traits"),
        ("[]", "not the traits"),
        ('{"name": ""}', "1 to 60"),
        ('{"name": "x", "rate": 2}', "rate must be from 0 to 1"),
        ('{"name": "x", "quotes": "many"}', "quotes must be a number"),
        ('{"name": "x", "names": NaN}', "names must be from 0 to 1"),
    ],
)
def test_traits_that_cannot_be_are_named(tmp_path, text, fault):
    write_spinner(tmp_path, Traits("x"), [Entry("likewise", "also", 9, 20, 1)])
    (tmp_path / "spinner.json").write_text(text, "utf-8")
    with pytest.raises(DictionaryError, match=fault):
        read_spinner(tmp_path)


def test_a_spinner_that_nobody_knows(tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    with pytest.raises(DictionaryError, match=rf"nobody: no spinner .*{', '.join(SHIPPED)}"):
        Repairer(spinner="nobody")
    done = CliRunner().invoke(main, ["check", "--spinner", "nobody"], input="text")
    assert done.exit_code == 2 and "no spinner is called 'nobody'" in done.stderr
