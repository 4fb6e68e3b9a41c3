"""How the steps of learning tell how far they have come."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Protocol, TypeVar

Item = TypeVar("Item")


class Track(Protocol):
    """Passes ``items`` on, and shows how far ``step``, in a word or two, has come."""

    def __call__(self, items: Iterable[Item], step: str, /) -> Iterable[Item]: ...


def untracked(items: Iterable[Item], step: str, /) -> Iterable[Item]:
    """Shows nothing."""
    return items
