"""Tokens: every character in its place, whatever the text."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from spinfix.text import (
    PROTECTED,
    lines,
    mixed_numeral,
    model_word,
    quoted,
    starts_with_vowel_sound,
    tokenize,
    with_case_of,
)


@pytest.mark.parametrize(
    ("text", "words"),
    [
        ("The area’s people", ["The", "area", "'s", "people"]),
        ("It’s what they’re after", ["It's", "what", "they're", "after"]),
        ("a U.S.-hosted meeting", ["a", "U.S.-hosted", "meeting"]),
        ("6.72percent of 3,000", ["6.72", "percent", "of", "3,000"]),
        ("three,000 or 37.four", ["three,000", "or", "37.four"]),
        ("one. two, three", ["one", ".", "two", ",", "three"]),
        ("the 19th at 10:30", ["the", "19th", "at", "10:30"]),
        ("a decomposed cafe\u0301", ["a", "decomposed", "cafe\u0301"]),
    ],
)
def test_words(text, words):
    assert tokenize(text).words == words


@pytest.mark.parametrize(
    "text",
    [
        "https://example.org/mentioned?in=announcement",
        "www.example.org/a_b",
        "someone@example.org",
        "#ThreeALongTime",
        "@StateDivision",
        "`the corporate`",
        "```\nthe corporate\n```",
        "<a href='x'>",
        "snake_case_name",
        "example.com",
    ],
)
def test_protected_stretches_are_one_token(text):
    assert tokenize(text).words == [PROTECTED]


@given(st.text())
def test_tokens_cover_every_character_but_space(text):
    tokens = tokenize(text)
    last = 0
    for start, end in zip(tokens.starts, tokens.ends, strict=True):
        assert text[last:start].strip() == ""
        assert start < end
        last = end
    assert text[last:].strip() == ""


def test_line_breaks_are_counted():
    assert tokenize("one\n\ntwo three").breaks == [0, 2, 0]


@pytest.mark.parametrize(
    ("text", "found"),
    [("", []), ("\n", []), ("one", [(0, 1)]), ("\none\n\ntwo three\n", [(0, 1), (1, 3)])],
)
def test_lines(text, found):
    assert list(lines(tokenize(text))) == found


def test_numbers_are_known_by_their_shape_and_acronyms_by_their_case():
    words = ["2019", "5", "US", "us", "House", "I"]
    assert [model_word(word) for word in words] == ["0000", "5", "US", "us", "house", "i"]


@pytest.mark.parametrize(
    ("words", "inside"),
    [
        ("“ a b ” c", "11110"),
        ('" a " b', "1110"),
        ("” a ” b", "1110"),
        ("a “ b c", "0111"),
        ("a b", "00"),
        ("", ""),
    ],
)
def test_quoted(words, inside):
    assert "".join("01"[flag] for flag in quoted(words.split())) == inside


@pytest.mark.parametrize("word", ["apple", "hour", "honest", "umbrella", "8", "11th", "unusual"])
def test_takes_an(word):
    assert starts_with_vowel_sound(word)


@pytest.mark.parametrize("word", ["house", "university", "one", "european", "used", "7", "unit"])
def test_takes_a(word):
    assert not starts_with_vowel_sound(word)


def test_case_moves_to_the_original():
    assert with_case_of("house", "Home") == "House"
    assert with_case_of("house", "home") == "house"
    assert with_case_of("United States", "nation") == "United States"


def test_mixed_numerals():
    assert mixed_numeral("three,000") == "3,000"
    assert mixed_numeral("37.four") == "37.4"
    assert mixed_numeral("3,000") is None
    assert mixed_numeral("three") is None


@pytest.mark.parametrize(
    "piece", ["ab.", "a-", "[a b=", "<a ", "1.", "`", "a_", "a/", "x@", "“", "&a", "#"]
)
def test_no_text_takes_quadratic_time(piece):
    """Would run for minutes if it did."""
    assert len(tokenize(piece * 200_000)) > 0
