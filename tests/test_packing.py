"""Outcomes on their way from a worker."""

import json
from dataclasses import replace

from spinfix.batch.packing import packed_work, unpacked
from spinfix.batch.work import Load, work
from spinfix.edits import Alternative, Edit, Evidence
from spinfix.formats import Layout, Piece

EDIT = Edit(
    2,
    9,
    "utilise",
    "use",
    0.75,
    (Alternative("the", 0.25),),
    Evidence("utilise", "use", 3, 10, 1, 0.9),
)


def test_outcomes_come_from_a_worker_as_they_were():
    lines = [
        json.dumps({"title": "We utilise it", "body": "é\ud800 utilise", "id": 7}) + "\n",
        "\n",
        "{broken\n",
        json.dumps({"body": "left alone"}) + "\n",
    ]
    pieces = [Piece(lines[0], 1, 1), Piece(lines[1], 0, 2), Piece(lines[2], 2, 3)]
    pieces.append(Piece(lines[3], 3, 4))
    given = {
        1: [("title", replace(EDIT, start=3, end=10)), ("body", replace(EDIT, start=3, end=10))],
        2: [],
    }
    load = Load(pieces, "jsonl", Layout(("title", "body")), "utf-8", given=given)
    outcomes = work(load)
    assert [len(outcome.changes) for outcome in outcomes] == [2, 0, 0]
    assert outcomes[1].error
    assert outcomes[0].changes[1].edit.start != outcomes[0].repair.edits[1].start
    assert unpacked(pieces, packed_work(load)) == outcomes
