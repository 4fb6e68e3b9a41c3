"""Repairs a JSON lines file or a folder of such with Ray Data, and writes Parquet.

    pip install 'spinfix[ray]'
    python examples/ray_repair.py repaired/

On a cluster: the same with RAY_ADDRESS set, or as a job; spinfix has to be installed on
the nodes, or named in a runtime environment.
"""

from __future__ import annotations

import argparse
import os

import ray

from spinfix.engines import Setup
from spinfix.engines.ray import repair


def main() -> None:
    parser = argparse.ArgumentParser(description="Repair articles with Ray Data.")
    parser.add_argument("output", help="the folder to write")
    parser.add_argument("--input", default="samples/articles.jsonl")
    parser.add_argument("--scorer", default="deep", choices=["deep", "auto", "fast"])
    parser.add_argument("--workers", type=int, help="actors (default: as the cluster has room)")
    args = parser.parse_args()

    if args.workers and "RAY_ADDRESS" not in os.environ:
        ray.init(num_cpus=args.workers + 1)  # each actor takes one; reading takes one, too

    articles = ray.data.read_json(args.input, lines=True, file_extensions=None)
    # Ray finds no common type for columns that only some records have.
    articles = articles.select_columns(["id", "kind", "text"])
    # What was found will stand in the column "spinfix", what could not be read there, too.
    repaired = repair(articles, "text", Setup(scorer=args.scorer), workers=args.workers)
    repaired.write_parquet(os.path.abspath(args.output))  # noqa: PTH100  Ray wants no Path


if __name__ == "__main__":
    main()
