"""What made a result: version, data and options in a line."""

from __future__ import annotations

import random

from spinfix import Options
from spinfix.signature import signature


def test_options_are_told_where_they_are_not_the_default(tmp_path):
    told = signature([], Options(min_confidence=0.9), scorer="fast")
    assert told.startswith("spinfix:")
    assert told.endswith(" min_confidence:0.9 scorer:fast")
    assert "gate" not in told


def test_a_single_letter_of_a_dictionary_matters(tmp_path):
    path = tmp_path / "own.tsv"
    text = "spun\toriginal\n" + "overseas ministry\tforeign ministry\n" * 20_000
    path.write_text(text)
    before = signature([path], Options())
    assert signature([path], Options()) == before
    middle = len(text) // 2
    path.write_text(text[:middle] + "z" + text[middle + 1 :])
    assert signature([path], Options()) != before


def test_other_weights_are_told_apart_by_samples_of_them(tmp_path):
    path = tmp_path / "weights.npz"
    weights = random.Random(1).randbytes(3_000_000)
    path.write_bytes(weights)
    before = signature([path], Options())
    for other in (random.Random(2).randbytes(3_000_000), weights[:-1], weights + b"\0", b""):
        path.write_bytes(other)
        assert signature([path], Options()) != before
