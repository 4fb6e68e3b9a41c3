"""JSON: articles in the fields of objects, one a line or in an array."""

import io
import json
import re
import string

import pytest
from hypothesis import given
from hypothesis import strategies as st
from test_formats import blocks, pieces

from spinfix import Edit
from spinfix.formats import Layout, RecordError, parser, spliced
from spinfix.formats.records import Kind

json_values = st.recursive(
    st.none() | st.booleans() | st.integers() | st.text(),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(), inner, max_size=3),
    max_leaves=6,
)


def parse(raw, *fields):
    return parser("jsonl")(raw, Layout(fields or ("text",)))


def edit_of(record, old, new):
    start = record.text.index(old)
    return Edit(start, start + len(old), old, new, 1.0)


def fixed(record, *edits):
    return spliced(record.raw, [splice for each in record.splices(edits) for splice in each])


# One object


@given(st.dictionaries(st.text(), json_values, max_size=4), st.text(), st.booleans(), st.data())
def test_only_the_field_changes(fields, text, ascii_only, data):
    row = {**fields, "text": text}
    raw = json.dumps(row, ensure_ascii=ascii_only) + "\n"
    record = parse(raw)
    assert record.text == text
    assert fixed(record) == raw
    if not text:
        return
    start = data.draw(st.integers(0, len(text) - 1))
    new = data.draw(st.text(min_size=1))
    edit = Edit(start, start + 1, text[start], new, 1.0)
    after = json.loads(fixed(record, edit))
    assert after == {**row, "text": text[:start] + new + text[start + 1 :]}


@given(st.text(st.characters(codec="utf-8") | st.sampled_from('"\\/\n😀')), st.booleans())
def test_runs_say_which_character_stands_where(text, ascii_only):
    raw = json.dumps({"text": text}, ensure_ascii=ascii_only)
    record = parse(raw)
    runs = record.runs()
    ends = [run.start for run in runs[1:]] + [len(record.text)]
    for run, end in zip(runs, ends, strict=True):
        written = raw[run.raw_start : run.raw_end]
        if run.kind is Kind.COPY:
            assert record.text[run.start : end] == written
        elif run.kind is Kind.ATOM:
            assert record.text[run.start : end] == json.loads(f'"{written}"')


def test_spacing_escapes_and_order_are_kept():
    raw = '{ "z":1.50,"text" : "caf\\u00e9 \\/ navy \\ud83d\\ude00",  "a": [1,  2] }\r\n'
    record = parse(raw)
    assert record.text == "café / navy 😀"
    assert fixed(record, edit_of(record, "navy", "military")) == raw.replace("navy", "military")
    assert fixed(record, edit_of(record, "😀", ":)")) == raw.replace("\\ud83d\\ude00", ":)")


def test_words_are_written_as_the_words_they_replace():
    record = parse('{"text": "caf\\u00e9 bar bär"}')
    assert '"thé bar' not in fixed(record, edit_of(record, "café", "thé"))
    assert '"th\\u00e9 bar' in fixed(record, edit_of(record, "café", "thé"))
    assert 'bar \\"Bär\\""' not in fixed(record, edit_of(record, "bär", '"Bar"'))
    assert 'bar \\"Bar\\""' in fixed(record, edit_of(record, "bär", '"Bar"'))
    assert "bar Kübel" in fixed(record, edit_of(record, "bär", "Kübel"))


def test_half_a_character_stays_one_that_can_be_written():
    record = parse('{"text": "bär b\udcffr"}')
    edits = edit_of(record, "bär", "\ud800ä"), edit_of(record, "b\udcffr", "\udcffä")
    assert fixed(record, *edits) == '{"text": "\\ud800ä \udcffä"}'


def test_several_fields_are_one_article():
    raw = '{"body": "A navy.", "id": 7, "note": null, "title": "Ships"}'
    record = parse(raw, "title", "body", "note", "summary")
    assert record.text == "A navy.\n\nShips"
    assert record.fields == (("body", 0), ("title", 9))
    edits = edit_of(record, "navy", "fleet"), edit_of(record, "Ships", "Boats")
    assert fixed(record, *edits) == raw.replace("navy", "fleet").replace("Ships", "Boats")
    assert record.field_of(edits[1]) == ("title", 9)


def test_a_dot_leads_inside_unless_a_key_has_it():
    raw = '{"text": {"text" : 1}, "a": { "b.c": {"d": "x"}, "\\u0062": "in" } }'
    assert parse(raw, "a.b").text == "in"
    assert parse(raw, "a.b.c.d").text == "x"
    record = parse(raw.replace('"text"', '"a.b"', 1).replace('{"text" : 1}', '"key"'), "a.b")
    assert record.text == "key"
    assert fixed(parse(raw, "a.b"), Edit(0, 2, "in", "out", 1.0)) == raw.replace('"in"', '"out"')
    assert parse('{"a": null}', "a.b").text == ""


def test_of_keys_that_are_the_same_the_last_counts():
    raw = '{"text": "one", "t": "two", "text": "six"}'
    record = parse(raw, "text", "t")
    assert record.text == "two\n\nsix"
    edits = edit_of(record, "two", "2"), edit_of(record, "six", "6")
    assert fixed(record, *edits) == '{"text": "one", "t": "2", "text": "6"}'
    assert fixed(parse(raw, "t", "t"), Edit(0, 3, "two", "2", 1.0)) == raw.replace("two", "2")


def test_fields_of_null_are_an_empty_article():
    assert parse('{"text": null, "title": null}', "text", "title").text == ""
    assert parse('{"text": null, "title": "x"}', "text", "title").text == "x"


@pytest.mark.parametrize(
    ("value", "identity"), [('"a"', "a"), ("7", "7"), ("true", None), ("[1]", None)]
)
def test_the_id_is_a_string_or_a_whole_number(value, identity):
    assert parse(f'{{"id": {value}, "text": ""}}').id == identity


@pytest.mark.parametrize("before", ["\ufeff", " \n", ",\n  ", "\x1e"])
def test_what_stands_before_an_object_is_kept(before):
    record = parse(before + '{"text": "navy"}\n')
    assert fixed(record, Edit(0, 4, "navy", "fleet", 1.0)) == before + '{"text": "fleet"}\n'


@pytest.mark.parametrize(
    ("raw", "message"),
    [
        ("[1]", "not a JSON object"),
        ('"text"', "not a JSON object"),
        ('{"text": "a"', "not JSON (Expecting ',' delimiter at character 13)"),
        ('{"text": "a', "not JSON (Unterminated string starting at character 10)"),
        ('{"text": "a"} {}', "not JSON (there is more at character 15)"),
        ("nonsense", "not JSON (Expecting value at character 1)"),
        ("", "not JSON (Expecting value at character 1)"),
        ("{}", "no field 'text' (fields here: none; choose with --field)"),
        ('{"body": 1, "id": 2}', "no field 'text' (fields here: body, id; choose with --field)"),
        ('{"text": 1}', "field 'text' is not a string"),
        ('{"text": ["a"]}', "field 'text' is not a string"),
        ("[" * 200_000, "not JSON that can be read (nested too deeply)"),
        ('{"text": ' + '{"a":' * 200_000, "not JSON that can be read (nested too deeply)"),
    ],
    ids=lambda value: value[:20],
)
def test_a_record_without_an_article_says_why(raw, message):
    with pytest.raises(RecordError, match=re.escape(message)):
        parse(raw)


def test_of_several_fields_none_is_there():
    with pytest.raises(RecordError, match=r"no field 'a' or 'b' \(fields here: c;"):
        parse('{"c": 1}', "a", "b")


@given(st.text(st.sampled_from('{}[]":,\\ntext0 u1')) | st.text())
def test_any_line_is_an_article_or_says_why_not(raw):
    try:
        record = parse(raw)
    except RecordError:
        return
    value = json.loads(raw.lstrip("\ufeff\x1e, \t\r\n"))
    assert record.text == (value["text"] or "")


# Lines


def test_blank_lines_are_no_records():
    found, _ = pieces("jsonl", '\ufeff\n{"a": 1}\n \t\r\n{"a": 2}')
    assert [(piece.number, piece.line) for piece in found] == [(0, 1), (1, 2), (0, 3), (2, 4)]


# Arrays


@given(st.lists(json_values), st.sampled_from([None, 0, 1, "\t"]), blocks)
def test_the_elements_of_an_array_are_its_pieces(values, indent, block):
    found, error = pieces("json", json.dumps(values, indent=indent) + "\n", block)
    assert error is None
    assert [json.loads(piece.raw) for piece in found[1:-1]] == values
    assert [bool(piece.number) for piece in found[1:-1]] == [type(v) is dict for v in values]


def test_what_is_between_the_elements_leads_them():
    found, _ = pieces("json", '\ufeff[ {"a": "]"} ,\n  "x" ,{}\n]\n')
    assert [(piece.number, piece.line, piece.lead, piece.raw) for piece in found] == [
        (0, 1, "", "\ufeff[ "),
        (1, 1, "", '{"a": "]"}'),
        (0, 2, " ,\n  ", '"x"'),
        (2, 2, " ,", "{}"),
        (0, 2, "", "\n]\n"),
    ]


def test_an_object_is_one_record():
    text = '\ufeff{\n"text": "navy"}\n'
    found, _ = pieces("json", text)
    assert [(piece.number, piece.raw) for piece in found] == [(1, text)]
    assert parse(found[0].raw).text == "navy"


def test_a_bad_element_is_a_bad_record_only():
    found, error = pieces("json", '[{"text": "a"}, {text}, {"text": "b",}, {"text": "c"}]')
    assert error is None
    assert [piece.number for piece in found] == [0, 1, 2, 3, 4, 0]
    with pytest.raises(RecordError):
        parse(found[2].raw)


def test_nesting_may_be_deep():
    text = '[{"a":' + "[" * 100_000 + "]" * 100_000 + "}]"
    assert [piece.number for piece in pieces("json", text)[0]] == [0, 1, 0]


@pytest.mark.parametrize(
    ("text", "message"),
    [
        ("", "line 1: a JSON file should begin with '[' or '{' here"),
        ("\n12", "line 2: a JSON file should begin with '[' or '{' here"),
        ("[\n{},\n\n", "line 4: a value should stand here"),
        ("[\n{}\n\n", "line 4: the array has no end"),
        ("[{}\n{}]", "line 2: ',' or ']' should stand here"),
        ("[1,\n]", "line 2: a value should stand here"),
        ('[\n{"a":\n1', "line 2: the value that begins here has no end"),
        ('[\n{"a":\n"1]}', "line 2: the value that begins here has a string without an end"),
        ('[\n"a\\"]', "line 2: the value that begins here has a string without an end"),
        ("[]\n[]", "line 2: there is more after the array"),
        ('{"a": 1}\n{"a": 2}\n', "line 2: there is more after the object"),
    ],
)
def test_a_broken_array_is_named_with_its_line(text, message):
    for block in (None, 1, 2):
        assert message in pieces("json", text, block)[1]


@given(st.text(string.ascii_letters + '[]{},"\\ 1'))
def test_what_json_reads_is_not_broken(text):
    try:
        value = json.load(io.StringIO(text))
    except (ValueError, RecursionError):
        return
    assert (pieces("json", text)[1] is None) == isinstance(value, (list, dict))


def test_white_space_between_the_words_of_an_edit_stays_where_both_have_as_many_words():
    record = parser("jsonl")('{"text": "three a\\nlong time"}', Layout())
    edit = Edit(6, 12, "a\nlong", "the short", 0.9)
    assert [spliced(record.raw, its) for its in record.splices([edit])] == [
        '{"text": "three the\\nshort time"}'
    ]


def test_and_is_part_of_what_is_replaced_where_they_have_not():
    """Also where the new words bring white space of their own: the old one would be doubled."""
    record = parser("jsonl")('{"text": "a\\u001e b"}', Layout())
    for new in ("once", "x\u001e y"):
        edit = Edit(0, 4, "a\x1e b", new, 0.9)
        ((splice,),) = record.splices([edit])
        assert json.loads(spliced(record.raw, [splice]))["text"] == new
