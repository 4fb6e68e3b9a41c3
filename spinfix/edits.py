"""Edits and repairs: character spans of a text with their replacements."""

from __future__ import annotations

import json
from collections.abc import Iterable, Sequence
from dataclasses import asdict, dataclass, replace
from typing import Any


class EditError(ValueError):
    """Edits that do not fit the text they are applied to."""


@dataclass(frozen=True, slots=True)
class Alternative:
    """Another reading of the same words, with its probability (0 to 1)."""

    text: str
    probability: float


@dataclass(frozen=True, slots=True)
class Evidence:
    """Why an edit was made.

    ``spun`` and ``original`` are the dictionary entry, with its counts (see
    :class:`spinfix.dictionary.Entry`); ``passage`` is the probability that the
    passage was spun.
    """

    spun: str
    original: str
    replaced: int
    seen: int
    left_alone: int
    passage: float


@dataclass(frozen=True, slots=True)
class Edit:
    """Characters ``start`` to ``end`` of a text, ``old``, become ``new``.

    ``confidence`` is the probability (0 to 1) that ``new`` is the original;
    ``alternatives`` are the other readings, likeliest first, ``old`` (leave it
    alone) among them.
    """

    start: int
    end: int
    old: str
    new: str
    confidence: float
    alternatives: tuple[Alternative, ...] = ()
    evidence: Evidence | None = None


@dataclass(frozen=True, slots=True)
class Repair:
    """What :meth:`spinfix.Repairer.repair` found in a text.

    ``posterior`` is the probability that the text, or a part of it, was spun;
    ``share`` the expected share of its words in spun passages (0 to 1); ``spinner``
    names the one that explains it best, nothing if it was not spun;
    ``edits`` are sorted and do not overlap.
    """

    text: str
    edits: tuple[Edit, ...] = ()
    posterior: float = 0.0
    share: float = 0.0
    spun: bool = False
    spinner: str = ""

    @property
    def fixed(self) -> str:
        """The repaired text."""
        return apply(self.text, self.edits)

    def to_json(self) -> str:
        """One JSON object; :meth:`from_json` gives the same repair back."""
        return json.dumps(asdict(self))  # ASCII: a text may hold lone surrogates

    @classmethod
    def from_json(cls, line: str) -> Repair:
        """The repair that :meth:`to_json` wrote; ValueError for anything else."""
        try:
            data = json.loads(line)
            edits = tuple(edit_from_dict(item) for item in data.pop("edits"))
            return cls(edits=edits, **data)
        except (KeyError, TypeError, AttributeError) as error:
            raise EditError(f"not a repair: {error}") from None


def edit_from_dict(data: dict[str, Any]) -> Edit:
    """An edit from the object that :func:`dataclasses.asdict` makes of it."""
    data = dict(data)
    alternatives = tuple(Alternative(**item) for item in data.pop("alternatives", ()))
    evidence = data.pop("evidence", None)
    return Edit(
        **data,
        alternatives=alternatives,
        evidence=Evidence(**evidence) if evidence else None,
    )


def apply(text: str, edits: Iterable[Edit]) -> str:
    """Splice ``edits`` into ``text``.

    Everything outside the edits is copied as it is.  Raises EditError when the
    edits overlap, are out of order, or do not find their old words.
    """
    parts: list[str] = []
    last = 0
    for edit in edits:
        if edit.start < last or edit.end < edit.start:
            raise EditError(f"the edit at character {edit.start} overlaps the one before it")
        if text[edit.start : edit.end] != edit.old:
            found = text[edit.start : edit.end]
            raise EditError(f"at character {edit.start}: {edit.old!r} expected, {found!r} found")
        parts += (text[last : edit.start], edit.new)
        last = edit.end
    parts.append(text[last:])
    return "".join(parts)


def inverse(edits: Sequence[Edit]) -> list[Edit]:
    """The edits that take an edited text back."""
    shift = 0
    back: list[Edit] = []
    for edit in edits:
        start = edit.start + shift
        end = start + len(edit.new)
        back.append(replace(edit, start=start, end=end, old=edit.new, new=edit.old))
        shift += len(edit.new) - len(edit.old)
    return back


def undo(fixed: str, edits: Sequence[Edit]) -> str:
    """The text before ``edits`` were applied; EditError when they do not fit."""
    return apply(fixed, inverse(edits))


def compose(text: str, first: Sequence[Edit], second: Sequence[Edit]) -> list[Edit]:
    """The edits of ``text`` that do what ``first`` and then ``second`` do.

    Where a second edit touches words that a first one wrote, the two become
    one, with the smaller confidence of the two.
    """
    middle = apply(text, first)
    back = inverse(first)
    spans = [(e.start, e.end, 0, n) for n, e in enumerate(back)]
    spans += [(e.start, e.end, 1, n) for n, e in enumerate(second)]
    spans.sort()
    clusters: list[list[tuple[int, int, int, int]]] = []
    reach = -1
    for span in spans:
        if clusters and span[0] < reach:
            clusters[-1].append(span)
        else:
            clusters.append([span])
        reach = max(reach, span[1])
    composed: list[Edit] = []
    shift = 0  # from a place in the middle text to the same place in the first
    for cluster in clusters:
        start, end = cluster[0][0], max(span[1] for span in cluster)
        inner = [back[n] for _, _, kind, n in cluster if kind == 0]
        outer = [second[n] for _, _, kind, n in cluster if kind == 1]
        grown = sum(len(e.new) - len(e.old) for e in inner)
        made = [first[n] for _, _, kind, n in cluster if kind == 0] + outer
        old = text[start + shift : end + shift + grown]
        local = [replace(e, start=e.start - start, end=e.end - start) for e in outer]
        new = apply(middle[start:end], local)
        if old != new:
            confidence = min(edit.confidence for edit in made)
            composed.append(
                replace(
                    made[-1],
                    start=start + shift,
                    end=end + shift + grown,
                    old=old,
                    new=new,
                    confidence=confidence,
                )
            )
        shift += grown
    return composed
