"""What made a result, in a line: version, data and options."""

from __future__ import annotations

import hashlib
from collections.abc import Iterable, Iterator
from dataclasses import asdict
from importlib.metadata import PackageNotFoundError, version
from io import SEEK_END, FileIO
from pathlib import Path
from typing import Any

#: Bytes of a file read at once.
_BLOCK = 1 << 16
#: Models and weights are told apart by so many blocks, evenly spread, the last at the end:
#: with what they were made from all of them change, and to hash it all takes 0.1 s.
_BINARY, _SAMPLES = {".bin", ".gguf", ".npz"}, 16


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
            for size in _parts(file, block, path.suffix in _BINARY):
                digest.update(memoryview(block)[:size])
    default = asdict(type(options)())
    told = {k: v for k, v in asdict(options).items() if v != default[k]} | more
    words = [f"spinfix:{installed_version()}", f"data:{digest.hexdigest()[:12]}"]
    return " ".join([*words, *(f"{name}:{value}" for name, value in told.items())])


def _parts(file: FileIO, block: bytearray, sampled: bool) -> Iterator[int]:
    """Read a file, or with ``sampled`` blocks of it; yields how many bytes ``block`` holds."""
    if sampled:
        end = file.seek(0, SEEK_END)
        for n in range(_SAMPLES):
            file.seek(n * max(0, end - len(block)) // (_SAMPLES - 1))
            yield file.readinto(block)
    else:
        while size := file.readinto(block):
            yield size
