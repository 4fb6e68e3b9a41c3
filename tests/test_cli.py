"""The command line, as its users meet it: what goes in, what comes out, which status."""

import contextlib
import json
import os
import pty
import re
import shlex
import shutil
import stat
import subprocess
import sys
from pathlib import Path

import pytest


def spinfix(*args, stdin=b"", cwd=None):
    """Run the installed command; returns status, output and errors (text)."""
    command = [sys.executable, "-c", "from spinfix.cli import main; main()", *map(str, args)]
    done = subprocess.run(command, input=stdin, capture_output=True, cwd=cwd or "/", check=False)
    return done.returncode, done.stdout.decode("utf-8", "surrogateescape"), done.stderr.decode()


@pytest.fixture
def spun(samples, tmp_path):
    """A copy of the spun sample that may be rewritten."""
    path = tmp_path / "ferry.txt"
    path.write_bytes((samples / "spun" / "ferry.txt").read_bytes())
    return path


@pytest.fixture(scope="session")
def fixed(samples, repairer):
    return repairer.repair((samples / "spun" / "ferry.txt").read_text(encoding="utf-8")).fixed


def one_error(errors, *parts):
    """Exactly one line on standard error, with all of ``parts``."""
    assert errors.count("\n") == 1, errors
    assert errors.startswith("spinfix: ")
    for part in parts:
        assert part in errors


def test_a_rate_goes_with_text_that_is_said_to_be_spun():
    text = "The overseas ministry mentioned it."
    status, _, error = spinfix("explain", "--rate", "0.1", text)
    assert status == 2
    assert "--rate goes with --assume-spun" in error
    status, output, _ = spinfix("explain", "--assume-spun", "--rate", "0.1", text)
    assert status == 0
    assert "[-mentioned-]{+said+}" in output
    status, _, error = spinfix("explain", "--assume-spun", "--rate", "0", text)
    assert status == 2


def test_fix_to_standard_output(spun, fixed):
    status, output, errors = spinfix("fix", spun)
    assert (status, output) == (0, fixed)
    assert errors.startswith("1 article, 1 spun, ")


def test_fix_standard_input(spun, fixed):
    assert spinfix("fix", "-q", stdin=spun.read_bytes()) == (0, fixed, "")
    assert spinfix("fix", "-q", "-", stdin=spun.read_bytes()) == (0, fixed, "")


def test_fix_in_place_keeps_the_mode_and_follows_links(spun, fixed, tmp_path):
    spun.chmod(0o640)
    link = tmp_path / "link.txt"
    link.symlink_to(spun)
    status, output, _ = spinfix("fix", "--in-place", link)
    assert (status, output) == (0, "")
    assert link.is_symlink()
    assert spun.read_text(encoding="utf-8") == fixed
    assert stat.S_IMODE(spun.stat().st_mode) == 0o640
    assert sorted(p.name for p in tmp_path.iterdir()) == ["ferry.txt", "link.txt"]


def test_fix_a_folder_into_another(samples, tmp_path, fixed):
    status, _, errors = spinfix("fix", samples, "-o", tmp_path / "out")
    assert status == 0, errors
    assert (tmp_path / "out" / "spun" / "ferry.txt").read_text(encoding="utf-8") == fixed
    for name in ("orchard.txt", "archive.txt"):
        copy = tmp_path / "out" / "genuine" / name
        assert copy.read_bytes() == (samples / "genuine" / name).read_bytes()


def test_fix_json_lines_keeps_every_other_field(samples, fixed):
    path = samples / "articles.jsonl"
    status, output, _ = spinfix("fix", path)
    assert status == 0
    before = [json.loads(line) for line in path.read_text(encoding="utf-8").splitlines()]
    after = [json.loads(line) for line in output.splitlines()]
    assert after[0]["text"] == fixed
    for a, b in zip(before, after, strict=True):
        assert {**a, "text": ""} == {**b, "text": ""}
        assert (a["text"] != b["text"]) == (a["kind"] != "genuine")


def test_fix_reports_as_json(spun):
    status, output, errors = spinfix("fix", "--json", spun)
    row = json.loads(errors)
    assert status == 0 and output
    assert row["spun"] is True and row["edits"][0]["evidence"]["replaced"] > 0


def test_fix_with_min_confidence_dictionary_and_never(spun, tmp_path):
    never = tmp_path / "never.tsv"
    never.write_text("spun\toriginal\treason\nmom\t*\ther word\n", encoding="utf-8")
    _, output, _ = spinfix("fix", "-q", "--never", never, spun)
    assert "My mom" in output
    _, sure, _ = spinfix("fix", "-q", "--min-confidence", "1", spun)
    assert sure != output


def test_several_inputs_need_a_place(spun):
    status, output, errors = spinfix("fix", spun, spun)
    assert (status, output) == (2, "")
    assert "choose -o DIR or --in-place" in errors


def test_inputs_that_would_become_one_file_are_refused(spun, tmp_path):
    other = tmp_path / "other"
    other.mkdir()
    (other / "ferry.txt").write_text("x", encoding="utf-8")
    status, _, errors = spinfix("fix", spun, other / "ferry.txt", "-o", tmp_path / "out")
    assert status == 2
    assert "would both become ferry.txt" in errors


def test_a_unified_diff_that_git_applies(spun, fixed, tmp_path):
    status, patch, errors = spinfix("diff", "ferry.txt", cwd=tmp_path)
    assert (status, errors) == (1, "")
    subprocess.run(["git", "apply", "-"], input=patch.encode(), cwd=tmp_path, check=True)
    assert spun.read_text(encoding="utf-8") == fixed


@pytest.mark.parametrize("change", ["crlf", "no newline", "mixed", "json lines", "odd name"])
def test_diff_and_fix_agree_byte_for_byte(change, samples, tmp_path):
    text = (samples / "spun" / "ferry.txt").read_bytes()
    name = "a b\tß.txt" if change == "odd name" else "a.txt"
    if change == "crlf":
        text = text.replace(b"\n", b"\r\n")
    elif change == "no newline":
        text = text.rstrip(b"\n")
    elif change == "mixed":
        text = (
            text.replace(b"\n", b"\r", 1).replace(b"\n", b"\r\n", 1).replace(b" ", b"\xc2\xa0", 3)
        )
    elif change == "json lines":
        name, text = "a.jsonl", (samples / "articles.jsonl").read_bytes()
    path = tmp_path / name
    path.write_bytes(text)
    _, patch, errors = spinfix("diff", "--unified", name, cwd=tmp_path)
    assert errors == ""
    raw = patch.encode("utf-8", "surrogateescape")
    spinfix("fix", "--in-place", name, cwd=tmp_path)
    expected = path.read_bytes()
    assert expected != text
    path.write_bytes(text)
    subprocess.run(
        ["git", "apply", "--whitespace=nowarn", "-"], input=raw, cwd=tmp_path, check=True
    )
    assert path.read_bytes() == expected


def test_the_unified_diff_of_all_samples_is_what_fix_does(samples, tmp_path):
    shutil.copytree(samples, tmp_path / "a")
    for path in list((tmp_path / "a").rglob("*.*")):  # and with other ends of lines
        data = path.read_bytes()
        path.with_stem(path.stem + "-crlf").write_bytes(data.replace(b"\n", b"\r\n"))
        path.with_stem(path.stem + "-end").write_bytes(data.rstrip(b"\n"))
    shutil.copytree(tmp_path / "a", tmp_path / "b")
    status, patch, errors = spinfix("diff", "--unified", "-q", "a", cwd=tmp_path)
    assert (status, errors) == (1, "")
    apply = ["git", "apply", "-p1", "--whitespace=nowarn", "-"]
    raw = patch.encode("utf-8", "surrogateescape")
    subprocess.run(apply, input=raw, cwd=tmp_path, check=True)
    assert spinfix("fix", "-q", "--in-place", "b", cwd=tmp_path)[0] == 0
    changed = 0
    for path in (tmp_path / "a").rglob("*.*"):
        place = path.relative_to(tmp_path / "a")
        assert path.read_bytes() == (tmp_path / "b" / place).read_bytes(), place
        before = samples / place.with_stem(place.stem.removesuffix("-crlf").removesuffix("-end"))
        changed += before.read_bytes().split() != path.read_bytes().split()
    assert changed == 3 * 6, "three ways of ending lines, six spun samples"


TRANSCRIPTS = sorted((Path(__file__).parent / "cases" / "transcripts").glob("*.txt"))


@pytest.mark.parametrize("path", TRANSCRIPTS, ids=lambda path: path.stem)
def test_transcripts(path, samples):
    """What a user sees; SPINFIX_UPDATE=1 writes the transcripts anew."""
    command, _, expected = path.read_text(encoding="utf-8").partition("\n")
    _, output, errors = spinfix(*shlex.split(command)[2:], cwd=samples)
    if os.environ.get("SPINFIX_UPDATE"):
        path.write_text(f"{command}\n{output}{errors}", encoding="utf-8")
    else:
        assert output + errors == expected


def test_diff_of_genuine_text_is_empty(samples):
    assert spinfix("diff", samples / "genuine") == (0, "", "")


def test_word_diff(samples):
    status, output, _ = spinfix("diff", "--words", "spun/ferry.txt", cwd=samples)
    assert status == 1
    assert output.startswith("spun/ferry.txt:1 The [-")
    assert "\x1b[" not in output, "colour is for terminals"


def test_check_table(samples):
    status, output, _ = spinfix("check", "spun", "genuine", cwd=samples)
    assert status == 1
    rows = [line.split() for line in output.splitlines()]
    assert rows[0] == ["spun", "posterior", "share", "spinner", "input"]
    assert [(row[0], *row[-2:]) for row in rows[1:]] == [
        ("spun", "autoblog", "spun/ferry.txt"),
        ("-", "-", "genuine/archive.txt"),
        ("-", "-", "genuine/orchard.txt"),
    ]
    assert spinfix("check", samples / "genuine")[0] == 0


def test_check_as_json(samples):
    _, output, _ = spinfix("check", "--json", "articles.jsonl", cwd=samples)
    rows = [json.loads(line) for line in output.splitlines()]
    assert [row["spun"] for row in rows] == [True, False, True, False]
    keys = {"input", "id", "spun", "posterior", "share", "spinner"}
    assert all(row.keys() == keys for row in rows)
    assert [row["spinner"] for row in rows] == ["autoblog", "", "autoblog", ""]
    assert rows[0]["input"] == "articles.jsonl" and rows[0]["id"] == "ferry"


def test_blank_lines_of_json_lines_are_no_articles(samples):
    lines = b"\n" + (samples / "articles.jsonl").read_bytes() + b"\r\n"
    status, output, errors = spinfix("fix", "--field", "text", stdin=lines)
    assert status == 0 and errors.startswith("4 articles")
    assert output.startswith("\n{") and output.endswith("}\n\r\n")
    _, output, _ = spinfix("check", "--json", "--field", "text", stdin=lines)
    assert len(output.splitlines()) == 4


def test_control_characters_do_not_reach_the_terminal(spun, tmp_path):
    evil = tmp_path / "a\x1b[2Jb\n.txt"
    evil.write_text(
        spun.read_text(encoding="utf-8").replace("ferry", "fer\x1b[31mry"), encoding="utf-8"
    )
    for command in (["diff", "--words"], ["check"], ["explain"]):
        _, output, _ = spinfix(*command, evil)
        assert "\x1b" not in output and "\\x1b" in output


def test_explain_a_text():
    text = "the State Division mentioned in an announcement"
    status, output, _ = spinfix("explain", "--assume-spun", text)
    assert status == 0
    assert "State [-Division-]{+Department+}" in output
    assert "'division' replaced 'department'" in output
    assert "'State Department' 14,2" in output
    status, output, _ = spinfix("explain", "the State Division")
    assert "not taken for spun text, so left alone" in output


def test_explain_a_file(spun):
    status, output, _ = spinfix("explain", spun)
    assert status == 0
    assert "the passage was spun with probability" in output


def on_a_terminal(*args, **environment):
    """What the command writes to a terminal."""
    leader, follower = pty.openpty()
    command = [sys.executable, "-c", "from spinfix.cli import main; main()", *map(str, args)]
    environment = {**os.environ, **environment}
    process = subprocess.Popen(command, stdout=follower, env=environment, cwd="/")
    os.close(follower)
    parts = []
    with contextlib.suppress(OSError):  # the way a terminal says that it is over
        while part := os.read(leader, 4096):
            parts.append(part)
    os.close(leader)
    process.wait()
    return b"".join(parts).decode()


def test_terminals_get_a_word_diff_in_colour(spun):
    assert "\x1b[31m[-" in on_a_terminal("diff", spun, NO_COLOR="")
    plain = on_a_terminal("diff", spun, NO_COLOR="1")
    assert "[-" in plain and "\x1b" not in plain


def test_explain_of_a_missing_file_is_no_text():
    status, _, errors = spinfix("explain", "nowhere.txt")
    assert status == 2
    one_error(errors, "nowhere.txt", "no such file")


def test_an_empty_path_is_not_the_current_folder(tmp_path):
    status, _, errors = spinfix("fix", "-q", "--in-place", "", cwd=tmp_path)
    assert status == 2
    one_error(errors, "a path is empty")


def test_names_that_are_not_utf8(samples, tmp_path):
    name = os.fsdecode(b"\xff.txt")
    (tmp_path / name).write_bytes((samples / "spun" / "ferry.txt").read_bytes())
    for command in (["check"], ["check", "--json"], ["diff", "--words"], ["diff"], ["explain"]):
        status, output, errors = spinfix(*command, name, cwd=tmp_path)
        assert status in (0, 1) and output and not errors
    status, _, errors = spinfix("fix", "--in-place", "--json", name, cwd=tmp_path)
    assert status == 0 and json.loads(errors)["input"] == name


BAD_RECORDS = [
    ("not UTF-8", "latin.txt", b"caf\xe9", ["latin.txt, line 1", "not utf-8", "--encoding"]),
    ("no object", "a.jsonl", b'{"text": ""}\n[]\n', ["a.jsonl, line 2", "not a JSON object"]),
    ("no field", "a.jsonl", b'{"body": "x"}\n', ["a.jsonl, line 1", "no field 'text'", "--field"]),
    (
        "too deep",
        "a.jsonl",
        b'{"a": ' + b"[" * 100_000 + b"\n",
        ["a.jsonl, line 1", "nested too deeply"],
    ),
    ("no JSON", "a.jsonl", b'{"text": \n', ["a.jsonl, line 1", "not JSON"]),
]


@pytest.mark.parametrize("command", ["fix", "diff", "check"])
@pytest.mark.parametrize(("name", "content", "parts"), [row[1:] for row in BAD_RECORDS],
                         ids=[row[0] for row in BAD_RECORDS])  # fmt: skip
def test_bad_records_are_named_in_one_line_and_kept(command, name, content, parts, tmp_path):
    (tmp_path / name).write_bytes(content)
    status, output, errors = spinfix(command, "-q", name, cwd=tmp_path)
    assert status == 3
    one_error(errors, *parts)
    if command == "fix":
        assert output == content.decode("utf-8", "surrogateescape")


@pytest.mark.parametrize("command", ["fix", "diff", "check"])
def test_a_missing_path_is_named_in_one_line(command, tmp_path):
    status, _, errors = spinfix(command, "-q", "nowhere.txt", cwd=tmp_path)
    assert status == 2
    one_error(errors, "nowhere.txt", "no such file or folder")


def test_a_bad_record_fails_its_file_on_request(tmp_path):
    (tmp_path / "a.jsonl").write_bytes(b'{"text": "fine"}\nnonsense\n')
    command = ["fix", "-q", "--on-error", "fail", "-o", "out", "a.jsonl"]
    status, _, errors = spinfix(*command, cwd=tmp_path)
    assert status == 2
    one_error(errors, "a.jsonl, line 2", "not JSON")
    assert list((tmp_path / "out").iterdir()) == []


def test_a_bad_input_does_not_harm_the_others(spun, fixed, tmp_path):
    bad = tmp_path / "bad.jsonl"
    bad.write_bytes(b'{"text": "fine"}\nnonsense\n')
    status, _, errors = spinfix("fix", "-q", "--in-place", bad, "missing", spun, cwd=tmp_path)
    assert status == 2
    assert errors.count("\n") == 2, "a missing file and a bad record"
    assert bad.read_bytes() == b'{"text": "fine"}\nnonsense\n'
    assert spun.read_text(encoding="utf-8") == fixed
    assert sorted(p.name for p in tmp_path.iterdir()) == ["bad.jsonl", "ferry.txt"]


def test_a_folder_without_text(tmp_path):
    status, _, errors = spinfix("check", tmp_path)
    assert status == 2
    one_error(errors, str(tmp_path), "no text in this folder")


@pytest.mark.parametrize("option", ["--dictionary", "--never"])
def test_a_bad_dictionary(option, tmp_path, spun):
    path = tmp_path / "own.tsv"
    path.write_text("navy\tmilitary\nonly\ta\tb\tc\td\te\tf\n", encoding="utf-8")
    status, output, errors = spinfix("fix", option, path, spun)
    assert (status, output) == (2, "")
    one_error(errors, f"{path}, line 2: 7 columns")


def test_an_output_folder_that_is_a_file(spun, tmp_path):
    (tmp_path / "out").write_text("", encoding="utf-8")
    status, _, errors = spinfix("fix", spun, "-o", tmp_path / "out" / "deep")
    assert status == 2
    assert "cannot write here" in errors


@pytest.mark.skipif(os.geteuid() == 0, reason="root may write anywhere")
def test_an_output_folder_that_cannot_be_written(spun, tmp_path):
    folder = tmp_path / "locked"
    folder.mkdir(mode=0o500)
    status, _, errors = spinfix("fix", "-q", spun, "-o", folder)
    assert status == 2
    one_error(errors, str(folder), "cannot write here")


def test_other_encodings(tmp_path, samples):
    text = (samples / "spun" / "ferry.txt").read_text(encoding="utf-8") + "Café.\n"
    path = tmp_path / "latin.txt"
    path.write_bytes(text.encode("latin-1"))
    status, _, errors = spinfix("fix", "--in-place", "--encoding", "latin-1", path)
    assert status == 0, errors
    assert path.read_bytes().endswith("Café.\n".encode("latin-1"))
    assert spinfix("fix", "--encoding", "klingon", path)[0] == 2


@pytest.mark.parametrize(
    "text",
    [
        b"",
        b"\n\n",
        b"\xef\xbb\xbf",
        b"\xef\xbb\xbfHello.\r\nBye.",
        b"a\rb\r\nc\n",
        "İ ﬁ e\u0301 👩\u200d👧 שלום \u2028 \u200f".encode(),
    ],
)
def test_texts_with_nothing_to_repair_come_back_exactly(text):
    assert spinfix("fix", "-q", stdin=text) == (0, text.decode(), "")


@pytest.mark.parametrize("command", ["fix", "diff", "check", "explain", "undo", "apply"])
def test_every_command_has_help_with_examples(command):
    status, output, _ = spinfix(command, "--help")
    assert status == 0
    assert "Examples:" in output
    assert f"spinfix {command}" in output


def test_the_list_of_commands_says_what_their_own_help_says():
    """It is kept apart, so that showing it imports none of them."""
    import click

    from spinfix.cli import _COMMANDS, main

    for name, said in _COMMANDS.items():
        command = main.get_command(click.Context(main), name)
        assert said == command.get_short_help_str(200)
    code = "import sys; from spinfix.cli import main; main(['--help'], standalone_mode=False); "
    code += "print([m for m in sys.modules if m.startswith(('spinfix.', 'numpy', 'kenlm'))])"
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert all(f"  {name} " in done.stdout for name in _COMMANDS)
    loaded = done.stdout.splitlines()[-1]
    assert "spinfix.cli" in loaded
    for module in ("spinfix.batch", "spinfix.repairer", "numpy", "kenlm"):
        assert module not in loaded


def options_of(command):
    """Every option of a command, and of the commands in it."""
    import click

    for inner in command.commands.values() if isinstance(command, click.Group) else ():
        yield from options_of(inner)
    yield from (o for p in command.params if isinstance(p, click.Option) for o in p.opts)


def test_help_and_docs_name_the_same_options():
    import click

    from spinfix.cli import main

    page = (Path(__file__).parent.parent / "docs" / "cli.md").read_text(encoding="utf-8")
    context = click.Context(main)
    for name in main.list_commands(context):
        command = main.get_command(context, name)
        assert f"## spinfix {name}" in page
        section = page.split(f"## spinfix {name}")[1].split("\n## spinfix ")[0]
        for option in options_of(command):
            assert f"`{option}" in section, f"{name} {option} is not in docs/cli.md"
        for option in set(re.findall(r"^\| `(--?[\w-]+)", section, re.MULTILINE)):
            assert option in options_of(command), f"docs/cli.md has {name} {option}"
