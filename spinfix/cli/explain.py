"""spinfix explain"""

from __future__ import annotations

import sys
from pathlib import Path
from typing import Any

import click

from spinfix.batch import Part
from spinfix.edits import Repair
from spinfix.lexicon import Lexicon
from spinfix.preview import explain_edit
from spinfix.preview.explain import context

from .options import format_option, reading_options, repair_options
from .report import report_line
from .run import Run, reading_of, setup_of, shown


@click.command("explain")
@click.argument("source", metavar="[TEXT|PATH]", default="-")
@click.option("--json", "as_json", is_flag=True, help="JSON lines instead, an article a line.")
@repair_options
@format_option
@reading_options
def command(
    source: str,
    as_json: bool,
    field: tuple[str, ...],
    delimiter: str,
    encoding: str,
    format_name: str,
    **repair: Any,
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
    setup = setup_of(**repair)
    repairer = setup.repairer()
    if any(map(str.isspace, source)) and not _exists(source):
        result = repairer.repair(source)
        if as_json:
            click.echo(result.to_json())
        else:
            _show(result, repairer.lexicon)
        return
    reading = reading_of(field, delimiter, encoding, format_name, (source,))
    run = Run([source], reading, jobs=1)
    for mark, found in run.outcomes(setup):
        for outcome in found if isinstance(mark, Part) else ():
            if as_json:
                click.echo(report_line(mark.source, outcome, edits=True))
            else:
                click.secho(f"{shown(mark.source.name)} {outcome.id or ''}".rstrip(), bold=True)
                _show(outcome.repair, repairer.lexicon)
    sys.exit(run.status())


def _exists(name: str) -> bool:
    try:
        return Path(name).exists()
    except (OSError, ValueError):  # too long for a file name, or a NUL in it
        return False


def _show(repair: Repair, lexicon: Lexicon) -> None:
    verdict = (
        f"spun by {shown(repair.spinner)}"
        if repair.spun
        else "not taken for spun text, so left alone"
    )
    click.echo(f"{verdict} (posterior {repair.posterior:.3f}, {repair.share:.0%} of the words)")
    for edit in repair.edits:
        before, after = map(shown, context(repair, edit))
        old = click.style(f"[-{shown(edit.old)}-]", fg="red")
        new = click.style(f"{{+{shown(edit.new)}+}}", fg="green")
        click.echo(f"\n{edit.confidence:.2f}  {before}{old}{new}{after}")
        for line in explain_edit(repair, edit, lexicon):
            click.echo(f"      {shown(line)}")
