"""One Repairer for all tests: it is built once and reused, as users should do."""

from __future__ import annotations

from pathlib import Path

import pytest

from spinfix import Repairer

ROOT = Path(__file__).parent.parent


@pytest.fixture(scope="session")
def repairer() -> Repairer:
    return Repairer()


@pytest.fixture(scope="session")
def samples() -> Path:
    return ROOT / "samples"


@pytest.fixture(scope="session")
def expected(tmp_path_factory):
    """What the command line makes of the articles that every engine is tested with."""
    from engine_runs import articles, by_command_line

    return by_command_line(tmp_path_factory.mktemp("command-line"), articles())


@pytest.fixture(scope="module")
def chromium():
    """A browser: one a module, so that its network log holds nothing of another's."""
    from browsing import start

    driver = start()
    yield driver
    driver.quit()


@pytest.fixture
def screen(chromium, tmp_path):
    from browsing import Screen

    return Screen(chromium, tmp_path)


@pytest.fixture
def scrape(tmp_path):
    """A folder with two spun articles and two genuine ones."""
    from batches import GENUINE, json_lines
    from reviewing import TEXT

    folder = tmp_path / "scrape"
    folder.mkdir()
    (folder / "a.txt").write_text(TEXT, "utf-8")
    (folder / "b.jsonl").write_bytes(json_lines([TEXT, GENUINE]))
    (folder / "c.txt").write_text(GENUINE)
    return folder


@pytest.fixture
def page(tmp_path, scrape, monkeypatch):
    """The review page of that folder."""
    from reviewing import make_page, spinner

    make_page(tmp_path / "page.html", spinner(monkeypatch), scrape)
    return tmp_path / "page.html"
