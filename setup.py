"""The compiled parts; all the rest is in setup.cfg.

They are optional: without a compiler the same is done in Python.
"""

import sys

from setuptools import Extension, setup

# Products and sums are rounded one by one, as Python does it.
ARGUMENTS = [] if sys.platform == "win32" else ["-O3", "-ffp-contract=off"]
#: The parts, and the headers that they are made of.
PARTS = {
    "scan": "_scanner.h _passages.h _characters.h _errors.h",
    "in_place": "_odds.h _asking.h _neighbours.h _trie.h _characters.h _errors.h",
    "gate": "_gate.h _characters.h _growing.h _errors.h",
    "text": "_tokens.h _characters.h",
    "channel": "_evidence.h _arcs.h _words.h",
    "trie": "_trie.h",
    "lattice": "_window.h _trie.h _arcs.h _growing.h _errors.h",
    "decoder": "_arcs.h _errors.h",
    "writing": "_arcs.h _errors.h",
    "dense": "_dense.h _tiles.h",
    "convolution": "_dense.h _tiles.h",
    "scorer": "_words.h _arcs.h _errors.h",
    "chains": "_arcs.h _arrays.h _errors.h",
    "draws": "_sums.h _arcs.h _arrays.h _errors.h",
    "style": "_arcs.h _arrays.h _errors.h",
    "encoder": "_encoder.h _vectors.h _kinds.h",
    "causal": "_causal.h _vectors.h _kinds.h",
}


def compiled(name: str, headers: str) -> Extension:
    """The extension spinfix._NAME."""
    return Extension(
        f"spinfix._{name}",
        [f"spinfix/_{name}.c"],
        depends=[f"spinfix/{header}" for header in headers.split()],
        extra_compile_args=ARGUMENTS,
        optional=True,
    )


setup(ext_modules=[compiled(name, headers) for name, headers in PARTS.items()])
