"""A general thesaurus of English, read: WordNet, MyThes, Moby, or head|synonym rows.

Such a book says nothing about any spinner, only which phrases may stand for one another.
WordNet is a folder of ``data.noun`` and its like (Princeton licence), MyThes a ``.dat`` file
(LibreOffice's); Moby's ``mthesaur.txt`` has comma-separated rows.  WordNet and MyThes have
base forms only, with their parts of speech; lemminflect makes "mentioned" for "said" of them.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Mapping
from functools import cache, lru_cache
from importlib import import_module
from itertools import product
from pathlib import Path
from typing import Any, NamedTuple

from spinfix.dictionary import DictionaryError, is_phrase
from spinfix.text import tokenize

from .thesaurus import MOST_SYNONYMS, Dirt, ThesaurusError, clean_phrase, read_thesaurus

#: Parts of speech: WordNet's file, MyThes' mark, lemminflect's name.
_PARTS = {
    "n": ("noun", "(noun)", "NOUN"),
    "v": ("verb", "(verb)", "VERB"),
    "a": ("adj", "(adj)", "ADJ"),
    "r": ("adv", "(adv)", "ADV"),
}
#: Relations between synsets that spinners use, too: general and special terms, similar ones,
#: verbs of a group, "see also".
_NEAR = frozenset(("@", "~", "&", "$", "^"))
#: Longest phrase (words).
_WORDS = 3
_INFLECTION = "lemminflect"


class Synonym(NamedTuple):
    """Two phrases of which one may stand for the other.

    ``near`` tells that they are not of one group, only of related ones; ``part`` is the part
    of speech (n, v, a, r; empty: not known).
    """

    one: str
    other: str
    near: bool
    part: str


#: Pairs of phrases (one that may replace, one that may be replaced): True for near ones.
Synonyms = dict[tuple[str, str], bool]


def read_synonyms(path: Path, usable: Callable[[str], bool]) -> Synonyms:
    """All pairs of phrases that a thesaurus at ``path`` has, in all their forms.

    ``usable`` tells which phrases are wanted.  Raises DictionaryError for what is no
    thesaurus that is known, or when a package is missing, and OSError.
    """
    if not path.exists():
        raise DictionaryError(f"{path}: no such thesaurus")
    found: Synonyms = {}

    @cache
    def good(phrase: str) -> bool:
        words = tokenize(phrase).words
        right = len(words) <= _WORDS and " ".join(words) == phrase and is_phrase(words)
        return right and usable(phrase)

    @cache
    def forms(phrase: str, part: str) -> Mapping[str, list[str]]:
        every = _inflected(phrase, part) if part else {}
        kept = {tag: [form for form in its if good(form)] for tag, its in every.items()}
        return {"": [phrase] if good(phrase) else [], **kept}

    for one, other, near, part in _read(path):
        mine, its = forms(one, part), forms(other, part)
        for tag in mine.keys() & its.keys():
            for a, b in product(mine[tag], its[tag]):
                for pair in ((a, b), (b, a)) if a != b else ():
                    found[pair] = near and found.get(pair, True)
    if not found:
        raise DictionaryError(f"{path}: no synonyms of English in it")
    return found


def _read(path: Path) -> Iterator[Synonym]:
    if path.is_dir():
        return _wordnet(path)
    with path.open("rb") as file:
        begin = file.read(400).split(b"\n")
    if len(begin) > 2 and begin[2].startswith(b"(") and begin[1].rpartition(b"|")[2].isdigit():
        return _mythes(path)
    if all(line.count(b",") > 1 and b"|" not in line for line in begin[:1]):
        return _moby(path)
    return _rows(path)


def _wordnet(folder: Path) -> Iterator[Synonym]:
    groups: dict[tuple[str, str], list[str]] = {}
    related: list[tuple[tuple[str, str], tuple[str, str]]] = []
    for part, (name, _, _) in _PARTS.items():
        path = folder / f"data.{name}"
        if not path.is_file():
            raise DictionaryError(f"{folder}: not a folder of WordNet (there is no data.{name})")
        for number, line in enumerate(path.read_text("latin-1").splitlines(), 1):
            if line[:1] in ("", " "):  # the licence
                continue
            try:
                key, words, near = _synset(part, line.partition(" | ")[0].split())
            except (ValueError, IndexError):
                raise DictionaryError(f"{path}, line {number}: no synset of WordNet") from None
            groups[key] = words
            related += [(key, other) for other in near if key < other]
    for (part, _), words in groups.items():
        yield from _pairs(words, words, False, part)
    for key, other in related:
        yield from _pairs(groups[key], groups.get(other, ()), True, key[0])


def _synset(
    part: str, fields: list[str]
) -> tuple[tuple[str, str], list[str], list[tuple[str, str]]]:
    """A line of WordNet's data: the synset's key, its words, and the keys of related ones."""
    count = int(fields[3], 16)
    words = [fields[4 + 2 * n].partition("(")[0].replace("_", " ").lower() for n in range(count)]
    pointers = fields[5 + 2 * count : 5 + 2 * count + 4 * int(fields[4 + 2 * count])]
    near = [
        (part, place)
        for sign, place, kind, words_of in zip(*[iter(pointers)] * 4, strict=True)
        if sign in _NEAR and words_of == "0000" and {"s": "a"}.get(kind, kind) == part
    ]
    return (part, fields[0]), words, near


def _mythes(path: Path) -> Iterator[Synonym]:
    lines = iter(path.read_text("utf-8", errors="replace").splitlines())
    parts = {mark: part for part, (_, mark, _) in _PARTS.items()}
    next(lines)  # the encoding
    for line in lines:
        head, _, count = line.rpartition("|")
        if not count.isdigit():
            raise DictionaryError(f"{path}: {line[:40]!r} is no head of MyThes")
        for _, meaning in zip(range(int(count)), lines, strict=False):
            mark, *synonyms = meaning.lower().split("|")
            for synonym in synonyms:
                phrase, _, remark = synonym.partition(" (")
                if not remark.startswith("antonym"):
                    yield Synonym(head.lower(), phrase, bool(remark), parts.get(mark, ""))


def _moby(path: Path) -> Iterator[Synonym]:
    dirt = Dirt()
    for line in path.read_text("utf-8", errors="replace").splitlines():
        phrases = [clean_phrase(part, dirt) for part in line.split(",")[:MOST_SYNONYMS]]
        yield from _pairs(filter(None, phrases[:1]), filter(None, phrases[1:]), False, "")


def _rows(path: Path) -> Iterator[Synonym]:
    try:
        rows = read_thesaurus(path.read_bytes()).rows
    except ThesaurusError as error:
        raise DictionaryError(f"{path}: {error}".replace("; --format says which", "")) from None
    for row in rows:
        yield from _pairs(row.synonyms if row.head is None else [row.head], row.synonyms, False, "")


def _pairs(ones: Iterable[str], others: Iterable[str], near: bool, part: str) -> Iterator[Synonym]:
    others = [other.lower() for other in others]
    for one in ones:
        for other in others:
            if one.lower() != other:
                yield Synonym(one.lower(), other, near, part)


def _inflected(phrase: str, part: str) -> Mapping[str, tuple[str, ...]]:
    """The forms of a phrase by their tags: of a verb's first word, of a noun's last one."""
    words = phrase.split(" ")
    at = 0 if part == "v" else -1
    forms: dict[str, tuple[str, ...]] = _inflection()(words[at], _PARTS[part][2])
    found = {}
    for tag, spellings in forms.items():
        found[tag] = tuple(
            " ".join([spelling.lower(), *words[1:]] if at == 0 else [*words[:-1], spelling.lower()])
            for spelling in spellings
        )
    return found


@lru_cache(maxsize=1)
def _inflection() -> Any:
    try:
        return import_module(_INFLECTION).getAllInflections
    except ImportError:
        raise DictionaryError(
            "a thesaurus of base forms needs a package more: pip install 'spinfix[thesaurus]'"
        ) from None
