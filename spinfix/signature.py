"""What made a result, in a line: version, data and options."""

from __future__ import annotations

import hashlib
from collections.abc import Iterable
from dataclasses import asdict
from importlib.metadata import PackageNotFoundError, version
from pathlib import Path
from typing import Any

#: Bytes of a file read at once.
_BLOCK = 1 << 18


def installed_version() -> str:
    """The version of the installed package."""
    try:
        return version("spinfix")
    except PackageNotFoundError:  # run from a checkout that is not installed
        return "0"


def signature(files: Iterable[Path], options: Any, **more: object) -> str:
    """Version, the first digits of a hash over data files, and what options say.

    ``options`` is a dataclass; only what is not its default is told.
    """
    digest = hashlib.blake2b()
    block = bytearray(_BLOCK)  # always the same memory: new pages take as long as the hash
    for path in files:
        with path.open("rb", buffering=0) as file:
            while size := file.readinto(block):
                digest.update(memoryview(block)[:size])
    default = asdict(type(options)())
    told = {k: v for k, v in asdict(options).items() if v != default[k]} | more
    words = [f"spinfix:{installed_version()}", f"data:{digest.hexdigest()[:12]}"]
    return " ".join([*words, *(f"{name}:{value}" for name, value in told.items())])
