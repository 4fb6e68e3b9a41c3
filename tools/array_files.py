"""Arrays by their names, as the tools hand them on in .npz files."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import numpy as np

Arrays = dict[str, np.ndarray]


def write_arrays(path: Path, arrays: Arrays) -> None:
    """Write the arrays to an .npz file, each under its name."""
    # Type checkers fear an array that is named like an option of savez; none of ours is.
    write: Callable[..., None] = np.savez
    write(path, **arrays)
