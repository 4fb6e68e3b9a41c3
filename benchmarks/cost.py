#!/usr/bin/env python3
"""What repairing a large collection costs: CPU-hours, money and days.

    python benchmarks/cost.py --clean-rate 350000 --fast-rate 14000 --deep-rate 2500 --price 0.04

The rates are words per CPU-second, of genuine and of spun text, as benchmarks/engines.py
prints them with ``--spun 0`` and ``--spun 1``.  ``--price`` is an assumption: money per hour
of a core.  Prints a table, a line for each share of spun articles and each scorer.
"""

from __future__ import annotations

import argparse
from collections.abc import Iterator
from typing import NamedTuple


class Rates(NamedTuple):
    """Words per CPU-second: of genuine text, and of spun text with either scorer."""

    clean: float
    fast: float
    deep: float


class Collection(NamedTuple):
    """Articles, their mean number of words, and the share of them that is spun (0 to 1)."""

    articles: float
    words: float
    spun: float


def cpu_hours(collection: Collection, clean: float, spun: float) -> float:
    """CPU-hours at rates in words per CPU-second.

    Genuine text costs the same whatever scorer there is: none is asked about it.
    """
    words = collection.articles * collection.words
    return words * ((1.0 - collection.spun) / clean + collection.spun / spun) / 3600.0


def table(args: argparse.Namespace) -> Iterator[str]:
    """The lines of the table."""
    rates = Rates(args.clean_rate, args.fast_rate, args.deep_rate)
    yield f"| spun | scorer | CPU-hours | cost | days on {args.cores:,} cores |"
    yield "|---|---|---|---|---|"
    for share in args.spun:
        collection = Collection(args.articles, args.words, share)
        for scorer, rate in (("fast", rates.fast), ("deep", rates.deep)):
            hours = cpu_hours(collection, rates.clean, rate) / args.efficiency
            days = hours / args.cores / 24.0
            cost = hours * args.price
            yield f"| {share:.0%} | {scorer} | {hours:,.0f} | {cost:,.0f} | {days:.1f} |"


def parser() -> argparse.ArgumentParser:
    """The options, with what is assumed where nothing is said."""
    made = argparse.ArgumentParser(description="What repairing a large collection costs.")
    made.add_argument("--clean-rate", type=float, required=True, help="genuine words a CPU-second")
    made.add_argument("--fast-rate", type=float, required=True, help="spun ones, scorer fast")
    made.add_argument("--deep-rate", type=float, required=True, help="spun ones, scorer deep")
    made.add_argument("--price", type=float, required=True, help="money per core and hour")
    made.add_argument("--articles", type=float, default=1e9)
    made.add_argument("--words", type=float, default=518.0, help="of an article, on average")
    made.add_argument("--spun", type=float, nargs="+", default=[0.05, 1.0], help="shares, 0 to 1")
    made.add_argument("--cores", type=int, default=100)
    made.add_argument("--efficiency", type=float, default=0.9, help="of paid time, 0 to 1")
    return made


def main() -> None:
    for line in table(parser().parse_args()):
        print(line)


if __name__ == "__main__":
    main()
