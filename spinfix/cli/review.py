"""spinfix review"""

from __future__ import annotations

import os
import sys
import tempfile
from pathlib import Path
from typing import Any

import click

from spinfix.batch import Failed, Input, InputError, Part, Reading, Setup, Stopped, Task, outcomes
from spinfix.review import Page, Totals, is_page

from .options import (
    batch_options,
    format_option,
    paths_argument,
    reading_options,
    repair_options,
    with_options,
)
from .run import Run, fail, reading_of, repairing, setup_of, shown

#: Bytes of a page that browsers take long to open.
_LARGE = 200 << 20

_FILE = click.Path(dir_okay=False, path_type=Path)

_page_options = with_options(
    click.option(
        "-o",
        "--output",
        type=_FILE,
        metavar="FILE",
        allow_from_autoenv=False,
        help="Write the page to this file.",
    ),
    click.option(
        "--force",
        is_flag=True,
        allow_from_autoenv=False,
        help="Write over whatever is there.",
    ),
    click.option(
        "--serve",
        is_flag=True,
        allow_from_autoenv=False,
        help="Serve the page on this machine, and save decisions as they are made.",
    ),
    click.option(
        "--port",
        type=click.IntRange(0, 65535),
        default=0,
        metavar="N",
        help="Port of --serve.  [default: a free one]",
    ),
    click.option(
        "--decisions",
        type=_FILE,
        default=Path("decisions.jsonl"),
        show_default=True,
        metavar="FILE",
        allow_from_autoenv=False,
        help="Where --serve saves decisions.",
    ),
)


@click.command("review")
@paths_argument
@_page_options
@repair_options
@format_option
@reading_options
@batch_options
def command(
    paths: tuple[str, ...],
    output: Path | None,
    force: bool,
    serve: bool,
    port: int,
    decisions: Path,
    field: tuple[str, ...],
    delimiter: str,
    encoding: str,
    format_name: str,
    quiet: bool,
    **options: Any,
) -> None:
    """Make a page on which every edit can be looked at, accepted or refused.

    The page is one HTML file that loads nothing from anywhere.  It saves the
    decisions as an edit log, decisions.jsonl, for `spinfix apply`.

    \b
    Examples:
      spinfix review scraped/ -o review.html
      spinfix review articles.jsonl --serve --decisions decisions.jsonl
      spinfix apply decisions.jsonl --in-place
    """
    if not (output or serve):
        raise click.UsageError("choose -o FILE, --serve or both")
    repair = repairing(options)
    if output:
        output = Path(os.path.realpath(output))
        _check_place(output, force)
    reading = reading_of(field, delimiter, encoding, format_name, paths)
    run = Run(paths, reading, quiet=quiet, **options)
    _leave_out(run, output)
    setup = setup_of(**repair)
    if not serve:
        assert output
        _tell(_written(run, reading, setup, output)[0], output, quiet)
        sys.exit(run.status())
    with tempfile.TemporaryDirectory(prefix="spinfix-") as folder:
        page = output or Path(folder) / "review.html"
        totals, review = _written(run, reading, setup, page, served=True)
        _tell(totals, output, quiet)
        _serve(page, review, decisions, port, force)
    sys.exit(run.status())


def _check_place(output: Path, force: bool) -> None:
    """Refuse to write over what is no page of ours."""
    try:
        ours = force or not os.path.lexists(output) or (output.is_file() and is_page(output))
    except OSError as error:
        raise InputError(f"{output}: {error.strerror or error}") from None
    if not ours:
        raise InputError(f"{output}: is there already and no review page; --force writes over it")


def _leave_out(run: Run, output: Path | None) -> None:
    """Read each input once, and not the page that is going to be replaced."""
    sources: dict[str, Input] = {}
    for source in run.inputs:
        real = os.path.realpath(source.path) if source.path else ""
        if not output or real != str(output):
            sources.setdefault(real, source)
    run.inputs = list(sources.values())


def _written(
    run: Run, reading: Reading, setup: Setup, path: Path, served: bool = False
) -> tuple[Totals, str]:
    """Repair all inputs and write the page; what it holds, and the name of its data."""
    task = Task(reading, run.choice, fingerprints=True)
    try:
        with Page(path, reading, served) as page, run.bar:
            for mark, found in outcomes(run.inputs, setup, task, run.jobs):
                page.take(mark, found)
                if isinstance(mark, Failed):
                    run.fail(mark.error)
                for outcome in found:
                    if outcome.error is not None:
                        run.keep(mark.source, outcome)
                if isinstance(mark, Part):
                    run.watch(mark.source, mark.read, found)
            return page.finish(setup.repairer().signature), page.review
    except Stopped as error:
        fail(str(error))
    except OSError as error:
        fail(f"{path}: {error.strerror or error}")
    raise SystemExit(2)


def _tell(totals: Totals, output: Path | None, quiet: bool) -> None:
    if quiet:
        return
    edits = f"{totals.edits:,} edit{'' if totals.edits == 1 else 's'}"
    articles = f"{totals.articles:,} article{'' if totals.articles == 1 else 's'}"
    large = ""
    if output and (size := output.stat().st_size) > _LARGE:
        large = f"; {size >> 20} MiB, large for a browser: --limit or parts make smaller pages"
    where = f"{shown(output.name)}: " if output else ""
    click.echo(f"{where}{edits} in {articles}, {totals.without:,} without{large}", err=True)


def _serve(page: Path, review: str, decisions: Path, port: int, force: bool) -> None:
    """Serve the page until Ctrl-C."""
    from spinfix.review.serve import Desk, DeskError

    try:
        desk = Desk(page, review, Path(os.path.realpath(decisions)), port, force)
    except DeskError as error:
        fail(str(error))
        raise SystemExit(2) from None
    with desk:
        click.echo(f"{desk.url}\ndecisions are saved to {decisions}; Ctrl-C ends", err=True)
        try:
            desk.serve_forever()
        except KeyboardInterrupt:
            click.echo("ended", err=True)
