"""Records: what is not edited comes back byte for byte."""

import io
import json

import pytest
from hypothesis import given
from hypothesis import strategies as st

from spinfix import Edit
from spinfix.formats import FormatError, read_records


def lines(text, field="text"):
    return list(read_records(io.StringIO(text, newline="\n"), "jsonl", field))


json_values = st.recursive(
    st.none() | st.booleans() | st.integers() | st.text(),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(), inner, max_size=3),
    max_leaves=6,
)


@given(st.dictionaries(st.text(), json_values, max_size=4), st.text(), st.booleans(), st.data())
def test_only_the_field_changes(fields, text, ascii_only, data):
    row = {**fields, "text": text}
    raw = json.dumps(row, ensure_ascii=ascii_only, indent=None) + "\n"
    (record,) = lines(raw)
    assert record.text == text
    assert record.rewritten([]) == raw
    if not text:
        return
    start = data.draw(st.integers(0, len(text) - 1))
    new = data.draw(st.text(min_size=1))
    edit = Edit(start, start + 1, text[start], new, 1.0)
    fixed = json.loads(record.rewritten([edit]))
    assert fixed == {**row, "text": text[:start] + new + text[start + 1 :]}


def test_spacing_escapes_and_order_are_kept():
    raw = '{ "z":1.50,"text" : "caf\\u00e9 \\/ navy \\ud83d\\ude00",  "a": [1,  2] }\r\n'
    (record,) = lines(raw)
    assert record.text == "café / navy 😀"
    edit = Edit(7, 11, "navy", "military", 1.0)
    assert record.rewritten([edit]) == raw.replace("navy", "military")


def test_ids_and_line_numbers():
    first, blank, second = lines('{"id": "a", "text": "x"}\n\n{"id": 7, "text": "y"}')
    assert (first.id, first.line, second.id, second.line) == ("a", 1, "7", 3)
    assert blank.rewritten([]) == "\n"


@pytest.mark.parametrize(
    ("line", "message"),
    [
        ("[1]", "line 2: not a JSON object"),
        ('"text"', "line 2: not a JSON object"),
        ('{"text": "a"', "line 2: not JSON"),
        ('{"text": "a"} {}', "line 2: not JSON"),
        ("{text: 1}", "line 2: not JSON"),
        ("nonsense", "line 2: not JSON"),
        ('{"body": "a"}', "line 2: no field 'text' .fields here: body; choose with --field"),
        ('{"text": null}', "line 2: field 'text' is not a string"),
    ],
)
def test_bad_lines_are_named(line, message):
    with pytest.raises(FormatError, match=message):
        lines('{"text": "fine"}\n' + line + "\n")


def test_a_byte_order_mark_is_kept():
    raw = '\ufeff{"text": "navy"}\n'
    (record,) = lines(raw)
    edit = Edit(0, 4, "navy", "military", 1.0)
    assert record.rewritten([edit]) == '\ufeff{"text": "military"}\n'
