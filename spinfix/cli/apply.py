"""spinfix apply"""

from __future__ import annotations

import sys
from pathlib import Path

import click

from spinfix.batch import InputError, Report, Target
from spinfix.batch.log import LogError
from spinfix.batch.replay import apply

from .options import cores
from .run import fail


@click.command("apply")
@click.argument("log", type=click.Path(exists=True, dir_okay=False, path_type=Path))
@click.option(
    "-o",
    "--output",
    type=click.Path(file_okay=False, path_type=Path),
    metavar="DIR",
    allow_from_autoenv=False,
    help="Write the rewritten files below this folder.",
)
@click.option(
    "--in-place", is_flag=True, allow_from_autoenv=False, help="Replace the files themselves."
)
@click.option("--backup", metavar="SUFFIX", default="", help="Keep replaced files as well.")
@click.option("-q", "--quiet", is_flag=True, help="No summary.")
def command(log: Path, output: Path | None, in_place: bool, backup: str, quiet: bool) -> None:
    """Make the edits of a reviewed log.

    LOG is what `spinfix fix --dry-run --log LOG` wrote.  Lines of edits that are not
    wanted are deleted from it, or get `"accept": false`; `"new"` may get other words.
    A file that has changed since the log was written is left alone and named.

    \b
    Examples:
      spinfix fix --dry-run --log edits.jsonl scraped/
      jq -c 'select(.confidence > 0.9 or .input)' edits.jsonl ...
      spinfix apply --in-place edits.jsonl
    """
    if bool(output) == in_place:
        raise click.UsageError("choose one of -o DIR and --in-place")
    failed, files, edits = False, 0, 0
    try:
        for done in apply(log, Target(output, in_place, backup), cores()):
            if isinstance(done, InputError):
                failed = True
                fail(str(done))
                continue
            failed = failed or _told(done)
            files += done.rewritten
            edits += done.counts.edits
    except LogError as error:
        fail(str(error))
        sys.exit(2)
    if not quiet:
        click.echo(f"{edits:,} edits in {files:,} file{'' if files == 1 else 's'}", err=True)
    sys.exit(2 if failed else 0)


def _told(report: Report) -> bool:
    """Name what did not go well, if anything."""
    for error in report.failed + report.counts.errors:
        fail(error)
    return bool(report.failed or report.counts.kept)
