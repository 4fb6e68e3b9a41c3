"""CSV and TSV: articles in the columns of a table, read as Python's csv module does."""

import csv
import io
from unittest import mock

import pytest
from hypothesis import example, given
from hypothesis import strategies as st
from test_formats import blocks, pieces

from spinfix import Edit
from spinfix.formats import Layout, RecordError, delimited, parser, spliced
from spinfix.formats.records import Kind

#: What a cell may hold; a NUL is nothing that every version of csv reads.
cells = st.text(st.characters(codec="utf-8", exclude_characters="\0"), max_size=8) | st.text(
    st.sampled_from('a",;\t|\r\n \ufeff'), max_size=6
)
tables = st.integers(1, 4).flatmap(
    lambda width: st.lists(st.lists(cells, min_size=width, max_size=width), min_size=1, max_size=5)
)
#: With few quotes csv puts a line break in them only where rows end in that kind.
styles = st.builds(
    lambda delimiter, rest: {"delimiter": delimiter, **rest},
    st.sampled_from(",;\t|"),
    st.sampled_from(
        [
            {"quoting": csv.QUOTE_MINIMAL, "lineterminator": "\r\n"},
            *({"quoting": csv.QUOTE_ALL, "lineterminator": end} for end in ("\r\n", "\n", "\r")),
        ]
    ),
)


def table(rows, **style):
    stream = io.StringIO(newline="")
    csv.writer(stream, **style).writerows(rows)
    return stream.getvalue()


def read(text, delimiter=","):
    return list(csv.reader(io.StringIO(text, newline=""), delimiter=delimiter))


def parse(raw, header="id,text\n", fields=("text",), delimiter=""):
    return parser("csv")(raw, Layout(fields, delimiter, header))


def fixed(record, *edits):
    return spliced(record.raw, [splice for each in record.splices(edits) for splice in each])


def edit_of(record, old, new):
    start = record.text.index(old)
    return Edit(start, start + len(old), old, new, 1.0)


@given(tables, styles, blocks)
def test_a_record_is_a_row_of_the_csv_module(rows, style, block):
    found, error = pieces("csv", table(rows, **style), block, style["delimiter"])
    assert error is None
    ours = [read(piece.raw, style["delimiter"]) for piece in found]
    assert [row for row in ours if row != [[]]] == [[row] for row in rows]
    assert [piece.header for piece in found if piece.raw.strip("\r\n")][:1] == [True]


@given(st.text(st.sampled_from('ab",\r\n'), max_size=30), blocks)
@example('a"b,"c"d"e\n', 1)
def test_any_text_is_read_as_the_csv_module_reads_it(text, block):
    found, error = pieces("csv", text, block, ",")
    rows = [row for row in read(text) if row]
    ours = [piece.raw for piece in found if piece.number or piece.header]
    assert [read(raw)[0] for raw in ours] == rows[: len(ours)]
    if error:
        return
    assert len(ours) == len(rows)
    header = ",".join("abcdefghijklmnopqrstuvwxyz")
    for raw, row in zip(ours, rows, strict=True):
        names = tuple(header[: 2 * len(row) - 1].split(","))
        record = parse(raw, ",".join(names), names, ",")
        assert record.text == "\n\n".join(row)


@given(tables, styles, st.data())
def test_only_the_column_changes(rows, style, data):
    column = data.draw(st.integers(0, len(rows[0]) - 1))
    names = [f"c{number}" for number in range(len(rows[0]))]
    (raw,) = (piece.raw for piece in pieces("csv", table(rows[:1], **style))[0][:1])
    header = style["delimiter"].join(names)
    record = parse(raw, header, (names[column],), style["delimiter"])
    text = rows[0][column]
    assert record.text == text
    assert fixed(record) == raw
    if not text:
        return
    start = data.draw(st.integers(0, len(text) - 1))
    new = data.draw(cells.filter(bool))
    edit = Edit(start, start + 1, text[start], new, 1.0)
    row = list(rows[0])
    if record.splices([edit])[0]:
        row[column] = text[:start] + new + text[start + 1 :]
    assert read(fixed(record, edit), style["delimiter"]) == [row]


@given(cells)
def test_runs_say_which_character_stands_where(text):
    raw = table([[text, "x"]])
    record = parse(raw, "text,b\n")
    runs = record.runs()
    ends = [run.start for run in runs[1:]] + [len(record.text)]
    for run, end in zip(runs, ends, strict=True):
        written, meant = raw[run.raw_start : run.raw_end], record.text[run.start : end]
        if run.kind is Kind.COPY:
            assert meant == written
        elif run.kind is Kind.ATOM:
            assert (meant, written) == ('"', '""')


def test_the_header_rows_and_blank_lines_are_told_apart():
    found, _ = pieces("csv", '\ufeff"id",text\r\n1,"a\r\nb"\r\n\r\n2,c')
    assert [(piece.number, piece.line, piece.header) for piece in found] == [
        (0, 1, True),
        (1, 2, False),
        (0, 4, False),
        (2, 5, False),
    ]


@pytest.mark.parametrize(
    ("header", "row"),
    [
        ("id,text\n", "1,a; b; c\n"),
        ("id;text\n", "1;a, b, c\n"),
        ("id\ttext\n", '1\t"a, b"\n'),
        ("id|text\n", "1|a\tb\n"),
        ('"id, of, it";x;text\n', "1;2;a\n"),
        ("\ufefftext\n", "a\n"),
    ],
)
def test_the_delimiter_is_found_in_the_header(header, row):
    assert parse(row, header).text.startswith("a")
    assert [piece.header for piece in pieces("csv", header + row)[0]] == [True, False]


def test_quotes_are_kept_and_doubled_in_a_quoted_field():
    record = parse('7,"a ""fine"" navy,\nindeed"\n')
    assert (record.id, record.text) == ("7", 'a "fine" navy,\nindeed')
    after = fixed(record, edit_of(record, "navy", 'so-called "fleet"'))
    assert after == '7,"a ""fine"" so-called ""fleet"",\nindeed"\n'
    assert fixed(record, edit_of(record, '"fine"', "good")) == '7,"a good navy,\nindeed"\n'


@pytest.mark.parametrize("new", ["a, b", 'a "b"', "a\nb", "a\rb"])
def test_what_needs_quotes_is_not_written_where_there_are_none(new):
    record = parse("7,a navy\n")
    assert record.splices([edit_of(record, "navy", new)]) == [[]]
    assert fixed(record, edit_of(record, "navy", "fleet; b")) == "7,a fleet; b\n"


def test_several_columns_are_one_article():
    header, raw = "body,id,title\n", '"A navy.",7,Ships\n'
    record = parse(raw, header, ("title", "body"))
    assert (record.text, record.fields) == ("A navy.\n\nShips", (("body", 0), ("title", 9)))
    edits = edit_of(record, "navy", "fleet"), edit_of(record, "Ships", "Boats")
    assert fixed(record, *edits) == '"A fleet.",7,Boats\n'
    assert record.splices([edit_of(record, "navy", "sea, air")]) == [[]]


def test_what_follows_a_closing_quote_is_read_but_not_edited():
    record = parse('7,"a navy"s ship\n')
    assert record.text == "a navys ship"
    assert record.splices([edit_of(record, "ship", "boat")]) == [[]]


@pytest.mark.parametrize(
    ("header", "row", "message"),
    [
        ("a,b\n", "1,2\n", r"no column 'text' \(columns: a, b; choose with --field\)"),
        ("a,b,text\n", "1,2\n", "only 2 of 3 columns"),
        ("a,text\n", '1,"2\n', "a quote without an end"),
    ],
)
def test_a_row_without_an_article_says_why(header, row, message):
    with pytest.raises(RecordError, match=message):
        parse(row, header)


def test_a_quote_left_open_is_named_with_the_line_of_its_record():
    text = 'a,b\n1,2\n3,"4\n5,6\n'
    found, error = pieces("csv", text)
    assert (len(found), error) == (2, "line 3: a quote in the record that begins here has no end")
    with mock.patch.object(delimited, "_MOST", 100):
        _, error = pieces("csv", text + "x" * 10_000, block=10)
    assert error.startswith("line 3: a record of more than 100 characters begins here")
