"""spinfix gives synonym-spun articles back, word for word."""

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
