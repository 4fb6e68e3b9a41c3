"""The compiled parts, where they could be built; SPINFIX_PURE=1 leaves them out."""

from __future__ import annotations

import os
from collections.abc import Iterator
from contextlib import contextmanager
from functools import cache
from importlib import import_module
from typing import Any

#: Read once: the parts are asked for some twenty times for each text.
_left_out = bool(os.environ.get("SPINFIX_PURE"))


def part(name: str) -> Any:
    """The compiled module ``name``, or None."""
    return None if _left_out else _imported(name)


@contextmanager
def pure() -> Iterator[None]:
    """Python alone inside of this: to compare with what is compiled."""
    global _left_out
    before, _left_out = _left_out, True
    try:
        yield
    finally:
        _left_out = before


@cache
def _imported(name: str) -> Any:
    try:
        return import_module(f"spinfix.{name}")
    except ImportError:
        return None
