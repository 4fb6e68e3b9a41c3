"""HTML: the text of a page; markup, scripts, code and comments are left alone.

Markup is told from text as the HTML standard has its tokenizer do it.  Where markup is
not closed, the rest of the file is left alone, so a file is read once, whatever is in it.
"""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Callable, Mapping
from html import unescape
from html.entities import html5

from spinfix.text import PROTECTED

from . import marks
from .records import BREAK, Kind, Layout, Record, Run

# An attribute's value in quotes may hold ">".  No two ways of matching the same
# characters: a tag that is not closed costs one look to the end of the file.
_REST_OF_TAG = r"""[^>=]*(?:=(?:\s*(?:"[^"]*"|'[^']*')|(?!\s*["']))[^>=]*)*"""
_MARKUP = re.compile(
    r"<!--(?:-?>|.*?(?:--!?>|\Z))"
    r"|<!\[CDATA\[.*?(?:\]\]>|\Z)"
    r"|<\?(?i:php)\b.*?(?:\?>|\Z)"
    r"|<[!?][^>]*(?:>|\Z)"
    r"|</(?:>|[^a-zA-Z>][^>]*(?:>|\Z))"
    rf"|<(?P<end>/?)(?P<name>[a-zA-Z][^\s/>]*)(?:(?P<rest>{_REST_OF_TAG})>|.*)",
    re.DOTALL | re.ASCII,
)
#: Elements that have no elements in them, only characters; up to their end tag.
_CHARACTERS = frozenset(
    "script style textarea iframe noembed noframes noscript xmp plaintext".split()
)
#: Elements of which nothing is to be seen: they do not even part two words.
_UNSEEN = frozenset("script style template noscript noembed noframes".split())
_FOREIGN = frozenset("svg math".split())
#: Elements that are left alone with all that is in them.
_LEFT_ALONE = (
    _CHARACTERS
    | _UNSEEN
    | _FOREIGN
    | frozenset("pre listing code kbd samp var tt object audio video canvas".split())
)
#: Elements that stand apart from the text around them; all others stand in it.
_BLOCKS = frozenset(
    "address article aside blockquote body button caption center col colgroup dd details dialog"
    " dir div dl dt fieldset figcaption figure footer form frame frameset h1 h2 h3 h4 h5 h6 head"
    " header hgroup hr html legend li listing main menu nav ol optgroup option p plaintext pre"
    " search section select summary table tbody td tfoot th thead title tr ul xmp".split()
)
_PICTURES = frozenset("img input embed".split())

_WHITE = {ord(char): " " for char in "\t\n\r\f\v"}
#: What does not count as text at the beginning of a block; a file may begin with U+FEFF.
_BLANK = " \t\n\r\f\v\ufeff"
# What follows an ampersand or "<" belongs to it: with another word there, it might
# become an entity or a tag.
_SPECIAL = re.compile(r"(?:[<&]#?\w*(?=&))*(?:&#?\w*;?|<(?:[a-zA-Z/!?][^<>]*|\w*))")
_NUMBER = re.compile(r"&#(?:[0-9]{1,10}|[xX][0-9a-fA-F]{1,8});?")
_LONGEST_ENTITY = 40
#: What an entity stands for that stands for no character.
_UNKNOWN = "\ufffd"


class Page:
    """The text of a page, its runs, and how it spells its characters, as it is read."""

    def __init__(self, raw: str) -> None:
        self.raw = raw
        self.runs: list[Run] = []
        #: The first entity that stands for each character.
        self.spelled: dict[str, str] = {}
        #: The elements that are left alone and not closed yet.
        self.open: list[str] = []
        self._opened: Counter[str] = Counter()
        self._parts: list[str] = []
        self._length = 0
        self._gap = ""
        # Elements of XHTML that close themselves have no end tag that could be found.
        self._xml = raw.lstrip(_BLANK).startswith("<?xml")

    def record(self, make: type[Record], write: Callable[[str, str], str]) -> Record:
        """What was read, as a record."""
        text = "".join(self._parts)
        protect = marks.in_text(marks.ranges(self.raw), self.runs, len(text))
        return make(self.raw, text, lambda: self.runs, write, protect=protect)

    def part(self, gap: str) -> None:
        """A break, if anything stands before it and after it; the widest one counts."""
        if self._parts and len(gap) > len(self._gap):
            self._gap = gap

    def add(self, shown: str, start: int, end: int, kind: Kind) -> None:
        """Characters ``start`` to ``end`` of raw, as ``shown``."""
        if self._gap:
            gap, self._gap = self._gap, ""
            self.add(gap, start, start, Kind.FIXED)
        self.runs.append(Run(self._length, start, end, kind))
        self._parts.append(shown)
        self._length += len(shown)

    def text(self, start: int, end: int) -> None:
        """Characters of raw that are text, and may hold entities."""
        if self.open:
            return
        for match in _SPECIAL.finditer(self.raw, start, end):
            self._copy(start, match.start())
            start = match.end()
            shown, kind = self._entity(match.group())
            if not (shown.isspace() and self._at_break()):
                self.add(shown, match.start(), start, kind)
        self._copy(start, end)

    def _copy(self, start: int, end: int) -> None:
        shown = self.raw[start:end]
        if self._at_break():
            shown = shown.lstrip(_BLANK)
            start = end - len(shown)
        if shown:
            self.add(shown.translate(_WHITE), start, end, Kind.COPY)

    def _at_break(self) -> bool:
        return bool(self._gap) or not self._parts

    def _entity(self, source: str) -> tuple[str, Kind]:
        """What an ampersand or "<", with the word after it, is shown as."""
        if len(source) > _LONGEST_ENTITY:  # numbers are slow to read
            return source.translate(_WHITE), Kind.FIXED
        decoded = unescape(source)
        shown = decoded.translate(_WHITE) or _UNKNOWN
        if shown in (_UNKNOWN, " ") or not (_NUMBER.fullmatch(source) or source[1:] in html5):
            return shown, Kind.FIXED
        if not shown.isascii():
            self.spelled.setdefault(shown, source if source.endswith(";") else source + ";")
        return shown, Kind.ATOM

    def markup(self, match: re.Match[str]) -> None:
        """Markup, or nothing where the name of a tag is missing: a comment."""
        name = (match["name"] or "").lower()
        if match["end"]:
            self._close(name)
        elif name:
            if not self.open:
                self._show(name, match.start())
            closed = (match["rest"] or "").endswith("/") and (self._xml or name in _FOREIGN)
            if name in _LEFT_ALONE and not closed:
                self.open.append(name)
                self._opened[name] += 1

    def end_block(self) -> None:
        """The end of what elements can be left open in."""
        self.open.clear()
        self._opened.clear()
        self.part(BREAK)

    def _show(self, name: str, place: int) -> None:
        """What stands in the text for a tag, if anything."""
        if name == "br":
            self.part("\n")
        elif name in _BLOCKS:
            self.part(BREAK)
        elif name in _PICTURES and not self._at_break():
            self.add(" ", place, place, Kind.FIXED)
        elif name in _LEFT_ALONE and name not in _UNSEEN:
            self.add(PROTECTED, place, place, Kind.FIXED)

    def _close(self, name: str) -> None:
        while self._opened[name]:
            last = self.open.pop()
            self._opened[last] -= 1
            if last == name:
                break
        if not self.open and (name in _BLOCKS or name == "br"):
            self.part("\n" if name == "br" else BREAK)


def markup_at(raw: str, start: int, end: int) -> re.Match[str] | None:
    """The markup at characters ``start`` to ``end`` of ``raw``."""
    return _MARKUP.fullmatch(raw, start, end)


def parse(raw: str, layout: Layout) -> Record:
    """The text of a page."""
    page = Page(raw)
    place = 0
    while match := _MARKUP.search(raw, place):
        page.text(place, match.start())
        page.markup(match)
        place = match.end()
        if page.open and page.open[-1] in _CHARACTERS:
            place = _end_of(page.open[-1], raw, place)
    page.text(place, len(raw))
    # Characters that are written both ways are written as they are.
    spelled = {char: entity for char, entity in page.spelled.items() if char not in raw}
    return page.record(Record, lambda new, old: _escaped(new, spelled))


def _end_of(name: str, raw: str, start: int) -> int:
    """Where the end tag of an element that holds only characters begins."""
    tag = re.compile(rf"</{name}(?=[\s/>])", re.IGNORECASE | re.ASCII)
    end = tag.search(raw, start)
    return end.start() if end else len(raw)


def _escaped(new: str, spelled: Mapping[str, str]) -> str:
    new = new.replace("&", "&amp;").replace("<", "&lt;").replace(">", "&gt;")
    for char, entity in spelled.items():
        new = new.replace(char, entity)
    return new
