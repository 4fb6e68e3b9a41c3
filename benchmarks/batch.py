#!/usr/bin/env python3
"""Rate and peak memory of ``spinfix fix`` over a large JSON lines file.

    python benchmarks/batch.py [--size MB] [--jobs 1 2] [--share 0.05] [--spun 0.1]

Makes a collection as scrapers leave it: of each page its source, which is not read, and
the article in it.  ``--share`` is the share of a record that is article, ``--spun`` the
share of records that are spun.  The articles are sentences of samples/ in random order.
"""

from __future__ import annotations

import argparse
import json
import os
import platform
import random
import subprocess
import sys
import tempfile
import time
from pathlib import Path

ROOT = Path(__file__).parent.parent
_FIX = "from spinfix.cli import main; main()"


def sentences(*names: str) -> list[str]:
    """Sentences of some samples."""
    texts = [(ROOT / "samples" / name).read_text("utf-8") for name in names]
    return [s.strip() + "." for text in texts for s in text.split(".") if len(s) > 20]


def make(path: Path, size: int, share: float, spun: float) -> None:
    """Write a collection of about ``size`` bytes; the same for the same arguments."""
    rng = random.Random(1)
    genuine = sentences("genuine/orchard.txt", "genuine/archive.txt", "original/clinic.txt")
    changed = sentences("spun/ferry.txt")
    filler = '<div class="row"><a href="/page?id=12&amp;sort=new">more</a></div>\n' * 400
    with path.open("w", encoding="utf-8") as out:
        number = 0
        while out.tell() < size:
            for _ in range(100):
                number += 1
                source = changed if rng.random() < spun else genuine
                text = "\n".join(" ".join(rng.choices(source, k=4)) for _ in range(7))
                page = filler[: int(len(text) * (1 - share) / share)]
                row = {"id": number, "html": page, "text": text}
                out.write(json.dumps(row) + "\n")


def measure(path: Path, folder: Path, jobs: int) -> tuple[float, float, float]:
    """Seconds, CPU-seconds and the memory of the largest process (MiB) of one run."""
    command = [sys.executable, "-c", _FIX, "fix", str(path), "-o", str(folder), "-j", str(jobs)]
    begin = time.monotonic()
    process = subprocess.Popen([*command, "-q"])
    _, status, usage = os.wait4(process.pid, 0)
    if status:
        raise SystemExit(f"spinfix ended with status {os.waitstatus_to_exitcode(status)}")
    seconds = time.monotonic() - begin
    return seconds, usage.ru_utime + usage.ru_stime, usage.ru_maxrss / 1024


def main() -> None:
    parser = argparse.ArgumentParser(description="Rate and peak memory of spinfix fix.")
    parser.add_argument("--size", type=float, default=1000.0, help="of the collection, in MB")
    parser.add_argument("--share", type=float, default=0.05, help="article of a record")
    parser.add_argument("--spun", type=float, default=0.1, help="spun records")
    parser.add_argument("--jobs", type=int, nargs="+", default=[1, 2])
    args = parser.parse_args()
    with tempfile.TemporaryDirectory() as name:
        path = Path(name, "collection.jsonl")
        make(path, int(args.size * 1e6), args.share, args.spun)
        size = path.stat().st_size / 1e6
        print(f"Python {platform.python_version()}, {os.cpu_count()} cores, {size:,.0f} MB")
        print(f"{'jobs':>4} {'s':>8} {'MB/s':>7} {'CPU-s':>8} {'MiB':>6}")
        outputs = set()
        for jobs in args.jobs:
            seconds, cpu, memory = measure(path, Path(name, "out"), jobs)
            print(f"{jobs:>4} {seconds:>8.1f} {size / seconds:>7.2f} {cpu:>8.1f} {memory:>6.0f}")
            outputs.add(subprocess.check_output(["sha256sum", Path(name, "out", path.name)])[:64])
        print("outputs are the same" if len(outputs) == 1 else "outputs DIFFER")


if __name__ == "__main__":
    main()
