#!/usr/bin/env python3
"""The programs that spinfix is compared with, each as a command over the same input.

    python benchmarks/speed_peers.py PEER INPUT

None of them does what spinfix does.  codespell and typos look every word up in a list of
misspellings; ftfy repairs broken encodings; symspellpy's lookup_compound corrects words and
their boundaries.  ahocorasick_rs and pyahocorasick only find the phrases of spinfix's
dictionary, in text made lower-case: what a program that looks for all of them must do at
least.  None of them is a dependency:
``pip install 'spinfix[bench]'`` brings them.
"""

from __future__ import annotations

import sys
from collections.abc import Callable, Sequence
from importlib.util import find_spec
from pathlib import Path

from speed_measure import tool

#: Programs with a command of their own, and the statuses that say what they found.
PROGRAMS = {"codespell": (0, 65), "typos": (0, 2)}
#: Python libraries: what must be installed.
LIBRARIES = {
    "ftfy": "ftfy",
    "symspellpy": "symspellpy",
    "ahocorasick_rs": "ahocorasick_rs",
    "pyahocorasick": "ahocorasick",
}


def command(peer: str, path: Path) -> list[str] | None:
    """The command that reads ``path`` with a peer; None when it is not installed."""
    if peer in PROGRAMS:
        program = tool(peer)
        options = {"typos": ["--threads", "1", "--isolated"]}.get(peer, [])
        return [program, *options, str(path)] if program else None
    if find_spec(LIBRARIES[peer]) is None:
        return None
    return [sys.executable, __file__, peer, str(path)]


def phrases() -> list[str]:
    """All phrases of the shipped dictionaries, in lower case."""
    from spinfix.evidence import read_index
    from spinfix.shipped import EVIDENCE, shipped

    return read_index(shipped(EVIDENCE))[0]


def lines_of(path: Path) -> list[str]:
    """The lines of a file, or of all files of a folder."""
    paths = sorted(path.iterdir()) if path.is_dir() else [path]
    return [
        line for one in paths for line in one.read_text(encoding="utf-8").splitlines(keepends=True)
    ]


def _ftfy(lines: Sequence[str]) -> int:
    from ftfy import fix_text

    return sum(fix_text(line) != line for line in lines)


def _symspellpy(lines: Sequence[str]) -> int:
    from importlib.resources import files

    from symspellpy import SymSpell

    speller = SymSpell(max_dictionary_edit_distance=2, prefix_length=7)
    data = files("symspellpy")
    speller.load_dictionary(str(data / "frequency_dictionary_en_82_765.txt"), 0, 1)
    speller.load_bigram_dictionary(str(data / "frequency_bigramdictionary_en_243_342.txt"), 0, 2)
    found = 0
    for line in lines:
        if line.strip():
            (suggestion,) = speller.lookup_compound(line.strip(), 2, transfer_casing=True)
            found += suggestion.term != line.strip()
    return found


def _ahocorasick_rs(lines: Sequence[str]) -> int:
    from ahocorasick_rs import AhoCorasick, MatchKind

    automaton = AhoCorasick(phrases(), matchkind=MatchKind.LeftmostLongest)
    return sum(len(automaton.find_matches_as_indexes(line.lower())) for line in lines)


def _pyahocorasick(lines: Sequence[str]) -> int:
    from ahocorasick import Automaton

    automaton = Automaton()
    for number, phrase in enumerate(phrases()):
        automaton.add_word(phrase, number)
    automaton.make_automaton()
    return sum(1 for line in lines for _ in automaton.iter_long(line.lower()))


PASSES: dict[str, Callable[[Sequence[str]], int]] = {
    "ftfy": _ftfy,
    "symspellpy": _symspellpy,
    "ahocorasick_rs": _ahocorasick_rs,
    "pyahocorasick": _pyahocorasick,
}


def main() -> None:
    peer, path = sys.argv[1:]
    print(PASSES[peer](lines_of(Path(path))))


if __name__ == "__main__":
    main()
