"""Which spinner wrote this?  All known ones are asked, the best account is taken."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from functools import cached_property
from typing import TYPE_CHECKING, NamedTuple

from .channel import Channel
from .dictionary import Entry, Never, latest
from .evidence import Markers, shipped_index, weigh
from .gate import Verdict, judge, regions
from .spinners import Spinner
from .text import Tokens

if TYPE_CHECKING:
    from .language_model import LanguageModel
    from .scorer import Scorer


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
        #: Is it asked only about texts that no other one explains?
        self.fallback = False
        #: A scorer of its own.
        self.judging: Scorer | None = None

    @cached_property
    def channel(self) -> Channel:
        """The dictionary, made ready when it is first needed."""
        return Channel([*self._entries, *self._own], self._banned, self._edit_bias)

    @cached_property
    def evidence(self) -> Mapping[str, float]:
        """What each phrase says: log P(phrase | spun) / P(phrase | genuine).

        For shipped spinners no dictionary need be read.
        """
        if self.indexed:
            phrases, columns = shipped_index()
            its = zip(phrases, columns[self.traits.name], strict=True)
            return {phrase: weight for phrase, weight in its if weight}
        return weigh(latest([*self._entries, *self._own]))

    @cached_property
    def markers(self) -> Markers:
        """The phrases that tell its work, to be found in texts."""
        if self.indexed:
            phrases, columns = shipped_index()
            return Markers.indexed(phrases, columns[self.traits.name])
        return Markers(self.evidence)

    @property
    def regions(self) -> tuple[float, float]:
        """The chances (0 to 1) that it left out names, and quotations."""
        return regions(self.traits.names, self.traits.quotes)

    def judge(self, tokens: Tokens) -> Verdict:
        """Was this text written by the spinner, and where?"""
        return judge(tokens, self.markers, self.traits.names, self.traits.quotes)


def family_of(
    spinner: Spinner,
    entries: Sequence[Entry],
    never: Iterable[Never],
    edit_bias: float,
    model: Callable[[], LanguageModel],
) -> Family:
    """A spinner made ready, a thesaurus in its own way; ``model`` gives the n-gram model."""
    if not spinner.synonyms:
        return Family(spinner, entries, never, edit_bias)
    from .unseen import SynonymFamily

    return SynonymFamily(spinner, entries, never, model)


class Finding(NamedTuple):
    """A verdict, whose it is, and what share of the heads was replaced (0 to 1)."""

    verdict: Verdict
    family: Family
    rate: float = 1.0


def likeliest(tokens: Tokens, families: Sequence[Family], gate: float) -> Iterator[Finding]:
    """The account of the spinner that explains a text best.

    If it is less sure than ``gate`` (0 to 1) those of the others follow, best first; a
    fallback comes before them if it is surer than that.
    """
    found = [Finding(family.judge(tokens), family) for family in families if not family.fallback]
    found.sort(key=lambda finding: -finding.verdict.evidence)
    if found and found[0].verdict.posterior >= gate:
        yield found[0]
        return
    last = [
        Finding(family.judge(tokens), family, family.traits.rate)
        for family in families
        if family.fallback
    ]
    yield from (finding for finding in last if finding.verdict.posterior >= gate or not found)
    yield from found
