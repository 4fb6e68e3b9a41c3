"""The rows of a spinner's thesaurus, learned from pairs: what it replaces, and by what.

They cannot be seen, only what comes of them: that "this" becomes "that" in one place of
twenty may be a row of its own for "this is".  So rows grow: a head gets a longer one beside it
for each word before or behind it with which it fares otherwise than elsewhere.
"""

from __future__ import annotations

import math
from collections import Counter, defaultdict
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from functools import partial
from multiprocessing import get_context
from typing import Any, NamedTuple

from spin import longest_of, matches

from spinfix.dictionary import canonical, is_phrase
from spinfix.learn.align import AlignedLine
from spinfix.learn.phrases import SegmentedLine
from spinfix.learn.segment import Segment, boundaries
from spinfix.learn.table import Article, read_articles, touchable


class Outcome(NamedTuple):
    """What a head becomes; ``segments`` are what changed in it, in words of both.

    Without segments the head stays as it is.
    """

    words: str
    segments: tuple[Segment, ...] = ()


#: What a head becomes, and how often; a head can become itself.
Rows = Mapping[str, Counter[Outcome]]
#: A head is passed over for a shorter one, or for one that begins inside of it.
PASSED = Outcome("")

#: A head is replaced at least so often, and in this share of the places where it matches.
_LEAST, _SHARE = 3, 0.02
#: What a head becomes in a smaller share of its places is a slip of the alignment.
_SLIP = 0.01
#: A head grows by a word with which it was seen so often, where to know of the word makes what
#: became of it likelier by so much (nats); heads that are nearly always replaced do not.
_SEEN, _GAIN, _ALWAYS = 6, 5.0, 0.95
#: Rounds of counting; after these ones heads grow.
_ROUNDS, _GROWING = 4, (0, 1)

#: A head that was met in a line: its first word and the one behind it, and what became of it.
_Met = tuple[int, int, str, Outcome]
#: By head, whether the word stands behind it, and that word: how often head and word were
#: met, and how often the head was replaced there.
_Beside = dict[tuple[str, bool, str], list[int]]


def learn_rows(articles: Sequence[Article], jobs: int = 1) -> dict[str, Counter[Outcome]]:
    """The rows of the spinner's thesaurus, counted where it would have looked them up."""
    size = math.ceil(len(articles) / jobs) or 1
    _parts[:] = [articles[n : n + size] for n in range(0, len(articles), size)]
    rows: dict[str, Counter[Outcome]] = _seen(articles)
    grown: set[str] = set()
    for number in range(_ROUNDS):
        found = _in_parts(partial(_counted, rows=rows), jobs)
        rows = {}
        for head in sorted({head for part in found for head in part}):
            row = sum((part[head] for part in found if head in part), Counter[Outcome]())
            if cleaned := _cleaned(head, row, head in grown):
                rows[head] = cleaned
        if number in _GROWING:
            beside = _in_parts(partial(_beside, rows=rows), jobs)
            longer = _longer(rows, beside)
            grown |= longer - rows.keys()
            rows |= {head: Counter({Outcome(head): 1}) for head in longer - rows.keys()}
    return rows


#: Of the run at hand, for processes that are forked.
_parts: list[Sequence[Article]] = []


def _in_parts(work: Callable[[Sequence[Article]], Any], jobs: int) -> list[Any]:
    """What is found in each part of the articles."""
    if jobs == 1:
        return list(map(work, _parts))
    with get_context("fork").Pool(jobs) as pool:
        return pool.map(partial(_on_part, work), range(len(_parts)), chunksize=1)


def _on_part(work: Callable[[Sequence[Article]], Any], number: int) -> Any:
    return work(_parts[number])


def _seen(articles: Sequence[Article]) -> dict[str, Counter[Outcome]]:
    rows: dict[str, Counter[Outcome]] = defaultdict(Counter)
    for item in articles:
        for line, segments in item.lines:
            for i, j, k, m in segments:
                spun, original = line.spun[i:j], line.original[k:m]
                if is_phrase(spun) and is_phrase(original):
                    after, before = canonical(spun, original)
                    rows[before][Outcome(after, ((0, j - i, 0, m - k),))] += 1
    return {head: row for head, row in rows.items() if row.total() >= _LEAST}


def _counted(articles: Sequence[Article], rows: Rows) -> dict[str, Counter[Outcome]]:
    counts: dict[str, Counter[Outcome]] = defaultdict(Counter)
    longest = longest_of(rows)
    for item in articles:
        for line in item.lines:
            free = touchable(item, line.line)
            for _, _, head, became in _outcomes(line, free, rows, longest):
                counts[head][became] += 1
    return dict(counts)


def _outcomes(
    cut: SegmentedLine, free: Sequence[bool], rows: Rows, longest: Mapping[str, int]
) -> list[_Met]:
    """The heads of a line and what became of them; ``free`` are the words that could be changed."""
    line, segments = cut
    to = _places(line, segments)
    at = {k: segment for segment in segments for k in range(segment[2], segment[3])}
    met: list[_Met] = []

    def takes(start: int, end: int, head: str) -> bool:
        if not all(free[start:end]):
            return False
        first, stop = to[start], to[end]
        if first is None or stop is None:
            met.append((start, end, head, PASSED))
            return False
        inner = dict.fromkeys(at[k] for k in range(start, end) if k in at)
        spun = line.spun[first:stop]
        if not inner and len(spun) == end - start:
            met.append((start, end, head, Outcome(head)))
        elif inner and is_phrase(spun):
            became = canonical(spun, line.original[start:end])[0]
            its = tuple((i - first, j - first, k - start, m - start) for i, j, k, m in inner)
            met.append((start, end, head, Outcome(became, its)))
        return True

    for _ in matches(line.original, rows, longest, takes):
        pass
    return met


def _places(line: AlignedLine, segments: Sequence[Segment]) -> list[int | None]:
    """Where each boundary of the original's words lies in the spun line; None: inside of what
    was replaced."""
    turned = [(k, m, i, j) for i, j, k, m in segments]
    return [*boundaries(turned, len(line.original)), len(line.spun)]


def _cleaned(head: str, found: Counter[Outcome], grown: bool) -> Counter[Outcome] | None:
    """A row without slips; None where none is left.  Of a grown head it also counts where it
    stays as it is: there its shorter one is not replaced either."""
    total = found.total()
    kept = {Outcome(head), PASSED}
    replaced = total - sum(found[outcome] for outcome in kept)
    if not grown and (replaced < _LEAST or replaced < _SHARE * total):
        return None
    row = Counter({w: n for w, n in found.items() if w in kept or n >= max(2, _SLIP * replaced)})
    return row if row.keys() - kept or (grown and total >= _SEEN) else None


def _beside(articles: Sequence[Article], rows: Rows) -> _Beside:
    """How heads fare beside other words."""
    mixed = {head for head, row in rows.items() if _is_mixed(head, row)}
    longest = longest_of(rows)
    found: _Beside = defaultdict(lambda: [0, 0])
    for item in articles:
        for cut in item.lines:
            line, free = cut.line, touchable(item, cut.line)
            for start, end, head, became in _outcomes(cut, free, rows, longest):
                if head not in mixed or became == PASSED:
                    continue
                for behind, k in ((False, start - 1), (True, end)):
                    word = line.original[k] if 0 <= k < len(free) and free[k] else ""
                    if word.islower() and is_phrase([word]):
                        counts = found[head, behind, word]
                        counts[0] += 1
                        counts[1] += bool(became.segments)
    return dict(found)


def _taken(head: str, row: Counter[Outcome]) -> tuple[int, int]:
    """How often a head was not passed over, and how often it was replaced."""
    total = row.total() - row[PASSED]
    return total, total - row[Outcome(head)]


def _is_mixed(head: str, row: Counter[Outcome]) -> bool:
    total, replaced = _taken(head, row)
    return total >= 2 * _SEEN and replaced < _ALWAYS * total


def _longer(rows: Rows, parts: Iterable[_Beside]) -> set[str]:
    """The heads with one more word that fare otherwise than the head."""
    beside: _Beside = defaultdict(lambda: [0, 0])
    for part in parts:
        for key, (met, replaced) in part.items():
            beside[key][0] += met
            beside[key][1] += replaced
    found: set[str] = set()
    for (head, behind, word), (met, replaced) in beside.items():
        total, of_all = _taken(head, rows[head])
        if met >= _SEEN and _gain(met, replaced, of_all / total) >= _GAIN:
            found.add(f"{head} {word}" if behind else f"{word} {head}")
    return found


def _gain(met: int, replaced: int, share: float) -> float:
    """By how much what was seen is likelier with a share of its own (nats)."""
    gain = 0.0
    for count, expected in ((replaced, share), (met - replaced, 1.0 - share)):
        if count:
            gain += count * math.log(count / met / max(expected, 1e-9))
    return gain


def read_cut(pairs: Iterable[tuple[str, str]], heads: bool, jobs: int) -> list[Article]:
    """As spinfix.learn.table.read_articles; with ``heads``, cut along those of the spinner."""
    articles = read_articles(pairs)
    return list(along_heads(articles, learn_rows(articles, jobs))) if heads else articles


def along_heads(articles: Iterable[Article], rows: Rows) -> Iterator[Article]:
    """The articles with each replaced head as one segment, whatever changed in it."""
    longest = longest_of(rows)
    for item in articles:
        lines = [_along_heads(item, cut, rows, longest) for cut in item.lines]
        yield item._replace(lines=lines)


def _along_heads(
    item: Article, cut: SegmentedLine, rows: Rows, longest: Mapping[str, int]
) -> SegmentedLine:
    to = _places(*cut)
    heads = [
        (first, stop, start, end)
        for start, end, _, became in _outcomes(cut, touchable(item, cut.line), rows, longest)
        if became.segments and (first := to[start]) is not None and (stop := to[end]) is not None
    ]
    others = [
        segment for segment in cut.segments if not any(_holds(head, segment) for head in heads)
    ]
    return cut._replace(segments=sorted([*heads, *others], key=lambda segment: segment[2]))


def _holds(head: Segment, segment: Segment) -> bool:
    first, stop, start, end = head
    i, j, k, m = segment
    return first <= i and j <= stop and start <= k and m <= end
