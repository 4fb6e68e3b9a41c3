"""Tortured phrases: what a spinner makes of the terms of science.

A term is rendered word by word (or by two or three words at once), and each
rendering is graded: *telling* ones are out of place in any term ("bosom" cancer),
*odd* ones need another one beside them ("warmth" "exchange"), *plain* ones
say nothing by themselves.
"""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Iterable, Iterator, Sequence
from itertools import product
from pathlib import Path
from typing import NamedTuple

from inflection import british, plural, title

from spinfix.text import starts_with_vowel_sound

FOLDER = Path(__file__).parent / "science"
#: A phrase is odd enough when the grades of its renderings come to this.
_ODD_ENOUGH = 2
#: Phrases kept for a term, likeliest first: those with a telling word, the others; and
#: those that get a form in title case, when the term is one that papers abbreviate.
_MOST_TELLING, _MOST_OTHERS, _MOST_TITLES = 9, 2, 6
#: A phrase that may stand for more terms than this says too little.
_AMBIGUOUS = 2
#: How likely a word is left as it is.
_KEPT = 0.4

#: Times that a phrase may be seen in genuine text when it has a telling word; what a
#: phrase counts that is too common anyway.
_RARELY, COMMON = 3, 1000


class Term(NamedTuple):
    """What a paper would say; ``plural``: it has one; ``short``: its abbreviation, or ""."""

    words: tuple[str, ...]
    field: str
    plural: bool
    short: str


class Rendering(NamedTuple):
    """What spinners make of a word or two.

    ``odd`` is how odd it is (0 plain, as many as it stands for words: odd), ``telling``
    whether it is out of place by itself; ``rank`` counts from 0, likeliest first.
    """

    text: str
    odd: int
    telling: bool
    rank: int


class Tables(NamedTuple):
    """The tables of tools/science; ``genuine``: phrases with how often they were seen."""

    terms: list[Term]
    renderings: dict[str, list[Rendering]]
    legitimate: set[str]
    genuine: dict[str, int]


class Phrase(NamedTuple):
    """A tortured phrase.

    ``base`` is the same phrase without its inflection, ``chance`` how likely spinners
    come to it (relative), ``telling`` whether one word gives it away by itself, ``seen``
    how often it stands in genuine text.
    """

    spun: str
    original: str
    base: str
    term: Term
    chance: float
    telling: bool
    seen: int = 0


class Part(NamedTuple):
    """One or more words of a term with what stands for them; ``rendering`` None: kept."""

    text: str
    rendering: Rendering | None
    chance: float


def read_tables(folder: Path = FOLDER) -> Tables:
    """Read the tables; genuine.tsv may be missing."""
    terms = [
        Term(tuple(term.split(" ")), field, plural == "plural", short)
        for term, field, plural, short in _rows(folder / "terms.tsv")
    ]
    renderings = {
        words: [
            Rendering(text, (_ODD_ENOUGH, len(words.split(" ")), 0)[column], column == 0, rank)
            for rank, (column, text) in enumerate(
                (column, text)
                for column, cell in enumerate(columns)
                for text in cell.split("|")
                if text
            )
        ]
        for words, *columns in _rows(folder / "renderings.tsv")
    }
    legitimate = {row[0] for row in _rows(folder / "legitimate.tsv")}
    counted = folder / "genuine.tsv"
    genuine = {row[0]: int(row[1]) for row in _rows(counted)} if counted.exists() else {}
    return Tables(terms, renderings, legitimate, genuine)


def _rows(path: Path) -> Iterator[list[str]]:
    for line in path.read_text(encoding="utf-8").splitlines()[1:]:
        if line and not line.startswith("#"):
            yield line.split("\t")


def phrases(tables: Tables) -> Iterator[Phrase]:
    """All phrases that the tables make, inflected, before anything is left out."""
    for term in tables.terms:
        for parts in _rendered(term.words, tables.renderings):
            used = [part.rendering for part in parts if part.rendering]
            if sum(rendering.odd for rendering in used) >= _ODD_ENOUGH:
                yield from _inflected(term, parts, any(rendering.telling for rendering in used))


def _rendered(words: Sequence[str], table: dict[str, list[Rendering]]) -> Iterator[list[Part]]:
    """Every way to render the words of a term, each of them kept or replaced."""
    for cut in _segmented(tuple(words), table):
        choices = []
        for piece in cut:
            renderings = table.get(" ".join(piece), [])
            kept = _KEPT if renderings else 1.0
            choice = [Part(piece[0], None, kept)] if len(piece) == 1 else []
            total = sum(1.0 / (r.rank + 1) for r in renderings)
            for rendering in renderings:
                chance = (1.0 - kept) / (rendering.rank + 1) / total
                choice.append(Part(rendering.text, rendering, chance))
            choices.append(choice)
        yield from map(list, product(*choices))


def _segmented(
    words: tuple[str, ...], table: dict[str, list[Rendering]]
) -> Iterator[list[tuple[str, ...]]]:
    if not words:
        yield []
        return
    for n in range(1, len(words) + 1):
        if n == 1 or " ".join(words[:n]) in table:
            for rest in _segmented(words[n:], table):
                yield [words[:n], *rest]


def _inflected(term: Term, parts: Sequence[Part], telling: bool) -> Iterator[Phrase]:
    """A phrase as it is, in the plural, and in British spelling where it shows."""
    chance = 1.0
    for part in parts:
        chance *= part.chance
    base = " ".join(part.text for part in parts)
    forms = [(parts, term.words)]
    if term.plural:
        last = parts[-1]
        several = plural(last.text)
        if several != last.text:
            ending = (*term.words[:-1], plural(term.words[-1]))
            forms.append(([*parts[:-1], last._replace(text=several)], ending))
    for form, words in forms:
        spun = [part.text for part in form]
        yield Phrase(" ".join(spun), " ".join(words), base, term, chance, telling)
        kept = [p.text if p.rendering else british(p.text) for p in form]
        if kept != spun:
            original = " ".join(map(british, words))
            yield Phrase(" ".join(kept), original, base, term, chance, telling)


def selected(tables: Tables) -> list[Phrase]:
    """The phrases worth having: never genuine, not ambiguous, the likeliest of each term."""
    candidates = list(_odd(phrases(tables), tables))
    originals: dict[str, set[str]] = defaultdict(set)
    for phrase in candidates:
        originals[phrase.spun].add(phrase.original)
    by_term: dict[Term, list[Phrase]] = defaultdict(list)
    for phrase in candidates:
        if len(originals[phrase.spun]) <= _AMBIGUOUS:
            by_term[phrase.term].append(phrase)
    chosen: list[Phrase] = []
    for term, found in by_term.items():
        ranked = sorted(found, key=lambda p: (-p.chance, p.base))
        needed = [phrase for phrase in ranked if not _redundant(phrase, originals)]
        best = {*_bases(needed, True)[:_MOST_TELLING], *_bases(needed, False)[:_MOST_OTHERS]}
        kept = [phrase for phrase in needed if phrase.base in best]
        chosen += kept
        chosen += [_with_article(p) for p in kept if p.telling and _changes_article(p)]
        if term.short:
            titles = (_bases(ranked, True) + _bases(ranked, False))[:_MOST_TITLES]
            chosen += [_title(phrase) for phrase in ranked if phrase.spun in titles]
    return chosen


def _bases(ranked: Iterable[Phrase], telling: bool) -> list[str]:
    """The phrases, without inflection, that have a telling word, or those that have none."""
    return list(dict.fromkeys(phrase.base for phrase in ranked if phrase.telling == telling))


def _odd(made: Iterable[Phrase], tables: Tables) -> Iterator[Phrase]:
    """Without all forms of a phrase of which one is genuine, a term, or legitimate."""
    made = list(made)
    terms = {" ".join(term.words) for term in tables.terms}
    terms |= {" ".join((*t.words[:-1], plural(t.words[-1]))) for t in tables.terms if t.plural}
    seen: Counter[str] = Counter()
    for spun, base in {(phrase.spun, phrase.base) for phrase in made}:
        if spun in terms or any(run in tables.legitimate for run in _runs(spun)):
            seen[base] += COMMON
        seen[base] += tables.genuine.get(spun, 0)
    for phrase in made:
        if seen[phrase.base] <= (_RARELY if phrase.telling else 0):
            yield phrase._replace(seen=tables.genuine.get(phrase.spun, 0))


def _runs(phrase: str) -> Iterator[str]:
    """The runs of one word or more that a phrase is made of."""
    words = phrase.split(" ")
    for i in range(len(words)):
        for j in range(i + 1, len(words) + 1):
            yield " ".join(words[i:j])


def _redundant(phrase: Phrase, shorter: dict[str, set[str]]) -> bool:
    """Would a shorter phrase inside this one restore it just as well?"""
    words = phrase.spun.split(" ")
    for i in range(len(words)):
        for j in range(i + 2, len(words) + 1):
            if j - i < len(words):
                for original in shorter.get(" ".join(words[i:j]), ()):
                    if " ".join([*words[:i], original, *words[j:]]) == phrase.original:
                        return True
    return False


def _title(phrase: Phrase) -> Phrase:
    """The phrase in title case, as names of methods are often written."""
    return phrase._replace(spun=title(phrase.spun), original=title(phrase.original))


def _changes_article(phrase: Phrase) -> bool:
    """Does one take "a", the other "an"?  Of a term that has a plural, in the singular."""
    sounds = {starts_with_vowel_sound(side) for side in (phrase.spun, phrase.original)}
    return phrase.term.plural and phrase.spun == phrase.base and len(sounds) == 2


def _with_article(phrase: Phrase) -> Phrase:
    """The phrase after "a" or "an", for spinners that set it right."""
    spun, original = (
        ("an " if starts_with_vowel_sound(side) else "a ") + side
        for side in (phrase.spun, phrase.original)
    )
    return phrase._replace(spun=spun, original=original)
