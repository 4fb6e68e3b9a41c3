"""Unified diffs, as ``git apply`` and ``patch`` take them."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

_NO_NEWLINE = "\\ No newline at end of file\n"


def unified_diff(old: str, new: str, name: str, context: int = 3) -> Iterator[str]:
    """The lines of a unified diff between two texts of the same number of lines.

    Edits never add or remove a line, so lines are compared one to one; nothing
    has to be aligned.  Only ``\\n`` ends a line; a carriage return is part of it.
    """
    left, right = old.split("\n"), new.split("\n")
    if len(left) != len(right):
        raise ValueError("the two texts do not have the same number of lines")
    count = len(left) - (left[-1] == right[-1] == "")
    changed = [i for i in range(count) if left[i] != right[i]]
    if not changed:
        return
    yield f"--- {_name('a/', name)}\n"
    yield f"+++ {_name('b/', name)}\n"
    for first, last in _hunks(changed, context):
        start, end = max(0, first - context), min(count, last + 1 + context)
        place = f"{start + 1},{end - start}"
        yield f"@@ -{place} +{place} @@\n"
        yield from _hunk(left, right, start, end)


def _hunks(changed: Sequence[int], context: int) -> Iterator[tuple[int, int]]:
    """First and last changed line of each hunk; closer ones than their context join."""
    first = last = changed[0]
    for i in changed[1:]:
        if i - last > 2 * context + 1:
            yield first, last
            first = i
        last = i
    yield first, last


def _hunk(left: list[str], right: list[str], start: int, end: int) -> Iterator[str]:
    removed: list[int] = []
    for i in range(start, end + 1):
        if i < end and left[i] != right[i]:
            removed.append(i)
            continue
        for sign, lines in (("-", left), ("+", right)):
            for k in removed:
                yield from _line(sign, lines, k)
        removed = []
        if i < end:
            yield from _line(" ", left, i)


def _line(sign: str, lines: list[str], i: int) -> Iterator[str]:
    yield f"{sign}{lines[i]}\n"
    if i == len(lines) - 1:  # no line break after it
        yield _NO_NEWLINE


def _name(side: str, name: str) -> str:
    """A file name as git quotes it: C style when it has odd characters."""
    name = side + name.lstrip("/")
    if name.isascii() and name.isprintable() and '"' not in name and "\\" not in name:
        return name if " " not in name else name + "\t"
    quoted = "".join(
        chr(b) if 32 <= b < 127 and b not in b'"\\' else f"\\{b:03o}"
        for b in name.encode("utf-8", "surrogateescape")
    )
    return f'"{quoted}"'
