"""The channel and typographic apostrophes: a spinner writes plain ones, and knows no others."""

from __future__ import annotations

import pytest

from spinfix.channel import Channel
from spinfix.dictionary import Entry
from spinfix.text import tokenize

ENTRIES = [
    Entry("they're", "they are", 9, 10, 0),
    Entry("or not they're", "they're", 9, 10, 0),
    Entry("or not they're", "they are", 9, 10, 0),
    Entry("received't", "won't", 9, 10, 0),
]


def originals(text: str) -> dict[str, float]:
    """What may have stood in a text, by the channel, and how it weighs that."""
    tokens = tokenize(text)
    _, readings = Channel(ENTRIES).readings(tokens, [1.0] * len(tokens), 0.5)
    return {
        " ".join(arc.candidate.words): arc.weight
        for arcs in readings
        for arc in arcs
        if arc.candidate
    }


@pytest.fixture(params=[False, True], ids=["compiled", "pure"], autouse=True)
def both(request, monkeypatch):
    if request.param:
        monkeypatch.setattr("spinfix.channel.part", lambda name: None)


def test_beside_plain_apostrophes_a_typographic_one_is_the_writers():
    assert originals("Don't ask whether or not they’re late.").keys() == {"they're"}
    for text in ("Don't ask if they’re late.", "Ann's sure they’re late.", '"If they’re late ..."'):
        assert originals(text) == {}
    assert originals("Don't ask whether or not they're late.").keys() == {"they're", "they are"}


def test_where_all_are_typographic_a_site_may_have_set_them():
    plain, curly = originals("or not they're"), originals("or not they’re")
    assert curly["they are"] == plain["they are"]
    assert 0.0 < curly["they're"] < 0.5 * plain["they're"]


def test_a_head_in_front_of_a_typographic_apostrophe_is_replaced_by_itself():
    assert originals("Don't wait, it received’t come.").keys() == {"won't"}
