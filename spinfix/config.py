"""Options from configuration files: what Click gets of them, and what holds in the end.

The files themselves are read by :mod:`spinfix.config_files`.
"""

from __future__ import annotations

import math
import re
from collections.abc import Iterator, Mapping
from pathlib import Path

import click

from .config_files import GENERAL, Config, ConfigError, find, load, printable

__all__ = [
    "GENERAL",
    "NEVER_SET",
    "Config",
    "ConfigError",
    "commands",
    "default_map",
    "find",
    "load",
    "settable",
    "shown",
]

#: Options that are given on the command line or not at all: what is written over, made or
#: taken back is for whoever runs spinfix to say.  Were it for a folder's configuration, a
#: preview run in somebody else's folder could destroy what is in it.
NEVER_SET = frozenset(
    "apply backup decisions delete force in-place journal log output overwrite report resume serve "
    "state undo write".split()
)

#: The names of an option in files, each with its parameter and whether true sets or unsets it.
_Keys = dict[str, tuple[click.Option, bool]]


def default_map(config: Config, group: click.Group) -> dict[str, dict[str, object]]:
    """Click's ``default_map`` of ``group``: by command, the values of its parameters.

    Everything in the file is checked, also what is for other commands than the one that
    runs: ConfigError for keys that no option has and for values that it does not take.
    """
    known = {name: (command, _keys(command)) for name, command in commands(group)}
    general = config.values.get(GENERAL, {})
    every = {key for _, keys in known.values() for key in keys}
    for key in general:
        _check_key(config, "", key, every, "no command has such an option")
    for name, table in config.values.items():
        if name != GENERAL and name not in known:
            raise config.error(f"[{name}]: no such command{_meant(name, known)}")
        for key in table if name != GENERAL else ():
            _check_key(config, f"[{name}] ", key, known[name][1], f"{name} has no such option")
    result: dict[str, dict[str, object]] = {}
    for name, (command, keys) in known.items():
        shared = {key: value for key, value in general.items() if _dashed(key) in keys}
        ctx = click.Context(command, info_name=name)
        values = _values(config, f"(for {name})", ctx, keys, shared)
        values |= _values(config, f"(in [{name}])", ctx, keys, config.values.get(name, {}))
        result[name] = values
    return result


def commands(group: click.Group) -> Iterator[tuple[str, click.Command]]:
    """The commands of a group, by name."""
    ctx = click.Context(group)
    for name in group.list_commands(ctx):
        command = group.get_command(ctx, name)
        if command is not None:
            yield name, command


def settable(command: click.Command) -> Iterator[click.Option]:
    """The options of a command that a configuration may set."""
    for param in command.params:
        if isinstance(param, click.Option) and not param.is_eager and not NEVER_SET & _names(param):
            yield param


def _names(option: click.Option) -> set[str]:
    return {name[2:] for name in (*option.opts, *option.secondary_opts) if name[:2] == "--"}


def _keys(command: click.Command) -> _Keys:
    keys: _Keys = {}
    for option in settable(command):
        off = {name[2:] for name in option.secondary_opts}
        keys |= {name: (option, name not in off) for name in _names(option)}
    return keys


def _dashed(key: str) -> str:
    return key.replace("_", "-")


def _check_key(config: Config, place: str, key: str, known: set[str] | _Keys, unknown: str) -> None:
    if _dashed(key) in NEVER_SET:
        raise config.error(f"{place}{key}: only for the command line, never set by a file")
    if _dashed(key) not in known:
        raise config.error(f"{place}{key}: {unknown}{_meant(_dashed(key), known)}")


def _meant(word: str, known: Mapping[str, object] | set[str]) -> str:
    from difflib import get_close_matches

    close = get_close_matches(word[:100], sorted(known), n=1)
    return f"; did you mean {close[0]}?" if close else ""


def _values(
    config: Config, place: str, ctx: click.Context, keys: _Keys, table: Mapping[str, object]
) -> dict[str, object]:
    """The values of one table by parameter, each converted as Click would."""
    folder = config.path.absolute().parent
    values: dict[str, object] = {}
    for key, value in table.items():
        option, positive = keys[_dashed(key)]
        name = str(option.name)
        if name in values:
            raise config.error(f"{key} {place}: the same option is set twice")
        try:
            given = _as_given(option, value, positive, folder)
            if given is None:
                continue
            option.process_value(ctx, given)  # its callback checks too
            values[name] = option.type_cast_value(ctx, given)
        except click.ClickException as error:
            raise config.error(f"{key} {place}: {error.message}") from None
        except (ValueError, OverflowError) as error:
            raise config.error(f"{key} {place}: {error}") from None
        if isinstance(values[name], float) and not math.isfinite(float(str(values[name]))):
            raise config.error(f"{key} {place}: not a number")
    return values


def _as_given(option: click.Option, value: object, positive: bool, folder: Path) -> object:
    """A value as it would come from the command line."""
    if option.is_flag:
        if not isinstance(value, (bool, str)):
            raise ValueError("takes true or false")
        on = click.BOOL.convert(value, option, None) is positive
        return on if option.is_bool_flag else option.flag_value if on else None
    if not (option.multiple or option.nargs != 1):
        return _scalar(option, value, folder)
    if isinstance(value, str):  # setup.cfg has no lists: one a line
        value = [line.strip() for line in value.splitlines() if line.strip()]
    if not isinstance(value, list):
        raise ValueError("takes a list")
    return [_scalar(option, item, folder) for item in value]


def _scalar(option: click.Option, value: object, folder: Path) -> str:
    numeric = isinstance(option.type, (click.types.IntParamType, click.types.FloatParamType))
    if numeric and isinstance(value, (int, float)) and not isinstance(value, bool):
        return str(value)
    if not isinstance(value, str):
        raise ValueError("takes a number" if numeric else "takes a text in quotes")
    names = ("-", *getattr(option.type, "names", ()))
    if isinstance(option.type, (click.Path, click.File)) and value not in names:
        return str(folder / value)
    return value


def shown(config: Config | None, group: click.Group) -> str:
    """What ``--show-config`` prints: each command's settings as they hold, in TOML.

    A comment tells which ones come from the file or the environment.  The text can be
    saved as a .spinfix.toml.
    """
    prefix = group.context_settings.get("auto_envvar_prefix")
    defaults = default_map(config, group) if config else {}
    parent = click.Context(group, auto_envvar_prefix=prefix, default_map=defaults)
    lines: list[str] = []
    for name, command in commands(group):
        ctx = click.Context(command, parent=parent, info_name=name)
        lines += ["", f"[{name}]"]
        lines += [_shown_option(option, ctx, config) for option in settable(command)]
    return "\n".join(lines[1:]) + "\n"


def _shown_option(option: click.Option, ctx: click.Context, config: Config | None) -> str:
    name = max(option.opts, key=len).removeprefix("--")
    value, source = option.consume_value(ctx, {})
    comment = ""
    if source is click.core.ParameterSource.ENVIRONMENT:
        comment = "  # environment"
        try:
            value = option.type_cast_value(ctx, value)
        except click.BadParameter as error:
            raise ConfigError(printable(f"environment: {name}: {error.message}")) from None
    elif source is click.core.ParameterSource.DEFAULT_MAP and config:
        comment = f"  # {printable(str(config.path))}"
    if option.multiple and not isinstance(value, (list, tuple)):
        value = ()
    written = _toml(value)
    return f"# {name}: not set" if written is None else f"{name} = {written}{comment}"


def _toml(value: object) -> str | None:
    """A value as TOML; None for no value, which TOML cannot say."""
    if isinstance(value, bool):
        return str(value).lower()
    if isinstance(value, (int, float)):
        return repr(value)
    if isinstance(value, (list, tuple)):
        return f"[{', '.join(filter(None, map(_toml, value)))}]"
    if isinstance(value, (str, Path)):
        # half of a surrogate pair, of a name that is not UTF-8, cannot be said either
        text = re.sub("[\ud800-\udfff]", "\ufffd", str(value))
        return '"' + re.sub(r'["\\\x00-\x1f\x7f-\x9f]', _escaped, text) + '"'
    return None


def _escaped(match: re.Match[str]) -> str:
    return f"\\u{ord(match[0]):04x}" if match[0] not in '"\\' else f"\\{match[0]}"
