"""Findings as other programs show them: SARIF and GitHub workflow commands."""

import json
import re
from pathlib import Path
from urllib.parse import unquote_to_bytes

import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from spinfix.preview.annotations import Finding, github, sarif

ARTICLE = Finding(
    "news/ferry.txt", 1, None, 9, None, "spun: 99 % sure", "warning", 0.9912345, "spun-article"
)
PHRASE = Finding(
    "news/ferry.txt",
    3,
    11,
    3,
    27,
    "“three a long time” was “three decades”",
    "note",
    0.87,
    "spun-phrase",
    ("three a long time", "three decades"),
)

#: Any text at all, halves of surrogate pairs among it.
ANYTHING = st.text(st.characters(exclude_categories=()))


def results(*findings):
    return json.loads(sarif(findings, "1.0"))["runs"][0]["results"]


def uri(name):
    (result,) = results(ARTICLE._replace(name=name))
    return result["locations"][0]["physicalLocation"]["artifactLocation"]["uri"]


def test_github_shows_an_article_and_a_phrase():
    assert list(github([ARTICLE, PHRASE])) == [
        "::warning file=news/ferry.txt,line=1,endLine=9,title=spun-article::spun: 99 %25 sure",
        "::notice file=news/ferry.txt,line=3,endLine=3,col=11,endColumn=27,title=spun-phrase"
        "::“three a long time” was “three decades”",
    ]


def test_github_gets_no_columns_for_several_lines():
    (line,) = github([PHRASE._replace(end_line=4)])
    assert "line=3,endLine=4,title=" in line


def test_github_names_and_messages_are_escaped_by_its_rules():
    (line,) = github([ARTICLE._replace(name="a,b:c%\r\n.txt", message="50 %, a:b\r\nnext")])
    assert line.startswith("::warning file=a%2Cb%3Ac%25%0D%0A.txt,line=1,")
    assert line.endswith("::50 %25, a:b%0D%0Anext")


@given(ANYTHING, ANYTHING)
@example("a\ud800\n::error::b", "x\r::set-env name=A::b")
@example("\u2028\x85\x0b\x1b[2J", "%0A\x00\udcff")
def test_no_name_and_no_message_breaks_a_line_for_github(name, message):
    (line,) = github([PHRASE._replace(name=name, message=message)])
    assert line.splitlines() == [line]
    line.encode("utf-8")
    place, data = re.fullmatch("::notice ([^:]*)::(.*)", line).groups()
    keys = [item.partition("=")[0] for item in place.split(",")]
    assert keys == ["file", "line", "endLine", "col", "endColumn", "title"]
    assert set(re.findall("%..", place + data)) <= {"%25", "%0D", "%0A", "%3A", "%2C"}


def test_sarif_has_all_that_the_schema_requires():
    log = json.loads(sarif([ARTICLE, PHRASE], "1.2.3"))
    assert log["version"] == "2.1.0"
    (run,) = log["runs"]
    driver = run["tool"]["driver"]
    assert (driver["name"], driver["version"]) == ("spinfix", "1.2.3")
    assert run["columnKind"] == "unicodeCodePoints"
    assert all(rule["help"]["text"] for rule in driver["rules"])
    for result in run["results"]:
        assert driver["rules"][result["ruleIndex"]]["id"] == result["ruleId"]


def test_sarif_of_an_article_names_its_lines():
    (result,) = results(ARTICLE)
    assert result["message"] == {"text": "spun: 99 % sure"}
    assert result["level"] == "warning"
    assert result["properties"] == {"confidence": 0.9912}
    assert result["locations"] == [
        {
            "physicalLocation": {
                "artifactLocation": {"uri": "news/ferry.txt"},
                "region": {"startLine": 1, "endLine": 9},
            }
        }
    ]
    assert "fixes" not in result


def test_sarif_of_a_phrase_has_a_fix_that_names_its_characters():
    (result,) = results(PHRASE)
    (fix,) = result["fixes"]
    region = {"startLine": 3, "startColumn": 11, "endLine": 3, "endColumn": 27}
    assert fix["artifactChanges"] == [
        {
            "artifactLocation": {"uri": "news/ferry.txt"},
            "replacements": [
                {"deletedRegion": region, "insertedContent": {"text": "three decades"}}
            ],
        }
    ]


@pytest.mark.parametrize(
    "changed",
    [
        {"column": None},
        {"end_column": None},
        {"replacement": ("old", "half \ud83d of a pair")},
    ],
)
def test_sarif_has_no_fix_that_would_delete_more_or_write_something_else(changed):
    (result,) = results(PHRASE._replace(**changed))
    assert "fixes" not in result


@pytest.mark.parametrize(
    ("name", "expected"),
    [
        ("./a b/ü.txt", "a%20b/%C3%BC.txt"),
        ("http:x", "http%3Ax"),  # a file, no scheme
        ("a\nb%#?.txt", "a%0Ab%25%23%3F.txt"),
        ("../x.txt", "../x.txt"),
        ("not-utf-8-\udcff", "not-utf-8-%FF"),
        ("/elsewhere/x y", "file:///elsewhere/x%20y"),
        (str(Path.cwd() / "below" / "x.txt"), "below/x.txt"),
    ],
)
def test_names_become_relative_uris(name, expected):
    assert uri(name) == expected


@given(ANYTHING, ANYTHING, ANYTHING)
@example("\ud800\n", "\udcff", "\ud83d\ude00")
def test_sarif_is_ascii_json_that_holds_the_message(name, message, new):
    text = sarif([PHRASE._replace(name=name, message=message, replacement=("old", new))], "1.0")
    assert text.isascii()
    result = json.loads(text)["runs"][0]["results"][0]
    readable = message.encode("utf-8", "backslashreplace").decode()
    assert result["message"]["text"] == readable
    place = result["locations"][0]["physicalLocation"]["artifactLocation"]["uri"]
    assert re.fullmatch(r"(?:file:///)?(?:[\w.~/-]|%[0-9A-F]{2}|:)*", place, re.ASCII)
    if re.fullmatch(r"\w+", name):
        assert unquote_to_bytes(place).decode() == name


def test_a_confidence_that_is_no_number_is_refused_as_json_has_none():
    with pytest.raises(ValueError):
        sarif([ARTICLE._replace(confidence=float("nan"))], "1.0")
