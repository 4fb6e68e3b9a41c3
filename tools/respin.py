"""The spinner of the training pairs: it spins genuine text as that one does."""

from __future__ import annotations

import random
from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from typing import NamedTuple

from heads import PASSED, Outcome, Rows
from spin import longest_of, matches

from spinfix.learn.align import AlignedLine
from spinfix.learn.phrases import SegmentedLine
from spinfix.learn.segment import Segment
from spinfix.text import quoted, tokenize, with_case_of

#: What becomes of a head less often than its commonest replacement, by this factor, is a slip of
#: the alignment, or belongs to a longer head that is not known.
_RARE = 0.15


def decided(rows: Rows) -> dict[str, Counter[Outcome]]:
    """Rows by which a head is always replaced, or never, as it mostly was.

    A head that was now replaced and now not has longer ones beside it that were not learned.
    Drawn by chance, it would be left standing throughout an article, as the spinner never leaves
    one, and scorers would be taught that anything can be left.
    """
    found: dict[str, Counter[Outcome]] = {}
    for head, row in rows.items():
        stays, passed = row[Outcome(head)], row[PASSED]
        became = Counter({outcome: n for outcome, n in row.items() if outcome.segments})
        if became and became.total() >= max(stays, passed):
            least = _RARE * max(became.values())
            found[head] = Counter({outcome: n for outcome, n in became.items() if n >= least})
        elif stays >= passed:
            found[head] = Counter({Outcome(head): stays})
    return found


class _Draws:
    """What heads become in an article: drawn once for each as it is written."""

    def __init__(self, rows: Rows, seed: str) -> None:
        self.rows = rows
        self._random, self._drawn = random.Random(seed), dict[str, Outcome]()

    def of(self, head: str, written: str) -> Outcome:
        if written not in self._drawn:
            row = self.rows[head]
            self._drawn[written] = self._random.choices(list(row), list(row.values()))[0]
        return self._drawn[written]


class SpunLine(NamedTuple):
    """A line as the spinner writes it, and the heads it replaced, in tokens of both sides."""

    text: str
    segments: list[Segment]


class Spinner:
    """Spins texts with the rows of a thesaurus, :func:`decided`."""

    def __init__(self, rows: Rows) -> None:
        self.rows = decided(rows)
        self.longest = longest_of(self.rows)

    def spin(
        self, text: str, seed: str, *, names: bool = True, quotes: bool = True
    ) -> list[SpunLine]:
        """The lines of a text as the spinner would write them.

        A line in which a replacement would grow together with its neighbour stays as it is.
        Without ``names`` it leaves out capitalised words, without ``quotes`` quotations.
        """
        draws = _Draws(self.rows, seed)
        return [_spun(line, draws, self.longest, names, quotes) for line in text.split("\n")]


def aligned(lines: Iterable[tuple[str, str, Sequence[Segment]]]) -> list[SegmentedLine]:
    """Spun lines, their originals and what was replaced there, as learning aligns them."""
    found = []
    for spun, original, segments in lines:
        a, b = tokenize(spun), tokenize(original)
        line = AlignedLine(a.words, b.words, [], a.lower, b.lower, b.curly)
        found.append(SegmentedLine(line, list(segments)))
    return found


def _spun(
    line: str, draws: _Draws, longest: Mapping[str, int], names: bool, quotes: bool
) -> SpunLine:
    tokens = tokenize(line)
    free = [
        (quotes or not mark) and (names or not word[0].isupper()) and k not in tokens.curly
        for k, (word, mark) in enumerate(zip(tokens.words, quoted(tokens.words), strict=True))
    ]

    def takes(start: int, end: int, head: str) -> bool:
        return all(free[start:end])

    parts: list[str] = []
    segments: list[Segment] = []
    last = shift = 0
    for start, end, head in matches(tokens.words, draws.rows, longest, takes):
        first, stop = tokens.starts[start], tokens.ends[end - 1]
        written = line[first:stop]
        became = draws.of(head, written)
        if not became.segments:
            continue
        replacement = with_case_of(became.words, written)
        parts += (line[last:first], replacement)
        size = len(tokenize(replacement))
        segments.append((start + shift, start + shift + size, start, end))
        last, shift = stop, shift + size - (end - start)
    text = "".join(parts) + line[last:]
    if len(tokenize(text)) != len(tokens) + shift:
        return SpunLine(line, [])  # "fourpercent" is one word, and of two
    return SpunLine(text, segments)
