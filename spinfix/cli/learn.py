"""spinfix learn"""

from __future__ import annotations

import json
import os
import sys
from collections.abc import Iterable, Iterator
from pathlib import Path
from typing import TypeVar

import click
from tqdm import tqdm

from spinfix.batch import InputError, known_encoding
from spinfix.dictionary import DictionaryError
from spinfix.spinners import AUTO, TRAITS

from .run import fail, shown

Item = TypeVar("Item")


@click.command("learn")
@click.argument("paths", nargs=-1, required=True, metavar="PAIRS | SPUN ORIGINAL | SPUN")
@click.option(
    "-o",
    "--output",
    type=click.Path(file_okay=False, path_type=Path),
    metavar="FOLDER",
    required=True,
    allow_from_autoenv=False,
    help="The folder of the spinner, for --spinner of the other commands.",
)
@click.option("--name", metavar="NAME", help="What to call the spinner.  [the folder's name]")
@click.option(
    "--base",
    metavar="auto|none|NAME|FOLDER",
    default=AUTO,
    show_default=True,
    help="A spinner to build on; auto: the shipped one that fits, if one does.",
)
@click.option("--spun-field", metavar="NAME", help="Field of the spun text.  [spun]")
@click.option("--original-field", metavar="NAME", help="Field of the original.  [original]")
@click.option("--encoding", default="utf-8", show_default=True, help="Encoding of the inputs.")
@click.option(
    "--trust-sides", is_flag=True, help="Do not ask which side of a pair is the spun one."
)
@click.option("--spun-only", is_flag=True, help="The articles are spun; there are no originals.")
@click.option("--copies", is_flag=True, help="Two spins of each article or more, no originals.")
@click.option(
    "--clean",
    metavar="PATH",
    multiple=True,
    help="Genuine texts of the same kind, for --spun-only and --copies.  Repeatable.",
)
@click.option(
    "--thesaurus",
    metavar="PATH",
    type=click.Path(exists=True, path_type=Path),
    help="A general thesaurus, as for fix, that confirms what --spun-only finds.",
)
@click.option(
    "--group", metavar="NAME", help="Field that spins of one article share, for --copies."
)
@click.option(
    "--floor",
    metavar="P",
    type=click.FloatRange(0.0, 1.0),
    help="How sure an entry must be, for --spun-only and --copies.  [0.8]",
)
@click.option("--json", "as_json", is_flag=True, help="The report as JSON on standard output.")
@click.option("-q", "--quiet", is_flag=True, help="No progress and no report.")
def command(
    paths: tuple[str, ...],
    output: Path,
    name: str | None,
    base: str,
    spun_field: str | None,
    original_field: str | None,
    encoding: str,
    trust_sides: bool,
    spun_only: bool,
    copies: bool,
    clean: tuple[str, ...],
    thesaurus: Path | None,
    group: str | None,
    floor: float | None,
    as_json: bool,
    quiet: bool,
) -> None:
    """Learn a spinner from articles and what it made of them.

    PAIRS is a file or a folder of records with both sides (JSON lines, CSV, Parquet ...);
    or give the spun and the original articles as two folders with the same file names,
    or as two files.  Pairs that cannot be learned from are told apart and named.
    Without originals: --spun-only and --copies.

    \b
    Examples:
      spinfix learn pairs.jsonl -o my-spinner/
      spinfix learn spun/ originals/ -o my-spinner/
      spinfix learn --spun-only scraped/ --clean genuine/ -o my-spinner/
      spinfix fix --spinner my-spinner/ scraped/ -o repaired/
    """
    _check(output, encoding)
    if thesaurus and not spun_only:
        raise click.UsageError("--thesaurus is for --spun-only")
    if spun_only or copies:
        if spun_only and copies:
            raise click.UsageError("--spun-only and --copies do not go together")
        if original_field or trust_sides or (group and not copies):
            raise click.UsageError(
                "--original-field, --trust-sides and --group are not for this way of learning"
            )
        _unpaired(
            paths,
            output,
            name or _named(output),
            base=base,
            field=spun_field,
            encoding=encoding,
            clean=clean,
            thesaurus=thesaurus,
            group=group,
            floor=floor,
            copies=copies,
            as_json=as_json,
            quiet=quiet,
        )
        return
    if clean or group or floor is not None:
        raise click.UsageError("--clean, --group and --floor are for --spun-only and --copies")
    from spinfix.learn.pairs import read_pairs
    from spinfix.learn.summary import summary
    from spinfix.learn.teacher import LearnError, learn_pairs

    def track(items: Iterable[Item], step: str, /) -> Iterator[Item]:
        hidden = quiet or not sys.stderr.isatty()
        yield from tqdm(items, desc=step, disable=hidden, leave=False, smoothing=0.1)

    try:
        pairs = read_pairs(paths, spun_field, original_field, encoding)
        learned = learn_pairs(
            pairs, name or _named(output), base=base, trust_sides=trust_sides, track=track
        )
        learned.write(output)
    except (LearnError, InputError, DictionaryError, OSError) as error:
        fail(str(error))
        sys.exit(2)
    if as_json:
        click.echo(json.dumps(learned.traits.report, ensure_ascii=False))
    elif not quiet:
        for line in summary(learned.traits):
            click.echo(shown(line), err=True)


def _unpaired(
    paths: tuple[str, ...],
    output: Path,
    name: str,
    *,
    base: str,
    field: str | None,
    encoding: str,
    clean: tuple[str, ...],
    thesaurus: Path | None,
    group: str | None,
    floor: float | None,
    copies: bool,
    as_json: bool,
    quiet: bool,
) -> None:
    """Learn without originals."""
    from spinfix.learn.copies import learn_copies
    from spinfix.learn.learned import FLOOR
    from spinfix.learn.reference import TooLittle
    from spinfix.learn.spun_only import learn_spun_only
    from spinfix.learn.unpaired import (
        known_pairs,
        known_synonyms,
        read_copies,
        read_texts,
        summary_unpaired,
        write_learned,
    )

    def shown_progress(items: Iterable[Item], step: str) -> Iterator[Item]:
        hidden = quiet or not sys.stderr.isatty()
        yield from tqdm(items, desc=step, disable=hidden, leave=False)

    try:
        known = known_pairs(base)
        synonyms = known_synonyms(thesaurus) if thesaurus else None
        genuine = shown_progress(read_texts(clean), "genuine") if clean else None
        if copies:
            groups = shown_progress(read_copies(paths, field, group, encoding), "spins")
            learned = learn_copies(groups, genuine, known=known)
        else:
            texts = shown_progress(read_texts(paths, field, encoding), "spun")
            learned = learn_spun_only(texts, genuine, known=known, synonyms=synonyms)
        traits = write_learned(output, learned, name, FLOOR if floor is None else floor)
    except (TooLittle, InputError, DictionaryError, OSError) as error:
        fail(str(error))
        sys.exit(2)
    if as_json:
        click.echo(json.dumps(traits.report, ensure_ascii=False))
    elif not quiet:
        for line in summary_unpaired(traits):
            click.echo(shown(line), err=True)


def _named(folder: Path) -> str:
    """A folder's name, as a spinner can be called."""
    return shown(folder.resolve().name)[:60] or "spinner"


def _check(output: Path, encoding: str) -> None:
    """Refuse what cannot be meant before hours go into it."""
    try:
        known_encoding(encoding)
    except ValueError as error:
        raise click.BadParameter(str(error), param_hint="--encoding") from None
    there = next(place for place in (output, *output.absolute().parents) if place.exists())
    if not there.is_dir() or not os.access(there, os.W_OK):
        raise click.UsageError(f"{output} cannot be written: {there} is no folder to write to")
    if output.is_dir() and any(output.iterdir()) and not (output / TRAITS).is_file():
        raise click.UsageError(f"{output} holds other things than a spinner; choose a new folder")
