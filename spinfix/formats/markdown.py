"""Markdown: the words of paragraphs, headings, lists, tables and quotations.

A grammar tells the blocks of a file, another one what stands in each.  They see a copy
of the file that has as many characters, and count its bytes.
"""

from __future__ import annotations

import re
from bisect import bisect_right
from collections.abc import Callable, Iterator, Sequence
from typing import NamedTuple

import tree_sitter_markdown
from tree_sitter import Language, Node, Parser, Range

from spinfix.edits import Edit, apply
from spinfix.text import PROTECTED

from .html import Page, markup_at
from .records import Kind, Layout, Record, Splice, spliced

_BLOCKS = Language(tree_sitter_markdown.language())
_INLINE = Language(tree_sitter_markdown.inline_language())

#: What an article's words stand in; all other blocks are left alone.
_TEXTS = frozenset(("inline", "pipe_table_cell"))
# The time to read a block grows with the cube of their number, and more of them than
# this stand in no paragraph that someone wrote.
_DELIMITERS, _MOST_DELIMITERS = re.compile(r"[*_~`$\[!]"), 400

_CODE = frozenset("code_span latex_block uri_autolink email_autolink ERROR".split())
_UNSEEN = frozenset("emphasis_delimiter block_continuation".split())
_LINKS = frozenset("inline_link full_reference_link image".split())
#: Links whose text is the name of what they lead to.
_NAMED = frozenset("shortcut_link collapsed_reference_link".split())
_LINK_TEXTS = frozenset("link_text image_description".split())

# Dollars of sums of money are not those around formulas, but the grammar takes them so.
_FORMULA = re.compile(r"\$\$(?:.*?\$\$)?|\$(?!\s)[^$\n]+(?<!\s)\$(?!\d)|\$", re.DOTALL)
_UNREADABLE = re.compile("[\0\ud800-\udfff]")
_SPACES = re.compile(" +")
_NOT_ASCII = re.compile(r"[^\x00-\x7f]")

#: What restored words must not bring along.
_MARKS = frozenset("\\`*_[]<>#|&~$!\n\r\t")
#: How often an edited file is read again to find the edits that cannot be made.
_MOST_READINGS = 40


class _Hole(NamedTuple):
    """Characters of raw that are no text; ``shown`` is None for an HTML tag."""

    start: int
    end: int
    shown: str | None = ""
    kind: Kind = Kind.FIXED


class _Article(Record):
    """A record whose edits are made only where Markdown then reads them as words.

    Whether a mark is one depends on the letters that it stands at, on the other marks of
    its paragraph, on the place in its line: what was written is read again to be sure.
    """

    __slots__ = ()

    def splices(self, edits: Sequence[Edit]) -> list[list[Splice]]:
        """For each edit how it is made in raw; none where it cannot be made."""
        every = super().splices(edits)
        kept: set[int] = set()
        waiting = [[n for n, made in enumerate(every) if made]] if any(every) else []
        for _ in range(_MOST_READINGS):
            if not waiting:
                break
            some = waiting.pop()
            both = sorted(kept.union(some))
            new = spliced(self.raw, [splice for n in both for splice in every[n]])
            if self._reads(new, apply(self.text, [edits[n] for n in both])):
                kept.update(some)
            elif len(some) > 1:
                waiting += (some[len(some) // 2 :], some[: len(some) // 2])
        return [made if n in kept else [] for n, made in enumerate(every)]

    def _reads(self, raw: str, text: str) -> bool:
        """Is ``raw`` read as ``text``, with the same marks around it?"""
        record = _read(raw)
        return _SPACES.sub(" ", record.text) == _SPACES.sub(" ", text) and _marks(record) == _marks(
            self
        )


def _marks(record: Record) -> str:
    """All of raw that stands for no words."""
    runs = [run for run in record.runs() if run.kind is not Kind.FIXED]
    ends = [0, *(run.raw_end for run in runs)]
    starts = [*(run.raw_start for run in runs), len(record.raw)]
    return "".join(record.raw[end:start] for end, start in zip(ends, starts, strict=True))


def parse(raw: str, layout: Layout) -> Record:
    """The text of a file, without its marks."""
    return _read(raw)


def _read(raw: str) -> Record:
    page = Page(raw)
    copy = _readable(raw)
    lead = len(raw) - len(raw.removeprefix("\ufeff"))
    # The grammars know neither a mark at the beginning nor a last line without an end.
    source = (copy[lead:] + "\n").encode()
    root = Parser(_BLOCKS).parse(source).root_node
    texts, defines = _texts(root)
    place = _places(copy, lead)
    parser = Parser(_INLINE)
    for node in texts:
        start, end = place(node.start_byte), place(node.end_byte)
        if sum(1 for _ in _DELIMITERS.finditer(raw, start, end)) > _MOST_DELIMITERS:
            continue
        parser.included_ranges = _ranges(node)
        holes = list(_holes(parser.parse(source).root_node, raw, place, defines))
        holes += (_hole(child, place) for child in _continuations(node))
        _fill(page, start, end, sorted(holes, key=lambda hole: hole[:2]))
        page.end_block()
    return page.record(_Article, _written)


def _readable(raw: str) -> str:
    """A text of as many characters that the grammars can read."""
    copy = _UNREADABLE.sub(lambda match: "?" if match.group() == "\0" else "\ufffd", raw)
    if "$" in copy:
        copy = _FORMULA.sub(lambda match: match.group() if len(match.group()) > 1 else "%", copy)
    return copy


def _places(text: str, lead: int) -> Callable[[int], int]:
    """What gives the place in a text for that of a byte behind ``lead`` characters."""
    last = len(text)
    if text.isascii():
        return lambda byte: min(byte, last)
    behind: list[int] = []  # the bytes where the characters of more than one byte end
    less = [-lead]  # how many fewer characters there are than bytes
    for match in _NOT_ASCII.finditer(text, lead):
        less.append(less[-1] + len(match.group().encode()) - 1)
        behind.append(match.end() + less[-1])
    return lambda byte: min(byte - less[bisect_right(behind, byte)], last)


def _texts(root: Node) -> tuple[list[Node], bool]:
    """The nodes that hold text, and whether there are definitions of links."""
    texts: list[Node] = []
    defines = False
    waiting = [root]
    while waiting:
        node = waiting.pop()
        if node.type in _TEXTS:
            texts.append(node)
        elif node.type == "link_reference_definition":
            defines = True
        else:
            waiting += reversed(node.named_children)
    return texts, defines


def _continuations(node: Node) -> list[Node]:
    """The marks at the beginning of a line that belong to the blocks around a text."""
    return [child for child in node.children if child.type == "block_continuation"]


def _ranges(node: Node) -> list[Range]:
    """What of a text is to be read: all but the marks of the blocks around it."""
    places = [(node.start_point, node.start_byte)]
    for child in _continuations(node):
        places += [(child.start_point, child.start_byte), (child.end_point, child.end_byte)]
    places.append((node.end_point, node.end_byte))
    return [
        Range(start_point, end_point, start, end)
        for (start_point, start), (end_point, end) in zip(places[::2], places[1::2], strict=True)
        if start < end
    ]


def _hole(node: Node, place: Callable[[int], int], shown: str | None = "") -> _Hole:
    return _Hole(place(node.start_byte), place(node.end_byte), shown)


def _holes(root: Node, raw: str, place: Callable[[int], int], defines: bool) -> Iterator[_Hole]:
    """What is no text in a text."""
    waiting = [root]
    while waiting:
        node = waiting.pop()
        kind = node.type
        hole = _hole(node, place)
        if kind in _CODE:
            yield hole._replace(shown=PROTECTED)
        elif kind in _UNSEEN:
            yield hole
        elif kind == "html_tag":
            yield hole._replace(shown=None)
        elif kind == "hard_line_break":
            yield hole._replace(shown="\n")
        elif kind == "backslash_escape":
            yield hole._replace(shown=raw[hole.start + 1 : hole.end], kind=Kind.ATOM)
        elif kind in _NAMED and (defines or raw.startswith("[^", hole.start)):
            name = raw[hole.start : hole.end].removesuffix("[]")[1:-1]
            yield hole._replace(shown="" if name.startswith("^") else " ".join(name.split()))
        elif kind in _LINKS:
            # All that is no text of the link is one hole before it and one after it.
            for child in node.named_children:
                if child.type in _LINK_TEXTS:
                    waiting.append(child)
                    text = _hole(child, place)
                    yield hole._replace(end=text.start)
                    hole = hole._replace(start=text.end)
            yield hole
        else:
            waiting += reversed(node.named_children)


def _fill(page: Page, start: int, end: int, holes: Sequence[_Hole]) -> None:
    """A text with holes, onto a page."""
    for hole in holes:
        if hole.start < start:
            continue  # it lies in the one before
        page.text(start, hole.start)
        start = hole.end
        if hole.shown is None:
            if match := markup_at(page.raw, hole.start, hole.end):
                page.markup(match)
        elif hole.shown == "\n":
            page.part("\n")
        elif hole.shown and not page.open:
            page.add(hole.shown, hole.start, hole.end, hole.kind)
    page.text(start, end)


def _written(new: str, old: str) -> str:
    """Restored words, if Markdown reads no mark in them."""
    if _MARKS.intersection(new).difference(old):
        raise ValueError(f"a mark of Markdown in {new!r}")
    return new
