"""The compiled tokenizer finds what the regular expression finds, whatever the text."""

from __future__ import annotations

import sys

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from spinfix.compiled import part
from spinfix.text import PROTECTED, _token, _tokenize, tokenize

pytestmark = pytest.mark.skipif(not part("_text"), reason="nothing is compiled here")

WORDS = """a A I the The US it It IT he she that let one three Five ten in com www http https ftp
    s S d x amp café naïve ﬁve İ ß ſ it\u017f K 𝐀𝐁 𐐀 ² ٣ Ⅷ 漢字 cafe\u0301 soft\u00adhyphen
    w\u200bj\u2060 3 18F 19th 4x4 6.72percent 100 3,000 10:30 three,000 37.four U.S. a.m. p.m
    B2B _ snake_case it's It’s area's AREA'S don’t they're rock'n'roll O’Neil's well-known
    mother-in-law's U.S.-hosted 12-year-old x-1.5m non\u2011breaking example.com data.gov/a?b=c
    http://a.b/c https://example.org/x#y www.example.org www.) a.b.co join+18f@gsa.gov a@b
    @handle #tag <a href='x'> </p> <3 &amp; &#39; AT&T [b] [/url] [url x=y] [1] `code` ```
    and/or a/b/c a\\b\\c C++ CTRL+C ... --- \ud83d \udc00 😀""".split()
GLUE = [*"'’.,:;-+@#&<>[]()/\\`_\"“”!?%$=*—–…\u2011\u0301\u00ad\u200b\u0345Ⓐ1aAs"]
GLUE += [*" \t\n\r\v\f\0\x1c\x85\xa0\u2028\u3000", "\r\n", "\n\n", "  ", "'s", "’s", "s "]


def written_close_together() -> st.SearchStrategy[str]:
    """What the regular expression cares about, with spaces and without."""
    pieces = st.sampled_from(WORDS) | st.sampled_from(GLUE) | st.just(" ")
    return st.lists(pieces, max_size=12).map("".join)


@settings(max_examples=1000, deadline=None)
@given(written_close_together())
def test_pieces(text):
    assert tokenize(text) == _tokenize(text)


@settings(max_examples=500, deadline=None)
@given(st.text(max_size=30) | st.text("aSs1_.,:-'’@/+ \n", max_size=30))
def test_any_characters(text):
    assert tokenize(text) == _tokenize(text)


@pytest.mark.parametrize("glue", ["", " ", *GLUE])
def test_any_two_words(glue):
    for one in WORDS:
        text = "\n".join(f"{one}{glue}{other}" for other in WORDS)
        for whole in (text, f"x{one}{glue}"):
            assert tokenize(whole) == _tokenize(whole)


@pytest.mark.parametrize("around", ["{}", "a{}", "{}a ", "one{}1", " 'a{}s'"])
def test_every_character(around):
    """There are planes without one; of the private ones the first will do."""
    characters = map(chr, [*range(0x20000), *range(0xE0000, 0xE0200), sys.maxunicode])
    text = " ".join(map(around.format, characters))
    assert tokenize(text) == _tokenize(text)


def test_samples(samples):
    for path in sorted(path for path in samples.rglob("*") if path.is_file()):
        text = path.read_text("utf-8")
        for whole in (text, text.upper(), text.replace("'", "’"), text.replace("\n", "\r\n")):
            assert tokenize(whole) == _tokenize(whole)
        for length in range(0, min(len(text), 3000), 7):
            assert tokenize(text[:length]) == _tokenize(text[:length])
            assert tokenize(text[length : length + 50]) == _tokenize(text[length : length + 50])


@pytest.mark.parametrize(
    "text",
    [
        f"{64 * 'a'}@b.co {65 * 'a'}@b.co {63 * '.'}@b.co {64 * '.'}@b.co {65 * '.'}@b.co",
        f"a-{62 * 'a'}.com a-{63 * 'a'}.com -{62 * 'a'}.com a--{63 * 'a'}.com",
        f"it's-{61 * 'a'}.com it's-{62 * 'a'}.com it's-{63 * 'a'}.com",
        "a.-b@c.de a.+b@c.de a..-b@c.de a...b@c.de a.-b.com a.-@ a.+@b.c",
        f"{24 * 'a'} {25 * 'a'} {12 * 'ab’'}s {24 * 'A'} {25 * 'A'}'A {24 * '1.'}1",
        f"&{31 * 'a'}; &{32 * 'a'}; <a{2000 * ' '}> <a{2001 * ' '}>",
    ],
)
def test_lengths_that_count(text):
    assert tokenize(text) == _tokenize(text)


def test_the_regular_expression_is_asked_only_where_it_must_be():
    asked = []

    def ask(text, start):
        asked.append(start)
        return _token(text, start)

    text = "“It’s what they're after,” the 19th well-known U.N. man's\n3,000 men said (again). "
    found = part("_text").tokenize(text, ask)
    assert asked == [text.index("U.N.")]
    assert found[2].count(PROTECTED) == 0 and found[2] == _tokenize(text).words


def test_words_are_shared():
    one, other = (tokenize("the Same words") for _ in range(2))
    assert one.words[0] is one.lower[0] is other.lower[0]
    assert one.lower[1] is other.lower[1] is tokenize("same").words[0]


@pytest.mark.parametrize("told", [(0, "w"), (-1, "w"), (9, "w"), (1,), (1, ""), 1, None])
def test_nonsense_is_refused(told):
    with pytest.raises((TypeError, ValueError)):
        part("_text").tokenize("é", lambda text, start: told)


def test_errors_come_through():
    def ask(text, start):
        raise KeyError(start)

    with pytest.raises(KeyError, match="4"):
        part("_text").tokenize("the é", ask)
    with pytest.raises(TypeError):
        part("_text").tokenize(b"the", ask)
