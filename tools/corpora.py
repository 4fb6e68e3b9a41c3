"""Reading the corpora that the shipped data is built from.

A corpus folder holds ``clean/*.txt.xz`` (a paragraph a line, a blank line
between articles), ``pairs/*.jsonl.xz`` ({"id", "site", "spun", "original"}) and
``clean-dev/clean-dev.jsonl.xz`` ({"id", "genre", "text"}).  Plain and .gz files
of the same names are read too.
"""

from __future__ import annotations

import gzip
import json
import lzma
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any, TextIO

#: The articles of tools/build_respun.py are numbered from here on.
RESPUN = 10_000_000
#: Of the training pairs one in so many is held out to measure scorers and to fit their trust.
_HELD = 50
#: What the files of a corpus may end with.
SUFFIXES = (".xz", ".gz", ".jsonl", ".txt")


def open_text(path: Path) -> TextIO:
    """Open a text file for reading, compressed or not, as UTF-8."""
    if path.suffix == ".xz":
        return lzma.open(path, "rt", encoding="utf-8")
    if path.suffix == ".gz":
        return gzip.open(path, "rt", encoding="utf-8")
    return path.open(encoding="utf-8")


def find(corpora: Path, stem: str) -> Path:
    """The file ``stem`` with whichever compression it has; FileNotFoundError if none."""
    for path in sorted(corpora.glob(stem + "*")):
        if path.suffix in SUFFIXES:
            return path
    raise FileNotFoundError(f"no {stem} in {corpora}")


def records(path: Path) -> Iterator[dict[str, Any]]:
    """The objects of a JSON lines file."""
    with open_text(path) as lines:
        for line in lines:
            if line.strip():
                yield json.loads(line)


def pairs(corpora: Path, name: str) -> Iterator[dict[str, Any]]:
    """Spun/original pairs: ``name`` is "train" or "dev"."""
    return records(find(corpora, f"pairs/{name}.jsonl"))


class Numbers(tuple[range, ...]):
    """Numbers of articles: those of the training pairs from 0 on, then see RESPUN."""

    @classmethod
    def parse(cls, text: str) -> Numbers:
        """Read "0-1000,10000000-10033000", without the last of each; ValueError if it is not so."""
        ends = [part.split("-") for part in text.split(",")]
        return cls(range(int(first), int(stop)) for first, stop in ends)

    def __contains__(self, number: object) -> bool:
        return any(number in part for part in self)


def is_held(number: int) -> bool:
    """Is the article with this number held out of all training of scorers?"""
    return number < RESPUN and number % _HELD == 7


@dataclass(frozen=True)
class Fold:
    """Every ``count``-th article, beginning with number ``index``: held out of a build."""

    index: int
    count: int

    @classmethod
    def parse(cls, text: str) -> Fold:
        """Read "0/3"; ValueError when it is not a fold."""
        index, _, count = text.partition("/")
        fold = cls(int(index), int(count))
        if not 0 <= fold.index < fold.count:
            raise ValueError(f"not a fold: {text}")
        return fold

    def holds(self, number: int) -> bool:
        """Is the article with this number in the fold?"""
        return number % self.count == self.index


def clean_files(corpora: Path) -> list[Path]:
    """The files of genuine text, sorted by name so that every build is the same."""
    return sorted(p for p in (corpora / "clean").iterdir() if ".txt" in p.suffixes)


def clean_paragraphs(path: Path) -> Iterator[str]:
    """The paragraphs of one file of genuine text, blank lines skipped."""
    for article in clean_articles(path):
        yield from article.split("\n")


def clean_articles(path: Path) -> Iterator[str]:
    """The articles of one file of genuine text, a line a paragraph."""
    article: list[str] = []
    with open_text(path) as lines:
        for line in lines:
            if line.strip():
                article.append(line.rstrip("\n"))
            elif article:
                yield "\n".join(article)
                article = []
    if article:
        yield "\n".join(article)
