"""What the commands of spinfix dict have in common: arguments, errors, tables."""

from __future__ import annotations

import sys
from collections.abc import Callable, Iterable, Sequence
from functools import wraps
from pathlib import Path
from typing import Any

import click
from wcwidth import wcswidth

from spinfix.batch import InputError, LogError
from spinfix.config_files import Config, find, load
from spinfix.curate.own import EntryError
from spinfix.curate.thesaurus import ThesaurusError
from spinfix.dictionary import DictionaryError

from ..run import fail, shown

#: A dictionary, a never-list, or a spinner's folder.
PLACE = click.Path(exists=True, path_type=Path)
FILE = click.Path(dir_okay=False, path_type=Path)

json_option = click.option("--json", "as_json", is_flag=True, help="JSON lines instead.")
tsv_option = click.option("--tsv", "as_tsv", is_flag=True, help="Tab-separated lines instead.")
contains_option = click.option(
    "--contains", is_flag=True, help="The words may stand anywhere in an entry's phrases."
)


def plain_errors(command: Callable[..., Any]) -> Callable[..., Any]:
    """A command that says in one line what cannot be used, and exits with 2."""

    @wraps(command)
    def run(*args: Any, **options: Any) -> Any:
        try:
            return command(*args, **options)
        except (DictionaryError, EntryError, ThesaurusError, LogError, InputError) as error:
            fail(str(error))
        except OSError as error:
            fail(f"{error.filename}: {error.strerror}" if error.filename else str(error))
        sys.exit(2)

    return run


def configuration() -> Config | None:
    """The configuration file that holds in the working folder."""
    path = find(Path.cwd())
    return load(path) if path else None


def say(message: str) -> None:
    """Tell something about the output, on standard error."""
    click.echo(shown(message), err=True)


def show_table(titles: Sequence[str], rows: Iterable[Sequence[object]], words: int = 2) -> None:
    """Print rows in columns: the first ``words`` to the left, numbers to the right."""
    cells = [[shown(_cell(value)) for value in row] for row in (titles, *rows)]
    widths = [max(map(_width, column)) for column in zip(*cells, strict=True)]
    for row in cells:
        padded = []
        for n, (cell, width) in enumerate(zip(row, widths, strict=True)):
            gap = " " * (width - _width(cell))
            to_left = n < words or n == len(row) - 1
            padded.append(cell + gap if to_left else gap + cell)
        click.echo("  ".join(padded).rstrip())


def show_tsv(titles: Sequence[str], rows: Iterable[Sequence[object]]) -> None:
    """Print rows as tab-separated lines, numbers as they are, nothing for None."""
    click.echo("\t".join(titles))
    for row in rows:
        click.echo("\t".join("" if value is None else str(value) for value in row))


def _cell(value: object) -> str:
    if isinstance(value, float):
        return f"{value:.3f}"
    return "-" if value is None else f"{value:,}" if isinstance(value, int) else str(value)


def _width(text: str) -> int:
    return max(wcswidth(text), 0) or len(text)
