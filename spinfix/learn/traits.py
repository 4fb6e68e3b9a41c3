"""How a spinner works, from aligned articles: draws, protected regions, its rate."""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Iterable, Iterator, Sequence
from typing import NamedTuple

from spinfix.dictionary import Entry
from spinfix.spinners import Traits
from spinfix.text import quoted

from .align import AlignedLine
from .segment import Segment
from .table import Article, unchanged

#: What is taken to be so where nothing tells.
_USUAL = Traits("")
#: A head tells of regions when it is replaced at least so often (share of the rate).
_STEADY = 0.5
#: An article tells of a region when so many heads stand there, and the region was left
#: out when less than this share of the rate was replaced.
_LEAST_HEADS, _LEFT_OUT = 4, 0.1


class Share(NamedTuple):
    """A share (0 to 1) and how many cases it was counted on; ``usual`` where there is none."""

    hits: int
    cases: int
    usual: float

    @property
    def value(self) -> float:
        """The share."""
        return round(self.hits / self.cases, 4) if self.cases else self.usual

    def to_dict(self) -> dict[str, float]:
        """The share and its cases, for a report."""
        return {"share": self.value, "cases": self.cases}


class Habits(NamedTuple):
    """What is known of a spinner beside its dictionary; see spinners.Traits.

    ``one_draw`` is counted on heads that come again in an article and have more than one
    replacement, ``names`` and ``quotes`` on articles with enough heads among capitalised
    words, and in quotations.
    """

    one_draw: Share
    names: Share
    quotes: Share
    rate: float


def habits(articles: Sequence[Article], entries: Sequence[Entry]) -> Habits:
    """Tell the habits of a spinner, given its entries as counted in these articles."""
    rate, shares = _rate(entries)
    steady = {head for head, share in shares.items() if share >= _STEADY * rate}
    left_out = [_left_out(article, steady, rate) for article in articles]
    names, quotes = (
        _share([flags[n] for flags in left_out], usual)
        for n, usual in enumerate((_USUAL.names, _USUAL.quotes))
    )
    return Habits(_draws(articles, entries), names, quotes, rate)


def _share(flags: Iterable[bool | None], usual: float) -> Share:
    told = [flag for flag in flags if flag is not None]
    return Share(sum(told), len(told), usual)


def _rate(entries: Sequence[Entry]) -> tuple[float, dict[str, float]]:
    """The usual share of a head's places that is replaced, and each head's own share.

    The median over all replacements: slips of the alignment are few, though they seem
    to be heads that are hardly ever replaced.
    """
    replaced: Counter[str] = Counter()
    seen: dict[str, int] = {}
    for entry in entries:
        replaced[entry.original] += entry.replaced
        seen[entry.original] = entry.seen
    shares = {head: min(1.0, n / seen[head]) for head, n in replaced.items()}
    half = sum(replaced.values()) / 2
    for head in sorted(shares, key=shares.__getitem__):
        half -= replaced[head]
        if half <= 0:
            return round(shares[head], 4), shares
    return 1.0, shares


def _draws(articles: Iterable[Article], entries: Iterable[Entry]) -> Share:
    """How many heads became the same phrase wherever they come in an article."""
    phrases = Counter(entry.original.lower() for entry in entries)
    same = again = 0
    for article in articles:
        became: dict[tuple[str, bool], list[str]] = defaultdict(list)
        for line, segments in article.lines:
            for i, j, k, m in segments:
                head = " ".join(line.low_original[k:m])
                if phrases[head] > 1:
                    capital = line.original[k][0].isupper()
                    became[head, capital].append(" ".join(line.low_spun[i:j]))
        groups = [group for group in became.values() if len(group) > 1]
        again += len(groups)
        same += sum(len(set(group)) == 1 for group in groups)
    return Share(same, again, _USUAL.one_draw)


def _left_out(article: Article, steady: set[str], rate: float) -> tuple[bool | None, bool | None]:
    """Were names left out, and quotations?  None where the article does not tell."""
    replaced: Counter[str] = Counter()
    kept: Counter[str] = Counter()
    for line, segments in article.lines:
        marks = quoted(line.original)
        for k, was_replaced in _heads(line, segments, steady):
            if marks[k] and line.original[k][0].isupper():
                continue  # says nothing on which of the two it was
            region = "quotes" if marks[k] else "names" if line.original[k][0].isupper() else ""
            (replaced if was_replaced else kept)[region] += 1
    flags = []
    for region in ("names", "quotes"):
        cases = replaced[region] + kept[region]
        few = replaced[region] < _LEFT_OUT * rate * cases
        flags.append(few if cases >= _LEAST_HEADS else None)
    return flags[0], flags[1]


def _heads(
    line: AlignedLine, segments: Sequence[Segment], steady: set[str]
) -> Iterator[tuple[int, bool]]:
    """Where heads of one word stand in the original, and whether they were replaced."""
    for _, _, k, m in segments:
        if m - k == 1 and line.low_original[k] in steady:
            yield k, True
    for run in unchanged(line, segments):
        for k in run:
            if line.low_original[k] in steady and k not in line.curly:
                yield k, False
