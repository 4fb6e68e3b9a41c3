"""spinfix on Spark, in its local mode: two cores, and three tries for each task."""

from __future__ import annotations

import datetime
import decimal

import pytest
from engine_runs import (
    ERROR,
    REPAIRED,
    SOME,
    SPARK,
    Fragile,
    articles,
    environment,
    need,
    write_lines,
)

need("pyspark")

from pyspark.sql import SparkSession  # noqa: E402
from pyspark.sql import functions as sql  # noqa: E402

from spinfix.engines import Setup  # noqa: E402
from spinfix.engines.spark import repair  # noqa: E402

# What nothing here asks pandas to do.
pytestmark = pytest.mark.filterwarnings("ignore:PySpark does not yet fully support pandas")


@pytest.fixture(scope="module")
def spark(tmp_path_factory):
    with pytest.MonkeyPatch.context() as patch:
        for name, value in environment().items():
            patch.setenv(name, value)
        warehouse = str(tmp_path_factory.mktemp("spark"))
        builder = SparkSession.builder.master("local[2,3]").config(map=SPARK)
        session = builder.config("spark.sql.warehouse.dir", warehouse).getOrCreate()
        session.sparkContext.setLogLevel("OFF")
        yield session
        session.stop()


def test_repairs_as_the_command_line_does(spark, expected):
    frame = spark.createDataFrame(articles(), "id string, kind string, text string")
    rows = repair(frame.repartition(2)).collect()
    expected.check(
        {row.id: row.text for row in rows}, {row.id: row.spinfix.asDict() for row in rows}
    )
    assert {row.id: row.kind for row in rows} == {row["id"]: row["kind"] for row in articles()}


def test_a_worker_that_dies_is_replaced_and_a_bad_record_is_named(spark, tmp_path):
    setup = Fragile(marker=tmp_path / "died")
    frame = spark.createDataFrame(SOME, "id string, text string").repartition(2)
    frame = repair(frame, setup=setup)
    assert not setup.marker.exists(), "nothing is done before it is needed"
    rows = frame.collect()
    assert setup.marker.exists()
    assert {row.id: row.text for row in rows} == REPAIRED and len(rows) == len(SOME)
    assert {row.id: row.spinfix.error for row in rows if row.spinfix.error} == {"bad": ERROR}


def test_a_stream_is_repaired_as_it_comes(spark, tmp_path):
    (tmp_path / "died").touch()
    setup = Fragile(marker=tmp_path / "died")
    for number in range(2):  # the second run takes what is new, and that alone
        write_lines(tmp_path / f"{number}.json", SOME[number::2])
        stream = spark.readStream.schema("id string, text string").json(str(tmp_path))
        writer = repair(stream, setup=setup).writeStream.trigger(availableNow=True)
        writer = writer.option("checkpointLocation", str(tmp_path / "checkpoint"))
        writer.start(str(tmp_path / "out"), "parquet").awaitTermination()
    rows = spark.read.parquet(str(tmp_path / "out")).collect()
    assert {row.id: row.text for row in rows} == REPAIRED and len(rows) == len(SOME)
    assert {row.id for row in rows if row.spinfix.error} == {"bad"}


def test_other_columns_stay_as_they_are(spark, tmp_path):
    columns = {
        "body": ("string", SOME[0]["text"]),
        "n": ("int", None),
        "when": ("timestamp", datetime.datetime(2024, 2, 29, 12, 30, 1, 5)),
        "day": ("date", datetime.date(2024, 2, 29)),
        "price": ("decimal(10,2)", decimal.Decimal("12.30")),
        "tags": ("array<string>", ["a", None]),
        "links": ("map<string,bigint>", {"x": 1 << 40}),
        "page": ("struct<url:string,raw:binary>", ("http://a.example", bytearray(b"\0\xff"))),
    }
    schema = ", ".join(f"`{name}` {kind}" for name, (kind, _) in columns.items())
    frame = spark.createDataFrame([tuple(value for _, value in columns.values())], schema)
    (tmp_path / "died").touch()
    done = repair(frame, "body", Fragile(marker=tmp_path / "died"), info="found", judge=True)
    assert done.drop("found").schema == frame.schema
    assert done.drop("found").collect() == frame.collect(), "the text, too: it was only judged"
    assert done.select(sql.col("found.spun")).first()[0]


def test_what_cannot_be_meant_is_refused_before_anything_runs(spark):
    frame = spark.createDataFrame([("x", 1)], "text string, n int")
    with pytest.raises(ValueError, match="no column is called 'body'; there are text, n"):
        repair(frame, "body")
    with pytest.raises(ValueError, match="column 'n' is no text but int"):
        repair(frame, "n")
    with pytest.raises(ValueError, match="there is a column 'n' already"):
        repair(frame, info="n")
    with pytest.raises(ValueError, match="no scorer is called 'fats'; there are deep, auto, fast"):
        repair(frame, setup=Setup(scorer="fats"))
