#!/usr/bin/env python3
"""Spin a text of your own with the shipped dictionary: material for samples and tests.

    python tools/spin.py TEXT [--seed N] [--lines FIRST-LAST] > SPUN

Works as the spinners do that the dictionary was learned from: the longest head
that matches is replaced, as written or with its first letter made a capital;
the replacement is drawn once for each head; a replacement is not spun again.
"""

from __future__ import annotations

import argparse
import random
import sys
from collections import Counter, defaultdict
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from pathlib import Path

from spinfix.dictionary import Entry, read_entries
from spinfix.shipped import shipped
from spinfix.text import tokenize, uncapitalised, with_case_of

#: Heads are at most so many words.
_LONGEST = 6


def heads_of(entries: list[Entry]) -> dict[str, list[Entry]]:
    """What each head can become, from entries with enough evidence."""
    heads: dict[str, list[Entry]] = defaultdict(list)
    for entry in entries:
        if entry.replaced >= 100 and entry.replaced >= 0.15 * entry.seen:
            heads[entry.original].append(entry)
    return heads


def _always(start: int, end: int, head: str) -> bool:
    return True


def longest_of(heads: Iterable[str]) -> dict[str, int]:
    """How many words the longest head has that begins with a word."""
    longest: dict[str, int] = {}
    for head in heads:
        first, *others = head.split(" ")
        longest[first] = max(longest.get(first, 0), min(1 + len(others), _LONGEST))
    return longest


def matches(
    words: Sequence[str],
    heads: Mapping[str, object],
    longest: Mapping[str, int],
    takes: Callable[[int, int, str], bool] = _always,
) -> Iterator[tuple[int, int, str]]:
    """The heads in a text, the longest first, as a spinner finds them: start, end, head.

    ``longest`` is what :func:`longest_of` says of the heads.  ``takes`` is asked about each;
    where it says no, a shorter one is looked for.
    """
    i = 0
    while i < len(words):
        step = 1
        most = longest.get(words[i], 0)
        if not words[i].islower():
            most = max(most, longest.get(uncapitalised(words[i]), 0))
        for end in range(min(len(words), i + most), i, -1):
            written = " ".join(words[i:end])
            head = written if written in heads else uncapitalised(written)
            if head in heads and takes(i, end, head):
                yield i, end, head
                step = end - i
                break
        i += step


def spin(
    text: str, heads: dict[str, list[Entry]], seed: int | str, used: Counter[Entry] | None = None
) -> str:
    """The spun text; ``used`` is told which entry was used how often."""
    draws = random.Random(seed)
    drawn: dict[str, Entry] = {}
    tokens = tokenize(text)
    parts: list[str] = []
    last = 0
    for i, end, head in matches(tokens.words, heads, longest_of(heads)):
        written = " ".join(tokens.words[i:end])
        if written not in drawn:
            weights = [entry.replaced for entry in heads[head]]
            drawn[written] = draws.choices(heads[head], weights)[0]
        start, stop = tokens.starts[i], tokens.ends[end - 1]
        parts += (text[last:start], with_case_of(drawn[written].spun, text[start:stop]))
        if used is not None:
            used[drawn[written]] += 1
        last = stop
    parts.append(text[last:])
    return "".join(parts)


def main() -> None:
    parser = argparse.ArgumentParser(description="Spin a text with the shipped dictionary.")
    parser.add_argument("text", type=Path)
    parser.add_argument("--seed", type=int, default=2)
    parser.add_argument("--lines", default="1-", help="spin these lines only, such as 2-4")
    args = parser.parse_args()
    lines = args.text.read_text(encoding="utf-8").splitlines(keepends=True)
    first, _, final = args.lines.partition("-")
    start, stop = int(first) - 1, int(final or len(lines))
    heads = heads_of(read_entries(shipped("learned.tsv")))
    lines[start:stop] = [spin("".join(lines[start:stop]), heads, args.seed)]
    sys.stdout.write("".join(lines))


if __name__ == "__main__":
    main()
