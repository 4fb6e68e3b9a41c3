"""The command line: Click commands over the library, one module a command."""

from __future__ import annotations

import os
from importlib import import_module
from pathlib import Path
from typing import Any

import click

from spinfix.process import settle

#: The first lines of their help: to list the commands none of them has to be imported, which
#: would take longer than all the rest.
_COMMANDS = {
    "fix": "Repair spun articles.",
    "diff": "Preview what fix would change; exit 1 when there is something.",
    "check": "Tell which inputs are spun; exit 1 when any is.",
    "explain": "Show every edit with its alternatives, its confidence and the evidence.",
    "review": "Make a page on which every edit can be looked at, accepted or refused.",
    "undo": "Give rewritten files their former bytes, by an edit log.",
    "apply": "Make the edits of a reviewed log.",
    "dict": "Work with dictionaries, never-lists and spinners.",
    "learn": "Learn a spinner from articles and what it made of them.",
}


class LazyGroup(click.Group):
    """Imports a command's module only when that command runs or shows its help."""

    def __call__(self, *args: Any, **kwargs: Any) -> Any:
        """Be all that the process does."""
        settle()
        return super().__call__(*args, **kwargs)

    def list_commands(self, ctx: click.Context) -> list[str]:
        return list(_COMMANDS)

    def get_command(self, ctx: click.Context, cmd_name: str) -> click.Command | None:
        if cmd_name not in _COMMANDS:
            return None
        command: click.Command = import_module(f"{__name__}.{cmd_name}").command
        return command

    def format_commands(self, ctx: click.Context, formatter: click.HelpFormatter) -> None:
        limit = formatter.width - 6 - max(map(len, _COMMANDS))
        with formatter.section("Commands"):
            formatter.write_dl(
                [
                    (name, click.Command(name, help=help).get_short_help_str(limit))
                    for name, help in _COMMANDS.items()
                ]
            )

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
