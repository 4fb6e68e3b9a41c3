"""The collector of reference cycles, in processes that are spinfix's own."""

from __future__ import annotations

import atexit
import gc

#: It looks through new objects when there are so many.  There are next to no cycles, and
#: dictionary and caches are large: with Python's own number it takes a twentieth of the time.
_MANY = 1_000_000


def collect_seldom() -> None:
    """Have the collector look for cycles seldom in this process, and not at its end.

    Then it would go through all that is loaded, for as long as many articles take; the
    memory goes back to the system anyway.
    """
    gc.set_threshold(_MANY)
    atexit.register(gc.freeze)
