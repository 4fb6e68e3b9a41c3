"""spinfix gives synonym-spun articles back, word for word.

The public names are loaded when they are first asked for: to show its help the command line
needs none of them.
"""

from __future__ import annotations

from importlib import import_module
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from .dictionary import DictionaryError
    from .edits import Alternative, Edit, EditError, Evidence, Repair, apply, undo
    from .repairer import Options, Repairer

__all__ = [
    "Alternative",
    "DictionaryError",
    "Edit",
    "EditError",
    "Evidence",
    "Options",
    "Repair",
    "Repairer",
    "apply",
    "undo",
]

_MODULES = {"DictionaryError": "dictionary", "Options": "repairer", "Repairer": "repairer"}


def __getattr__(name: str) -> object:
    if name not in __all__:
        raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
    value: object = getattr(import_module(f".{_MODULES.get(name, 'edits')}", __name__), name)
    globals()[name] = value
    return value


def __dir__() -> list[str]:
    return sorted({*globals(), *__all__})
