#!/usr/bin/env python3
"""How much of a spinner's dictionary spun text alone gives back.

    python benchmarks/spun_only.py CORPORA [--articles N] [--clean-words N | --no-clean]
        [--thesaurus PATH]

`spinfix learn --spun-only` on the spun sides of CORPORA/pairs/train, whose originals are
never read, beside CORPORA/clean, with nothing known before.  The weights of the confidence
were fitted on every third article (numbers 0, 3, ...); those are left out here.  What is
found is compared with dictionaries/learned.tsv, which was learned from the pairs: recall
is the share of its replacements, precision that of the proposed entries that are there,
weighted by their estimated use, and one by one.
"""

from __future__ import annotations

import argparse
import json
import lzma
import resource
import time
from collections.abc import Iterator, Mapping, Sequence
from itertools import islice
from pathlib import Path

from spinfix.dictionary import read_entries
from spinfix.learn.proposals import Proposal
from spinfix.learn.spun_only import learn_spun_only
from spinfix.learn.unpaired import known_synonyms
from spinfix.shipped import LEARNED, shipped

_STEPS = (0.99, 0.98, 0.95, 0.9, 0.8, 0.7, 0.6, 0.5, 0.3, 0.1)
_FOLD = 3


def spun_texts(corpora: Path) -> Iterator[str]:
    """The spun sides of the pairs, without every third."""
    with lzma.open(corpora / "pairs/train.jsonl.xz", "rt", encoding="utf-8") as lines:
        for number, line in enumerate(lines):
            if number % _FOLD:
                yield json.loads(line)["spun"]


def genuine_texts(corpora: Path, words: int) -> Iterator[str]:
    """Paragraphs of genuine text, of each source about as many words."""
    files = sorted((corpora / "clean").iterdir())
    for path in files:
        left = words // len(files)
        with lzma.open(path, "rt", encoding="utf-8") as lines:
            for line in lines:
                left -= len(line.split())
                if left < 0:
                    break
                yield line


def curve(proposals: Sequence[Proposal], true: Mapping[tuple[str, str], int]) -> Iterator[str]:
    """The figures at several floors of the confidence, a row of a table each."""
    whole = sum(true.values())
    yield "| floor | entries | recall | precision by use | precision by entry |"
    yield "|---|---|---|---|---|"
    for floor in _STEPS:
        entries = [p.entry for p in proposals if p.confidence >= floor]
        right = [entry for entry in entries if entry[:2] in true]
        if entries:
            recall = sum(true[entry[:2]] for entry in right) / whole
            by_use = sum(e.replaced for e in right) / sum(e.replaced for e in entries)
            share = len(right) / len(entries)
            yield f"| {floor} | {len(entries):,} | {recall:.3f} | {by_use:.3f} | {share:.3f} |"


def main() -> None:
    parser = argparse.ArgumentParser(description="Measure learning from spun text alone.")
    parser.add_argument("corpora", type=Path)
    parser.add_argument("--articles", type=int, help="the first N spun articles only")
    parser.add_argument("--clean-words", type=int, default=25_000_000)
    parser.add_argument("--no-clean", action="store_true", help="the language model instead")
    parser.add_argument("--thesaurus", type=Path, help="a general one, as a witness")
    parser.add_argument("--model", type=Path, help="an n-gram model made without the pairs")
    args = parser.parse_args()
    began = time.process_time()
    spun = islice(spun_texts(args.corpora), args.articles)
    clean = None if args.no_clean else genuine_texts(args.corpora, args.clean_words)
    learned = learn_spun_only(
        spun,
        clean,
        model=args.model,
        clean_words=args.clean_words,
        synonyms=known_synonyms(args.thesaurus) if args.thesaurus else None,
    )
    true = {entry[:2]: entry.replaced for entry in read_entries(shipped(LEARNED))}
    print(f"{learned.articles:,} articles ({learned.genuine:,} left out), {learned.words:,} words")
    print(f"one draw {learned.one_draw}, rate {learned.rate}")
    print(*curve(learned.proposals, true), sep="\n")
    memory = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1e6
    print(f"{time.process_time() - began:.0f} CPU seconds, {memory:.1f} GB")


if __name__ == "__main__":
    main()
