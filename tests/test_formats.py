"""Formats: the pieces of an input, joined, are the input, wherever it is cut in reading."""

import io
from pathlib import PurePath
from unittest import mock

import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from spinfix.formats import FormatError, Layout, delimited, format_of, jsonarray, splitter

#: Texts of the characters that mean something in one format or another.
marked = st.text(st.sampled_from('ab1\\"{}[],;:\t\r\n \ufeffé😀\udc80'), max_size=40)
blocks = st.integers(1, 9)


def pieces(name, text, block=None, delimiter=""):
    """The pieces of a text, read in blocks of so many characters, and the FormatError."""
    stream = io.StringIO(text, newline="\n")
    found = []
    with (
        mock.patch.object(jsonarray, "_BLOCK", block or jsonarray._BLOCK),
        mock.patch.object(delimited, "_BLOCK", block or delimited._BLOCK),
    ):
        try:
            for piece in splitter(name)(stream, Layout(delimiter=delimiter)):
                found.append(piece)
        except FormatError as error:
            return found, str(error)
    return found, None


def rejoined(found):
    return "".join(piece.lead + piece.raw for piece in found)


@pytest.mark.parametrize("name", ["text", "jsonl", "json", "csv", "tsv"])
@given(text=st.text() | marked, block=blocks)
@example(text="", block=1)
@example(text='[{"a": "\\\\"}, 1 ]\n', block=1)
@example(text='a,b\r\n"1""",2\r\n\r\n', block=1)
def test_the_pieces_are_the_input(name, text, block):
    found, error = pieces(name, text, block)
    assert text.startswith(rejoined(found))
    assert error or rejoined(found) == text
    assert (found, error) == pieces(name, text)


@given(marked)
def test_any_text_is_text_and_any_line_is_a_line(text):
    for name in ("text", "jsonl"):
        assert pieces(name, text)[1] is None


@pytest.mark.parametrize("name", ["jsonl", "json", "csv", "tsv"])
@given(text=marked)
def test_records_are_counted_and_know_their_line(name, text):
    found, _ = pieces(name, text)
    numbers = [piece.number for piece in found if piece.number]
    assert numbers == list(range(1, len(numbers) + 1))
    before = ""
    for piece in found:
        before += piece.lead
        assert piece.line == 1 + before.count("\n")
        before += piece.raw


def test_the_file_name_tells_the_format():
    assert format_of(PurePath("a/b.ndjson")) == "jsonl"
    assert format_of(PurePath("b.TSV.gz")) == "tsv"
    assert format_of(PurePath("b.docx")) is None
