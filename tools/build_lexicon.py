#!/usr/bin/env python3
"""Build the true-case lexicon, dictionaries/truecase.tsv.

    python tools/build_lexicon.py CORPORA OUT.tsv [--min-count 30]

Counts how each word of CORPORA/clean is written where a capital says something:
not at the start of a paragraph, after a full stop, quotation mark or colon, and
not in a paragraph of headline case.  Keeps the words whose commonest form is
not the lower-case one.  Deterministic.
"""

from __future__ import annotations

import argparse
from collections import Counter, defaultdict
from multiprocessing import Pool
from pathlib import Path

from corpora import clean_files, clean_paragraphs

from spinfix.text import tokenize

_OPENERS = frozenset(".!?:;…“”\"'‘’()[]-–—*•/")


def count_file(path: Path) -> Counter[str]:
    """Forms of the words of one corpus file, where capitals say something."""
    counts: Counter[str] = Counter()
    for paragraph in clean_paragraphs(path):
        tokens = tokenize(paragraph)
        words = tokens.words
        letters = [w for w, kind in zip(words, tokens.kinds, strict=True) if kind == "w"]
        if sum(w[0].isupper() for w in letters) > 0.5 * len(letters):
            continue
        for i in range(1, len(words)):
            if tokens.kinds[i] == "w" and words[i - 1] not in _OPENERS:
                counts[words[i]] += 1
    return counts


def main() -> None:
    parser = argparse.ArgumentParser(description="Build the true-case lexicon.")
    parser.add_argument("corpora", type=Path)
    parser.add_argument("out", type=Path)
    parser.add_argument("--min-count", type=int, default=30)
    parser.add_argument("--jobs", type=int, default=2)
    args = parser.parse_args()
    counts: Counter[str] = Counter()
    with Pool(args.jobs) as pool:
        for part in pool.imap(count_file, clean_files(args.corpora)):
            counts.update(part)
    forms: dict[str, list[tuple[int, str]]] = defaultdict(list)
    for form, n in counts.items():
        if form[0].isalpha():
            forms[form.lower()].append((n, form))
    lines = ["word\tform\tcount\ttotal"]
    for word, found in sorted(forms.items()):
        total = sum(n for n, _ in found)
        n, form = max(found)
        if total >= args.min_count and form != word:
            lines.append(f"{word}\t{form}\t{n}\t{total}")
    args.out.write_text("\n".join(lines) + "\n", encoding="utf-8")


if __name__ == "__main__":
    main()
