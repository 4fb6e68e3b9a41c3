"""Options that several commands share."""

from __future__ import annotations

import os
from collections.abc import Callable
from pathlib import Path
from typing import Any, TypeVar

import click

from spinfix.batch import known_encoding
from spinfix.formats import FORMATS
from spinfix.repairer import SCORERS, Options
from spinfix.spinners import AUTO, SHIPPED

Command = TypeVar("Command", bound=Callable[..., Any])
_FILE = click.Path(exists=True, dir_okay=False, path_type=Path)


class SpinnerName(click.Path):
    """The name of a shipped spinner, or the folder of one that was learned."""

    name = "spinner"
    #: Values that are no paths.
    names = (AUTO, *SHIPPED)

    def __init__(self) -> None:
        super().__init__(exists=True, file_okay=False)

    def convert(self, value: Any, param: click.Parameter | None, ctx: click.Context | None) -> Any:
        if value in self.names:
            return value
        try:
            return super().convert(value, param, ctx)
        except click.BadParameter:
            raise click.BadParameter(
                f"no spinner is called {value!r} ({', '.join(self.names)}), and there is no such "
                "folder",
                ctx,
                param,
            ) from None


def with_options(*options: Callable[[Command], Command]) -> Callable[[Command], Command]:
    """A decorator that adds ``options`` in the order in which help shows them."""

    def add(command: Command) -> Command:
        for option in reversed(options):
            command = option(command)
        return command

    return add


def _encoding(ctx: click.Context, param: click.Parameter, value: str) -> str:
    try:
        return known_encoding(value)
    except ValueError as error:
        raise click.BadParameter(str(error)) from None


def cores() -> int:
    """The cores that this process may use."""
    if hasattr(os, "sched_getaffinity"):
        return len(os.sched_getaffinity(0))
    return os.cpu_count() or 1


#: The inputs: any number of paths, standard input when there is none.
paths_argument = click.argument("paths", nargs=-1, metavar="[PATH]...")

format_option = click.option(
    "--format",
    "format_name",
    type=click.Choice(["auto", *FORMATS]),
    default="auto",
    show_default=True,
    help="Format of the inputs; auto goes by the file name, and reads standard "
    "input as JSON lines when --field is given, as text otherwise.",
)

#: How an input is read.
reading_options = with_options(
    click.option(
        "--field",
        metavar="NAME",
        multiple=True,
        help="Field or column that holds the article; repeat it for title and body; a.b is "
        "b inside a.  [default: text]",
    ),
    click.option("--delimiter", metavar="CHAR", default="", help="Delimiter of CSV.  [found]"),
    click.option(
        "--encoding",
        default="utf-8",
        show_default=True,
        callback=_encoding,
        help="Encoding of the inputs; outputs are written in the same one.",
    ),
)

#: Which inputs and records, and how many at once.
batch_options = with_options(
    click.option("--files-from", metavar="FILE", help="Read paths from a file, one a line."),
    click.option("--exclude", metavar="PATTERN", multiple=True, help="Leave out (repeatable)."),
    click.option("--limit", type=click.IntRange(1), metavar="N", help="Only N articles."),
    click.option(
        "--sample",
        type=click.FloatRange(0, 1, min_open=True),
        default=1.0,
        metavar="SHARE",
        help="Only a share of the articles, the same in every run.",
    ),
    click.option(
        "-j",
        "--jobs",
        type=click.IntRange(1),
        default=None,
        metavar="N",
        help="Processes.  [default: one a core]",
    ),
    click.option("-q", "--quiet", is_flag=True, help="No progress and no summary."),
)

#: Whose work it may be.
spinner_option = click.option(
    "--spinner",
    multiple=True,
    type=SpinnerName(),
    default=(AUTO,),
    metavar="NAME|FOLDER",
    help=f"The spinner: {', '.join(SHIPPED)}, or a folder that learn wrote (repeatable: the one "
    "that explains an article best).  [default: all shipped ones]",
)

#: What stands in for a spinner that nobody knows.
thesaurus_option = click.option(
    "--thesaurus",
    type=click.Path(exists=True, path_type=Path),
    metavar="PATH",
    help="A general thesaurus (WordNet's folder, a file of MyThes, Moby or head|synonym rows), "
    "for texts that no spinner explains: few edits, and only nearly certain ones.",
)

#: How texts are repaired.
repair_options = with_options(
    spinner_option,
    thesaurus_option,
    click.option(
        "--scorer",
        type=click.Choice(SCORERS),
        default=SCORERS[0],
        show_default=True,
        help="What judges words by their context: deep reads the whole passage, fast a few "
        "words around; auto is deep where fast is unsure; large asks a language model, "
        "too, that is installed apart (docs/accuracy.md).",
    ),
    click.option(
        "--min-confidence",
        type=click.FloatRange(0, 1),
        default=Options().min_confidence,
        show_default=True,
        help="Make only edits at least this sure.",
    ),
    click.option(
        "--dictionary",
        multiple=True,
        type=_FILE,
        metavar="FILE",
        help="More dictionary entries (repeatable).",
    ),
    click.option(
        "--never",
        multiple=True,
        type=_FILE,
        metavar="FILE",
        help="Substitutions never to make (repeatable).",
    ),
    click.option(
        "--assume-spun", is_flag=True, help="Skip the gate: treat every word as spun text."
    ),
    click.option(
        "--rate",
        type=click.FloatRange(0.0, 1.0, min_open=True),
        metavar="SHARE",
        help="With --assume-spun: the share of words that the spinner would replace and did, "
        "0 to 1.  [default: 1]",
    ),
)
