"""Options that several commands share."""

from __future__ import annotations

import codecs
from collections.abc import Callable
from pathlib import Path
from typing import Any, TypeVar

import click

from spinfix.batch import Reading
from spinfix.formats import FORMATS
from spinfix.repairer import Options

Command = TypeVar("Command", bound=Callable[..., Any])


def _known_encoding(ctx: click.Context, param: click.Parameter, value: str) -> str:
    try:
        return codecs.lookup(value).name
    except LookupError:
        raise click.BadParameter(f"{value!r} is not an encoding that Python knows") from None


def paths_argument(command: Command) -> Command:
    """The inputs: any number of paths, standard input when there is none."""
    return click.argument("paths", nargs=-1, metavar="[PATH]...")(command)


def reading_options(command: Command) -> Command:
    """How inputs are read: --field, --format, --encoding."""
    for option in (
        click.option(
            "--encoding",
            default="utf-8",
            show_default=True,
            callback=_known_encoding,
            help="Encoding of the inputs; outputs are written in the same one.",
        ),
        click.option(
            "--format",
            "format_name",
            type=click.Choice(["auto", *FORMATS]),
            default="auto",
            show_default=True,
            help="Format of the inputs; auto goes by the file name, and reads standard "
            "input as JSON lines when --field is given, as text otherwise.",
        ),
        click.option(
            "--field",
            metavar="NAME",
            help="Field of JSON lines that holds the article.  [default: text]",
        ),
    ):
        command = option(command)
    return command


def repair_options(command: Command) -> Command:
    """How texts are repaired: confidence, dictionaries, never-lists."""
    file = click.Path(exists=True, dir_okay=False, path_type=Path)
    for option in (
        click.option(
            "--assume-spun", is_flag=True, help="Skip the gate: treat every word as spun text."
        ),
        click.option(
            "--never",
            multiple=True,
            type=file,
            metavar="FILE",
            help="Substitutions never to make (repeatable).",
        ),
        click.option(
            "--dictionary",
            multiple=True,
            type=file,
            metavar="FILE",
            help="More dictionary entries (repeatable).",
        ),
        click.option(
            "--min-confidence",
            type=click.FloatRange(0, 1),
            default=Options().min_confidence,
            show_default=True,
            help="Make only edits at least this sure.",
        ),
    ):
        command = option(command)
    return command


def reading_of(
    field: str | None, format_name: str, encoding: str, paths: tuple[str, ...]
) -> Reading:
    """The Reading that the options ask for."""
    if format_name == "auto" and field is not None and paths in ((), ("-",)):
        format_name = "jsonl"
    return Reading(encoding=encoding, field=field or "text", format=format_name)
