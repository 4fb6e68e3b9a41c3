"""spinfix in a datatrove pipeline: a step that repairs documents."""

from __future__ import annotations

from collections.abc import Iterable, Iterator

from datatrove.data import Document
from datatrove.pipeline.base import PipelineStep
from datatrove.pipeline.formatters.base import BaseFormatter
from datatrove.utils.typeshelper import StatHints

from spinfix.batch import Setup

from .records import checked, done


class RepairStep(PipelineStep):
    """Repairs the text of each document, and tells what was found in its metadata.

    Stands between a reader and a writer.  Each process builds its Repairer once, for all
    the tasks it does.
    """

    type = BaseFormatter.type
    name = "spinfix"

    def __init__(
        self, setup: Setup | None = None, *, info: str = "spinfix", judge: bool = False
    ) -> None:
        """``setup`` is how to repair; the files that it names must be there on every machine.

        ``info`` is the key in the metadata under which it is told what was found
        (:data:`spinfix.engines.records.INFO`).  With ``judge`` the texts stay as they are
        and are only judged.  Raises ValueError for a scorer that is not known.
        """
        super().__init__()
        self.setup, self.info, self.judge = checked(setup), info, judge

    def run(
        self, data: Iterable[Document], rank: int = 0, world_size: int = 1
    ) -> Iterator[Document]:
        """Each document, repaired.  ValueError for one that has ``info`` in its metadata."""
        for document in data:
            if self.info in document.metadata:
                raise ValueError(
                    f"document {document.id} has {self.info!r} in its metadata already, "
                    "perhaps of an earlier repair; name another key with info="
                )
            with self.track_time():
                document.text, told = done(document.text, self.setup, self.judge)
            document.metadata[self.info] = told
            self.stat_update(StatHints.total)
            for count in ("spun", "error"):
                if told[count]:
                    self.stat_update(count)
            yield document
