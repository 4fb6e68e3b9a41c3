#!/usr/bin/env python3
"""The command line and every engine over one collection, with one worker and with two.

    python benchmarks/engines.py [--words 1200000] [--spun 0.05] [--scorer deep]
        [--engines cli spark ray datatrove library] [--workers 1 2] [--corpora DIR]

Makes a folder of JSON lines files, articles of sentences of samples/ in random order, or with
``--corpora`` of real ones (pairs/dev.jsonl.xz, repeated as need be), ``--spun`` of them spun,
and runs ``spinfix fix`` and the examples on it.  Columns: seconds of the clock; those of a run
with one worker over eight short articles (start-up); CPU-seconds of all processes; words
per CPU-second, start-up left out, if there are enough of them; the largest proportional
memory (PSS) of all processes together; the share of the workers that was used, against the
first number of workers, start-up left out.  At the end it is told whether all outputs are the
same.  Needs Linux, and means something only while nothing else runs.
"""

from __future__ import annotations

import argparse
import gzip
import hashlib
import json
import lzma
import os
import platform
import random
import sys
import tempfile
from collections.abc import Iterator
from pathlib import Path

from batch import sentences
from processes import Usage, run

ROOT = Path(__file__).parent.parent
ENGINES = ("cli", "spark", "ray", "datatrove", "library")
_FIX = "from spinfix.cli import main; main()"
_SHARDS = 8


def generated(rng: random.Random) -> tuple[Iterator[str], Iterator[str]]:
    """Genuine and spun articles without end, of sentences of the samples."""
    genuine = sentences("genuine/orchard.txt", "genuine/archive.txt", "original/clinic.txt")

    def texts(source: list[str]) -> Iterator[str]:
        while True:
            yield "\n".join(" ".join(rng.choices(source, k=4)) for _ in range(7))

    return texts(genuine), texts(sentences("spun/ferry.txt"))


def real(corpora: Path) -> tuple[Iterator[str], Iterator[str]]:
    """Genuine and spun articles without end, of the pairs."""
    with lzma.open(corpora / "pairs/dev.jsonl.xz", "rt", encoding="utf-8") as lines:
        pairs = [json.loads(line) for line in lines]

    def texts(key: str) -> Iterator[str]:
        while True:
            yield from (pair[key] for pair in pairs)

    return texts("original"), texts("spun")


def make(folder: Path, words: int, spun: float, corpora: Path | None) -> int:
    """Write a collection of about so many words; return how many there are.

    Spun articles are dealt out evenly, so that no worker has more to do than another.
    """
    genuine, changed = real(corpora) if corpora else generated(random.Random(1))
    folder.mkdir()
    files = [(folder / f"{n}.jsonl").open("w", encoding="utf-8") for n in range(_SHARDS)]
    total = number = due = 0
    while total < words or number % _SHARDS:
        turn = number // _SHARDS
        due = int((turn + 1) * spun) - int(turn * spun)
        text = next(changed if due else genuine)
        row = {"id": f"a{number}", "kind": "article", "text": text}
        files[number % _SHARDS].write(json.dumps(row) + "\n")
        total += len(text.split())
        number += 1
    for file in files:
        file.close()
    return total


def command(engine: str, source: Path, output: Path, scorer: str, workers: int) -> list[str]:
    """The command that repairs a folder."""
    if engine == "cli":
        options = ["-j", str(workers), "--scorer", scorer, "-q"]
        return [sys.executable, "-c", _FIX, "fix", str(source), "-o", str(output), *options]
    options = ["--input", str(source), "--scorer", scorer, "--workers", str(workers)]
    return [sys.executable, str(ROOT / f"examples/{engine}_repair.py"), str(output), *options]


def fingerprint(folder: Path) -> str:
    """What is the same for the same texts, in whatever files and order they stand."""
    rows: list[dict[str, str]] = []
    for file in folder.rglob("*"):
        if file.suffix == ".parquet":
            import pyarrow.parquet as parquet

            rows += parquet.read_table(file, columns=["id", "text"]).to_pylist()
        elif file.name.endswith((".jsonl", ".jsonl.gz")):
            data = file.read_bytes()
            data = gzip.decompress(data) if file.suffix == ".gz" else data
            rows += map(json.loads, data.splitlines())
    told = sorted((row["id"], row["text"]) for row in rows)
    return hashlib.sha256(json.dumps(told).encode()).hexdigest()


def measure(engine: str, source: Path, scorer: str, workers: int, place: Path) -> Usage:
    """One run; stops all when it fails."""
    environment = {"OMP_NUM_THREADS": "1", "RAY_USAGE_STATS_ENABLED": "0"}
    environment |= {"SPARK_LOCAL_IP": "127.0.0.1", "PYTHONPATH": str(ROOT)}
    log = place.with_suffix(".log")
    usage = run(command(engine, source, place, scorer, workers), environment, log)
    if usage.status:
        raise SystemExit(f"{engine} failed:\n{log.read_text('utf-8', 'replace')[-3000:]}")
    return usage


def compare(args: argparse.Namespace, folder: Path) -> set[str]:
    """Measure, print a line for each run, and return the fingerprints of the outputs."""
    words = make(folder / "in", args.words, args.spun, args.corpora)
    make(folder / "short", 1, 0.0, None)
    print(
        f"{words:,} words, {args.spun:.0%} of the articles spun, scorer {args.scorer}; "
        f"Python {platform.python_version()}, {os.cpu_count()} cores\n"
    )
    print("| | workers | seconds | start-up | CPU-s | words/CPU-s | MiB | used |")
    print("|---|---|---|---|---|---|---|---|")
    outputs = set()
    for engine in args.engines:
        for turn in ("cold", "short"):  # the first one reads programs from the disk
            begin = measure(engine, folder / "short", args.scorer, 1, folder / f"{engine}-{turn}")
        first = 0.0  # worker-seconds of the first run, start-up left out
        for workers in args.workers:
            place = folder / f"{engine}-{workers}"
            usage = measure(engine, folder / "in", args.scorer, workers, place)
            spent = max(usage.seconds - begin.seconds, 0.1) * workers
            first = first or spent
            busy = usage.cpu - begin.cpu
            rate = f"{words / busy:,.0f}" if busy > begin.cpu else "too few words"
            print(
                f"| {engine} | {workers} | {usage.seconds:.1f} | {begin.seconds:.1f} "
                f"| {usage.cpu:.1f} | {rate} | {usage.memory:,.0f} "
                f"| {first / spent:.2f} |",
                flush=True,
            )
            outputs.add(fingerprint(place))
    return outputs


def main() -> None:
    parser = argparse.ArgumentParser(description="The command line and every engine compared.")
    parser.add_argument("--words", type=int, default=1_200_000)
    parser.add_argument("--spun", type=float, default=0.05, help="share of the articles, 0 to 1")
    parser.add_argument("--scorer", default="deep", choices=["deep", "auto", "fast"])
    parser.add_argument("--engines", nargs="+", default=ENGINES[:-1], choices=ENGINES)
    parser.add_argument("--workers", type=int, nargs="+", default=[1, 2])
    parser.add_argument("--corpora", type=Path)
    args = parser.parse_args()
    with tempfile.TemporaryDirectory() as name:
        outputs = compare(args, Path(name))
    print("\noutputs are the same" if len(outputs) == 1 else "\noutputs DIFFER")
    sys.exit(len(outputs) != 1)


if __name__ == "__main__":
    main()
