"""Asks about every edit, for spinfix fix --interactive."""

from __future__ import annotations

from dataclasses import replace

import click

from spinfix.batch import Outcome, Setup
from spinfix.edits import Edit, Repair
from spinfix.preview.asking import ANSWERS, Decider, Question, choices
from spinfix.preview.explain import context

from .run import Run, shown

#: Edits to make: for each input, record by record, (field, edit).
Given = dict[str, dict[int, list[tuple[str, Edit]]]]


def decided(run: Run, setup: Setup) -> Given:
    """The edits of all inputs that somebody decides to make."""
    repair = Repair("")

    def ask(question: Question) -> str:
        return _ask(repair, question)

    decider = Decider(ask)
    given: Given = {source.name: {} for source in run.inputs}
    for mark, found in run.outcomes(setup):
        for outcome in found:
            if decider.stopped or not outcome.changes:
                continue
            repair = outcome.repair
            name = f"{mark.source.name} {outcome.id or ''}".rstrip()
            click.secho(f"\n{shown(name)}: {len(outcome.changes)} edits", bold=True, err=True)
            made = decider.article(repair.edits)
            given[mark.source.name][outcome.piece.number] = _in_fields(outcome, made)
    return given


def _in_fields(outcome: Outcome, made: list[Edit]) -> list[tuple[str, Edit]]:
    """Edits of an article as edits of its fields."""
    placed: list[tuple[str, Edit]] = []
    pairs = list(zip(outcome.repair.edits, outcome.changes, strict=True))
    for edit in made:
        whole, change = next(pair for pair in pairs if pair[0].end > edit.start)
        shift = change.edit.start - whole.start
        moved = replace(edit, start=edit.start + shift, end=edit.end + shift)
        placed.append((change.field, moved))
    return placed


def _ask(repair: Repair, question: Question) -> str:
    edit = question.edit
    before, after = map(shown, context(repair, edit))
    old = click.style(f"[-{shown(edit.old)}-]", fg="red")
    new = click.style(f"{{+{shown(edit.new)}+}}", fg="green")
    click.echo(f"\n{edit.confidence:.2f}  {before}{old}{new}{after}", err=True)
    numbers = choices(edit)[:9]
    for number, text in enumerate(numbers, 1):
        leave = "  (leave it)" if text == edit.old else ""
        click.echo(f"      {number} {shown(text)}{leave}", err=True)
    allowed = [key for key in ANSWERS if key != "s" or question.can_split]
    prompt = f"({question.number}/{question.total}) make this edit [{','.join(allowed)}]?"
    while True:
        answer = click.prompt(prompt, default="", show_default=False, err=True).strip()
        if answer in allowed and answer not in ("?", "1-9", "e"):
            return str(answer)
        if answer.isdecimal() and 1 <= int(answer) <= len(numbers):
            return str(answer)
        if answer == "e":
            words = click.prompt("words", default=edit.new, err=True).strip()
            return f"e{words}"
        for key, meaning in ANSWERS.items():
            click.echo(f"  {key:<4} {meaning}", err=True)
