"""What all tables of benchmarks/speed.py share: their inputs, and rates."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping, Sequence
from concurrent.futures import ProcessPoolExecutor
from dataclasses import dataclass, field
from functools import cached_property, lru_cache, partial
from itertools import accumulate
from multiprocessing import get_context
from pathlib import Path
from typing import NamedTuple

import speed_inputs
from speed_inputs import Articles, Input
from speed_measure import Cost, in_turns, run, spinfix

#: MB of genuine and of spun text, and the share of spun articles among mixed ones.
GENUINE, SPUN, SHARE = 10.0, 1.4, 0.05
#: MB that the slower of two ways to the same output, and the slowest peer, are given.
_COMPARED, _SLICE = 1.0, 0.02


#: Gives the command that reads a path.
Making = Callable[[Path], Sequence[str]]


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

    ``scale``: 1.0 is the sizes above; ``times``: runs of which the best counts;
    ``counting``: count instructions, too; ``scaling``: MB of that input.

    Inputs are made in a process of their own: what it holds would count as memory of the
    commands that are started, which are copies of this one at first.
    """

    folder: Path
    corpora: Path | None = None
    scale: float = 1.0
    times: int = 3
    counting: bool = False
    scaling: float = 200.0
    _made: dict[str, Input] = field(default_factory=dict)

    def input(self, name: str) -> Input:
        """An input by its name."""
        if name not in self._made:
            arguments = (name, self.folder / name, self.corpora, self.scale, self.scaling)
            self._made[name] = self._maker.submit(make, *arguments).result()
        return self._made[name]

    def close(self) -> None:
        """End the process that makes inputs."""
        self._maker.shutdown()

    @cached_property
    def _maker(self) -> ProcessPoolExecutor:
        return ProcessPoolExecutor(1, get_context("spawn"))


@lru_cache(1)
def articles(corpora: Path | None, scale: float) -> Articles:
    """The texts that all inputs are made of."""
    genuine, spun = (round(size * scale * 1e6) for size in (GENUINE, SPUN))
    if corpora:
        return speed_inputs.from_corpora(corpora, genuine, spun)
    return speed_inputs.generated(genuine, spun)


def make(name: str, path: Path, corpora: Path | None, scale: float, scaling: float) -> Input:
    """Write an input."""
    genuine, spun, _ = articles(corpora, scale)
    json_lines, folder = speed_inputs.json_lines, speed_inputs.folder
    makers: dict[str, Callable[[], Input]] = {
        "clean.jsonl": lambda: json_lines(path, genuine),
        "spun.jsonl": lambda: json_lines(path, spun),
        "mixed.jsonl": lambda: json_lines(path, speed_inputs.mixed(genuine, spun, SHARE)),
        "some.jsonl": lambda: json_lines(
            path, some(genuine, _COMPARED * scale) + some(spun, _COMPARED / 5 * scale)
        ),
        "one-clean.jsonl": lambda: json_lines(path, genuine[:1]),
        "one-spun.jsonl": lambda: json_lines(path, spun[:1]),
        "files": lambda: folder(path, genuine),
        "lines": lambda: folder(path, genuine, one_line=True),
        "large": lambda: speed_inputs.few(path, genuine, 3),
        "one": lambda: folder(path, genuine[:1]),
        "slice": lambda: folder(path, some(spun, _SLICE * scale)),
        "scaling.jsonl": lambda: json_lines(path, genuine, round(scaling * 1e6)),
    }
    return makers[name]()


def some(texts: Sequence[str], size: float) -> list[str]:
    """Texts from the front, of about ``size`` MB."""
    ends = accumulate(len(text) / 1e6 for text in texts)
    return [text for text, end in zip(texts, ends, strict=True) if end < size] or [texts[0]]


class Rate(NamedTuple):
    """How fast a command read an input.

    ``start``: CPU-seconds for a single article; the rates are those of all others.
    """

    cost: Cost
    start: float
    megabytes: float
    words: float

    @classmethod
    def of(cls, bench: Bench, make: Making, whole: str, one: str) -> Rate:
        """Measure the command that ``make`` gives for a path."""
        return cls.several(bench, {"": (make, (0,))}, whole, one)[""]

    @classmethod
    def several(
        cls,
        bench: Bench,
        programs: Mapping[str, tuple[Making, Iterable[int]]],
        whole: str,
        one: str,
    ) -> dict[str, Rate]:
        """Measure the command of each program, with the exit statuses that are no failure."""
        text, single = bench.input(whole), bench.input(one)

        def costs(path: Path) -> dict[str, Cost]:
            runs = {
                name: partial(run, make(path), accepted=accepted)
                for name, (make, accepted) in programs.items()
            }
            return in_turns(bench.times, runs)

        starts, wholes = costs(single.path), costs(text.path)
        found: dict[str, Rate] = {}
        for name, cost in wholes.items():
            seconds = max(cost.cpu - starts[name].cpu, 1e-3)
            rates = (text.size - single.size) / seconds / 1e6, (text.words - single.words) / seconds
            found[name] = cls(cost, starts[name].cpu, *rates)
        return found

    def cells(self) -> list[str]:
        """The columns of all rates."""
        return [
            f"{self.cost.cpu:.2f}",
            f"{self.start:.2f}",
            f"{self.megabytes:.2f}" if self.megabytes >= 1.0 else f"{self.megabytes:.3f}",
            f"{self.words:,.0f}",
            f"{self.cost.memory:.0f}",
        ]


RATES = ("CPU-s", "of these start", "MB/s", "words per CPU-s", "MiB")


def fix(path: Path, *options: str) -> list[str]:
    """The command line of a repair with one process; a folder's files go to a folder."""
    target = ["-o", str(path.with_name(path.name + "-out"))] if path.is_dir() else []
    return spinfix("fix", "-q", "-j", "1", *options, *target, path)
