"""Configuration files: found, read, checked, shown."""

import codecs
import os
import re
import subprocess
import sys
from pathlib import Path

import click
import pytest
from click.testing import CliRunner
from conftest import ROOT

from spinfix.config import ConfigError, default_map, find, load, shown

FILE = click.Path(exists=True, dir_okay=False, path_type=Path)


def known_encoding(ctx, param, value):
    try:
        return codecs.lookup(value).name
    except LookupError:
        raise click.BadParameter(f"{value!r} is not an encoding") from None


@click.group(context_settings={"auto_envvar_prefix": "SPINFIX"})
def group():
    """Commands with options of each kind, as the real ones have them."""


@group.command()
@click.option("-o", "--output", type=click.Path())
@click.option("--in-place", is_flag=True)
@click.option("--min-confidence", type=click.FloatRange(0, 1), default=0.4)
@click.option("--dictionary", multiple=True, type=FILE)
@click.option("--field")
@click.option("--encoding", default="utf-8", callback=known_encoding)
@click.option("-q", "--quiet", is_flag=True)
def fix(**options):
    click.echo(repr(options))


@group.command()
@click.option("--format", "format_name", type=click.Choice(["auto", "text"]), default="auto")
@click.option("--field")
@click.option("--words/--unified", "words", default=None)
@click.option("--jobs", type=int, default=1)
def check(**options):
    click.echo(repr(options))


@pytest.fixture
def write(tmp_path):
    """Writes a file below the test's folder, which is where searches end."""
    (tmp_path / ".git").mkdir()

    def write(name, text=""):
        path = tmp_path / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(text, encoding="utf-8")
        return path

    return write


def settings(path):
    return default_map(load(path), group)


def refusal(path):
    with pytest.raises(ConfigError) as caught:
        settings(path)
    message = str(caught.value)
    assert message.startswith(f"{path}: ")
    assert message.isprintable()
    return message.removeprefix(f"{path}: ")


def test_general_options_are_for_each_command_that_has_them(write):
    path = write(".spinfix.toml", 'field = "body"\nmin_confidence = 0.9\n[check]\nfield = "text"')
    assert settings(path) == {
        "fix": {"field": "body", "min_confidence": 0.9},
        "check": {"field": "text"},
    }


def test_the_three_forms_in_the_documentation_say_the_same(write, tmp_path):
    for name in ("medicine", "law"):
        write(f"lists/{name}.tsv")
    text = (ROOT / "docs" / "configuration.md").read_text(encoding="utf-8")
    forms = re.findall(r"```(?:toml|ini)\n(.*?)```", text, re.DOTALL)
    names = (".spinfix.toml", "pyproject.toml", "setup.cfg")
    for name, form in zip(names, forms, strict=True):
        assert settings(write(name, form)) == {
            "fix": {
                "field": "body",
                "dictionary": (tmp_path / "lists/medicine.tsv", tmp_path / "lists/law.tsv"),
                "min_confidence": 0.9,
                "quiet": True,
            },
            "check": {"field": "body"},
        }


def test_click_takes_the_command_line_then_the_environment_then_the_file(write):
    path = write(".spinfix.toml", "[fix]\nmin-confidence = 0.7\nfield = 'body'")
    command = ["fix", "--field", "head"]
    run = CliRunner().invoke
    done = run(group, command, default_map=settings(path))
    assert "'min_confidence': 0.7" in done.output
    assert "'field': 'head'" in done.output
    environment = {"SPINFIX_FIX_MIN_CONFIDENCE": "0.8"}
    done = run(group, command, default_map=settings(path), env=environment)
    assert "'min_confidence': 0.8" in done.output


def test_the_second_name_of_a_switch_is_the_first_one_reversed(write):
    assert settings(write(".spinfix.toml", "[check]\nwords = true"))["check"] == {"words": True}
    assert settings(write(".spinfix.toml", "[check]\nunified = true"))["check"] == {"words": False}


def test_option_names_of_the_command_line_count_not_those_of_the_code(write):
    assert settings(write("setup.cfg", "[tool:spinfix.check]\nformat = text\njobs = 2")) == {
        "fix": {},
        "check": {"format_name": "text", "jobs": 2},
    }


# Finding


def test_the_nearest_file_is_found(write, tmp_path):
    write(".spinfix.toml")
    near = write("a/setup.cfg", "[tool:spinfix]\n")
    deep = write("a/b/article.txt")
    assert find(deep) == find(deep.parent) == near
    assert find(tmp_path) == tmp_path / ".spinfix.toml"


def test_in_one_folder_the_own_file_comes_first_and_setup_cfg_last(write, tmp_path):
    names = [".spinfix.toml", "pyproject.toml", "setup.cfg"]
    for name, text in zip(names, ("", "[tool.spinfix.fix]", "[spinfix]"), strict=True):
        write(name, text)
    for name in names:
        assert find(tmp_path) == tmp_path / name
        (tmp_path / name).unlink()
    assert find(tmp_path) is None


def test_files_of_other_tools_do_not_count_and_are_not_even_parsed(write, tmp_path):
    write("a/pyproject.toml", "= malformed")
    write("a/setup.cfg", "[metadata]\nname = spinfixer\n[spinfixer]\na = 1")
    write("pyproject.toml", '[project]\ndependencies = ["spinfix"]')
    assert find(tmp_path / "a") is None


def test_the_search_ends_with_the_folder_that_holds_git(write, tmp_path):
    write(".spinfix.toml")
    write("inner/.git", "gitdir: elsewhere")  # a file, in a work tree
    assert find(tmp_path / "inner") is None


@pytest.mark.skipif(not hasattr(os, "mkfifo"), reason="no pipes with names here")
def test_a_pipe_is_no_configuration(write, tmp_path):
    os.mkfifo(tmp_path / ".spinfix.toml")
    assert find(tmp_path) is None
    with pytest.raises(ConfigError, match="no such file"):
        load(tmp_path / ".spinfix.toml")


def test_a_start_that_cannot_be_is_no_error(tmp_path):
    assert find(Path("a\0b")) is None


def test_nothing_is_imported_for_a_search_that_finds_nothing(write, tmp_path):
    write("pyproject.toml", "[project]")
    heavy = "{'tomllib', 'tomli', 'configparser', 'difflib'}"
    code = (
        "import sys; before = set(sys.modules); import spinfix; named = set(sys.modules)\n"
        "import spinfix.config as config, pathlib\n"
        f"assert config.find(pathlib.Path({str(tmp_path)!r})) is None\n"
        f"assert not (set(sys.modules) - named) & {heavy}"
    )
    subprocess.run([sys.executable, "-c", code], check=True, cwd=ROOT)


# Errors


@pytest.mark.parametrize(
    ("text", "message"),
    [
        (
            "min-confidense = 1",
            "min-confidense: no command has such an option; did you mean min-confidence?",
        ),
        ("[fix]\njobs = 1", "[fix] jobs: fix has no such option"),
        ("[chek]\njobs = 1", "[chek]: no such command; did you mean check?"),
        ("jobs = 'two'", "jobs (for check): 'two' is not a valid integer."),
        ("[check]\njobs = 1.5", "jobs (in [check]): '1.5' is not a valid integer."),
        ("jobs = true", "jobs (for check): takes a number"),
        ("[fix]\nfield = 3", "field (in [fix]): takes a text in quotes"),
        ("quiet = 3", "quiet (for fix): takes true or false"),
        ("quiet = 'perhaps'", "quiet (for fix): 'perhaps' is not a valid boolean."),
        ("dictionary = 3", "dictionary (for fix): takes a list"),
        ("dictionary = [3]", "dictionary (for fix): takes a text in quotes"),
        ("encoding = 'klingon'", "encoding (for fix): 'klingon' is not an encoding"),
        ("min-confidence = nan", "min-confidence (for fix): not a number"),
        ("min-confidence = 1979-05-27", "min-confidence (for fix): takes a number"),
        (
            "min-confidence = 1\nmin_confidence = 1",
            "min_confidence (for fix): the same option is set twice",
        ),
        (
            "[check]\nwords = true\nunified = true",
            "unified (in [check]): the same option is set twice",
        ),
    ],
)
def test_an_error_names_file_and_key(write, text, message):
    found = refusal(write(".spinfix.toml", text))
    assert re.sub(r"(valid boolean)\..*", r"\1.", found) == message


def test_a_file_that_an_option_names_must_be_there(write, tmp_path):
    message = refusal(write("setup.cfg", "[spinfix]\ndictionary =\n  a.tsv\n"))
    assert message == f"dictionary (for fix): File '{tmp_path / 'a.tsv'}' does not exist."


@pytest.mark.parametrize("key", ["in-place", "in_place", "output", "resume", "undo"])
def test_what_writes_cannot_be_set_by_a_file(write, key):
    expected = f"{key}: only for the command line, never set by a file"
    assert refusal(write(".spinfix.toml", f"{key} = true")) == expected
    assert refusal(write(".spinfix.toml", f"[fix]\n{key} = true")) == f"[fix] {expected}"


@pytest.mark.parametrize(
    ("name", "text"),
    [
        (".spinfix.toml", "a = "),
        (".spinfix.toml", "a = " + "[" * 1990),
        (".spinfix.toml", "'' = 1"),
        (".spinfix.toml", "a = " + "9" * 1990),
        (".spinfix.toml", "a" * 2001),
        (".spinfix.toml", "# long\n" * 50_000),
        ("pyproject.toml", "tool.spinfix = 1"),
        ("setup.cfg", "[spinfix]\na = 1\na = 2"),
        ("setup.cfg", "[spinfix]\n[tool:spinfix]"),
        ("setup.cfg", "spinfix"),
        ("missing.toml", None),
    ],
)
def test_huge_and_malformed_files_are_refused_in_a_line(write, tmp_path, name, text):
    path = tmp_path / name if text is None else write(name, text)
    assert len(refusal(path)) < 400


def test_text_that_is_not_utf_8_is_refused(write):
    path = write(".spinfix.toml")
    path.write_bytes(b"field = '\xff'")
    assert "not UTF-8" in refusal(path)


def test_keys_with_line_breaks_or_without_end_make_one_short_line(write):
    assert refusal(write(".spinfix.toml", '"a\\nb" = 1')).startswith(r"a\nb: no command")
    assert len(refusal(write(".spinfix.toml", "a" * 1990 + " = 1"))) < 400


# --show-config


def test_show_config_tells_what_holds_and_where_it_comes_from(write, monkeypatch):
    path = write(".spinfix.toml", "field = 'body'\n[check]\njobs = 2\nunified = true")
    monkeypatch.setenv("SPINFIX_FIX_MIN_CONFIDENCE", "0.8")
    assert shown(load(path), group) == (
        f'[check]\nformat = "auto"\nfield = "body"  # {path}\nwords = false  # {path}\n'
        f"jobs = 2  # {path}\n"
        f"\n[fix]\nmin-confidence = 0.8  # environment\ndictionary = []\n"
        f'field = "body"  # {path}\nencoding = "utf-8"\nquiet = false\n'
    )


def test_show_config_without_a_file_shows_the_defaults():
    text = shown(None, group)
    assert "min-confidence = 0.4\n" in text
    assert "# field: not set\n" in text


def test_what_show_config_prints_can_be_saved_as_a_configuration(write):
    write("lists/ü \x7f\"'\\.tsv")
    name = r"lists/ü \u007f\"" + "'" + r"\\.tsv"
    path = write("a.toml", f'field = "😀\\n"\n[fix]\ndictionary = ["{name}"]')
    text = shown(load(path), group)
    saved = write("b/.spinfix.toml", text)
    assert load(saved).values["fix"]["field"] == "😀\n"
    assert settings(saved)["fix"].items() >= settings(path)["fix"].items()


def test_a_wrong_value_in_the_environment_is_named(monkeypatch):
    monkeypatch.setenv("SPINFIX_CHECK_JOBS", "two")
    with pytest.raises(ConfigError, match="environment: jobs: 'two' is not a valid integer"):
        shown(None, group)
