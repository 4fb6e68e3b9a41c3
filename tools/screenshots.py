"""Make the pictures of the review page in docs/ from samples/.

Needs Chromium and its driver (Debian: chromium, chromium-driver) and selenium.
Run: python tools/screenshots.py
"""

from __future__ import annotations

import sys
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

from selenium import webdriver
from selenium.webdriver.chrome.service import Service

from spinfix.batch import Input, Reading, Setup, Task, find_inputs, outcomes
from spinfix.review import Page

ROOT = Path(__file__).parent.parent
#: What a picture may weigh.
MOST = 150_000


def main() -> int:
    with tempfile.TemporaryDirectory() as folder:
        page = Path(folder) / "review.html"
        make_page(page)
        shots = (
            ("review-light", (1190, 590), "light", "aara\n"),
            ("review-dark", (1190, 590), "dark", "s"),
            ("review-narrow", (390, 780), "light", "aarj\n"),
        )
        too_large = [name for shot in shots if (name := picture(page, *shot))]
    return 1 if too_large else 0


def make_page(page: Path) -> None:
    """The review page of the samples."""
    reading = Reading()
    found = find_inputs([str(ROOT / "samples" / "scrape")], reading)
    inputs = [each for each in found if isinstance(each, Input)]
    setup = Setup()
    with Page(page, reading) as made:
        for mark, outcome in outcomes(inputs, setup, Task(reading, fingerprints=True)):
            made.take(mark, outcome)
        made.finish(setup.repairer().signature)


def picture(page: Path, name: str, size: tuple[int, int], scheme: str, keys: str) -> str | None:
    """Take one picture after some keys; its name if it is too large."""
    path = ROOT / "docs" / f"{name}.png"
    with browser(size, scheme) as driver:
        driver.get(page.as_uri())
        driver.find_element("id", "content").click()
        webdriver.ActionChains(driver).send_keys(keys).perform()
        driver.save_screenshot(str(path))
    print(f"{path.relative_to(ROOT)}: {path.stat().st_size:,} bytes")
    return name if path.stat().st_size > MOST else None


@contextmanager
def browser(size: tuple[int, int], scheme: str) -> Iterator[Any]:
    """A browser without a window, of some size and colour scheme."""
    options = webdriver.ChromeOptions()
    for argument in ("--headless=new", "--no-sandbox", "--disable-dev-shm-usage"):
        options.add_argument(argument)
    driver = webdriver.Chrome(options, Service("/usr/bin/chromedriver"))
    try:
        metrics = {"width": size[0], "height": size[1], "deviceScaleFactor": 1, "mobile": False}
        driver.execute_cdp_cmd("Emulation.setDeviceMetricsOverride", metrics)
        feature = {"name": "prefers-color-scheme", "value": scheme}
        driver.execute_cdp_cmd("Emulation.setEmulatedMedia", {"features": [feature]})
        yield driver
    finally:
        driver.quit()


if __name__ == "__main__":
    sys.exit(main())
