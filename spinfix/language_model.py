"""The n-gram language model: how likely a word is after the words before it.

KenLM (Heafield 2011) answers; states and transitions are numbered and kept, so
that the many repeated questions of a decoder cost one dictionary look-up.
"""

from __future__ import annotations

import math
from pathlib import Path

_LN10 = math.log(10.0)
#: Transitions kept; at some 250 bytes each the cache stays below 200 MB.
_CACHE = 600_000


class LanguageModel:
    """A KenLM model with numbered states."""

    def __init__(self, path: Path) -> None:
        """Open a model file; raises OSError when it cannot be read."""
        import kenlm

        if not path.is_file():
            raise FileNotFoundError(f"no language model at {path}")
        self._new_state = kenlm.State
        self._model = kenlm.Model(str(path))
        self._reset()

    def _reset(self) -> None:
        state = self._new_state()
        self._model.BeginSentenceWrite(state)
        self._states = [state]
        self._numbers = {state: 0}
        self._size = 0
        #: For each state: word -> (weight, next state).
        self.steps: list[dict[str, tuple[float, int]]] = [{}]

    @property
    def begin(self) -> int:
        """The state at the beginning of a paragraph.

        Asking for it is the moment at which an overfull cache is dropped: state
        numbers are good until the next call.
        """
        if self._size > _CACHE:
            self._reset()
        return 0

    def step(self, state: int, word: str) -> tuple[float, int]:
        """Natural log probability of ``word`` after ``state``, and the state after it."""
        known = self.steps[state].get(word)
        if known is not None:
            return known
        after = self._new_state()
        log_p = self._model.BaseScore(self._states[state], word, after) * _LN10
        number = self._numbers.get(after)
        if number is None:
            number = len(self._states)
            self._numbers[after] = number
            self._states.append(after)
            self.steps.append({})
        known = (log_p, number)
        self.steps[state][word] = known
        self._size += 1
        return known

    def log_probability(self, words: list[str]) -> float:
        """Natural log probability of ``words`` as the beginning of a paragraph."""
        state, total = self.begin, 0.0
        for word in words:
            log_p, state = self.step(state, word)
            total += log_p
        return total
