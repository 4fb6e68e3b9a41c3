"""The n-gram language model: how likely a word is after the words before it.

KenLM (Heafield 2011) answers; states and transitions are numbered and kept, so
that the many repeated questions of a decoder cost one dictionary look-up.  The compiled parts
read its file themselves (``_trie.h``), which is several times as fast.
"""

from __future__ import annotations

import math
import os
from collections.abc import Sequence
from functools import cached_property
from mmap import ACCESS_READ, mmap
from pathlib import Path
from typing import Any

from .compiled import part

LN10 = math.log(10.0)
#: Minus the log probability of a typical word (nats).
_TYPICAL = 5.0
#: Transitions kept; at some 250 bytes each the cache stays below 200 MB.
_CACHE = 600_000


class LanguageModel:
    """A KenLM model with numbered states, as weights to multiply.

    The weight of a word is ``(P(word | words before) / typical P) ** exponent``.  ``steps``
    holds for each state the words asked about: word -> (weight, next state); ``states`` are
    KenLM's, ``numbers`` their numbers, ``size`` is how many answers are kept: all from when
    ``begin`` is first asked for.
    """

    def __init__(self, path: Path, exponent: float = 1.0) -> None:
        """Open a model file; raises OSError when it cannot be read.

        ``exponent`` is how much the model counts against the channel.
        """
        if not path.is_file():
            raise FileNotFoundError(f"no language model at {path}")
        self._path, self.exponent = path, exponent
        #: What a typical word's probability is divided by.
        self.typical = math.exp(exponent * _TYPICAL)
        self.states: list[Any] = []
        self.size = 0
        self._trie = self._opened()
        if self._trie is None:
            self._reset()  # now, so that a bad file is noticed

    def _opened(self) -> Any:
        """The file as the compiled parts read it; None when they cannot."""
        compiled = part("_trie")
        if compiled is None:
            return None
        with self._path.open("rb") as file:
            if not os.fstat(file.fileno()).st_size:
                return None  # there is nothing to map
            data = mmap(file.fileno(), 0, access=ACCESS_READ)
        return compiled.open(data, self.exponent, _TYPICAL)

    @property
    def trie(self) -> Any:
        """The model for the compiled parts; None when they cannot read it."""
        return self._trie if part("_trie") else None

    @cached_property
    def kenlm(self) -> Any:
        """The model as KenLM has it; loaded when first needed."""
        import kenlm

        return kenlm.Model(str(self._path))

    @cached_property
    def new_state(self) -> Any:
        """KenLM's class of states."""
        import kenlm

        return kenlm.State

    def _reset(self) -> None:
        self._spare = self.new_state()
        state = self.new_state()
        self.kenlm.BeginSentenceWrite(state)
        self.states = [state]
        self.numbers = {state: 0}
        self.size = 0
        self.steps: list[dict[str, tuple[float, int]]] = [{}]

    def log_probabilities(self, words: Sequence[str]) -> list[float]:
        """log P (nats) of each word after the ones before it; of the first one, of its own.

        ``words`` are as :func:`spinfix.text.model_word` names them; one that the model does
        not know has minus infinity.
        """
        state, after = self.new_state(), self.new_state()
        self.kenlm.NullContextWrite(state)
        found = []
        for word in words:
            log_p = self.kenlm.BaseScore(state, word, after) * LN10
            found.append(log_p if word in self.kenlm else -math.inf)
            state, after = after, state
        return found

    def log_probability(self, words: Sequence[str]) -> float:
        """Log P(words) of a paragraph (nats); numbers and acronyms as text.model_word has them."""
        return self.log_probability_of(" ".join(words))

    def log_probability_of(self, spelled: str) -> float:
        """The same of words joined by spaces."""
        if not spelled.isascii():  # a lone surrogate has no UTF-8 form
            spelled = spelled.encode("utf-8", "replace").decode()
        score: float = self.kenlm.score(spelled, eos=False)
        return score * LN10

    @property
    def begin(self) -> int:
        """The state at the beginning of a paragraph.

        Asking for it is the moment at which an overfull cache is dropped: state
        numbers are good until the next call.
        """
        if self.size > _CACHE or not self.states:
            self._reset()
        return 0

    def step(self, state: int, word: str) -> tuple[float, int]:
        """The weight of ``word`` after ``state``, and the state after it."""
        known = self.steps[state].get(word)
        if known is not None:
            return known
        after = self._spare
        # A lone surrogate has no UTF-8 form.
        spelled = word if word.isascii() else word.encode("utf-8", "replace").decode()
        log_p = self.kenlm.BaseScore(self.states[state], spelled, after) * LN10
        number = self.numbers.get(after)
        if number is None:
            number = len(self.states)
            self.numbers[after] = number
            self.states.append(after)
            self.steps.append({})
            self._spare = self.new_state()
        known = (math.exp(self.exponent * (log_p + _TYPICAL)), number)
        self.steps[state][word] = known
        self.size += 1
        return known
