"""spinfix dict: one module for what writes dictionaries, one for what shows them."""

from __future__ import annotations

import click

from .making import add, import_, learn_from, merge, never
from .showing import card, check, diff, list_, stats


@click.group("dict")
def command() -> None:
    """Work with dictionaries, never-lists and spinners.

    A spinner is a folder with a dictionary, as "learn" and "import" write it.

    \b
    Examples:
      spinfix dict import thesaurus.txt -o my-spinner/
      spinfix dict list "worth"
      spinfix dict never worth value --why "prices here"
    """


for _each in (import_, check, list_, card, add, never, merge, diff, stats, learn_from):
    command.add_command(_each)
