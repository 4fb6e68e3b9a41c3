"""A thesaurus turned round: from what a spinner may write to what it replaced.

A thesaurus has no counts, and a dictionary lives on them (:mod:`spinfix.channel`,
:mod:`spinfix.evidence`).  So they are expected ones: what an observer would have counted who
watched the spinner go over :data:`WORDS` words of plain English.

* How often a phrase comes there follows from the frequency of its first words (the lexicon)
  and the language model's probability of each further one.
* ``seen`` of a head is that number.  The spinner draws evenly from the head's synonyms, and
  a few heads escape it (:data:`SURVIVING`; capitals, quotations, words glued by a hyphen), so
  ``replaced`` is seen x (1 - surviving) / synonyms.
* ``left_alone`` of a phrase that is itself a head is what survives of it: spinners leave no
  head.  That of any other phrase is how often English has it: the spinner never touches it.

Groups without a head (spintax) are drawn from as a whole, so the head stays one time in n.
Their commonest member is the likeliest original; those nearly as common are heads, too.
"""

from __future__ import annotations

import math
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass, field
from typing import Any, NamedTuple

from spinfix.dictionary import Entry, canonical, loops
from spinfix.language_model import LanguageModel
from spinfix.lexicon import Lexicon
from spinfix.text import model_word

from .thesaurus import Row, Thesaurus

#: Words of English that the expected counts are for.
WORDS = 10_000_000
#: Share of the heads that escape a spinner: in real pairs the median over frequent heads is
#: 0.007, and a quarter of them has 0.045 or more.
SURVIVING = 0.02
#: Members of a group that come at least so often as its commonest one are heads as well.
_LIKE = 1 / 3
#: Words that the lexicon's counts of words add up to; those of pairs are of a larger text,
#: so large that heads of one word and of two come as often as they do in real pairs.
_SINGLE, _PAIRS = 5.4e11, 2.2e13
#: Loops that a report names.
_NAMED = 5

#: How often a phrase is expected in :data:`WORDS` words.
Expected = Callable[[str], float]


class Imported(NamedTuple):
    """A dictionary made of a thesaurus, and what is to be said about it."""

    entries: list[Entry]
    report: dict[str, Any]


@dataclass
class _Head:
    """What a phrase becomes, and the share of it that stays as it is."""

    kept: float
    synonyms: dict[str, None] = field(default_factory=dict)


def expected_by(lexicon: Lexicon, model: LanguageModel) -> Expected:
    """Expected counts by the lexicon and a language model; 0 for words that neither knows.

    The lexicon tells how often the first two words come together, or only the first one
    where it does not know the two; the model goes on from there.
    """

    def expected(phrase: str) -> float:
        words = phrase.split(" ")
        log_p = model.log_probabilities([model_word(word) for word in words])
        for known, total in ((2, _PAIRS), (1, _SINGLE)):
            count = lexicon.frequency(" ".join(words[:known])) if len(words) >= known else None
            if count:
                return WORDS * count / total * math.exp(sum(log_p[known:]))
        return WORDS * math.exp(sum(log_p))

    return expected


def invert(thesaurus: Thesaurus, expected: Expected, source: str = "") -> Imported:
    """The dictionary of a thesaurus, with expected counts; ``source`` goes into its entries."""
    counts: dict[str, float] = {}

    def count(phrase: str) -> float:
        if phrase not in counts:
            counts[phrase] = expected(phrase)
        return counts[phrase]

    heads = _heads(thesaurus.rows, count)
    entries = sorted(
        Entry(spun, original, *_counts(spun, original, heads, count), source)
        for original, head in heads.items()
        for spun in head.synonyms
    )
    return Imported(entries, _report(thesaurus, heads, entries, count))


def _heads(rows: Iterable[Row], count: Expected) -> dict[str, _Head]:
    heads: dict[str, _Head] = {}
    for row in rows:
        if row.head is not None:
            _add(heads, row.head, row.synonyms, SURVIVING)
            continue
        often = [count(member) for member in row.synonyms]
        for member, times in zip(row.synonyms, often, strict=True):
            if times >= _LIKE * max(often):
                _add(heads, member, row.synonyms, 1 / len(row.synonyms))
    return heads


def _add(heads: dict[str, _Head], head: str, synonyms: Sequence[str], kept: float) -> None:
    for synonym in synonyms:
        if synonym != head:
            spun, original = canonical(synonym.split(" "), head.split(" "))
            if spun != original:
                heads.setdefault(original, _Head(kept)).synonyms[spun] = None


def _counts(
    spun: str, original: str, heads: dict[str, _Head], count: Expected
) -> tuple[int, int, int]:
    """replaced, seen and left_alone of an entry."""
    head = heads[original]
    many = len(head.synonyms)
    seen = max(math.ceil(count(original)), many)
    replaced = max(1, int(seen * (1 - head.kept) / many))
    own = heads.get(spun)
    alone = count(spun) * own.kept if own else count(spun)
    return replaced, seen, math.ceil(alone)


def _report(
    thesaurus: Thesaurus, heads: dict[str, _Head], entries: Sequence[Entry], count: Expected
) -> dict[str, Any]:
    """What was found and what was left out; plain numbers, for people and for spinner.json."""
    dirt = thesaurus.dirt
    turned = [entries[number] for number in loops(entries)]
    dropped = {reason: n for reason, n in dirt.dropped.most_common() if n}
    return {
        "format": thesaurus.format,
        "rows": len(thesaurus.rows),
        "phrases": dirt.phrases,
        "dropped": dropped,
        "dropped_share": round(min(1.0, sum(dropped.values()) / max(1, dirt.phrases)), 4),
        "cleaned": {reason: n for reason, n in dirt.cleaned.most_common() if n},
        "entries": len(entries),
        "heads": len(heads),
        "spun_phrases": len({entry.spun for entry in entries}),
        "loops": len(turned),
        "loops_named": [[entry.spun, entry.original] for entry in turned[:_NAMED]],
        "unknown_heads": sum(not count(head) for head in heads),
    }
