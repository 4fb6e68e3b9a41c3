"""The screen: plainly genuine texts are told without the gate, and no others."""

from __future__ import annotations

import math
import os

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from spinfix.compiled import pure
from spinfix.evidence import read_index, weigh
from spinfix.gate import NUMBERS
from spinfix.scan import Glance, PureScanner, scanner
from spinfix.shipped import EVIDENCE, shipped
from spinfix.spinners import find_spinners
from spinfix.text import tokenize

#: Phrases, and what they say for each of two spinners (nats).
PHRASES = {
    "said": (-3.0, -2.5),
    "mentioned": (2.5, 0.0),
    "a long time": (3.0, 0.0),
    "a long": (0.0, 1.0),
    "time": (-0.5, -0.5),
    "it's": (1.5, 0.0),
    "likewise": (0.5, 4.0),
    "région": (2.0, 0.0),
}
REGIONS = [(0.21, 0.2), (0.5, 0.05)]
ARGUMENTS = (
    list(PHRASES),
    [[its[n] for its in PHRASES.values()] for n in range(2)],
    REGIONS,
    NUMBERS._replace(suspicious=1.0),
)


def glance(text: str) -> Glance:
    """What the scan makes of a text for the first spinner."""
    return Glance(*PureScanner(*ARGUMENTS).scan(text)[0])


def at(text: str) -> list[str]:
    return [text[start:end] for start, end, *_ in glance(text).places]


def test_the_longest_phrase_counts():
    assert at("After a long time, it was mentioned.") == ["a long time", "mentioned"]
    assert at("a long, time") == [], "a mark stands between"


def test_a_possessive_is_cut_off_and_a_contraction_is_not():
    assert at("The région's mayor: it's late. It’s late.") == ["région", "it's"]


def test_acronyms_say_nothing():
    assert at("MENTIONED mentioned Mentioned") == ["mentioned", "Mentioned"]


def test_places_have_the_evidence_and_the_number_of_their_phrase():
    assert glance("It was likewise mentioned.").places == [(16, 25, 2.5, 1)]


def test_places_are_listed_where_the_text_may_be_spun_at_a_low_rate_or_in_part():
    low = glance("It was mentioned.").low
    evidence = glance("It was mentioned.").evidence
    for limits, count in (
        ((low - 0.1, math.inf), 1),
        ((low, evidence - 0.1), 1),
        ((low, evidence), 0),
    ):
        arguments = *ARGUMENTS[:-1], ARGUMENTS[-1]._replace(listed=limits)
        for its in (PureScanner(*arguments), scanner(*arguments)):
            assert len(its.scan("It was mentioned.")[0][2]) == count


def test_heads_speak_for_genuine_text():
    assert glance("He said so. " * 5).evidence < -8
    assert glance("He mentioned it after a long time. It's mentioned. " * 3).evidence > 0


def test_a_spun_paragraph_among_genuine_ones_shows():
    genuine = "He said so, and she said so. " * 8
    spun = "He mentioned it after a long time; it's a région. " * 3
    whole = glance(f"{genuine}\n{spun}\n{genuine}").evidence
    assert whole > glance(f"{genuine}\n{genuine}").evidence + 5


def test_where_there_are_no_words_nothing_was_spun(repairer):
    for text in ("", " \n", "... “!”"):
        assert glance(text).evidence == -math.inf
        assert repairer.judge(text).posterior == 0.0


def test_quotations_may_be_left_out():
    """What is said inside quotation marks need not speak against the rest."""
    spun = "She mentioned a long time. It's a région, it was mentioned. " * 2
    heads = "He said it and said it and said it and said it and said it."
    assert glance(f"{spun} “{heads}”").evidence > glance(f"{spun} {heads}").evidence + 3


WORDS = st.sampled_from(
    [*" ".join(PHRASES).split(), "Said", "MENTIONED", "U.S.", "it’s", "mayor's", "3.5", "co-op"]
)
MARKS = st.sampled_from([" ", " ", "\n", ". ", "! ", ", ", " “", "” ", '"', "_", "\u00a0", "'"])
TEXTS = st.lists(st.tuples(WORDS, MARKS) | st.tuples(st.text(max_size=4), MARKS), max_size=80)


@settings(max_examples=300, deadline=None)
@given(TEXTS)
def test_the_compiled_scan_does_the_same(pieces):
    if os.environ.get("SPINFIX_COMPILED") != "require":
        pytest.importorskip("spinfix._scan", reason="there was no compiler")
    from spinfix._scan import Scanner

    text = "".join(word + mark for word, mark in pieces)
    for mine, its in zip(
        PureScanner(*ARGUMENTS).scan(text), Scanner(*ARGUMENTS).scan(text), strict=True
    ):
        assert its[0] == pytest.approx(mine[0], abs=1e-9)
        assert its[1] == pytest.approx(mine[1], abs=1e-9)
        assert its[2] == mine[2]


def test_either_can_be_had():
    with pure():
        assert isinstance(scanner(*ARGUMENTS), PureScanner)


@pytest.mark.parametrize(
    "arguments",
    [
        (["a"], [[1.0, 2.0]], REGIONS[:1], NUMBERS),
        (["a"], [[1.0]], REGIONS, NUMBERS),
        ([b"a"], [[1.0]], REGIONS[:1], NUMBERS),
        (["a"], [["much"]], REGIONS[:1], NUMBERS),
        (["a"], [[1.0]], REGIONS[:1], (1.0, 2.0)),
    ],
)
def test_the_compiled_scan_checks_what_it_is_given(arguments):
    module = pytest.importorskip("spinfix._scan", reason="there was no compiler")
    with pytest.raises((TypeError, ValueError)):
        module.Scanner(*arguments)
    with pytest.raises(TypeError):
        module.Scanner(*ARGUMENTS).scan(b"bytes")


def test_the_index_is_what_the_dictionaries_say():
    """Else run tools/build_evidence.py."""
    phrases, columns = read_index(shipped(EVIDENCE))
    for spinner in find_spinners():
        its = weigh(spinner.entries)
        written = zip(phrases, columns[spinner.traits.name], strict=True)
        found = {phrase: weight for phrase, weight in written if weight}
        assert found.keys() == its.keys()
        assert all(abs(found[phrase] - weight) < 6e-4 for phrase, weight in its.items())


def test_the_screen_agrees_with_the_gate(repairer, samples):
    """Where it rules a spinner out, the gate does so, too."""
    for path in sorted(samples.glob("*/*.txt")):
        text = path.read_text("utf-8")
        look = repairer._detector._screen.look(text)
        for family in repairer.families:
            verdict = family.judge(tokenize(text))
            if family not in look.plausible:
                assert verdict.posterior < repairer.options.gate
            if verdict.posterior >= repairer.options.gate:
                assert math.isclose(look.evidence, verdict.evidence, abs_tol=30)
