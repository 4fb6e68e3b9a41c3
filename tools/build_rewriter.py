#!/usr/bin/env python3
"""Build the dictionary of the second spinner, dictionaries/rewriter.tsv.

    python tools/build_rewriter.py CORPORA dictionaries/rewriter.tsv

Of this spinner there are articles (CORPORA/spun-only) but no originals.  The entries are
those of tools/rewriter/reviewed.tsv: phrases that its articles have far too often beside
genuine text, as `spinfix learn --spun-only` finds suspects, each read in its places by
people, who wrote what it stands for and how sure they were ("a" or "b", a letter for each
of them).  How often each entry was used is then estimated by expectation-maximisation:
the articles are decoded with the dictionary, the expected uses are counted, and the
dictionary gets these counts, ROUNDS times.  How often a phrase is its own is taken from
CORPORA/clean.  Deterministic; takes two minutes.
"""

from __future__ import annotations

import argparse
from collections import Counter, defaultdict
from collections.abc import Iterable, Iterator, Sequence
from pathlib import Path
from typing import NamedTuple

from corpora import clean_files, clean_paragraphs, find, records

from spinfix.dictionary import Entry, write_entries
from spinfix.families import Family
from spinfix.language_model import LanguageModel
from spinfix.lattice import windows
from spinfix.shipped import MODEL, shipped
from spinfix.spinners import Spinner, Traits
from spinfix.text import tokenize

REVIEWED = Path(__file__).parent / "rewriter" / "reviewed.tsv"
SOURCE = "mined, reviewed"
ROUNDS = 4
#: Words read of each file of genuine text: news and the rest, not an encyclopedia alone.
_CLEAN_WORDS = 6_000_000
#: What a reviewer's grade says at first of a phrase's originals, against each other.
_GRADES = {"a": 1.0, "b": 0.3}
#: Counts are kept in tenths of an article's use, so that what is expected less than once
#: in these few articles is not lost.
_SCALE = 10
#: Entries with fewer expected uses than this are dropped, as are those that make up less
#: than a share of all that a phrase stands for, or of all that became of a head.
_FEWEST, _LEAST_SHARE, _LEAST_CHANCE = 0.3, 0.04, 0.003
#: Uses that an entry is given which a reviewer was sure of though no article has it: the
#: inflections and neighbours of one that they have.
_UNSEEN = 0.3
#: A phrase that genuine text has so often more is no such neighbour.
_KNOWN = 0.3

Pair = tuple[str, str]
#: How often each pair was used, as far as can be told.
Uses = dict[Pair, float]


class Counted(NamedTuple):
    """How often phrases come in the spun articles, and would come if these were genuine."""

    spun: Counter[str]
    expected: dict[str, float]


def read_reviewed(path: Path) -> dict[Pair, str]:
    """The reviewed pairs with the grades that they were given."""
    lines = path.read_text("utf-8").splitlines()[1:]
    rows = (line.split("\t") for line in lines)
    return {(spun, original): grades for spun, original, grades in rows}


def count(phrases: set[str], texts: Iterable[str], limit: int | None = None) -> Counter[str]:
    """How often phrases (lower case) come in texts; "" counts all words."""
    beginnings = {
        " ".join(words[:n])
        for words in (phrase.split(" ") for phrase in phrases)
        for n in range(1, len(words))
    }
    found: Counter[str] = Counter()
    for text in texts:
        lower = tokenize(text).lower
        found[""] += len(lower)
        for i, phrase in enumerate(lower):
            end = i + 1
            while True:
                if phrase in phrases:
                    found[phrase] += 1
                if phrase not in beginnings or end == len(lower):
                    break
                phrase = f"{phrase} {lower[end]}"
                end += 1
        if limit and found[""] > limit:
            break
    return found


def counted(pairs: Iterable[Pair], articles: Sequence[str], corpora: Path) -> Counted:
    """Count the phrases of the pairs in the articles and in genuine text."""
    phrases = {phrase.lower() for pair in pairs for phrase in pair}
    spun = count(phrases, articles)
    clean: Counter[str] = Counter()
    for path in clean_files(corpora):
        clean += count(phrases, clean_paragraphs(path), _CLEAN_WORDS)
    scale = spun[""] / clean[""]
    return Counted(spun, {phrase: clean[phrase] * scale for phrase in phrases})


def first_guess(pairs: dict[Pair, str], counts: Counted) -> Uses:
    """Uses of each pair: what a phrase comes too often, shared out by grades and by what
    its originals come too seldom."""
    shares: dict[str, dict[Pair, float]] = defaultdict(dict)
    for (spun, original), grades in pairs.items():
        sure = sum(_GRADES[grade] for grade in grades)
        lacking = counts.expected[original.lower()] - counts.spun[original.lower()]
        shares[spun.lower()][spun, original] = sure * (0.5 + max(0.0, lacking)) ** 0.5
    uses: Uses = {}
    for spun, its in shares.items():
        excess = max(counts.spun[spun] - counts.expected[spun], 0.1 * counts.spun[spun])
        total = sum(its.values())
        for pair, share in its.items():
            uses[pair] = excess * share / total
    return uses


def dictionary(uses: Uses, pairs: dict[Pair, str], counts: Counted) -> list[Entry]:
    """The entries, with counts that follow from the expected uses."""
    standing: dict[str, float] = defaultdict(float)  # uses of a spun phrase
    replaced: dict[str, float] = defaultdict(float)  # uses of a head
    for (spun, original), n in uses.items():
        standing[spun.lower()] += n
        replaced[original.lower()] += n
    entries = []
    for (spun, original), n in uses.items():
        head, phrase = original.lower(), spun.lower()
        kept = max(0.0, counts.spun[head] - standing[head])
        seen = replaced[head] + kept
        if not _is_kept(n, standing[phrase], seen):
            if counts.spun[phrase] or "a" not in pairs[spun, original]:
                continue
            if counts.expected[phrase] > _KNOWN:
                continue
            n, seen = _UNSEEN, max(seen, counts.expected[head], 2 * _UNSEEN)
        alone = round(_SCALE * counts.expected[phrase])
        uses_scaled = max(1, round(_SCALE * n))
        entries.append(
            Entry(
                spun, original, uses_scaled, max(uses_scaled, round(_SCALE * seen)), alone, SOURCE
            )
        )
    return sorted(_consistent(entries))


def _is_kept(n: float, standing: float, seen: float) -> bool:
    return n >= _FEWEST and n >= _LEAST_SHARE * standing and n >= _LEAST_CHANCE * seen


def _consistent(entries: Sequence[Entry]) -> Iterator[Entry]:
    """Heads with the same ``seen`` in all their entries, no smaller than what became of them."""
    replaced: Counter[str] = Counter()
    seen: dict[str, int] = {}
    for entry in entries:
        replaced[entry.original] += entry.replaced
        seen[entry.original] = max(entry.seen, seen.get(entry.original, 0))
    for entry in entries:
        yield entry._replace(seen=max(seen[entry.original], replaced[entry.original]))


def expected_uses(entries: Sequence[Entry], articles: Iterable[str], model: LanguageModel) -> Uses:
    """How often each entry was used, as decoding the articles with all of them tells."""
    family = Family(Spinner(Traits("rewriter"), list(entries), [], ()), edit_bias=0.0)
    uses: Uses = defaultdict(float)
    for text in articles:
        tokens = tokenize(text)
        chances = family.judge(tokens).token
        spun, readings = family.channel.readings(tokens, chances, 0.5)
        for window in windows(model, spun, readings):
            for arc, posterior in zip(window.arcs, window.posteriors, strict=True):
                if arc.candidate is not None:
                    entry = arc.candidate.entry
                    uses[entry.spun, entry.original] += posterior
    return uses


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0] if __doc__ else "")
    parser.add_argument("corpora", type=Path)
    parser.add_argument("out", type=Path)
    args = parser.parse_args()
    pairs = read_reviewed(REVIEWED)
    articles = [row["text"] for row in records(find(args.corpora, "spun-only/second-spinner"))]
    counts = counted(pairs, articles, args.corpora)
    model = LanguageModel(shipped(MODEL), 1.0)
    entries = dictionary(first_guess(pairs, counts), pairs, counts)
    for number in range(1, ROUNDS + 1):
        uses = expected_uses(entries, articles, model)
        total = sum(uses.values())
        print(f"round {number}: {len(entries):,} entries, {total:,.0f} uses", flush=True)
        entries = dictionary({pair: uses.get(pair, 0.0) for pair in pairs}, pairs, counts)
    write_entries(args.out, entries)
    print(f"{len(entries):,} entries")


if __name__ == "__main__":
    main()
