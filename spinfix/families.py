"""Which spinner wrote this?  All known ones are asked, the best account is taken."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from functools import cached_property
from typing import NamedTuple

from .channel import Channel
from .dictionary import Entry, Never
from .gate import Verdict, judge, regions
from .spinners import Spinner
from .text import Tokens


class Family:
    """A spinner made ready: its dictionary indexed, entries of the user's on top."""

    def __init__(
        self,
        spinner: Spinner,
        entries: Sequence[Entry] = (),
        never: Iterable[Never] = (),
        edit_bias: float = 0.0,
    ) -> None:
        """The spinner's entries, then ``entries``, which overrule them.

        What ``never`` or the spinner's own never-list bans is left out; ``edit_bias``
        as for Channel.
        """
        self.traits, self.files, self.weights = spinner.traits, spinner.files, spinner.scorer
        #: Is its evidence that of the shipped index?
        self.indexed = spinner.indexed and not entries
        self._entries, self._own, self._edit_bias = spinner.entries, entries, edit_bias
        self._banned = [*never, *spinner.never]

    @cached_property
    def channel(self) -> Channel:
        """The dictionary, made ready when it is first needed."""
        return Channel([*self._entries, *self._own], self._banned, self._edit_bias)

    @property
    def regions(self) -> tuple[float, float]:
        """The chances (0 to 1) that it left out names, and quotations."""
        return regions(self.traits.names, self.traits.quotes)

    def judge(self, tokens: Tokens) -> Verdict:
        """Was this text written by the spinner, and where?"""
        return judge(tokens, self.channel, self.traits.names, self.traits.quotes)


class Finding(NamedTuple):
    """A verdict, whose it is, and what share of the heads was replaced (0 to 1)."""

    verdict: Verdict
    family: Family
    rate: float = 1.0


def likeliest(tokens: Tokens, families: Sequence[Family], gate: float) -> Iterator[Finding]:
    """The account of the spinner that explains a text best.

    If it is less sure than ``gate`` (0 to 1) those of the others follow, best first.
    """
    found = [Finding(family.judge(tokens), family) for family in families]
    found.sort(key=lambda finding: -finding.verdict.evidence)
    yield from found[:1] if found[0].verdict.posterior >= gate else found
