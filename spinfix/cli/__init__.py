"""The command line: Click commands over the library, one module a command."""

from __future__ import annotations

import os
from importlib import import_module
from pathlib import Path

import click

_COMMANDS = ("fix", "diff", "check", "explain", "review", "undo", "apply", "dict", "learn")


class LazyGroup(click.Group):
    """Imports a command's module only when that command runs or needs its help."""

    def list_commands(self, ctx: click.Context) -> list[str]:
        return list(_COMMANDS)

    def get_command(self, ctx: click.Context, cmd_name: str) -> click.Command | None:
        if cmd_name not in _COMMANDS:
            return None
        command: click.Command = import_module(f"{__name__}.{cmd_name}").command
        return command

    def invoke(self, ctx: click.Context) -> object:
        from .run import guarded

        return guarded(lambda: super(LazyGroup, self).invoke(ctx))


@click.group(
    cls=LazyGroup,
    invoke_without_command=True,
    context_settings={"help_option_names": ["-h", "--help"], "auto_envvar_prefix": "SPINFIX"},
)
@click.version_option(package_name="spinfix")
@click.option("--show-config", is_flag=True, help="Print the settings that hold here, and exit.")
@click.pass_context
def main(ctx: click.Context, show_config: bool) -> None:
    """Give synonym-spun articles back, word for word.

    Inputs are text, Markdown, HTML, JSON, JSON lines, CSV, TSV, Parquet and WARC
    files, compressed or not, folders of them, or "-" for standard input.  What was
    not spun is left alone, byte for byte.

    \b
    Exit status: 0 nothing to do, or done; 1 changes found (diff, check);
    2 wrong usage, or an input that could not be used; 3 done, but records that
    could not be read were kept as they are; 130 stopped by Ctrl-C.
    """
    if os.environ.get("NO_COLOR"):
        ctx.color = False
    _configure(ctx, show_config)
    if ctx.invoked_subcommand is None:
        click.echo(ctx.get_help())


def _configure(ctx: click.Context, show: bool) -> None:
    """Take the defaults of options from the configuration file that holds here."""
    from spinfix.config_files import ConfigError, find, load

    try:
        path = find(Path.cwd())
        if path is None and not show:
            return
        from spinfix.config import default_map, shown

        config = load(path) if path else None
        if config is not None:
            ctx.default_map = default_map(config, main)
        if show:
            click.echo(shown(config, main), nl=False)
            ctx.exit()
    except (ConfigError, OSError) as error:
        from .run import fail

        fail(str(error))
        ctx.exit(2)
