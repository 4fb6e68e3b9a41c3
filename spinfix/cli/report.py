"""Reports of what was found: JSON lines, a table, a summary."""

from __future__ import annotations

import json
from dataclasses import asdict, dataclass

from spinfix.batch import Input
from spinfix.edits import Repair
from spinfix.formats import Record


def report_line(source: Input, record: Record, repair: Repair, *, edits: bool) -> str:
    """One JSON object about one article."""
    row: dict[str, object] = {
        "input": source.name,
        "id": record.id,
        "spun": repair.spun,
        "posterior": round(repair.posterior, 4),
        "share": round(repair.share, 4),
    }
    if edits:
        row["edits"] = [asdict(edit) for edit in repair.edits]
    return json.dumps(row)  # ASCII: a name or an article may hold lone surrogates


@dataclass(slots=True)
class Summary:
    """Counts over a run."""

    articles: int = 0
    spun: int = 0
    edits: int = 0

    def add(self, repair: Repair) -> None:
        self.articles += 1
        self.spun += repair.spun
        self.edits += len(repair.edits)

    def __str__(self) -> str:
        plural = "" if self.articles == 1 else "s"
        return f"{self.articles} article{plural}, {self.spun} spun, {self.edits} edits"
