"""The data files that come with the package (dictionaries/README.md tells what they are)."""

from __future__ import annotations

from importlib.resources import files
from pathlib import Path

MODEL, TRUECASE = "english.3gram.bin", "truecase.tsv"
CONTEXT, PASSAGE = "context.npz", "passage.npz"
LEARNED, REWRITER, SCIENCE = "learned.tsv", "rewriter.tsv", "science.tsv"
EVIDENCE = "evidence.tsv"
MANUAL, NEVER = "manual.tsv", "never.tsv"
CARD, DISABLED = "card.tsv", "disabled.tsv"


def shipped(name: str) -> Path:
    """The path of a data file that comes with the package."""
    try:
        folder = Path(str(files("spinfix.dictionaries")))
    except ModuleNotFoundError:  # run from a checkout, where the folder lies outside
        folder = Path(__file__).parent.parent / "dictionaries"
    return folder / name
