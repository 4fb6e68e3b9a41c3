"""The measures of benchmarks/ on cases small enough to check by hand."""

from __future__ import annotations

import pytest
from details import calibration_error, reliability
from variants import half_spun, one_paragraph

from spinfix import Edit, Repair
from spinfix.curate.judging import Judged, judged_edits


def edit(start: int, old: str, new: str, confidence: float) -> Edit:
    return Edit(start, start + len(old), old, new, confidence, (), None)


def test_an_edit_is_right_when_its_words_stand_in_the_original():
    text = "The division was giant and old."
    edits = (edit(4, "division", "department", 0.9), edit(17, "giant", "large", 0.6))
    repair = Repair(text, edits, 1.0, 1.0, True)
    original = "The department was huge and old."
    assert judged_edits(original, repair) == [Judged(0.9, True), Judged(0.6, False)]


def test_confidence_that_is_meant_as_it_is_said_has_no_error():
    honest = [Judged(0.75, True)] * 3 + [Judged(0.75, False)]
    assert calibration_error(honest) == pytest.approx(0.0)
    assert calibration_error([Judged(1.0, False)] * 5) == pytest.approx(1.0)
    assert reliability(honest) == [(0.7, 4, 0.75)]


def test_variants_are_spun_in_part():
    row = {"id": "x", "spun": "a\nb\nc\nd", "original": "A\nB\nC\nD"}
    assert half_spun([row])[0]["spun"] == "A\nb\nC\nd"
    (one,) = one_paragraph([row])
    assert sum(line.islower() for line in one["spun"].split("\n")) == 1
    assert half_spun([{**row, "original": "one line"}]) == []
