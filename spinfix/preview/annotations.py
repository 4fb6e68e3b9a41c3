"""Findings as other programs show them: SARIF for code scanning, GitHub workflow commands."""

from __future__ import annotations

import json
import re
from collections.abc import Iterable, Iterator
from pathlib import Path, PurePath
from typing import Literal, NamedTuple
from urllib.parse import quote

Level = Literal["warning", "note"]
Json = dict[str, object]

#: For each rule: a title, and what to do about a finding.
RULES = {
    "spun-article": (
        "Article rewritten by a synonym spinner",
        "The words of this text were replaced by synonyms, as article spinners do. "
        "See what spinfix would restore with `spinfix diff`, and restore it with `spinfix fix`.",
    ),
    "spun-phrase": (
        "Phrase put there by a synonym spinner",
        "These words most likely stand for others in the original. "
        "`spinfix explain` shows why, and the other readings.",
    ),
}

#: What the two formats call a level.
_GITHUB_LEVELS = {"warning": "warning", "note": "notice"}


class Finding(NamedTuple):
    """Something found in an input.

    Lines and columns count from 1, columns in characters; ``end_column`` is the one after
    the last.  Without columns, whole lines are meant.  ``replacement`` is the old and the
    new text; the old one starts at ``line`` and ``column``.
    """

    name: str
    line: int
    column: int | None
    end_line: int
    end_column: int | None
    message: str
    level: Level
    confidence: float
    rule: str
    replacement: tuple[str, str] | None = None


def sarif(findings: Iterable[Finding], version: str) -> str:
    """A SARIF 2.1.0 log, as ASCII, of one run of spinfix ``version``."""
    ids = list(RULES)
    driver = {"name": "spinfix", "version": version, "rules": [_rule(name) for name in ids]}
    run = {
        "tool": {"driver": driver},
        "columnKind": "unicodeCodePoints",
        "results": [_result(finding, ids.index(finding.rule)) for finding in findings],
    }
    log = {
        "$schema": "https://json.schemastore.org/sarif-2.1.0.json",
        "version": "2.1.0",
        "runs": [run],
    }
    return json.dumps(log, indent=2, allow_nan=False)


def _rule(name: str) -> Json:
    title, text = RULES[name]
    return {
        "id": name,
        "shortDescription": {"text": title},
        "fullDescription": {"text": text},
        "help": {"text": text},
        "defaultConfiguration": {"level": "warning"},
    }


def _result(finding: Finding, rule: int) -> Json:
    place: Json = {"uri": _uri(finding.name)}
    region = _region(finding)
    result: Json = {
        "ruleId": finding.rule,
        "ruleIndex": rule,
        "level": finding.level,
        "message": {"text": _valid(finding.message)},
        "locations": [{"physicalLocation": {"artifactLocation": place, "region": region}}],
        "properties": {"confidence": round(finding.confidence, 4)},
    }
    # A fix has to name the very characters that go: without an end it would take the line.
    if finding.replacement is not None and "endColumn" in region:
        old, new = finding.replacement
        if new == _valid(new):
            change = {"deletedRegion": region, "insertedContent": {"text": new}}
            result["fixes"] = [
                {
                    "description": {"text": _valid(f"Replace “{old}” by “{new}”")},
                    "artifactChanges": [{"artifactLocation": place, "replacements": [change]}],
                }
            ]
    return result


def _region(finding: Finding) -> Json:
    region: Json = {"startLine": finding.line, "endLine": finding.end_line}
    if finding.column is not None:
        region["startColumn"] = finding.column
        if finding.end_column is not None:
            region["endColumn"] = finding.end_column
    return region


def github(findings: Iterable[Finding]) -> Iterator[str]:
    """GitHub workflow commands, one a line without its line break; all can be sent as UTF-8."""
    for finding in findings:
        properties: dict[str, object] = {
            "file": _relative(finding.name).as_posix(),
            "line": finding.line,
            "endLine": finding.end_line,
        }
        # GitHub takes no columns where there is more than one line
        if finding.column is not None and finding.line == finding.end_line:
            properties["col"] = finding.column
            if finding.end_column is not None:
                properties["endColumn"] = finding.end_column
        properties["title"] = finding.rule
        written = ",".join(f"{key}={_property(str(value))}" for key, value in properties.items())
        yield f"::{_GITHUB_LEVELS[finding.level]} {written}::{_data(finding.message)}"


def _data(text: str) -> str:
    """A message in a workflow command, by GitHub's rules.

    Other characters that end a line somewhere, or drive a terminal, are written as escapes,
    which GitHub does not undo.
    """
    text = text.replace("%", "%25").replace("\r", "%0D").replace("\n", "%0A")
    return re.sub("[\x00-\x1f\x7f-\x9f\u2028\u2029]", lambda m: ascii(m[0])[1:-1], _valid(text))


def _property(text: str) -> str:
    return _data(text).replace(":", "%3A").replace(",", "%2C")


def _valid(text: str) -> str:
    """Halves of surrogate pairs as escapes: strict readers would refuse the whole output."""
    return text.encode("utf-8", "backslashreplace").decode("utf-8")


def _relative(name: str) -> PurePath:
    """The path from the working folder, where it is below that."""
    path = PurePath(name)
    here = Path.cwd()
    return path.relative_to(here) if path.is_relative_to(here) else path


def _uri(name: str) -> str:
    path = _relative(name)
    text = path.as_posix()
    try:
        data = text.encode("utf-8", "surrogateescape")  # a name's own bytes
    except UnicodeEncodeError:
        data = text.encode("utf-8", "surrogatepass")
    if not path.is_absolute():
        return quote(data)  # a colon too: what stands before it is no scheme
    return f"file:///{quote(data, safe='/:').lstrip('/')}"
