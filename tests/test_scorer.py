"""Context: how a scorer, the rest of the article and initials correct the decoder."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
import pytest

from spinfix import Repairer
from spinfix.chains import Chains
from spinfix.channel import Arc
from spinfix.context import ContextScorer
from spinfix.dense import _around
from spinfix.draws import FEATURES, features, occurrences
from spinfix.initials import agreement, expected_initials
from spinfix.lattice import windows
from spinfix.scorer import Trust
from spinfix.shipped import shipped
from spinfix.style import habit
from spinfix.text import Tokens, tokenize

TEXT = "The State Division spokesman mentioned that the division had been closed."


def windows_of(repairer: Repairer, text: str):
    """The windows of a text taken for spun, before any scorer."""
    tokens = tokenize(text)
    spun, readings = repairer.families[0].channel.readings(tokens, [1.0] * len(tokens), 0.5)
    return tokens, windows(repairer.model, spun, readings)


@pytest.fixture(scope="module")
def plain() -> Repairer:
    """Dictionary and n-grams alone."""
    return Repairer(scorer=None)


def test_chains_keep_the_posteriors_of_the_lattice(plain):
    _, found = windows_of(plain, TEXT)
    chains = Chains(found)
    kept = chains.posteriors(chains.log_weights)
    assert np.allclose(kept, [p for window in found for p in window.posteriors], atol=1e-3)


def test_an_arc_that_is_pushed_wins_its_place(plain):
    _, found = windows_of(plain, TEXT)
    chains = Chains(found)
    least = int(np.argmin(chains.posteriors(chains.log_weights)))
    pushed = chains.log_weights.copy()
    pushed[least] += 50.0
    assert chains.posteriors(pushed)[least] > 0.99


class Fan:
    """A scorer with one favourite, to show what a scorer is asked."""

    trust = Trust(decoder=1.0, context=1.0, draws=[0.0] * FEATURES)

    def __init__(self, favourite: str) -> None:
        self.favourite = favourite

    def score(self, tokens: Tokens, arcs: Sequence[Arc], rate: float) -> list[float]:
        assert rate == 1.0
        return [
            8.0 if arc.candidate and arc.candidate.original == self.favourite else 0.0
            for arc in arcs
        ]


def test_any_object_with_scores_is_a_scorer(samples):
    text = (samples / "spun/ferry.txt").read_text("utf-8")
    edit = next(e for e in Repairer(scorer=None).repair(text).edits if len(e.alternatives) > 2)
    other = next(a.text for a in edit.alternatives if a.text not in (edit.old, edit.new))
    favoured = Repairer(scorer=Fan(other.lower())).repair(text)
    assert any(e.new == other and e.start == edit.start for e in favoured.edits)


@pytest.mark.parametrize("size", [0, 1, 1000])
def test_scores_must_be_as_many_as_arcs(samples, size):
    """Compiled or in Python alone."""

    class Careless(Fan):
        def score(self, tokens: Tokens, arcs: Sequence[Arc], rate: float) -> list[float]:
            return [0.5] * (len(arcs) + size - 1)

    text = (samples / "spun/ferry.txt").read_text("utf-8")
    repairer = Repairer(scorer=Careless("any"))
    if size == 1:
        assert repairer.repair(text).edits
    else:
        with pytest.raises(ValueError):
            repairer.repair(text)


def test_the_shipped_scorer_knows_more_than_n_grams(repairer, plain, samples):
    """Ships might harm the world or the area, for two words; where people work it is the area."""
    spun = (samples / "spun/ferry.txt").read_text("utf-8")
    assert "the area where they work" in repairer.repair(spun).fixed
    assert "the world where they work" in plain.repair(spun).fixed
    assert plain.scorer(plain.families[0]) is None


def test_a_pair_of_ones_own_is_left_to_its_counts(repairer, samples):
    """The scorer says nothing of pairs it is told not to know."""
    tokens, found = windows_of(repairer, TEXT)
    arcs = [arc for arc in Chains(found).arcs if arc.candidate]
    pair = arcs[0].candidate.entry[:2]
    scorer = ContextScorer(shipped("context.npz"), {pair})
    known = repairer.scorer(repairer.families[0]).score(tokens, arcs, 1.0)
    scores = scorer.score(tokens, arcs, 1.0)
    assert scores[0] == 0.0 != known[0]
    assert [s for a, s in zip(arcs, scores, strict=True) if a.candidate.entry[:2] != pair] == [
        s for a, s in zip(arcs, known, strict=True) if a.candidate.entry[:2] != pair
    ]


def test_other_places_of_the_article_count(plain):
    """Spinners draw for "Division" and "division" apart."""
    tokens, found = windows_of(plain, f"{TEXT} The division was closed. A division is small.")
    chains = Chains(found)
    table = features(occurrences(tokens, chains.arcs), chains.posteriors(chains.log_weights))
    assert table.shape == (len(chains.arcs), FEATURES)
    for arc, row in zip(chains.arcs, table, strict=True):
        assert (row >= 0).all()
        if arc.candidate is None:
            assert not row.any()
    same = {
        (arc.start, arc.candidate.original): row[0]
        for arc, row in zip(chains.arcs, table, strict=True)
        if arc.candidate and arc.candidate.entry.spun == "division"
    }
    assert len({start for start, _ in same}) == 4
    capital = tokens.words.index("Division")
    assert all((value > 0) == (start != capital) for (start, _), value in same.items())


@pytest.mark.parametrize(
    ("text", "letters"),
    [
        ("the World Wellbeing Organization (WHO) said", ["W", "H", "O"]),
        ("the Workplace for Nationwide Statistics (ONS)", ["O", "", "N", "S"]),
        ("the World Well being Organization (WHO) said", ["W", "H", "", "O"]),
        ("He went home (USA) today", []),  # no name stands before it
        ("Some Other Words (ABC)", []),  # nor one that fits
        ("the minister (right) and the Prime Minister (PM", []),
    ],
)
def test_initials_in_brackets(text, letters):
    assert [letter for _, letter in sorted(expected_initials(tokenize(text)).items())] == letters


def test_initials_speak_for_an_original_that_has_them(plain):
    tokens, found = windows_of(plain, "the Workplace for Nationwide Statistics (ONS) said")
    arcs = Chains(found).arcs
    scores = agreement(tokens, arcs)
    assert scores is not None
    said = {
        (arc.candidate.entry.spun, arc.candidate.original): score
        for arc, score in zip(arcs, scores, strict=True)
        if arc.candidate
    }
    assert said["nationwide", "national"] == 0.0  # the letter is the same
    assert said["workplace", "office"] > 0.0
    assert agreement(tokenize("no brackets here"), []) is None


@pytest.mark.parametrize(
    ("habits", "sign"),
    [
        ("They're here, we're late, I've won, don't ask, you'll see, it's over. ", 1),
        ("The committee of the town sat in the hall and ate the bread of the valley. " * 20, -1),
    ],
)
def test_an_article_that_contracts_goes_on_contracting(plain, habits, sign):
    tokens, found = windows_of(plain, f"{habits}We do not know who will not come.")
    chains = Chains(found)
    said = habit(tokens, chains.arcs, chains.posteriors(chains.log_weights))
    contracting = [
        score
        for arc, score in zip(chains.arcs, said, strict=True)
        if arc.candidate and arc.candidate.entry[:2] in {("do not", "don't"), ("will not", "won't")}
    ]
    assert len(contracting) == 2
    assert all(score * sign > 0 for score in contracting)
    assert all(
        score == 0.0 for arc, score in zip(chains.arcs, said, strict=True) if not arc.candidate
    )


@pytest.mark.parametrize("size", [1, 2, 3, 5])
def test_a_text_may_be_shorter_than_what_a_layer_sees(size):
    rows = np.arange(1.0, size + 1, dtype=np.float32)[:, None]
    found = _around(rows, 3, 2).tolist()
    padded = [0.0, 0.0, *rows[:, 0], 0.0, 0.0]
    assert found == [[padded[n], padded[n + 2], padded[n + 4]] for n in range(size)]
