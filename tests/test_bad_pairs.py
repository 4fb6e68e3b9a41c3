"""Pairs that nothing should be learned from: told apart, reported, left out."""

from __future__ import annotations

import pytest
from spinning import article, pair, spin

from spinfix.families import Family
from spinfix.learn.pairs import Pair, Unreadable
from spinfix.learn.quality import Inspector, against_the_others
from spinfix.learn.teacher import LearnError, learn_pairs
from spinfix.spinners import find_spinners

FRENCH = """La ville a décidé hier de fermer le vieux pont pendant trois mois, parce que les
ingénieurs ont trouvé des fissures dans deux piliers. Les habitants devront faire un long
détour par la route du nord."""
GERMAN = """Die Stadt hat gestern beschlossen, die alte Brücke für drei Monate zu schließen,
weil Risse in zwei Pfeilern gefunden wurden. Wer dort wohnt, muss einen Umweg fahren."""


@pytest.fixture
def inspector(repairer):
    markers = [Family(spinner).markers for spinner in find_spinners()]
    return Inspector(repairer.model, repairer.lexicon, markers)


def fault_of(inspector, spun, original):
    """What is wrong with a pair, None if nothing."""
    judged = inspector.inspect(Pair("it", spun, original))
    return None if judged else next(reason for reason, names in inspector.faults.items() if names)


def test_a_good_pair_has_no_fault(inspector):
    assert fault_of(inspector, *pair(1)) is None


@pytest.mark.parametrize(
    ("spun", "original", "fault"),
    [
        ("", article(1), "empty side"),
        (spin(article(1), 1), " \n ", "empty side"),
        (article(1), article(1).replace("\n", "\n\n"), "identical sides"),
        ("word " * 60_001, article(1), "too long"),
        (FRENCH.replace("vieux", "ancien"), FRENCH, "not English"),
        (GERMAN.replace("alte", "betagte"), GERMAN, "not English"),
        (FRENCH, article(1), "not English"),
        (
            spin(article(1), 1),
            "Tigers sleep by day. They hunt alone when it is cool.",
            "unrelated texts",
        ),
    ],
)
def test_bad_pairs_are_told_apart(inspector, spun, original, fault):
    assert fault_of(inspector, spun, original) == fault


def test_the_same_pair_again_is_a_double_but_another_spin_is_not(inspector):
    original = article(3)
    assert inspector.inspect(Pair("one", spin(original, 1), original))
    assert inspector.inspect(Pair("another spin", spin(original, 2), original))
    assert not inspector.inspect(Pair("again", spin(original, 1), original))
    assert inspector.faults == {"double": ["again"]}


def test_swapped_sides_of_a_known_spinner(inspector, samples):
    spun = (samples / "spun" / "ferry.txt").read_text("utf-8")
    original = (samples / "original" / "ferry.txt").read_text("utf-8")
    assert fault_of(inspector, original, spun) == "swapped sides"


def test_swapped_sides_of_a_spinner_nobody_knows(repairer):
    """Its thesaurus is our own: the language model has to tell."""
    inspector = Inspector(repairer.model, repairer.lexicon)
    for seed in range(10):
        spun, original = pair(seed)
        assert inspector.inspect(Pair("right", spun, original))
        assert not inspector.inspect(Pair("swapped", original, spun))
    assert list(inspector.faults) == ["swapped sides"]


def test_what_goes_against_all_other_pairs_is_swapped(repairer):
    """Even where neither text tells which of the two is the original."""
    inspector = Inspector(repairer.model, repairer.lexicon, trust_sides=True)
    pairs = [pair(seed) for seed in range(30)]
    pairs[7] = pairs[7][::-1]
    judged = [inspector.inspect(Pair(str(n), *sides)) for n, sides in enumerate(pairs)]
    assert against_the_others(judged) == [7]


def test_bad_pairs_are_reported_and_nothing_is_learned_from_them():
    good = [Pair(f"good {n}", *pair(n)) for n in range(40)]
    bad = [
        Unreadable("line 3", "no field 'spun'"),
        Pair("turned round", *pair(50)[::-1]),
        Pair("of two articles", spin(article(60), 1), article(61)),
        Pair("French", FRENCH.replace("vieux", "ancien"), FRENCH),
    ]
    learned = learn_pairs([*bad, *good], "mine", base="none")
    pairs = learned.traits.report["pairs"]
    assert pairs["used"] == len(good) and pairs["read"] == len(good) + len(bad)
    assert pairs["bad"]["unreadable"]["first"] == ["line 3 (no field 'spun')"]
    assert pairs["bad"]["swapped sides"] == {"count": 1, "first": ["turned round"]}
    assert pairs["bad"]["not English"]["first"] == ["French"]
    assert not any(entry.spun == "ancien" for entry in learned.entries)
    assert learned.entries == learn_pairs(good, "mine", base="none").entries


def test_more_bad_than_good_pairs_are_refused():
    pairs = [Pair(str(n), *pair(n)[::-1]) for n in range(6)] + [Pair("good", *pair(9))]
    with pytest.raises(LearnError, match=r"6 of 7 pairs.*swapped sides.*the other way round"):
        learn_pairs(pairs, "mine")
    with pytest.raises(LearnError, match="no pairs"):
        learn_pairs([], "mine")


def test_whoever_is_sure_of_the_sides_is_not_asked():
    pairs = [Pair(str(n), *pair(n)[::-1]) for n in range(6)]
    assert learn_pairs(pairs, "mine", base="none", trust_sides=True).entries
