"""Variants of spun/original pairs: spun in part, as some spinners and sites do it.

Each is made from a pair by giving some of its edits their original back, at random
where there is a choice, always the same for the same article.
"""

from __future__ import annotations

import random
from collections.abc import Callable, Iterable
from typing import Any

from spinfix.learn.table import read_articles
from spinfix.learn.variants import Keeps, low_rate, names_protected, quotes_protected, reverted

Row = dict[str, Any]


def half_spun(rows: Iterable[Row]) -> list[Row]:
    """Every other paragraph spun, of articles that have more than one."""
    return [_by_line(row, lambda i: i % 2 == 1) for row in rows if "\n" in row["original"]]


def one_paragraph(rows: Iterable[Row]) -> list[Row]:
    """One paragraph spun, chosen among those with edits."""
    return [_paragraphs(row, 1) for row in rows if "\n" in row["original"]]


def tenth_of_paragraphs(rows: Iterable[Row]) -> list[Row]:
    """One paragraph in ten spun, of articles that have five or more."""
    return [
        _paragraphs(row, max(1, round(size / 10)))
        for row in rows
        if (size := row["original"].count("\n") + 1) >= 5
    ]


def _paragraphs(row: Row, count: int) -> Row:
    """So many paragraphs spun, or all, chosen among those with edits."""
    pairs = zip(row["spun"].split("\n"), row["original"].split("\n"), strict=True)
    changed = [i for i, (spun, original) in enumerate(pairs) if spun != original]
    chosen = random.Random(row["id"]).sample(changed, min(count, len(changed)))
    return _by_line(row, lambda i: i in chosen)


def _by_line(row: Row, is_spun: Callable[[int], bool]) -> Row:
    pairs = zip(row["spun"].split("\n"), row["original"].split("\n"), strict=True)
    mixed = [spun if is_spun(i) else original for i, (spun, original) in enumerate(pairs)]
    return {**row, "spun": "\n".join(mixed)}


def _with(rows: Iterable[Row], keeps_of: Callable[[Row], Keeps]) -> list[Row]:
    rows = list(rows)
    articles = read_articles((row["spun"], row["original"]) for row in rows)
    return [
        {**row, "spun": reverted(row["spun"], row["original"], article.lines, keeps_of(row))[0]}
        for row, article in zip(rows, articles, strict=True)
    ]


#: What each set does to the pairs of dev.
VARIANTS: dict[str, Callable[[list[Row]], list[Row]]] = {
    "half": half_spun,
    "one": one_paragraph,
    "paragraphs": tenth_of_paragraphs,
    "quotes": lambda rows: _with(rows, lambda _: quotes_protected),
    "names": lambda rows: _with(rows, lambda _: names_protected),
    "third": lambda rows: _with(rows, lambda row: low_rate(0.33, row["id"])),
    "tenth": lambda rows: _with(rows, lambda row: low_rate(0.1, row["id"])),
}
