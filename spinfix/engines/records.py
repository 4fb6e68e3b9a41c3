"""One text of a record: what to put in its place, and what there is to tell."""

from __future__ import annotations

import json
import threading
from collections.abc import Mapping
from typing import NamedTuple

from spinfix.batch.log import edit_of, edit_row
from spinfix.batch.work import Load, Outcome, Setup, start, work
from spinfix.edits import Edit
from spinfix.formats import Layout, Piece
from spinfix.repairer import SCORERS

#: What is told of a record, and what is told where there is nothing to tell, as for a
#: text that is null.  No value is ever null: there are writers that take none.
#: ``posterior`` is the probability that the text, or a part of it, was spun; ``share`` the
#: expected share of its words in spun passages; ``spinner`` the name of the one that
#: explains it best; ``edits`` a JSON array that :func:`edits_from` reads; ``error`` why the
#: record was passed through as it was.
INFO: Mapping[str, bool | float | str] = {
    "spun": False,
    "posterior": 0.0,
    "share": 0.0,
    "spinner": "",
    "edits": "[]",
    "error": "",
}

# There are no bytes behind these texts; this encoding takes half characters, too.
_IN_MEMORY = "raw_unicode_escape"

# A Repairer does one text at a time: its caches belong to the text it is at.
_TURN = threading.Lock()


class Done(NamedTuple):
    """What becomes of a value: the one to put in its place, and what INFO names."""

    value: object
    info: dict[str, bool | float | str]


def done(value: object, setup: Setup, judge: bool = False) -> Done:
    """Repair a text, or only ``judge`` it, with the Repairer of this process.

    The same is done as for a record of a file.  None and what is no text pass through,
    and so does a text that cannot be repaired; ``error`` then tells why.  Threads take
    turns.  Raises DictionaryError, OSError and ValueError when the Repairer cannot be built.
    """
    if value is None:
        return Done(None, dict(INFO))
    if not isinstance(value, str):
        return Done(value, {**INFO, "error": f"not text but {type(value).__name__}"})
    with _TURN:
        start(setup)  # a process may serve several setups in turn
        (outcome,) = work(Load([Piece(value, 1, 1)], "text", Layout(), _IN_MEMORY, judge))
    return Done(outcome.raw, _info(outcome))


def checked(setup: Setup | None) -> Setup:
    """The setup, or the default one, before it travels to workers.

    Raises ValueError for an unknown scorer.  What else may be wrong only the workers can
    tell: their files count.
    """
    setup = setup or Setup()
    if setup.scorer not in SCORERS:
        raise ValueError(f"no scorer is called {setup.scorer!r}; there are {', '.join(SCORERS)}")
    return setup


def _info(outcome: Outcome) -> dict[str, bool | float | str]:
    if outcome.error is not None:
        return {**INFO, "error": outcome.error}
    repair = outcome.repair
    return {
        "spun": repair.spun,
        "posterior": round(repair.posterior, 4),
        "share": round(repair.share, 4),
        "spinner": repair.spinner,
        "edits": json.dumps([edit_row(change.edit) for change in outcome.changes]),
        "error": "",
    }


def edits_from(column: str) -> tuple[Edit, ...]:
    """The edits that ``edits`` tells of: ``undo(repaired, edits_from(...))`` takes them back.

    Raises ValueError for a string that is no such array.
    """
    rows = json.loads(column)
    if not (isinstance(rows, list) and all(isinstance(row, dict) for row in rows)):
        raise ValueError("not a list of edits")
    return tuple(map(edit_of, rows))
