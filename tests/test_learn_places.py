"""Learning into places: checked before the work, written whole, nothing stale left."""

from __future__ import annotations

import pytest
from click.testing import CliRunner

from spinfix.cli import main
from spinfix.dictionary import DictionaryError, Entry
from spinfix.learn.learned import Learned, Unexplained
from spinfix.learn.proposals import Proposal
from spinfix.learn.reference import TooLittle
from spinfix.learn.unpaired import write_learned
from spinfix.spinners import Traits, read_spinner, write_spinner

ENTRY = Entry("mentioned", "said", 5, 10, 1)


def learned(*proposals, unexplained=()):
    return Learned(list(proposals), list(unexplained), 3, 0, 900, 1.0, 1.0)


def test_an_impossible_place_is_refused_before_anything_is_read(tmp_path):
    (tmp_path / "file").write_text("x", "utf-8")
    (tmp_path / "bad.jsonl").write_text("not JSON\n", "utf-8")
    place = tmp_path / "file" / "sub"
    done = CliRunner().invoke(main, ["learn", str(tmp_path / "bad.jsonl"), "-o", str(place)])
    assert done.exit_code == 2
    assert "cannot be written" in done.stderr and "learned from" not in done.stderr


def test_a_folder_without_a_dictionary_is_named_plainly(tmp_path):
    with pytest.raises(DictionaryError, match=r"there is no dictionary\.tsv"):
        read_spinner(tmp_path)
    done = CliRunner().invoke(main, ["fix", "--spinner", str(tmp_path), "-"], input="Text.")
    assert done.exit_code == 2 and "Errno" not in done.stderr


def test_nothing_learned_writes_nothing(tmp_path):
    with pytest.raises(TooLittle, match="nothing stands out in 900 words"):
        write_learned(tmp_path / "new", learned(), "new")
    assert not (tmp_path / "new").exists()
    row = Unexplained("in the wake of", 30, 2.0, ("after",), ())
    write_learned(tmp_path / "new", learned(unexplained=[row]), "new")
    assert "in the wake of" in (tmp_path / "new/suspects.tsv").read_text("utf-8")


def test_learning_anew_drops_the_weights_of_before(tmp_path):
    (tmp_path / "scorer.npz").write_bytes(b"of before")
    write_learned(tmp_path, learned(Proposal(ENTRY, 0.9)), "new")
    assert not (tmp_path / "scorer.npz").exists()


def test_a_spinner_is_written_whole_or_not_at_all(tmp_path, monkeypatch):
    write_spinner(tmp_path, Traits("old"), [ENTRY])
    before = {path.name: path.read_bytes() for path in tmp_path.iterdir()}
    real = type(tmp_path).write_text

    def full(self, text, *rest, **more):
        if self.name == ".spinner.json":
            raise OSError(28, "No space left on device")
        return real(self, text, *rest, **more)

    monkeypatch.setattr(type(tmp_path), "write_text", full)
    with pytest.raises(OSError, match="No space"):
        write_spinner(tmp_path, Traits("new"), [ENTRY._replace(spun="stated")])
    assert {path.name: path.read_bytes() for path in tmp_path.iterdir()} == before
