"""A long article of our own, spun, and the same spun in part."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path

from spin import heads_of, spin

from spinfix.dictionary import read_entries
from spinfix.learn.phrases import SegmentedLine
from spinfix.learn.table import read_articles
from spinfix.learn.variants import low_rate, reverted
from spinfix.shipped import shipped


@dataclass
class Pair:
    """The article spun from end to end, and its alignment."""

    spun: str
    original: str
    lines: list[SegmentedLine]

    def at(self, rate: float) -> str:
        return reverted(self.spun, self.original, self.lines, low_rate(rate, "test"))[0]

    def paragraph(self, number: int) -> str:
        """The original with one spun paragraph."""
        lines, spun = self.original.split("\n"), self.spun.split("\n")
        return "\n".join([*lines[:number], spun[number], *lines[number + 1 :]])


def spun_pair(samples: Path) -> Pair:
    """Made of samples."""
    files = [samples / "genuine/orchard.txt", samples / "genuine/archive.txt"]
    files += [samples / "original/ferry.txt", samples / "original/clinic.txt"]
    original = "\n".join(path.read_text("utf-8") for path in files)
    spun = spin(original, heads_of(read_entries(shipped("learned.tsv"))), seed=2)
    (article,) = read_articles([(spun, original)])
    return Pair(spun, original, list(article.lines))
