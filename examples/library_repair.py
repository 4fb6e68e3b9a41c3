"""Repairs a JSON lines file or a folder of such with a pool of processes, no engine needed.

    python examples/library_repair.py repaired/

So much for whatever hands out texts to processes: a queue, a scheduler, a web service.
(The command line does this and more: other formats, resuming, an edit log.)
"""

from __future__ import annotations

import argparse
import json
import os
from collections.abc import Iterator
from concurrent.futures import ProcessPoolExecutor
from functools import partial
from pathlib import Path

from spinfix.engines import Setup, done


def repaired(line: str, setup: Setup) -> str:
    """A line with its text repaired; each process builds its Repairer once."""
    row = json.loads(line)
    row["text"], row["spinfix"] = done(row["text"], setup)
    return json.dumps(row, ensure_ascii=False) + "\n"


def lines(path: Path) -> Iterator[str]:
    """The lines of all files, in order."""
    for file in [path] if path.is_file() else sorted(path.iterdir()):
        with file.open(encoding="utf-8", newline="\n") as rows:
            yield from rows


def main() -> None:
    parser = argparse.ArgumentParser(description="Repair articles with a pool of processes.")
    parser.add_argument("output", type=Path, help="the folder to write")
    parser.add_argument("--input", type=Path, default=Path("samples/articles.jsonl"))
    parser.add_argument("--scorer", default="deep", choices=["deep", "auto", "fast"])
    parser.add_argument("--workers", type=int, default=os.cpu_count(), help="processes")
    args = parser.parse_args()

    args.output.mkdir(parents=True)
    os.environ.setdefault("OMP_NUM_THREADS", "1")  # a process a core
    with (
        ProcessPoolExecutor(args.workers) as pool,
        (args.output / "articles.jsonl").open("w", encoding="utf-8") as out,
    ):
        repair = partial(repaired, setup=Setup(scorer=args.scorer))
        out.writelines(pool.map(repair, lines(args.input), chunksize=4))


if __name__ == "__main__":
    main()
