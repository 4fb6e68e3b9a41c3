"""Words with their character spans, and how case moves from one phrase to another.

Everything downstream works on tokens: a word (with its inner apostrophes and
hyphens), a clitic ``'s``, a punctuation mark, or a protected stretch such as a
URL.  Spans index the text as it was given, so what is not edited is copied
byte for byte; nothing here depends on ``lower()`` keeping the length.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass

# Combining marks, soft hyphens and joiners belong to the word they stand in:
# otherwise "cafe" would be found inside a decomposed "café".
_CHAR = r"[^\W_][\u0300-\u036f\u00ad\u200b-\u200d\u2060]*"
_UNIT = (
    r"(?:(?:[^\W\d_]\.){2,}"  # U.S., a.m.
    # 1,000  3.5  10:30  19th  18F, but 6.72percent is two words
    r"|\d+(?:[.,:]\d+)*(?:[^\W\d_]{1,3}(?![^\W\d_]))?"
    rf"|(?:{_CHAR})+)"
)
_THOUSANDS = r"(?:,\d{3}(?!\d))*"  # "three,000" is one numeral, spun from "3,000"
_APOSTROPHE = r"(?:['’](?!s(?!\w))\w+)*"
_DOMAIN = r"(?:com|org|net|edu|gov|mil|int|info|io|co|uk|us|eu|de|fr|ru|in|au|ca|tv|me)"

_PROTECTED = (
    r"```.*?```|`[^`\n]+`"
    r"|(?:https?|ftp)://[^\s<>\"]+|www\.[^\s<>\"]+"
    r"|[\w.+-]+@[\w-]+(?:\.[\w-]+)+"
    rf"|\b(?:[A-Za-z0-9-]+\.)+{_DOMAIN}\b(?:/[^\s<>\"]*)?"
    r"|[#@]\w+"
    r"|</?[A-Za-z][^<>\n]*>|&\#?\w+;"
    r"|\[/[\w-]+\]|\[[\w-]+(?:\s+[\w-]+=[^\]\n]*)\]"
    r"|\w*_\w*|\w+(?:[\\/]\w+){2,}"
)
_TOKEN = re.compile(
    rf"(?P<protected>{_PROTECTED})"
    rf"|(?P<word>{_UNIT}{_THOUSANDS}{_APOSTROPHE}(?:[-\u2011]{_UNIT}{_APOSTROPHE})*)"
    r"|(?P<clitic>(?<=\w)['’]s(?!\w))"
    r"|(?P<mark>[^\w\s])",
    re.DOTALL,
)
_DIGITS = re.compile(r"\d")
_LETTER_CASE = re.compile(r"[^\W\d_]")

#: What a protected stretch looks like to the dictionary and the language model.
PROTECTED = "\u2022"
_QUOTES = frozenset("“”\"„")


@dataclass(frozen=True, slots=True)
class Tokens:
    """The tokens of one text, as parallel lists.

    ``starts`` and ``ends`` are character offsets (``text[start:end]`` is the
    token as written); ``words`` are the tokens with typographic apostrophes
    made plain and protected stretches replaced by :data:`PROTECTED`; ``lower``
    are the same in lower case; ``kinds`` is ``"w"`` word, ``"s"`` clitic,
    ``"m"`` mark or ``"p"`` protected; ``breaks`` tells for each token how many
    line breaks stand before it.
    """

    starts: list[int]
    ends: list[int]
    words: list[str]
    lower: list[str]
    kinds: list[str]
    breaks: list[int]

    def __len__(self) -> int:
        return len(self.starts)


def tokenize(text: str) -> Tokens:
    """Split ``text`` into tokens; every non-space character is in exactly one."""
    starts: list[int] = []
    ends: list[int] = []
    words: list[str] = []
    lower: list[str] = []
    kinds: list[str] = []
    breaks: list[int] = []
    last = 0
    for match in _TOKEN.finditer(text):
        start, end = match.span()
        kind = match.lastgroup
        word = match.group()
        if kind == "protected":
            word = PROTECTED
        elif "’" in word and len(word) > 1:
            word = word.replace("’", "'")
        starts.append(start)
        ends.append(end)
        words.append(word)
        lower.append(word.lower())
        kinds.append(_KIND[kind or ""])
        breaks.append(text.count("\n", last, start) if start - last > 0 else 0)
        last = end
    return Tokens(starts, ends, words, lower, kinds, breaks)


_KIND = {"protected": "p", "word": "w", "clitic": "s", "mark": "m"}


def model_word(word: str) -> str:
    """The language model's name for a token.

    Lower case, but for acronyms ("US" is not "us", "WHO" not "who"); numbers of
    two digits or more by their shape only ("2019" -> "0000"): which number it
    was is not for a language model to say.
    """
    if len(word) > 1:
        if word[0].isdigit():
            return _DIGITS.sub("0", word).lower()
        if word.isupper() and word.isalpha():
            return word
    return word.lower()


def quoted(words: Sequence[str]) -> list[bool]:
    """Which tokens of a paragraph stand inside double quotation marks.

    Typographic and straight double quotes; a quotation that is not closed runs
    to the end of the paragraph, as papers print quotations of several ones.
    """
    flags: list[bool] = []
    inside = False
    for word in words:
        if word in _QUOTES:
            # Some sites write both marks as ”, so only “ always opens.
            inside = True if word == "“" else not inside
            flags.append(True)
        else:
            flags.append(inside)
    return flags
