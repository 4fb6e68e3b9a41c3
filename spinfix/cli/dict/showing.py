"""spinfix dict list, card, check, diff, stats"""

from __future__ import annotations

import json
import sys
from collections.abc import Iterable
from pathlib import Path
from typing import Any

import click

from spinfix.curate import own
from spinfix.curate.card import Tally, read_card
from spinfix.curate.checking import check as problems_of
from spinfix.curate.comparing import Difference, differences
from spinfix.curate.files import load
from spinfix.curate.listing import (
    Listed,
    Origin,
    file_origin,
    listed,
    matching,
    shipped_origins,
    spinner_origin,
)
from spinfix.curate.summary import summary
from spinfix.dictionary import Entry, read_never
from spinfix.shipped import CARD, shipped
from spinfix.spinners import AUTO, find_spinners

from ..run import shown
from .asked import (
    PLACE,
    configuration,
    contains_option,
    json_option,
    plain_errors,
    say,
    show_table,
    show_tsv,
    tsv_option,
)

_PHRASES = click.argument("phrases", nargs=-1, metavar="[PHRASE]...")
_FILE = click.Path(exists=True, dir_okay=False, path_type=Path)


@click.command("list")
@_PHRASES
@contains_option
@click.option(
    "--dictionary",
    multiple=True,
    type=_FILE,
    metavar="FILE",
    help="Entries of this file instead of the shipped ones (repeatable).",
)
@click.option(
    "--spinner",
    multiple=True,
    metavar="NAME|FOLDER",
    help="Entries of this spinner instead of the shipped ones (repeatable).",
)
@json_option
@tsv_option
@plain_errors
def list_(
    phrases: tuple[str, ...],
    contains: bool,
    dictionary: tuple[Path, ...],
    spinner: tuple[str, ...],
    as_json: bool,
    as_tsv: bool,
) -> None:
    """Show entries: all, or those with PHRASE on either side.

    Without --dictionary and --spinner these are the shipped entries and those of the
    files that the configuration names.

    \b
    Examples:
      spinfix dict list worth "state division"
      spinfix dict list --contains --json division
      spinfix dict list --spinner my-spinner/ --tsv > all.tsv
    """
    own_ones = [file_origin(path) for path in dictionary]
    if not spinner and not dictionary:
        spinner, own_ones = (AUTO,), _on_top()
    spinners = [spinner_origin(one) for one in find_spinners(spinner)]
    rows = matching(listed(spinners, own_ones), phrases, contains)
    if as_json:
        _show_json(row._asdict() for row in rows)
    elif as_tsv:
        show_tsv(Listed._fields, rows)
    else:
        _show_listed(list(rows))


def _on_top() -> list[Origin]:
    """What is used with every spinner: shipped files, and those of the configuration."""
    config = configuration()
    origins = shipped_origins()
    origins += [file_origin(path) for path in own.configured("dictionary", config)]
    for path in own.configured("never", config):
        origins.append(Origin(str(path), never=read_never(path)))
    return origins


def _show_listed(rows: list[Listed]) -> None:
    if not rows:
        say("no such entry")
        return
    titles = "spun original replaced seen alone chance share evidence survival from"
    show_table(titles.split(), [(*row[:9], _where(row)) for row in rows])


def _where(row: Listed) -> str:
    return f"{row.origin}; disabled by {row.disabled}" if row.disabled else row.origin


@click.command("card")
@_PHRASES
@contains_option
@click.option(
    "--top",
    type=click.IntRange(1),
    default=20,
    show_default=True,
    metavar="N",
    help="Without PHRASE: the entries with the most wrong edits.",
)
@json_option
@tsv_option
@plain_errors
def card(phrases: tuple[str, ...], contains: bool, top: int, as_json: bool, as_tsv: bool) -> None:
    """Show how often shipped entries are right, with a 95 % interval.

    Counted over pairs of spun and original articles.  In genuine articles every edit is
    wrong; what was applied there is the column "genuine".

    \b
    Examples:
      spinfix dict card
      spinfix dict card worth
      spinfix dict card --tsv --top 100000 > card.tsv
    """
    tallies = read_card(shipped(CARD))
    rows = list(matching(tallies, phrases, contains))
    if not phrases:
        rows = sorted(rows, key=lambda row: (row.right - row.applied, row))[:top]
    if as_json:
        _show_json(_on_card(row) for row in rows)
    elif as_tsv:
        cards = [_on_card(row) for row in rows]
        show_tsv(list(cards[0]) if cards else [], [list(row.values()) for row in cards])
    else:
        titles = "spun original applied right share low high genuine status"
        show_table(titles.split(), [_card_cells(row) for row in rows])
    if not phrases:
        applied, right = sum(t.applied for t in tallies), sum(t.right for t in tallies)
        below = sum(t.below_floor for t in tallies)
        say(
            f"{len(tallies):,} entries, applied {applied:,} times, {right / max(1, applied):.3f} "
            f"right; {below} below the floor and disabled"
        )


def _on_card(row: Tally) -> dict[str, Any]:
    low, high = row.interval
    return {**row._asdict(), "low": low, "high": high, "disabled": row.below_floor}


def _card_cells(row: Tally) -> tuple[object, ...]:
    share = row.right / row.applied if row.applied else None
    mark = "disabled" if row.below_floor else "used"
    counts = (row.applied, row.right, share, *row.interval, row.genuine)
    return (row.spun, row.original, *counts, mark)


@click.command("check")
@click.argument("paths", nargs=-1, required=True, type=PLACE, metavar="FILE|FOLDER...")
@plain_errors
def check(paths: tuple[Path, ...]) -> None:
    """Look for what is wrong with dictionaries, never-lists and spinners' folders.

    Format, order, doubles, case, loops, and counts that cannot be; a line for each
    problem.  Exit status 1 when there is one.

    \b
    Examples:
      spinfix dict check my-spinner/ never.tsv
    """
    found = [problem for path in paths for problem in problems_of(path)]
    for problem in found:
        click.echo(shown(str(problem)))
    sys.exit(1 if found else 0)


@click.command("diff")
@click.argument("before", type=PLACE)
@click.argument("after", type=PLACE)
@json_option
@plain_errors
def diff(before: Path, after: Path, as_json: bool) -> None:
    """Show what two dictionaries do not have in common.

    Entries that came or went, and those whose chance changed by more than noise.  Exit
    status 1 when there is a difference.

    \b
    Examples:
      spinfix dict diff last-week/ my-spinner/
    """
    found = differences(load(before), load(after))
    if as_json:
        _show_json(map(_different, found))
    else:
        for difference in found:
            click.echo(shown(_said(difference)))
    sys.exit(1 if found else 0)


def _different(difference: Difference) -> dict[str, Any]:
    row = difference._asdict()
    for side in ("before", "after"):
        row[side] = row[side] and row[side]._asdict()
    return row


def _said(difference: Difference) -> str:
    sides = [_counts(entry) for entry in difference[3:] if entry is not None]
    counts = f"  {' -> '.join(sides)}" if sides else ""
    return f"{difference.kind:8}{difference.spun!r} for {difference.original!r}{counts}"


def _counts(entry: Entry) -> str:
    return f"{entry.replaced:,} in {entry.seen:,} ({entry.replaced / entry.seen:.3f})"


@click.command("stats")
@click.argument("path", type=PLACE, metavar="FILE|FOLDER")
@click.option("--top", type=click.IntRange(0), default=10, show_default=True, metavar="N",
              help="The commonest entries to show.")  # fmt: skip
@json_option
@plain_errors
def stats(path: Path, top: int, as_json: bool) -> None:
    """Show a dictionary in figures.

    \b
    Examples:
      spinfix dict stats my-spinner/
    """
    figures = summary(load(path), top)
    if as_json:
        click.echo(json.dumps(figures))
        return
    commonest, sources = figures.pop("top"), figures.pop("sources")
    for side, words in figures.pop("words").items():
        figures[f"words of the {side} phrase"] = words
    for name, value in figures.items():
        click.echo(f"{name.replace('_', ' ')}: {shown(_figure(value))}")
    for source, count in sources.items():
        click.echo(f"source {shown(source)}: {count:,}")
    if commonest:
        click.echo()
        show_table(tuple(commonest[0]), [tuple(row.values()) for row in commonest])


def _figure(value: object) -> str:
    if isinstance(value, dict):
        return ", ".join(f"{key}: {count:,}" for key, count in value.items())
    return f"{value:,}" if isinstance(value, int) else str(value)


def _show_json(rows: Iterable[dict[str, Any]]) -> None:
    for row in rows:
        click.echo(json.dumps(row))
