"""Never-entries from decisions."""

import json

from click.testing import CliRunner

from spinfix.cli import main
from spinfix.dictionary import Never, read_never
from spinfix.learn.refusals import refusals


def row(spun, original, accept, new=None, **more):
    return {
        "edit": "a.txt",
        "old": spun,
        "new": new or original,
        "entry": [spun, original],
        "accept": accept,
        **more,
    }


def test_what_was_refused_wherever_it_came_becomes_an_entry():
    rows = [row("worth", "value", False), row("worth", "value", False), {"input": "a.txt"}]
    assert refusals(rows) == [Never("worth", "value", "refused 2 times in review")]
    assert refusals(rows, least=3) == []


def test_what_was_right_somewhere_does_not():
    assert refusals([row("worth", "value", False), row("worth", "value", True)]) == []
    assert refusals([row("worth", "value", False), row("worth", "value", True, "Value")]) == []


def test_other_words_in_one_place_do_not_save_an_entry():
    rows = [row("worth", "value", False), row("worth", "value", True, "price")]
    assert [entry.original for entry in refusals(rows)] == ["value"]


def test_words_around_the_change_are_no_part_of_what_was_refused():
    around = {"entry": ["that may", "that can"]}
    rows = [row("may", "can", False, **around)]
    assert [entry[:2] for entry in refusals(rows)] == [("may", "can")]
    assert refusals([*rows, row("may", "can", True)]) == []
    assert refusals([row("may", "can", False), row("may", "can", True, **around)]) == []


def test_edits_that_nobody_decided_do_not_count():
    assert refusals([row("worth", "value", False, decided=False)]) == []
    assert refusals([{**row("worth", "value", False), "entry": None}]) == []


def test_the_command_adds_to_a_list(tmp_path):
    log, never = tmp_path / "decisions.jsonl", tmp_path / "never.tsv"
    rows = [{"spinfix-log": 1, "signature": "x"}, row("worth", "value", False)]
    log.write_text("\n".join(map(json.dumps, rows)) + "\n", encoding="utf-8")
    never.write_text("spun\toriginal\treason\nmom\t*\ther word\n", encoding="utf-8")
    for _ in range(2):  # the second time nothing is new
        done = CliRunner().invoke(main, ["dict", "learn-from", str(log), "-o", str(never)])
        assert done.exit_code == 0, done.output
        assert read_never(never) == [
            Never("mom", "*", "her word"),
            Never("worth", "value", "refused 1 time in review"),
        ]


def test_what_is_no_log_is_refused_in_a_line(tmp_path):
    path = tmp_path / "x.jsonl"
    path.write_text("{}\n", encoding="utf-8")
    done = CliRunner().invoke(main, ["dict", "learn-from", str(path), "-o", str(path) + "2"])
    assert done.exit_code == 2
    assert "not an edit log" in done.output
