"""spinfix fix"""

from __future__ import annotations

import io
import shutil
import sys
import tempfile
from collections.abc import Iterator
from contextlib import AbstractContextManager, contextmanager
from pathlib import Path
from typing import Any, TextIO

import click

from spinfix.batch import Input, InputError, Reading, replacing, rewrite

from .options import paths_argument, reading_of, reading_options, repair_options
from .report import Summary, report_line
from .run import Run, build_repairer, progress


@click.command("fix")
@paths_argument
@click.option(
    "-o",
    "--output",
    type=click.Path(file_okay=False, path_type=Path),
    metavar="DIR",
    help="Write the repaired files below this folder.",
)
@click.option("--in-place", is_flag=True, help="Replace each file by its repaired text.")
@repair_options
@reading_options
@click.option(
    "--json",
    "as_json",
    is_flag=True,
    help="Report on standard error as JSON lines, an article a line, with its edits.",
)
@click.option("-q", "--quiet", is_flag=True, help="No progress and no summary.")
def command(
    paths: tuple[str, ...],
    output: Path | None,
    in_place: bool,
    as_json: bool,
    quiet: bool,
    field: str | None,
    format_name: str,
    encoding: str,
    **repair: Any,
) -> None:
    """Repair spun articles.

    One input goes to standard output, several need -o or --in-place.  A file is
    replaced as a whole, and only when all of it could be repaired.

    \b
    Examples:
      spinfix fix article.txt > repaired.txt
      spinfix fix scraped/ -o repaired/
      spinfix fix --in-place --min-confidence 0.9 article.txt
      cat articles.jsonl | spinfix fix --field body - > repaired.jsonl
    """
    if output and in_place:
        raise click.UsageError("choose one of -o and --in-place")
    reading = reading_of(field, format_name, encoding, paths)
    run = Run(paths, reading)
    if len(run.inputs) > 1 and not (output or in_place):
        raise click.UsageError("several inputs: choose -o DIR or --in-place")
    _refuse_clashes(run.inputs, output)
    repairer = build_repairer(**repair)
    summary = Summary()
    with progress(quiet) as bar:
        for source in run.inputs:
            with run.guard(), _target(source, output, in_place, reading) as out:
                for record, result in rewrite(source, reading, repairer.repair, out):
                    if record.blank:
                        continue
                    summary.add(result)
                    bar.update()
                    if as_json:
                        click.echo(report_line(source, record, result, edits=True), err=True)
    if not (quiet or as_json) and (summary.articles or not run.failed):
        click.echo(f"{summary}", err=True)
    sys.exit(run.status())


def _refuse_clashes(inputs: list[Input], output: Path | None) -> None:
    places: dict[Path, str] = {}
    for source in inputs if output else ():
        if source.place in places:
            raise click.UsageError(
                f"{places[source.place]} and {source.name} would both become {source.place}"
            )
        places[source.place] = source.name


def _target(
    source: Input, output: Path | None, in_place: bool, reading: Reading
) -> AbstractContextManager[TextIO]:
    """Where the repaired input goes."""
    if in_place and source.path is not None:
        return replacing(source.path, reading.encoding, like=source.path)
    if output is not None:
        target = output / source.place
        try:
            target.parent.mkdir(parents=True, exist_ok=True)
        except OSError as error:
            raise InputError(f"{output}: cannot write here ({error.strerror})") from None
        return replacing(target, reading.encoding, like=source.path)
    return _standard_output(reading.encoding)


@contextmanager
def _standard_output(encoding: str) -> Iterator[TextIO]:
    """Collects the text and writes it when all of it is there."""
    with tempfile.TemporaryFile() as spool:
        text = io.TextIOWrapper(spool, encoding=encoding, newline="")
        yield text
        text.flush()
        spool.seek(0)
        shutil.copyfileobj(spool, sys.stdout.buffer)
        sys.stdout.buffer.flush()
        text.detach()
