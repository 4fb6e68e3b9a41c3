"""spinfix on Apache Spark: a column of a DataFrame repaired."""

from __future__ import annotations

from pyspark.sql import DataFrame
from pyspark.sql.types import StringType, StructField, StructType

from spinfix.batch import Setup

from .arrow import ColumnRepairer
from .records import INFO, checked

_KINDS = {bool: "boolean", float: "double", str: "string"}


def repair(
    frame: DataFrame,
    column: str = "text",
    setup: Setup | None = None,
    *,
    info: str = "spinfix",
    judge: bool = False,
) -> DataFrame:
    """The rows of ``frame`` with the texts of ``column`` repaired.

    ``setup`` is how to repair; the files that it names must be there on every executor.  A
    struct column, called ``info``, is added that tells what was found
    (:data:`spinfix.engines.records.INFO`).  With ``judge`` the texts stay as they are and
    are only judged.  Works on batches and on streams; each Python worker of an executor
    builds its Repairer once.  Nothing is done before Spark needs the rows, and as always
    with Spark all is done again for each action, unless the rows are kept or written.

    Raises ValueError where ``column`` is not there, or no text, or ``info`` is there, or
    the setup's scorer is not known.
    """
    step = ColumnRepairer(column, checked(setup), info, judge)
    step.check(frame.columns)
    kind = frame.schema[column].dataType
    if not isinstance(kind, StringType):
        raise ValueError(f"column {column!r} is no text but {kind.simpleString()}")
    told = StructType()
    for name, none in INFO.items():
        told.add(name, _KINDS[type(none)], nullable=False)
    schema = StructType([*frame.schema.fields, StructField(info, told, nullable=False)])
    return frame.mapInArrow(step.each, schema)
