"""Learning a phrase table from spun/original pairs."""

import random
import re

from spinfix.learn.align import aligned_lines, changed_blocks
from spinfix.learn.table import entries_of, read_articles

THESAURUS = {
    "said": ["mentioned", "stated"],
    "according to": ["in keeping with"],
    "decades": ["a long time"],
    "company": ["agency"],
    "a statement": ["an announcement"],
    "people": ["folks"],
    "big": ["huge"],
    "house": ["home"],
}
FILLERS = (
    "river lamp green walked seven under quiet stone yellow ran bread window slept north".split()
)
ARTICLES = 300


def sentence(draws):
    """Words in no order, a head now and then: what stands beside a head is chance."""
    words = [
        draws.choice(list(THESAURUS)) if draws.random() < 0.2 else draws.choice(FILLERS)
        for _ in range(12)
    ]
    return " ".join(words).capitalize() + "."


def spin(words, turn):
    """Replace every head with the synonym whose turn it is, longest heads first."""
    heads = "|".join(sorted(THESAURUS, key=len, reverse=True))

    def replacement(match):
        row = THESAURUS[match.group().lower()]
        new = row[turn % len(row)]
        return new.capitalize() if match.group()[0].isupper() else new

    return re.sub(rf"\b(?:{heads})\b", replacement, words, flags=re.IGNORECASE)


def pairs():
    draws = random.Random(1)
    for turn in range(ARTICLES):
        original = "\n".join(sentence(draws) for _ in range(4))
        yield spin(original, turn), original


def test_blocks_join_neighbouring_edits():
    spun, original = "the folks got here late".split(), "the people came late".split()
    assert changed_blocks(spun, original) == [((1, 4), (1, 3))]


def test_moved_line_breaks_do_not_stop_the_alignment():
    (line,) = aligned_lines("one two three", "one\ntwo\nthree")
    assert line.blocks == []


def test_learned_entries():
    entries = {(e.spun, e.original): e for e in entries_of(read_articles(pairs()))}
    assert ("mentioned", "said") in entries and ("stated", "said") in entries
    assert ("in keeping with", "according to") in entries
    assert ("a long time", "decades") in entries
    assert ("an announcement", "a statement") in entries
    assert ("home", "house") in entries
    wanted = {(spun, head) for head, row in THESAURUS.items() for spun in row}
    right = sum(entry.replaced for pair, entry in entries.items() if pair in wanted)
    assert right > 0.97 * sum(entry.replaced for entry in entries.values())


def test_counts():
    entries = {(e.spun, e.original): e for e in entries_of(read_articles(pairs()))}
    said = [entries["mentioned", "said"], entries["stated", "said"]]
    times = len(re.findall(r"\bsaid\b", " ".join(o for _, o in pairs()), re.IGNORECASE))
    assert said[0].seen == said[1].seen == times
    assert sum(e.replaced for e in said) == times
    assert said[0].left_alone == 0


def test_heads_left_alone_are_counted():
    genuine = ("The river company said so.\nIt is big.",) * 2
    before = {(e.spun, e.original): e for e in entries_of(read_articles(pairs()))}
    after = {
        (e.spun, e.original): e for e in entries_of(read_articles([*pairs(), *[genuine] * 10]))
    }
    pair = ("agency", "company")
    assert after[pair].seen == before[pair].seen + 10
    assert after[pair].replaced == before[pair].replaced


def test_rare_pairs_are_dropped():
    extra = [("A zebra sang.", "A singer sang.")]
    entries = entries_of(read_articles([*pairs(), *extra]))
    assert not any(e.spun == "zebra" for e in entries)


def test_another_capital_is_no_replacement():
    """A site's own headline style; "marketing" for "marketing" would be no entry."""
    pairs = [("He works in Marketing and mentioned it.", "He works in marketing and said it.")]
    found = entries_of(read_articles(pairs * 3), min_articles=1)
    assert [entry[:2] for entry in found] == [("mentioned", "said")]
