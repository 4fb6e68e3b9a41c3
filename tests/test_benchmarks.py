"""The measures of benchmarks/ on cases small enough to check by hand."""

from __future__ import annotations

import hashlib
import json
import sys
from contextlib import closing
from pathlib import Path

import pytest
import speed
import speed_bench
import speed_inputs
import speed_measure
import speed_peers
import speed_process
import speed_profile
import speed_rates
import speed_report
from details import calibration_error, reliability
from speed_bench import Bench, Rate, Table
from speed_inputs import Input
from speed_measure import Cost
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


def test_generated_texts_are_the_same_everywhere():
    """Else figures of two machines, or two days, could not be compared."""
    first, again = (speed_inputs.generated(60_000, 10_000) for _ in range(2))
    assert first == again
    assert 60_000 <= sum(map(len, first.genuine)) < 70_000
    digest = hashlib.sha256("".join(first.genuine[:20]).encode()).hexdigest()
    assert digest[:16] == "298b83142a77f482"
    assert len(set(first.genuine)) == len(first.genuine)


def test_generated_texts_are_what_they_are_meant_to_be(repairer):
    articles = speed_inputs.generated(30_000, 10_000)
    assert not any(repairer.judge(text).spun for text in articles.genuine)
    assert all(repairer.judge(text).spun for text in articles.spun)


def test_inputs_hold_the_articles(tmp_path):
    texts = ["One  two\nthree.\n", "Fóur."]
    lines = speed_inputs.json_lines(tmp_path / "a.jsonl", texts)
    assert [json.loads(line)["text"] for line in lines.path.open()] == texts
    assert (lines.size, lines.words) == (lines.path.stat().st_size, 4)
    again = speed_inputs.json_lines(tmp_path / "b.jsonl", texts, size=500)
    assert 500 <= again.size < 600
    files = speed_inputs.folder(tmp_path / "files", texts, one_line=True)
    assert [path.read_text("utf-8") for path in sorted(files.path.iterdir())] == [
        "One two three.",
        "Fóur.",
    ]
    assert files.size == len("One two three.Fóur.".encode())
    assert len(list(speed_inputs.few(tmp_path / "few", texts * 3, 2).path.iterdir())) == 2


def test_one_article_in_twenty_of_mixed_ones_is_spun():
    found = speed_inputs.mixed(["genuine"] * 60, ["a", "b"], 0.05)
    assert [text for text in found if text != "genuine"] == ["a", "b", "a"]
    assert found[19] == "a"


def test_missing_peers_are_left_out(monkeypatch, tmp_path):
    monkeypatch.setattr(speed_peers, "tool", lambda _: None)
    monkeypatch.setattr(speed_peers, "find_spec", lambda _: None)
    for peer in (*speed_peers.PROGRAMS, *speed_peers.LIBRARIES):
        assert speed_peers.command(peer, tmp_path) is None
    rate = Rate(Cost(2.0, 2.1, 50.0), 0.5, 7.0, 1e6)
    monkeypatch.setattr(Rate, "several", lambda _, programs, *__: dict.fromkeys(programs, rate))
    table = speed_rates.clean(Bench(tmp_path))
    assert [row[1] for row in table.rows][1:] == ["not installed"] * (len(table.rows) - 1)
    assert table.figures == {"rate": 7.0}, "no ratio without the other program"
    assert all(len(row) == len(table.head) for row in table.rows)


def test_rates_are_those_of_a_program_that_has_started(monkeypatch, tmp_path):
    costs = {"one": Cost(0.5, 0.6, 40.0), "all": Cost(2.5, 2.6, 90.0)}
    monkeypatch.setattr(speed_bench, "run", lambda command, accepted: costs[command[0]])
    bench = Bench(tmp_path, times=1)
    bench._made = {"one": Input(Path("one"), 10**6, 10), "all": Input(Path("all"), 9 * 10**6, 410)}
    assert Rate.of(bench, lambda path: [path.name], "all", "one") == (costs["all"], 0.5, 4.0, 200.0)


def test_what_a_command_costs_is_measured(tmp_path):
    busy = "x = bytearray(60_000_000)\nfor _ in range(10**6): pass\nprint('done')"
    cost = speed_measure.run([sys.executable, "-c", busy], tmp_path / "out")
    assert (tmp_path / "out").read_text() == "done\n"
    assert cost.cpu > 0.01 and cost.memory > 57
    with pytest.raises(SystemExit, match="ended with status 3: help"):
        speed_measure.run(
            [sys.executable, "-c", "import sys; print('help', file=sys.stderr); sys.exit(3)"]
        )
    assert speed_measure.best(2, iter([Cost(2, 1, 5), Cost(1, 3, 4)]).__next__) == Cost(1, 1, 4)


def test_programs_that_are_compared_take_turns():
    order = []

    def costs(name, *cpu):
        its = iter(cpu)
        return lambda: order.append(name) or Cost(next(its), 1.0, 2.0)

    found = speed_measure.in_turns(2, {"one": costs("one", 3, 5), "two": costs("two", 9, 7)})
    assert order == ["one", "two"] * 2
    assert {name: cost.cpu for name, cost in found.items()} == {"one": 3, "two": 7}


@pytest.mark.skipif(sys.platform != "linux", reason="looks into /proc")
def test_memory_of_workers_is_told_apart():
    work = """
import os, time
held = b"x" * 40_000_000
pid = os.fork()
mine = b"y" * (20_000_000 if pid else 80_000_000)
time.sleep(0.5)
if pid: os.waitpid(pid, 0)
"""
    _, reader, (worker,) = speed_measure.watched([sys.executable, "-c", work])
    assert 76 < worker.own < 110, "what it shares with the one it was forked from is not its own"
    assert worker.anonymous > worker.own + 30
    assert reader.rss > 55


MAIN = "main (/venv/bin/spinfix:8)"
STACKS = [
    f"{MAIN};repair (/site/spinfix/repairer.py:1);scan (/site/spinfix/screen.py:2) 6",
    f"{MAIN};score (/site/spinfix/context.py:1);einsum (/me/spinfix/lib/python3.11/einsum.py:3) 2",
    f"{MAIN};score (/site/spinfix/context.py:1);product (/site/spinfix/dense.py:3) 1",
    f"{MAIN};split (/site/spinfix/formats/plain.py:1) 4",
    f"{MAIN};mystery (/site/spinfix/mystery.py:1) 2",
    f"{MAIN};_find (<frozen importlib._bootstrap>:1);<module> (/site/spinfix/screen.py:1) 5",
]


def test_samples_belong_to_the_innermost_room():
    assert speed_profile.shares(STACKS) == {
        "screen": 0.3,
        "fast scorer": 0.15,
        "reading and writing": 0.2,
        "other": 0.1,
        "imports and start": 0.25,
    }


def test_every_module_has_a_room():
    package = Path(speed_inputs.ROOT, "spinfix")
    modules = {path.stem for path in package.iterdir() if path.suffix == ".py" or path.is_dir()}
    without = {"__init__", "__pycache__", "shipped", "signature", *speed_profile.TOOLS}
    without |= {"curate", "engines", "learn", "review"}  # not on the way of a repair
    rooms = {module for its in speed_profile.ROOMS.values() for module in its}
    assert modules - without <= rooms


def test_tables_are_written_and_fill_the_page(monkeypatch, tmp_path):
    monkeypatch.setattr(speed_report, "today", lambda: "2026-01-02")
    page = "<!-- speed: start -->\nold\n<!-- end -->\n\n<!-- speed: spun -->\nkept\n<!-- end -->\n"
    (tmp_path / "benchmarks").mkdir()
    (tmp_path / "docs").mkdir()
    (tmp_path / "docs/speed.md").write_text(page)
    table = Table("start", ("command", "CPU-s"), [["help", "0.1"], ["fix", "1.0"]], {}, ["Note."])
    for source in ("generated", "corpora"):
        speed_report.write([table], "python speed.py", source, tmp_path)
        written = (tmp_path / f"benchmarks/runs/2026-01-02-{source}-start.md").read_text()
        assert "| command | CPU-s |\n|---|---:|\n| help | 0.1 |" in written
        assert "2026-01-02, Python" in written and "`python speed.py`" in written
        now = (tmp_path / "docs/speed.md").read_text()
        assert (now == page) == (source == "generated"), "only real text is quoted"
    assert "old" not in now and "| fix | 1.0 |" in now and "Note." in now
    assert now.endswith("<!-- speed: spun -->\nkept\n<!-- end -->\n")
    again = speed_report.filled(now, [table], speed_report.heading("python speed.py", "corpora"))
    assert again == now


def test_the_page_has_a_place_for_every_table():
    page = Path(speed_inputs.ROOT, "docs/speed.md").read_text("utf-8")
    for name in speed.TABLES:
        assert page.count(f"<!-- speed: {name} -->") == 1


def test_start_up_has_a_figure_for_every_command(monkeypatch, tmp_path):
    """Their names are those of floors: two commands with one would hide each other."""
    ran = []

    def run(command, **_):
        ran.append(command)
        return Cost(float(len(ran)), 1.0, 1.0)

    monkeypatch.setattr(speed_process, "run", run)
    monkeypatch.setattr(speed_process, "first_byte", lambda _: 0.5)
    bench = Bench(tmp_path)
    bench._made = {name: Input(tmp_path, 1, 1) for name in ("one-clean.jsonl", "one-spun.jsonl")}
    table = speed_process.start(bench)
    assert len(table.figures) == len(table.rows) == 7
    assert len(set(table.figures.values())) == 7
    assert table.figures["help"] < table.figures["fix_help"]


def test_inputs_are_made_by_another_process(tmp_path):
    """What they take must not count as memory of the commands that are measured."""
    with closing(Bench(tmp_path, scale=0.002)) as bench:
        made = bench.input("clean.jsonl")
        assert made.path.stat().st_size == made.size > 20_000
        assert bench.input("clean.jsonl") is made
        assert bench.input("one-spun.jsonl").words < made.words
    assert speed_bench.articles.cache_info().currsize == 0
