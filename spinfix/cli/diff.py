"""spinfix diff"""

from __future__ import annotations

import sys
from typing import Any

import click

from spinfix.batch import Input, records
from spinfix.edits import Repair
from spinfix.formats import Record
from spinfix.preview import unified_diff, word_diff

from .options import paths_argument, reading_of, reading_options, repair_options
from .report import report_line
from .run import Run, build_repairer, shown


@click.command("diff")
@paths_argument
@repair_options
@reading_options
@click.option(
    "--words/--unified",
    "words",
    default=None,
    help="A word diff, or a unified one.  [default: words on a terminal, unified else]",
)
@click.option(
    "--json", "as_json", is_flag=True, help="JSON lines instead, an article a line, with its edits."
)
def command(
    paths: tuple[str, ...],
    words: bool | None,
    as_json: bool,
    field: str | None,
    format_name: str,
    encoding: str,
    **repair: Any,
) -> None:
    """Preview what fix would change; exit 1 when there is something.

    On a terminal, the changed lines with old and new words in colour; otherwise
    a unified diff that `git apply` and `patch -p1` take.

    \b
    Examples:
      spinfix diff article.txt
      spinfix diff scraped/ > changes.patch
      spinfix diff --json articles.jsonl | jq .edits[].new
    """
    reading = reading_of(field, format_name, encoding, paths)
    words = sys.stdout.isatty() if words is None else words
    run = Run(paths, reading)
    repairer = build_repairer(**repair)
    changed = False
    for source in run.inputs:
        with run.guard():
            old: list[str] = []
            new: list[str] = []
            for record in records(source, reading):
                result = repairer.repair(record.text)
                if as_json and record.blank:
                    continue
                changed = changed or bool(result.edits)
                if as_json:
                    click.echo(report_line(source, record, result, edits=True))
                elif words:
                    _show_words(source, record, result)
                else:
                    old.append(record.raw)
                    new.append(record.rewritten(result.edits))
            for line in unified_diff("".join(old), "".join(new), source.name):
                sys.stdout.buffer.write(line.encode(encoding, "surrogateescape"))
            sys.stdout.flush()
    sys.exit(run.status(changed))


def _show_words(source: Input, record: Record, repair: Repair) -> None:
    name = source.name if record.id is None else f"{source.name}, {record.id}"
    for number, line in word_diff(repair, _marks, shown):
        place = click.style(f"{shown(name)}:{number}", fg="cyan")
        click.echo(f"{place} {line}")


def _marks(old: str, new: str, confidence: float) -> str:
    """Old words struck in red, new ones green; faint when less sure than 0.8."""
    removed = click.style(f"[-{shown(old)}-]", fg="red")
    return removed + click.style(f"{{+{shown(new)}+}}", fg="green", dim=confidence < 0.8)
