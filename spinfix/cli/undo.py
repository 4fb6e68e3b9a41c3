"""spinfix undo"""

from __future__ import annotations

import sys
from pathlib import Path

import click

from spinfix.batch.log import LogError
from spinfix.batch.replay import undo

from .run import fail, shown


@click.command("undo")
@click.argument("log", type=click.Path(exists=True, dir_okay=False, path_type=Path))
@click.option("-q", "--quiet", is_flag=True, help="Do not name what was taken back.")
def command(log: Path, quiet: bool) -> None:
    """Give rewritten files their former bytes, by an edit log.

    LOG is what `spinfix fix --log LOG` wrote.  A file that has changed since is
    left alone and named.

    \b
    Examples:
      spinfix fix --in-place --log edits.jsonl scraped/
      spinfix undo edits.jsonl
    """
    failed = False
    try:
        for done in undo(log):
            if isinstance(done, str):
                if not quiet:
                    click.echo(f"taken back: {shown(done)}", err=True)
            else:
                failed = True
                fail(str(done))
    except LogError as error:
        fail(str(error))
        sys.exit(2)
    sys.exit(2 if failed else 0)
