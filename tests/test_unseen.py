"""A general thesaurus in the place of a spinner that nobody knows."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest
from click.testing import CliRunner
from conftest import ROOT

from spinfix import Options, Repairer
from spinfix.cli import main
from spinfix.curate.synonyms import _inflection, read_synonyms
from spinfix.dictionary import DictionaryError
from spinfix.learn.proposals import Heads, propose
from spinfix.learn.unmixing import Mixture, Share

ROWS = """said|mentioned|stated
statement|announcement
ministry|branch
large|massive
took place|befell
"""
MYTHES = """UTF-8
say|1
(verb)|mention|state (related term)|deny (antonym)
big|2
(adj)|large
(noun)|
"""
SYNSETS = {
    "verb": "00000101 32 v 02 say 0 tell 0 001 @ 00000202 v 0000 01 + 01 00 | to speak\n"
    "00000202 32 v 01 mention 0 001 ~ 00000101 v 0000 01 + 01 00 | to name\n",
    "noun": "00000303 06 n 02 boat 0 small_ship 0 000 | a vessel\n",
    "adj": "00000404 00 a 02 big 0 large(p) 0 000 | of size\n",
    "adv": "  1 the licence\n",
}


@pytest.fixture
def rows(tmp_path):
    path = tmp_path / "rows.txt"
    path.write_text(ROWS, "utf-8")
    return path


@pytest.fixture
def wordnet(tmp_path):
    folder = tmp_path / "wordnet"
    folder.mkdir()
    for name, text in SYNSETS.items():
        (folder / f"data.{name}").write_text(text, "latin-1")
    return folder


def everything(phrase):
    return True


def test_rows_go_both_ways(rows):
    found = read_synonyms(rows, everything)
    assert ("mentioned", "said") in found and ("said", "mentioned") in found
    assert not any(found.values())


def test_wordnet_is_read_in_all_forms(wordnet):
    found = read_synonyms(wordnet, everything)
    assert found["told", "said"] is False and found["mentioned", "said"] is True
    assert ("small ships", "boats") in found and ("bigger", "larger") in found
    assert ("mention", "told") in found or ("mentions", "tells") in found
    assert ("told", "saying") not in found, "not in the same form"


def test_mythes_is_read_without_antonyms(tmp_path):
    path = tmp_path / "th.dat"
    path.write_text(MYTHES, "utf-8")
    found = read_synonyms(path, everything)
    assert found["mentions", "says"] is False and found["stated", "said"] is True
    assert ("large", "big") in found
    assert not any("den" in one for one, _ in found)


def test_moby_has_commas(tmp_path):
    path = tmp_path / "mthesaur.txt"
    path.write_text("abandon,leave,give up\nboat,ship,vessel\n", "utf-8")
    found = read_synonyms(path, everything)
    assert ("give up", "abandon") in found and ("vessel", "boat") in found


def test_what_is_not_wanted_is_left_out(rows):
    found = read_synonyms(rows, lambda phrase: phrase in ("said", "stated"))
    assert set(found) == {("said", "stated"), ("stated", "said")}


@pytest.mark.parametrize(
    ("name", "text", "message"),
    [
        ("empty.txt", "", "no thesaurus that is known"),
        ("prose.txt", "Nothing but a few words of prose.\n", "no thesaurus that is known"),
        ("bad.dat", "UTF-8\nsay|1\n(verb)|tell\nno head here\n", "is no head of MyThes"),
        ("wordnet", None, "there is no data.noun"),
    ],
)
def test_what_is_no_thesaurus_is_named_in_a_line(tmp_path, name, text, message):
    path = tmp_path / name
    path.mkdir() if text is None else path.write_text(text, "utf-8")
    with pytest.raises(DictionaryError, match=message):
        read_synonyms(path, everything)
    done = CliRunner().invoke(main, ["fix", "--thesaurus", str(path), "-"], input="Some text.")
    assert done.exit_code == 2 and done.stdout == ""
    assert len(done.stderr.splitlines()) == 1 and message in done.stderr


def test_a_broken_synset_is_named_with_its_line(wordnet):
    (wordnet / "data.noun").write_text("00000303 06 n zz boat 0\n", "latin-1")
    with pytest.raises(DictionaryError, match=r"data\.noun, line 1"):
        read_synonyms(wordnet, everything)


def test_without_the_package_it_says_which(wordnet, monkeypatch):
    _inflection.cache_clear()
    monkeypatch.setattr("spinfix.curate.synonyms._INFLECTION", "no_such_package")
    with pytest.raises(DictionaryError, match=r"spinfix\[thesaurus\]"):
        read_synonyms(wordnet, everything)


SPUN = (
    "The minister mentioned on Monday that the bridge would be closed. He mentioned that the "
    "work would take two months. The mayor mentioned in an interview that a massive number of "
    "people use it."
)


def test_sure_edits_of_text_known_to_be_spun(rows):
    repairer = Repairer(spinner=f"thesaurus:{rows}", options=Options(assume_spun=True))
    repair = repairer.repair(SPUN)
    assert "The minister said on Monday" in repair.fixed
    assert min(edit.confidence for edit in repair.edits) > 0.8


def test_a_sentence_or_two_are_not_taken_for_spun(rows):
    repairer = Repairer(spinner=f"thesaurus:{rows}")
    assert repairer.repair(SPUN).edits == ()


def test_genuine_text_is_left_alone(rows):
    repairer = Repairer(spinner=["auto", f"thesaurus:{rows}"])
    text = (ROOT / "samples/genuine/orchard.txt").read_text("utf-8")
    assert repairer.repair(text).edits == ()


def test_a_known_spinner_goes_first(rows):
    text = (ROOT / "samples/spun/ferry.txt").read_text("utf-8")
    with_it = Repairer(spinner=["auto", f"thesaurus:{rows}"], scorer="fast").repair(text)
    assert with_it.spinner == "autoblog"
    assert with_it.fixed == Repairer(scorer="fast").repair(text).fixed


def test_the_command_line_takes_it(rows, tmp_path):
    path = tmp_path / "text.txt"
    path.write_text(SPUN, "utf-8")
    asked = ["--assume-spun", "--spinner", str(_spinner_without_entries(tmp_path))]
    fixed = CliRunner().invoke(main, ["fix", "--thesaurus", str(rows), str(path)])
    assert (fixed.exit_code, fixed.stdout) == (0, SPUN)
    checked = CliRunner().invoke(main, ["check", "--thesaurus", str(rows), str(path)])
    assert checked.exit_code == 0, checked.output
    explained = CliRunner().invoke(main, ["explain", "--thesaurus", str(rows), *asked, str(path)])
    assert explained.exit_code == 0, explained.output


def _spinner_without_entries(tmp_path: Path) -> Path:
    folder = tmp_path / "other"
    folder.mkdir()
    (folder / "dictionary.tsv").write_text("spun\toriginal\ngiant\thuge\n", "utf-8")
    return folder


def test_learning_takes_it_only_without_originals(rows, tmp_path):
    done = CliRunner().invoke(
        main, ["learn", "pairs.jsonl", "--thesaurus", str(rows), "-o", str(tmp_path / "new")]
    )
    assert done.exit_code == 2 and "--thesaurus is for --spun-only" in done.stderr
    assert not (tmp_path / "new").exists()


def test_a_thesaurus_is_a_witness():
    mixtures = [Mixture([Share(0, 0, 0.5, 0.1), Share(0, 1, 0.5, 0.1)], 0.0)]
    heads = Heads(["said", "sailed"], np.array([9.0, 9.0]), np.array([1, 1]))
    asked = mixtures, ["mentioned"], np.array([12]), heads

    def sure(synonyms):
        return {p.entry.original: p.confidence for p in propose(*asked, synonyms)}

    before, after = sure(None), sure({("mentioned", "said")})
    assert before["said"] == before["sailed"]
    assert after["said"] > before["said"] and after["sailed"] < before["sailed"]
