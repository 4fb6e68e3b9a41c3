"""Texts without originals: reading them, and writing what was learned from them."""

from __future__ import annotations

import json
from collections import defaultdict
from collections.abc import Iterable, Iterator, Sequence
from pathlib import Path

from spinfix.batch.inputs import InputError, Reading, find_inputs
from spinfix.spinners import AUTO, SCORER, Traits, find_spinners, write_spinner

from .learned import FLOOR, Learned
from .pairs import Unreadable, read_pairs, records, sides
from .reference import TooLittle

#: Phrases that a person may find the originals of, beside the dictionary.
SUSPECTS = "suspects.tsv"
_HEADER = ("phrase", "times", "expected", "likely", "contexts")
#: The field of the texts, and that of a list of them.
_TEXT, _COPIES = "text", "copies"
#: Substitutions that a report names.
_TOP = 6
#: Base: nothing is known before.
NONE = "none"


def read_texts(
    paths: Sequence[str], field: str | None = None, encoding: str = "utf-8"
) -> Iterator[str]:
    """The texts of files and folders, one after another; what cannot be read is passed over.

    ``field`` is where records have their text ("text" if not given).  Raises InputError
    for a path that cannot be used at all.
    """
    reading = Reading(encoding, (field or _TEXT,))
    for found in find_inputs(paths, reading):
        if isinstance(found, InputError):
            raise found
        for side in sides(found, reading):
            if not isinstance(side, Unreadable):
                yield side[2]


def read_copies(
    paths: Sequence[str],
    field: str | None = None,
    group: str | None = None,
    encoding: str = "utf-8",
) -> Iterator[list[str]]:
    """The spins of each article.

    Two paths: two folders with the same file names, or two files, as for
    :func:`~spinfix.learn.pairs.read_pairs`.  One path: JSON lines, each with a list of
    texts in ``field`` ("copies" if not given); or, when ``group`` names a field, those
    with the same value there are spins of one article, with their text in ``field``.
    Raises InputError for paths that cannot be used.
    """
    if len(paths) == 2:
        pairs = read_pairs(paths, field, field, encoding)
        return ([pair.spun, pair.original] for pair in pairs if not isinstance(pair, Unreadable))
    if len(paths) != 1:
        raise InputError("give one file of JSON lines, or two folders or files with the spins")
    if group is None:
        return _lists(_objects(paths[0], encoding), field or _COPIES)
    return iter(_grouped(_objects(paths[0], encoding), field or _TEXT, group))


def _objects(path: str, encoding: str) -> Iterator[dict[str, object]]:
    """The objects of JSON lines; what is none is passed over."""
    reading = Reading(encoding, (_TEXT,), "jsonl")
    for found in find_inputs([path], reading):
        if isinstance(found, InputError):
            raise found
        for _, raw, _ in records(found, reading):
            if isinstance(raw, Unreadable):
                continue
            try:
                value = json.loads(raw)
            except (ValueError, RecursionError):
                continue
            if isinstance(value, dict):
                yield value


def _lists(objects: Iterable[dict[str, object]], field: str) -> Iterator[list[str]]:
    for value in objects:
        found = value.get(field)
        if isinstance(found, list):
            yield [text for text in found if isinstance(text, str)]


def _grouped(objects: Iterable[dict[str, object]], field: str, group: str) -> list[list[str]]:
    groups: defaultdict[str, list[str]] = defaultdict(list)
    for value in objects:
        text, key = value.get(field), value.get(group)
        if isinstance(text, str) and isinstance(key, (str, int)):
            groups[str(key)].append(text)
    return list(groups.values())


def write_learned(folder: Path, learned: Learned, name: str, floor: float = FLOOR) -> Traits:
    """Write a spinner and its suspects; returns its traits, with a report.

    ``floor`` is how sure an entry must be (0 to 1).  Raises TooLittle when there is nothing
    to write, and OSError when that fails.
    """
    entries = learned.entries(floor)
    if not entries and not learned.unexplained:
        raise TooLittle(f"nothing stands out in {learned.words:,} words; more text is needed")
    top = sorted(entries, key=lambda entry: (-entry.replaced, entry))[:_TOP]
    report = {
        "articles": learned.articles,
        "genuine": learned.genuine,
        "words": learned.words,
        "entries": len(entries),
        "doubtful": len(learned.proposals) - len(entries),
        "unexplained": len(learned.unexplained),
        "floor": floor,
        "top": [[entry.spun, entry.original, entry.replaced] for entry in top],
    }
    traits = Traits(name, one_draw=learned.one_draw, rate=learned.rate, report=report)
    write_spinner(folder, traits, entries)
    (folder / SCORER).unlink(missing_ok=True)  # fitted for what was here before
    lines = ["\t".join(_HEADER)]
    for row in learned.unexplained:
        parts = (row.phrase, row.times, row.expected, ", ".join(row.likely))
        lines.append("\t".join(map(str, (*parts, " | ".join(row.contexts)))))
    (folder / SUSPECTS).write_text("\n".join(lines) + "\n", encoding="utf-8")
    return traits


def summary_unpaired(traits: Traits) -> Iterator[str]:
    """The lines of a report on a spinner that was learned without originals."""
    report = traits.report
    yield f"{report['articles']:,} articles with {report['words']:,} words learned from"
    if report["genuine"]:
        yield f"{report['genuine']:,} articles look genuine and were left out"
    yield f"{report['entries']:,} entries as sure as {report['floor']:g} or surer"
    if report["top"]:
        top = ", ".join(f"{spun} < {original}" for spun, original, _ in report["top"])
        yield f"most used: {top}"
    yield f"{report['unexplained']:,} phrases without a convincing original: {SUSPECTS}"


def known_synonyms(path: Path) -> set[tuple[str, str]]:
    """The pairs of a general thesaurus, for the parameter ``synonyms`` of learning.

    Raises DictionaryError or OSError for one that cannot be read.
    """
    from spinfix.unseen import thesaurus_spinner

    return {entry[:2] for entry in thesaurus_spinner(path).entries}


def known_pairs(base: str | Path = AUTO) -> list[tuple[str, str]]:
    """What is known before, for the parameter ``known`` of learning.

    ``base`` is a spinner by name or folder, "auto" for all that are shipped, or "none".
    Raises DictionaryError or OSError for one that cannot be read.
    """
    if base == NONE:
        return []
    spinners = find_spinners() if base == AUTO else find_spinners([base])
    return [(entry.spun, entry.original) for spinner in spinners for entry in spinner.entries]
