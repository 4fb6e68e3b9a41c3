"""Repairs a JSON lines file or a folder of such with Spark, and writes Parquet.

    pip install 'spinfix[spark]'          # and Java
    python examples/spark_repair.py repaired/

On a cluster: spark-submit --master ... examples/spark_repair.py repaired/, with
PYSPARK_PYTHON naming a Python of the executors that has spinfix.
"""

from __future__ import annotations

import argparse
import os
import sys

from pyspark.sql import SparkSession

from spinfix.engines import Setup
from spinfix.engines.spark import repair


def main() -> None:
    parser = argparse.ArgumentParser(description="Repair articles with Spark.")
    parser.add_argument("output", help="the folder to write")
    parser.add_argument("--input", default="samples/articles.jsonl")
    parser.add_argument("--scorer", default="deep", choices=["deep", "auto", "fast"])
    parser.add_argument("--workers", type=int, help="cores of this machine (default: all)")
    args = parser.parse_args()

    os.environ.setdefault("PYSPARK_PYTHON", sys.executable)  # the Python that has spinfix
    builder = SparkSession.builder.appName("spinfix")
    # A process a core: more threads in each would only wait for each other.
    builder = builder.config("spark.executorEnv.OMP_NUM_THREADS", "1")
    if args.workers:
        builder = builder.master(f"local[{args.workers}]")
    spark = builder.getOrCreate()

    articles = spark.read.json(args.input)
    repaired = repair(articles, "text", Setup(scorer=args.scorer))
    repaired.write.parquet(args.output)

    # What was found stands in the column "spinfix", what could not be read there, too.
    written = spark.read.parquet(args.output)
    written.groupBy("spinfix.spun", "spinfix.spinner", "spinfix.error").count().show()
    spark.stop()


if __name__ == "__main__":
    main()
