"""spinfix check"""

from __future__ import annotations

import sys

import click

from spinfix.batch import articles

from .options import paths_argument, reading_of, reading_options
from .report import report_line
from .run import Run, build_repairer, shown


@click.command("check")
@paths_argument
@reading_options
@click.option("--json", "as_json", is_flag=True, help="JSON lines instead, an article a line.")
def command(
    paths: tuple[str, ...], as_json: bool, field: str | None, format_name: str, encoding: str
) -> None:
    """Tell which inputs are spun; exit 1 when any is.

    For each article: spun or not, the probability that any of it was spun, and
    the share of its words in spun passages.

    \b
    Examples:
      spinfix check scraped/
      spinfix check --json articles.jsonl | jq -r 'select(.spun).id'
    """
    reading = reading_of(field, format_name, encoding, paths)
    run = Run(paths, reading)
    repairer = build_repairer()
    found = False
    if not as_json and run.inputs:
        click.echo(f"{'spun':<5} {'posterior':>9} {'share':>6}  input")
    for source in run.inputs:
        with run.guard():
            for record in articles(source, reading):
                verdict = repairer.judge(record.text)
                found = found or verdict.spun
                if as_json:
                    click.echo(report_line(source, record, verdict, edits=False))
                else:
                    name = (
                        source.name if source.format == "text" else f"{source.name}:{record.line}"
                    )
                    name += f" {record.id}" if record.id is not None else ""
                    word = click.style("spun ", fg="yellow") if verdict.spun else "-    "
                    click.echo(
                        f"{word} {verdict.posterior:>9.3f} {verdict.share:>6.0%}  {shown(name)}"
                    )
    sys.exit(run.status(found))
