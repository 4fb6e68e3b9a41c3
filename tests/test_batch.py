"""Batches by examples: find inputs, repair them into a folder or in place, log, undo, apply."""

import json
import os
import stat

import pytest
from batches import (
    FIXED,
    SPUN,
    files,
    found,
    json_lines,
    of_many_kinds,
    plain,
    plain_files,
    stand_in,
    told,
    write,
)
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from spinfix.batch import (
    Choice,
    Input,
    InputError,
    Plan,
    Reading,
    Setup,
    Target,
    clean,
    find_inputs,
    listed,
    reading,
)
from spinfix.batch.replay import undo


@pytest.fixture
def setup(monkeypatch):
    return stand_in(monkeypatch)


@pytest.fixture
def folder(tmp_path):
    return of_many_kinds(tmp_path / "in")


def fixed(data):
    return data.replace(b"Division", b"Department")


def places(*paths, exclude=(), leave_out=None):
    every = list(find_inputs(paths, Reading(), exclude, leave_out))
    assert all(isinstance(each, Input) for each in every), every
    return [str(each.place) for each in every]


# Finding inputs


def test_a_folder_stands_for_the_known_files_in_it_and_below(folder):
    write(folder, {**files(folder), ".hidden.txt": b"", "picture.png": b"", ".git/a.txt": b""})
    every = ["array.json", "article.txt", "genuine.txt", "lines.jsonl", "rows.csv"]
    below = ["below/lines.jsonl.gz", "below/lines.jsonl.xz", "below/text.txt.bz2"]
    assert places(str(folder)) == every + below
    assert places(str(folder), leave_out=folder / "below") == every
    assert places(str(folder), exclude=["*.json*", "below/"]) == every[1:3] + every[4:]
    assert places(str(folder), exclude=["below/text*"]) == every + below[:2]


def test_a_pattern_stands_for_the_files_that_match(folder, monkeypatch):
    monkeypatch.chdir(folder)
    assert places("*.txt") == ["article.txt", "genuine.txt"]
    assert places("**/*.jsonl.*") == ["below/lines.jsonl.gz", "below/lines.jsonl.xz"]
    (missing,) = find_inputs(["*.html"], Reading())
    assert isinstance(missing, InputError) and str(missing) == "*.html: no such file or folder"


def test_a_file_whose_name_looks_like_a_pattern_is_a_file(tmp_path):
    write(tmp_path, {"a[1].txt": b""})
    assert places(str(tmp_path / "a[1].txt")) == ["a[1].txt"]


def test_a_list_of_names_has_one_a_line_or_ended_by_nul():
    assert listed(b"a.txt\r\nb c.txt\n\n") == ["a.txt", "b c.txt"]
    assert listed(b"two\nlines.txt\0b.txt\0") == ["two\nlines.txt", "b.txt"]


# Repairing


def test_into_another_folder(folder, setup, tmp_path):
    before = files(folder)
    report = clean(found(folder), setup, Plan(target=Target(tmp_path / "out")))
    assert files(folder) == before
    assert plain_files(tmp_path / "out") == {n: fixed(plain(n, b)) for n, b in before.items()}
    assert (report.status, report.inputs, report.rewritten) == (0, 8, 7)
    counts = report.counts
    assert (counts.records, counts.spun, counts.edited, counts.edits) == (15, 10, 10, 19)
    assert counts.substitutions == {("division", "department"): 19}
    assert report.bytes == sum(map(len, before.values()))


def test_in_place_files_keep_mode_links_and_what_needs_no_repair(folder, setup, tmp_path):
    article, genuine = folder / "article.txt", folder / "genuine.txt"
    article.chmod(0o640)
    os.utime(genuine, (1, 1))
    outside = tmp_path / "outside.txt"
    outside.write_text(SPUN, "utf-8")
    (folder / "link.txt").symlink_to(outside)
    before = plain_files(folder)
    clean(found(folder), setup, Plan(target=Target(in_place=True, backup=".orig")))
    assert stat.S_IMODE(article.stat().st_mode) == 0o640
    assert genuine.stat().st_mtime == 1 and not (folder / "genuine.txt.orig").exists()
    assert (folder / "link.txt").is_symlink() and outside.read_text("utf-8") == FIXED
    assert (folder / "article.txt.orig").read_text("utf-8") == SPUN
    assert {name: plain_files(folder)[name] for name in before} == {
        name: fixed(data) for name, data in before.items()
    }


def test_a_backup_is_never_written_over(folder, setup):
    article = folder / "article.txt"
    write(folder, {**files(folder), "article.txt.orig": b"precious"})
    report = clean(found(article), setup, Plan(target=Target(in_place=True, backup=".orig")))
    assert report.status == 2 and "article.txt.orig: is there already" in report.failed[0]
    assert article.read_text("utf-8") == SPUN
    assert (folder / "article.txt.orig").read_bytes() == b"precious"


def test_a_file_that_somebody_changes_meanwhile_is_left_alone(folder, setup, monkeypatch):
    monkeypatch.setattr(reading, "_PART", 50)
    changed = folder / "lines.jsonl"

    def change(source, *_):
        if source.path.name == "array.json":  # lines.jsonl has been read ahead by then
            changed.write_bytes(b"new")

    inputs = found(folder / "array.json", changed)
    report = clean(inputs, setup, Plan(target=Target(in_place=True), jobs=2), change)
    assert changed.read_bytes() == b"new"
    assert report.status in (2, 3)


def test_inputs_are_never_written_over_without_in_place(folder, setup):
    before = files(folder)
    report = clean(found(folder), setup, Plan(target=Target(folder)))
    assert len(report.failed) == 8 and "that is what --in-place does" in report.failed[0]
    assert files(folder) == before


def test_processes_make_no_difference(folder, setup, tmp_path, monkeypatch):
    monkeypatch.setattr(reading, "_PART", 100)
    runs = []
    for jobs in (1, 2):
        plan = Plan(target=Target(tmp_path / "out"), jobs=jobs, log=tmp_path / "log")
        report = clean(found(folder), setup, plan)
        runs.append((told(report), files(tmp_path / "out"), (tmp_path / "log").read_bytes()))
    assert runs[0] == runs[1]


def test_a_dry_run_writes_the_log_only(folder, setup, tmp_path):
    before = files(folder)
    report = clean(found(folder), setup, Plan(target=Target(dry=True), log=tmp_path / "log"))
    assert report.counts.edits == 19 and (tmp_path / "log").read_bytes().count(b'"edit"') == 19
    assert files(tmp_path) == {f"in/{n}": b for n, b in before.items()} | {
        "log": (tmp_path / "log").read_bytes()
    }


# A choice of records


def test_a_limit_holds_for_all_inputs_together(folder, setup, tmp_path):
    plan = Plan(target=Target(tmp_path / "out"), choice=Choice(limit=4))
    report = clean(found(folder / "array.json", folder / "lines.jsonl"), setup, plan)
    assert report.counts.records == 4
    out = files(tmp_path / "out")
    assert [row["id"] for row in json.loads(out["array.json"])] == [1, 2, 3]
    assert out["lines.jsonl"] == json_lines([FIXED])


def test_a_limit_holds_for_a_run_that_is_resumed(tmp_path, setup, monkeypatch):
    monkeypatch.setattr(reading, "_PART", 100)
    write(tmp_path / "in", {"a.jsonl": json_lines([SPUN] * 5), "b.jsonl": json_lines([SPUN] * 9)})
    target, choice = Target(tmp_path / "out"), Choice(limit=9)

    def stop(source, *_):
        if source.path.name == "b.jsonl":
            raise KeyboardInterrupt

    with pytest.raises(KeyboardInterrupt):
        clean(found(tmp_path / "in"), setup, Plan(target=target, choice=choice), stop)
    plan = Plan(target=target, choice=choice, resume=True)
    assert clean(found(tmp_path / "in"), setup, plan).counts.records == 9
    assert files(tmp_path / "out") == {
        "a.jsonl": json_lines([FIXED] * 5),
        "b.jsonl": json_lines([FIXED] * 4),
    }


def test_a_sample_is_the_same_in_every_run(tmp_path, setup, monkeypatch):
    rows = [{"id": number, "text": SPUN} for number in range(200)]
    array = [1, *rows, "and", [2], *rows]
    write(
        tmp_path / "in", {"a.json": json.dumps(array).encode(), "b.jsonl": json_lines([SPUN] * 99)}
    )
    outputs = []
    for part in (1 << 18, 500):
        monkeypatch.setattr(reading, "_PART", part)
        plan = Plan(target=Target(tmp_path / "out"), choice=Choice(sample=0.1))
        report = clean(found(tmp_path / "in"), setup, plan)
        outputs.append((files(tmp_path / "out"), told(report)))
    assert outputs[0] == outputs[1]
    chosen = json.loads(outputs[0][0]["a.json"])
    assert 20 < len(chosen) < 60 and [e for e in chosen if type(e) is not dict] == [1, "and", [2]]
    assert 10 < report.counts.records < 100


@given(st.lists(st.sampled_from([1, [], {"text": "a"}, {"text": "b"}, "]"])), st.floats(0.01, 1))
@settings(suppress_health_check=[HealthCheck.function_scoped_fixture], max_examples=50)
def test_a_sample_of_an_array_is_an_array(tmp_path, setup, array, share):
    write(tmp_path, {"a.json": json.dumps(array, indent=1).encode()})
    plan = Plan(target=Target(tmp_path / "out"), choice=Choice(sample=share))
    assert clean(found(tmp_path / "a.json"), setup, plan).status == 0
    chosen = json.loads((tmp_path / "out" / "a.json").read_bytes())
    assert [each for each in array if type(each) is not dict] == [
        each for each in chosen if type(each) is not dict
    ]


# Encodings


def test_utf_16_keeps_its_byte_order_mark(tmp_path, setup):
    for codec, mark in (("utf-16-le", b"\xff\xfe"), ("utf-16-be", b"\xfe\xff")):
        write(tmp_path, {"a.txt": mark + SPUN.encode(codec)})
        plan = Plan(Reading("utf-16"), Target(in_place=True), log=tmp_path / "log")
        assert clean(found(tmp_path / "a.txt"), setup, plan).status == 0
        assert (tmp_path / "a.txt").read_bytes() == mark + FIXED.encode(codec)
        undo(tmp_path / "log")
        assert (tmp_path / "a.txt").read_bytes() == mark + SPUN.encode(codec)


def test_a_word_that_the_encoding_cannot_write_is_not_restored(tmp_path, monkeypatch):
    spun = "The Division of the Département."
    write(tmp_path, {"a.txt": spun.encode("latin-1")})
    setup = stand_in(monkeypatch, new="Œuvre")
    plan = Plan(Reading("latin-1"), Target(in_place=True))
    report = clean(found(tmp_path / "a.txt"), setup, plan)
    assert (report.counts.edits, report.status) == (0, 0)
    assert (tmp_path / "a.txt").read_bytes() == spun.encode("latin-1")
    clean(found(tmp_path / "a.txt"), stand_in(monkeypatch, new="Préfecture"), plan)
    assert (tmp_path / "a.txt").read_text("latin-1") == "The Préfecture of the Département."


def test_workers_share_what_was_loaded_before_them(monkeypatch, tmp_path, samples):
    """Dictionary, scorers: in each worker they would take their time and memory again."""
    import spinfix.channel
    import spinfix.context

    loaded = tmp_path / "loaded"
    loaded.touch()
    for kind in (spinfix.channel.Channel, spinfix.context.ContextScorer):
        real = kind.__init__

        def init(self, *args, real=real, name=kind.__name__, **more):
            with loaded.open("a") as out:
                out.write(f"{name} {os.getpid()}\n")
            real(self, *args, **more)

        monkeypatch.setattr(kind, "__init__", init)
    text = (samples / "spun" / "ferry.txt").read_text("utf-8")
    path = tmp_path / "articles.jsonl"
    path.write_text("".join(json.dumps({"text": text}) + "\n" for _ in range(3)))
    (found,) = find_inputs([path], Reading())
    setup = Setup(spinners=("autoblog",), scorer="fast")
    done = clean([found], setup, Plan(jobs=2, target=Target(output=tmp_path / "out")))
    assert done.counts.spun == 3
    assert sorted(loaded.read_text().splitlines()) == [
        f"Channel {os.getpid()}",
        f"ContextScorer {os.getpid()}",
    ]
