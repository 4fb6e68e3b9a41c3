"""What processes that are spinfix's own do otherwise than the programs of others."""

from __future__ import annotations

import atexit
import gc
import os

#: The collector of reference cycles looks through new objects when there are so many.  There
#: are next to no cycles, and dictionary and caches are large: with Python's own number it takes
#: a twentieth of the time.
_MANY = 1_000_000
#: How libraries of linear algebra are told the number of their threads.
_THREADS = ("OPENBLAS_NUM_THREADS", "MKL_NUM_THREADS")


def settle() -> None:
    """Have this process work for itself alone; to be called before numpy is imported.

    The collector looks for cycles seldom, and not at the process's end: it would go through
    all that is loaded then, for as long as many articles take, and the memory goes back to
    the system anyway.  Linear algebra gets no threads of its own: its matrices are small, the
    threads would only wait for each other, and processes share the processors among them.
    """
    gc.set_threshold(_MANY)
    atexit.register(gc.freeze)
    for name in _THREADS:
        os.environ.setdefault(name, "1")
