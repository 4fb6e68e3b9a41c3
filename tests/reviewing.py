"""What the tests of the review page share: pages of made-up articles, and reading them."""

from __future__ import annotations

import gzip
import json
import re
from collections.abc import Sequence
from html.parser import HTMLParser
from pathlib import Path
from typing import Any

from batches import GENUINE, found, json_lines

from spinfix import Edit, Repair
from spinfix.batch import Reading, Setup, Task, outcomes, work
from spinfix.edits import Alternative, Evidence
from spinfix.review import Page

#: What the stand-in takes for spun: words, their originals with probabilities.
SPUN = {
    "Division": [("Department", 0.95), ("Section", 0.04), ("Division", 0.01)],
    "worth": [("price", 0.8), ("value", 0.15), ("worth", 0.05)],
    "mentioned": [("said", 0.55), ("noted", 0.4)],
}
TEXT = "The Division mentioned the worth of naïve 🦆 ducks.\n\nIts worth is less, a Division said."


class Spinner:
    """Takes the place of a Repairer: knows a few words, with all that edits can tell."""

    signature = "stand-in for reviews"

    def __init__(self, spun: dict[str, list[tuple[str, float]]] | None = None) -> None:
        self._spun = spun or SPUN
        self._any = re.compile("|".join(map(re.escape, self._spun)))

    def repair(self, text: str, *, protect: Sequence[tuple[int, int]] = ()) -> Repair:
        edits = tuple(self._edit(match) for match in self._any.finditer(text))
        return Repair(text, edits, float(bool(edits)), 0.75, bool(edits))

    def _edit(self, match: re.Match[str]) -> Edit:
        old, (new, sure), *others = match[0], *self._spun[match[0]]
        more = tuple(Alternative(*other) for other in others)
        evidence = Evidence(old.lower(), new.lower(), 120, 400, 3, 0.98)
        return Edit(match.start(), match.end(), old, new, sure, more, evidence)


def spinner(monkeypatch: Any, spun: dict[str, list[tuple[str, float]]] | None = None) -> Setup:
    """A Setup whose repairer is a Spinner; what applies decisions has one, too."""
    setup = Setup(dictionaries=(Path("spinner"),))
    for each in (setup, Setup()):
        monkeypatch.setitem(work._built, each, Spinner(spun))
    return setup


def scraped(folder: Path) -> Path:
    """A folder with inputs of several formats, some without edits."""
    folder.mkdir()
    (folder / "a.txt").write_text(TEXT, "utf-8")
    (folder / "b.jsonl").write_bytes(json_lines([TEXT, GENUINE, TEXT]))
    (folder / "c.html").write_text(
        f"<p>A <b>Division</b> &amp; its worth</p><p>{TEXT}</p>", "utf-8"
    )
    (folder / "d.csv").write_text(f'id,text\n7,"{TEXT}"\n', "utf-8")
    (folder / "e.txt.gz").write_bytes(gzip.compress(TEXT.encode()))
    (folder / "f.txt").write_text(GENUINE)
    return folder


def make_page(
    path: Path, setup: Setup, *inputs: Path, fields: Sequence[str] = ("text",), served: bool = False
) -> Page:
    """Write the review page of inputs."""
    reading = Reading(fields=tuple(fields))
    task = Task(reading, fingerprints=True)
    with Page(path, reading, served) as page:
        for mark, outcome in outcomes(found(*inputs, reading=reading), setup, task):
            page.take(mark, outcome)
        page.finish(setup.repairer().signature)
    return page


class Parts(HTMLParser):
    """The parts of a page as a browser reads them: blocks of data, scripts, tags, words."""

    def __init__(self, page: Path) -> None:
        super().__init__()
        self.blocks: list[tuple[str, Any]] = []
        self.scripts: list[str] = []
        self.styles: list[str] = []
        self.tags: list[tuple[str, dict[str, str | None]]] = []
        self.words: list[str] = []
        self._in: tuple[str, dict[str, str | None]] = ("", {})
        self.feed(page.read_text("utf-8"))
        self.close()

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self._in = (tag, dict(attrs))
        self.tags.append(self._in)

    def handle_endtag(self, tag: str) -> None:
        self._in = ("", {})

    def handle_data(self, data: str) -> None:
        tag, attributes = self._in
        if tag == "style":
            self.styles.append(data)
        elif tag == "script" and attributes.get("type") == "application/json":
            self.blocks.append((str(attributes["class"]), json.loads(data)))
        elif tag == "script":
            self.scripts.append(data)
        else:
            self.words.append(data)

    def of(self, kind: str) -> list[Any]:
        """The data of the blocks of a kind."""
        return [data for name, data in self.blocks if name == kind]


def decided(page: Path, accept: Any) -> str:
    """The decisions file of a page as docs/review.md tells; ``accept(edit line)`` gives
    the words to put there, or None to refuse."""
    parts = Parts(page)
    lines: list[Any] = [{"spinfix-log": 1, "signature": parts.of("summary")[0]["signature"]}]
    waiting: list[Any] = []
    for kind, data in parts.blocks:
        if kind == "article":
            waiting.append(data)
        elif kind == "input":
            for article in waiting:
                lines += _lines(data["input"], article, accept)
            lines.append(data)
            waiting = []
    return "".join(json.dumps(line) + "\n" for line in lines)


def _lines(name: str, article: Any, accept: Any) -> list[Any]:
    rows = []
    for _, _, field, start, end, old, new, confidence, *_ in article["edits"]:
        row = {"edit": name, "record": article["record"], "id": article["id"]}
        row |= {"field": article["fields"][field][0], "start": start, "end": end, "old": old}
        row |= {"new": new, "confidence": confidence}
        chosen = accept(row)
        rows.append(row | {"new": chosen or new, "accept": chosen is not None})
    return rows
