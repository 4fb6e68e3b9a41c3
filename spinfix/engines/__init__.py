"""Adapters for engines that spread work over many machines.

:mod:`spinfix.engines.spark`, :mod:`spinfix.engines.ray` and :mod:`spinfix.engines.datatrove`
each need their engine, which the extra of the same name installs;
:mod:`spinfix.engines.arrow` repairs Arrow tables and needs pyarrow alone.  All put the
repaired text in the place of the text, and tell beside it what was found (:data:`INFO`);
whatever else hands out texts to processes can call :func:`done`.  How to use them:
docs/scaling.md.
"""

from spinfix.batch import Setup

from .records import INFO, Done, done, edits_from

__all__ = ["INFO", "Done", "Setup", "done", "edits_from"]
