"""Serving a review page on this machine, and saving its decisions as they are made.

Only this machine is listened to, only requests with the token of the address are
answered, and only under the name of the server: a page of somebody else that guesses the
port, or gives its own name our address, reads and writes nothing.
"""

from __future__ import annotations

import json
import os
import secrets
import threading
from contextlib import suppress
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path

from spinfix.batch import InputError, LogError, read_log
from spinfix.batch.sinks import Place

from .page import inline, policy

#: Bytes of decisions taken at once.
_MOST = 1 << 30
_KIND = "application/x-ndjson"


class DeskError(ValueError):
    """A page that cannot be served; one line that says why."""


class Desk(ThreadingHTTPServer):
    """Serves one page and saves its decisions to one file."""

    daemon_threads = True

    def __init__(
        self, page: Path, review: str, decisions: Path, port: int = 0, force: bool = False
    ) -> None:
        """Raises DeskError where the port is taken, or the file holds something else."""
        self.page, self.decisions = page, decisions
        self.saving = threading.Lock()
        self.policy = policy(*inline(), served=True) + "; frame-ancestors 'none'"
        if not force:
            _check_decisions(decisions, review)
        self._token = secrets.token_urlsafe(24)
        try:
            super().__init__(("127.0.0.1", port), _Handler)
        except OSError as error:
            raise DeskError(f"port {port}: {error.strerror or error}") from None

    @property
    def url(self) -> str:
        """Where the page is."""
        return f"http://127.0.0.1:{self.server_port}/{self._token}/"

    def knows(self, host: str) -> bool:
        """Is it us that a request is meant for?"""
        return host in (f"127.0.0.1:{self.server_port}", f"localhost:{self.server_port}")

    def inside(self, path: str) -> str | None:
        """What a request asks for, below the token; None without it."""
        token, slash, rest = path.removeprefix("/").partition("/")
        known = secrets.compare_digest(token.encode(), self._token.encode())
        return rest if known and slash else None

    def save(self, data: bytes) -> None:
        """Replace the decisions.  Raises LogError, InputError and OSError."""
        place = Place(self.decisions)
        with self.saving:
            try:
                with place.open() as out:
                    out.write(data)
                for _ in read_log(place.partial):
                    pass
                place.take()
            finally:
                with suppress(OSError):
                    place.partial.unlink(missing_ok=True)


def _check_decisions(path: Path, review: str) -> None:
    """Refuse to write over decisions about something else."""
    if not os.path.lexists(path):
        return
    try:
        with path.open("rb") as lines:
            row = json.loads(lines.readline())
    except (OSError, ValueError):
        row = None
    if not isinstance(row, dict) or row.get("review") != review:
        raise DeskError(
            f"{path}: is there already and holds no decisions about this page; "
            "choose another --decisions, or --force"
        )


class _Handler(BaseHTTPRequestHandler):
    server: Desk
    timeout = 60
    server_version, sys_version = "spinfix", ""

    def do_GET(self) -> None:
        asked = self._asked()
        if asked == "":
            self._file(self.server.page, "text/html; charset=utf-8")
        elif asked == "decisions":
            with self.server.saving:
                self._file(self.server.decisions, _KIND)
        elif asked is not None:
            self._answer(404, b"not found\n")

    def do_POST(self) -> None:
        asked = self._asked()
        if asked is None:
            return
        origin = self.headers.get("Origin")
        size = self.headers.get("Content-Length", "")
        if asked != "decisions":
            self._answer(404, b"not found\n")
        elif origin is not None and not self.server.knows(origin.removeprefix("http://")):
            self._answer(403, b"not from here\n")
        elif self.headers.get("Content-Type") != _KIND:  # one that no form can send
            self._answer(415, b"not decisions\n")
        elif not size.isdecimal() or int(size) > _MOST:
            self._answer(413, b"too large\n")
        else:
            self._save(self.rfile.read(int(size)), int(size))

    def _asked(self) -> str | None:
        """What is asked for; None when that was refused."""
        if not self.server.knows(self.headers.get("Host", "")):
            self._answer(403, b"not under this name\n")
            return None
        asked = self.server.inside(self.path)
        if asked is None:
            self._answer(404, b"not found\n")
        return asked

    def _save(self, data: bytes, size: int) -> None:
        if len(data) != size:
            return  # the browser went away; a part is nothing
        try:
            self.server.save(data)
        except LogError:
            self._answer(400, b"not decisions\n")
        except (InputError, OSError):
            self._answer(500, b"cannot be written\n")
        else:
            self._answer(200, b"saved\n")

    def _file(self, path: Path, kind: str) -> None:
        try:
            data = path.read_bytes()
        except FileNotFoundError:
            self._answer(204, b"")
        except OSError:
            self._answer(500, b"cannot be read\n")
        else:
            self._answer(200, data, kind)

    def _answer(self, status: int, body: bytes, kind: str = "text/plain; charset=utf-8") -> None:
        self.send_response(status)
        self.send_header("Content-Type", kind)
        self.send_header("Content-Length", str(len(body)))
        self.send_header("Content-Security-Policy", self.server.policy)
        self.send_header("Cache-Control", "no-store")
        self.send_header("Referrer-Policy", "no-referrer")
        self.send_header("X-Content-Type-Options", "nosniff")
        self.send_header("Cross-Origin-Resource-Policy", "same-origin")
        self.end_headers()
        self.wfile.write(body)

    def log_message(self, format: str, *args: object) -> None:
        """Requests are not worth a line each."""
