"""The review page without a browser: its data, what it may do, the decisions it leads to."""

import gzip
import importlib.resources
import json
import re
from base64 import b64encode
from hashlib import sha256

import pytest
from reviewing import TEXT, Parts, decided, make_page, scraped, spinner

from spinfix.batch import InputError, Target
from spinfix.batch.replay import apply
from spinfix.review.data import safe_json, utf16_places
from spinfix.review.page import frame

HOSTILE = "</script><script>alert(1)</script><!-- ]]> <img src=x onerror=alert(1)> &lt; \u2028"


@pytest.fixture
def setup(monkeypatch):
    return spinner(monkeypatch)


@pytest.fixture
def scrape(tmp_path):
    return scraped(tmp_path / "scrape")


def test_the_page_holds_every_edit_with_its_place(tmp_path, scrape, setup):
    make_page(tmp_path / "page.html", setup, scrape)
    parts = Parts(tmp_path / "page.html")
    articles, texts = parts.of("article"), parts.of("text")
    assert len(articles) == len(texts) == 6
    summary = parts.of("summary")[0]
    assert (summary["without"], summary["unread"]) == (2, 0)
    for article, text in zip(articles, texts, strict=True):
        units = text.encode("utf-16-le")
        for start, end, field, fstart, fend, old, new, sure, others, entry, passage in article[
            "edits"
        ]:
            assert units[2 * start : 2 * end].decode("utf-16-le") == old
            assert text[fstart:fend] == old and 0 <= field < len(article["fields"])
            assert summary["entries"][entry][:2] == [old.lower(), new.lower()]
            assert sure > 0.5 and others and passage == 0.98
    about = [row["input"].rpartition("/")[2] for row in parts.of("input")]
    assert about == ["a.txt", "b.jsonl", "c.html", "d.csv", "e.txt.gz", "f.txt"]
    assert [row["edits"] for row in parts.of("input")] == [5, 10, 7, 5, 5, 0]
    first = parts.of("input")[0]
    assert first["before"] == sha256((scrape / "a.txt").read_bytes()).hexdigest()
    assert (first["output"], first["after"], first["format"]) == (None, None, "text")


def test_fields_are_told_with_their_places(tmp_path, setup):
    path = tmp_path / "two.jsonl"
    path.write_text(json.dumps({"title": "🦆 A Division", "body": "Its worth"}) + "\n", "utf-8")
    make_page(tmp_path / "page.html", setup, path, fields=("title", "body"))
    article = Parts(tmp_path / "page.html").of("article")[0]
    assert article["fields"] == [["title", 0], ["body", 15]]
    assert [edit[:5] for edit in article["edits"]] == [[5, 13, 0, 4, 12], [19, 24, 1, 4, 9]]


def test_places_are_those_of_browsers():
    text = "a🦆b🦆\ud83d\udc00c"
    place = utf16_places(text)
    for n in range(len(text) + 1):
        assert place(n) == len(text[:n].encode("utf-16-le", "surrogatepass")) // 2


@pytest.mark.parametrize("text", [HOSTILE, "\0\x7f\ufeff\uffff\ud800 \udcff", "]]>&amp;<!--"])
def test_data_can_stand_in_any_page(text):
    written = safe_json({text: [text]})
    assert json.loads(written) == {text: [text]}
    assert not re.search("[<>&\u2028\u2029\ud800-\udfff]", written)


def test_hostile_articles_stay_within_the_data(tmp_path, monkeypatch):
    setup = spinner(monkeypatch, {HOSTILE: [(HOSTILE[::-1], 0.9), ("<b onclick=x>", 0.1)]})
    path = tmp_path / "<img src=x onerror=alert(1)>.jsonl"
    row = {"id": HOSTILE, HOSTILE: f"{HOSTILE} {TEXT}"}
    path.write_text(json.dumps(row) + "\n", "utf-8")
    make_page(tmp_path / "page.html", setup, path, fields=(HOSTILE,))
    parts = Parts(tmp_path / "page.html")
    assert parts.of("text") == [f"{HOSTILE} {TEXT}"] and parts.of("article")[0]["id"] == HOSTILE
    page = (tmp_path / "page.html").read_text("utf-8")
    head, tail = frame()
    assert page.startswith(head) and page.endswith(tail)
    line = re.compile(r'<script type="application/json" class="[a-z]+">[^<>&]*</script>')
    assert all(map(line.fullmatch, page[len(head) : -len(tail)].splitlines()))


@pytest.mark.parametrize("served", [False, True])
def test_the_page_may_run_its_own_script_and_nothing_else(tmp_path, setup, scrape, served):
    make_page(tmp_path / "page.html", setup, scrape, served=served)
    parts = Parts(tmp_path / "page.html")
    meta = [its for tag, its in parts.tags if its.get("http-equiv") == "Content-Security-Policy"]
    rules = dict(rule.split(" ", 1) for rule in str(meta[0]["content"]).split("; "))

    def named(text):
        return f"'sha256-{b64encode(sha256(text.encode()).digest()).decode()}'"

    assert rules.pop("script-src") == named(parts.scripts[0]) and len(parts.scripts) == 1
    assert rules.pop("style-src") == named(parts.styles[0]) and len(parts.styles) == 1
    assert rules.pop("connect-src") == ("'self'" if served else "'none'")
    assert rules.pop("require-trusted-types-for") == "'script'"
    for name in ("default-src", "img-src", "base-uri", "form-action", "trusted-types"):
        assert rules.pop(name) == "'none'"
    assert not rules


def test_the_page_names_nothing_outside(tmp_path, setup, scrape):
    make_page(tmp_path / "page.html", setup, scrape)
    for tag, attributes in Parts(tmp_path / "page.html").tags:
        assert tag not in ("link", "img", "iframe", "object", "embed", "base", "form")
        assert not {"src", "href", "style", "srcdoc"} & attributes.keys()
        assert not any(name.startswith("on") for name in attributes)


def test_the_script_never_makes_markup_of_text():
    folder = importlib.resources.files("spinfix.review")
    sources = {each.name: each.read_text("utf-8") for each in folder.iterdir() if "." in each.name}
    for name, source in sources.items():
        if name.endswith(".js"):
            for word in ("innerHTML", "outerHTML", "insertAdjacent", "document.write", "eval("):
                assert word not in source, name
            assert not re.search(r"</?script|<!--|Function\(|\.on[a-z]+ =|https?:", source), name
            assert max(map(len, source.splitlines())) <= 100, name
        elif name.endswith(".css"):
            assert not re.search(r"url\(|@import|expression|https?:", source)
    assert sum(map(len, frame())) < 75_000


def applied(page, tmp_path, target, accept):
    log = tmp_path / "decisions.jsonl"
    log.write_text(decided(page, accept))
    return list(apply(log, target))


def test_decisions_make_exactly_the_accepted_edits(tmp_path, scrape, setup):
    make_page(tmp_path / "page.html", setup, scrape)
    before = {path.name: path.read_bytes() for path in scrape.iterdir()}

    def accept(row):
        return {"Division": "Bureau", "worth": "value"}.get(row["old"])

    reports = applied(tmp_path / "page.html", tmp_path, Target(in_place=True), accept)
    assert not any(isinstance(each, InputError) or each.failed for each in reports)
    for path in scrape.iterdir():
        text, old = path.read_bytes(), before[path.name]
        if path.suffix == ".gz":
            text, old = gzip.decompress(text), gzip.decompress(old)
        assert text == old.replace(b"Division", b"Bureau").replace(b"worth", b"value")


def test_decisions_against_everything_change_nothing(tmp_path, scrape, setup):
    make_page(tmp_path / "page.html", setup, scrape)
    before = {path: (path.read_bytes(), path.stat().st_mtime_ns) for path in scrape.iterdir()}
    applied(tmp_path / "page.html", tmp_path, Target(in_place=True), lambda row: None)
    assert before == {path: (path.read_bytes(), path.stat().st_mtime_ns) for path in before}
    applied(tmp_path / "page.html", tmp_path, Target(tmp_path / "out"), lambda row: row["new"])
    written = {str(path.relative_to(tmp_path / "out")) for path in (tmp_path / "out").rglob("*")}
    assert written == {"a.txt", "b.jsonl", "c.html", "d.csv", "e.txt.gz", "f.txt"}


def test_an_input_that_cannot_be_read_to_its_end_leaves_no_trace(tmp_path, scrape, setup):
    whole = make_page(tmp_path / "whole.html", setup, scrape).review
    rows = [{"id": n, "text": TEXT} for n in range(3000)]  # more than a part
    (scrape / "bb.json").write_text(json.dumps(rows)[:-2])
    (scrape / "bc.txt").symlink_to("nowhere")
    made = make_page(tmp_path / "page.html", setup, scrape)
    assert made.review == whole
    assert (tmp_path / "page.html").read_bytes() == (tmp_path / "whole.html").read_bytes()


def test_other_data_are_known_by_another_name(tmp_path, setup):
    path = tmp_path / "a.txt"
    path.write_text(TEXT, "utf-8")
    first = make_page(tmp_path / "page.html", setup, path).review
    assert make_page(tmp_path / "page.html", setup, path).review == first
    path.write_text(TEXT + " ", "utf-8")
    assert make_page(tmp_path / "page.html", setup, path).review != first
