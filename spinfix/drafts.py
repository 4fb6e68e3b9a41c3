"""Edits made fast.

To make a frozen dataclass takes long: each field is set through ``object.__setattr__``.  Here
they are set on a draft that has the same fields, and then becomes what it is a draft of.  What
comes out is the same in all, in a third of the time.
"""

from __future__ import annotations

from .edits import Alternative, Edit, Evidence


class _Alternative:
    __slots__ = ("probability", "text")

    def __init__(self, text: str, probability: float) -> None:
        self.text = text
        self.probability = probability
        self.__class__ = Alternative  # type: ignore[assignment]


class _Evidence:
    __slots__ = ("left_alone", "original", "passage", "replaced", "seen", "spun")

    def __init__(
        self, spun: str, original: str, replaced: int, seen: int, left_alone: int, passage: float
    ) -> None:
        self.spun = spun
        self.original = original
        self.replaced = replaced
        self.seen = seen
        self.left_alone = left_alone
        self.passage = passage
        self.__class__ = Evidence  # type: ignore[assignment]


class _Edit:
    __slots__ = ("alternatives", "confidence", "end", "evidence", "new", "old", "start")

    def __init__(
        self,
        start: int,
        end: int,
        old: str,
        new: str,
        confidence: float,
        alternatives: tuple[Alternative, ...] = (),
        evidence: Evidence | None = None,
    ) -> None:
        self.start = start
        self.end = end
        self.old = old
        self.new = new
        self.confidence = confidence
        self.alternatives = alternatives
        self.evidence = evidence
        self.__class__ = Edit  # type: ignore[assignment]


#: To be called like the classes.
alternative: type[Alternative] = _Alternative  # type: ignore[assignment]
evidence: type[Evidence] = _Evidence  # type: ignore[assignment]
edit: type[Edit] = _Edit  # type: ignore[assignment]
