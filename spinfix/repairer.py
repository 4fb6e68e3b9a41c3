"""The repairer: text in, repair out."""

from __future__ import annotations

import gc
from bisect import bisect_right
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace
from functools import cached_property
from pathlib import Path
from typing import TYPE_CHECKING, Literal, get_args

from .decoder import decode
from .detector import Detector
from .dictionary import read_entries, read_never
from .edits import Edit, Repair, apply, compose
from .families import Family, family_of
from .language_model import LanguageModel
from .lexicon import Lexicon
from .shipped import CONTEXT, MANUAL, MODEL, NEVER, PASSAGE, TRUECASE, shipped
from .spinners import AUTO, find_spinners
from .text import Tokens
from .writing import Writer

if TYPE_CHECKING:
    from .large import LargeScorer
    from .scorer import Reader, Scorer

#: The "auto" scorer reads passages again where it expects so many wrong places.
_LEAST_DOUBT = 3.0
#: How fast the chance of a wrong edit that is put up with falls with the share of heads that were
#: replaced: its power, chosen on dev with a third and a tenth of the heads spun.
_CAUTION = 0.8
#: The scorers by name.
Kind = Literal["deep", "auto", "fast", "large"]
#: The first one is used when none is asked for.
SCORERS: tuple[Kind, ...] = get_args(Kind)
#: Those that read the whole passage.
_READING = ("deep", "auto", "large")
#: Repairs of a repair until nothing changes any more; see Repairer.repair.
_ROUNDS = 4


@dataclass(frozen=True, slots=True)
class Options:
    """How a repair weighs its evidence.

    ``min_confidence``: edits less sure than this (0 to 1) are not made; higher
    is safer, and in texts of which only a share of the heads was replaced it rises by
    itself.  ``gate``: texts and passages less surely spun than this are left
    alone; lower finds more, at the risk of touching genuine text.
    ``assume_spun``: no gate at all, every word may be edited; such a repair is
    made once, not until nothing changes.  ``rate`` is then the share of the heads
    (0 to 1) that the spinner replaced; where there is a gate, it is found out.
    ``model_weight`` and ``edit_bias`` (nats) balance the language model and
    the dictionary; tuned on spun/original pairs (docs/accuracy.md).
    """

    min_confidence: float = 0.4
    gate: float = 0.8
    model_weight: float = 1.0
    edit_bias: float = 0.3
    assume_spun: bool = False
    rate: float = 1.0


class Repairer:
    """Gives spun text back.  Build it once, use it for many texts."""

    def __init__(
        self,
        *,
        spinner: str | Path | Sequence[str | Path] = AUTO,
        dictionaries: Sequence[str | Path] = (),
        never: Sequence[str | Path] = (),
        options: Options | None = None,
        model: str | Path | None = None,
        scorer: Scorer | Kind | None = SCORERS[0],
        reader: Reader | None = None,
    ) -> None:
        """Load a spinner or several, and ``dictionaries`` and never-lists on top of them.

        ``spinner`` is the name of a shipped one, the folder of one that was learned, a
        list of such, or "auto" for all shipped ones: each text is then judged by the
        spinner that explains it best.
        ``model`` is the path of another n-gram model.  ``scorer`` is what judges
        candidates by their context: "fast" looks at a few words around, "deep" then
        reads the whole passage, too, "auto" only the passages where the fast one is
        unsure; after "large" a language model that is installed apart reads the article as
        the deep one repaired it; or a judge of your own, or None for dictionary and n-grams
        alone.
        ``reader`` takes the place of the shipped scorer that reads passages.  (Neither is
        asked about a spinner that was learned with weights of its own.)  Without a
        scorer, texts of which only a share of the heads was replaced are left alone.

        Raises DictionaryError for a malformed file or a spinner that is not known,
        ValueError for an unknown scorer, and OSError for a file that cannot be read, or
        when the large scorer is not installed.
        """
        if isinstance(scorer, str) and scorer not in SCORERS:
            raise ValueError(f"no scorer is called {scorer!r}; there are {', '.join(SCORERS)}")
        self.options = options or Options()
        own = [e for path in (shipped(MANUAL), *dictionaries) for e in read_entries(Path(path))]
        banned = [ban for path in (shipped(NEVER), *never) for ban in read_never(Path(path))]
        self._own = {entry[:2] for entry in own}
        asked = [spinner] if isinstance(spinner, (str, Path)) else spinner
        self.families = [
            family_of(found, own, banned, self.options.edit_bias, lambda: self.model)
            for found in find_spinners(asked)
        ]
        self._scorer = scorer
        self._scorers: dict[Path | None, Scorer] = {
            family.weights: family.judging for family in self.families if family.judging
        }
        self._reader: Reader | Literal["shipped"] | None
        self._reader = reader or ("shipped" if scorer in _READING else None)
        self._least_doubt = _LEAST_DOUBT if scorer == "auto" else 0.0
        self._scored = scorer if isinstance(scorer, str) else "own" if scorer else "none"
        model = Path(model or shipped(MODEL))
        self._given = [model, *map(Path, dictionaries), *map(Path, never)]
        self._large: Path | None = None
        if scorer == "large":
            from .large import weights_path  # numpy

            self._large = weights_path()
            self._given.append(self._large)
        self.lexicon = Lexicon(shipped(TRUECASE))
        self._writer = Writer(self.lexicon)
        self.model = LanguageModel(model, self.options.model_weight)

    def repair(self, text: str, *, protect: Iterable[tuple[int, int]] = ()) -> Repair:
        """Find the edits that give ``text`` its original words back.

        ``protect`` holds character ranges that are never touched.  A repaired
        text repaired again does not change: the repair is repeated until it
        finds nothing more, and a text on which that never ends is left alone.
        """
        # There are no cycles here for the collector to find: it would walk over dictionary
        # and caches again and again.
        was_on = gc.isenabled()
        gc.disable()
        try:
            return self._repair(text, sorted(protect))
        finally:
            if was_on:
                gc.enable()

    def _repair(self, text: str, guarded: Sequence[tuple[int, int]]) -> Repair:
        first, edits = self._pass(text, guarded)
        total = edits
        if self.options.assume_spun:
            return replace(first, edits=tuple(edits))
        for _ in range(_ROUNDS):
            if not edits:
                return replace(first, edits=tuple(total)) if total else first
            moved = [(_moved(total, a), _moved(total, b)) for a, b in guarded]
            _, edits = self._pass(apply(text, total), moved)
            total = compose(text, total, edits) if edits else total
        return first

    @cached_property
    def signature(self) -> str:
        """What makes the repairs, in a line: version, data and options."""
        from .signature import signature

        files = [file for family in self.families for file in family.files]
        files += [shipped(name) for name in (MANUAL, NEVER, TRUECASE, CONTEXT)] + self._given
        files += [shipped(PASSAGE)] if self._scored in _READING else []
        return signature(files, self.options, scorer=self._scored)

    def scorer(self, family: Family) -> Scorer | None:
        """What judges candidates of a spinner by their context.

        The shipped one is loaded when first needed.
        """
        if not isinstance(self._scorer, str):
            return self._scorer
        if family.weights not in self._scorers:
            from .context import ContextScorer  # numpy: not for texts that are not spun

            scorer = ContextScorer(shipped(CONTEXT), self._own, family.weights)
            self._scorers[family.weights] = scorer
        return self._scorers[family.weights]

    @property
    def reader(self) -> Reader | None:
        """What reads the whole passage; the shipped one is loaded when needed."""
        if self._reader == "shipped":
            from .passage import PassageScorer

            self._reader = PassageScorer(shipped(PASSAGE), self._own, self._least_doubt)
        return self._reader

    @cached_property
    def large(self) -> LargeScorer | None:
        """The language model of the large scorer, loaded when needed; None for the others."""
        if self._large is None:
            return None
        from .large import LargeScorer

        return LargeScorer(self._large)

    @cached_property
    def _detector(self) -> Detector:
        options = self.options
        rate = options.rate if options.assume_spun else None
        scorer = None if self._scorer is None else self.scorer
        reader = self._reading if self._large else None
        return Detector(self.families, self.model, scorer, reader, options.gate, rate)

    def judge(self, text: str) -> Repair:
        """Only tell whether ``text`` was spun: a repair without edits."""
        return self._detector.detect(text)[0]

    def _pass(self, text: str, guarded: Sequence[tuple[int, int]]) -> tuple[Repair, list[Edit]]:
        report, found = self._detector.detect(text)
        if found is None:
            return report, []
        tokens, (verdict, family, rate) = found
        chances = _without(tokens, verdict.token, guarded)
        spun, readings = family.channel.readings(tokens, chances, self.options.gate, rate)
        scorer, one_draw = self.scorer(family), family.traits.one_draw
        reader = self._reading(text, tokens, family)
        choices = decode(self.model, tokens, spun, readings, scorer, reader, rate, one_draw)
        # Where few heads were replaced there is more to be spoilt than restored.
        least = 1.0 - rate**_CAUTION * (1.0 - self.options.min_confidence)
        return report, self._writer.edits(text, tokens, choices, chances, least)

    def _reading(self, text: str, tokens: Tokens, family: Family) -> Reader | None:
        """What reads a text after the scorer of a spinner."""
        scorer = self.scorer(family)
        # The weights of a learned spinner balance the evidence without the shipped reader.
        reader = self.reader if family.weights is None else None
        # (Of a thesaurus most readings are wrong, and the model is too easily taken in.)
        if scorer and self.large and not family.fallback:
            writes = self._writer.writes(text, tokens)
            reader = self.large.reader(reader, scorer, text, writes)
        return reader


def _without(
    tokens: Tokens, chances: list[float], guarded: Sequence[tuple[int, int]]
) -> list[float]:
    """``chances`` with 0 for the tokens that touch a guarded character range."""
    if not guarded:
        return chances
    chances = list(chances)
    for start, end in guarded:
        for i in range(bisect_right(tokens.ends, start), len(tokens)):
            if tokens.starts[i] >= end:
                break
            chances[i] = 0.0
    return chances


def _moved(edits: Sequence[Edit], place: int) -> int:
    """Where a character place outside all edits lies after them."""
    return place + sum(len(e.new) - len(e.old) for e in edits if e.end <= place)
