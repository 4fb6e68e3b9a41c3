"""The texts that benchmarks/speed.py measures on.

Generated ones are the same for everybody: sentences of samples/ among sentences of a
small grammar, spun by tools/spin.py.  They hold fewer different words than real text, so
whatever a program remembers helps it more: figures to be quoted come from corpora.
"""

from __future__ import annotations

import json
import lzma
import random
import sys
from collections.abc import Iterator, Sequence
from itertools import cycle, islice
from pathlib import Path
from typing import NamedTuple

ROOT = Path(__file__).parent.parent
#: Sentences of samples/ among those of an article; and what a paragraph and an article hold.
_SAMPLED, _SENTENCES, _PARAGRAPHS = 0.15, (3, 6), (5, 9)

_SLOTS = {
    "who": "the mayor|a retired farmer|two nurses|our neighbour|several drivers|the town council|"
    "an old teacher|a young baker|both sisters|the fishermen|an engineer|local students|his uncle|"
    "the ship's crew|a government official|many people|the company|a small group of parents|"
    "the police|a spokesman for the port|doctors|her lawyer|the head of the school|volunteers",
    "where": "near the harbour|in the middle of town|behind the church|along the river|at school|"
    "outside the station|across the valley|on the island|in the main street|at the old market|"
    "close to the border|under the bridge|in a house by the sea|on the road north|in the capital",
    "when": "on Tuesday|before lunch|after the storm|during the night|last week|in March|"
    "for many years|at the beginning of the month|three decades ago|earlier this year|"
    "at the weekend|late in the evening|in the first half of the century|since Monday|every day",
    "thing": "an old boat|some heavy stones|a new house|the big red door|money for the road|"
    "a small garden|many letters|a better job|three bells|the key of the library|warm bread|"
    "a map of the region|large parts of the building|a report about the water|important papers|"
    "the right answer|an expensive car|a quiet place|new rules|enough food for the winter",
    "act": "decided to build|wanted to buy|tried to sell|began to look for|refused to pay for|"
    "agreed to keep|promised to find|needed|usually found|finally got|could not get rid of|"
    "helped to carry|made|was allowed to use|showed their children|asked about|received|lost",
    "fact": "the road is closed|nobody has money|children like to swim|bread will cost more|"
    "winters were longer|it is difficult to park|the bridge may fall|most families want work|"
    "boats are made by hand here|rain is on its way|a big ship came back|the train was late|"
    "prices have gone up quickly|the problem began a long time ago|the number of visitors fell|"
    "a decision is likely to come soon|it took almost a full day|the company has no plan",
    "why": "because|since|although|while|even though|so that in the end|and|but",
    "number": "two|three|four|seven|12|15|20|about 40|more than 100|at least 250|nearly 400|1,200",
    "count": "people|houses|boats|children|jobs|visitors|trees|cars|books|miles|votes|workers",
}
_FRAMES = """{Who} said that {fact} {when}.
"{Fact}," {who} told reporters {where}.
According to {who}, {fact}, {why} {fact}.
{When}, {who} {act} {thing} {where}.
{Who} {act} {thing}, {why} {fact}.
{Where} there are {number} {count}, and {who} {act} {thing}.
{Number} {count} were seen {where} {when}, {who} said.
{Who} does not think that {fact}.
{Why}, as {who} explained {when}, {fact}.
It was {who} who {act} {thing} {when}; nobody knew that {fact}.
{When} {number} {count} came, {why} {who} {act} {thing}.
{Who} and {who} {act} {thing} {where}, a statement said.
It's hard to say if {fact}, but {who} {act} {thing}.
The number of {count} rose from {number} to {number} {when}.
Asked whether {fact}, {who} said: "I don't know, but {fact}." """


class Articles(NamedTuple):
    """Genuine and spun articles, and where they are from."""

    genuine: list[str]
    spun: list[str]
    source: str


class Input(NamedTuple):
    """Something to read: a file or a folder, how many bytes and words of article it holds."""

    path: Path
    size: int
    words: int


def _pick(draws: random.Random, items: Sequence[str]) -> str:
    # Not random.choice: what random() gives is promised to stay, what choice() makes of it
    # is not.
    return items[int(draws.random() * len(items))]


def _between(draws: random.Random, bounds: tuple[int, int]) -> int:
    return bounds[0] + int(draws.random() * (bounds[1] - bounds[0] + 1))


def _sentence(draws: random.Random) -> str:
    frame = _pick(draws, _FRAMES.split("\n")).strip()
    parts: list[str] = []
    for piece in frame.split("{"):
        slot, brace, rest = piece.partition("}")
        if not brace:
            parts.append(piece)
            continue
        words = _pick(draws, _SLOTS[slot.lower()].split("|"))
        parts += (words[0].upper() + words[1:] if slot[0].isupper() else words, rest)
    return "".join(parts)


def sampled() -> list[str]:
    """Sentences of the samples that nobody spun."""
    paths = sorted(
        path for kind in ("genuine", "original") for path in ROOT.glob(f"samples/{kind}/*")
    )
    lines = [line for path in paths for line in path.read_text("utf-8").splitlines()]
    parts = [part for line in lines for part in line.rstrip(".").split(". ")]
    return [part + "." for part in parts if len(part) > 30]


def article(number: int, sentences: Sequence[str]) -> str:
    """A genuine article; the same for the same number and sentences."""
    draws = random.Random(number)
    paragraphs = []
    for _ in range(_between(draws, _PARAGRAPHS)):
        count = _between(draws, _SENTENCES)
        chosen = (
            _pick(draws, sentences) if draws.random() < _SAMPLED else _sentence(draws)
            for _ in range(count)
        )
        paragraphs.append(" ".join(chosen))
    return "\n".join(paragraphs) + "\n"


def generated(size: int, spun_size: int) -> Articles:
    """Articles of about ``size`` bytes, and others of ``spun_size`` that are spun."""
    sys.path.append(str(ROOT / "tools"))
    from spin import heads_of, spin

    from spinfix.dictionary import read_entries
    from spinfix.shipped import shipped

    sentences, heads = sampled(), heads_of(read_entries(shipped("learned.tsv")))
    genuine = _up_to(size, (article(n, sentences) for n in _count(0)))
    spun = _up_to(spun_size, (spin(article(n, sentences), heads, n) for n in _count(10**6)))
    return Articles(genuine, spun, "generated")


def from_corpora(folder: Path, size: int, spun_size: int) -> Articles:
    """Articles of about the same sizes, or all there are, out of a corpora folder."""
    genuine = _read(folder / "clean-dev/clean-dev.jsonl.xz", "text")
    spun = _read(folder / "pairs/dev.jsonl.xz", "spun")
    return Articles(_thinned(genuine, size), _thinned(spun, spun_size), "corpora")


def _read(path: Path, field: str) -> list[str]:
    with lzma.open(path, "rt", encoding="utf-8") as lines:
        return [json.loads(line)[field] for line in lines]


def _thinned(texts: list[str], size: int) -> list[str]:
    """Every n-th text, so that about ``size`` bytes are left."""
    whole = sum(map(_size, texts))
    return texts if whole <= size else texts[:: round(whole / size)]


def _up_to(size: int, texts: Iterator[str]) -> list[str]:
    chosen: list[str] = []
    while size > 0:
        chosen.append(next(texts))
        size -= _size(chosen[-1])
    return chosen


def _count(start: int) -> Iterator[int]:
    while True:
        yield start
        start += 1


def _size(text: str) -> int:
    return len(text.encode("utf-8", "surrogatepass"))


def mixed(genuine: Sequence[str], spun: Sequence[str], share: float) -> list[str]:
    """The genuine articles with a share (0 to 1) replaced by spun ones, spread evenly."""
    step = round(1.0 / share)
    again = cycle(spun)
    return [
        next(again) if number % step == step - 1 else text for number, text in enumerate(genuine)
    ]


def json_lines(path: Path, texts: Sequence[str], size: int = 0) -> Input:
    """A JSON lines file, an article a line.

    With a ``size`` (bytes) the articles come again and again until there is so much.
    """
    rows = cycle(texts) if size else iter(texts)
    words = 0
    with path.open("w", encoding="utf-8") as out:
        for number, text in enumerate(rows):
            out.write(json.dumps({"id": number, "text": text}) + "\n")
            words += len(text.split())
            if size and out.tell() >= size:
                break
    return Input(path, path.stat().st_size, words)


def folder(path: Path, texts: Sequence[str], one_line: bool = False) -> Input:
    """A folder with a text file for each article; of a single line each if so wished."""
    path.mkdir()
    if one_line:
        texts = [" ".join(text.split()) for text in texts]
    for number, text in enumerate(texts):
        (path / f"{number:06}.txt").write_text(text, encoding="utf-8", newline="")
    return Input(path, sum(map(_size, texts)), sum(len(text.split()) for text in texts))


def few(path: Path, texts: Sequence[str], count: int) -> Input:
    """A folder with a few large text files of many articles each."""
    joined = ["\n\n".join(islice(texts, n, None, count)) for n in range(count)]
    return folder(path, joined)
