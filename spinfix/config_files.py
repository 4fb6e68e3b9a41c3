"""Configuration files: where they are found, and what stands in them.

A configuration comes with a folder, so with whatever was downloaded: it is not trusted.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from types import MappingProxyType

#: Looked for in each folder, in this order.
NAMES = (".spinfix.toml", "pyproject.toml", "setup.cfg")

#: Larger files, and files with longer lines, are no configurations.  Both parsers take time
#: by the square of a line's length, so the two bound how long a made-up file can take.
MAX_BYTES = 256 * 1024
MAX_LINE = 2000

#: The name, in ``Config.values``, of the options that are not those of one command.
GENERAL = ""


class ConfigError(ValueError):
    """A configuration that cannot be used; the message is one line, with file and key."""


@dataclass(frozen=True)
class Config:
    """What one file says: by command, ``GENERAL`` for all of them, its options."""

    path: Path
    values: Mapping[str, Mapping[str, object]]

    def error(self, message: str) -> ConfigError:
        """A ConfigError about this file; not long, whatever stands in it."""
        short = message if len(message) <= 300 else f"{message[:300]}..."
        return ConfigError(printable(f"{self.path}: {short}"))


def printable(text: str) -> str:
    """On one line, without control characters, which a file or its name may hold."""
    return "".join(c if c.isprintable() else ascii(c)[1:-1] for c in text)


def find(start: Path) -> Path | None:
    """The nearest configuration file from ``start``, a folder or a file in it, upwards.

    The search ends with the first folder that holds .git.  A pyproject.toml or a setup.cfg
    counts when it has a table for spinfix; a ConfigError is raised for one that names
    spinfix and cannot be read.
    """
    try:
        start = start.resolve()
        folders = [start, *start.parents] if start.is_dir() else [*start.parents]
    except (OSError, RuntimeError, ValueError):  # no access, links in a circle, a NUL
        return None
    for folder in folders:
        for path in (folder / name for name in NAMES):
            if _is_file(path) and (path.name == NAMES[0] or _has_table(path)):
                return path
        if _exists(folder / ".git"):
            return None
    return None


def _is_file(path: Path) -> bool:
    try:
        return path.is_file()  # not a pipe, which would never end
    except OSError:
        return False


def _exists(path: Path) -> bool:
    try:
        return path.exists()
    except OSError:
        return False


def _has_table(path: Path) -> bool:
    """Whether a file that is shared with other tools has something for spinfix."""
    try:
        with path.open("rb") as file:
            if b"spinfix" not in file.read(MAX_BYTES):
                return False  # most files, and nothing was parsed for it
    except OSError:
        return False
    return bool(load(path).values)


def load(path: Path) -> Config:
    """The options that ``path`` sets, not checked yet; ConfigError when it is malformed.

    ``values`` is empty when a pyproject.toml or a setup.cfg has no table for spinfix.
    """
    read = _read_cfg if path.suffix in (".cfg", ".ini") else _read_toml
    empty = Config(path, {})
    text = _text(empty)
    try:
        tables = read(path, text)
    except (ValueError, RecursionError) as error:
        reason = " ".join(str(error).split())
        raise empty.error(f"not a configuration file ({reason})") from None
    return Config(path, MappingProxyType({k: MappingProxyType(t) for k, t in tables.items()}))


def _text(config: Config) -> str:
    try:
        if not config.path.is_file():
            raise config.error("no such file")
        with config.path.open("rb") as file:
            data = file.read(MAX_BYTES + 1)
        text = data.decode("utf-8-sig")
    except OSError as error:
        raise config.error(f"cannot be read ({error.strerror})") from None
    except UnicodeDecodeError:
        raise config.error("not a configuration file (not UTF-8)") from None
    if len(data) > MAX_BYTES:
        raise config.error(f"too large for a configuration file (over {MAX_BYTES:,} bytes)")
    for number, line in enumerate(text.split("\n"), 1):
        if len(line) > MAX_LINE:
            raise config.error(f"line {number} is longer than {MAX_LINE:,} characters")
    return text


def _read_toml(path: Path, text: str) -> dict[str, dict[str, object]]:
    import sys

    if sys.version_info >= (3, 11):
        import tomllib
    else:
        import tomli as tomllib

    table: object = tomllib.loads(text)
    if path.name == "pyproject.toml":
        for name in ("tool", "spinfix"):
            if not isinstance(table, dict) or name not in table:
                return {}
            table = table[name]
    if not isinstance(table, dict):
        raise ValueError("tool.spinfix is not a table")
    if "" in table:
        raise ValueError("a key without a name")
    tables = {key: value for key, value in table.items() if isinstance(value, dict)}
    return {GENERAL: {k: v for k, v in table.items() if k not in tables}, **tables}


def _read_cfg(path: Path, text: str) -> dict[str, dict[str, object]]:
    import configparser

    parser = configparser.RawConfigParser(default_section="", interpolation=None)
    parser.optionxform = str  # type: ignore[assignment,method-assign]  # keys as they stand
    try:
        parser.read_string(text)
    except configparser.Error as error:
        raise ValueError(error) from None
    tables: dict[str, dict[str, object]] = {}
    for section in parser.sections():
        first, _, command = section.removeprefix("tool:").partition(".")
        if first != "spinfix":
            continue
        if command in tables:
            raise ValueError(f"[{section}] is there twice, with and without tool:")
        tables[command] = dict(parser.items(section))
    return tables
