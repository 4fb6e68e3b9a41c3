#!/usr/bin/env python3
"""Memory and CPU time by the length of one spun article: what a worker must have room for.

    python benchmarks/long_articles.py [--scorer deep] [--characters 3000 10000 100000 1000000]

Each length is a process of its own, which repairs samples/spun/ferry.txt, repeated.  Columns:
characters; the most memory that the process ever held (resident, MiB); CPU-seconds of the
repair alone.
"""

from __future__ import annotations

import argparse
import resource
import time
from concurrent.futures import ProcessPoolExecutor
from multiprocessing import get_context
from pathlib import Path

from spinfix.engines import Setup, done

FERRY = Path(__file__).parent.parent / "samples/spun/ferry.txt"


def measure(characters: int, setup: Setup) -> tuple[float, float]:
    """The most memory (MiB) of this process, and the CPU-seconds of one repair."""
    text = FERRY.read_text("utf-8")
    done(text, setup)  # all is loaded now
    article = (text * (characters // len(text) + 1))[:characters]
    begin = time.process_time()
    _, info = done(article, setup)
    seconds = time.process_time() - begin
    if info["error"] or not info["spun"]:
        raise SystemExit(f"not repaired: {info['error'] or 'taken for genuine'}")
    return resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024, seconds


def main() -> None:
    parser = argparse.ArgumentParser(description="Memory and time by the length of an article.")
    parser.add_argument("--scorer", default="deep", choices=["deep", "auto", "fast"])
    parser.add_argument(
        "--characters", type=int, nargs="+", default=[3000, 10_000, 100_000, 1_000_000]
    )
    args = parser.parse_args()
    print(f"scorer {args.scorer}\n\n| characters | MiB | CPU-s |\n|---|---|---|")
    for characters in args.characters:
        with ProcessPoolExecutor(1, get_context("spawn")) as pool:
            setup = Setup(scorer=args.scorer)
            memory, seconds = pool.submit(measure, characters, setup).result()
        print(f"| {characters:,} | {memory:,.0f} | {seconds:.1f} |", flush=True)


if __name__ == "__main__":
    main()
