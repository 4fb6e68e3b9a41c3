"""The review command, and the server of its page."""

import http.client
import json
import threading
from urllib.parse import urlsplit

import pytest
from batches import json_lines
from click.testing import CliRunner
from reviewing import TEXT, decided, make_page, scraped, spinner

from spinfix.batch import InputError, work
from spinfix.cli.review import command
from spinfix.review import is_page
from spinfix.review.serve import Desk, DeskError


@pytest.fixture
def setup(monkeypatch):
    return spinner(monkeypatch)


@pytest.fixture
def scrape(tmp_path):
    return scraped(tmp_path / "scrape")


@pytest.fixture
def review(monkeypatch, setup, tmp_path):
    monkeypatch.chdir(tmp_path)
    monkeypatch.setattr("spinfix.cli.review.setup_of", lambda **options: setup)

    def run(*arguments):
        return CliRunner().invoke(command, [str(each) for each in arguments])

    return run


def test_the_command_writes_a_page_and_says_so_in_a_line(review, scrape, tmp_path):
    done = review("scrape", "-o", "review.html")
    assert (done.exit_code, done.stdout) == (0, "")
    assert done.stderr == "review.html: 32 edits in 6 articles, 2 without\n"
    assert is_page(tmp_path / "review.html")
    again = review("scrape", "-q", "-o", "review.html")
    assert (again.exit_code, again.stderr) == (0, "")


def test_only_pages_are_written_over(review, scrape, tmp_path):
    other = tmp_path / "other.html"
    other.write_text("<!doctype html><p>mine")
    done = review("scrape", "-o", other)
    assert done.exit_code != 0 and isinstance(done.exception, InputError)
    assert "--force" in str(done.exception)
    assert other.read_text() == "<!doctype html><p>mine"
    assert review("scrape", "-o", other, "--force").exit_code == 0 and is_page(other)


def test_a_page_in_the_folder_of_the_inputs_is_no_input(review, scrape):
    first = review("scrape", "-o", "scrape/review.html")
    page = (scrape / "review.html").read_bytes()
    again = review("scrape", "scrape/a.txt", "-o", "scrape/review.html")
    assert first.stderr == again.stderr and (scrape / "review.html").read_bytes() == page


def test_the_exit_status_tells_of_inputs_and_records(review, scrape, tmp_path):
    (scrape / "b.jsonl").write_bytes(json_lines([TEXT]) + b'{"text": 7}\n')
    assert review("scrape", "-o", "review.html").exit_code == 3
    assert review("scrape", "gone.txt", "-o", "review.html").exit_code == 2
    assert is_page(tmp_path / "review.html")
    assert review("scrape").exit_code == 2


def test_a_run_that_breaks_off_leaves_the_page_as_it_was(review, scrape, tmp_path, monkeypatch):
    review("scrape", "-o", "review.html")
    page = (tmp_path / "review.html").read_bytes()

    def stop(load):
        raise KeyboardInterrupt

    monkeypatch.setattr(work, "_outcome", stop)
    monkeypatch.setattr("spinfix.batch.packing.work", stop)
    assert review("scrape", "-j", "1", "-o", "review.html").exit_code != 0
    assert (tmp_path / "review.html").read_bytes() == page
    assert sorted(path.name for path in tmp_path.iterdir()) == ["review.html", "scrape"]


def test_the_command_serves_until_it_is_stopped(review, scrape, tmp_path, monkeypatch):
    def stopped(desk):
        assert is_page(desk.page) and "connect-src 'self'" in desk.page.read_text("utf-8")
        raise KeyboardInterrupt

    monkeypatch.setattr(Desk, "serve_forever", stopped)
    done = review("scrape", "--serve")
    assert done.exit_code == 0 and "http://127.0.0.1:" in done.stderr
    assert [path.name for path in tmp_path.iterdir()] == ["scrape"]
    (tmp_path / "decisions.jsonl").write_text("mine")
    assert review("scrape", "--serve").exit_code == 2
    assert (tmp_path / "decisions.jsonl").read_text() == "mine"


# The server


@pytest.fixture
def desk(tmp_path, scrape, setup):
    page = tmp_path / "page.html"
    made = make_page(page, setup, scrape, served=True)
    desk = Desk(page, made.review, tmp_path / "decisions.jsonl")
    thread = threading.Thread(target=desk.serve_forever, args=(0.01,))
    thread.start()
    yield desk
    desk.shutdown()
    thread.join()
    desk.server_close()


def asked(desk, method, path, body=None, **headers):
    """Status, headers and body of an answer; the path is below the token unless it is whole."""
    address = urlsplit(desk.url)
    link = http.client.HTTPConnection(address.hostname, address.port, timeout=5)
    whole = path if path.startswith("/") else address.path + path
    named = {name.replace("_", "-"): value for name, value in headers.items()}
    link.request(method, whole, body, named)
    answer = link.getresponse()
    data = answer.read()
    link.close()
    return answer.status, answer.headers, data


def test_the_page_is_served_to_who_knows_the_address(desk):
    status, headers, body = asked(desk, "GET", "")
    assert status == 200 and body == desk.page.read_bytes()
    policy = headers["Content-Security-Policy"]
    assert "unsafe" not in policy and "frame-ancestors 'none'" in policy
    assert urlsplit(desk.url).hostname == "127.0.0.1"
    for path in ("/", "/decisions", "/x/decisions", desk.url.removesuffix("/")[-34:]):
        assert asked(desk, "GET", "/" + path.lstrip("/"))[0] == 404
    assert asked(desk, "GET", "other")[0] == 404


def test_other_names_and_origins_are_refused(desk):
    kind = {"Content_Type": "application/x-ndjson"}
    body = b'{"spinfix-log": 1}\n'
    assert asked(desk, "GET", "", Host=f"evil.example:{desk.server_port}")[0] == 403
    assert asked(desk, "POST", "decisions", body, **kind, Host="evil.example")[0] == 403
    assert asked(desk, "POST", "decisions", body, **kind, Origin="http://evil.example")[0] == 403
    assert asked(desk, "POST", "decisions", body, **kind, Origin="null")[0] == 403
    assert asked(desk, "POST", "decisions", body, Content_Type="text/plain")[0] == 415
    assert asked(desk, "POST", "/x/decisions", body, **kind)[0] == 404
    assert asked(desk, "PUT", "decisions", body, **kind)[0] == 501
    assert not desk.decisions.exists()


def test_decisions_are_saved_whole_or_not_at_all(desk):
    kind = {"Content_Type": "application/x-ndjson"}
    assert asked(desk, "GET", "decisions")[0] == 204
    good = decided(desk.page, lambda row: row["new"]).encode()
    assert asked(desk, "POST", "decisions", good, **kind)[0] == 200
    assert asked(desk, "GET", "decisions")[2] == good == desk.decisions.read_bytes()
    for bad in (b"", b"{}", b"[" * 100_000, good[:-9], b'{"spinfix-log": 1}\n7\n'):
        assert asked(desk, "POST", "decisions", bad, **kind)[0] == 400
    assert desk.decisions.read_bytes() == good
    assert not list(desk.decisions.parent.glob(".*"))


def test_decisions_about_something_else_are_not_written_over(tmp_path, scrape, setup):
    made = make_page(tmp_path / "page.html", setup, scrape)
    path = tmp_path / "decisions.jsonl"
    for other in ("notes", '{"spinfix-log": 1, "review": "another"}\n', "7"):
        path.write_text(other)
        with pytest.raises(DeskError, match="--force"):
            Desk(tmp_path / "page.html", made.review, path)
    path.write_text(json.dumps({"spinfix-log": 1, "review": made.review}) + "\n")
    Desk(tmp_path / "page.html", made.review, path).server_close()
