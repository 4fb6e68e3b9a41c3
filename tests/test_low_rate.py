"""Articles of which the spinner replaced only some heads, or a paragraph."""

from __future__ import annotations

import numpy as np
import pytest
from pairs import Pair, spun_pair

from spinfix.gate import Verdict
from spinfix.learn.examples import examples
from spinfix.learn.variants import low_rate, names_protected, quotes_protected, reverted
from spinfix.second_look import looks_spun, spun_passages
from spinfix.text import tokenize


@pytest.fixture(scope="module")
def pair(samples) -> Pair:
    return spun_pair(samples)


def test_all_or_none_of_the_edits_can_be_reverted(pair):
    assert pair.at(1.0) == pair.spun
    assert pair.at(0.0) == pair.original


def test_the_alignment_moves_with_the_text(pair):
    text, lines = reverted(pair.spun, pair.original, pair.lines, low_rate(0.5, "test"))
    assert [word for line, _ in lines for word in line.low_spun] == tokenize(text).lower
    for line, segments in lines:
        for i, j, k, m in segments:
            assert line.low_spun[i:j] != line.low_original[k:m]


@pytest.mark.parametrize("protects", [quotes_protected, names_protected])
def test_what_a_site_protects_is_genuine(pair, protects):
    text, lines = reverted(pair.spun, pair.original, pair.lines, protects)
    assert text != pair.spun
    for line, segments in lines:
        assert all(protects(line, segment) for segment in segments)


def test_a_third_of_the_heads_is_enough_to_be_seen(repairer, pair):
    text = pair.at(0.33)
    verdict = repairer.judge(text)
    assert verdict.spun
    assert not repairer.judge(pair.original).spun


def test_a_second_look_asks_the_scorer_only_about_what_looks_spun_without_it(repairer, pair):
    family = repairer.families[0]
    asked = []

    def scorer():
        asked.append("scorer")
        return repairer.scorer(family)

    def looks(text):
        return looks_spun(tokenize(text), family.channel, repairer.model, scorer)

    assert not looks(pair.original)
    assert not asked
    assert looks(pair.at(0.33))
    assert asked


def test_without_a_scorer_nothing_looks_spun_at_a_low_rate(repairer, pair):
    channel = repairer.families[0].channel
    tokens = tokenize(pair.at(0.33))
    assert not looks_spun(tokens, channel, repairer.model, lambda: None)


class Biased:
    """A reader to which every original is so much likelier (nats) than the scorer says."""

    def __init__(self, scorer, bias):
        self.trust, self.bias, self.asked = scorer.trust, bias, 0

    def read(self, weighing, posteriors, rate):
        self.asked += 1
        changes = [arc.candidate is not None for arc in weighing.chains.arcs]
        return weighing.said + self.bias * np.array(changes)


@pytest.mark.parametrize(("bias", "spun"), [(-6.0, False), (2.0, True)])
def test_where_something_reads_the_text_it_decides(repairer, pair, bias, spun):
    family = repairer.families[0]
    scorer = repairer.scorer(family)
    reader = Biased(scorer, bias)
    judging = family.channel, repairer.model, lambda: scorer, lambda: reader
    assert not looks_spun(tokenize(pair.original), *judging)
    assert not reader.asked, "only about what looks spun without it"
    assert looks_spun(tokenize(pair.at(0.33)), *judging) == spun
    assert reader.asked == 1
    tokens = tokenize(pair.paragraph(5))
    verdict = family.judge(tokens)._replace(evidence=0.0)
    assert bool(spun_passages(tokens, verdict, *judging)) == spun
    assert reader.asked == 2


@pytest.mark.parametrize("number", [5, 12, 18, 27])
def test_one_spun_paragraph_of_forty_words_is_noticed_and_nothing_else_edited(
    repairer, pair, number
):
    text = pair.paragraph(number)
    gate = repairer.families[0].judge(tokenize(text))
    assert gate.posterior < repairer.options.gate, "counting phrases is not enough"
    repair = repairer.repair(text)
    assert repair.spun and repair.share < 0.1 and len(repair.edits) > 5
    fixed, original = repair.fixed.split("\n"), pair.original.split("\n")
    assert [n for n, line in enumerate(fixed) if line != original[n]] in ([], [number])


def test_the_scorer_is_asked_only_about_passages_that_look_spun_without_it(repairer, pair):
    family = repairer.families[0]

    def look(text, scorer):
        tokens = tokenize(text)
        verdict = family.judge(tokens)._replace(evidence=0.0)
        return spun_passages(tokens, verdict, family.channel, repairer.model, scorer)

    def unasked():
        raise AssertionError

    assert look(pair.original, unasked) is None
    assert look(pair.paragraph(5), lambda: None) is None, "none, no passages"
    found = look(pair.paragraph(5), lambda: repairer.scorer(family))
    assert found.posterior == max(found.token) == 1.0 and found.share < 0.1


def test_most_of_what_it_then_edits_is_right(repairer, pair):
    text = pair.at(0.33)
    fixed = repairer.repair(text).fixed
    wanted = set(tokenize(pair.original).lower) - set(tokenize(text).lower)
    back = wanted & set(tokenize(fixed).lower)
    lost = set(tokenize(pair.original).lower) - set(tokenize(fixed).lower) - wanted
    assert len(back) > 2 * len(lost)


def test_examples_lead_to_the_original(repairer, pair):
    """Each example has the readings of some tokens; its right ones give the original."""
    tokens = tokenize(pair.spun)
    verdict = Verdict(1.0, 1.0, [1.0] * len(tokens))
    found = list(
        examples(tokens, pair.lines, repairer.families[0].channel, repairer.model, verdict)
    )
    assert found
    original = f" {' '.join(tokenize(pair.original).lower)} "
    for example in found:
        assert (
            0.99
            < sum(
                p
                for arc, p in zip(example.arcs, example.posteriors, strict=True)
                if arc.start == example.arcs[0].start
            )
            < 1.01
        )
        for arc, right in zip(example.arcs, example.right, strict=True):
            if right and arc.candidate:
                assert f" {' '.join(tokenize(arc.candidate.original).lower)} " in original


def test_an_alignment_of_another_text_is_refused(repairer, pair):
    tokens = tokenize("Another text.")
    verdict = Verdict(1.0, 1.0, [1.0] * len(tokens))
    with pytest.raises(ValueError, match="other tokens"):
        list(examples(tokens, pair.lines, repairer.families[0].channel, repairer.model, verdict))


def test_faint_originals_are_left_out_at_low_rates_only(repairer, pair):
    tokens, channel = tokenize(pair.at(0.1)), repairer.families[0].channel
    everything = [1.0] * len(tokens)

    def asked(rate):
        _, readings = channel.readings(tokens, everything, 0.5, rate)
        return readings, {arc[:3] for arcs in readings for arc in arcs}

    (all_of_them, every), (some, fewer) = asked(1.0), asked(0.1)
    assert fewer < every and len(fewer) > len(tokens)
    assert all(arc.weight >= 0.0025 * arcs[0].weight for arcs in some for arc in arcs)
    assert any(0.1 * arc.weight < 0.002 for arcs in all_of_them for arc in arcs)
