"""What the review page is given: articles with their edits, and the inputs they are from.

The data stand in the page as JSON in blocks of ``<script type="application/json">``, in
the order of the inputs: for each article with edits one of class ``article`` and one of
class ``text``, after the articles of an input one of class ``input``, at the end one of
class ``summary``::

    article  {"record": 3, "id": "a7", "posterior": 1.0, "share": 0.97,
              "fields": [["title", 0], ["body", 57]], "edits": [...]}
    text     "the text of the article"
    input    the line about it of the edit log
    summary  {"signature": ..., "review": ..., "entries": [...], "without": 12, ...}

An edit is a list: start, end, number of its field, start and end in that field, old, new,
confidence, alternatives (text, probability), number of its dictionary entry or null,
probability that its passage was spun.  An entry is spun, original, replaced, seen, left
alone.  Places in the text count UTF-16 units, as browsers do; those in a field count
characters, as the log does.
"""

from __future__ import annotations

import hashlib
import json
import re
from bisect import bisect_left
from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace
from typing import IO, Any

from spinfix.batch import Begin, End, Failed, Input, Mark, Outcome, Part, Reading
from spinfix.edits import Edit, Evidence

#: What could end a block or begin a tag in HTML, end a line in a script, or is no text.
_UNSAFE = re.compile("[<>&\u2028\u2029\ud800-\udfff]")
_ASTRAL = re.compile("[\U00010000-\U0010ffff]")

Entry = tuple[str, str, int, int, int]


@dataclass(slots=True)
class Totals:
    """What a page holds: ``without`` counts the articles that have no edits."""

    inputs: int = 0
    articles: int = 0
    without: int = 0
    edits: int = 0
    unread: int = 0


def safe_json(value: object) -> str:
    """JSON that says the same and can stand in any element of a page."""
    text = json.dumps(value, ensure_ascii=False, separators=(",", ":"))
    return _UNSAFE.sub(lambda match: f"\\u{ord(match[0]):04x}", text)


def block(kind: str, value: object) -> bytes:
    """A block of data."""
    head = f'<script type="application/json" class="{kind}">'
    return f"{head}{safe_json(value)}</script>\n".encode()


def utf16_places(text: str) -> Callable[[int], int]:
    """What gives the place in UTF-16 units for one in characters."""
    astral = [match.start() for match in _ASTRAL.finditer(text)]
    return lambda place: place + bisect_left(astral, place)


class DataWriter:
    """Writes the blocks as the outcomes come; what failed leaves no trace."""

    def __init__(self, out: IO[bytes], reading: Reading) -> None:
        self._out, self._reading = out, reading
        self._hash = hashlib.sha256()
        self._entries: dict[Entry, int] = {}
        self.totals = Totals()
        self._encoding = "utf-8"
        self._keep()

    def take(self, mark: Mark, found: Sequence[Outcome]) -> None:
        """Write what comes next."""
        if isinstance(mark, Begin):
            self._encoding = mark.encoding
            self._keep()
        elif isinstance(mark, Part):
            for outcome in found:
                self._article(outcome)
        elif isinstance(mark, End):
            self._write("input", self._about(mark.source, mark.fingerprint))
            self.totals.inputs += 1
            self._keep()
        elif isinstance(mark, Failed):
            self._back()

    def finish(self, signature: str, served: bool = False) -> str:
        """Write the summary; the name by which browsers know these data."""
        self._hash.update(signature.encode())
        review = self._hash.hexdigest()
        summary = {
            "signature": signature,
            "review": review,
            "served": served,
            "without": self.totals.without,
            "unread": self.totals.unread,
            "entries": list(self._entries),
        }
        self._out.write(block("summary", summary))
        return review

    def _write(self, kind: str, value: object) -> None:
        data = block(kind, value)
        self._hash.update(data)
        self._out.write(data)

    def _keep(self) -> None:
        """Remember this place, to come back to."""
        self._kept = (self._out.tell(), self._hash.copy(), replace(self.totals))

    def _back(self) -> None:
        """Forget an input that could not be read to its end."""
        place, self._hash, self.totals = self._kept
        self._out.seek(place)
        self._out.truncate()
        self._keep()

    def _article(self, outcome: Outcome) -> None:
        if outcome.error is not None:
            self.totals.unread += 1
        elif not outcome.changes:
            self.totals.without += 1
        else:
            self.totals.articles += 1
            self.totals.edits += len(outcome.changes)
            self._write("article", self._row(outcome))
            self._write("text", outcome.repair.text)

    def _row(self, outcome: Outcome) -> dict[str, Any]:
        repair = outcome.repair
        place = utf16_places(repair.text)
        fields: dict[str, tuple[int, int]] = {}
        edits: list[list[Any]] = []
        for edit, change in zip(repair.edits, outcome.changes, strict=True):
            begin = place(edit.start - change.edit.start)
            field, _ = fields.setdefault(change.field, (len(fields), begin))
            where = [place(edit.start), place(edit.end), field]
            edits.append([*where, change.edit.start, change.edit.end, *self._said(edit)])
        return {
            "record": outcome.piece.number,
            "id": outcome.id,
            "posterior": round(repair.posterior, 4),
            "share": round(repair.share, 4),
            "fields": [[name, begin] for name, (_, begin) in fields.items()],
            "edits": edits,
        }

    def _said(self, edit: Edit) -> list[Any]:
        others = [[other.text, other.probability] for other in edit.alternatives]
        evidence = edit.evidence
        entry = None if evidence is None else self._entry(evidence)
        passage = None if evidence is None else round(evidence.passage, 4)
        return [edit.old, edit.new, edit.confidence, others, entry, passage]

    def _entry(self, found: Evidence) -> int:
        key = (found.spun, found.original, found.replaced, found.seen, found.left_alone)
        return self._entries.setdefault(key, len(self._entries))

    def _about(self, source: Input, fingerprint: str) -> dict[str, Any]:
        return {
            "input": source.name,
            "path": str(source.path.absolute()) if source.path else None,
            "place": str(source.place),
            "output": None,
            "format": source.format,
            "compression": source.compression,
            "encoding": self._encoding,
            "fields": list(self._reading.fields),
            "delimiter": self._reading.delimiter,
            "before": fingerprint,
            "after": None,
            "edits": self.totals.edits - self._kept[2].edits,
        }
