#!/usr/bin/env python3
"""Build the index of what each phrase says of a text, dictionaries/evidence.tsv.

    python tools/build_evidence.py dictionaries/evidence.tsv

It follows from the counts of the shipped dictionaries (spinfix.evidence); written down, it
need not be worked out whenever spinfix starts.  To be run again after any of them changes.
"""

from __future__ import annotations

import argparse
from pathlib import Path

from spinfix.evidence import weigh, write_index
from spinfix.spinners import find_spinners


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0] if __doc__ else "")
    parser.add_argument("out", type=Path)
    args = parser.parse_args()
    weights = {spinner.traits.name: weigh(spinner.entries) for spinner in find_spinners()}
    write_index(args.out, weights)
    print(f"{len({phrase for its in weights.values() for phrase in its}):,} phrases")


if __name__ == "__main__":
    main()
