#!/usr/bin/env python3
"""Build the dictionary of tortured phrases of science, dictionaries/science.tsv.

    python tools/build_science.py count CORPORA    # which phrases are genuine English?
    python tools/build_science.py write dictionaries/science.tsv

From three tables in tools/science, made by hand: terms.tsv (what a paper would
say), renderings.tsv (what spinners make of their words) and legitimate.tsv (what
reads as plain science all the same).  ``count`` looks for every phrase that they make
in CORPORA/clean and in a list of common word pairs, and writes those that are there
to tools/science/genuine.tsv; it takes five minutes.  ``write`` leaves these out.
Both are deterministic.
"""

from __future__ import annotations

import argparse
from collections import Counter
from collections.abc import Iterable, Iterator
from pathlib import Path

from corpora import clean_files, clean_paragraphs
from science_phrases import COMMON, FOLDER, Phrase, Tables, phrases, read_tables, selected

from spinfix.dictionary import Entry, write_entries
from spinfix.lexicon import Lexicon
from spinfix.text import tokenize

#: How often the likeliest phrase of a term, and the least likely one, are said to have
#: replaced it; there are no pairs to count.  Each is worth as much evidence as a phrase
#: can be (4 nats).
_LIKELIEST, _LEAST_LIKELY = 1000, 200
#: Without a telling word, one in so many is said to be genuine: 2.5 nats of evidence.
_ONE_GENUINE_IN = 12
#: What a place in genuine text counts against a phrase.
_SEEN = 20
#: The share of a term's places in spun text at which it survived.
_SURVIVAL = 0.6


def entries_of(chosen: Iterable[Phrase]) -> list[Entry]:
    """Dictionary entries with counts that say how sure each phrase is."""
    chosen = list(chosen)
    best: dict[str, float] = {}
    for phrase in chosen:
        best[phrase.original] = max(phrase.chance, best.get(phrase.original, 0.0))
    counts: dict[tuple[str, str], tuple[int, int]] = {}
    for phrase in chosen:
        pair = (phrase.spun, phrase.original)
        found = _counts(phrase, phrase.chance / best[phrase.original])
        counts[pair] = max(found, counts.get(pair, found))
    heads: Counter[str] = Counter()
    for (_, original), (replaced, _) in counts.items():
        heads[original] += replaced
    return sorted(
        Entry(spun, original, replaced, round(heads[original] / (1.0 - _SURVIVAL)), alone)
        for (spun, original), (replaced, alone) in counts.items()
    )


def _counts(phrase: Phrase, chance: float) -> tuple[int, int]:
    """How often a phrase replaced its original, and how often it was left alone.

    ``chance`` (0 to 1) is its own against that of the original's likeliest phrase.
    """
    if phrase.seen:
        return _LEAST_LIKELY, _SEEN * phrase.seen
    replaced = max(_LEAST_LIKELY, round(_LIKELIEST * chance))
    return replaced, 0 if phrase.telling else replaced // _ONE_GENUINE_IN


def count_genuine(wanted: set[str], texts: Iterable[str]) -> Counter[str]:
    """How often each of the ``wanted`` phrases (lower case) stands in the texts."""
    beginnings: dict[str, set[str]] = {}
    longest: dict[str, int] = {}
    for phrase in wanted:
        words = phrase.split(" ")
        beginnings.setdefault(words[0], set()).add(" ".join(words[:2]))
        start = " ".join(words[:2])
        longest[start] = max(longest.get(start, 0), len(words))
    found: Counter[str] = Counter()
    for text in texts:
        lower = tokenize(text).lower
        for i in range(len(lower) - 1):
            starts = beginnings.get(lower[i])
            if starts is None:
                continue
            start = f"{lower[i]} {lower[i + 1]}"
            if start in starts:
                for end in range(i + 2, min(i + longest[start], len(lower)) + 1):
                    phrase = " ".join(lower[i:end])
                    if phrase in wanted:
                        found[phrase] += 1
    return found


def _paragraphs(corpora: Path) -> Iterator[str]:
    for path in clean_files(corpora):
        yield from clean_paragraphs(path)


def count(corpora: Path, tables: Tables) -> None:
    """Write the phrases that occur in genuine English, with how often."""
    wanted = {phrase.spun for phrase in phrases(tables)}
    found = count_genuine(wanted, _paragraphs(corpora))
    lexicon = Lexicon()
    for phrase in wanted:
        if lexicon.frequency(phrase):
            found[phrase] += COMMON
    lines = ["phrase\ttimes", *(f"{phrase}\t{found[phrase]}" for phrase in sorted(found))]
    (FOLDER / "genuine.tsv").write_text("\n".join(lines) + "\n", encoding="utf-8")
    print(f"{len(lines) - 1:,} of {len(wanted):,} phrases are genuine")


def write(path: Path, tables: Tables) -> None:
    """Write the dictionary."""
    entries = entries_of(selected(tables))
    write_entries(path, entries)
    print(f"{len(entries):,} entries for {len(tables.terms):,} terms")


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0] if __doc__ else "")
    commands = parser.add_subparsers(required=True, dest="command")
    counting = commands.add_parser("count", help="which phrases are genuine English?")
    counting.add_argument("corpora", type=Path)
    writing = commands.add_parser("write", help="write the dictionary")
    writing.add_argument("out", type=Path)
    args = parser.parse_args()
    if args.command == "count":
        count(args.corpora, read_tables())
    else:
        write(args.out, read_tables())


if __name__ == "__main__":
    main()
