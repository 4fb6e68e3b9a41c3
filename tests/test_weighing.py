"""What is weighed after the lattice comes to the same compiled and in Python."""

from __future__ import annotations

from typing import NamedTuple

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from spinfix.candidates import Candidate, core_of
from spinfix.chains import Chains
from spinfix.channel import Arc
from spinfix.compiled import part, pure
from spinfix.decoder import Choice, _choices, agreed, best_path, change_of
from spinfix.dictionary import Entry
from spinfix.draws import FEATURES, Occurrences, features, occurrences
from spinfix.lattice import Window, windows
from spinfix.scorer import Scores, Trust, Weighing
from spinfix.style import habit
from spinfix.text import Tokens, tokenize

PARTS = ("_chains", "_draws", "_style", "_decoder")
pytestmark = pytest.mark.skipif(not all(map(part, PARTS)), reason="nothing is compiled here")
TRUST = Trust(0.7, 0.9, [0.3, -0.2, 0.1, 0.4, -0.5, 0.2, 0.7, -0.1, 0.05, -0.3])
#: Capitals, contractions and what only looks like them, wide and broken letters.
WORDS = "the town Town don't Don't it's 's o'clock ( WHO ) World Health naïve \u2027 \ud83d x\u0000"
ORIGINALS = ["city", "do not", "it is", "don't", "World", "the", "Stadt’s", "\ud83d\u2027"]


class Article(NamedTuple):
    """All that is weighed."""

    tokens: Tokens
    windows: list[Window]
    scores: Scores


def article(words: list[str], found: list[Window], scores: Scores) -> Article:
    size = len(words)
    lower = [word.lower() for word in words]
    starts = list(range(size))
    tokens = Tokens(starts, starts, words, lower, ["w"] * size, [0] * size, set(), False, set())
    return Article(tokens, found, scores)


def arc(words: list[str], start: int, end: int, original: str | None) -> Arc:
    spun = " ".join(words[start:end])
    if original is None:
        return Arc(start, end, (spun.lower(),), 1.0, None)
    pair = spun.lower(), original.lower()
    its = tuple(original.split())
    entry = Entry(spun, original, 1, 2, 3)
    return Arc(
        start,
        end,
        its,
        0.5,
        Candidate(
            original,
            its,
            0.5,
            entry,
            False,
            False,
            f"{spun}\t{original}",
            pair,
            *core_of(spun, original),
        ),
    )


@st.composite
def articles(draw: st.DrawFn) -> Article:
    """Any windows, one after the other, with arcs that overlap."""
    sizes = draw(st.lists(st.integers(1, 7), min_size=1, max_size=6))
    words = draw(st.lists(st.sampled_from(WORDS.split(" ")), min_size=sum(sizes) + 2))
    chances = st.sampled_from([0.0, 0.0, 1e-9, 0.1, 0.25, 0.5, 1.0]) | st.floats(0.0, 1.0)
    found, scores, start = [], {}, draw(st.integers(0, 2))
    for size in sizes:
        end, arcs = start + size, []
        for i in range(start, end):
            arcs.append(arc(words, i, i + 1, None))
            originals = draw(st.lists(st.sampled_from(ORIGINALS), max_size=3))
            ends = sorted(draw(st.integers(i + 1, min(i + 3, end))) for _ in originals)
            for e, original in zip(ends, originals, strict=True):
                around = draw(st.sampled_from(["{1}", "{0} {1}", "{1} {2}", "{0} {1} {2}"]))
                arcs.append(arc(words, i, e, around.format(words[i], original, words[e - 1])))
        posteriors = [draw(chances) for _ in arcs]
        found.append(Window(start, end, arcs, posteriors))
        scores |= {id(one): draw(st.floats(-8, 8)) for one in arcs if draw(st.booleans())}
        start = end
    return article(words, found, scores)


def weighed(its: Article, one_draw: float = 1.0):
    """All that there is to know of an article."""
    weighing = Weighing(its.tokens, its.windows, its.scores, one_draw)
    posteriors = weighing.posteriors(TRUST, weighing.said)
    evidence = weighing.evidence(TRUST.decoder, weighing.said)
    totals = weighing.chains.log_totals(evidence[0])
    numbers = occurrences(its.tokens, weighing.chains.arcs)
    arrays = (posteriors, weighing.said, weighing.chains.log_weights, totals, *evidence, *numbers)
    choices = _choices(its.windows, posteriors.tolist())
    return arrays, choices, weighing.chains.arcs, weighing.chains.cuts


def alike(its: Article, one_draw: float = 1.0) -> None:
    """Is it the same to the last bit?"""
    found, *rest = weighed(its, one_draw)
    with pure():
        wanted, *others = weighed(its, one_draw)
    for one, other in zip(found, wanted, strict=True):
        assert one.dtype == other.dtype and np.array_equal(one, other)
    assert rest == others
    assert np.isfinite(found[0]).all()


@settings(max_examples=300, deadline=None)
@given(its=articles(), one_draw=st.sampled_from([1.0, 0.3]))
def test_any_windows_are_weighed_alike(its, one_draw):
    alike(its, one_draw)


@pytest.mark.parametrize("name", ["spun/ferry.txt", "original/clinic.txt", "genuine/orchard.txt"])
def test_samples_are_weighed_alike(repairer, samples, name):
    text = (samples / name).read_text("utf-8")
    for written in (text, text.title(), text.replace("'", "’"), 3 * f"{text} (WHO) don't "):
        tokens = tokenize(written)
        spun, readings = repairer.families[0].channel.readings(tokens, [1.0] * len(tokens), 0.5)
        found = windows(repairer.model, spun, readings)
        scores = {id(one): one.weight for arcs in readings for one in arcs[1:]}
        alike(Article(tokens, found, scores))


def test_arcs_that_change_the_same_alike_agree():
    """What they change is as likely as both together, and so is what else may stand there."""
    words = ["Town", "the", "x"]
    arcs = [arc(words, 0, 1, None), arc(words, 0, 2, "Town city"), arc(words, 0, 2, "Town World")]
    arcs += [arc(words, 1, 2, None), arc(words, 1, 2, "city"), arc(words, 2, 3, None)]
    posteriors = [0.5, 0.3, 0.2, 0.1, 0.4, 1.0]
    (choice,) = _choices([Window(0, 3, arcs, posteriors)], posteriors)
    assert choice.arc is arcs[1]
    assert choice.posterior == pytest.approx(0.7)
    assert [(its.candidate and its.candidate.core, p) for its, p in choice.others] == [
        ("World", 0.2),
        (None, 0.1),
    ]


@settings(max_examples=60, deadline=None)
@given(its=articles())
def test_no_reading_has_more_right_words(its):
    """The expected number of a reading is the sum of the chances of what it says of each token."""
    posteriors = [p for window in its.windows for p in window.posteriors]
    chosen = {id(choice.arc) for choice in _choices(its.windows, posteriors)}
    for start, end, arcs, chances in its.windows:
        gains = agreed(arcs, list(map(change_of, arcs)), chances).gains
        taken = [n for n in best_path(arcs, gains, start, end) if arcs[n].candidate]
        assert {id(arcs[n]) for n in taken} == chosen & set(map(id, arcs))
        best = {end: 0.0}
        for i in range(end - 1, start - 1, -1):
            starting = [n for n, its in enumerate(arcs) if its.start == i]
            best[i] = max(gains[n] + best[arcs[n].end] for n in starting)
        total = sum(gains[n] for n in best_path(arcs, gains, start, end))
        assert total == pytest.approx(best[start], abs=1e-6)


def test_sums_are_over_equal_keys():
    """Also when they are many, and their numbers are far from each other."""
    rng = np.random.default_rng(3)
    spun, original = rng.integers(-1, 900, (2, 5000)) ** 2
    spun[::3], original[::3] = -1, -1
    span, token = rng.integers(0, 400, (2, 5000))
    found = Occurrences(
        span, spun, original, token % 2, token, np.append(np.arange(400), [810_000] * 3)
    )
    posteriors = rng.random(5000)
    table = features(found, posteriors)
    with pure():
        assert np.array_equal(table, features(found, posteriors))
    assert table.shape == (5000, FEATURES) and table.any(axis=0).all()


def test_nothing_to_weigh():
    tokens = tokenize("")
    assert features(occurrences(tokens, []), np.empty(0)).shape == (0, FEATURES)
    assert not len(habit(tokens, [], np.empty(0)))
    assert _choices([], []) == []


def test_what_does_not_fit_together_is_refused():
    words = ["a", "b"]
    arcs = [arc(words, 0, 1, None), arc(words, 1, 2, "c")]
    good = Window(0, 2, arcs, [1.0, 1.0])
    assert len(Chains([good]).arcs) == 2 and len(_choices([good], [1.0, 1.0])) == 1
    for bad in (good._replace(posteriors=[1.0]), good._replace(end=-1)):
        with pytest.raises(ValueError, match="fit together"):
            Chains([bad])
    with pytest.raises(ValueError, match="fit the windows"):
        _choices([good], [1.0])
    with pytest.raises(ValueError, match="no reading leads on"):
        _choices([good._replace(arcs=arcs[:1])], [1.0])
    with pytest.raises(ValueError, match="leaves its window"):
        _choices([good._replace(arcs=[arcs[0], arc(words, 1, 3, None)])], [1.0, 1.0])
    with pytest.raises(ValueError, match="fit together"):
        Chains([good._replace(arcs=[arcs[0], arc(words, 1, 5, None)])]).log_totals(np.zeros(2))
    tokens = tokenize("a b")
    with pytest.raises(ValueError, match="no token"):
        occurrences(tokens, [arc(words, 2, 3, None)])
    with pytest.raises(ValueError, match="no tokens"):
        habit(tokens, [arc(words, 1, 3, "c")], np.ones(1))
    found = occurrences(tokens, arcs)
    for name, number in (("spun", -2), ("original", -1), ("token", 2), ("words", -1)):
        with pytest.raises(ValueError, match="a number that is none"):
            features(found._replace(**{name: np.full(2, number)}), np.ones(2))
    with pytest.raises(ValueError, match="fit together"):
        features(found, np.ones(3))


def test_the_fields_are_where_the_compiled_parts_look():
    assert Arc._fields == ("start", "end", "words", "weight", "candidate")
    assert Candidate._fields[7:] == ("pair", "before", "after", "core")
    assert len(Choice._fields) == 3
    assert Window._fields == ("start", "end", "arcs", "posteriors")
    assert Occurrences._fields == ("span", "spun", "original", "capital", "token", "words")
