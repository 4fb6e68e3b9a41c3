"""Cases of the fuzzer: a seed, mutated as text and as bytes, and how it is to be read."""

from __future__ import annotations

import codecs
import re
from collections.abc import Callable
from dataclasses import dataclass
from random import Random

import fuzz_binary
from fuzz_seeds import BINARY, prose, seeds
from fuzz_tokens import COMMON, TOKENS, WRAPS

from spinfix.batch.streams import compressed

SUFFIXES = {
    "text": ".txt",
    "markdown": ".md",
    "html": ".html",
    "jsonl": ".jsonl",
    "json": ".json",
    "csv": ".csv",
    "tsv": ".tsv",
    "parquet": ".parquet",
    "warc": ".warc",
}
COMPRESSIONS = ("gz", "xz", "bz2", "zst")
ENCODINGS = ("utf-16", "iso8859-1", "utf-16-be", "cp1252", "utf-32")
#: The bytes of an input, decompressed; the limit on its time holds for these.
MOST = 20_000
_LONGEST_RUN = 15_000
_PARTS = re.compile(r"\w+|[ \t]+|\s|[^\w\s]")
_RAW = (
    *(b"\0", b"\xff", b"\xed\xa0\xbd", b"\xc0\x80", b"\xef\xbb\xbf", b"\xff\xfe", b"\r", b"\n"),
    *(b"\x1a", b"\xd8\x00", b"\x00\xd8", b"\xe2\x80\xa8", b"\xf4\x90\x80\x80", b"\x80", b"\x93"),
)


@dataclass(frozen=True)
class Case:
    """An input as it is stored, and the options that it is repaired with.

    ``mode`` is "gate" (as shipped), "assume" (edits wherever there can be one) or
    "hard" (the same, with a dictionary of words that are hard to write down).
    """

    format: str
    number: int
    data: bytes
    compression: str | None = None
    encoding: str = "utf-8"
    fields: tuple[str, ...] = ("text",)
    delimiter: str = ""
    mode: str = "gate"
    keep: bool = True
    in_place: bool = False
    again: bool = False

    @property
    def name(self) -> str:
        """The name of its file."""
        return f"case{SUFFIXES[self.format]}" + (f".{self.compression}" if self.compression else "")


def case(kind: str, seed: int, number: int) -> Case:
    """The case of that number; every case can be made again by itself."""
    draws = Random(f"{seed} {kind} {number}")
    encoding = "utf-8"
    if kind not in BINARY and draws.random() < 0.25:
        encoding = draws.choice(ENCODINGS)
    compression = draws.choice(COMPRESSIONS) if draws.random() < 0.3 else None
    if kind == "parquet" or (kind == "warc" and draws.random() < 0.9):
        compression = "gz" if compression == "gz" and kind == "warc" else None
    text = draws.choice(seeds(kind))
    for _ in range(draws.choice((0, 1, 1, 2, 3, 5, 8))):
        text = _mutated_text(text, kind, draws)[:MOST]
    data = _stored(text, kind, encoding, compression, draws)
    if draws.random() < 0.05:  # read as what it is not
        encoding = draws.choice(("utf-8", *ENCODINGS))
    more = (("text", "title"), ("title", "text", "body.text"), ("body.text",), ("note", "text"))
    return Case(
        kind,
        number,
        data,
        compression,
        encoding,
        draws.choice(more) if draws.random() < 0.2 else ("text",),
        draws.choice(",;|\t") if kind == "csv" and draws.random() < 0.1 else "",
        draws.choice(("gate", "gate", "assume", "hard")),
        draws.random() < 0.85,
        draws.random() < 0.3,
        draws.random() < 0.6,
    )


def _stored(text: str, kind: str, encoding: str, compression: str | None, draws: Random) -> bytes:
    """A mutated text as the bytes of a file, mutated once more."""
    if kind == "parquet":
        data = fuzz_binary.parquet(text[: MOST // 3], draws)  # three columns hold it
    elif kind == "warc":
        data = fuzz_binary.warc(text, draws)
    else:
        data = _encoded(text, encoding, draws)[:MOST]
    if draws.random() < (0.05 if kind == "parquet" else 0.35):
        for _ in range(draws.choice((1, 1, 2, 4))):
            data = mutated_bytes(data, draws)[:MOST]
    if compression:
        middle = draws.randrange(len(data) + 1)
        whole = kind != "warc" and draws.random() < 0.7
        members = [data] if whole else [data[:middle], data[middle:]]
        if kind == "warc":  # a member a record, as archives are
            members = [b"WARC/1.0" + part for part in data.split(b"WARC/1.0")[1:]] or [data]
        data = b"".join(compressed(member, compression) for member in members)
        if draws.random() < 0.06:
            data = mutated_bytes(data, draws)
    return data


def _encoded(text: str, encoding: str, draws: Random) -> bytes:
    if encoding in ("utf-16", "utf-32"):
        order = draws.choice(("-le", "-be"))
        mark = "\ufeff" if draws.random() < 0.9 else ""
        return (mark + text.removeprefix("\ufeff")).encode(encoding + order, "surrogatepass")
    if encoding == "utf-8":
        return text.encode("utf-8", "surrogatepass")
    if codecs.lookup(encoding).name.startswith("utf-16"):
        return text.encode(encoding, "surrogatepass")
    return text.encode(encoding, "replace")


def _mutated_text(text: str, kind: str, draws: Random) -> str:
    """One change that knows of the format's tokens."""
    change: Callable[[str, str, Random], str] = draws.choice(_CHANGES)
    return change(text, kind, draws)


def _stretch(text: str, draws: Random) -> tuple[int, int]:
    """Where some tokens that follow one another begin and end."""
    parts = list(_PARTS.finditer(text))
    if not parts:
        return 0, 0
    first = draws.randrange(len(parts))
    last = min(len(parts), first + draws.choice((1, 1, 2, 3, 8, 30, 200))) - 1
    return parts[first].start(), parts[last].end()


def _delete(text: str, kind: str, draws: Random) -> str:
    start, end = _stretch(text, draws)
    return text[:start] + text[end:]


def _duplicate(text: str, kind: str, draws: Random) -> str:
    start, end = _stretch(text, draws)
    return text[:end] + text[start:end] * draws.choice((1, 1, 2, 20)) + text[end:]


def _splice(text: str, kind: str, draws: Random) -> str:
    other = draws.choice(seeds(draws.choice((kind, kind, "html", "jsonl", "csv"))))
    start, end = _stretch(text, draws)
    first, last = _stretch(other, draws)
    return text[:start] + other[first:last] + text[end:]


def _insert(text: str, kind: str, draws: Random) -> str:
    start, _ = _stretch(text, draws)
    token = draws.choice(draws.choice((COMMON, TOKENS[kind])))
    if draws.random() < 0.3:  # within a word
        start += draws.randrange(4)
    if draws.random() < 0.15:
        token *= draws.choice((2, 7, 60))
    return text[:start] + token + text[start:]


def _run(text: str, kind: str, draws: Random) -> str:
    """A very long run: what takes time that grows faster than the text."""
    token = draws.choice(draws.choice((COMMON, TOKENS[kind], ("a", " ", "the ", "A.", "1,", "-"))))
    if draws.random() < 0.4:
        token += draws.choice((*COMMON, *TOKENS[kind]))
    start, _ = _stretch(text, draws)
    count = draws.choice((50, 500, _LONGEST_RUN)) // (len(token) or 1) + 1
    return (text[:start] + (token * count)[:_LONGEST_RUN])[:MOST] + text[start:]


def _wrap(text: str, kind: str, draws: Random) -> str:
    start, end = _stretch(text, draws)
    template = draws.choice(WRAPS[kind])
    return text[:start] + template.format(text[start:end]) + text[end:]


def _rewrite(text: str, kind: str, draws: Random) -> str:
    """Some characters written in another way: escaped, as entities, in other letters."""
    start, end = _stretch(text, draws)
    inside = text[start:end]
    forms = ["\\{}"] if kind == "markdown" else []
    if kind in ("jsonl", "json"):
        forms.append("\\u{:04x}")
    if kind in ("html", "markdown"):
        forms += ["&#{};", "&#x{:x};", "&#{}"]
    form = draws.choice(forms) if forms else ""
    if not form or draws.random() < 0.3:
        return (
            text[:start]
            + draws.choice((inside.upper, inside.title, inside.swapcase))()
            + text[end:]
        )
    made = "".join(
        form.format(char if form == "\\{}" else ord(char)) if draws.random() < 0.5 else char
        for char in inside
    )
    return text[:start] + made + text[end:]


def _truncate(text: str, kind: str, draws: Random) -> str:
    start, end = _stretch(text, draws)
    return text[start:] if draws.random() < 0.3 else text[:end]


def _prose(text: str, kind: str, draws: Random) -> str:
    """Words to edit right beside something else."""
    start, end = _stretch(text, draws)
    line = draws.choice(prose())
    return text[:start] + line[: draws.choice((12, 40, 400))] + text[start if end else 0 :]


_CHANGES = (
    *(_delete, _delete, _duplicate, _splice, _splice, _insert, _insert, _insert, _insert),
    *(_wrap, _wrap, _wrap, _rewrite, _rewrite, _run, _truncate, _prose),
)


def mutated_bytes(data: bytes, draws: Random) -> bytes:
    """One change that knows nothing of what the bytes mean."""
    start = draws.randrange(len(data) + 1)
    end = min(len(data), start + draws.choice((1, 1, 2, 4, 50, 1000)))
    what = draws.randrange(6)
    if what == 0:  # some bits of some bytes
        flipped = bytes(
            byte ^ 1 << draws.randrange(8) for byte in data[start : min(end, start + 4)]
        )
        return data[:start] + flipped + data[start + len(flipped) :]
    if what == 1:
        return data[:start] + data[end:]
    if what == 2:
        return data[:end] + data[start:end] + data[end:]
    if what == 3:
        return data[:start]
    if what == 4:
        place = draws.randrange(len(data) + 1)
        return data[:place] + data[start:end] + data[place:]
    return data[:start] + draws.choice(_RAW) * draws.choice((1, 1, 2, 3000)) + data[start:]
