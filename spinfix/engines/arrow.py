"""A text column of Arrow tables repaired: what the adapters of Spark and Ray share.

It stands on its own, too: pandas, Polars, DuckDB and Dask hand over Arrow tables.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, field
from typing import TypeVar

import pyarrow as pa
import pyarrow.types as kinds

from spinfix.batch import Setup

from .records import INFO, done

Rows = TypeVar("Rows", pa.Table, pa.RecordBatch)

#: Rows of a batch that are done at once: Spark's have 10,000, and what is told of a spun
#: text takes several times its room.
_AT_ONCE = 128

_KINDS = {bool: pa.bool_(), float: pa.float64(), str: pa.string()}
#: The type of the column that tells what was found.
INFO_TYPE = pa.struct([pa.field(name, _KINDS[type(none)], False) for name, none in INFO.items()])


@dataclass(frozen=True)
class ColumnRepairer:
    """Repairs a column of tables, and adds a column that tells what was found.

    ``column`` is the text, ``info`` the name of the added column, of INFO_TYPE; with
    ``judge`` texts stay as they are, and it is only told whether they were spun.  Small
    when pickled: the Repairer is built by each process that repairs, and kept there.
    A column of categories comes back as one of plain text.
    """

    column: str = "text"
    setup: Setup = field(default_factory=Setup)
    info: str = "spinfix"
    judge: bool = False

    def __call__(self, rows: Rows) -> Rows:
        """The same rows, repaired.  Raises ValueError as :meth:`check` does."""
        self.check(rows.schema.names)
        place = rows.schema.get_field_index(self.column)
        texts = rows.column(place)
        if kinds.is_dictionary(texts.type):
            texts = texts.cast(texts.type.value_type)
        told = []
        if _is_text(texts.type):
            found = [done(text, self.setup, self.judge) for text in texts.to_pylist()]
            texts = pa.array([value for value, _ in found], texts.type)
            told = [info for _, info in found]
        else:  # what is no text stays as it is
            error = {**INFO, "error": f"not text but {texts.type}"}
            told = [error if there else dict(INFO) for there in texts.is_valid().to_pylist()]
        column = rows.schema.field(place).with_type(texts.type)
        return rows.set_column(place, column, texts).append_column(
            pa.field(self.info, INFO_TYPE, False), pa.array(told, INFO_TYPE)
        )

    def each(self, batches: Iterable[Rows]) -> Iterator[Rows]:
        """Each of many batches, repaired, in batches of at most 128 rows."""
        for batch in batches:
            for start in range(0, max(batch.num_rows, 1), _AT_ONCE):
                yield self(batch.slice(start, _AT_ONCE))

    def check(self, names: Sequence[str]) -> None:
        """Raise ValueError where columns of these ``names`` cannot be worked on."""
        if names.count(self.column) != 1:
            found = "two columns are" if self.column in names else "no column is"
            raise ValueError(f"{found} called {self.column!r}; there are {', '.join(names)}")
        if self.info in names:
            raise ValueError(
                f"there is a column {self.info!r} already, perhaps of an earlier repair; "
                "name another one with info="
            )


def _is_text(kind: pa.DataType) -> bool:
    return bool(kinds.is_string(kind) or kinds.is_large_string(kind) or kinds.is_string_view(kind))
