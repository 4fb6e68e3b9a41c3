"""Word diffs for people: each changed line once, old and new words marked in place."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator

from spinfix.edits import Repair

#: Marks (old words, new words) of an edit with a confidence from 0 to 1.
Marker = Callable[[str, str, float], str]


def plain_marks(old: str, new: str, confidence: float) -> str:
    """The marks of ``git diff --word-diff``: [-old-]{+new+}."""
    return f"[-{old}-]{{+{new}+}}"


def word_diff(
    repair: Repair, mark: Marker = plain_marks, show: Callable[[str], str] = str
) -> Iterator[tuple[int, str]]:
    """The changed lines of a text, as (line number from 1, line with its edits marked).

    ``show`` is applied to the words between the edits.
    """
    text = repair.text
    number, place = 1, 0
    parts: list[str] = []
    line_start = 0
    for index, edit in enumerate(repair.edits):
        number += text.count("\n", place, edit.start)
        if not parts:
            line_start = text.rfind("\n", 0, edit.start) + 1
        parts += (show(text[line_start : edit.start]), mark(edit.old, edit.new, edit.confidence))
        line_start = place = edit.end
        following = repair.edits[index + 1] if index + 1 < len(repair.edits) else None
        line_end = text.find("\n", edit.end)
        line_end = len(text) if line_end < 0 else line_end
        if following is None or following.start > line_end:
            parts.append(show(text[edit.end : line_end].rstrip("\r")))
            yield number, "".join(parts)
            parts = []


def in_context(
    repair: Repair,
    changed: Iterable[tuple[int, str]],
    context: int,
    show: Callable[[str], str] = str,
) -> Iterator[tuple[int, str]]:
    """The changed lines of :func:`word_diff` with ``context`` lines before and after each."""
    lines = repair.text.split("\n")
    count = len(lines) - (not lines[-1])
    marked = dict(changed)
    near = {n + by for n in marked for by in range(-context, context + 1)}
    for number in sorted(near):
        if 1 <= number <= count:
            yield number, marked.get(number) or show(lines[number - 1].rstrip("\r"))
