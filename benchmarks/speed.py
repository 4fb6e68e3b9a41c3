#!/usr/bin/env python3
"""How fast spinfix is, how soon it starts, how much memory it takes; against others.

    python benchmarks/speed.py [TABLE ...] [--corpora DIR] [--write] [--floor NAME=VALUE ...]

Tables: ``clean``, genuine text against other programs; ``forms``, the same as small files,
files of one line, large files; ``spun``, spun and mixed text; ``start``; ``memory``;
``same``, compiled and in Python alone; and, only when named, ``profile`` (needs py-spy) and
``scaling``, two processes against one by the clock, on a machine that does nothing else.
Without any, all but these two.

Texts are generated, the same everywhere, or, better, those of a corpora folder
(clean-dev/clean-dev.jsonl.xz and pairs/dev.jsonl.xz).  Times are CPU time of whole
processes, the least of ``--times`` runs.  ``--write`` keeps the tables in benchmarks/runs/
and, when they come from corpora, in docs/speed.md.  ``--instructions`` counts those of the
start-up, with perf or valgrind.  A floor such as ``clean.codespell=1.0`` or
``memory.spun_deep_works2<=250`` makes the exit status 1 when a figure is on the wrong side.

``pip install 'spinfix[bench]'`` brings the other programs; one that is missing is left out.
"""

from __future__ import annotations

import argparse
import shlex
import sys
import tempfile
from collections.abc import Callable
from contextlib import closing
from pathlib import Path

import speed_process
import speed_profile
import speed_rates
from speed_bench import Bench, Table
from speed_inputs import ROOT
from speed_report import heading, markdown, write

TABLES: dict[str, Callable[[Bench], Table]] = {
    "clean": speed_rates.clean,
    "much": speed_rates.much,
    "forms": speed_rates.forms,
    "spun": speed_rates.spun,
    "start": speed_process.start,
    "memory": speed_process.memory,
    "same": speed_process.same,
    "profile": speed_profile.profile,
    "scaling": speed_process.scaling,
}
#: Measured only when named.
_NAMED = ("much", "profile", "scaling")


def arguments() -> argparse.Namespace:
    """What the command line says."""
    parser = argparse.ArgumentParser(description="How fast spinfix is, against others.")
    parser.add_argument("tables", nargs="*", metavar="TABLE", help=", ".join(TABLES))
    parser.add_argument("--corpora", type=Path)
    parser.add_argument("--scale", type=float, default=1.0, help="1 is 10 MB of genuine text")
    parser.add_argument("--times", type=int, default=3, help="runs, of which the best counts")
    parser.add_argument("--size", type=float, default=200.0, help="MB for much and scaling")
    parser.add_argument("--instructions", action="store_true", help="of the start-up (slow)")
    parser.add_argument("--write", action="store_true")
    parser.add_argument("--floor", nargs="*", default=[])
    args = parser.parse_args()
    args.tables = args.tables or [name for name in TABLES if name not in _NAMED]
    for name in args.tables:
        if name not in TABLES:
            parser.error(f"no table is called {name!r}; there are {', '.join(TABLES)}")
    return args


def main() -> None:
    args = arguments()
    said = sys.argv[1:]
    if args.corpora:  # where the corpora are is of no interest to others
        said = ["CORPORA" if part == str(args.corpora) else part for part in said]
    line = shlex.join(["python", "benchmarks/speed.py", *(p for p in said if p != "--write")])
    source = "corpora" if args.corpora else "generated"
    print(heading(line, source))
    with tempfile.TemporaryDirectory() as name:
        bench = Bench(
            Path(name), args.corpora, args.scale, args.times, args.instructions, args.size
        )
        tables = []
        with closing(bench):
            for wanted in args.tables:
                tables.append(TABLES[wanted](bench))
                print(f"{wanted}\n\n{markdown(tables[-1])}", flush=True)
    if args.write:
        for path in write(tables, line, source, ROOT):
            print(f"written: {path.relative_to(ROOT)}")
    from accuracy import failures  # here: it brings all of spinfix, see Bench

    missed = failures(args.floor, {table.name: table.figures for table in tables})
    for message in missed:
        print(f"too low: {message}", file=sys.stderr)
    sys.exit(1 if missed else 0)


if __name__ == "__main__":
    main()
