"""spinfix diff"""

from __future__ import annotations

import os
import shutil
import sys
from collections.abc import Iterator, Sequence
from typing import Any

import click

from spinfix.batch import Begin, End, Input, Outcome, Part
from spinfix.preview import in_context, side_by_side, stat, unified_diff, word_diff

from .options import (
    batch_options,
    format_option,
    paths_argument,
    reading_options,
    repair_options,
    with_options,
)
from .report import report_line
from .run import Run, reading_of, repairing, setup_of, shown


def _style(*names: str, text: str) -> Any:
    return click.option(*names, "style", flag_value=names[-1].strip("-"), help=text)


_style_options = with_options(
    _style("--words", text="A word diff; the default on a terminal."),
    _style("--unified", text="A unified diff, for git apply and patch; the default else."),
    _style("-y", "--side-by-side", text="Old and new in two columns."),
    _style("--stat", text="Only the number of edits of each input."),
    _style("--json", text="JSON lines, an article a line, with its edits."),
)


@click.command("diff")
@paths_argument
@_style_options
@click.option(
    "-U",
    "--context",
    type=click.IntRange(0),
    metavar="N",
    help="Lines to show around each change.  [default: 3 of a unified diff, else 0]",
)
@click.option("--no-pager", is_flag=True, help="Do not show long output in a pager.")
@repair_options
@format_option
@reading_options
@batch_options
def command(
    paths: tuple[str, ...],
    style: str | None,
    context: int | None,
    no_pager: bool,
    field: tuple[str, ...],
    delimiter: str,
    encoding: str,
    format_name: str,
    **options: Any,
) -> None:
    """Preview what fix would change; exit 1 when there is something.

    On a terminal, the changed lines with old and new words in colour, in a pager
    when they are many; otherwise a unified diff that `git apply` and `patch -p1` take.

    \b
    Examples:
      spinfix diff article.txt
      spinfix diff --side-by-side article.txt
      spinfix diff --stat scraped/
      spinfix diff scraped/ > changes.patch
      spinfix diff --json articles.jsonl | jq .edits[].new
    """
    reading = reading_of(field, delimiter, encoding, format_name, paths)
    terminal = sys.stdout.isatty()
    style = style or ("words" if terminal else "unified")
    repair = repairing(options)
    run = Run(paths, reading, **options)
    preview = _Preview(run, style, context)
    lines = preview.lines(setup_of(**repair))
    if terminal and style != "json" and not no_pager:
        os.environ.setdefault("LESS", "-FRX")  # no pager for what fits the screen
        colour = click.get_current_context().color is not False
        click.echo_via_pager((f"{line}\n" for line in lines), color=colour)
    else:
        for line in lines:
            if style == "unified":
                sys.stdout.buffer.write(line.encode(preview.encoding, "surrogateescape") + b"\n")
            else:
                click.echo(line)
    sys.exit(run.status(preview.changed))


class _Preview:
    """What is shown of a run, as lines."""

    def __init__(self, run: Run, style: str, context: int | None) -> None:
        self._run, self._style, self._context = run, style, context
        self._width = shutil.get_terminal_size().columns
        self.changed = False
        self.encoding = "utf-8"

    def lines(self, setup: Any) -> Iterator[str]:
        """The lines; whether anything changes is known at their end."""
        unified = _Unified(3 if self._context is None else self._context)
        counts: dict[str, int] = {}
        for mark, found in self._run.outcomes(setup):
            if isinstance(mark, Begin):
                self.encoding = mark.encoding
            self.changed = self.changed or any(outcome.changes for outcome in found)
            if self._style == "unified":
                yield from unified.take(mark, found)
            elif self._style == "stat":
                name = shown(mark.source.name)
                edits = sum(len(outcome.changes) for outcome in found)
                counts[name] = counts.get(name, 0) + edits
            else:
                for outcome in found:
                    yield from self._article(mark.source, outcome)
        yield from stat(list(counts.items()), self._width)

    def _article(self, source: Input, outcome: Outcome) -> Iterator[str]:
        if self._style == "json":
            yield report_line(source, outcome, edits=True)
        elif self._style == "words":
            changed = word_diff(outcome.repair, _marks, shown)
            for number, line in in_context(outcome.repair, changed, self._context or 0, shown):
                place = click.style(f"{_name(source, outcome)}:{number}", fg="cyan")
                yield f"{place} {line}"
        elif outcome.changes:
            yield click.style(_name(source, outcome), fg="cyan")
            last = 0
            for number, row in side_by_side(outcome.repair, self._width - 6, _paint, shown):
                yield f"{number if number != last else '':>5} {row}"
                last = number


def _name(source: Input, outcome: Outcome) -> str:
    return shown(source.name if outcome.id is None else f"{source.name}, {outcome.id}")


def _paint(text: str, is_new: bool, confidence: float) -> str:
    if is_new:
        return click.style(text, fg="green", bold=True, dim=confidence < 0.8)
    return click.style(text, fg="red", strikethrough=True)


class _Unified:
    """Collects an input, old and new, and gives their unified diff at its end."""

    def __init__(self, context: int) -> None:
        self._context = context
        self._old: list[str] = []
        self._new: list[str] = []

    def take(self, mark: object, found: Sequence[Outcome]) -> Iterator[str]:
        if isinstance(mark, Begin):
            self._old, self._new = [], []
        elif isinstance(mark, Part):
            changed = {outcome.piece.number: outcome.raw for outcome in found if outcome.changes}
            for piece in mark.pieces:
                self._old.append(piece.lead + piece.raw)
                self._new.append(piece.lead + changed.get(piece.number, piece.raw))
        elif isinstance(mark, End):
            old, new = "".join(self._old), "".join(self._new)
            lines = unified_diff(old, new, mark.source.name, self._context)
            yield from (line.removesuffix("\n") for line in lines)


def _marks(old: str, new: str, confidence: float) -> str:
    """Old words struck in red, new ones green; faint when less sure than 0.8."""
    removed = click.style(f"[-{shown(old)}-]", fg="red")
    return removed + click.style(f"{{+{shown(new)}+}}", fg="green", dim=confidence < 0.8)
