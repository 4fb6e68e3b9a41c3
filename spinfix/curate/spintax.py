"""Spintax: ``{a|b|c}``, groups of alternatives, which may hold groups themselves."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass, field

_PIECE = re.compile(r"[{}|]|[^{}|]+")


@dataclass
class _Open:
    """A group that is being read: finished alternatives, and the readings of this one."""

    done: list[str] = field(default_factory=list)
    current: list[str] = field(default_factory=lambda: [""])


def groups(text: str, most: int, longest: int, dropped: Counter[str]) -> Iterator[list[str]]:
    """The alternatives of each group, inner groups first; those of a nested one spelled out.

    At most ``most`` readings of a group are spelled out, and none of over ``longest``
    characters; what is left out, and braces without a partner, is counted in ``dropped``.
    """
    stack: list[_Open] = []
    for match in _PIECE.finditer(text):
        piece = match.group()
        if piece == "{":
            stack.append(_Open())
        elif not stack:
            dropped["brace without a partner"] += piece == "}"
        elif piece == "|":
            _finish(stack[-1])
        elif piece == "}":
            group = stack.pop()
            _finish(group)
            found = list(dict.fromkeys(group.done))
            if len(found) > 1:
                yield found
            if stack:
                _append(stack[-1], found, most, longest, dropped)
        else:
            _append(stack[-1], [piece], most, longest, dropped)
    dropped["brace without a partner"] += len(stack)


def _finish(group: _Open) -> None:
    group.done += group.current
    group.current = [""]


def _append(
    group: _Open, endings: list[str], most: int, longest: int, dropped: Counter[str]
) -> None:
    """Every reading so far goes on with every one of ``endings``."""
    few = endings[: max(1, most // max(1, len(group.current)))]
    read = dict.fromkeys(start + end for start in group.current for end in few)
    short = [text for text in read if len(text) <= longest]
    dropped["too many or too long readings of a group"] += len(short) < len(read) or len(few) < len(
        endings
    )
    group.current = short
