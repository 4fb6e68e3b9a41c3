"""Reading spun/original pairs: records with both sides, two folders, or two files."""

from __future__ import annotations

from collections import deque
from collections.abc import Iterator, Mapping, Sequence
from itertools import zip_longest
from typing import NamedTuple

from spinfix.batch.inputs import STDIN, Input, InputError, Reading, find_inputs
from spinfix.batch.reading import Failed, Part, Task, parts
from spinfix.formats import Layout, RecordError, parser

#: The fields of records with both sides, and of inputs with one side each.
_SPUN, _ORIGINAL, _TEXT = "spun", "original", "text"


class Pair(NamedTuple):
    """The two sides of an article; ``name`` says where they were read."""

    name: str
    spun: str
    original: str


class Unreadable(NamedTuple):
    """A record or a file that gives no pair, and why not."""

    name: str
    reason: str


#: One side of a pair: where it stands, what it calls itself (or None), its text.
Side = tuple[str, str | None, str]


def read_pairs(
    paths: Sequence[str],
    spun_field: str | None = None,
    original_field: str | None = None,
    encoding: str = "utf-8",
) -> Iterator[Pair | Unreadable]:
    """The pairs in one path or two, one after another.

    One path: records with both sides (JSON lines, JSON, CSV, TSV, Parquet; a folder of
    such files; "-": JSON lines on standard input), in the fields ``spun_field`` and
    ``original_field`` ("spun" and "original" if not given).  Two paths: the spun and the
    original articles.  Of two folders the files of the same name belong together, and
    of two files the records with the same id or, without ids, the same number.
    There the field of a record is "text" if not given.

    Raises InputError for paths that cannot be used at all.
    """
    if len(paths) == 1:
        return _both(paths[0], spun_field or _SPUN, original_field or _ORIGINAL, encoding)
    if len(paths) != 2 or STDIN in paths:
        raise InputError("give one input with both sides, or the spun and the original articles")
    spun = _named(paths[0], Reading(encoding, (spun_field or _TEXT,)))
    original = _named(paths[1], Reading(encoding, (original_field or _TEXT,)))
    if len(spun) == len(original) == 1:  # two files, whatever they are called
        spun, original = ({"": next(iter(side.values()))} for side in (spun, original))
    return _partners(
        spun,
        original,
        Reading(encoding, (spun_field or _TEXT,)),
        Reading(encoding, (original_field or _TEXT,)),
    )


def _both(path: str, spun: str, original: str, encoding: str) -> Iterator[Pair | Unreadable]:
    reading = Reading(encoding, (spun,), "jsonl" if path == STDIN else "auto")
    for found in find_inputs([path], reading):
        if isinstance(found, InputError):
            raise found
        for name, raw, layout in records(found, reading):
            if isinstance(raw, Unreadable):
                yield raw
                continue
            try:
                sides = [
                    parser(found.format)(raw, layout._replace(fields=(field,))).text
                    for field in (spun, original)
                ]
            except RecordError as error:
                yield Unreadable(name, _plain(error))
            else:
                yield Pair(name, *sides)


def _plain(error: RecordError) -> str:
    return str(error).replace("--field", "--spun-field and --original-field")


def records(source: Input, reading: Reading) -> Iterator[tuple[str, str | Unreadable, Layout]]:
    """The records of an input: name, raw (or why it ends there) and layout."""
    single = source.format in ("text", "markdown", "html")
    for mark, load in parts([source], Task(reading)):
        if isinstance(mark, Failed):
            yield source.name, Unreadable(source.name, mark.error), reading.layout(source.format)
        if isinstance(mark, Part) and load is not None:
            for piece in load.pieces:
                if piece.number:
                    name = source.name if single else f"{source.name}, line {piece.line}"
                    yield name, piece.raw, load.layout


def _named(path: str, reading: Reading) -> Mapping[str, Input]:
    """The inputs of a path by their place below it."""
    found: dict[str, Input] = {}
    for source in find_inputs([path], reading):
        if isinstance(source, InputError):
            raise source
        found[source.place.as_posix()] = source
    return found


def _partners(
    spun: Mapping[str, Input], original: Mapping[str, Input], left: Reading, right: Reading
) -> Iterator[Pair | Unreadable]:
    for place in sorted({*spun, *original}):
        if place not in original:
            yield Unreadable(spun[place].name, "no original of the same name")
        elif place not in spun:
            yield Unreadable(original[place].name, "no spun article of the same name")
        else:
            yield from _joined(sides(spun[place], left), sides(original[place], right))


def sides(source: Input, reading: Reading) -> Iterator[Side | Unreadable]:
    for name, raw, layout in records(source, reading):
        if isinstance(raw, Unreadable):
            yield raw
            continue
        try:
            record = parser(source.format)(raw, layout)
        except RecordError as error:
            yield Unreadable(name, _plain(error))
        else:
            yield name, record.id, record.text


def _joined(
    spun: Iterator[Side | Unreadable], original: Iterator[Side | Unreadable]
) -> Iterator[Pair | Unreadable]:
    """Records with the same id, in whatever order; those without ids as they come.

    What waits for its partner is kept, so two files in the same order take no memory.
    """
    waiting: tuple[dict[str, Side], dict[str, Side]] = ({}, {})
    plain: tuple[deque[Side], deque[Side]] = (deque(), deque())
    for both in zip_longest(spun, original):
        for mine, side in enumerate(both):
            if isinstance(side, Unreadable):
                yield side
            elif side is not None:
                partner = _met(side, mine, waiting, plain)
                if partner is not None:
                    first, second = (side, partner) if mine == 0 else (partner, side)
                    yield Pair(first[0], first[2], second[2])
    for which, missing in enumerate(("original", "spun article")):
        for name, _, _ in [*waiting[which].values(), *plain[which]]:
            yield Unreadable(name, f"no {missing} belongs to it")


def _met(
    side: Side,
    mine: int,
    waiting: tuple[dict[str, Side], dict[str, Side]],
    plain: tuple[deque[Side], deque[Side]],
) -> Side | None:
    """The partner of a side, if it has come already; else the side waits for it."""
    identity = side[1]
    if identity is None:
        if plain[1 - mine]:
            return plain[1 - mine].popleft()
        plain[mine].append(side)
        return None
    partner = waiting[1 - mine].pop(identity, None)
    if partner is None:
        waiting[mine][identity] = side
    return partner
