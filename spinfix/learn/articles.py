"""Aligning the two sides of an article whose lines do not correspond one to one.

Scraped pages have menus and advertisements, paragraphs that moved, ends that were cut
off.  There sentences are matched first, by the words they share and wherever they stand,
and words only within matched sentences.  What matches nothing is dropped.
"""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Iterator, Sequence
from typing import NamedTuple

from spinfix.text import SENTENCE_END, tokenize

from .align import AlignedLine, Block, align_tokens

#: Lines correspond one to one when so much of the original's words (0 to 1) is in place.
_CORRESPOND = 0.45
#: But not a line of so many words of which less than this is in place.
_LEAST, _SURE_WORDS = 0.2, 8
#: A block of more words on a side is no replacement; there a line is cut in two.
_LONGEST = 24
#: Sentences match when they share so much of their words (Dice's coefficient), and
#: sentences are joined when that makes them so much more alike.
_ALIKE, _MORE_ALIKE = 0.4, 0.05
#: A sentence ends after so many words at the latest: aligning takes the square of that.
_ENDLESS = 5_000
#: Sentences are compared when they share a word that comes so often at most, or stand so
#: near to each other.
_RARE, _NEAR = 6, 2


class Aligned(NamedTuple):
    """The lines of an article that align, and how many words do not.

    ``words`` counts all tokens of both sides, ``dropped`` those that have no partner.
    """

    lines: list[AlignedLine]
    words: int
    dropped: int

    @property
    def in_place(self) -> float:
        """The share of the original's words (0 to 1) that aligned lines leave in place."""
        total = sum(len(line.original) for line in self.lines)
        return sum(map(_in_place, self.lines)) / total if total else 0.0


def align_article(spun: str, original: str) -> Aligned:
    """Align two versions of an article: by lines where they have the same, else by sentences."""
    lines, spun, original = _in_order(spun, original)
    words = sum(map(_size, lines))
    a, b = _sentences(spun), _sentences(original)
    words += sum(sentence.words.total() for sentence in (*a, *b))
    for here, there in _matches(a, b):
        sides = (
            text[sentences[which.start].start : sentences[which.stop - 1].end]
            for text, sentences, which in ((spun, a, here), (original, b, there))
        )
        lines.append(align_tokens(*map(tokenize, sides)))
    lines = [part for line in lines if not _is_poor(line) for part in _cut(line)]
    return Aligned(lines, words, words - sum(map(_size, lines)))


def _in_order(spun: str, original: str) -> tuple[list[AlignedLine], str, str]:
    """The lines that correspond, and the rest of both sides.

    Where only line breaks differ, all of the text is one line.
    """
    left, right = spun.split("\n"), original.split("\n")
    if len(left) != len(right):
        whole = _corresponding([spun], [original])
        if whole and not any(_is_long(block) for block in whole[0].blocks):
            return whole, "", ""
        return [], spun, original
    lines = _corresponding(left, right)
    poor = [n for n, line in enumerate(lines) if _is_poor(line)]
    if not lines:
        return [], spun, original
    spun, original = ("\n".join(side[n] for n in poor) for side in (left, right))
    return [line for line in lines if not _is_poor(line)], spun, original


def _corresponding(left: Sequence[str], right: Sequence[str]) -> list[AlignedLine]:
    """Lines aligned one by one; none where that is not how they belong together."""
    pairs = [(tokenize(a), tokenize(b)) for a, b in zip(left, right, strict=True)]
    if max(len(side) for pair in pairs for side in pair) > _ENDLESS:
        return []
    lines = [align_tokens(a, b) for a, b in pairs]
    enough = _CORRESPOND * sum(len(line.original) for line in lines)
    return lines if sum(map(_in_place, lines)) >= enough else []


def _size(line: AlignedLine) -> int:
    return len(line.spun) + len(line.original)


def _in_place(line: AlignedLine) -> int:
    """How many words of the original stand unchanged in the spun line."""
    return len(line.original) - sum(end - start for _, (start, end) in line.blocks)


def _is_poor(line: AlignedLine) -> bool:
    longer = max(len(line.spun), len(line.original))
    return longer >= _SURE_WORDS and _in_place(line) < _LEAST * longer


def _is_long(block: Block) -> bool:
    return max(end - start for start, end in block) > _LONGEST


def _cut(line: AlignedLine) -> Iterator[AlignedLine]:
    """A line without its blocks that are too long for a replacement."""
    i = k = 0
    blocks: list[Block] = []
    for block in line.blocks:
        (a, b), (c, d) = block
        if _is_long(block):
            yield _part(line, (i, a), (k, c), blocks)
            i, k, blocks = b, d, []
        else:
            blocks.append(block)
    if i or k:
        yield _part(line, (i, len(line.spun)), (k, len(line.original)), blocks)
    else:
        yield line


def _part(
    line: AlignedLine, spun: tuple[int, int], original: tuple[int, int], blocks: Sequence[Block]
) -> AlignedLine:
    """The words of a line between two places of both sides."""
    (i, j), (k, m) = spun, original
    moved = [Block((a - i, b - i), (c - k, d - k)) for (a, b), (c, d) in blocks]
    curly = {n - k for n in line.curly if k <= n < m}
    sides = line.spun[i:j], line.original[k:m]
    return AlignedLine(*sides, moved, line.low_spun[i:j], line.low_original[k:m], curly)


class Sentence(NamedTuple):
    """A sentence: its characters in the text, and its words in lower case."""

    start: int
    end: int
    words: Counter[str]


def _sentences(text: str) -> list[Sentence]:
    """Sentences; a line ends one, unless the next goes on in lower case."""
    tokens = tokenize(text)
    found: list[Sentence] = []
    start, over = 0, False
    for i in range(1, len(tokens) + 1):
        # Marks after a full stop, such as a closing quotation mark, belong to it.
        over = tokens.words[i - 1] in SENTENCE_END or (over and tokens.kinds[i - 1] == "m")
        if (
            i == len(tokens)
            or (over and tokens.kinds[i] != "m")
            or (tokens.breaks[i] and not tokens.words[i][0].islower())
            or i - start == _ENDLESS
        ):
            words = Counter(tokens.lower[start:i])
            found.append(Sentence(tokens.starts[start], tokens.ends[i - 1], words))
            start = i
    return found


def _alike(a: Counter[str], b: Counter[str]) -> float:
    """Dice's coefficient of two bags of words (0 to 1)."""
    return 2 * (a & b).total() / (a.total() + b.total())


def _matches(a: Sequence[Sentence], b: Sequence[Sentence]) -> list[tuple[range, range]]:
    """Sentences that belong together, wherever they stand; the most alike first."""
    partner: dict[int, int] = {}
    taken: set[int] = set()
    scored = sorted(
        (-_alike(a[i].words, b[k].words), abs(i / len(a) - k / len(b)), i, k)
        for i, k in _candidates(a, b)
    )
    for score, _, i, k in scored:
        if -score >= _ALIKE and i not in partner and k not in taken:
            partner[i] = k
            taken.add(k)
    _fill(partner, taken)
    return _grown(a, b, partner, taken)


def _candidates(a: Sequence[Sentence], b: Sequence[Sentence]) -> set[tuple[int, int]]:
    """Pairs of sentences that share a rare word, or stand about as far into the text."""
    places: list[dict[str, list[int]]] = []
    for side in (a, b):
        index: dict[str, list[int]] = defaultdict(list)
        for n, sentence in enumerate(side):
            for word in sentence.words:
                index[word].append(n)
        places.append({word: where for word, where in index.items() if len(where) <= _RARE})
    left, right = places
    shared = {
        (i, k) for word in left.keys() & right.keys() for i in left[word] for k in right[word]
    }
    for i in range(len(a)):
        middle = i * len(b) // len(a)
        near = range(max(0, middle - _NEAR), min(len(b), middle + _NEAR + 1))
        shared.update((i, k) for k in near)
    return shared


def _fill(partner: dict[int, int], taken: set[int]) -> None:
    """A sentence between two matched ones belongs to the one between their partners."""
    for i, k in list(partner.items()):
        if i + 1 not in partner and k + 1 not in taken and partner.get(i + 2) == k + 2:
            partner[i + 1] = k + 1
            taken.add(k + 1)


def _grown(
    a: Sequence[Sentence], b: Sequence[Sentence], partner: dict[int, int], taken: set[int]
) -> list[tuple[range, range]]:
    """Matches widened by the sentence after, where a side has one sentence for two."""
    found: list[tuple[range, range]] = []
    for i, k in sorted(partner.items()):
        here, there = range(i, i + 1), range(k, k + 1)
        mine, its = a[i].words, b[k].words
        enough = _alike(mine, its) + _MORE_ALIKE
        if k + 1 < len(b) and k + 1 not in taken and _alike(mine, its + b[k + 1].words) > enough:
            there = range(k, k + 2)
            taken.add(k + 1)
        elif (
            i + 1 < len(a) and i + 1 not in partner and _alike(mine + a[i + 1].words, its) > enough
        ):
            here = range(i, i + 2)
        found.append((here, there))
    return found
