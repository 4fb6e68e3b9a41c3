"""The spinner of the training pairs, learned from them: it spins genuine text as that one does."""

from __future__ import annotations

import random
from collections import Counter, defaultdict
from collections.abc import Iterable, Mapping, Sequence
from typing import NamedTuple

from spin import matches

from spinfix.dictionary import canonical, is_phrase
from spinfix.learn.align import AlignedLine
from spinfix.learn.phrases import SegmentedLine
from spinfix.learn.segment import Segment
from spinfix.learn.table import Article, touchable
from spinfix.text import quoted, tokenize, with_case_of

#: What a head becomes, and how often; a head can become itself.
Rows = Mapping[str, Counter[str]]
#: A head is passed over for a shorter one, or for one that begins inside of it.
PASSED = ""

#: A head is replaced at least so often, and in this share of the places where it matches.
_LEAST, _SHARE = 3, 0.01
#: What a head becomes in a smaller share of its places is a slip of the alignment.
_SLIP = 0.01
_ROUNDS = 3


def learn_rows(articles: Sequence[Article]) -> dict[str, Counter[str]]:
    """The rows of the spinner's thesaurus, counted where it would have looked them up."""
    rows = _seen(articles)
    for _ in range(_ROUNDS):
        counts: dict[str, Counter[str]] = defaultdict(Counter)
        for item in articles:
            for line in item.lines:
                for head, became in _outcomes(item, line, rows):
                    counts[head][became] += 1
        rows = {head: row for head, found in counts.items() if (row := _cleaned(head, found))}
    return rows


def _seen(articles: Sequence[Article]) -> dict[str, Counter[str]]:
    rows: dict[str, Counter[str]] = defaultdict(Counter)
    for item in articles:
        for line, segments in item.lines:
            for i, j, k, m in segments:
                spun, original = line.spun[i:j], line.original[k:m]
                if is_phrase(spun) and is_phrase(original):
                    after, before = canonical(spun, original)
                    rows[before][after] += 1
    return {head: row for head, row in rows.items() if row.total() >= _LEAST}


def _outcomes(item: Article, cut: SegmentedLine, rows: Rows) -> list[tuple[str, str]]:
    line, segments = cut
    at = {k: segment for segment in segments for k in range(segment[2], segment[3])}
    free = touchable(item, line)
    outcomes: list[tuple[str, str]] = []

    def takes(start: int, end: int, head: str) -> bool:
        if not all(free[start:end]):
            return False
        changed = [at[k] for k in range(start, end) if k in at]
        if not changed:
            outcomes.append((head, head))
        elif changed[0][2:] != (start, end):
            outcomes.append((head, PASSED))
            return False
        else:
            i, j, k, m = changed[0]
            if is_phrase(line.spun[i:j]):
                outcomes.append((head, canonical(line.spun[i:j], line.original[k:m])[0]))
        return True

    for _ in matches(line.original, rows, takes):
        pass
    return outcomes


def _cleaned(head: str, found: Counter[str]) -> Counter[str] | None:
    total = found.total()
    replaced = total - found[head] - found[PASSED]
    if replaced < _LEAST or replaced < _SHARE * total:
        return None
    kept = {head, PASSED}
    row = Counter({w: n for w, n in found.items() if w in kept or n >= max(2, _SLIP * replaced)})
    return row if set(row) - kept else None


class _Draws:
    """What heads become in an article: drawn once for each as it is written."""

    def __init__(self, rows: Rows, seed: str) -> None:
        self.rows = rows
        self._random, self._drawn = random.Random(seed), dict[str, str]()

    def of(self, head: str, written: str) -> str:
        if written not in self._drawn:
            row = self.rows[head]
            self._drawn[written] = self._random.choices(list(row), list(row.values()))[0]
        return self._drawn[written]


class SpunLine(NamedTuple):
    """A line as the spinner writes it, and what it replaced, in tokens of both sides."""

    text: str
    segments: list[Segment]


def spin(
    text: str, rows: Rows, seed: str, *, names: bool = True, quotes: bool = True
) -> list[SpunLine]:
    """The lines of a text as the spinner would write them.

    Without ``names`` it leaves out capitalised words, without ``quotes`` quotations.
    """
    draws = _Draws(rows, seed)
    return [_spun(line, draws, names, quotes) for line in text.split("\n")]


def aligned(lines: Iterable[tuple[str, str, Sequence[Segment]]]) -> list[SegmentedLine]:
    """Spun lines, their originals and what was replaced there, as learning aligns them."""
    found = []
    for spun, original, segments in lines:
        a, b = tokenize(spun), tokenize(original)
        line = AlignedLine(a.words, b.words, [], a.lower, b.lower, b.curly)
        found.append(SegmentedLine(line, list(segments)))
    return found


def _spun(line: str, draws: _Draws, names: bool, quotes: bool) -> SpunLine:
    tokens = tokenize(line)
    free = [
        (quotes or not mark) and (names or not word[0].isupper()) and k not in tokens.curly
        for k, (word, mark) in enumerate(zip(tokens.words, quoted(tokens.words), strict=True))
    ]

    def place(start: int, end: int) -> tuple[int, int]:
        return tokens.starts[start], tokens.ends[end - 1]

    def takes(start: int, end: int, head: str) -> bool:
        first, stop = place(start, end)
        return all(free[start:end]) and draws.of(head, line[first:stop]) != PASSED

    parts: list[str] = []
    segments: list[Segment] = []
    last = shift = 0
    for start, end, head in matches(tokens.words, draws.rows, takes):
        first, stop = place(start, end)
        written = line[first:stop]
        became = draws.of(head, written)
        if became == head:
            continue
        replacement = with_case_of(became, written)
        parts += (line[last:first], replacement)
        size = len(tokenize(replacement))
        segments.append((start + shift, start + shift + size, start, end))
        last, shift = stop, shift + size - (end - start)
    return SpunLine("".join(parts) + line[last:], segments)
