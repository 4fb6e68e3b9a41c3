#!/usr/bin/env python3
"""Which spun texts are noticed, and which genuine ones are suspected, stage by stage.

    python benchmarks/detection.py CORPORA [--limit N] [--sets tenth third one clean ...]

CORPORA holds pairs/dev.jsonl.xz; the sets are those of benchmarks/accuracy.py and
``originals``, the genuine side of dev.  Of the articles of a set: how many the screen lets
on, how many are taken for spun; how many would be if the screen let everything on, and how
many if the second look asked the scorer at once.
"""

from __future__ import annotations

import argparse
from collections import Counter
from collections.abc import Iterable
from pathlib import Path
from unittest.mock import patch

from accuracy import load

from spinfix import Repairer, second_look
from spinfix.screen import Look

STAGES = ("articles", "let on", "spun", "spun without the screen", "spun by the scorer alone")
#: Any text shows as much.
NOTHING = second_look._Proof(0.0, 0.0, 0.0)


def counts(texts: Iterable[str], repairer: Repairer, open_door: Repairer) -> Counter[str]:
    """How many texts come to each stage."""
    found: Counter[str] = Counter()
    for text in texts:
        found["articles"] += 1
        found["let on"] += bool(repairer._detector._screen.look(text).plausible)
        found["spun"] += repairer.judge(text).spun
        found["spun without the screen"] += open_door.judge(text).spun
        with patch.object(second_look, "_ALONE", NOTHING):
            found["spun by the scorer alone"] += repairer.judge(text).spun
    return found


def open_screen(repairer: Repairer) -> Repairer:
    """A repairer whose screen lets every text on."""

    class Open:
        def look(self, text: str) -> Look:
            return Look(list(repairer.families), 0.0)

    repairer._detector.__dict__["_screen"] = Open()
    return repairer


def main() -> None:
    parser = argparse.ArgumentParser(description="Count what is noticed, stage by stage.")
    parser.add_argument("corpora", type=Path)
    parser.add_argument("--sets", nargs="+", default=["originals", "third", "tenth", "one"])
    parser.add_argument("--limit", type=int, help="articles of each set")
    args = parser.parse_args()
    repairer, open_door = Repairer(), open_screen(Repairer())
    for name in args.sets:
        rows = load("dev" if name == "originals" else name, args.corpora, args.corpora, args.limit)
        field = {"originals": "original", "clean": "text"}.get(name, "spun")
        found = counts((row[field] for row in rows), repairer, open_door)
        print(f"{name}: " + ", ".join(f"{stage} {found[stage]:,}" for stage in STAGES), flush=True)


if __name__ == "__main__":
    main()
