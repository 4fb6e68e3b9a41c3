"""Why an edit was made, in words."""

from __future__ import annotations

from collections.abc import Iterator

from spinfix.edits import Edit, Repair
from spinfix.lexicon import Lexicon

_CONTEXT = 30


def context(repair: Repair, edit: Edit) -> tuple[str, str]:
    """Some words of the same line before and after an edit."""
    text = repair.text
    before = text[max(0, edit.start - _CONTEXT) : edit.start].rpartition("\n")[2]
    after = text[edit.end : edit.end + _CONTEXT].partition("\n")[0]
    return before.partition(" ")[2] or before, after.rpartition(" ")[0] or after


def explain_edit(repair: Repair, edit: Edit, lexicon: Lexicon) -> Iterator[str]:
    """The evidence for an edit, a sentence a line."""
    others = ", ".join(
        f"{'leave it' if other.text == edit.old else repr(other.text)} {other.probability:.0%}"
        for other in edit.alternatives
        if other.probability >= 0.005
    )
    if others:
        yield f"otherwise: {others}"
    found = edit.evidence
    if found is not None and repair.spinner.startswith("thesaurus "):
        yield f"the {repair.spinner} has {found.original!r} and {found.spun!r} together"
    elif found is not None:
        yield (
            f"{found.spun!r} replaced {found.original!r} {_times(found.replaced)} of the "
            f"{found.seen:,} that {found.original!r} could have been replaced; "
            f"it stood for nothing {_times(found.left_alone)}"
        )
        yield f"the passage was spun with probability {found.passage:.2f}"
    yield from _frequencies(repair, edit, lexicon)


def _times(count: int) -> str:
    return f"{count:,} time{'' if count == 1 else 's'}"


def _frequencies(repair: Repair, edit: Edit, lexicon: Lexicon) -> Iterator[str]:
    """Frequencies of both readings with the word after and the word before."""
    before, after = context(repair, edit)
    last = before.split()[-1:] if before.endswith(" ") else []
    first = after.split()[:1] if after.startswith(" ") else []
    for left, right in ((last, []), ([], first)):
        if not (left or right):
            continue
        phrases = [
            " ".join([*left, word, *right]).strip(".,;:!?\"'") for word in (edit.new, edit.old)
        ]
        counts = [lexicon.frequency(phrase) for phrase in phrases]
        if None not in counts and any(counts):
            yield ", ".join(f"{p!r} {c:,}" for p, c in zip(phrases, counts, strict=True))
