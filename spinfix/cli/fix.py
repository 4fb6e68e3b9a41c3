"""spinfix fix"""

from __future__ import annotations

import json
import sys
from collections.abc import Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

from spinfix.batch import Input, Outcome, Plan, Report, Setup, Target, clean

from .options import (
    batch_options,
    format_option,
    paths_argument,
    reading_options,
    repair_options,
    with_options,
)
from .report import report_line
from .run import NAMED, Run, fail, reading_of, repairing, setup_of, shown

if TYPE_CHECKING:
    from .asking import Given

_PLACE = click.Path(path_type=Path)

_target_options = with_options(
    click.option(
        "-o",
        "--output",
        type=click.Path(file_okay=False, path_type=Path),
        metavar="DIR",
        allow_from_autoenv=False,
        help="Write the repaired files below this folder.",
    ),
    click.option(
        "--in-place",
        is_flag=True,
        allow_from_autoenv=False,
        help="Replace each file by its repaired text.",
    ),
    click.option("--backup", metavar="SUFFIX", default="", help="Keep replaced files as well."),
    click.option("-n", "--dry-run", is_flag=True, help="Write nothing but log and report."),
    click.option(
        "-i", "--interactive", is_flag=True, help="Ask about every edit; then write them all."
    ),
    click.option(
        "--resume", is_flag=True, allow_from_autoenv=False, help="Go on with a stopped run."
    ),
)

_report_options = with_options(
    click.option(
        "--log", type=_PLACE, metavar="FILE", help="Write every edit to an edit log (JSON lines)."
    ),
    click.option("--report", type=_PLACE, metavar="FILE", help="Write the report as JSON."),
    click.option(
        "--on-error",
        type=click.Choice(["keep", "fail"]),
        default="keep",
        show_default=True,
        help="Records that cannot be read: keep them as they are, or fail their file.",
    ),
    click.option(
        "--json",
        "as_json",
        is_flag=True,
        help="Report on standard error as JSON lines, an article a line, with its edits.",
    ),
)


@click.command("fix")
@paths_argument
@_target_options
@_report_options
@repair_options
@format_option
@reading_options
@batch_options
def command(
    paths: tuple[str, ...],
    output: Path | None,
    in_place: bool,
    backup: str,
    dry_run: bool,
    interactive: bool,
    resume: bool,
    log: Path | None,
    report: Path | None,
    on_error: str,
    as_json: bool,
    field: tuple[str, ...],
    delimiter: str,
    encoding: str,
    format_name: str,
    quiet: bool,
    **options: Any,
) -> None:
    """Repair spun articles.

    One input goes to standard output, several need -o or --in-place.  A file is
    replaced as a whole, and only when all of it was read.  A run that was stopped,
    by whatever, goes on with --resume.

    \b
    Examples:
      spinfix fix article.txt > repaired.txt
      spinfix fix scraped/ -o repaired/ --log edits.jsonl
      spinfix fix --in-place --backup .orig --min-confidence 0.9 article.html
      zcat articles.jsonl.gz | spinfix fix --field title --field body - > repaired.jsonl
    """
    repair = repairing(options)
    target = Target(output, in_place, backup, dry_run)
    reading = reading_of(field, delimiter, encoding, format_name, paths)
    run = Run(paths, reading, quiet=quiet, leave_out=output, **options)
    _check(run, target)
    setup = setup_of(**repair)
    given = _decided(run, setup, resume) if interactive else None
    plan = Plan(reading, target, run.jobs, on_error == "keep", log, resume, run.choice, given)

    def watch(source: Input, read: int, found: Sequence[Outcome]) -> None:
        run.watch(source, read, found)
        for outcome in found if as_json else ():
            click.echo(report_line(source, outcome, edits=True), err=True)

    with run.bar:
        done = clean(run.inputs, setup, plan, watch)
    _tell(done, run, report, quiet or as_json)
    sys.exit(max(done.status, run.status(), key=(0, 1, 3, 2).index))


def _decided(run: Run, setup: Setup, resume: bool) -> Given:
    """The edits that somebody wants of those that are found."""
    if resume or any(source.path is None for source in run.inputs):
        raise click.UsageError("--interactive reads files, and cannot be resumed")
    from .asking import decided

    return decided(run, setup)


def _check(run: Run, target: Target) -> None:
    """Refuse what cannot be meant."""
    if target.output and target.in_place:
        raise click.UsageError("choose one of -o and --in-place")
    if target.backup and not target.in_place:
        raise click.UsageError("--backup is for --in-place")
    if len(run.inputs) > 1 and not (target.files or target.dry):
        raise click.UsageError("several inputs: choose -o DIR or --in-place")
    if not run.choice.every and not target.dry:
        if target.in_place:
            raise click.UsageError("--limit and --sample would lose records with --in-place")
        if any(source.format in ("parquet", "warc") for source in run.inputs):
            raise click.UsageError("--limit and --sample cannot write Parquet or WARC")
    places: dict[Path, str] = {}
    for source in run.inputs:
        place = target.place(source)
        if place and place.path in places:
            first = places[place.path]
            where = source.place if target.output else place.path
            raise click.UsageError(f"{first} and {source.name} would both become {where}")
        if place:
            places[place.path] = source.name


def _tell(done: Report, run: Run, report: Path | None, quiet: bool) -> None:
    """What the run did, on standard error and in the report file."""
    for error in done.counts.errors[:NAMED] + done.failed:
        fail(error)
    if done.counts.kept > NAMED:
        fail(f"{done.counts.kept - NAMED:,} more records are not named here; --report names them")
    if report:
        row = done.to_dict()
        row["failed"] = row["failed"] + run.errors
        try:
            report.write_text(json.dumps(row, indent=2) + "\n", "utf-8")
        except OSError as error:
            fail(f"{report}: cannot write the report ({error.strerror})")
            sys.exit(2)
    if not quiet and (done.counts.records or not run.failed):
        for line in done.lines():
            click.echo(shown(line), err=True)
