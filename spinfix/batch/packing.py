"""Outcomes on their way from a worker: small, and quick to write and read.

Pieces do not travel back, for they are still there; edits travel as plain values, which
marshal writes far quicker than pickle writes objects.
"""

from __future__ import annotations

import marshal
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import replace
from typing import Any

from spinfix.edits import Alternative, Edit, Evidence, Repair
from spinfix.formats import Piece, Splice

from .pool import ordered
from .reading import Mark, Part
from .work import Change, Load, Outcome, Setup, start, work

#: The last version of marshal's format that does not look for what is there twice.
_PLAIN = 2
#: Of a change its field, where that begins, the values of its edit and of its splices.
_Packed = tuple[str, int, tuple[Any, ...], list[tuple[Any, ...]]]


def worked(
    loads: Iterable[tuple[Mark, Load | None]], setup: Setup, jobs: int
) -> Iterator[tuple[Mark, list[Outcome]]]:
    """Each mark with the outcomes of its load, in their order.

    Raises WorkerDied as :func:`spinfix.batch.pool.ordered` does.
    """
    if jobs == 1:
        for mark, found in ordered(loads, work, jobs, start, (setup,)):
            yield mark, found or []
        return
    for mark, packed in ordered(loads, packed_work, jobs, start, (setup,)):
        if packed is not None and isinstance(mark, Part):
            yield mark, unpacked(mark.pieces, packed)
        else:
            yield mark, []


def packed_work(load: Load) -> bytes:
    """What :func:`spinfix.batch.work.work` does, packed."""
    return marshal.dumps([_packed(outcome) for outcome in work(load)], _PLAIN)


def unpacked(pieces: Sequence[Piece], packed: bytes) -> list[Outcome]:
    """The outcomes of the records among ``pieces``, as work gave them."""
    records = [piece for piece in pieces if piece.number]
    every = zip(records, marshal.loads(packed), strict=True)
    return [_outcome(piece, *values) for piece, values in every]


def _packed(outcome: Outcome) -> tuple[Any, ...]:
    repair = outcome.repair
    changes = [
        _packed_change(change, edit)
        for change, edit in zip(outcome.changes, repair.edits, strict=True)
    ]
    # float and bool: marshal would not know numpy's numbers as such.
    numbers = float(repair.posterior), float(repair.share), bool(repair.spun)
    text = repair.text if changes else ""  # nobody asks for it otherwise, and it is long
    return outcome.id, outcome.error, text, *numbers, repair.spinner, changes


def _packed_change(change: Change, edit: Edit) -> _Packed:
    found = edit.evidence
    evidence = found and (
        found.spun,
        found.original,
        found.replaced,
        found.seen,
        found.left_alone,
        float(found.passage),
    )
    alternatives = [(each.text, float(each.probability)) for each in edit.alternatives]
    confidence = float(edit.confidence)
    values = (edit.start, edit.end, edit.old, edit.new, confidence, alternatives, evidence)
    return change.field, edit.start - change.edit.start, values, [*map(tuple, change.splices)]


def _outcome(
    piece: Piece,
    identity: str | None,
    error: str | None,
    text: str,
    posterior: float,
    share: float,
    spun: bool,
    spinner: str,
    packed: Sequence[_Packed],
) -> Outcome:
    changes: list[Change] = []
    edits: list[Edit] = []
    for field, begin, values, splices in packed:
        edit = _edit(*values)
        edits.append(edit)
        if begin:
            edit = replace(edit, start=edit.start - begin, end=edit.end - begin)
        changes.append(Change(field, edit, tuple([Splice(*each) for each in splices])))
    repair = Repair(text, tuple(edits), posterior, share, spun, spinner)
    return Outcome(piece, identity, repair, tuple(changes), error)


def _edit(
    start: int,
    end: int,
    old: str,
    new: str,
    confidence: float,
    alternatives: Sequence[tuple[str, float]],
    evidence: tuple[Any, ...] | None,
) -> Edit:
    return Edit(
        start,
        end,
        old,
        new,
        confidence,
        tuple([Alternative(*each) for each in alternatives]),
        Evidence(*evidence) if evidence else None,
    )
