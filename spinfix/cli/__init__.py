"""The command line: Click commands over the library, one module a command."""

from __future__ import annotations

import os
from importlib import import_module

import click

_COMMANDS = ("fix", "diff", "check", "explain")


class LazyGroup(click.Group):
    """Imports a command's module only when that command runs or needs its help."""

    def list_commands(self, ctx: click.Context) -> list[str]:
        return list(_COMMANDS)

    def get_command(self, ctx: click.Context, cmd_name: str) -> click.Command | None:
        if cmd_name not in _COMMANDS:
            return None
        command: click.Command = import_module(f"{__name__}.{cmd_name}").command
        return command


@click.group(cls=LazyGroup, context_settings={"help_option_names": ["-h", "--help"]})
@click.version_option(package_name="spinfix")
@click.pass_context
def main(ctx: click.Context) -> None:
    """Give synonym-spun articles back, word for word.

    Inputs are text files, JSON lines (one article a line), folders of them, or
    "-" for standard input.  What was not spun is left alone, byte for byte.

    \b
    Exit status: 0 nothing to do, or done; 1 changes found (diff, check);
    2 wrong usage, or an input that could not be used.
    """
    if os.environ.get("NO_COLOR"):
        ctx.color = False
