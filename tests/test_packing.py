"""Outcomes on their way from a worker, and edits made as drafts."""

import json
import pickle
from dataclasses import FrozenInstanceError, replace

import pytest

from spinfix import drafts
from spinfix.batch.packing import packed_work, unpacked
from spinfix.batch.work import Load, work
from spinfix.edits import Alternative, Edit, Evidence
from spinfix.formats import Layout, Piece

ALTERNATIVE = ("the", 0.25)
EVIDENCE = ("utilise", "use", 3, 10, 1, 0.9)


def made(alternative, evidence, edit):
    return edit(2, 9, "utilise", "use", 0.75, (alternative(*ALTERNATIVE),), evidence(*EVIDENCE))


def drafted():
    return made(drafts.alternative, drafts.evidence, drafts.edit)


def test_a_draft_becomes_what_the_constructor_makes():
    plain, draft = made(Alternative, Evidence, Edit), drafted()
    assert type(draft) is Edit
    assert type(draft.evidence) is Evidence
    assert type(draft.alternatives[0]) is Alternative
    assert draft == plain
    assert hash(draft) == hash(plain)
    assert repr(draft) == repr(plain)
    assert drafts.edit(0, 1, "a", "b", 0.5) == Edit(0, 1, "a", "b", 0.5)


def test_a_draft_cannot_be_changed_any_more():
    draft = drafted()
    for part, field in ((draft, "new"), (draft.evidence, "spun"), (draft.alternatives[0], "text")):
        with pytest.raises(FrozenInstanceError):
            setattr(part, field, "other")


def test_a_draft_is_pickled_and_replaced():
    draft = drafted()
    assert pickle.loads(pickle.dumps(draft)) == draft
    assert replace(draft, new="employ") == replace(made(Alternative, Evidence, Edit), new="employ")


def test_outcomes_come_from_a_worker_as_they_were():
    lines = [
        json.dumps({"title": "We utilise it", "body": "é\ud800 utilise", "id": 7}) + "\n",
        "\n",
        "{broken\n",
        json.dumps({"body": "left alone"}) + "\n",
    ]
    pieces = [Piece(lines[0], 1, 1), Piece(lines[1], 0, 2), Piece(lines[2], 2, 3)]
    pieces.append(Piece(lines[3], 3, 4))
    edit = drafted()
    given = {
        1: [("title", replace(edit, start=3, end=10)), ("body", replace(edit, start=3, end=10))],
        2: [],
    }
    load = Load(pieces, "jsonl", Layout(("title", "body")), "utf-8", given=given)
    outcomes = work(load)
    assert [len(outcome.changes) for outcome in outcomes] == [2, 0, 0]
    assert outcomes[1].error
    assert outcomes[0].changes[1].edit.start != outcomes[0].repair.edits[1].start
    assert unpacked(pieces, packed_work(load)) == outcomes
