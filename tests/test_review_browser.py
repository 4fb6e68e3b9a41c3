"""The review page in a real Chromium; accessibility with axe-core (PyPI: axe-core-python)."""

import threading

from batches import GENUINE, json_lines
from browsing import rows
from reviewing import TEXT, make_page, spinner
from selenium.webdriver.common.keys import Keys

from spinfix.batch import InputError, Target
from spinfix.batch.replay import apply
from spinfix.review.serve import Desk


def test_an_article_is_reviewed_by_keys(screen, page, scrape):
    screen.open(page)
    assert [row.text.splitlines()[0] for row in screen.all(".row")] == ["a.txt", "1"]
    assert screen.labels() == [
        "Division becomes Department, 95 %, undecided",
        "mentioned becomes said, 55 %, undecided",
        "worth becomes price, 80 %, undecided",
        "worth becomes price, 80 %, undecided",
        "Division becomes Department, 95 %, undecided",
    ]
    assert screen.driver.switch_to.active_element == screen.all(".edit")[0]
    screen.keys("a", "2", "r", "k", "j", "u", "j")  # accept, choose, refuse; back, on, undecide it
    screen.keys("w", "Office", Keys.ENTER)
    states = [label.rpartition(" becomes ")[2] for label in screen.labels()]
    assert states == [
        "Department, 95 %, accepted",
        "noted, 55 %, accepted",
        "price, 80 %, refused",
        "price, 80 %, undecided",
        "Office, 95 %, accepted",
    ]
    assert screen.text("#progress-text") == "4 of 10 decided"
    screen.keys(Keys.ESCAPE, "z", "J")
    assert screen.text("#content h2") == "1" and screen.text("#progress-text") == "3 of 10 decided"
    screen.keys("A")
    assert screen.text("#progress-text") == "8 of 10 decided"
    screen.keys("z", "R", "p")
    assert screen.text("#content h2") == "a.txt"
    reports = list(apply(screen.saved(), Target(in_place=True)))
    assert not any(isinstance(each, InputError) for each in reports)
    fixed = (
        "The Department noted the worth of naïve 🦆 ducks.\n\nIts price is less, a Department said."
    )
    assert (scrape / "a.txt").read_text("utf-8") == fixed
    assert (scrape / "b.jsonl").read_bytes() == json_lines([TEXT, GENUINE])
    screen.clean()


def test_the_edit_is_opened_by_enter_and_by_click(screen, page):
    screen.driver.set_window_size(1000, 800)
    screen.open(page)
    try:
        assert not screen.one("#detail").is_displayed()
        screen.keys("j", Keys.ENTER)
        assert screen.text("#detail h2") == "mentioned → said"
        choices = [choice.text.replace("\n", " ") for choice in screen.all(".choices li")]
        assert choices == ["1 said 55 %", "2 noted 40 %", "r mentioned as it stands"]
        assert "said into mentioned in 120 of 400 places" in screen.text(".evidence")
        assert "3 times themselves" in screen.text(".evidence")
        assert "The passage was spun: 98 %" in screen.text(".evidence")
        screen.keys(Keys.ESCAPE)
        assert not screen.one("#detail").is_displayed()
        screen.all(".edit")[2].click()
        assert screen.text("#detail h2") == "worth → price"
        screen.all(".choices button")[1].click()
        assert screen.labels()[2] == "worth becomes value, 80 %, accepted"
    finally:
        screen.driver.set_window_size(1300, 900)


def test_a_substitution_is_decided_over_all_articles(screen, page):
    screen.open(page)
    screen.keys("s")
    sums = [row.text.splitlines() for row in screen.all("#list .row")]
    assert sums[0][0] == "worth → price" and sums[1][0] == "division → department"
    assert sums[0][1] == "4 × in 2 articles · 80 %"
    assert len(screen.all(".places li")) == 4
    screen.keys("A")
    assert screen.text("#progress-text") == "4 of 10 decided"
    screen.keys("n", "r", "j", "a")
    assert screen.text("#progress-text") == "6 of 10 decided"
    screen.all(".under .link")[0].click()
    assert screen.text("#content h2") == "a.txt"
    assert screen.labels()[0].endswith("95 %, refused")
    screen.keys("s", "/", "said", Keys.ESCAPE)
    assert [row.text.splitlines()[0] for row in screen.all("#list .row")] == ["mentioned → said"]


def test_more_places_come_as_they_are_wanted(screen, tmp_path, monkeypatch):
    (tmp_path / "many.txt").write_text("The worth of it. " * 60)
    make_page(tmp_path / "page.html", spinner(monkeypatch), tmp_path / "many.txt")
    screen.open(tmp_path / "page.html").keys("s")
    assert len(screen.all(".places li")) == 5
    assert screen.text("#more") == "Show 20 more of 55"
    screen.keys("jjjjj")
    assert len(screen.all(".places li")) == 25
    screen.click("#more")
    screen.click("#more")
    assert len(screen.all(".places li")) == 60 and not screen.one("#more").is_displayed()


def test_the_threshold_counts_as_it_moves(screen, page):
    screen.open(page)
    assert screen.text("#counts") == "10 made · 0 not (0 refused, 0 under)"
    screen.keys("aa")  # the second one is 55 % sure, and stays accepted
    screen.keys("t", Keys.ARROW_RIGHT * 30)
    assert screen.text("#threshold-text") == "85 % sure"
    assert screen.text("#counts") == "5 made · 5 not (0 refused, 5 under)"
    assert screen.labels()[2] == "worth becomes price, 80 %, undecided, under the threshold"
    screen.keys(Keys.END)
    assert screen.text("#counts") == "2 made · 8 not (0 refused, 8 under)"
    assert [row.get("accept") for row in rows(screen.saved()) if "edit" in row] == (
        [True, True] + [False] * 8
    )


def test_decisions_survive_a_reload_and_can_be_forgotten(screen, page):
    screen.open(page).keys("a2r")
    screen.driver.refresh()
    assert screen.text("#progress-text") == "3 of 10 decided"
    assert [label.rpartition(", ")[2] for label in screen.labels()[:4]] == (
        ["accepted", "accepted", "refused", "undecided"]
    )
    assert screen.labels()[1].startswith("mentioned becomes noted")
    screen.click("#clear")
    screen.click("dialog .primary")
    assert screen.text("#progress-text") == "0 of 10 decided"
    screen.driver.refresh()
    assert screen.text("#progress-text") == "0 of 10 decided"


def test_a_decisions_file_is_opened_again(screen, page):
    screen.open(page).keys("a2r")
    saved = screen.saved()
    header, *lines = rows(saved)
    assert header["spinfix-log"] == 1 and header["signature"] == "stand-in for reviews"
    assert [row["accept"] for row in lines if row.get("decided")] == [True, True, False]
    assert not any("at" in row for row in lines)
    assert [row["edits"] for row in lines if "input" in row] == [5, 5, 0]
    screen.driver.execute_script("localStorage.clear()")
    screen.open(page)
    screen.one("#file").send_keys(str(saved))
    screen.wait(lambda: screen.text("#dialog-title") == "Decisions opened")
    screen.click("dialog .primary")
    assert screen.text("#progress-text") == "3 of 10 decided"
    assert screen.labels()[1] == "mentioned becomes noted, 55 %, accepted"
    saved.write_text('{"spinfix-log": 2}\nnothing')
    screen.one("#file").send_keys(str(saved))
    screen.wait(lambda: screen.text("#dialog-title") == "This is no decisions file")


def test_the_list_is_searched_and_filtered(screen, page):
    screen.open(page).keys("A")
    for choice, names in (
        ("undecided", ["1"]),
        ("changed", ["a.txt", "1"]),
        ("all", ["a.txt", "1"]),
    ):
        screen.click(f'input[value="{choice}"]')
        assert [row.text.splitlines()[0].lstrip("✓ ") for row in screen.all(".row")] == names
    screen.keys("/", "a.TXT")
    assert len(screen.all(".row")) == 1 and screen.text("#side-count") == "1 of 2 articles"


def test_the_overview_tells_counts_as_text(screen, page):
    screen.open(page).keys("ro")
    cells = [row.text for row in screen.all("#histogram tbody tr")]
    assert cells[0] == "55 to 60 % 2 2" and cells[-1] == "95 to 100 % 4 3"
    assert "of them made, as things stand\n9" in screen.text(".figures")
    assert [row.text for row in screen.all("#shares .row")] == (
        ["a.txt\n75 % spun · 5 edits", "1\n75 % spun · 5 edits"]
    )


def test_served_decisions_go_to_the_file_as_they_are_made(screen, tmp_path, scrape, monkeypatch):
    page, saved = tmp_path / "page.html", tmp_path / "decisions.jsonl"
    made = make_page(page, spinner(monkeypatch), scrape, served=True)
    desk = Desk(page, made.review, saved)
    thread = threading.Thread(target=desk.serve_forever, args=(0.01,))
    thread.start()
    try:
        screen.open(desk.url).wait(lambda: screen.text("#saved") == "Saved to the file")
        screen.keys("a2r")
        screen.wait(lambda: saved.exists() and sum(map(_by_hand, rows(saved))) == 3)
        screen.open(desk.url)  # the file is what is known, not the browser
        screen.wait(lambda: screen.text("#progress-text") == "3 of 10 decided")
        offline(screen, True)
        screen.keys("a")
        screen.wait(lambda: screen.text("#saved").startswith("Not saved"))
        offline(screen, False)
        screen.keys("a")
        screen.wait(lambda: sum(map(_by_hand, rows(saved))) == 5)
    finally:
        offline(screen, False)
        desk.shutdown()
        thread.join()
        desk.server_close()


def offline(screen, off):
    """Take the network away from the browser, or give it back."""
    state = {"offline": off, "latency": 0, "downloadThroughput": -1, "uploadThroughput": -1}
    screen.driver.execute_cdp_cmd("Network.emulateNetworkConditions", state)


def _by_hand(row):
    return bool(row.get("decided"))
