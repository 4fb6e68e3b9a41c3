#!/usr/bin/env python3
"""Which spun texts are noticed, and which genuine ones are suspected, stage by stage.

    python benchmarks/detection.py CORPORA [--limit N] [--sets tenth third one clean ...]
        [--scorer deep|large]
    python benchmarks/detection.py CORPORA --sets --genuine FILE --model MODEL.bin

CORPORA holds pairs/dev.jsonl.xz; the sets are those of benchmarks/accuracy.py and
``originals``, the genuine side of dev.  Of the articles of a set: how many the screen lets
on, how many are taken for spun; how many would be if the screen let everything on, and how
many if the second look asked the scorer at once; and what the scorer showed it at most, as a
share of what it wants to see.  FILE holds genuine articles, MODEL.bin is an n-gram model
that has not seen them: tools/hold_out.py tells how both are made.
"""

from __future__ import annotations

import argparse
import json
import math
from collections import Counter
from collections.abc import Iterable
from pathlib import Path
from unittest.mock import patch

from accuracy import load

from spinfix import Repairer, second_look
from spinfix.repairer import SCORERS
from spinfix.scorer import Reader, Scorer
from spinfix.screen import Look

#: How many of the highest shares are told.
MOST = 6
STAGES = ("articles", "let on", "spun", "spun without the screen", "spun by the scorer alone")
#: Any text shows as much, if anything in it would be edited.
NOTHING = second_look._Proof(-math.inf, 1.0, 1e-9, 1)


def counts(texts: Iterable[str], repairer: Repairer, open_door: Repairer | None) -> Counter[str]:
    """How many texts come to each stage; without ``open_door`` not what would be otherwise."""
    found: Counter[str] = Counter()
    for text in texts:
        found["articles"] += 1
        look = repairer._detector._screen.look(text)
        found["let on"] += bool(look.plausible or look.close)
        found["spun"] += repairer.judge(text).spun
        if open_door is None:
            continue
        found["spun without the screen"] += open_door.judge(text).spun
        with patch.object(second_look, "_ALONE", NOTHING):
            found["spun by the scorer alone"] += repairer.judge(text).spun
    return found


#: What each look asks the scorer to show.
PROOFS = {
    "a low rate": second_look._SCORED,
    "a low rate, read": second_look._READ,
    "passages": second_look._PASSAGES,
}


def shown(texts: Iterable[str], repairer: Repairer) -> dict[second_look._Proof, list[float]]:
    """What looks saw with the scorer where they asked it, the most first, as a share of what
    each wants."""
    found: dict[second_look._Proof, list[float]] = {proof: [] for proof in PROOFS.values()}
    its = second_look._Look._shown

    def noted(
        look: second_look._Look,
        proof: second_look._Proof,
        size: int,
        judge: Scorer | None,
        reader: Reader | None,
    ) -> float:
        share = its(look, proof, size, judge, reader)
        if proof in found:
            found[proof].append(share)
        return share

    with patch.object(second_look._Look, "_shown", noted):
        for text in texts:
            repairer.judge(text)
    return {proof: sorted(shares, reverse=True) for proof, shares in found.items()}


def open_screen(repairer: Repairer) -> Repairer:
    """A repairer whose screen lets every text on."""

    class Open:
        def look(self, text: str) -> Look:
            return Look(list(repairer.families), [], 0.0)

    repairer._detector.__dict__["_screen"] = Open()
    return repairer


def main() -> None:
    parser = argparse.ArgumentParser(description="Count what is noticed, stage by stage.")
    parser.add_argument("corpora", type=Path)
    parser.add_argument("--sets", nargs="*", default=["originals", "third", "tenth", "one"])
    parser.add_argument("--limit", type=int, help="articles of each set")
    parser.add_argument("--genuine", type=Path, help="JSON lines of genuine articles")
    parser.add_argument("--model", type=Path, help="n-gram model that has not seen them")
    parser.add_argument("--scorer", choices=SCORERS, default="deep")
    args = parser.parse_args()
    texts = {name: _texts(name, args.corpora, args.limit) for name in args.sets}
    if args.genuine:
        with args.genuine.open(encoding="utf-8") as lines:
            texts["genuine"] = [json.loads(line)["text"] for line in lines][: args.limit]
    repairer = Repairer(model=args.model, scorer=args.scorer)
    # The large scorer takes too long to be asked about every text.
    open_door = None if args.scorer == "large" else open_screen(Repairer(model=args.model))
    for name, its in texts.items():
        found = counts(its, repairer, open_door)
        print(
            f"{name}: "
            + ", ".join(f"{stage} {found[stage]:,}" for stage in STAGES if stage in found)
        )
        most = shown(its, repairer)
        for look, proof in PROOFS.items():
            shares = ", ".join(f"{share:.2f}" for share in most[proof][:MOST])
            print(f"  for {look} the scorer shows at most, of 1.00 wanted: {shares}", flush=True)


def _texts(name: str, corpora: Path, limit: int | None) -> list[str]:
    rows = load("dev" if name == "originals" else name, corpora, corpora, limit)
    return [row[{"originals": "original", "clean": "text"}.get(name, "spun")] for row in rows]


if __name__ == "__main__":
    main()
