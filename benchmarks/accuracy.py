#!/usr/bin/env python3
"""Measure repair and false edits with the scorers of a bench folder.

    python benchmarks/accuracy.py CORPORA BENCH [--sets dev sample half clean ...]
        [--limit N] [--genre NAME] [--floor NAME=VALUE ...] [--details]
        [--scorer deep|fast|auto|large]
        [--rate SHARE]

CORPORA holds pairs/dev.jsonl.xz and clean-dev/clean-dev.jsonl.xz; BENCH holds
score.py, clean.py (which define the measures) and seed/{spun,original}.txt.
Sets: ``dev``, all spun/original pairs of it; ``sample``, the one article of
seed/; ``clean``, genuine articles; and dev spun in part (benchmarks/variants.py):
``half``, every other paragraph; ``one``, a single paragraph; ``paragraphs``, one in ten;
``quotes`` and ``names``, those protected; ``third`` and ``tenth``, that share of the heads only.
``--limit`` takes every n-th article, so that N are left of each set; ``--genre`` then leaves
those of one genre.  A floor such
as ``dev.repair=0.80`` (or ``clean.edits<=0.2``) makes the exit status 1 when a figure
is on the wrong side of it.  ``--details`` adds to dev: how well confidence is meant,
rare heads, genres and sites.  With ``--rate`` spinfix is told that every article is spun,
and which share of its heads was replaced.
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

from details import calibration_error, reliability, restored_by_head
from variants import VARIANTS

from spinfix import Options, Repair, Repairer, apply
from spinfix.curate.judging import Judged, judged_edits
from spinfix.dictionary import read_entries
from spinfix.repairer import SCORERS, Kind
from spinfix.shipped import shipped

Row = dict[str, Any]
_SHORT = {"false edits per 1,000 words": "edits", "untouched articles": "untouched"}


def read(path: Path, limit: int | None) -> list[Row]:
    """The records of a compressed JSON lines file, thinned to ``limit``."""
    with lzma.open(path, "rt", encoding="utf-8") as lines:
        rows = [json.loads(line) for line in lines]
    return rows[:: max(1, len(rows) // limit)] if limit else rows


def load(name: str, corpora: Path, bench: Path, limit: int | None) -> list[Row]:
    """The articles of a set."""
    if name == "clean":
        return read(corpora / "clean-dev/clean-dev.jsonl.xz", limit)
    if name == "sample":
        seed = bench / "seed"
        sides = {side: (seed / f"{side}.txt").read_text("utf-8") for side in ("spun", "original")}
        return [{"id": "sample", **sides}]
    rows = read(corpora / "pairs/dev.jsonl.xz", limit)
    return VARIANTS[name](rows) if name in VARIANTS else rows


def write(path: Path, rows: Iterable[Row]) -> None:
    """Write JSON lines."""
    with path.open("w", encoding="utf-8") as out:
        out.writelines(json.dumps(row) + "\n" for row in rows)


def repaired(rows: list[Row], field: str, repairer: Repairer) -> tuple[list[Repair], Row]:
    """The repairs of the articles, and their rate."""
    words = sum(len(row[field].split()) for row in rows)
    begin = time.process_time()
    repairs = [repairer.repair(row[field]) for row in rows]
    seconds = time.process_time() - begin
    return repairs, {"words per CPU-second": round(words / seconds)}


def scored(rows: list[Row], texts: list[str], scorer: Path) -> Row:
    """What a scorer of the bench says of repaired texts."""
    fixed = [{"id": row["id"], "text": text} for row, text in zip(rows, texts, strict=True)]
    with tempfile.TemporaryDirectory() as folder:
        gold, output = Path(folder, "gold.jsonl"), Path(folder, "output.jsonl")
        write(gold, rows)
        write(output, fixed)
        command = [sys.executable, str(scorer), str(gold), str(output), "--json"]
        printed = subprocess.run(command, check=True, capture_output=True, text=True).stdout
    return {_SHORT.get(key, key): value for key, value in json.loads(printed).items()}


def measure(name: str, rows: list[Row], repairer: Repairer, bench: Path) -> Row:
    """Repair the articles and have the bench score them."""
    field, scorer = ("text", "clean.py") if name == "clean" else ("spun", "score.py")
    repairs, rate = repaired(rows, field, repairer)
    return {**scored(rows, [repair.fixed for repair in repairs], bench / scorer), **rate}


def detail(rows: list[Row], bench: Path, scorer: Kind) -> Row:
    """Print what the figures of dev hide; returns those that can have a floor."""
    repairer = Repairer(options=Options(min_confidence=0.0), scorer=scorer)
    repairs, _ = repaired(rows, "spun", repairer)
    judged = [
        judged_edits(row["original"], repair) for row, repair in zip(rows, repairs, strict=True)
    ]
    edits = [edit for part in judged for edit in part]
    print(f"confidence: calibration error {calibration_error(edits):.4f} (10 bins)")
    for low, count, right in reliability(edits):
        print(f"  {low:.1f} to {low + 0.1:.1f}: {count:,} edits, {right:.3f} right")
    least = Options().min_confidence
    figures: Row = {"calibration": calibration_error([e for e in edits if e.confidence >= least])}
    for bound in (least, 0.9, 0.99):
        texts = [above(repair, bound) for repair in repairs]
        result = scored(rows, texts, bench / "score.py")
        flawless = [above(r, bound, part) for r, part in zip(repairs, judged, strict=True)]
        most = scored(rows, flawless, bench / "score.py")["precision"]
        sure = [e for e in edits if e.confidence >= bound]
        right = sum(e.right for e in sure) / max(1, len(sure))
        print(
            f"  at least {bound}: repair {result['repair']:.4f}, precision "
            f"{result['precision']:.4f} ({most:.4f} without the wrong ones), "
            f"{len(sure):,} edits, {right:.4f} of them right"
        )
        figures[f"right{100 * bound:.0f}"] = right
    entries = read_entries(shipped("learned.tsv"))
    for kind, (wanted, got) in restored_by_head(rows, repairs, entries, 5).items():
        print(f"{kind} heads: {got:,} of {wanted:,} back ({got / max(1, wanted):.3f})")
    for key in ("site", "genre"):
        for value in sorted({row[key] for row in rows}):
            chosen = [n for n, row in enumerate(rows) if row[key] == value]
            texts = [above(repairs[n], least) for n in chosen]
            result = scored([rows[n] for n in chosen], texts, bench / "score.py")
            print(f"{key} " + line(value, result))
    return figures


def above(repair: Repair, confidence: float, judged: list[Judged] | None = None) -> str:
    """The text with the edits that are at least so sure, and right if they are judged."""
    right = [edit.right for edit in judged] if judged else [True] * len(repair.edits)
    chosen = zip(repair.edits, right, strict=True)
    return apply(repair.text, [e for e, good in chosen if good and e.confidence >= confidence])


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
    parser.add_argument("--genre", help="only articles of this one")
    parser.add_argument("--details", action="store_true")
    parser.add_argument("--scorer", choices=SCORERS, default=SCORERS[0])
    parser.add_argument("--rate", type=float, help="told that all are spun, at this rate")
    parser.add_argument("--floor", nargs="*", default=[])
    args = parser.parse_args()
    print(f"spinfix {version('spinfix')}, Python {platform.python_version()}")
    told = Options(assume_spun=True, rate=args.rate) if args.rate else Options()
    repairer = Repairer(options=told, scorer=args.scorer)
    results: dict[str, Row] = {}
    for name in args.sets:
        rows = load(name, args.corpora, args.bench, args.limit)
        rows = [row for row in rows if args.genre in (None, row.get("genre"))]
        results[name] = measure(name, rows, repairer, args.bench)
        print(line(name, dict(results[name])), flush=True)
        if name == "dev" and args.details:
            results[name] |= detail(rows, args.bench, args.scorer)
    missed = failures(args.floor, results)
    for message in missed:
        print(f"too low: {message}", file=sys.stderr)
    sys.exit(1 if missed else 0)


if __name__ == "__main__":
    main()
