"""spinfix learn: from pairs to a spinner that repairs articles nobody has seen."""

from __future__ import annotations

import gzip
import json
from collections import Counter

import pytest
from click.testing import CliRunner
from spinning import THESAURUS, article, pair, spin

from spinfix import Repairer
from spinfix.cli import main
from spinfix.context import ContextScorer, write_trust
from spinfix.dictionary import DictionaryError, Entry, read_entries
from spinfix.draws import FEATURES
from spinfix.families import Family
from spinfix.learn.articles import align_article
from spinfix.learn.measures import Counts, compare, score
from spinfix.learn.pairs import Pair, Unreadable, read_pairs
from spinfix.learn.prior import likeness, with_prior
from spinfix.learn.table import Totals, entries_of, read_articles, tally
from spinfix.learn.teacher import learn_pairs
from spinfix.learn.traits import habits
from spinfix.learn.trust import fit_trust
from spinfix.scorer import Trust
from spinfix.shipped import CONTEXT, shipped
from spinfix.spinners import Spinner, Traits, read_spinner

PAIRS = 120


@pytest.fixture(scope="module")
def folder(tmp_path_factory):
    """A spinner learned from 120 pairs, by the command line."""
    place = tmp_path_factory.mktemp("learning")
    rows = [dict(zip(("spun", "original"), pair(n), strict=True)) for n in range(PAIRS)]
    (place / "pairs.jsonl").write_text("".join(json.dumps(row) + "\n" for row in rows), "utf-8")
    done = run("learn", place / "pairs.jsonl", "-o", place / "village")
    assert done.exit_code == 0
    assert f"{PAIRS} of {PAIRS} pairs learned from" in done.stderr
    return place / "village"


def run(*words):
    return CliRunner().invoke(main, [str(word) for word in words])


# From pairs to repaired articles


def test_what_was_learned_repairs_an_article_nobody_has_seen(folder):
    spun, original = pair(1000)
    repair = Repairer(spinner=folder).repair(spun)
    assert repair.spinner == "village"
    found = compare(spun, original, repair.fixed)
    assert found.after < 0.1 * found.before


def test_a_genuine_article_is_left_alone(folder):
    assert Repairer(spinner=folder).repair(article(1000)).edits == ()


def test_the_report_says_from_what_and_how_good(folder):
    report = read_spinner(folder).traits.report
    assert report["pairs"] == {"read": PAIRS, "used": PAIRS, "bad": {}}
    assert report["words"]["dropped"] == 0
    assert report["known spinners"]["autoblog"] < 0.5 and report["base"] is None
    assert report["held out"]["articles"] == 20
    assert report["held out"]["repair"] > 0.9 and report["held out"]["precision"] > 0.9


def test_the_report_as_json(tmp_path, folder):
    done = run("learn", folder.parent / "pairs.jsonl", "-o", tmp_path / "x", "--json")
    assert json.loads(done.stdout) == read_spinner(folder).traits.report
    assert done.stderr == ""


def test_learning_again_gives_the_same_bytes(tmp_path, folder):
    run("learn", folder.parent / "pairs.jsonl", "-o", tmp_path / "village", "-q")
    for file in folder.iterdir():
        assert (tmp_path / "village" / file.name).read_bytes() == file.read_bytes()


def test_a_folder_with_other_things_is_not_written_to(tmp_path, folder):
    (tmp_path / "thesis.txt").write_text("all my work")
    done = run("learn", folder.parent / "pairs.jsonl", "-o", tmp_path)
    assert done.exit_code == 2 and "choose a new folder" in done.stderr


# What counts how much


class EveryTimeTheSame:
    """A scorer that knows nothing, and takes everything else to count little."""

    trust = Trust(0.2, 0.2, [0.0] * FEATURES)

    def score(self, tokens, arcs, rate):
        return [0.0] * len(arcs)


def test_the_trust_is_fitted_to_the_articles(repairer):
    """With few synonyms and a clear context the decoder can be trusted more."""
    rows = dict(list(THESAURUS.items())[:12])
    rows["boat"] = rows["house"] = rows["ship"] = ["structure"]
    sides = [(spin(article(n), n, rows), article(n)) for n in range(160)]
    articles = read_articles(sides)
    entries = entries_of(articles[80:], min_articles=1)
    family = Family(Spinner(Traits("x"), entries, [], ()))
    seen = [(spun, item.lines) for (spun, _), item in zip(sides[:80], articles, strict=False)]
    scorer = EveryTimeTheSame()
    fitted = fit_trust(seen, family, repairer.model, scorer)
    assert fitted.decoder == scorer.trust.decoder and fitted.context > 2 * scorer.trust.context
    assert fit_trust(seen[:1], family, repairer.model, scorer) == scorer.trust


def test_a_spinners_own_trust_is_written_and_read(tmp_path):
    trust = Trust(0.5, 0.9, [n / 10 for n in range(FEATURES)])
    write_trust(tmp_path / "scorer.npz", trust)
    scorer = ContextScorer(shipped(CONTEXT), overlay=tmp_path / "scorer.npz")
    assert scorer.trust == trust


def test_weights_that_are_none_are_named(tmp_path):
    file = tmp_path / "scorer.npz"
    for content in (b"", b"PK nonsense", b"\x93NUMPY"):
        file.write_bytes(content)
        with pytest.raises(DictionaryError, match="not the weights"):
            ContextScorer(shipped(CONTEXT), overlay=file)


# Reading pairs


def sides(names, texts, folder):
    folder.mkdir()
    for name, text in zip(names, texts, strict=True):
        (folder / name).write_text(text, "utf-8")
    return str(folder)


def test_two_folders_with_the_same_names(tmp_path):
    spun = sides(["a.txt", "b.txt", "c.md"], ["A", "B", "C"], tmp_path / "spun")
    original = sides(["b.txt", "a.txt", "d.txt"], ["bee", "ay", "dee"], tmp_path / "original")
    *pairs, first, second = sorted(
        read_pairs([spun, original]), key=lambda p: isinstance(p, Unreadable)
    )
    assert [(p.spun, p.original) for p in pairs] == [("A", "ay"), ("B", "bee")]
    assert {first.reason, second.reason} == {
        "no original of the same name",
        "no spun article of the same name",
    }


def test_two_files_with_ids_in_another_order(tmp_path):
    rows = [{"id": n, "text": f"text {n}"} for n in range(3)]
    (tmp_path / "spun.jsonl").write_text("".join(json.dumps(r) + "\n" for r in rows))
    with gzip.open(tmp_path / "original.jsonl.gz", "wt") as out:
        out.writelines(json.dumps({**r, "text": r["text"].upper()}) + "\n" for r in rows[::-1])
    pairs = list(read_pairs([str(tmp_path / "spun.jsonl"), str(tmp_path / "original.jsonl.gz")]))
    assert sorted(pair[1:] for pair in pairs) == [(f"text {n}", f"TEXT {n}") for n in range(3)]


def test_two_files_of_text_are_one_article_each(tmp_path):
    (tmp_path / "a.txt").write_text("one\ntwo")
    (tmp_path / "b.txt").write_text("eins\nzwei")
    (found,) = read_pairs([str(tmp_path / "a.txt"), str(tmp_path / "b.txt")])
    assert found[1:] == ("one\ntwo", "eins\nzwei")


def test_fields_of_other_names_in_a_csv_file(tmp_path):
    (tmp_path / "pairs.csv").write_text('no,copy,source\n1,big,large\n2,"huge, really",large\n')
    found = list(read_pairs([str(tmp_path / "pairs.csv")], "copy", "source"))
    assert [p[1:] for p in found] == [("big", "large"), ("huge, really", "large")]


def test_records_without_both_sides_are_named(tmp_path):
    (tmp_path / "pairs.jsonl").write_text(
        '{"spun": "a"}\nnot json\n{"spun": "a", "original": "b"}\n'
    )
    first, second, third = read_pairs([str(tmp_path / "pairs.jsonl")])
    assert "line 1" in first.name and "no field 'original'" in first.reason
    assert "--original-field" in first.reason
    assert "line 2" in second.name and isinstance(third, Pair)


@pytest.mark.parametrize("paths", [["missing.jsonl"], ["a", "b", "c"], ["-", "x"]])
def test_inputs_that_cannot_be_used(tmp_path, monkeypatch, paths):
    monkeypatch.chdir(tmp_path)
    done = run("learn", *paths, "-o", "out")
    assert done.exit_code == 2 and done.stderr.count("\n") == 1


# Alignment


def words_changed(aligned):
    """What became what, in the order of the spun side."""
    return [
        (" ".join(line.spun[i:j]), " ".join(line.original[k:m]))
        for line in aligned.lines
        for (i, j), (k, m) in line.blocks
    ]


def test_moved_paragraphs_find_each_other():
    spun, original = pair(5)
    lines = spun.split("\n")
    moved = "\n".join([lines[2], lines[0], lines[3], lines[1]])
    aligned = align_article(moved, original)
    straight = words_changed(align_article(spun, original))
    assert aligned.dropped == 0
    assert sorted(words_changed(aligned)) == sorted(straight)


def test_other_line_breaks_do_no_harm():
    spun, original = pair(5)
    aligned = align_article(spun.replace("\n", " "), original)
    assert aligned.dropped == 0
    assert words_changed(aligned) == words_changed(align_article(spun, original))


def test_page_furniture_and_cut_off_ends_are_dropped():
    spun, original = pair(5)
    page = "Home  News  Sport\nSubscribe to our newsletter today!\n" + spun
    cut = original[: len(original) * 2 // 3]
    aligned = align_article(page, cut)
    assert 0.1 < aligned.dropped / aligned.words < 0.4
    straight = words_changed(align_article(spun, original))
    assert set(words_changed(aligned)) <= set(straight)


def test_a_very_long_line_takes_no_long_time():
    """All at once, its words would be compared with each other 10^10 times."""
    sides = zip(*map(pair, range(200)), strict=True)
    spun, original = (" ".join(side).replace("\n", " ") for side in sides)
    aligned = align_article(spun, original)
    assert aligned.dropped < 0.2 * aligned.words


# Traits


def learn(pairs):
    articles = read_articles(pairs)
    return habits(articles, entries_of(articles, min_articles=1))


def test_a_draw_for_every_occurrence_is_told_from_one_a_head():
    def every_line(n):
        lines = article(n).split("\n")
        return "\n".join(spin(line, 10 * n + i) for i, line in enumerate(lines)), article(n)

    assert learn(pair(n) for n in range(60)).one_draw.value > 0.95
    assert learn(every_line(n) for n in range(60)).one_draw.value < 0.8


def test_the_rate_at_which_heads_are_replaced():
    half = {head: row for n, (head, row) in enumerate(THESAURUS.items()) if n % 2}
    pairs = [
        (spin(article(n), n, THESAURUS if n % 4 == 0 else {"zzz": ["y"]}), article(n))
        for n in range(80)
    ]
    assert learn(pair(n) for n in range(40)).rate == 1.0
    assert learn((spin(article(n), n, half), article(n)) for n in range(40)).rate == 1.0
    assert learn(pairs).rate == pytest.approx(0.25, abs=0.1)


def test_quotations_left_out():
    def quoted(n):
        first, second = article(n, 30), article(1000 + n, 30)
        return f"{spin(first, n)}\n“{second}”", f"{first}\n“{second}”"

    found = learn(quoted(n) for n in range(20))
    assert found.quotes.value == 1.0 and found.quotes.cases == 20


# What is known before


def test_the_prior_is_kept_and_added_to():
    articles = read_articles(pair(n) for n in range(60))
    prior = [Entry("human beings", "people", 300, 900, 2), Entry("maritime", "naval", 20, 50, 0)]
    totals = tally(articles, 1, prior)
    halves = tally(articles[::2], 1, prior), tally(articles[1::2], 1, prior)
    merged = {e[:2]: e for e in with_prior(totals, halves, entries_of(articles), prior)}
    assert merged["maritime", "naval"].counts == (20, 50, 0)
    assert merged["human beings", "people"].replaced > 300
    assert ("persons", "people") in merged


def test_what_the_pairs_contradict_fades():
    """The prior's spinner replaces "road" nearly always, and "people" by "folks"."""
    articles = read_articles(pair(n) for n in range(60))
    prior = [
        Entry("highway", "road", 90, 100, 0),
        Entry("folks", "people", 400, 1000, 0),
        Entry("human beings", "people", 500, 1000, 0),
        *(Entry(row[0], head, 50, 100, 0) for head, row in THESAURUS.items()),
    ]
    totals = tally(articles, 1, prior)
    halves = tally(articles[::2], 1, prior), tally(articles[1::2], 1, prior)
    merged = {e[:2]: e for e in with_prior(totals, halves, entries_of(articles), prior)}
    assert ("highway", "road") not in merged
    folks = merged["folks", "people"]
    assert folks.replaced / folks.seen < 0.3


def test_likeness_is_weighted_by_use():
    pairs = Counter({("folks", "people"): 9, ("large", "big"): 1})
    totals = Totals(pairs, Counter(), Counter())
    assert likeness(totals, [Entry("folks", "people", 1, 1, 0)]) == pytest.approx(0.9)


def test_a_spinner_builds_on_another(folder):
    pairs = [Pair(str(n), *pair(n)) for n in range(500, 524)]
    alone = learn_pairs(pairs, "x", base="none")
    built = learn_pairs(pairs, "x", base=folder)
    assert built.traits.report["base"] == "village"
    assert len(built.entries) > len(alone.entries)
    known = {entry[:2] for entry in read_entries(folder / "dictionary.tsv")}
    assert known <= {entry[:2] for entry in built.entries}


# Measures, checked by hand


def test_a_repair_is_measured_word_by_word():
    found = compare("He mentioned a giant thing.", "He said a big thing.", "He said a huge thing.")
    assert found == Counts(before=2, after=1, made=2, right=1)


def test_quotes_and_white_space_do_not_count():
    assert compare("it's  “so”", 'it’s\n"so"', 'it\'s "so"') == Counts(0, 0, 0, 0)


def test_scores_add_up_over_articles():
    total = score([Counts(2, 1, 2, 1), Counts(8, 2, 8, 6)])
    assert total.repair == pytest.approx(1 - 3 / 10)
    assert total.precision == pytest.approx(7 / 10)
    assert total.low == pytest.approx(0.5) and total.high == pytest.approx(0.75)
    with pytest.raises(ValueError, match="no articles"):
        score([])
