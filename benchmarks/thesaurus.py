#!/usr/bin/env python3
"""What is a thesaurus worth that has no counts?

    python benchmarks/thesaurus.py CORPORA BENCH [--limit N] [--sets dev clean]

Takes the counts away from the shipped dictionary: the rows that its spinner surely has, as
head|synonym|synonym, are imported as a thesaurus (spinfix dict import).  The same entries
with the counts of real pairs are measured beside it.  Also tells how far the expected
counts of heads are from the real ones.  CORPORA, BENCH and the sets are those of
benchmarks/accuracy.py.
"""

from __future__ import annotations

import argparse
from collections import Counter, defaultdict
from collections.abc import Sequence
from math import exp, log
from pathlib import Path
from statistics import quantiles

from accuracy import line, load, measure

from spinfix import Repairer
from spinfix.curate.inversion import Expected, expected_by, invert
from spinfix.curate.thesaurus import read_thesaurus
from spinfix.dictionary import Entry
from spinfix.families import Family
from spinfix.spinners import find_spinners

#: A row of the spinner: its head is replaced so often, and a synonym is drawn so often and
#: was counted so many times.  The rest may be slips of the alignment.
_REPLACED, _DRAWN, _COUNTED = 0.8, 0.02, 4
#: Heads seen less often say little about how often they come.
_OFTEN = 20


def sure_rows(entries: Sequence[Entry]) -> dict[str, list[Entry]]:
    """The entries of each head that the spinner surely has."""
    replaced: Counter[str] = Counter()
    for entry in entries:
        replaced[entry.original] += entry.replaced
    rows: defaultdict[str, list[Entry]] = defaultdict(list)
    for entry in entries:
        all_of_head = replaced[entry.original]
        if (
            all_of_head >= _REPLACED * entry.seen
            and entry.replaced >= _DRAWN * all_of_head
            and entry.replaced >= _COUNTED
        ):
            rows[entry.original].append(entry)
    return rows


def spread(rows: dict[str, list[Entry]], expected: Expected) -> float:
    """Within which factor of the median do half of the heads have real / expected counts?"""
    seen = {head: row[0].seen for head, row in rows.items() if row[0].seen >= _OFTEN}
    ratios = [log(n / e) for head, n in seen.items() if (e := expected(head))]
    low, _, high = quantiles(ratios, n=4)
    return exp((high - low) / 2)


def main() -> None:
    parser = argparse.ArgumentParser(description="Measure a thesaurus without counts.")
    parser.add_argument("corpora", type=Path)
    parser.add_argument("bench", type=Path)
    parser.add_argument("--limit", type=int)
    parser.add_argument("--sets", nargs="*", default=["dev", "clean"])
    args = parser.parse_args()
    (spinner,) = find_spinners(["autoblog"])
    repairer = Repairer(spinner="autoblog")
    rows = sure_rows(spinner.entries)
    text = "\n".join("|".join((head, *(e.spun for e in row))) for head, row in rows.items())
    expected = expected_by(repairer.lexicon, repairer.model)
    imported = invert(read_thesaurus(text.encode(), "rows"), expected).entries
    counted = [entry for row in rows.values() for entry in row]
    print(f"{len(rows):,} heads, {len(counted):,} entries; half of the expected counts of heads")
    print(f"lie within a factor of {spread(rows, expected):.2f} of the real ones, scaled alike")
    for name in args.sets:
        articles = load(name, args.corpora, args.bench, args.limit)
        for label, entries in (("real counts", counted), ("expected counts", imported)):
            found = spinner._replace(entries=entries)
            repairer.families = [Family(found, edit_bias=repairer.options.edit_bias)]
            figures = measure(name, articles, repairer, args.bench)
            print(f"{label}, {line(name, figures)}", flush=True)


if __name__ == "__main__":
    main()
