"""Deciding edits one by one: what each answer does."""

import subprocess
import sys

import pytest

from spinfix import Alternative, Edit
from spinfix.preview.asking import Decider

TEXT = "The Overseas Ministry stated that it stated so once more."


def edit(old, new, nth=0, *others):
    start = -1
    for _ in range(nth + 1):
        start = TEXT.index(old, start + 1)
    alternatives = tuple(Alternative(text, 0.1) for text in (new, *others))
    return Edit(start, start + len(old), old, new, 0.9, alternatives)


EDITS = [
    edit("Overseas", "Foreign", 0, "Overseas", "Abroad"),
    edit("stated", "said"),
    edit("stated", "said", 1),
    edit("once more", "again"),
]


def answering(*answers):
    """A decider that is given ``answers``, and the questions it asked."""
    waiting, asked = list(answers), []

    def ask(question):
        asked.append(question)
        return waiting.pop(0)

    return Decider(ask), asked


def words(edits):
    return [edit.new for edit in edits]


def test_yes_and_no():
    decider, asked = answering("y", "n", "y", "n")
    made = decider.article(EDITS)
    assert made == [EDITS[0], EDITS[2]]
    assert [(q.number, q.total) for q in asked] == [(1, 4), (2, 4), (3, 4), (4, 4)]


def test_an_alternative_by_its_number():
    decider, _ = answering("3", "n", "n", "n")
    assert words(decider.article(EDITS)) == ["Abroad"]
    decider, _ = answering("2", "n", "n", "n")
    assert decider.article(EDITS) == [], "the second one leaves the word as it is"


def test_words_of_ones_own():
    decider, _ = answering("n", "n", "n", "eas before")
    assert words(decider.article(EDITS)) == ["as before"]


def test_all_that_follow_in_this_article_but_not_in_the_next():
    decider, asked = answering("n", "a", "n", "d")
    assert words(decider.article(EDITS)) == ["said", "said", "again"]
    assert decider.article(EDITS) == []
    assert len(asked) == 4


def test_always_and_never_hold_for_the_substitution_everywhere():
    decider, asked = answering("n", "A", "N", "n")
    assert words(decider.article(EDITS)) == ["said", "said"]
    assert words(decider.article(EDITS)) == ["said", "said"]
    assert [q.edit.old for q in asked] == ["Overseas", "stated", "once more", "Overseas"]


def test_quitting_keeps_what_was_decided():
    decider, asked = answering("y", "q")
    assert decider.article(EDITS) == [EDITS[0]]
    assert decider.article(EDITS) == []
    assert decider.stopped and len(asked) == 2


def test_an_edit_of_two_words_is_split():
    text = edit("Overseas Ministry", "Foreign Office")
    decider, asked = answering("s", "y", "n")
    (made,) = decider.article([text])
    assert (made.old, made.new) == ("Overseas", "Foreign")
    assert asked[0].can_split and not asked[1].can_split


@pytest.mark.parametrize("name", ["spun/ferry.txt", "articles.jsonl", "scrape/ferry.html"])
def test_interactive_repair_makes_what_was_answered(name, samples, tmp_path):
    command = [sys.executable, "-c", "from spinfix.cli import main; main()"]
    options = ["fix", "-i", "-q", samples / name, "-o", tmp_path]
    done = subprocess.run(
        [*command, *options], input=b"?\ny\nn\nq\n", capture_output=True, check=False
    )
    assert done.returncode == 0, done.stderr
    assert b"git add" not in done.stderr and b"not make it" in done.stderr
    before = (samples / name).read_text(encoding="utf-8")
    after = (tmp_path / samples.joinpath(name).name).read_text(encoding="utf-8")
    first = "Ferry might begin" if "html" in name else "Overseas"
    assert before.count(first) - after.count(first) == 1
    second = "begin once more" if "html" in name else "stated"
    assert before.count(second) == after.count(second)
