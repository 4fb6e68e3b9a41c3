"""The review page: one HTML file that needs nothing else and can reach nothing else."""

from __future__ import annotations

import hashlib
from base64 import b64encode
from collections.abc import Sequence
from contextlib import suppress
from importlib.resources import files
from pathlib import Path
from types import TracebackType

from spinfix.batch import Mark, Outcome, Reading
from spinfix.batch.sinks import Place

from .data import DataWriter, Totals

#: How every page begins; by this we know our own.
BEGINNING = '<!doctype html>\n<html lang="en" data-spinfix="review 1">\n'
#: The script of the page, in this order.
_SCRIPTS = (
    "store.js",
    "widgets.js",
    "detail.js",
    "views.js",
    "groups.js",
    "overview.js",
    "files.js",
    "app.js",
)


def is_page(path: Path) -> bool:
    """Is a file a review page?  Raises OSError."""
    with path.open("rb") as stream:
        return stream.read(len(BEGINNING)) == BEGINNING.encode()


def source_hash(text: str) -> str:
    """An inline script or style as a content security policy names it."""
    return f"'sha256-{b64encode(hashlib.sha256(text.encode()).digest()).decode()}'"


def policy(script: str, style: str, served: bool = False) -> str:
    """What the page may do: run this script and this style, no more.

    A served page may also talk to the server that it came from.
    """
    rules = {
        "default-src": "'none'",
        "script-src": source_hash(script),
        "style-src": source_hash(style),
        "img-src": "'none'",
        "connect-src": "'self'" if served else "'none'",
        "base-uri": "'none'",
        "form-action": "'none'",
        "require-trusted-types-for": "'script'",
        "trusted-types": "'none'",
    }
    return "; ".join(f"{name} {value}" for name, value in rules.items())


def inline() -> tuple[str, str]:
    """The script and the style of the page."""
    return "\n(() => {\n" + "".join(map(_asset, _SCRIPTS)) + "})();\n", "\n" + _asset("app.css")


def frame(served: bool = False) -> tuple[str, str]:
    """What stands before and after the data."""
    script, style = inline()
    page = _asset("page.html")
    page = page.replace("{{policy}}", policy(script, style, served))
    page = page.replace("{{style}}", style).replace("{{script}}", script)
    head, _, tail = page.partition("{{data}}\n")
    assert head.startswith(BEGINNING)
    return head, tail


def _asset(name: str) -> str:
    return files(__package__).joinpath(name).read_text("utf-8")


class Page:
    """A page that is written as the outcomes come, and takes its place when it is whole.

    Left by an exception, there is no page.  Raises InputError where none can be written.
    """

    def __init__(self, path: Path, reading: Reading, served: bool = False) -> None:
        self._place, self._served = Place(path), served
        self._head, self._tail = frame(served)
        self._file = self._place.open()
        self._file.write(self._head.encode())
        self._data = DataWriter(self._file, reading)
        self.review = ""

    def __enter__(self) -> Page:
        return self

    def take(self, mark: Mark, found: Sequence[Outcome]) -> None:
        """Write what comes next of ``spinfix.batch.outcomes``."""
        self._data.take(mark, found)

    def finish(self, signature: str) -> Totals:
        """Write what is left and take the place."""
        self.review = self._data.finish(signature, self._served)
        self._file.write(self._tail.encode())
        self._file.close()
        self._place.take()
        return self._data.totals

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        with suppress(OSError):
            self._file.close()
        self._place.partial.unlink(missing_ok=True)
