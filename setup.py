"""The compiled parts; all the rest is in setup.cfg.

They are optional: without a compiler the same is done in Python.
"""

import sys

from setuptools import Extension, setup

# Products and sums are rounded one by one, as Python does it.
ARGUMENTS = [] if sys.platform == "win32" else ["-O3", "-ffp-contract=off"]
#: The parts, and what some of them include.
PARTS = {
    "scan": "",
    "in_place": "_trie.h",
    "gate": "",
    "text": "",
    "channel": "_words.h",
    "trie": "_trie.h",
    "lattice": "_trie.h",
    "decoder": "",
    "writing": "",
    "dense": "_dense.h",
    "convolution": "_dense.h",
    "scorer": "_words.h",
    "chains": "",
    "draws": "",
    "style": "",
    "encoder": "_encoder.h",
}


def compiled(name: str, header: str) -> Extension:
    """The extension spinfix._NAME."""
    return Extension(
        f"spinfix._{name}",
        [f"spinfix/_{name}.c"],
        depends=[f"spinfix/{header}"] if header else [],
        extra_compile_args=ARGUMENTS,
        optional=True,
    )


setup(ext_modules=[compiled(name, header) for name, header in PARTS.items()])
