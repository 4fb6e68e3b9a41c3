"""The compiled parts, where they could be built; SPINFIX_PURE=1 leaves them out."""

from __future__ import annotations

import os
from functools import cache
from importlib import import_module
from typing import Any


def part(name: str) -> Any:
    """The compiled module ``name``, or None."""
    return None if os.environ.get("SPINFIX_PURE") else _imported(name)


@cache
def _imported(name: str) -> Any:
    try:
        return import_module(f"spinfix.{name}")
    except ImportError:
        return None
