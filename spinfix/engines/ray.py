"""spinfix on Ray Data: a column of a Dataset repaired."""

from __future__ import annotations

from typing import Any

from ray.data import ActorPoolStrategy, Dataset

from spinfix.batch import Setup

from .arrow import ColumnRepairer
from .records import checked


class RepairActor(ColumnRepairer):
    """A ColumnRepairer that is ready for work, for ``Dataset.map_batches``.

    It takes batches in the format "pyarrow".
    """

    def __post_init__(self) -> None:
        self.setup.repairer()


def repair(
    dataset: Dataset,
    column: str = "text",
    setup: Setup | None = None,
    *,
    info: str = "spinfix",
    judge: bool = False,
    workers: int | tuple[int, int] | None = None,
    batch_size: int = 128,
    **how: Any,
) -> Dataset:
    """The rows of ``dataset`` with the texts of ``column`` repaired.

    ``setup`` is how to repair; the files that it names must be there on every node.  A
    struct column, called ``info``, is added that tells what was found
    (:data:`spinfix.engines.records.INFO`).  With ``judge`` the texts stay as they are and
    are only judged.  ``workers`` is the number of actors, or the smallest and the largest;
    None lets Ray add actors while there is work and the cluster has room.  Each builds its
    Repairer once and takes a core; reading and writing need one, too, and where the actors
    have them all the job waits for ever.  ``batch_size`` counts rows.  ``how`` goes to
    ``map_batches``: ``num_cpus``, ``memory``, ``runtime_env`` and others.

    Nothing is done before Ray needs the rows; a ``column`` that is not there, or an
    ``info`` that is, stops the job then.  Raises ValueError for a scorer that is not known.
    """
    least, most = workers if isinstance(workers, tuple) else (workers, workers)
    return dataset.map_batches(
        RepairActor,
        fn_constructor_args=(column, checked(setup), info, judge),
        batch_format="pyarrow",
        batch_size=batch_size,
        compute=ActorPoolStrategy(min_size=least, max_size=most),
        **how,
    )
