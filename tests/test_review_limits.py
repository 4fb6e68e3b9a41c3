"""The review page under strain: hostile articles, accessibility (axe-core), many articles."""

import importlib.util
import json
import os
import random
import time
from pathlib import Path

import pytest
from batches import json_lines
from browsing import REQUIRED, rows
from reviewing import make_page, spinner
from selenium.webdriver.common.keys import Keys

#: Seconds to the first paint of 2,000 articles; twice that is left to a busy machine.
FIRST_PAINT = 1.0


PAYLOADS = [
    "<script>pwned()</script>", "</script><script>pwned()</script>", "<img src=x onerror=pwned()>",
    "<svg onload=pwned()>", "<svg><script>pwned()</script></svg>", "javascript:pwned()",
    "<a href=javascript:pwned()>x</a>", "<iframe srcdoc='<script>parent.pwned()</script>'>",
    "<!--<script>", "--><script>pwned()</script>", "]]><script>pwned()</script>",
    "\"><script>pwned()</script>", "' onmouseover='pwned()", "<body onload=pwned()>",
    "<math><mtext><style><img src=x onerror=pwned()>", "{{constructor.constructor('pwned()')()}}",
    "${pwned()}", "<link rel=stylesheet href=//evil.test>", "</title><base href=//evil.test>",
    "\\u003cscript\\u003epwned()\\u003c/script\\u003e", "<style>@import '//evil.example'</style>",
    "&lt;script&gt;pwned()&lt;/script&gt;", "\u2028pwned()\u2029",
    "<input autofocus onfocus=pwned()>",
]  # fmt: skip


def test_hostile_articles_run_nothing_and_ask_for_nothing(screen, tmp_path, monkeypatch):
    spun = {word: [(word[::-1], 0.9), ("worse " + word, 0.08)] for word in PAYLOADS}
    setup = spinner(monkeypatch, spun)
    field = "<img src=x onerror=pwned()>"
    path = tmp_path / "<img src=x onerror=pwned()>'\".jsonl"
    lines = [{"id": each, field: f"Some {each} words", "b": each} for each in PAYLOADS]
    path.write_text("".join(json.dumps(line) + "\n" for line in lines))
    make_page(tmp_path / "page.html", setup, path, fields=(field, "b"))
    script = {"source": "window.ran = 0; window.pwned = () => { window.ran += 1; };"}
    armed = screen.driver.execute_cdp_cmd("Page.addScriptToEvaluateOnNewDocument", script)
    screen.open(tmp_path / "page.html")
    for payload in PAYLOADS:
        # a browser reads CR and the like in no other way than JSON wrote them
        assert (
            screen.driver.execute_script("return document.querySelector('#content h2').textContent")
            == payload
        )
        screen.keys(Keys.ENTER, "2", Keys.ENTER, "an")
    for keys in ("s", "o", "?", Keys.ESCAPE, "s", "w", "<img src=x onerror=pwned()>", Keys.ENTER):
        screen.keys(keys)
    screen.keys(Keys.ESCAPE, "/", PAYLOADS[0], Keys.ESCAPE)
    saved = rows(screen.saved())
    assert {row["id"] for row in saved if "edit" in row} == set(PAYLOADS)
    assert screen.driver.execute_script("return window.ran") == 0
    elements = "return document.querySelectorAll('img, svg, iframe, link, base, math').length"
    assert screen.driver.execute_script(elements) == 0
    screen.clean()
    screen.driver.execute_cdp_cmd("Page.removeScriptToEvaluateOnNewDocument", armed)


def axe_source():
    """axe-core, from whatever package brings it."""
    places = [os.environ.get("SPINFIX_AXE", "")]
    for name in ("axe_core_python", "axe_playwright_python"):
        if spec := importlib.util.find_spec(name):
            places += [f"{folder}/axe.min.js" for folder in spec.submodule_search_locations or ()]
    for place in places:
        if place and Path(place).exists():
            return Path(place).read_text("utf-8")
    if REQUIRED:
        pytest.fail("axe-core is missing")
    pytest.skip("axe-core is missing: pip install axe-core-python")


@pytest.mark.parametrize("scheme", ["light", "dark"])
def test_nothing_stands_in_anybodys_way(screen, page, scheme):
    source = axe_source()
    feature = {"name": "prefers-color-scheme", "value": scheme}
    screen.driver.execute_cdp_cmd("Emulation.setEmulatedMedia", {"features": [feature]})
    found = []
    for keys in ("a2r", "s", "o", "?"):
        if keys == "a2r":
            screen.open(page)
            screen.driver.execute_script(source)
        screen.keys(keys, Keys.ENTER if keys != "?" else "")
        report = screen.driver.execute_async_script(
            "axe.run().then(arguments[0], (error) => arguments[0]({ error: String(error) }))"
        )
        assert "error" not in report, report
        for fault in report["violations"]:
            where = [node["html"][:200] for node in fault["nodes"][:3]]
            found.append((keys, fault["impact"], fault["id"], where))
    assert not [fault for fault in found if fault[1] in ("serious", "critical")]


def test_two_thousand_articles_are_there_at_once(screen, tmp_path, monkeypatch, record_property):
    chance = random.Random(7)
    plain = (
        "the river and old people of a council met after rain came down over long fields".split()
    )
    words = [*plain * 2, "worth", "mentioned", "Division"]
    texts = [" ".join(chance.choices(words, k=400)) + "." for _ in range(2000)]
    (tmp_path / "many.jsonl").write_bytes(json_lines(texts))
    make_page(tmp_path / "page.html", spinner(monkeypatch), tmp_path / "many.jsonl")
    screen.open(tmp_path / "page.html")
    paint, ready = screen.driver.execute_script(
        "return [performance.getEntriesByName('first-contentful-paint')[0].startTime,"
        " performance.getEntriesByName('ready')[0].startTime]"
    )
    size = (tmp_path / "page.html").stat().st_size
    print(f"\n{size:,} bytes: first paint {paint:.0f} ms, ready {ready:.0f} ms")
    record_property("first_paint_ms", round(paint))
    assert paint < FIRST_PAINT * 2000
    assert len(screen.all("#list .row")) < 40
    began = time.monotonic()
    screen.keys("a" * 20, "n" * 20)
    screen.keys("s", "A")
    assert "→" in screen.text("#content h2")
    assert time.monotonic() - began < 10
    decided = int(screen.text("#progress-text").split()[0].replace(",", ""))
    assert decided > 10_000
