"""spinfix dict import, add, never, merge, learn-from"""

from __future__ import annotations

import json
import os
from pathlib import Path
from typing import Any

import click

from spinfix.batch import read_log
from spinfix.config_files import printable
from spinfix.curate import own
from spinfix.curate.files import load, write_dictionary, write_never_list
from spinfix.curate.inversion import expected_by, invert
from spinfix.curate.merging import merge as merge_inputs
from spinfix.curate.thesaurus import FORMATS, Format, ThesaurusError, read_thesaurus
from spinfix.dictionary import ANY, DictionaryError, read_never
from spinfix.language_model import LanguageModel
from spinfix.learn.refusals import refusals, write_never
from spinfix.lexicon import Lexicon
from spinfix.shipped import MODEL, shipped
from spinfix.spinners import Traits

from .asked import FILE, PLACE, configuration, plain_errors, say

_OUTPUT = click.option(
    "-o",
    "--output",
    type=click.Path(path_type=Path),
    metavar="FOLDER|FILE",
    required=True,
    help="The spinner's folder to write, or a dictionary file if the name ends in .tsv.",
)
_OWN_FILE = click.option(
    "-d",
    "--file",
    type=FILE,
    metavar="FILE",
    help="The file that the entry goes into.  [default: the one of the configuration, "
    "else spinfix-dictionary.tsv or spinfix-never.tsv]",
)
_WHY = click.option("--why", metavar="TEXT", default="", help="The reason, kept with the entry.")
#: Conflicts named one by one.
_NAMED = 10


@click.command("import")
@click.argument("thesaurus", type=click.Path(exists=True, dir_okay=False, path_type=Path))
@_OUTPUT
@click.option(
    "--format",
    "form",
    type=click.Choice(FORMATS),
    help="rows: head|synonym|synonym; spintax: {a|b|c}; csv, tsv: head, synonym.  [found out]",
)
@click.option("--json", "as_json", is_flag=True, help="The report as JSON, on standard output.")
@plain_errors
def import_(thesaurus: Path, output: Path, form: Format | None, as_json: bool) -> None:
    """Turn a spinner's own thesaurus into a dictionary.

    It is turned round, and each entry gets the counts that are expected in English text.
    What cannot be used is left out and counted.

    \b
    Examples:
      spinfix dict import thesaurus.txt -o my-spinner/
      spinfix dict import --format spintax groups.txt -o groups.tsv
    """
    name = printable(thesaurus.name)[:40]
    try:
        read = read_thesaurus(thesaurus.read_bytes(), form)
    except ThesaurusError as error:
        raise ThesaurusError(f"{thesaurus}: {error}") from None
    expected = expected_by(Lexicon(), LanguageModel(shipped(MODEL)))
    entries, report = invert(read, expected, f"thesaurus {name}")
    if not entries:
        raise ThesaurusError(f"{thesaurus}: no entry can be made of it{_left_out(report)}")
    write_dictionary(output, entries, Traits(Path(name).stem or name, report=report))
    if as_json:
        click.echo(json.dumps(report))
    for line in _told(report):
        say(line)
    say(f"{len(entries):,} entries into {output}")


def _left_out(report: dict[str, Any]) -> str:
    reasons = ", ".join(f"{n:,} {reason}" for reason, n in report["dropped"].items())
    return f"; left out: {reasons}" if reasons else ""


def _told(report: dict[str, Any]) -> list[str]:
    """The report of an import, in lines."""
    left_out = f", {report['dropped_share']:.1%} of them left out" if report["dropped"] else ""
    lines = [
        f"{report['rows']:,} rows ({report['format']}), {report['phrases']:,} phrases{left_out}",
        *(f"  left out: {n:,} {reason}" for reason, n in report["dropped"].items()),
        *(f"  cleaned: {n:,} {reason}" for reason, n in report["cleaned"].items()),
        f"{report['spun_phrases']:,} spun phrases for {report['heads']:,} originals",
    ]
    if report["loops"]:
        first = " and ".join(map(repr, report["loops_named"][0]))
        lines.append(f"loops: {report['loops']:,}, such as {first}, which replace each other; kept")
    if report["unknown_heads"]:
        share = report["unknown_heads"] / report["heads"]
        lines.append(f"{share:.1%} of the originals are no English that spinfix knows")
    return lines


@click.command("add")
@click.argument("spun")
@click.argument("original")
@_OWN_FILE
@_WHY
@plain_errors
def add(spun: str, original: str, file: Path | None, why: str) -> None:
    """Add an entry: SPUN stands in the text, ORIGINAL is what it may stand for.

    It counts as 10 replacements in 100, and says nothing about whether a text was spun.

    \b
    Examples:
      spinfix dict add "bosom peril" "breast cancer"
      spinfix dict add -d medicine.tsv --why "seen in abstracts" "bosom peril" "breast cancer"
    """
    path = file or own.own_file("dictionary", configuration())
    new = own.add(path, spun, original, why)
    say(f"{path}: {spun!r} -> {original!r} {'added' if new else 'is there already'}")
    _tell_use(path, "dictionary")


@click.command("never")
@click.argument("spun")
@click.argument("original", default=ANY)
@_OWN_FILE
@_WHY
@plain_errors
def never(spun: str, original: str, file: Path | None, why: str) -> None:
    """Never turn SPUN into ORIGINAL, or without ORIGINAL, never touch it at all.

    \b
    Examples:
      spinfix dict never worth value
      spinfix dict never --why "her word for mother" mom
    """
    path = file or own.own_file("never", configuration())
    new = own.never(path, spun, original, why)
    what = repr(spun) if original == ANY else f"{spun!r} -> {original!r}"
    say(f"{path}: {what} {'added' if new else 'is there already'}")
    _tell_use(path, "never")


def _tell_use(path: Path, option: str) -> None:
    """What to put into the configuration, unless it is there."""
    config = configuration()
    if path.resolve() in [named.resolve() for named in own.configured(option, config)]:
        return
    folder = config.path.parent if config else Path()
    name = json.dumps(os.path.relpath(path.resolve(), folder.resolve()), ensure_ascii=False)
    where = config.path if config else ".spinfix.toml"
    say(f"to use it: {option} = [{name}] in {where}, or --{option} {path}")


@click.command("merge")
@click.argument("inputs", nargs=-1, required=True, type=PLACE, metavar="FILE|FOLDER...")
@_OUTPUT
@plain_errors
def merge(inputs: tuple[Path, ...], output: Path) -> None:
    """Make one dictionary of several, and one never-list of theirs.

    Counts are added, but those that two inputs have alike, which are the same evidence.
    Conflicts are reported; where entries by hand meet counted ones, the counts stay.

    \b
    Examples:
      spinfix dict merge monday/ tuesday/ -o my-spinner/
      spinfix dict merge learned.tsv by-hand.tsv -o all.tsv
    """
    loaded = [load(path) for path in inputs]
    result = merge_inputs(loaded, printable(output.resolve().name)[:60] or "merged")
    if result.entries and result.never and output.suffix == ".tsv":
        raise DictionaryError(
            f"{output}: dictionaries and never-lists do not go into one file; give a folder"
        )
    if result.entries or output.suffix != ".tsv":
        write_dictionary(output, result.entries, result.traits)
    if result.never:
        write_never_list(output, result.never)
    for conflict in result.conflicts[:_NAMED]:
        say(f"conflict: {conflict}")
    if len(result.conflicts) > _NAMED:
        say(f"{len(result.conflicts) - _NAMED:,} more conflicts are not named here")
    say(f"{len(result.entries):,} entries, {len(result.never):,} never-entries into {output}")


@click.command("learn-from")
@click.argument("log", type=click.Path(exists=True, dir_okay=False, path_type=Path))
@click.option(
    "-o",
    "--output",
    type=FILE,
    metavar="FILE",
    required=True,
    help="The never-list to write; entries that it has already stay.",
)
@click.option(
    "--at-least",
    type=click.IntRange(1),
    default=1,
    show_default=True,
    metavar="N",
    help="Only what was refused so often.",
)
@plain_errors
def learn_from(log: Path, output: Path, at_least: int) -> None:
    """Turn refusals into a never-list.

    LOG is a reviewed edit log, or what the review page exported.  A substitution that
    was refused wherever it was decided becomes an entry.

    \b
    Examples:
      spinfix dict learn-from decisions.jsonl -o never.tsv
    """
    found = refusals(read_log(log), at_least)
    before = read_never(output) if output.exists() else []
    write_never(output, [*before, *found])
    say(f"{len(found):,} entries into {output}")
