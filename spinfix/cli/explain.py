"""spinfix explain"""

from __future__ import annotations

import sys
from pathlib import Path
from typing import Any

import click

from spinfix.batch import articles
from spinfix.edits import Repair
from spinfix.lexicon import Lexicon
from spinfix.preview import explain_edit
from spinfix.preview.explain import context

from .options import reading_of, reading_options, repair_options
from .report import report_line
from .run import Run, build_repairer, shown


@click.command("explain")
@click.argument("source", metavar="[TEXT|PATH]", default="-")
@repair_options
@reading_options
@click.option("--json", "as_json", is_flag=True, help="JSON lines instead, an article a line.")
def command(
    source: str, as_json: bool, field: str | None, format_name: str, encoding: str, **repair: Any
) -> None:
    """Show every edit with its alternatives, its confidence and the evidence.

    The argument is a file, or, when it has spaces and there is no such file, a
    text.  A sentence or two are too little to tell whether they were spun: add
    --assume-spun.

    \b
    Examples:
      spinfix explain article.txt
      spinfix explain --assume-spun "the State Division mentioned in an announcement"
    """
    if any(map(str.isspace, source)) and not _exists(source):
        repairer = build_repairer(**repair)
        result = repairer.repair(source)
        if as_json:
            click.echo(result.to_json())
        else:
            _show(result, repairer.lexicon)
        return
    reading = reading_of(field, format_name, encoding, (source,))
    run = Run([source], reading)
    repairer = build_repairer(**repair)
    for found in run.inputs:
        with run.guard():
            for record in articles(found, reading):
                result = repairer.repair(record.text)
                if as_json:
                    click.echo(report_line(found, record, result, edits=True))
                else:
                    click.secho(f"{shown(found.name)} {record.id or ''}".rstrip(), bold=True)
                    _show(result, repairer.lexicon)
    sys.exit(run.status())


def _exists(name: str) -> bool:
    try:
        return Path(name).exists()
    except (OSError, ValueError):  # too long for a file name, or a NUL in it
        return False


def _show(repair: Repair, lexicon: Lexicon) -> None:
    verdict = "spun" if repair.spun else "not taken for spun text, so left alone"
    click.echo(f"{verdict} (posterior {repair.posterior:.3f}, {repair.share:.0%} of the words)")
    for edit in repair.edits:
        before, after = map(shown, context(repair, edit))
        old = click.style(f"[-{shown(edit.old)}-]", fg="red")
        new = click.style(f"{{+{shown(edit.new)}+}}", fg="green")
        click.echo(f"\n{edit.confidence:.2f}  {before}{old}{new}{after}")
        for line in explain_edit(repair, edit, lexicon):
            click.echo(f"      {shown(line)}")
