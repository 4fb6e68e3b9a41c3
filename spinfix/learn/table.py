"""A phrase table from spun/original pairs: what replaces what, and how often."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Iterator, Sequence
from typing import NamedTuple

from spinfix.dictionary import Entry, canonical, is_phrase
from spinfix.text import quoted, uncapitalised

from .align import AlignedLine, aligned_lines
from .phrases import SegmentedLine, segment_articles
from .segment import Segment

#: Phrases longer than this (words) are not counted when left alone.
_LONGEST = 6


class Article(NamedTuple):
    """One article's lines and which of its words the spinner could have touched."""

    lines: list[SegmentedLine]
    names: bool
    quotes: bool


class Totals(NamedTuple):
    """Counts over all articles.

    ``pairs``: replacements; ``articles``: articles with that replacement;
    ``kept``: phrases (heads or replacements) that stand unchanged in spun text,
    where the spinner could have touched them.
    """

    pairs: Counter[tuple[str, str]]
    articles: Counter[tuple[str, str]]
    kept: Counter[str]

    def heads(self) -> Counter[str]:
        """How often each phrase stood in an original where it could be replaced."""
        heads = Counter(self.kept)
        for (_, original), n in self.pairs.items():
            heads[original] += n
        return heads


def read_articles(pairs: Iterable[tuple[str, str]]) -> list[Article]:
    """Align (spun, original) articles and cut their changes into phrase pairs."""
    aligned = [list(aligned_lines(spun, original)) for spun, original in pairs]
    return [article(lines) for lines in segment_articles(aligned)]


def entries_of(
    articles: Sequence[Article],
    *,
    min_articles: int = 2,
    min_chance: float = 0.002,
    min_share: float = 0.02,
) -> list[Entry]:
    """The dictionary entries that aligned articles give evidence for.

    An entry is kept when at least ``min_articles`` articles show it and the
    original became that phrase at least ``min_chance`` of the time: a spinner
    draws from a short row of synonyms, so what is rarer is an alignment slip.
    So is an original that makes up less than ``min_share`` of all that the spun
    phrase replaced.
    """
    return entries_from(tally(articles, min_articles), min_chance, min_share)


def tally(articles: Sequence[Article], min_articles: int = 1, also: Iterable[Entry] = ()) -> Totals:
    """Count the replacements that at least ``min_articles`` show, and how often phrases stay.

    The phrases are those of the replacements, and of the entries in ``also``.
    """
    totals = count(articles)
    for pair, n in totals.articles.items():
        if n < min_articles:
            del totals.pairs[pair]
    phrases = {phrase for pair in totals.pairs for phrase in pair}
    phrases.update(phrase for entry in also for phrase in entry[:2])
    count_kept(articles, phrases, totals.kept)
    return totals


def entries_from(totals: Totals, min_chance: float, min_share: float) -> list[Entry]:
    """The entries that the counts give evidence for; thresholds as in :func:`entries_of`."""
    heads = totals.heads()
    replacing = Counter[str]()
    for (spun, _), n in totals.pairs.items():
        replacing[spun] += n
    return sorted(
        Entry(spun, original, n, heads[original], totals.kept[spun])
        for (spun, original), n in totals.pairs.items()
        if n >= min_chance * heads[original] and n >= min_share * replacing[spun]
    )


def article(lines: Sequence[SegmentedLine]) -> Article:
    """Tell which words of an article the spinner left out on principle.

    Names: no capitalised word changed although many others did.  Quotes: the
    same inside quotation marks.
    """
    capital = inside = changed = 0
    for line, segments in lines:
        marks = quoted(line.original)
        for _, _, k, _ in segments:
            changed += 1
            capital += line.original[k][0].isupper()
            inside += marks[k]
    return Article(list(lines), names=capital > 0.02 * changed, quotes=inside > 0)


def touchable(item: Article, line: AlignedLine) -> list[bool]:
    """For each word of the original line: could the spinner have changed it?"""
    marks = quoted(line.original)
    return [
        (item.quotes or not mark) and (item.names or not word[0].isupper()) and k not in line.curly
        for k, (word, mark) in enumerate(zip(line.original, marks, strict=True))
    ]


def count(articles: Sequence[Article]) -> Totals:
    """Count replacements in their canonical case."""
    totals = Totals(Counter(), Counter(), Counter())
    for item in articles:
        seen: set[tuple[str, str]] = set()
        for line, segments in item.lines:
            for i, j, k, m in segments:
                spun, original = line.spun[i:j], line.original[k:m]
                pair = canonical(spun, original)
                if is_phrase(spun) and is_phrase(original) and pair[0] != pair[1]:
                    totals.pairs[pair] += 1
                    seen.add(pair)
        totals.articles.update(seen)
    return totals


def count_kept(articles: Sequence[Article], phrases: set[str], kept: Counter[str]) -> None:
    """Count how often each of ``phrases`` stands unchanged where it could have changed.

    Phrases with capitals of their own are looked for as written, the others in
    lower case.
    """
    starts = {phrase.split(" ", 1)[0].lower() for phrase in phrases}
    for item in articles:
        for line, segments in item.lines:
            free = touchable(item, line)
            for run in unchanged(line, segments):
                for k in run:
                    if not free[k] or line.low_original[k] not in starts:
                        continue
                    stop = min(run.stop, k + _LONGEST)
                    for phrase in _phrases(line, k, stop):
                        if phrase in phrases:
                            kept[phrase] += 1


def _phrases(line: AlignedLine, start: int, stop: int) -> Iterator[str]:
    """The phrases that begin at a word, in lower case and as written."""
    for end in range(start + 1, stop + 1):
        low = " ".join(line.low_original[start:end])
        yield low
        written = " ".join(line.original[start:end])
        if written != low:
            yield written
            opened = uncapitalised(written)
            if opened not in (low, written):
                yield opened


def unchanged(line: AlignedLine, segments: Sequence[Segment]) -> Iterator[range]:
    """The stretches of the original line between its replacements."""
    start = 0
    for _, _, k, m in segments:
        yield range(start, k)
        start = m
    yield range(start, len(line.original))
