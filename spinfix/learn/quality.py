"""Which pairs are fit to be learned from, and what is wrong with the others."""

from __future__ import annotations

import hashlib
import math
from collections import Counter, defaultdict
from collections.abc import Iterable, Sequence
from typing import NamedTuple

from spinfix.evidence import Markers
from spinfix.language_model import LanguageModel
from spinfix.lexicon import Lexicon
from spinfix.text import Tokens, lines, model_word, tokenize

from .align import AlignedLine
from .articles import Aligned, align_article
from .pairs import Pair, Unreadable

#: What can be wrong with a pair, in the order in which it is asked.
UNREADABLE, EMPTY, TOO_LONG = "unreadable", "empty side", "too long"
IDENTICAL, DOUBLE, LANGUAGE = "identical sides", "double", "not English"
UNRELATED, SWAPPED = "unrelated texts", "swapped sides"
REASONS = (UNREADABLE, EMPTY, TOO_LONG, IDENTICAL, DOUBLE, LANGUAGE, UNRELATED, SWAPPED)

#: Characters of a side.
_LONGEST = 300_000
#: The 5,000 commonest words occur so often in the lexicon; in English text they make up
#: more than half of the words, in other languages less than a third.
_COMMON, _LEAST_COMMON, _LEAST_WORDS = 12_000_000, 0.4, 10
#: Texts that align with less than this share of their words (0 to 1) have no more in
#: common than any two texts.
_RELATED = 0.2
#: How far the evidence on which side is the spun one must go (nats): at all, and in
#: standard deviations where every edit is worth a few nats.
_CLEAR, _EDIT, _DEVIATIONS = 10.0, 3.0, 3.0
#: Names that a report gives of each reason.
_NAMED = 5


class Judged(NamedTuple):
    """A pair that aligns, and by how much the evidence speaks for its sides (nats).

    ``key`` is a number that follows from its original, spread evenly from 0 to 1.
    """

    name: str
    key: float
    aligned: Aligned
    evidence: float


class Faults(dict[str, list[str]]):
    """The names of the pairs with each fault; details where there are any."""

    def add(self, reason: str, name: str, detail: str = "") -> None:
        """Note that a pair cannot be used."""
        self.setdefault(reason, []).append(f"{name} ({detail})" if detail else name)

    @property
    def count(self) -> int:
        """How many pairs cannot be used."""
        return sum(map(len, self.values()))

    def to_dict(self) -> dict[str, object]:
        """For each fault, how many pairs have it and the first of them."""
        return {
            reason: {"count": len(self[reason]), "first": self[reason][:_NAMED]}
            for reason in REASONS
            if reason in self
        }


class Inspector:
    """Tells pairs that can be learned from and others apart, one after another."""

    def __init__(
        self,
        model: LanguageModel,
        lexicon: Lexicon,
        known: Sequence[Markers] = (),
        *,
        trust_sides: bool = False,
    ) -> None:
        """``known``: spinners whose habits tell a spun text from its original.

        With ``trust_sides`` pairs are not asked whether their sides are swapped.
        """
        self.faults = Faults()
        self._model, self._lexicon, self._known = model, lexicon, known
        self._trust = trust_sides
        self._seen: set[bytes] = set()

    def inspect(self, pair: Pair | Unreadable) -> Judged | None:
        """The pair aligned, or None, with a note in ``faults``, when it cannot be used."""
        if isinstance(pair, Unreadable):
            self.faults.add(UNREADABLE, pair.name, pair.reason)
            return None
        reason = self._fault_of_texts(pair.spun, pair.original)
        if not reason:
            aligned = align_article(pair.spun, pair.original)
            if aligned.dropped > (1.0 - _RELATED) * aligned.words:
                reason = UNRELATED
            elif not any(line.blocks for line in aligned.lines):
                reason = IDENTICAL
            else:
                evidence = 0.0 if self._trust else self._evidence(pair)
                judged = Judged(pair.name, _key(pair.original), aligned, evidence)
                if evidence > -_needed(judged):
                    return judged
                reason = SWAPPED
        self.faults.add(reason, pair.name)
        return None

    def drop_swapped(self, judged: Sequence[Judged]) -> list[Judged]:
        """The pairs but for those whose sides are swapped, as all the others show."""
        found = set() if self._trust else set(against_the_others(judged))
        for number in sorted(found):
            self.faults.add(SWAPPED, judged[number].name)
        return [pair for number, pair in enumerate(judged) if number not in found]

    def _fault_of_texts(self, spun: str, original: str) -> str:
        """What can be told without aligning."""
        if not spun.strip() or not original.strip():
            return EMPTY
        if max(len(spun), len(original)) > _LONGEST:
            return TOO_LONG
        if spun.split() == original.split():
            return IDENTICAL
        digest = _digest(f"{spun}\0{original}")
        if digest in self._seen:
            return DOUBLE
        self._seen.add(digest)
        return "" if self._is_english(spun) and self._is_english(original) else LANGUAGE

    def _is_english(self, text: str) -> bool:
        words = [word for word in tokenize(text).lower if word.isalpha()]
        common = sum((self._lexicon.frequency(word) or 0) >= _COMMON for word in words)
        return len(words) < _LEAST_WORDS or common >= _LEAST_COMMON * len(words)

    def _evidence(self, pair: Pair) -> float:
        """By how much more the original reads like one than the spun side does (nats).

        What the language model says, and what the habits of known spinners tell; of
        these the most outspoken one.
        """
        spun, original = tokenize(pair.spun), tokenize(pair.original)
        likelier = self._log_probability(original) - self._log_probability(spun)
        habits = [
            _spun_odds(spun, markers) - _spun_odds(original, markers) for markers in self._known
        ]
        return likelier + max(habits, key=abs, default=0.0)

    def _log_probability(self, tokens: Tokens) -> float:
        words = list(map(model_word, tokens.words))
        return sum(self._model.log_probability(words[a:b]) for a, b in lines(tokens))


def _digest(text: str) -> bytes:
    return hashlib.blake2b(text.encode("utf-8", "replace"), digest_size=16).digest()


def _key(text: str) -> float:
    return int.from_bytes(_digest(text)[:6], "big") / (1 << 48)


def _spun_odds(tokens: Tokens, markers: Markers) -> float:
    """How much more a text looks spun than genuine, as the gate counts it (nats)."""
    found = Counter((phrase, weight) for _, phrase, weight in markers.find(tokens))
    return sum(weight * math.sqrt(times) for (_, weight), times in found.items())


def _needed(judged: Judged) -> float:
    """How much evidence it takes to tell which side of a pair is the spun one."""
    edits = sum(len(line.blocks) for line in judged.aligned.lines)
    return _CLEAR + _DEVIATIONS * _EDIT * math.sqrt(edits)


def against_the_others(judged: Sequence[Judged]) -> list[int]:
    """Numbers of the pairs whose edits go the other way round in the other pairs.

    Asked only of pairs that do not tell themselves which of their sides is the spun one:
    what they replace is what replaced it elsewhere.
    """
    edits = [_edits(pair.aligned.lines) for pair in judged]
    times: dict[tuple[str, str], int] = defaultdict(int)
    for article in edits:
        for edit in article:
            times[edit] += 1
    found = []
    for number, pair in enumerate(judged):
        if pair.evidence >= _needed(pair):
            continue
        others = sum(
            math.log((times[a, b] - 0.5) / (times[b, a] - ((b, a) in edits[number]) + 0.5))
            for a, b in edits[number]
        )
        if pair.evidence + others < -_CLEAR:
            found.append(number)
    return found


def _edits(lines: Iterable[AlignedLine]) -> set[tuple[str, str]]:
    """What became what, in lower case, where both sides are a word each."""
    return {
        (line.low_spun[i], line.low_original[k])
        for line in lines
        for (i, j), (k, m) in line.blocks
        if j - i == m - k == 1
    }
