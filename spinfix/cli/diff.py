"""spinfix diff"""

from __future__ import annotations

import sys
from collections.abc import Sequence
from typing import Any

import click

from spinfix.batch import Begin, End, Input, Outcome, Part
from spinfix.edits import Repair
from spinfix.preview import unified_diff, word_diff

from .options import (
    batch_options,
    format_option,
    paths_argument,
    reading_options,
    repair_options,
)
from .report import report_line
from .run import Run, reading_of, setup_of, shown


@click.command("diff")
@paths_argument
@click.option(
    "--words/--unified",
    "words",
    default=None,
    help="A word diff, or a unified one.  [default: words on a terminal, unified else]",
)
@click.option(
    "--json", "as_json", is_flag=True, help="JSON lines instead, an article a line, with its edits."
)
@repair_options
@format_option
@reading_options
@batch_options
def command(
    paths: tuple[str, ...],
    words: bool | None,
    as_json: bool,
    field: tuple[str, ...],
    delimiter: str,
    encoding: str,
    format_name: str,
    min_confidence: float,
    dictionary: tuple[Any, ...],
    never: tuple[Any, ...],
    assume_spun: bool,
    **options: Any,
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
    reading = reading_of(field, delimiter, encoding, format_name, paths)
    words = sys.stdout.isatty() if words is None else words
    run = Run(paths, reading, **options)
    setup = setup_of(min_confidence, dictionary, never, assume_spun)
    changed = False
    unified = _Unified()
    for mark, found in run.outcomes(setup):
        changed = changed or any(outcome.changes for outcome in found)
        if not (as_json or words):
            unified.take(mark, found)
            continue
        for outcome in found:
            if as_json:
                click.echo(report_line(mark.source, outcome, edits=True))
            else:
                _show_words(mark.source, outcome.id, outcome.repair)
    sys.exit(run.status(changed))


class _Unified:
    """Collects an input, old and new, and prints their unified diff at its end."""

    def __init__(self) -> None:
        self._old: list[str] = []
        self._new: list[str] = []
        self._encoding = "utf-8"

    def take(self, mark: object, found: Sequence[Outcome]) -> None:
        if isinstance(mark, Begin):
            self._old, self._new, self._encoding = [], [], mark.encoding
        elif isinstance(mark, Part):
            changed = {outcome.piece.number: outcome.raw for outcome in found if outcome.changes}
            for piece in mark.pieces:
                self._old.append(piece.lead + piece.raw)
                self._new.append(piece.lead + changed.get(piece.number, piece.raw))
        elif isinstance(mark, End):
            lines = unified_diff("".join(self._old), "".join(self._new), mark.source.name)
            for line in lines:
                sys.stdout.buffer.write(line.encode(self._encoding, "surrogateescape"))
            sys.stdout.flush()


def _show_words(source: Input, identity: str | None, repair: Repair) -> None:
    name = source.name if identity is None else f"{source.name}, {identity}"
    for number, line in word_diff(repair, _marks, shown):
        place = click.style(f"{shown(name)}:{number}", fg="cyan")
        click.echo(f"{place} {line}")


def _marks(old: str, new: str, confidence: float) -> str:
    """Old words struck in red, new ones green; faint when less sure than 0.8."""
    removed = click.style(f"[-{shown(old)}-]", fg="red")
    return removed + click.style(f"{{+{shown(new)}+}}", fg="green", dim=confidence < 0.8)
