"""The compiled parts; all the rest is in setup.cfg.

They are optional: without a compiler the same is done in Python.
"""

from setuptools import Extension, setup

setup(ext_modules=[Extension("spinfix._scan", ["spinfix/_scan.c"], optional=True)])
