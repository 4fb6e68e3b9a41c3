#!/usr/bin/env python3
"""What is a general thesaurus worth for a spinner that no dictionary knows?

    python benchmarks/unseen.py CORPORA BENCH --thesaurus PATH [--limit N] [--clean N]

The shipped dictionaries are hidden; the texts are pairs/dev.  Prints the share of the true
replacements (learned.tsv, by use) that the thesaurus has; then, over steps of confidence,
repair and precision (BENCH/score.py), the share of right edits, and the edits that would be
made in the originals, per 1,000 words, without a gate; then with it: articles taken for
spun, spun ones and originals.  --clean measures N articles of clean-dev as well.
"""

from __future__ import annotations

import argparse
import time
from dataclasses import replace
from pathlib import Path

from accuracy import line, load, measure, scored

from spinfix import Options, Repair, Repairer
from spinfix.curate.judging import judged_edits
from spinfix.dictionary import read_entries
from spinfix.shipped import LEARNED, shipped
from spinfix.text import model_word

_STEPS = (0.5, 0.7, 0.8, 0.9, 0.95, 0.98, 0.99)


def coverage(repairer: Repairer) -> str:
    """Which share of the replacements of a known spinner the thesaurus has, by use."""
    channel = repairer.families[0].channel
    true = read_entries(shipped(LEARNED))
    there = sum(
        entry.replaced
        for entry in true
        if any(
            words == tuple(map(model_word, entry.original.split(" ")))
            for words, _ in channel.originals(entry.spun.lower())
        )
    )
    return f"coverage {there / sum(entry.replaced for entry in true):.3f} of the replacements"


def above(repair: Repair, least: float) -> str:
    """The text with the edits that are so sure."""
    return replace(repair, edits=tuple(e for e in repair.edits if e.confidence >= least)).fixed


def main() -> None:
    parser = argparse.ArgumentParser(description="Measure a thesaurus on an unseen spinner.")
    parser.add_argument("corpora", type=Path)
    parser.add_argument("bench", type=Path)
    parser.add_argument("--thesaurus", required=True)
    parser.add_argument("--limit", type=int, default=115)
    parser.add_argument("--clean", type=int)
    args = parser.parse_args()
    name = f"thesaurus:{args.thesaurus}"
    began = time.process_time()
    # Edits that are not sure are made only at the rate of a thesaurus: this shows all.
    open_gate = Repairer(spinner=name, options=Options(assume_spun=True, min_confidence=-9.0))
    seconds = time.process_time() - began
    print(f"{coverage(open_gate)}; read in {seconds:.1f} CPU seconds")
    rows = load("dev", args.corpora, args.bench, args.limit)
    spun = [open_gate.repair(row["spun"]) for row in rows]
    genuine = [open_gate.repair(row["original"]) for row in rows]
    judged = [
        edit
        for row, repair in zip(rows, spun, strict=True)
        for edit in judged_edits(row["original"], repair)
    ]
    words = sum(len(row["original"].split()) for row in rows)
    for step in _STEPS:
        figures = scored(rows, [above(repair, step) for repair in spun], args.bench / "score.py")
        sure = [edit.right for edit in judged if edit.confidence >= step]
        false = sum(e.confidence >= step for repair in genuine for e in repair.edits)
        print(
            f"at least {step}: repair {figures['repair']:.4f}, precision "
            f"{figures['precision']:.4f}, {len(sure):,} edits, "
            f"{sum(sure) / max(1, len(sure)):.3f} right; in the originals "
            f"{1000 * false / words:.2f} per 1,000 words",
            flush=True,
        )
    gated = Repairer(spinner=name)
    for side in ("spun", "original"):
        told = [gated.judge(row[side]).spun for row in rows]
        print(f"taken for spun: {sum(told)} of {len(told)} ({side})")
    print(line("dev", measure("dev", rows, gated, args.bench)))
    repairs = [gated.repair(row["original"]) for row in rows]
    false = sum(len(repair.edits) for repair in repairs)
    print(f"originals: {1000 * false / words:.3f} false edits per 1,000 words")
    if args.clean:
        clean = load("clean", args.corpora, args.bench, args.clean)
        print(line("clean", measure("clean", clean, gated, args.bench)))


if __name__ == "__main__":
    main()
