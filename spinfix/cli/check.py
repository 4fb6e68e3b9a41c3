"""spinfix check"""

from __future__ import annotations

import sys
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import click

from spinfix.batch import Input, Outcome, Part
from spinfix.formats import FORMATS

from .options import (
    batch_options,
    paths_argument,
    reading_options,
    spinner_option,
    thesaurus_option,
)
from .report import report_line
from .run import Run, reading_of, setup_of, shown

_REPORTS = ("sarif", "github")


@click.command("check")
@paths_argument
@click.option(
    "--format",
    "format_names",
    type=click.Choice(["auto", *FORMATS, *_REPORTS]),
    multiple=True,
    help="Format of the inputs, as in fix; sarif and github are formats of the report.",
)
@click.option("--json", "as_json", is_flag=True, help="JSON lines instead, an article a line.")
@spinner_option
@thesaurus_option
@reading_options
@batch_options
def command(
    paths: tuple[str, ...],
    as_json: bool,
    field: tuple[str, ...],
    delimiter: str,
    encoding: str,
    format_names: tuple[str, ...],
    spinner: tuple[str, ...],
    thesaurus: Path | None,
    **options: Any,
) -> None:
    """Tell which inputs are spun; exit 1 when any is.

    For each article: spun or not, the probability that any of it was spun, the
    share of its words in spun passages, and the spinner that fits best.

    \b
    Examples:
      spinfix check scraped/
      spinfix check --json articles.jsonl | jq -r 'select(.spun).id'
      spinfix check --format sarif articles/ > spinfix.sarif
    """
    report = next((name for name in format_names if name in _REPORTS), None)
    if report and as_json:
        raise click.UsageError(f"choose one of --json and --format {report}")
    reads = next((name for name in format_names if name not in _REPORTS), "auto")
    reading = reading_of(field, delimiter, encoding, reads, paths)
    run = Run(paths, reading, **options)
    found = _articles(run, spinner, thesaurus)
    if report:
        status = run.status(_annotate(found, report))
    else:
        if not as_json and run.inputs:
            click.echo(f"{'spun':<5} {'posterior':>9} {'share':>6}  {'spinner':<9} input")
        spun = False
        for source, outcome in found:
            spun = spun or outcome.repair.spun
            click.echo(
                report_line(source, outcome, edits=False) if as_json else _row(source, outcome)
            )
        status = run.status(spun)
    sys.exit(status)


def _articles(
    run: Run, spinner: tuple[str, ...], thesaurus: Path | None
) -> Iterator[tuple[Input, Outcome]]:
    for mark, found in run.outcomes(setup_of(spinner=spinner, thesaurus=thesaurus), judge=True):
        if isinstance(mark, Part):
            for outcome in found:
                yield mark.source, outcome


def _row(source: Input, outcome: Outcome) -> str:
    repair = outcome.repair
    name = source.name
    if FORMATS[source.format].split not in ("plain:split", "plain:whole"):
        name += f":{outcome.piece.line}"
    if outcome.id is not None:
        name += f" {outcome.id}"
    word = click.style("spun ", fg="yellow") if repair.spun else "-    "
    spinner = shown(repair.spinner) or "-"
    return f"{word} {repair.posterior:>9.3f} {repair.share:>6.0%}  {spinner:<9} {shown(name)}"


def _annotate(found: Iterator[tuple[Input, Outcome]], report: str) -> bool:
    """Print the spun articles for other tools; were there any?"""
    from spinfix.preview.annotations import Finding, github, sarif
    from spinfix.signature import installed_version

    findings = [
        Finding(
            name=source.name,
            line=outcome.piece.line,
            column=None,
            end_line=outcome.piece.line,
            end_column=None,
            message=f"{'article ' + outcome.id if outcome.id else 'this text'} was spun "
            f"({outcome.repair.spinner}, posterior {outcome.repair.posterior:.3f}, "
            f"{outcome.repair.share:.0%} of its words)",
            level="warning",
            confidence=outcome.repair.posterior,
            rule="spun-article",
        )
        for source, outcome in found
        if outcome.repair.spun
    ]
    if report == "sarif":
        click.echo(sarif(findings, installed_version()))
    else:
        for line in github(findings):
            sys.stdout.buffer.write(line.encode("utf-8", "replace") + b"\n")
    return bool(findings)
