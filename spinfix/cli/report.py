"""Reports of what was found, as JSON lines."""

from __future__ import annotations

import json
from dataclasses import asdict

from spinfix.batch import Input, Outcome


def report_line(source: Input, outcome: Outcome, *, edits: bool) -> str:
    """One JSON object about one article."""
    row: dict[str, object] = {"input": source.name, "id": outcome.id}
    if outcome.error is not None:
        row["error"] = outcome.error
    else:
        repair = outcome.repair
        row["spun"] = repair.spun
        row["posterior"] = round(repair.posterior, 4)
        row["share"] = round(repair.share, 4)
        row["spinner"] = repair.spinner
        if edits:
            row["edits"] = [asdict(edit) for edit in repair.edits]
    return json.dumps(row)  # ASCII: a name or an article may hold lone surrogates
