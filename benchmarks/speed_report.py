"""Tables of benchmarks/speed.py as Markdown: a dated run, and the tables of docs/speed.md."""

from __future__ import annotations

import os
import platform
import re
from collections.abc import Iterable, Sequence
from datetime import datetime, timezone
from importlib.metadata import PackageNotFoundError, version
from pathlib import Path

from speed_bench import Table

#: Packages whose versions a run names.
_PACKAGES = ("spinfix", "numpy", "ufal.kenlm", "click")
_PLACE = re.compile(r"(<!-- speed: (\w+) -->\n).*?(<!-- end -->)", re.S)


def machine() -> str:
    """Processor, cores and system, in a line."""
    try:
        about = Path("/proc/cpuinfo").read_text(encoding="utf-8")
        model = re.search(r"model name\s*: (.*)", about)
    except OSError:
        model = None
    name = model[1].strip() if model else platform.processor() or platform.machine()
    cores = len(os.sched_getaffinity(0)) if hasattr(os, "sched_getaffinity") else os.cpu_count()
    return f"{name}, {cores} cores, {platform.system()}"


def versions() -> str:
    """Python and the packages that matter, in a line."""
    found = [f"Python {platform.python_version()}"]
    for package in _PACKAGES:
        try:
            found.append(f"{package} {version(package)}")
        except PackageNotFoundError:
            found.append(f"{package} not installed")
    return ", ".join(found)


def today() -> str:
    """The date, as runs are named."""
    return datetime.now(timezone.utc).date().isoformat()


def markdown(table: Table) -> str:
    """A table; numbers to the right."""
    lines = [_row(table.head), "|" + "|".join(_rule(table.rows, n) for n in _columns(table)) + "|"]
    lines += map(_row, table.rows)
    return "\n".join(lines) + "\n" + "".join(f"\n{note}\n" for note in table.notes)


def _columns(table: Table) -> range:
    return range(len(table.head))


def _row(cells: Iterable[str]) -> str:
    return "| " + " | ".join(cells) + " |"


def _rule(rows: Sequence[Sequence[str]], column: int) -> str:
    """The line below the header: to the right where most cells are numbers."""
    numbers = [row[column][:1].isdigit() for row in rows]
    return "---:" if 2 * sum(numbers) > len(numbers) else "---"


def heading(command: str, source: str) -> str:
    """What stands over a table: when, with what, on what."""
    texts = "text of the corpora" if source == "corpora" else "generated text"
    return f"{today()}, {versions()}; {machine()}; {texts}: `{command}`\n"


def filled(document: str, tables: Sequence[Table], head: str) -> str:
    """A document with its places for tables (``<!-- speed: NAME -->``) filled anew.

    Places of tables that were not measured stay as they are.
    """
    by_name = {table.name: f"{head}\n{markdown(table)}" for table in tables}

    def fill(place: re.Match[str]) -> str:
        if place[2] not in by_name:
            return place[0]
        return f"{place[1]}\n{by_name[place[2]]}\n{place[3]}"

    return _PLACE.sub(fill, document)


def write(tables: Sequence[Table], command: str, source: str, root: Path) -> list[Path]:
    """Write the tables of a run: one dated file, and their places in docs/speed.md."""
    head = heading(command, source)
    path = root / "benchmarks/runs" / f"{today()}-{source}-{'-'.join(t.name for t in tables)}.md"
    path.parent.mkdir(exist_ok=True)
    parts = [f"# Speed, {today()}\n", head]
    parts += [f"## {table.name}\n\n{markdown(table)}" for table in tables]
    path.write_text("\n".join(parts), encoding="utf-8")
    document = root / "docs/speed.md"
    if source == "corpora" and document.is_file():
        document.write_text(filled(document.read_text("utf-8"), tables, head), encoding="utf-8")
        return [path, document]
    return [path]
