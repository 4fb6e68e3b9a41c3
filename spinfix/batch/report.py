"""What a run did, counted."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Iterable
from dataclasses import dataclass, field
from typing import Any

from .work import Outcome

#: Substitutions in a report, errors named one by one, and characters of one.
_COMMONEST, _NAMED, _LONGEST = 25, 1000, 500
#: The fields of Counts that are numbers.
_COUNTED = ("records", "spun", "edited", "edits", "kept")


def one_line(message: str) -> str:
    """A message that may quote its input, as a line that can be shown on a terminal."""
    line = " ".join(message.split())
    line = "".join(char if char.isprintable() else "\ufffd" for char in line)
    return line if len(line) <= _LONGEST else f"{line[:300]} ... {line[-150:]}"


@dataclass(slots=True)
class Counts:
    """Counts over records; ``kept`` are those that could not be read or repaired."""

    records: int = 0
    spun: int = 0
    edited: int = 0
    edits: int = 0
    kept: int = 0
    substitutions: Counter[tuple[str, str]] = field(default_factory=Counter)
    errors: list[str] = field(default_factory=list)

    def add(self, name: str, outcome: Outcome) -> None:
        """Count a record of the input ``name``."""
        self.records += 1
        if outcome.error is not None:
            self.kept += 1
            if len(self.errors) < _NAMED:
                error = f"{name}, line {outcome.piece.line}: {outcome.error}"
                self.errors.append(one_line(error))
            return
        self.spun += outcome.repair.spun
        self.edited += bool(outcome.changes)
        self.edits += len(outcome.changes)
        for change in outcome.changes:
            self.substitutions[change.edit.old.lower(), change.edit.new.lower()] += 1

    def merge(self, other: Counts) -> None:
        """Count what ``other`` counted, too."""
        for name in _COUNTED:
            setattr(self, name, getattr(self, name) + getattr(other, name))
        self.substitutions.update(other.substitutions)
        self.errors += other.errors[: max(0, _NAMED - len(self.errors))]

    def to_dict(self) -> dict[str, Any]:
        """As JSON takes it."""
        row: dict[str, Any] = {name: getattr(self, name) for name in _COUNTED}
        row["substitutions"] = [[*pair, n] for pair, n in self.substitutions.items()]
        row["errors"] = self.errors
        return row

    @classmethod
    def from_dict(cls, row: dict[str, Any]) -> Counts:
        """What :meth:`to_dict` gave."""
        pairs = Counter({(old, new): n for old, new, n in row["substitutions"]})
        return cls(**{**row, "substitutions": pairs})


@dataclass(slots=True)
class Report:
    """A run: its inputs, what was counted over their records, how long it took.

    ``failed`` names the inputs that could not be read or written, each in a line.
    ``sign`` gives the signature.
    """

    sign: Callable[[], str]
    inputs: int = 0
    rewritten: int = 0
    failed: list[str] = field(default_factory=list)
    counts: Counts = field(default_factory=Counts)
    bytes: int = 0
    seconds: float = 0.0

    @property
    def signature(self) -> str:
        """What repaired: the version, the data and the options.

        Worked out when asked for, since all data has to be read for it.
        """
        return self.sign()

    @property
    def status(self) -> int:
        """The exit status: 2 an input failed, 3 records were kept as they were, else 0."""
        return 2 if self.failed else 3 if self.counts.kept else 0

    def to_dict(self) -> dict[str, Any]:
        """The report as ``--report`` writes it."""
        counts = self.counts.to_dict()
        errors = counts.pop("errors")
        del counts["substitutions"]
        common = self.counts.substitutions.most_common(_COMMONEST)
        return {
            "spinfix-report": 1,
            "signature": self.signature,
            "inputs": self.inputs,
            "rewritten": self.rewritten,
            **counts,
            "bytes": self.bytes,
            "seconds": round(self.seconds, 3),
            "substitutions": [
                {"old": old, "new": new, "count": count} for (old, new), count in common
            ],
            "failed": self.failed,
            "errors": errors,
        }

    def lines(self) -> Iterable[str]:
        """A few lines for people."""
        counts = self.counts
        plural = "" if counts.records == 1 else "s"
        yield f"{counts.records:,} article{plural}, {counts.spun:,} spun, {counts.edits:,} edits"
        if counts.records > 1 and counts.substitutions:
            common = counts.substitutions.most_common(5)
            shown = ", ".join(f"{old} -> {new} {count:,}" for (old, new), count in common)
            yield one_line(f"most often: {shown}")
        if counts.kept:
            they, were, plural = ("it", "was", "") if counts.kept == 1 else ("they", "were", "s")
            yield f"{counts.kept:,} record{plural} kept as {they} {were}: could not be read"
        if self.failed:
            plural = "" if len(self.failed) == 1 else "s"
            yield f"{len(self.failed):,} input{plural} failed"
