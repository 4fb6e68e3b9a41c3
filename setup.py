"""The compiled parts; all the rest is in setup.cfg.

They are optional: without a compiler the same is done in Python.
"""

import sys

from setuptools import Extension, setup

# Products and sums are rounded one by one, as Python does it.
ARGUMENTS = [] if sys.platform == "win32" else ["-O3", "-ffp-contract=off"]
PARTS = ("scan", "in_place", "channel", "lattice", "dense", "convolution", "encoder", "scorer")
HEADERS = {"dense": "dense", "convolution": "dense", "encoder": "encoder"}


def compiled(name: str) -> Extension:
    """The extension spinfix._NAME."""
    return Extension(
        f"spinfix._{name}",
        [f"spinfix/_{name}.c"],
        depends=[f"spinfix/_{HEADERS[name]}.h"] if name in HEADERS else [],
        extra_compile_args=ARGUMENTS,
        optional=True,
    )


setup(ext_modules=[*map(compiled, PARTS)])
