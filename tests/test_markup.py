"""HTML, Markdown and marks: words are restored, and all around them stays as it was."""

import time
from html import unescape
from html.parser import HTMLParser
from itertools import pairwise

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from spinfix import Edit
from spinfix.edits import apply
from spinfix.formats import html, markdown, marks, spliced
from spinfix.formats.records import Kind, Layout
from spinfix.text import tokenize

PARSERS = {"html": html.parse, "markdown": markdown.parse}
both = pytest.mark.parametrize("name", PARSERS)


def read(name, raw):
    return PARSERS[name](raw, Layout())


def text_of(name, raw):
    return read(name, raw).text


def edit_of(text, old, new):
    start = text.index(old)
    return Edit(start, start + len(old), old, new, 1.0)


def restored(name, raw, old, new):
    """``raw`` after the words ``old`` of its text have become ``new``."""
    record = read(name, raw)
    (made,) = record.splices([edit_of(record.text, old, new)])
    return spliced(raw, made)


# What is text


def test_words_of_a_page_are_read_without_its_tags():
    page = "<html><head><title>Mining</title></head><body><h1>Coal</h1>\n<p>It burns.</p></body>"
    assert text_of("html", page) == "Mining\n\nCoal\n\nIt burns."


def test_words_of_markdown_are_read_without_its_marks():
    text = "# Coal *mining*\n\n- one\n  item\n- two\n\n> quoted\n> twice\n"
    assert text_of("markdown", text) == "Coal mining\n\none item\n\ntwo\n\nquoted twice"


@pytest.mark.parametrize(
    ("raw", "text"),
    [
        ("one<br>two<BR/>three", "one\ntwo\nthree"),
        ("<p>one\n<p>two", "one \n\ntwo"),
        ("<ul><li>one</li>\n\n<li>two</li></ul>", "one\n\ntwo"),
        ("<table><tr><td>one<td>two</table>", "one\n\ntwo"),
        ("one\r\ntwo\tthree", "one  two three"),
        ("\ufeff<p>one</p>", "one"),
        ("<p>&nbsp;</p><p>one&nbsp;two</p>", "one\xa0two"),
        ("one<img src=x>two", "one two"),
        ("one<wbr>two<!-- - > -->three<?pi?>", "onetwothree"),
        ("a < b & c > d", "a < b & c > d"),
        ("AT&amp;T, caf&eacute; and &#8220;it&rsquo;s&#x201d;", "AT&T, café and “it’s”"),
        ("&copy 1999, &hearts", "© 1999, &hearts"),
        ("<title>one</title>two", "one\n\ntwo"),
    ],
)
def test_html_as_text(raw, text):
    assert text_of("html", raw) == text


@pytest.mark.parametrize(
    ("raw", "text"),
    [
        ("Head\n====\n\ntext", "Head\n\ntext"),
        ("one  \ntwo\\\nthree\nfour", "one\ntwo\nthree four"),
        ("a [link `x`](http://a.b 'title') and ![alt](x.png)", "a link • and alt"),
        ("[text][label] [^1] <http://a.b>\n\n[label]: http://a.b", "text  •"),
        (r"5 \* 3 &amp; more", "5 * 3 & more"),
        ("It costs $5 and $6, and $x+y$.", "It costs $5 and $6, and •."),
        ("|a|b|\n|-|-|\n|c|d|", "a\n\nb\n\nc\n\nd"),
        ("one <br> two <b>three</b> <code>four</code>", "one \ntwo three •"),
        ("- [x] done\n1. first\n", "done\n\nfirst"),
        ("> > one\n> > two", "one two"),
        ("\ufeff# one", "one"),
        ("naïve 😀 **thé** `x` end", "naïve 😀 thé • end"),
    ],
)
def test_markdown_as_text(raw, text):
    assert text_of("markdown", raw) == text


@pytest.mark.parametrize(
    "raw",
    [
        "<script>if (a<b) word('</p>')</script>",
        "<STYLE>word {}</style >",
        "<textarea><p>word</textarea>",
        "<pre>word <code>word</pre>",
        "<pre><code>word</pre></code>",
        "<svg><title>word</title></svg>",
        "<template><p>word</p></template>",
        "<code><code>word</code> word</code>",
        "<a title='word > word' href=\"word\">",
        "<!-- word -- > word -->",
        "<!doctype word>",
        "<![CDATA[ word > word ]]>",
        "<?php word > word ?>",
        "<?xml word?><script/><style/>",
        "</ word>",
    ],
)
def test_html_that_is_left_alone(raw):
    record = read("html", f"{raw}<p>word")
    assert record.text.removeprefix("•").strip() == "word"
    (made,) = record.splices([edit_of(record.text, "word", "other")])
    assert spliced(record.raw, made) == f"{raw}<p>other"


@pytest.mark.parametrize(
    "raw",
    [
        "---\ntitle: word\n---",
        "+++\ntitle = 'word'\n+++",
        "```word\nword\n```",
        "~~~\nword\n",
        "    word",
        "<div>\nword\n</div>",
        "<script>\n\nword\n\n</script>",
        "[word]: <word> 'word'",
        "<!-- word -->",
    ],
)
def test_markdown_blocks_that_are_left_alone(raw):
    assert "word" not in text_of("markdown", raw)
    if not raw.startswith("~~~"):  # which is not closed
        assert text_of("markdown", f"{raw}\n\ntext") == "text"


def test_only_a_link_that_is_named_by_its_text_keeps_it():
    assert restored("markdown", "a [word] here", "word", "other") == "a [other] here"
    named = "a [word] here, a [word][] there\n\n[word]: http://a.b"
    assert restored("markdown", named, "word", "other") == named


# Edits


@pytest.mark.parametrize(
    ("name", "raw", "old", "new", "expected"),
    [
        ("html", "a Divi<b>sion</b> x", "Division", "unit", "a unit<b></b> x"),
        (
            "html",
            "<b>profound</b> <i>learning</i>",
            "profound",
            "deep",
            "<b>deep</b> <i>learning</i>",
        ),
        (
            "html",
            "<b>bosom</b> <i>peril</i>",
            "bosom peril",
            "breast cancer",
            "<b>breast</b> <i>cancer</i>",
        ),
        (
            "html",
            "R&amp;D facility&nbsp;x",
            "facility",
            "site & <b>",
            "R&amp;D site &amp; &lt;b&gt;&nbsp;x",
        ),
        ("html", "it&rsquo;s a dog", "dog", "dog’s", "it&rsquo;s a dog&rsquo;s"),
        ("html", "it&rsquo;s ’ a dog", "dog", "dog’s", "it&rsquo;s ’ a dog’s"),
        ("html", "caf&eacute; x", "café", "shop", "shop x"),
        ("markdown", "a **bosom** peril", "bosom peril", "breast cancer", "a **breast** cancer"),
        ("markdown", "**Divi**sion x", "Division", "Unit", "**Unit** x"),
        ("markdown", "> bosom\n> peril", "bosom peril", "breast cancer", "> breast\n> cancer"),
        ("markdown", "> bosom\r\n> peril", "bosom  peril", "breast cancer", "> breast\r\n> cancer"),
        ("markdown", "[word](word)", "word", "other", "[other](word)"),
    ],
)
def test_words_are_restored_in_their_place(name, raw, old, new, expected):
    assert restored(name, raw, old, new) == expected


@pytest.mark.parametrize(
    ("raw", "old", "new"),
    [
        ("a word", "word", "*word*"),
        ("a word", "word", "<b>"),
        ("one. Then", "one", "1"),
        ("word", "word", "- word"),
        ("**US**A and", "US", "U.S."),
        ("Divi**sion**", "Division", "unit"),
        ("a `word` b", "•", "x"),
    ],
)
def test_words_that_markdown_would_take_for_marks_are_not_written(raw, old, new):
    assert restored("markdown", raw, old, new) == raw


def test_edits_that_markdown_would_take_for_marks_are_left_out_one_by_one():
    raw = "one. Then a Divi**sion** of a word\n"
    record = read("markdown", raw)
    changes = [("one", "1"), ("Division", "unit"), ("word", "firm"), ("Then", "Now")]
    edits = sorted((edit_of(record.text, *change) for change in changes), key=lambda e: e.start)
    made = [splice for splices in record.splices(edits) for splice in splices]
    assert spliced(raw, made) == "one. Now a Divi**sion** of a firm\n"


@pytest.mark.parametrize("raw", ["R&D", "a <3 b", "&T"])
@both
def test_words_that_would_become_an_entity_or_a_tag_are_not_written(name, raw):
    record = read(name, raw)
    assert record.splices([edit_of(record.text, raw.strip("R ab&<"), "lt")]) == [[]]


# Marks


def test_text_between_off_and_on_is_protected():
    text = "one <!-- spinfix: off -->two<!--SPINFIX:ON--> three <!-- spinfix : off --> four"
    protected = [text[start:end] for start, end in marks.ranges(text)]
    assert protected == ["<!-- spinfix: off -->two<!--SPINFIX:ON-->", "<!-- spinfix : off --> four"]


def test_a_line_that_says_ignore_is_protected():
    text = "one\ntwo # spinfix: ignore\r\nthree\n<!-- Spinfix:ignore --> four"
    protected = [text[start:end] for start, end in marks.ranges(text)]
    assert protected == ["two # spinfix: ignore", "<!-- Spinfix:ignore --> four"]


def test_what_is_no_mark_protects_nothing():
    assert marks.ranges("spinfix: on, myspinfix: ignore, spinfix: ignored, spinfix off") == []


@pytest.mark.parametrize(
    ("name", "raw", "protected"),
    [
        (
            "html",
            "<p>one <b>a</b></p><!-- spinfix: off --><p>tw<i>o</i>&amp;</p><!-- spinfix: on -->3",
            "two&",
        ),
        ("html", "<p>one</p>\n<p>two</p><!-- spinfix: ignore -->\n<p>3</p>", "two"),
        ("markdown", "one\n\n<!-- spinfix: off -->\n\nt*wo*\n\n<!-- spinfix: on -->\n\n3", "two"),
        ("markdown", "one\n- t**w**o <!-- spinfix: ignore -->\n- 3", "two"),
    ],
)
def test_marks_of_a_page_protect_its_text(name, raw, protected):
    record = read(name, raw)
    ((start, end),) = record.protect
    assert record.text[start:end].strip() == protected


# Any input

TAGS = (
    "<p> </p> <b> </b> <br> <br/> <code> </code> <pre> </pre> <svg> <svg/> </svg> <script>"
    " </script> <title> </title> <a\xa0href='x>y'> <img> <!-- --> <! <? ?> </ < > & &amp; &rsquo;"
    " &nbsp; &#39; &#10; &#xd800; &eacute &not &bogus; <![CDATA[ ]]> = ' \" \ufeff \r\n \0 \ud800"
    " \xa0 <a"
).split(" ")
SIGNS = (
    "* ** _ __ ` `` ``` ~~ ~~~ [ ] ( ) ![ ]( ][ []: [a]: # ## > - + 1. 1) | |-| --- === $ $$ \\ !"
    " <b> </b> <br> <code> </code> <http://a.b> <!-- --> &amp; & < [^1] \ufeff \r\n \r \0 \ud800"
    " 😀 :"
).split(" ")
WORDS = ["word", "Division", "café", "it’s", "U.S.", "8", "3,000", "AT", "x"]
SPACES = [" ", " ", "\n", "\n\n", "    ", "\t"]


def inputs(marks):
    parts = (
        st.sampled_from(marks + WORDS + SPACES) | st.sampled_from(WORDS) | st.sampled_from(SPACES)
    )
    return st.lists(parts, max_size=24).map("".join) | st.text()


MARKUP = {"html": inputs(TAGS), "markdown": inputs(SIGNS)}


@both
@given(data=st.data())
def test_runs_tell_what_every_character_stands_for(name, data):
    raw = data.draw(MARKUP[name])
    record = read(name, raw)
    assert spliced(raw, []) == raw
    runs = [*record.runs(), None]
    assert not record.text or runs[0].start == 0
    for run, following in pairwise(runs):
        end = following.start if following else len(record.text)
        shown, source = record.text[run.start : end], raw[run.raw_start : run.raw_end]
        assert shown
        assert following is None or run.raw_end <= following.raw_start
        if run.kind is Kind.COPY:
            assert len(shown) == len(source)
            assert all(
                a == b or (a == " " and b.isspace()) for a, b in zip(shown, source, strict=True)
            )
        elif run.kind is Kind.ATOM:
            assert shown in (unescape(source), source[1:])


@both
@given(data=st.data())
@settings(max_examples=300)
def test_a_restored_word_changes_nothing_else(name, data):
    raw = data.draw(MARKUP[name])
    record = read(name, raw)
    tokens = tokenize(record.text)
    words = [i for i in range(len(tokens)) if tokens.kinds[i] == "w"]
    if not words:
        return
    i = data.draw(st.sampled_from(words))
    start, end = tokens.starts[i], tokens.ends[i]
    edit = Edit(start, end, record.text[start:end], data.draw(st.sampled_from(WORDS)), 1.0)
    (made,) = record.splices([edit])
    if made:
        again = read(name, spliced(raw, made))
        assert again.text == apply(record.text, [edit])
        assert unchanged(again) == unchanged(record)


def unchanged(record):
    """What is no text in an input, and the texts that are never edited."""
    ends = [0, *(run.raw_end for run in record.runs() if run.kind is not Kind.FIXED)]
    starts = [run.raw_start for run in record.runs() if run.kind is not Kind.FIXED]
    between = (record.raw[a:b] for a, b in zip(ends, [*starts, len(record.raw)], strict=True))
    return "".join(between)


class Words(HTMLParser):
    """The words of a page, as the parser of the standard library has them."""

    def __init__(self):
        super().__init__()
        self.found = []

    def handle_data(self, data):
        self.found += data.split()


@given(
    st.recursive(
        st.sampled_from([*WORDS, " &amp; ", "&lt;", "&#8217;", "<br>", "<!-- x > y -->", "a < b"]),
        lambda inner: st.tuples(st.sampled_from(["p", "b", "div", "a"]), st.lists(inner)).map(
            lambda both: f"<{both[0]} title='a > b'> {' '.join(both[1])} </{both[0]}>"
        ),
    )
)
def test_well_formed_pages_have_the_words_that_the_standard_library_finds(raw):
    words = Words()
    words.feed(raw)
    words.close()
    assert text_of("html", raw).split() == words.found


# Malformed and hostile input


@pytest.mark.parametrize(
    ("raw", "text"),
    [
        ("one<", "one<"),
        ("one</", "one</"),
        ("one <!-- two", "one "),
        ("one <script> two <p>", "one "),
        ("one <a href='x> two", "one "),
        ("one </code></pre> two </b>", "one \n\ntwo "),
        ("a<b two", "a"),
        ("one\0two\ud800&#xd800;&#0;", "one\0two\ud800\ufffd\ufffd"),
        ("&#99999999999999999999;", "\ufffd"),
        ("one<plaintext>two", "one"),
        ("", ""),
    ],
)
def test_malformed_html_is_read_as_browsers_do_or_left_alone(raw, text):
    assert text_of("html", raw) == text


HOSTILE = (
    "< <!-- <p> <a_b=' <a_b=\"> <a_ <a/ <a_x=y_ <a= & &a &# &#9 <![CDATA[ <! <? </ </a <script>"
    " <script></script> <style></ <code> <svg/> <title> > * _ *_~ ` `a [ [a]( ![a](b) [a] $ $$_ $a"
    " \\ | |a|\n |a|\n|-|\n >_ -_ 1._ #_ a\n é _ \n\n <!--spinfix:off spinfix:ignore spinfix_ \r"
    " ``` ---\n"
).split(" ")


def is_quick(work):
    """Does this take less than two seconds of the processor, in one of three tries?

    What is quadratic takes minutes; a machine that is short of memory is slow now and then.
    """

    def seconds():
        start = time.process_time()
        work()
        return time.process_time() - start

    return any(seconds() < 2 for _ in range(3))


@both
@pytest.mark.parametrize("part", HOSTILE)
def test_long_hostile_input_takes_no_longer_than_other_input(name, part):
    part = part.replace("_", " ") if part not in ("_", "*_~") else part
    raw = part * ({"html": 200_000, "markdown": 40_000}[name] // len(part))

    def work():
        record = read(name, raw)
        assert spliced(raw, []) == raw
        assert not record.runs() or record.text

    assert is_quick(work)


def test_end_tags_that_close_nothing_take_no_time():
    assert is_quick(lambda: read("html", "<tt>" * 25_000 + "</pre>" * 25_000))


def test_marks_are_found_in_any_case_and_after_other_rare_letters():
    for text in (
        "x X fix SpInFiX: Ignore\nb",
        "xspinfix: ignore spinfix: ignore\nb",
        "é Spinfix:ignore\nb",
    ):
        assert marks.ranges(text) == [(0, text.index("\n"))]
    for text in ("fix: ignore", "x", "pinfix: ignore", "spinfi: ignore x", ""):
        assert marks.ranges(text) == []
