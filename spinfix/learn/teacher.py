"""Learning a spinner from spun/original pairs: dictionary, habits, and an honest estimate."""

from __future__ import annotations

import heapq
from collections.abc import Iterable, Sequence
from pathlib import Path
from typing import Any, NamedTuple

from spinfix.context import write_trust
from spinfix.dictionary import Entry
from spinfix.families import Family
from spinfix.repairer import Repairer
from spinfix.scorer import Trust
from spinfix.spinners import AUTO, SCORER, Spinner, Traits, find_spinners, write_spinner

from .measures import compare, score
from .pairs import Pair, Unreadable
from .phrases import SegmentedLine, segment_articles
from .prior import likeness, with_prior
from .progress import Track, untracked
from .quality import DOUBLE, SWAPPED, Faults, Inspector, Judged
from .table import Article, article, entries_from, tally
from .traits import habits
from .trust import Retrusted, fit_trust

#: Of more articles than these an entry must be seen in two; with fewer that costs repair.
_MANY = 5_000
#: Rarer replacements (0 to 1) are slips of the alignment: see table.entries_of.
_MIN_CHANCE, _MIN_SHARE = 0.002, 0.02
#: Pairs held out for the estimate: a share of them, at least and at most so many.  As
#: many, or so many, are used to weigh what speaks for a reading.
_HELD, _FEWEST, _MOST = 0.1, 20, 200
_TUNING = 100
#: A known spinner is built on when it has so much (0 to 1) of the replacements.
_LIKE = 0.5
#: Substitutions that a report names.
_TOP = 15
#: Base: no dictionary but the one learned.
NONE = "none"


class LearnError(ValueError):
    """Pairs that nothing can be learned from; the message says why, in one line."""


class Learned(NamedTuple):
    """A spinner as learned; ``traits.report`` says from what, and how good it is."""

    traits: Traits
    entries: list[Entry]
    trust: Trust | None = None

    def write(self, folder: Path) -> None:
        """Write it as ``Repairer(spinner=folder)`` reads it; OSError when that fails."""
        write_spinner(folder, self.traits, self.entries)
        (folder / SCORER).unlink(missing_ok=True)
        if self.trust:
            write_trust(folder / SCORER, self.trust)


def learn_pairs(
    pairs: Iterable[Pair | Unreadable],
    name: str,
    *,
    base: str | Path = AUTO,
    trust_sides: bool = False,
    track: Track = untracked,
) -> Learned:
    """Learn a spinner, to be called ``name``, from spun/original pairs.

    ``base`` is what is known before: a spinner by name or folder, "none", or "auto", the
    shipped spinner that has at least half of the replacements in the pairs, if one does.
    With ``trust_sides`` pairs are not asked whether their sides are swapped.

    A tenth of the pairs (20 to 200) are held out at first, to estimate how good the
    repair will be; then all are learned from.  Raises LearnError when more than half of
    the pairs cannot be used, and DictionaryError or OSError for a base that cannot.
    """
    known = find_spinners()
    prior = find_spinners([base]) if base not in (AUTO, NONE) else known if base == AUTO else []
    repairer = Repairer(spinner=(), scorer="fast")
    inspector = Inspector(
        repairer.model,
        repairer.lexicon,
        [Family(spinner).markers for spinner in known],
        trust_sides=trust_sides,
    )
    texts = Texts()
    judged = _usable(track(pairs, "reading"), inspector, texts)
    lines = segment_articles([pair.aligned.lines for pair in judged], track)
    articles = list(map(article, lines))
    held, tuning, rest = _divided(judged)
    lesson = Lesson([articles[n] for n in rest], prior, must_fit=base == AUTO)
    examples = [(texts.of(judged[n]).spun, articles[n].lines) for n in tuning]
    trust = lesson.trust(track(examples, "weighing"), repairer)
    unseen = [texts.of(judged[n]) for n in held]
    estimate = lesson.estimate(track(unseen, "measuring"), trust)
    lesson = Lesson(articles, prior, must_fit=base == AUTO)
    report = {
        "pairs": _counts(len(judged), inspector.faults),
        "words": _words(judged),
        **lesson.report(known),
        "held out": estimate,
    }
    return Learned(lesson.traits(name, report), lesson.entries, trust)


class Texts:
    """The texts of the pairs with the smallest keys: those that are held out at first."""

    def __init__(self) -> None:
        self._heap: list[tuple[float, int, Pair]] = []
        self._count = 0

    def offer(self, key: float, pair: Pair) -> None:
        """Keep the texts of a pair while there are not too many with smaller keys."""
        self._count += 1
        heapq.heappush(self._heap, (-key, self._count, pair))
        if len(self._heap) > _MOST + _TUNING:
            heapq.heappop(self._heap)

    def of(self, judged: Judged) -> Pair:
        """The texts of a pair that were kept."""
        wanted = -judged.key, judged.name
        return next(pair for key, _, pair in self._heap if (key, pair.name) == wanted)


def _usable(pairs: Iterable[Pair | Unreadable], inspector: Inspector, texts: Texts) -> list[Judged]:
    """The pairs to learn from, aligned."""
    judged: list[Judged] = []
    for pair in pairs:
        found = inspector.inspect(pair)
        if found is not None and isinstance(pair, Pair):
            judged.append(found)
            texts.offer(found.key, pair)
    judged = inspector.drop_swapped(judged)
    _check(len(judged), inspector.faults)
    return judged


def _check(used: int, faults: Faults) -> None:
    """Raise LearnError when more than half of the pairs are bad; doubles do no harm."""
    bad = faults.count - len(faults.get(DOUBLE, ()))
    if used and bad <= used:
        return
    if not bad:
        raise LearnError("there are no pairs to learn from")
    worst = max(faults, key=lambda reason: len(faults[reason]))
    advice = "; give the spun side and the original the other way round" * (worst == SWAPPED)
    raise LearnError(
        f"{bad:,} of {used + bad:,} pairs cannot be learned from, most because of {worst}"
        f" (the first: {faults[worst][0]}){advice}"
    )


def _divided(judged: Sequence[Judged]) -> tuple[list[int], list[int], list[int]]:
    """Numbers of the pairs to hold out, to weigh with, and to learn from.

    By their keys, so that all spins of an original come to the same part.
    """
    keys = sorted(pair.key for pair in judged)
    held = min(max(_FEWEST, min(_MOST, round(_HELD * len(keys)))), len(keys) // 3)
    tuning = held + min(held, _TUNING)
    limits = [keys[n - 1] if n else -1.0 for n in (held, tuning)]
    parts: tuple[list[int], list[int], list[int]] = ([], [], [])
    for number, pair in enumerate(judged):
        parts[sum(pair.key > limit for limit in limits)].append(number)
    return parts


def _counts(used: int, faults: Faults) -> dict[str, Any]:
    return {"read": used + faults.count, "used": used, "bad": faults.to_dict()}


def _words(judged: Iterable[Judged]) -> dict[str, int]:
    words = dropped = 0
    for pair in judged:
        words += pair.aligned.words
        dropped += pair.aligned.dropped
    return {"read": words, "dropped": dropped}


class Lesson:
    """What articles teach: entries, habits, and how like known spinners this one is."""

    def __init__(
        self, articles: Sequence[Article], bases: Sequence[Spinner], *, must_fit: bool
    ) -> None:
        """Learn, on top of the likeliest of ``bases``.

        If one ``must_fit`` none is taken that has less than half of the replacements.
        """
        least = 2 if len(articles) > _MANY else 1
        prior = [entry for spinner in bases for entry in spinner.entries]
        self._totals = tally(articles, least, prior)
        found = entries_from(self._totals, _MIN_CHANCE, _MIN_SHARE)
        if not found:
            raise LearnError("nothing is replaced in these pairs")
        self._habits = habits(articles, found)
        self._base = max(bases, key=self._likeness, default=None)
        if must_fit and self._base and self._likeness(self._base) < _LIKE:
            self._base = None
        self.entries = found
        if self._base:
            known = self._base.entries
            halves = (tally(articles[::2], 1, known), tally(articles[1::2], 1, known))
            self.entries = with_prior(self._totals, halves, found, known)

    def _likeness(self, spinner: Spinner) -> float:
        return likeness(self._totals, spinner.entries)

    def traits(self, name: str, report: dict[str, Any] | None = None) -> Traits:
        """The spinner's traits."""
        draw, names, quotes, rate = self._habits
        return Traits(name, draw.value, names.value, quotes.value, rate, True, report or {})

    def trust(
        self, articles: Iterable[tuple[str, Sequence[SegmentedLine]]], repairer: Repairer
    ) -> Trust | None:
        """How much the parts of the evidence count, by articles not learned from."""
        family = self._family(repairer)
        scorer = repairer.scorer(family)
        return fit_trust(articles, family, repairer.model, scorer) if scorer else None

    def estimate(self, unseen: Iterable[Pair], trust: Trust | None) -> dict[str, float]:
        """How good the repair of articles is that were not learned from."""
        repairer = Repairer(spinner=(), scorer="fast")
        family = self._family(repairer)
        repairer.families = [family]
        scorer = repairer.scorer(family)
        if trust and scorer:
            repairer = Repairer(spinner=(), scorer=Retrusted(scorer, trust))
            repairer.families = [family]
        found = [compare(*pair[1:], repairer.repair(pair.spun).fixed) for pair in unseen]
        if not found:
            return {"articles": 0}
        return {key: round(value, 4) for key, value in score(found)._asdict().items()}

    def _family(self, repairer: Repairer) -> Family:
        spinner = Spinner(self.traits(""), self.entries, [], ())
        return Family(spinner, edit_bias=repairer.options.edit_bias)

    def report(self, known: Iterable[Spinner]) -> dict[str, Any]:
        """What was learned, and how like the ``known`` spinners this one is."""
        draw, names, quotes, rate = self._habits
        top = sorted(self._totals.pairs.items(), key=lambda item: (-item[1], item[0]))[:_TOP]
        return {
            "entries": len(self.entries),
            "replacements": self._totals.pairs.total(),
            "top": [[spun, original, times] for (spun, original), times in top],
            "one draw": draw.to_dict(),
            "names left out": names.to_dict(),
            "quotations left out": quotes.to_dict(),
            "rate": rate,
            "known spinners": {s.traits.name: round(self._likeness(s), 4) for s in known},
            "base": self._base.traits.name if self._base else None,
        }
