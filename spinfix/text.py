"""Words with their character spans, and how case moves from one phrase to another.

Everything downstream works on tokens: a word (with its inner apostrophes and
hyphens), a clitic ``'s``, a punctuation mark, or a protected stretch such as a
URL.  Spans index the text as it was given, so what is not edited is copied
byte for byte; nothing here depends on ``lower()`` keeping the length.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from itertools import compress, pairwise

from .compiled import part

# Combining marks, soft hyphens and joiners belong to the word they stand in:
# otherwise "cafe" would be found inside a decomposed "café".
_CHAR = r"[^\W_][\u0300-\u036f\u00ad\u200b-\u200d\u2060]*"
_UNIT = (
    r"(?:(?:[^\W\d_]\.){2,}"  # U.S., a.m.
    # 1,000  3.5  10:30  19th  18F, but 6.72percent is two words
    r"|\d+(?:[.,:]\d+)*(?:[^\W\d_]{1,3}(?![^\W\d_]))?"
    rf"|(?:{_CHAR})+)"
)
_DIGIT_WORD = r"(?:one|two|three|four|five|six|seven|eight|nine)"
# "three,000", "37.four": one numeral each, spun from "3,000" and "37.4"
_NUMERAL = (
    rf"{_DIGIT_WORD}(?:[.,:](?:\d+|{_DIGIT_WORD}))*[.,:]\d+(?:[.,:](?:\d+|{_DIGIT_WORD}))*(?!\w)"
    rf"|\d+(?:[.,:]\d+)*[.,:]{_DIGIT_WORD}(?:[.,:](?:\d+|{_DIGIT_WORD}))*(?!\w)"
)
# Here 's is "is" or "us", not a possessive, and the two are one word.
_CONTRACTION = r"(?i:it|he|she|that|there|here|what|who|where|how|let)['’]s(?!\w)"
_APOSTROPHE = r"(?:['’](?!s(?!\w))\w+)*"
_DOMAIN = r"(?:com|org|net|edu|gov|mil|int|info|io|co|uk|us|eu|de|fr|ru|in|au|ca|tv|me)"

# Lengths are bounded where a failed match would be tried again at the next word:
# otherwise a long run of "ab.ab.ab" would take quadratic time.
_PROTECTED = (
    r"```.*?```|`[^`\n]+`"
    r"|(?:https?|ftp)://[^\s<>\"]+|www\.[^\s<>\"]+"
    r"|[\w.+-]{1,64}@[\w-]{1,63}(?:\.[\w-]{1,63}){1,8}"
    rf"|\b(?:[A-Za-z0-9-]{{1,63}}\.){{1,8}}{_DOMAIN}\b(?:/[^\s<>\"]*)?"
    r"|[#@]\w+"
    r"|</?[A-Za-z][^<>\n]{0,2000}>|&\#?\w{1,31};"
    r"|\[/[\w-]+\]|\[[\w-]+(?:\s+[\w-]+=[^\]\n]{0,400})\]"
    r"|\w*_\w*|\w+(?:[\\/]\w+){2,}"
)
_TOKEN = re.compile(
    # Most tokens are plain words: told first, they need no other alternative.
    r"(?P<plain>[A-Za-z]+(?=[\s;!?)]|,(?!\d)|\.(?=\s|$)|$))"
    rf"|(?P<protected>{_PROTECTED})"
    rf"|(?P<word>{_NUMERAL}|{_CONTRACTION}"
    rf"|{_UNIT}{_APOSTROPHE}(?:[-\u2011]{_UNIT}{_APOSTROPHE})*)"
    r"|(?P<clitic>(?<=\w)['’]s(?!\w))"
    r"|(?P<mark>[^\w\s])",
    re.DOTALL,
)
#: Words that end a sentence.
SENTENCE_END = frozenset((".", "!", "?"))
_DIGITS = re.compile(r"\d")

#: What a protected stretch looks like to the dictionary and the language model.
PROTECTED = "\u2022"
_QUOTES = frozenset('“”"„')
_PLAIN = frozenset("'\"")


@dataclass(frozen=True, slots=True)
class Tokens:
    """The tokens of one text, as parallel lists.

    ``starts`` and ``ends`` are character offsets (``text[start:end]`` is the
    token as written); ``words`` are the tokens with typographic apostrophes
    made plain and protected stretches replaced by :data:`PROTECTED`; ``lower``
    are the same in lower case; ``kinds`` is ``"w"`` word, ``"s"`` clitic,
    ``"m"`` mark or ``"p"`` protected; ``breaks`` tells for each token how many
    line breaks stand before it.  Of the writer's habits: ``curly`` are the
    numbers of the words with a typographic apostrophe, ``straight`` tells that
    there are plain ones, or plain quotation marks, ``dotted`` are the acronyms written with
    full stops ("U.S."), without them.
    """

    starts: list[int]
    ends: list[int]
    words: list[str]
    lower: list[str]
    kinds: list[str]
    breaks: list[int]
    curly: set[int]
    straight: bool
    dotted: set[str]

    def __len__(self) -> int:
        return len(self.starts)


def tokenize(text: str) -> Tokens:
    """Split ``text`` into tokens; every non-space character is in exactly one."""
    compiled = part("_text")
    return _tokenize(text) if compiled is None else Tokens(*compiled.tokenize(text, _token))


def _token(text: str, start: int) -> tuple[int, str]:
    """Where the token at ``start`` ends, and its kind: asked where ``_text.c`` is not sure."""
    match = _TOKEN.match(text, start)
    assert match, "every character but space is in a token"
    return match.end(), _KIND[match.lastgroup or ""]


def _tokenize(text: str) -> Tokens:
    """The same in Python."""
    starts: list[int] = []
    ends: list[int] = []
    words: list[str] = []
    lower: list[str] = []
    kinds: list[str] = []
    breaks: list[int] = []
    curly: set[int] = set()
    straight = False
    dotted: set[str] = set()
    last = 0
    for match in _TOKEN.finditer(text):
        start, end = match.span()
        kind = match.lastgroup
        word = match.group()
        if kind == "plain":
            pass
        elif kind == "protected":
            word = PROTECTED
        elif kind == "word":
            if "’" in word:
                curly.add(len(words))
                word = word.replace("’", "'")
            elif "'" in word:
                straight = True
            elif "." in word:
                dotted.add(word.partition("-")[0].replace(".", ""))
        elif kind == "clitic":
            straight = straight or word[0] == "'"
            word = "'s"
        elif word in _PLAIN:
            straight = True
        starts.append(start)
        ends.append(end)
        words.append(word)
        lower.append(word.lower())
        kinds.append(_KIND[kind or ""])
        gap = start - last
        breaks.append(
            0 if not gap or (gap == 1 and text[last] == " ") else text.count("\n", last, start)
        )
        last = end
    return Tokens(starts, ends, words, lower, kinds, breaks, curly, straight, dotted)


_KIND = {"plain": "w", "protected": "p", "word": "w", "clitic": "s", "mark": "m"}


def lines(tokens: Tokens) -> Iterator[tuple[int, int]]:
    """The lines of a text that have tokens, as half-open token ranges."""
    size = len(tokens)
    starts = compress(range(1, size), tokens.breaks[1:])
    return pairwise((0, *starts, size) if size else ())


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


_MIXED = re.compile(rf"(?=.*\d)(?:{_DIGIT_WORD}|\d+)(?:[.,:](?:{_DIGIT_WORD}|\d+))+")
_WORDS_OF_DIGITS = dict(zip(_DIGIT_WORD[3:-1].split("|"), "123456789", strict=True))
_DIGIT = re.compile(_DIGIT_WORD)


def mixed_numeral(word: str) -> str | None:
    """ "three,000" -> "3,000"; None for a word that is no numeral of digits and words."""
    if word.isalpha() or not _MIXED.fullmatch(word):
        return None
    digits = _DIGIT.sub(lambda match: _WORDS_OF_DIGITS[match.group()], word)
    return digits if digits != word else None


def quoted(words: Sequence[str]) -> list[bool]:
    """Which tokens of a paragraph stand inside double quotation marks.

    Typographic and straight double quotes; a quotation that is not closed runs
    to the end of the paragraph, as papers print quotations of several ones.
    """
    if _QUOTES.isdisjoint(words):
        return [False] * len(words)
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


#: Characters that are looked at for the end of a sentence, those that may stand behind it, and
#: the most letters of an abbreviation that begins with a capital.
_BEFORE, _CLOSING, _ABBREVIATION = 40, "\"'”’)]", 4

_VOWEL_SOUND = re.compile(
    r"(?:[aeio]|u(?!n[ai]|s[aeiu]|r[aeiou]|ti|ku|bi)|hour|honest|honou?r|heir)"
)
_CONSONANT_SOUND = re.compile(r"(?:eu|ewe|one(?:s|-|$)|once|oui|uni(?!n|m))")
_VOWEL_NUMERAL = re.compile(r"8|11(?!\d)|18(?!\d)")


def starts_with_vowel_sound(word: str) -> bool:
    """Does a lower-case word take "an"?  By spelling, with the common exceptions."""
    if word[:1].isdigit():
        return bool(_VOWEL_NUMERAL.match(word))
    return bool(_VOWEL_SOUND.match(word)) and not _CONSONANT_SOUND.match(word)


def is_acronym(word: str) -> bool:
    """Is a word of two letters or more written in capitals?"""
    return len(word) > 1 and word.isupper()


def uncapitalised(phrase: str) -> str:
    """A phrase with its first letter in lower case, the rest as written."""
    return phrase[0].lower() + phrase[1:]


def capitalised(phrase: str) -> str:
    """A phrase with its first letter as a capital, the rest as written."""
    return phrase[0].upper() + phrase[1:] if phrase[:1].islower() else phrase


def with_case_of(original: str, spun: str) -> str:
    """``original`` with the case that ``spun`` shows: a capital first letter, or none."""
    return capitalised(original) if spun[:1].isupper() else original


def opens_sentence(text: str, place: int) -> bool:
    """Does a line or, as far as can be told, a sentence begin at this character?"""
    before = text[max(0, place - _BEFORE) : place]
    shown = before.rstrip(" \t\u00a0")
    if not shown or shown[-1].isspace():
        return True
    ended = shown.rstrip(_CLOSING)
    if shown == before or ended[-1:] not in SENTENCE_END:
        return False
    word = ended[:-1].rpartition(" ")[2]
    # "No. 5", "p.m. 5": not every full stop ends a sentence.
    short = len(word) <= _ABBREVIATION and word[:1].isupper()
    return ended[-1] != "." or not (short or "." in word)
