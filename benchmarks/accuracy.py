#!/usr/bin/env python3
"""Measure repair and false edits with the scorers of a bench folder.

    python benchmarks/accuracy.py CORPORA BENCH [--sets dev sample half clean]
        [--limit N] [--floor NAME=VALUE ...]

CORPORA holds pairs/dev.jsonl.xz and clean-dev/clean-dev.jsonl.xz; BENCH holds
score.py, clean.py (which define the measures) and seed/{spun,original}.txt.
Sets: ``dev``, all spun/original pairs of it; ``sample``, the one article of
seed/; ``half``, dev with every other paragraph spun, the rest genuine;
``clean``, genuine articles.  ``--limit`` takes every n-th article, so that N are
left of each set.  A floor such as ``dev.repair=0.80`` (or ``clean.edits<=0.2``)
makes the exit status 1 when a figure is on the wrong side of it.
"""

from __future__ import annotations

import argparse
import json
import lzma
import platform
import re
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterable
from importlib.metadata import version
from pathlib import Path
from typing import Any

from spinfix import Repairer

Row = dict[str, Any]
_SHORT = {"false edits per 1,000 words": "edits", "untouched articles": "untouched"}


def read(path: Path, limit: int | None) -> list[Row]:
    """The records of a compressed JSON lines file, thinned to ``limit``."""
    with lzma.open(path, "rt", encoding="utf-8") as lines:
        rows = [json.loads(line) for line in lines]
    return rows[:: max(1, len(rows) // limit)] if limit else rows


def half_spun(row: Row) -> Row:
    """The article with every other paragraph spun."""
    spun, original = row["spun"].split("\n"), row["original"].split("\n")
    mixed = [s if i % 2 else o for i, (s, o) in enumerate(zip(spun, original, strict=True))]
    return {**row, "spun": "\n".join(mixed)}


def load(name: str, corpora: Path, bench: Path, limit: int | None) -> list[Row]:
    """The articles of a set."""
    if name == "clean":
        return read(corpora / "clean-dev/clean-dev.jsonl.xz", limit)
    if name == "sample":
        seed = bench / "seed"
        sides = {side: (seed / f"{side}.txt").read_text("utf-8") for side in ("spun", "original")}
        return [{"id": "sample", **sides}]
    rows = read(corpora / "pairs/dev.jsonl.xz", limit)
    if name == "half":
        return [half_spun(row) for row in rows if "\n" in row["original"]]
    return rows


def write(path: Path, rows: Iterable[Row]) -> None:
    """Write JSON lines."""
    with path.open("w", encoding="utf-8") as out:
        out.writelines(json.dumps(row) + "\n" for row in rows)


def measure(name: str, rows: list[Row], repairer: Repairer, bench: Path) -> Row:
    """Repair the articles and have the bench score them."""
    field, scorer = ("text", "clean.py") if name == "clean" else ("spun", "score.py")
    words = sum(len(row[field].split()) for row in rows)
    begin = time.process_time()
    fixed = [{"id": row["id"], "text": repairer.repair(row[field]).fixed} for row in rows]
    seconds = time.process_time() - begin
    with tempfile.TemporaryDirectory() as folder:
        gold, output = Path(folder, "gold.jsonl"), Path(folder, "output.jsonl")
        write(gold, rows)
        write(output, fixed)
        command = [sys.executable, bench / scorer, gold, output, "--json"]
        printed = subprocess.run(command, check=True, capture_output=True, text=True).stdout
    figures = {_SHORT.get(key, key): value for key, value in json.loads(printed).items()}
    return {**figures, "words per CPU-second": round(words / seconds)}


def line(name: str, figures: Row) -> str:
    """One set's figures, for people."""
    low, high = figures.pop("repair 95%", (None, None))
    parts = [
        f"{key} {value:.4f}" if isinstance(value, float) else f"{key} {value:,}"
        for key, value in figures.items()
    ]
    if low is not None:
        parts[0] += f" ({low:.4f} to {high:.4f})"
    return f"{name}: " + ", ".join(parts)


def failures(floors: Iterable[str], results: dict[str, Row]) -> list[str]:
    """The floors that are not met."""
    missed = []
    for floor in floors:
        match = re.fullmatch(r"(\w+)\.(\w+)(<=|=)([\d.]+)", floor)
        if not match:
            raise SystemExit(f"not a floor: {floor}")
        name, key, sign, bound = match.groups()
        value = results[name][key]
        if value > float(bound) if sign == "<=" else value < float(bound):
            missed.append(f"{name}.{key} is {value:.4f}, the floor is {sign} {bound}")
    return missed


def main() -> None:
    parser = argparse.ArgumentParser(description="Measure repair and false edits.")
    parser.add_argument("corpora", type=Path)
    parser.add_argument("bench", type=Path)
    parser.add_argument("--sets", nargs="+", default=["dev", "sample", "half", "clean"])
    parser.add_argument("--limit", type=int)
    parser.add_argument("--floor", nargs="*", default=[])
    args = parser.parse_args()
    print(f"spinfix {version('spinfix')}, Python {platform.python_version()}")
    repairer = Repairer()
    results: dict[str, Row] = {}
    for name in args.sets:
        rows = load(name, args.corpora, args.bench, args.limit)
        results[name] = measure(name, rows, repairer, args.bench)
        print(line(name, dict(results[name])), flush=True)
    missed = failures(args.floor, results)
    for message in missed:
        print(f"too low: {message}", file=sys.stderr)
    sys.exit(1 if missed else 0)


if __name__ == "__main__":
    main()
