"""The originals that a spun phrase may stand for, and what the counts say for each."""

from __future__ import annotations

import math
from collections.abc import Iterator, Sequence
from typing import NamedTuple

from .dictionary import Entry
from .evidence import has_capitals
from .text import is_acronym, model_word, starts_with_vowel_sound, tokenize, uncapitalised

#: How much the odds P(original | spun) / P(left alone | spun) count beside the
#: channel's P(spun | original), and where they are cut off (nats).
_DIRECT_WEIGHT, _MAX_DIRECT = 0.6, 6.0


class Candidate(NamedTuple):
    """An original that a spun phrase may stand for.

    ``words`` are its words for the language model, ``weight`` is what the counts
    say for it, a factor: P(spun | original), and a power of the odds of
    replacing to leaving alone; ``exact`` tells that case is as written in the
    dictionary, ``vowel`` that it takes "an"; ``phrases`` are the entry's spun phrase and
    original with a tab between them, ``pair`` the two in lower case.  As many words ``before``
    and ``after`` as told are the same in both, and ``core`` is what lies between in the original.
    """

    original: str
    words: tuple[str, ...]
    weight: float
    entry: Entry
    exact: bool
    vowel: bool
    phrases: str
    pair: tuple[str, str]
    before: int
    after: int
    core: str


class Key(NamedTuple):
    """What a phrase can stand for: in any fitting case, and exactly as written."""

    plain: list[Candidate]
    exact: list[Candidate]


def candidate_of(entry: Entry, bias: float) -> Candidate:
    """The original of an entry as a candidate; ``bias``, a factor, is for any original."""
    words = words_of(entry.original)
    before, after, core = core_of(entry.spun, entry.original)
    return Candidate(
        original=entry.original,
        words=tuple(map(model_word, words)),
        weight=weight_of(entry, bias),
        entry=entry,
        exact=has_capitals(entry),
        vowel=starts_with_vowel_sound(words[0].lower()),
        phrases=f"{entry.spun}\t{entry.original}",
        pair=(entry.spun.lower(), entry.original.lower()),
        before=before,
        after=after,
        core=core,
    )


def core_of(spun: str, original: str) -> tuple[int, int, str]:
    """How many words at either end a phrase shares with its original, and the rest of that.

    Such words only tell where an entry applies ("that may" for "that can").  Of both sides one
    word at least is left.
    """
    if " " not in spun or " " not in original:
        return 0, 0, original
    old, new = spun.split(" "), original.split(" ")
    most = min(len(old), len(new)) - 1
    before = _same(old, new, most)
    after = _same(old[::-1], new[::-1], most - before)
    return before, after, " ".join(new[before : len(new) - after])


def within(spun: str, original: str) -> Iterator[tuple[str, str]]:
    """A pair, and it without words that both sides share at their ends, longest first.

    Of "whether or not they're" for "whether they're" either end: one word stays on each side.
    """
    yield spun, original
    old, new = spun.split(" "), original.split(" ")
    most = min(len(old), len(new)) - 1
    before, after = _same(old, new, most), _same(old[::-1], new[::-1], most)
    cuts = [(i, j) for i in range(before + 1) for j in range(after + 1) if 0 < i + j <= most]
    for i, j in sorted(cuts, key=sum):
        yield " ".join(old[i : len(old) - j]), " ".join(new[i : len(new) - j])


def _same(one: Sequence[str], other: Sequence[str], most: int) -> int:
    """How many words, at most so many, are the same at the beginning."""
    count = 0
    while count < most and one[count] == other[count]:
        count += 1
    return count


def weight_of(entry: Entry, bias: float) -> float:
    """What the counts say for the original of an entry, a factor."""
    odds = math.log((entry.replaced + 0.5) / (entry.left_alone + 0.5))
    direct = _DIRECT_WEIGHT * max(-_MAX_DIRECT, min(_MAX_DIRECT, odds))
    return bias * entry.replaced / entry.seen * math.exp(direct)


def words_of(phrase: str) -> list[str]:
    """The tokens of a phrase; most are words of letters."""
    words = phrase.split(" ")
    plain = phrase.isascii() and all(map(str.isalpha, words))
    return words if plain else tokenize(phrase).words


def fitting(key: Key, words: list[str], start: int, end: int) -> list[Candidate]:
    """The candidates whose case agrees with the words as written.

    The spinner matches a head as it stands or with its first letter made a
    capital, and gives the replacement the same capital: so in what it wrote
    only the first letter can be one, but for entries with capitals of their own.
    """
    first = words[start]
    plain = first.islower() or not is_acronym(first)
    if plain and end > start + 1:
        plain = all(map(_is_lower, words[start + 1 : end]))
    found = key.plain if plain else []
    if key.exact:
        text = " ".join(words[start:end])
        found = found + [c for c in key.exact if c.entry.spun in (text, uncapitalised(text))]
    return found


def _is_lower(word: str) -> bool:
    return word.islower() or not word[0].isalpha() or word == "I" or word.startswith("I'")
