"""What all tables of benchmarks/speed.py share: their inputs, and rates."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass, field
from functools import cached_property
from pathlib import Path
from typing import NamedTuple

import speed_inputs
from speed_inputs import Articles, Input
from speed_measure import Cost, best, run, spinfix

#: MB of genuine and of spun text, and the share of spun articles among mixed ones.
GENUINE, SPUN, SHARE = 10.0, 1.4, 0.05
#: MB that the slower of two ways to the same output, and the slowest peer, are given.
_COMPARED, _SLICE = 1.0, 0.02


class Table(NamedTuple):
    """A table for people: its name, header and rows; and its figures by name, for floors."""

    name: str
    head: Sequence[str]
    rows: Sequence[Sequence[str]]
    figures: dict[str, float]
    notes: Sequence[str] = ()


@dataclass
class Bench:
    """The inputs in a folder, made when first asked for, and how to measure.

    ``scale``: 1.0 is the sizes above; ``times``: runs of which the best counts.
    """

    folder: Path
    corpora: Path | None = None
    scale: float = 1.0
    times: int = 3
    counting: bool = False
    scaling: float = 200.0
    _made: dict[str, Input] = field(default_factory=dict)

    @cached_property
    def articles(self) -> Articles:
        """The texts that all inputs are made of."""
        genuine, spun = (round(size * self.scale * 1e6) for size in (GENUINE, SPUN))
        if self.corpora:
            return speed_inputs.from_corpora(self.corpora, genuine, spun)
        return speed_inputs.generated(genuine, spun)

    def input(self, name: str) -> Input:
        """An input by its name."""
        if name not in self._made:
            path = self.folder / name
            self._made[name] = _MAKERS[name](self, path)
        return self._made[name]

    def some(self, texts: Sequence[str], size: float) -> list[str]:
        """Articles from the front, of about ``size`` MB by the scale."""
        left, chosen = size * self.scale * 1e6, []
        for text in texts:
            chosen.append(text)
            left -= len(text)
            if left <= 0:
                break
        return chosen


_MAKERS: dict[str, Callable[[Bench, Path], Input]] = {
    "clean.jsonl": lambda b, path: speed_inputs.json_lines(path, b.articles.genuine),
    "spun.jsonl": lambda b, path: speed_inputs.json_lines(path, b.articles.spun),
    "mixed.jsonl": lambda b, path: speed_inputs.json_lines(
        path, speed_inputs.mixed(b.articles, SHARE)
    ),
    "some.jsonl": lambda b, path: speed_inputs.json_lines(
        path, b.some(b.articles.genuine, _COMPARED) + b.some(b.articles.spun, _COMPARED / 5)
    ),
    "one-clean.jsonl": lambda b, path: speed_inputs.json_lines(path, b.articles.genuine[:1]),
    "one-spun.jsonl": lambda b, path: speed_inputs.json_lines(path, b.articles.spun[:1]),
    "files": lambda b, path: speed_inputs.folder(path, b.articles.genuine),
    "lines": lambda b, path: speed_inputs.folder(path, b.articles.genuine, one_line=True),
    "large": lambda b, path: speed_inputs.few(path, b.articles.genuine, 3),
    "one": lambda b, path: speed_inputs.folder(path, b.articles.genuine[:1]),
    "slice": lambda b, path: speed_inputs.folder(path, b.some(b.articles.spun, _SLICE)),
    "scaling.jsonl": lambda b, path: speed_inputs.json_lines(
        path, b.articles.genuine, round(b.scaling * 1e6)
    ),
}


class Rate(NamedTuple):
    """How fast a command read an input.

    ``start``: CPU-seconds for a single article; the rates are those of all others.
    """

    cost: Cost
    start: float
    megabytes: float
    words: float

    @classmethod
    def of(
        cls,
        bench: Bench,
        make: Callable[[Path], Sequence[str]],
        whole: str,
        one: str,
        accepted: Iterable[int] = (0,),
    ) -> Rate:
        """Measure the command that ``make`` gives for a path; ``accepted``: exit statuses."""
        text, single = bench.input(whole), bench.input(one)
        start = best(bench.times, lambda: run(make(single.path), accepted=accepted))
        cost = best(bench.times, lambda: run(make(text.path), accepted=accepted))
        seconds = max(cost.cpu - start.cpu, 1e-3)
        return cls(
            cost,
            start.cpu,
            (text.size - single.size) / seconds / 1e6,
            (text.words - single.words) / seconds,
        )

    def cells(self) -> list[str]:
        """The columns of all rates."""
        return [
            f"{self.cost.cpu:.2f}",
            f"{self.start:.2f}",
            f"{self.megabytes:.2f}",
            f"{self.words:,.0f}",
            f"{self.cost.memory:.0f}",
        ]


RATES = ("CPU-s", "of these start", "MB/s", "words per CPU-s", "MiB")


def fix(path: Path, *options: str) -> list[str]:
    """The command line of a repair with one process; a folder's files go to a folder."""
    target = ["-o", str(path.with_name(path.name + "-out"))] if path.is_dir() else []
    return spinfix("fix", "-q", "-j", "1", *options, *target, path)
