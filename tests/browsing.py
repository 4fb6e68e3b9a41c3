"""A real Chromium for tests.

Whoever imports this is skipped where there is none, unless SPINFIX_BROWSER=require.
Debian: chromium and chromium-driver; PyPI: selenium.
"""

import importlib.util
import json
import os
import shutil
from pathlib import Path

import pytest

BROWSER = shutil.which("chromium") or shutil.which("google-chrome")
DRIVER = shutil.which("chromedriver")
REQUIRED = os.environ.get("SPINFIX_BROWSER") == "require"


def missing() -> str:
    """Why there is no browser to test with."""
    if importlib.util.find_spec("selenium") is None:
        return "selenium is not installed"
    return "" if BROWSER and DRIVER else "no Chromium with its driver"


if missing() and not REQUIRED:
    pytest.skip(missing(), allow_module_level=True)

from selenium import webdriver  # noqa: E402
from selenium.webdriver.chrome.service import Service  # noqa: E402
from selenium.webdriver.common.by import By  # noqa: E402
from selenium.webdriver.support.ui import WebDriverWait  # noqa: E402


def start() -> webdriver.Chrome:
    """A browser without a window."""
    options = webdriver.ChromeOptions()
    options.binary_location = str(BROWSER)
    for argument in ("--headless=new", "--no-sandbox", "--disable-dev-shm-usage"):
        options.add_argument(argument)
    options.set_capability("goog:loggingPrefs", {"performance": "ALL", "browser": "ALL"})
    driver = webdriver.Chrome(options, Service(DRIVER))
    driver.set_window_size(1300, 900)
    return driver


class Screen:
    """The page as a person has it: keys, what is seen, what was saved."""

    def __init__(self, driver, tmp_path):
        self.driver, self.folder = driver, tmp_path

    def open(self, page):
        address = page if isinstance(page, str) else Path(page).as_uri()
        self.driver.get_log("performance")
        self.driver.get(address)
        return self

    def keys(self, *keys):
        webdriver.ActionChains(self.driver).send_keys(*keys).perform()

    def all(self, css):
        return self.driver.find_elements(By.CSS_SELECTOR, css)

    def one(self, css):
        return self.driver.find_element(By.CSS_SELECTOR, css)

    def text(self, css):
        return self.one(css).text

    def click(self, css):
        self.one(css).click()

    def labels(self, css=".edit"):
        return [mark.get_attribute("aria-label") for mark in self.all(css)]

    def wait(self, condition):
        return WebDriverWait(self.driver, 10, 0.05).until(lambda _: condition())

    def saved(self):
        """The decisions file that the page saves."""
        path = self.folder / "decisions.jsonl"
        self.driver.execute_cdp_cmd(
            "Browser.setDownloadBehavior", {"behavior": "allow", "downloadPath": str(self.folder)}
        )
        self.keys("e")
        self.click("dialog .primary")
        # Chromium reserves the name with an empty file and then renames the whole one to it.
        self.wait(lambda: path.exists() and path.stat().st_size)
        return path

    def clean(self):
        """No word of the browser about the page, and no request but that for the page."""
        assert self.driver.get_log("browser") == []
        sent = [
            message["params"]["request"]["url"]
            for row in self.driver.get_log("performance")
            if (message := json.loads(row["message"])["message"])["method"]
            == "Network.requestWillBeSent"
        ]
        others = {url for url in sent if not url.startswith(("file:", "blob:", "data:"))}
        assert not others and len(set(sent)) <= 2


def rows(path):
    """The lines of a decisions file."""
    return [json.loads(line) for line in path.read_text().splitlines()]
