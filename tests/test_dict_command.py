"""The commands of spinfix dict, as their users meet them."""

import json
import re

import pytest
from click.testing import CliRunner
from conftest import ROOT

from spinfix.cli import main
from spinfix.cli.dict import command
from spinfix.dictionary import Entry, Never, read_entries, read_never
from spinfix.spinners import Traits, read_spinner, write_spinner


@pytest.fixture(autouse=True)
def folder(tmp_path, monkeypatch):
    """A working folder without a configuration."""
    (tmp_path / ".git").mkdir()  # the search for one ends here
    monkeypatch.chdir(tmp_path)
    return tmp_path


def run(*args, status=0):
    """Output and errors of spinfix dict."""
    done = CliRunner().invoke(main, ["dict", *map(str, args)])
    assert done.exit_code == status, done.output
    return done.stdout, done.stderr


def refused(*args):
    """The one line in which a command says what cannot be used."""
    output, errors = run(*args, status=2)
    assert output == "" and errors.count("\n") == 1 and errors.startswith("spinfix: ")
    return errors


def spinner(path, *entries):
    write_spinner(path, Traits(path.name), [Entry(*entry) for entry in entries])
    return path


@pytest.mark.parametrize("name", sorted(command.commands))
def test_every_command_has_help_with_an_example(name):
    output, _ = run(name, "--help")
    assert f"spinfix dict {name}" in output.split("Examples:")[1]


@pytest.mark.parametrize("name", sorted(command.commands))
def test_the_documentation_shows_every_command_with_its_options(name):
    page = (ROOT / "docs" / "cli.md").read_text(encoding="utf-8")
    section = page.split("\n## spinfix dict\n")[1].split("\n## ")[0]
    part = section.split(f"\n### {name}\n")[1].split("\n### ")[0]
    assert f"spinfix dict {name}" in part
    given = {option for parameter in command.commands[name].params for option in parameter.opts}
    told = set(re.findall(r"`(--[\w-]+)[^`]*` *[,|]", part))
    assert told == {option for option in given if option.startswith("--")}


# list


def test_list_shows_what_a_phrase_stands_for():
    output, _ = run("list", "state division", "Worth")
    titles, *rows = [re.split(r"\s{2,}", line) for line in output.splitlines()]
    assert titles[:3] == ["spun", "original", "replaced"] and titles[-1] == "from"
    assert {(row[0], row[1]) for row in rows} >= {("worth", "value"), ("price", "worth")}
    assert all("autoblog (learned.tsv)" in row[-1] for row in rows)


def test_list_as_json_and_tsv_has_all_figures():
    output, _ = run("list", "--json", "worth")
    rows = {(row["spun"], row["original"]): row for row in map(json.loads, output.splitlines())}
    row = rows["worth", "value"]
    assert row["chance"] == pytest.approx(row["replaced"] / row["seen"])
    assert 0 < row["share"] < 1 and row["evidence"] > 0 and 0 < row["survival"] < 0.1
    lines = run("list", "--tsv", "worth")[0].splitlines()
    assert lines[0].split("\t") == list(row)
    assert len(lines) == 1 + len(rows)


def test_list_gives_the_reason_of_what_is_disabled(folder):
    (folder / ".spinfix.toml").write_text('never = ["n.tsv"]\n', encoding="utf-8")
    (folder / "n.tsv").write_text("worth\tvalue\tprices here\n", encoding="utf-8")
    (line,) = [row for row in run("list", "worth")[0].splitlines() if row.split()[1] == "value"
               and row.startswith("worth")]  # fmt: skip
    assert line.endswith(f"autoblog (learned.tsv); disabled by {folder / 'n.tsv'}: prices here")


def test_list_of_files_and_spinners(folder):
    own = spinner(folder / "own", ("home", "house", 1, 2, 0, "pairs"))
    (folder / "hand.tsv").write_text("old home\told house\n", encoding="utf-8")
    assert "own (dictionary.tsv): pairs" in run("list", "--spinner", own, "house")[0]
    assert "old home" in run("list", "--dictionary", "hand.tsv")[0]
    both = run("list", "--spinner", own, "--dictionary", "hand.tsv", "--contains", "home", "--json")
    assert len(both[0].splitlines()) == 2
    assert run("list", "--spinner", own, "nothing") == ("", "no such entry\n")
    assert "no spinner of that name" in refused("list", "--spinner", "nobody")


# card


def test_the_card_shows_the_worst_entries_first():
    output, errors = run("card", "--top", "3")
    titles, *rows = output.splitlines()
    assert titles.split() == "spun original applied right share low high genuine status".split()
    assert len(rows) == 3
    assert re.search(r"entries, applied [\d,]+ times, 0\.9\d+ right; \d+ below the floor", errors)


def test_the_card_of_a_phrase():
    output, _ = run("card", "--json", "worth")
    rows = [json.loads(line) for line in output.splitlines()]
    (row,) = [row for row in rows if (row["spun"], row["original"]) == ("worth", "value")]
    right, applied = (row[f"dev_{key}"] + row[f"train_{key}"] for key in ("right", "applied"))
    assert 0 < row["low"] < right / applied < row["high"] < 1
    lines = run("card", "--tsv", "worth")[0].splitlines()
    assert lines[0].split("\t") == list(row) and len(lines) == 1 + len(rows)


# check


def test_check_names_file_and_line(folder):
    good = spinner(folder / "good", ("home", "house", 1, 2, 0))
    assert run("check", good) == ("", "")
    (folder / "bad.tsv").write_text("b\tc\na\tc\n\x1b[2J\tx\n", encoding="utf-8")
    output, _ = run("check", good, "bad.tsv", status=1)
    assert output.splitlines() == [
        "bad.tsv, line 2: 'a' -> 'c' stands after 'b': the file is not sorted",
        "bad.tsv, line 3: '\\x1b[2J' is not a phrase of words one space apart",
    ]
    run("check", "missing.tsv", status=2)


# add, never


def test_add_makes_the_file_and_tells_how_to_use_it(folder):
    _, errors = run("add", "Bosom peril", "breast cancer", "--why", "seen in abstracts")
    assert errors.splitlines() == [
        "spinfix-dictionary.tsv: 'Bosom peril' -> 'breast cancer' added",
        'to use it: dictionary = ["spinfix-dictionary.tsv"] in .spinfix.toml, '
        "or --dictionary spinfix-dictionary.tsv",
    ]
    assert read_entries(folder / "spinfix-dictionary.tsv") == [
        Entry("bosom peril", "breast cancer", 10, 100, 0, "by hand: seen in abstracts")
    ]
    assert "is there already" in run("add", "bosom peril", "breast cancer")[1]


def test_what_add_and_never_say_is_used(folder, samples):
    run("never", "mom", "--why", "her word")
    run("add", "-d", "own.tsv", "mother vessel", "flagship")
    (folder / ".spinfix.toml").write_text(
        'never = ["spinfix-never.tsv"]\ndictionary = ["own.tsv"]\n', encoding="utf-8"
    )
    fixed = CliRunner().invoke(main, ["fix", "-q", str(samples / "spun" / "ferry.txt")]).stdout
    assert "My mom" in fixed
    text = "the mother vessel left"
    explained = CliRunner().invoke(main, ["explain", "--assume-spun", text]).stdout
    assert "flagship" in explained


def test_add_goes_where_the_configuration_says(folder):
    (folder / ".spinfix.toml").write_text('dictionary = ["own.tsv"]\n', encoding="utf-8")
    (folder / "own.tsv").write_text("", encoding="utf-8")
    inner = folder / "inner"
    inner.mkdir()
    _, errors = run("add", "home", "house")
    assert errors == f"{folder / 'own.tsv'}: 'home' -> 'house' added\n"
    assert len(read_entries(folder / "own.tsv")) == 1


def test_never_takes_a_substitution_or_a_phrase(folder):
    run("never", "worth", "value")
    run("never", "mom", "--why", "her word")
    assert read_never(folder / "spinfix-never.tsv") == [
        Never("mom", "*", "her word"),
        Never("worth", "value", ""),
    ]


def test_add_refuses_in_one_line(folder):
    run("add", "home", "house")
    assert "would replace each other" in refused("add", "house", "home")
    assert "not a phrase of words" in refused("add", "what?", "that")
    (folder / "notes.tsv").write_text("Dear Ann,\n", encoding="utf-8")
    assert "notes.tsv, line 1" in refused("add", "-d", "notes.tsv", "home", "house")


# merge, diff, stats


def test_merge_makes_a_spinner(folder):
    one = spinner(folder / "one", ("home", "house", 8, 10, 3, "pairs"))
    two = spinner(folder / "two", ("home", "house", 40, 60, 7, "pairs"))
    (folder / "never.tsv").write_text("a\tb\twhy\n", encoding="utf-8")
    _, errors = run("merge", one, two, "never.tsv", "-o", "both")
    assert errors == "1 entries, 1 never-entries into both\n"
    both = read_spinner(folder / "both")
    assert both.entries == [Entry("home", "house", 48, 70, 10, "pairs")]
    assert both.never == [Never("a", "b", "why")]
    assert both.traits.name == "both"


def test_merge_makes_a_file_of_one_kind(folder):
    one = spinner(folder / "one", ("home", "house", 900, 1000, 3))
    (folder / "hand.tsv").write_text("home\thouse\nx\ty\n", encoding="utf-8")
    (folder / "never.tsv").write_text("spun\toriginal\treason\na\tb\twhy\n", encoding="utf-8")
    _, errors = run("merge", one, "hand.tsv", "-o", "all.tsv")
    assert errors.startswith("conflict: 'home' replaces 'house' 900 times in 1,000 in")
    assert len(read_entries(folder / "all.tsv")) == 2
    run("merge", "never.tsv", "never.tsv", "-o", "all-never.tsv")
    assert read_never(folder / "all-never.tsv") == [Never("a", "b", "why")]
    assert "give a folder" in refused("merge", one, "never.tsv", "-o", "x.tsv")


def test_diff_tells_what_changed(folder):
    one = spinner(folder / "one", ("home", "house", 500, 1000, 3), ("a", "b", 1, 2, 0))
    two = spinner(folder / "two", ("home", "house", 900, 1000, 3))
    assert run("diff", one, one) == ("", "")
    output, _ = run("diff", one, two, status=1)
    assert output.splitlines() == [
        "changed 'home' for 'house'  500 in 1,000 (0.500) -> 900 in 1,000 (0.900)",
        "removed 'a' for 'b'  1 in 2 (0.500)",
    ]
    output, _ = run("diff", "--json", one, two, status=1)
    rows = [json.loads(line) for line in output.splitlines()]
    assert [(row["kind"], row["spun"]) for row in rows] == [("changed", "home"), ("removed", "a")]
    assert rows[0]["after"]["replaced"] == 900 and rows[1]["after"] is None


def test_stats_for_people_and_machines(folder):
    one = spinner(folder / "one", ("home", "house", 500, 1000, 3, "pairs"))
    output, _ = run("stats", one)
    assert "entries: 1\n" in output and "source pairs: 1\n" in output
    assert output.splitlines()[-1].split() == ["home", "house", "500"]
    assert json.loads(run("stats", "--json", one)[0])["replacements"] == 500


def test_the_python_of_the_documentation_runs(folder):
    page = (ROOT / "docs" / "dictionaries.md").read_text(encoding="utf-8")
    rows = (ROOT / "tests" / "cases" / "thesaurus" / "rows.txt").read_bytes()
    (folder / "thesaurus.txt").write_bytes(rows)
    spinner(folder / "last-week", ("home", "house", 500, 1000, 3))
    blocks = re.findall(r"```python\n(.*?)```", page, re.DOTALL)
    assert len(blocks) == 4
    for block in blocks:
        exec(compile(block, "dictionaries.md", "exec"), {})
    assert len(read_spinner(folder / "my-spinner").entries) == 241
    assert read_never(folder / "mine-never.tsv") == [Never("worth", "value", "")]
