"""spinfix dict"""

from __future__ import annotations

import sys
from pathlib import Path

import click

from spinfix.batch import LogError, read_log
from spinfix.dictionary import DictionaryError, read_never
from spinfix.learn.refusals import refusals, write_never

from .run import fail


@click.group("dict")
def command() -> None:
    """Work with dictionaries and never-lists.

    \b
    Examples:
      spinfix dict learn-from decisions.jsonl -o never.tsv
      spinfix fix --never never.tsv scraped/ -o repaired/
    """


@command.command("learn-from")
@click.argument("log", type=click.Path(exists=True, dir_okay=False, path_type=Path))
@click.option(
    "-o",
    "--output",
    type=click.Path(dir_okay=False, path_type=Path),
    metavar="FILE",
    required=True,
    help="The never-list to write; entries that it has already stay.",
)
@click.option(
    "--at-least",
    type=click.IntRange(1),
    default=1,
    show_default=True,
    metavar="N",
    help="Only what was refused so often.",
)
def learn_from(log: Path, output: Path, at_least: int) -> None:
    """Turn refusals into a never-list.

    LOG is a reviewed edit log, or what the review page exported.  A substitution that
    was refused wherever it was decided becomes an entry.

    \b
    Examples:
      spinfix dict learn-from decisions.jsonl -o never.tsv
    """
    try:
        found = refusals(read_log(log), at_least)
        before = read_never(output) if output.exists() else []
        write_never(output, [*before, *found])
    except (LogError, DictionaryError, OSError) as error:
        fail(str(error))
        sys.exit(2)
    click.echo(f"{len(found):,} entries into {output}", err=True)
