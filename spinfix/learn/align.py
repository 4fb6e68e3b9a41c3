"""What changed between a spun text and its original: aligned blocks of words."""

from __future__ import annotations

from collections.abc import Iterator
from sys import intern
from typing import NamedTuple

from rapidfuzz.distance import Levenshtein

from spinfix.text import Tokens, tokenize

Words = tuple[str, ...]


class Block(NamedTuple):
    """A stretch that differs: spun words, original words, and their places.

    ``spun`` and ``original`` are half-open token ranges of the two lines.
    """

    spun: tuple[int, int]
    original: tuple[int, int]


class AlignedLine(NamedTuple):
    """One line of an article in both versions, with the blocks that differ.

    ``low_spun`` and ``low_original`` are the words in lower case; ``curly`` the
    original words with a typographic apostrophe, which heads do not match.
    """

    spun: list[str]
    original: list[str]
    blocks: list[Block]
    low_spun: list[str]
    low_original: list[str]
    curly: set[int]


def aligned_lines(spun: str, original: str) -> Iterator[AlignedLine]:
    """Align two versions of an article, line by line when they have the same lines."""
    left, right = spun.split("\n"), original.split("\n")
    if len(left) != len(right):
        left, right = [spun], [original]
    for a, b in zip(left, right, strict=True):
        yield align_tokens(tokenize(a), tokenize(b))


def align_tokens(a: Tokens, b: Tokens) -> AlignedLine:
    """Align the tokens of a spun line with those of its original."""
    # interned: a corpus has its words millions of times
    source, target, low_source, low_target = (
        [intern(word) for word in words] for words in (a.words, b.words, a.lower, b.lower)
    )
    blocks = changed_blocks(source, target)
    return AlignedLine(source, target, blocks, low_source, low_target, b.curly)


def changed_blocks(source: list[str], target: list[str]) -> list[Block]:
    """The maximal stretches in which two token lists differ, in order.

    Neighbouring edits are one block; so are edits one shared word apart when
    one of them has an empty side ("quite a lot" / "a number": the shared "a"
    belongs to the phrase).
    """
    blocks: list[Block] = []
    for op in Levenshtein.opcodes(source, target):
        if op.tag == "equal":
            continue
        block = Block((op.src_start, op.src_end), (op.dest_start, op.dest_end))
        if blocks and _belongs(blocks[-1], block):
            last = blocks.pop()
            block = Block((last.spun[0], block.spun[1]), (last.original[0], block.original[1]))
        blocks.append(block)
    return blocks


def _belongs(last: Block, block: Block) -> bool:
    gap = block.spun[0] - last.spun[1]
    return gap == 0 or (gap == 1 and (_one_sided(last) or _one_sided(block)))


def _one_sided(block: Block) -> bool:
    return block.spun[0] == block.spun[1] or block.original[0] == block.original[1]


def window(line: AlignedLine, block: Block, context: int) -> tuple[Words, Words, int]:
    """The lower-case words of a block; a one-sided block gets shared words around it.

    Up to ``context`` shared words on each side, not past the neighbouring
    blocks.  Returns the spun words, the original words and how many of the
    shared words stand before the block.
    """
    (i, j), (k, m) = block
    before = after = 0
    if i == j or k == m:
        index = line.blocks.index(block)
        floor = line.blocks[index - 1].spun[1] if index else 0
        last = index + 1 == len(line.blocks)
        ceiling = len(line.spun) if last else line.blocks[index + 1].spun[0]
        before, after = min(context, i - floor), min(context, ceiling - j)
    return (
        tuple(line.low_spun[i - before : j + after]),
        tuple(line.low_original[k - before : m + after]),
        before,
    )
