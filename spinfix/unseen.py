"""An unseen spinner: originals out of a general thesaurus, for text that no dictionary explains.

A thesaurus does not say which phrases are heads, so counting phrases cannot tell spun from
genuine.  The evidence is the n-gram model's: where a synonym is far likelier than what
stands there, again and again, and the rest of the article agrees.  A text is taken for spun
when enough different phrases would be edited nearly for certain, and only such edits are
made (docs/unseen.md).
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping, Sequence
from pathlib import Path

from .channel import Arc, Channel
from .decoder import decode
from .dictionary import Entry, Never
from .families import Family
from .gate import Verdict
from .hmm import logistic
from .language_model import LanguageModel
from .lexicon import Lexicon
from .scorer import Trust
from .spinners import Spinner, Traits
from .text import Tokens

#: Words rarer than this (out of 10^12, as spinfix.lexicon) are in no thesaurus of a spinner.
_COMMON = 2_000_000
#: Stand-ins for counts: phrases of one group; of related groups; and for the chance that a
#: head is replaced.
_CLOSE, _NEAR, RATE = (12, 100, 12), (5, 100, 5), 0.4
#: (With that rate, Repairer makes edits surer than 0.808 unless asked for surer ones.)
#: An edit is nearly certain from here on; so many different phrases there must be, and so
#: many for each token.  Chosen on the originals of pairs/dev, see benchmarks/unseen.py.
CERTAIN, LEAST_PHRASES, LEAST_DENSITY = 0.808, 3, 0.003
#: Log odds (nats) of a text that passes, and of one that does not.
_SPUN = 2.2
#: Numbers that an arc has of its entry, see columns().
COLUMNS = 3
#: What those count, and the trust; fitted by tools/fit_unseen.py.
PRIOR: tuple[float, float, float] = (-1.62, -1.23, -1.46)
TRUST = Trust(0.44, 1.0, (2.74, -1.07, -0.6, -2.17, -0.9, 1.66, -0.03, -0.1, 0.94, 0.84))


class SynonymChannel(Channel):
    """Synonyms as a channel: nothing is known of heads."""

    def __init__(
        self, entries: Iterable[Entry], never: Iterable[Never] = (), edit_bias: float = 0.0
    ) -> None:
        """As Channel."""
        super().__init__(entries, never, edit_bias)
        self._survival = {}
        self._special = {*self._beginnings, *self._entries}


class SynonymScorer:
    """Weighs synonyms by how the thesaurus has them (a scorer.Scorer)."""

    def __init__(self, prior: Sequence[float] = PRIOR, trust: Trust = TRUST) -> None:
        self._prior, self.trust = tuple(prior), trust

    def score(self, tokens: Tokens, arcs: Sequence[Arc], rate: float) -> list[float]:
        """The log prior odds of each candidate, beside the channel's weight (nats)."""
        return [sum(a * b for a, b in zip(self._prior, columns(arc), strict=True)) for arc in arcs]


def columns(arc: Arc) -> tuple[float, float, float]:
    """Of an arc: is it a candidate, a near one, and how many words over one a side."""
    if arc.candidate is None:
        return 0.0, 0.0, 0.0
    entry = arc.candidate.entry
    more = entry.spun.count(" ") + entry.original.count(" ")
    return 1.0, float(entry.counts == _NEAR), float(more)


class SynonymFamily(Family):
    """A thesaurus in the place of a spinner."""

    def __init__(
        self,
        spinner: Spinner,
        entries: Sequence[Entry],
        never: Iterable[Never],
        model: Callable[[], LanguageModel],
    ) -> None:
        """As Family; ``model`` gives the n-gram model when it is needed."""
        super().__init__(spinner, entries, never)
        self._model = model
        self.fallback, self.judging = True, SynonymScorer()
        #: Keeps the shipped scorers away, which know the pairs of other spinners.
        self.weights = spinner.files[0]
        self._channel = SynonymChannel([*spinner.entries, *entries], self._banned, 0.0)

    @property
    def channel(self) -> SynonymChannel:
        """The synonyms, made ready."""
        return self._channel

    @property
    def evidence(self) -> Mapping[str, float]:
        """No phrase is evidence of anything."""
        return {}

    def judge(self, tokens: Tokens) -> Verdict:
        """Would enough different phrases be edited nearly for certain?"""
        everything = [1.0] * len(tokens)
        spun, readings = self.channel.readings(tokens, everything, 1.0, RATE)
        certain = {
            choice.arc.candidate.pair
            for choice in decode(self._model(), tokens, spun, readings, self.judging, rate=RATE)
            if choice.posterior >= CERTAIN and choice.arc.candidate
        }
        enough = len(certain) >= max(LEAST_PHRASES, LEAST_DENSITY * len(tokens))
        odds = _SPUN if enough else -_SPUN
        posterior = logistic(odds)
        return Verdict(posterior, posterior, everything if enough else [0.0] * len(tokens), odds)


def thesaurus_spinner(path: Path) -> Spinner:
    """The synonyms of a thesaurus as a spinner's entries.

    Raises DictionaryError for what is no thesaurus, and OSError.
    """
    from .curate.synonyms import read_synonyms

    frequency = Lexicon().frequency

    def usable(phrase: str) -> bool:
        return all((frequency(word) or 0) >= _COMMON for word in phrase.split(" "))

    source = f"thesaurus {path.name}"[:60]
    found = read_synonyms(path, usable)
    entries = [Entry(*pair, *(_NEAR if near else _CLOSE), source) for pair, near in found.items()]
    return Spinner(Traits(source, rate=RATE), entries, [], _files(path), synonyms=True)


def _files(path: Path) -> tuple[Path, ...]:
    return tuple(sorted(path.glob("data.*"))) if path.is_dir() else (path,)
