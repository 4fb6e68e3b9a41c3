"""Deciding edits one by one, as ``git add -p`` does."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass, field, replace
from typing import NamedTuple

from spinfix.edits import Edit
from spinfix.formats.records import by_words

#: What may be answered, with what it does.
ANSWERS = {
    "y": "make this edit",
    "n": "do not make it",
    "1-9": "make it, with the alternative of that number",
    "e": "make it, with words of your own",
    "s": "split it into its words and ask about each",
    "a": "make it and all that follow in this article",
    "d": "make neither it nor any that follows in this article",
    "A": "always: make it, and this substitution wherever it comes again",
    "N": "never: do not make it, nor this substitution wherever it comes again",
    "q": "make neither it nor any that follows anywhere",
    "?": "help",
}


class Question(NamedTuple):
    """An edit to decide, and its place among those of its article."""

    edit: Edit
    number: int
    total: int
    can_split: bool


#: Gives the answer to a question: one of ANSWERS, or, for ``e``, "e" and the words.
Ask = Callable[[Question], str]


@dataclass(slots=True)
class Decider:
    """Asks about edits and remembers what is decided for good."""

    ask: Ask
    stopped: bool = False
    always: set[tuple[str, str]] = field(default_factory=set)
    never: set[tuple[str, str]] = field(default_factory=set)

    def article(self, edits: Iterable[Edit]) -> list[Edit]:
        """The edits of an article that are to be made, with the words that were chosen."""
        made: list[Edit] = []
        waiting = list(edits)
        total, number = len(waiting), 0
        rest: bool | None = None  # what holds for the rest of the article
        while waiting:
            edit = waiting.pop(0)
            number += 1
            known = self._known(edit) if rest is None else rest
            if known is not None:
                made += [edit] if known else []
                continue
            words = split(edit)
            answer = self.ask(Question(edit, number, total, len(words) > 1))
            if answer == "s" and len(words) > 1:
                waiting = words + waiting
                total, number = total + len(words) - 1, number - 1
                continue
            rest = {"a": True, "d": False}.get(answer)
            made += self._decided(edit, answer)
        return made

    def _known(self, edit: Edit) -> bool | None:
        """What is decided for an edit without asking."""
        pair = (edit.old.lower(), edit.new.lower())
        if self.stopped or pair in self.never:
            return False
        return True if pair in self.always else None

    def _decided(self, edit: Edit, answer: str) -> list[Edit]:
        pair = (edit.old.lower(), edit.new.lower())
        if answer == "q":
            self.stopped = True
        elif answer == "A":
            self.always.add(pair)
        elif answer == "N":
            self.never.add(pair)
        if answer in ("y", "a", "A"):
            return [edit]
        if answer.startswith("e"):
            return [replace(edit, new=answer[1:])] if answer[1:] else []
        if answer.isdecimal():
            new = choices(edit)[int(answer) - 1]
            return [replace(edit, new=new)] if new != edit.old else []
        return []


def choices(edit: Edit) -> Sequence[str]:
    """The readings of an edit that can be chosen by number: its own, then the others."""
    return [edit.new, *(other.text for other in edit.alternatives if other.text != edit.new)]


def split(edit: Edit) -> list[Edit]:
    """An edit as edits of one word each, where it is one of as many words as before."""
    return list(by_words(edit))
