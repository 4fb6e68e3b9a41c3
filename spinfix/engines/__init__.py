"""Adapters for engines that spread work over many machines.

:mod:`spinfix.engines.spark`, :mod:`spinfix.engines.ray` and :mod:`spinfix.engines.datatrove`
each need their engine, which the extra of the same name installs.  All three put the
repaired text in the place of the text, and tell beside it what was found
(:data:`spinfix.engines.records.INFO`).
"""
