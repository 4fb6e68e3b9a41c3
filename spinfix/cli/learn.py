"""spinfix learn"""

from __future__ import annotations

import json
import os
import sys
from collections.abc import Iterable, Iterator, Mapping
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING, Any, TypeVar

import click
from tqdm import tqdm

from spinfix.batch import InputError, known_encoding
from spinfix.dictionary import DictionaryError
from spinfix.spinners import AUTO, TRAITS, Traits

from .run import fail, shown

if TYPE_CHECKING:
    from spinfix.learn.progress import Track

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
    as_json: bool,
    quiet: bool,
    **options: Any,
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
    _check(output, options["encoding"])
    _check_way(options)
    learn = _unpaired if options["spun_only"] or options["copies"] else _paired
    traits, lines = learn(paths, output, name or _named(output), _track(quiet), options)
    if as_json:
        click.echo(json.dumps(traits.report, ensure_ascii=False))
    elif not quiet:
        for line in lines:
            click.echo(shown(line), err=True)


def _check_way(options: Mapping[str, Any]) -> None:
    """Refuse options that are not for the way of learning."""
    unpaired = options["spun_only"] or options["copies"]
    if options["thesaurus"] and not options["spun_only"]:
        raise click.UsageError("--thesaurus is for --spun-only")
    if options["spun_only"] and options["copies"]:
        raise click.UsageError("--spun-only and --copies do not go together")
    paired = options["original_field"] or options["trust_sides"]
    if unpaired and (paired or (options["group"] and not options["copies"])):
        raise click.UsageError(
            "--original-field, --trust-sides and --group are not for this way of learning"
        )
    if not unpaired and (options["clean"] or options["group"] or options["floor"] is not None):
        raise click.UsageError("--clean, --group and --floor are for --spun-only and --copies")


def _track(quiet: bool) -> Track:
    """Shows how far each step has come."""

    def track(items: Iterable[Item], step: str, /) -> Iterator[Item]:
        hidden = quiet or not sys.stderr.isatty()
        yield from tqdm(items, desc=step, disable=hidden, leave=False, smoothing=0.1)

    return track


@contextmanager
def _told(error: type[ValueError]) -> Iterator[None]:
    """What goes wrong is told in one line."""
    try:
        yield
    except (error, InputError, DictionaryError, OSError) as found:
        fail(str(found))
        sys.exit(2)


def _paired(
    paths: tuple[str, ...], output: Path, name: str, track: Track, options: Mapping[str, Any]
) -> tuple[Traits, Iterable[str]]:
    """Learn from pairs: the traits, and what to say of them."""
    from spinfix.learn.pairs import read_pairs
    from spinfix.learn.summary import summary
    from spinfix.learn.teacher import LearnError, learn_pairs

    sides = options["spun_field"], options["original_field"], options["encoding"]
    with _told(LearnError):
        learned = learn_pairs(
            read_pairs(paths, *sides),
            name,
            base=options["base"],
            trust_sides=options["trust_sides"],
            track=track,
        )
        learned.write(output)
    return learned.traits, summary(learned.traits)


def _unpaired(
    paths: tuple[str, ...], output: Path, name: str, track: Track, options: Mapping[str, Any]
) -> tuple[Traits, Iterable[str]]:
    """Learn without originals: the traits, and what to say of them."""
    from spinfix.learn import unpaired
    from spinfix.learn.copies import learn_copies
    from spinfix.learn.learned import FLOOR
    from spinfix.learn.reference import TooLittle
    from spinfix.learn.spun_only import learn_spun_only

    field, encoding, clean = options["spun_field"], options["encoding"], options["clean"]
    floor: float = FLOOR if options["floor"] is None else options["floor"]
    with _told(TooLittle):
        known = unpaired.known_pairs(options["base"])
        thesaurus = options["thesaurus"]
        synonyms = unpaired.known_synonyms(thesaurus) if thesaurus else None
        genuine = track(unpaired.read_texts(clean), "genuine") if clean else None
        if options["copies"]:
            spins = unpaired.read_copies(paths, field, options["group"], encoding)
            learned = learn_copies(track(spins, "spins"), genuine, known=known)
        else:
            texts = track(unpaired.read_texts(paths, field, encoding), "spun")
            learned = learn_spun_only(texts, genuine, known=known, synonyms=synonyms)
        traits = unpaired.write_learned(output, learned, name, floor)
    return traits, unpaired.summary_unpaired(traits)


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
