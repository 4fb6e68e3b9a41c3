"""What commands do around the library: build it, walk the inputs, report errors."""

from __future__ import annotations

import sys
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path
from unicodedata import category

import click
from tqdm import tqdm

from spinfix.batch import Input, InputError, Reading, find_inputs
from spinfix.dictionary import DictionaryError
from spinfix.repairer import SCORERS, Kind, Options, Repairer

#: Unicode categories of control characters and lone surrogates.
_UNSAFE = ("Cc", "Cs")


def build_repairer(
    min_confidence: float = 0.0,
    dictionary: Sequence[Path] = (),
    never: Sequence[Path] = (),
    assume_spun: bool = False,
    scorer: Kind = SCORERS[0],
) -> Repairer:
    """A Repairer for the command's options; a clear word when its data cannot be used."""
    options = Options(min_confidence=min_confidence, assume_spun=assume_spun)
    try:
        return Repairer(dictionaries=dictionary, never=never, options=options, scorer=scorer)
    except (DictionaryError, OSError) as error:
        fail(str(error))
        raise SystemExit(2) from None


def shown(text: str) -> str:
    """A name or a line of an input, safe to print: control characters as escapes."""
    return "".join(ascii(c)[1:-1] if category(c) in _UNSAFE and c != "\t" else c for c in text)


def fail(message: str) -> None:
    """Say in one line what is wrong."""
    click.secho(f"spinfix: {shown(message)}", err=True, fg="red")


class Run:
    """One walk over the inputs.  An input that fails does not stop the others."""

    def __init__(self, paths: Sequence[str], reading: Reading) -> None:
        self.failed = False
        self.inputs: list[Input] = []
        for found in find_inputs(paths or ["-"], reading):
            if isinstance(found, Input):
                self.inputs.append(found)
            else:
                self._fail(found)

    def _fail(self, error: Exception) -> None:
        self.failed = True
        fail(str(error))

    @contextmanager
    def guard(self) -> Iterator[None]:
        """Report an input that cannot be used, and go on after the block."""
        try:
            yield
        except InputError as error:
            self._fail(error)

    def status(self, found: bool = False) -> int:
        """The exit status: 2 after an error, 1 when something was found, else 0."""
        return 2 if self.failed else int(found)


def progress(quiet: bool) -> tqdm[None]:
    """A count of articles on standard error; on terminals only, and not when quiet."""
    hidden = quiet or not sys.stderr.isatty() or sys.stdout.isatty()
    return tqdm(unit=" articles", disable=hidden, leave=False)
