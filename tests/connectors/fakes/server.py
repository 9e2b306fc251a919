"""A network's server on loopback: remembers every request, and fails on demand in each way a network can fail.

`start()` and `stop()` it, or use it as a context manager; `base_url` is where it listens; `requests` is what it was
asked; `fail(...)` makes it misbehave. Its clock is the test's.
"""

from __future__ import annotations

import json
import re
import threading
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from enum import Enum
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any, Self
from urllib.parse import parse_qsl, urlsplit


class Clock:
    """The time as the test wants it. Calling it tells the time, so that it is also a connector's `now`."""

    def __init__(self, start: datetime = datetime(2026, 10, 1, 9, 0, tzinfo=UTC)) -> None:
        self.time = start

    def __call__(self) -> datetime:
        return self.time

    def tick(self, **span: float) -> None:
        """Let time pass: `tick(minutes=61)`."""
        self.time += timedelta(**span)


class Fault(Enum):
    """What happens to a request instead of the ordinary answer."""

    HANG_BEFORE = "hangs; nothing is carried out"
    HANG_AFTER = "carries it out, then hangs"
    RESET_BEFORE = "closes the connection; nothing is carried out"
    LOST = "carries it out, then closes the connection without an answer"
    HALF_BODY = "carries it out, then closes in the middle of the answer"
    HALF_JSON = "carries it out, and answers with half the JSON as if it were whole"
    NOT_JSON = "carries it out, and answers 200 with a page of HTML"


@dataclass
class Request:
    """One request as it arrived."""

    method: str
    path: str
    query: list[tuple[str, str]]
    headers: Mapping[str, str]
    body: bytes
    target: str = ""

    @property
    def json(self) -> Any:
        return json.loads(self.body) if self.body else None

    @property
    def form(self) -> dict[str, str]:
        """The body's fields, be it JSON or a form."""
        if self.headers.get("content-type", "").startswith("application/json"):
            return dict(self.json)
        return dict(parse_qsl(self.body.decode()))

    @property
    def token(self) -> str:
        return self.headers.get("authorization", "").removeprefix("Bearer ")

    def args(self, name: str) -> list[str]:
        return [value for key, value in self.query if key == name]


@dataclass
class Response:
    """An answer. `body` is made JSON unless it is text or bytes already."""

    status: int = 200
    body: Any = field(default_factory=dict)
    headers: dict[str, str] = field(default_factory=dict)

    def encoded(self) -> tuple[bytes, str]:
        if isinstance(self.body, bytes):
            return self.body, "application/octet-stream"
        if isinstance(self.body, str):
            return self.body.encode(), "text/html; charset=utf-8"
        return json.dumps(self.body).encode(), "application/json; charset=utf-8"


class Refuse(Exception):
    """Raised by a route: answer with this instead."""

    def __init__(self, status: int, body: Any, **headers: str) -> None:
        super().__init__(str(body))
        self.response = Response(status, body, {name.replace("_", "-"): value for name, value in headers.items()})


@dataclass
class _Rule:
    what: Fault | Response
    match: re.Pattern[str]
    left: int


Handler = Callable[[Any, Request], Response]


def route(method: str, pattern: str) -> Callable[[Handler], Handler]:
    """Let a method of a fake answer `method` on paths that match `pattern` as a whole."""

    def mark(handler: Handler) -> Handler:
        handler.routes = [*getattr(handler, "routes", []), (method, re.compile(pattern))]  # type: ignore[attr-defined]
        return handler

    return mark


class FakeServer:
    """What all fakes share: listening, remembering, failing."""

    def __init__(self, clock: Clock | None = None) -> None:
        self.clock = clock or Clock()
        self.requests: list[Request] = []
        self._rules: list[_Rule] = []
        self._lock = threading.RLock()
        self._ended = threading.Event()
        self._server: ThreadingHTTPServer | None = None
        found = (getattr(type(self), name, None) for name in dir(type(self)))
        self._routes = [(*one, handler) for handler in found for one in getattr(handler, "routes", [])]

    def start(self) -> Self:
        """Listen on a free port of 127.0.0.1."""
        handling = type("Handling", (_Handling,), {"server_fake": self})
        self._server = ThreadingHTTPServer(("127.0.0.1", 0), handling)
        self._server.daemon_threads = True
        threading.Thread(target=self._server.serve_forever, kwargs={"poll_interval": 0.01}, daemon=True).start()
        return self

    def stop(self) -> None:
        """End listening; requests that hang are let go."""
        self._ended.set()
        if self._server:
            self._server.shutdown()
            self._server.server_close()

    def __enter__(self) -> Self:
        return self.start()

    def __exit__(self, *_: object) -> None:
        self.stop()

    @property
    def base_url(self) -> str:
        assert self._server, "start the fake first"
        return f"http://127.0.0.1:{self._server.server_address[1]}"

    def fail(self, what: Fault | Response, match: str = ".*", times: int = 1_000_000) -> None:
        """From now on, `times` requests whose "METHOD /path" matches `match` get `what`.

        A `Response` is given without carrying anything out.
        """
        self._rules.append(_Rule(what, re.compile(match), times))

    def heal(self) -> None:
        """Misbehave no more."""
        self._rules.clear()

    def asked(self, match: str) -> list[Request]:
        """The requests so far whose "METHOD /path" matches."""
        return [one for one in self.requests if re.search(match, f"{one.method} {one.path}")]

    def carry_out(self, request: Request) -> Response:
        """The ordinary answer. One request at a time, as a database transaction would have it."""
        with self._lock:
            for method, pattern, handler in self._routes:
                found = pattern.fullmatch(request.path)
                if method == request.method and found:
                    try:
                        response: Response = handler(self, request, **found.groupdict())
                    except Refuse as refusal:
                        response = refusal.response
                    return response
            return self.no_such_route(request)

    def no_such_route(self, request: Request) -> Response:
        return Response(404, "<h1>Not found</h1>")

    def fault_for(self, request: Request) -> Fault | Response | None:
        with self._lock:
            for rule in self._rules:
                if rule.left > 0 and rule.match.search(f"{request.method} {request.path}"):
                    rule.left -= 1
                    return rule.what
        return None

    def hang(self) -> None:
        self._ended.wait(20)


class _Handling(BaseHTTPRequestHandler):
    server_fake: FakeServer
    protocol_version = "HTTP/1.1"

    def _serve(self) -> None:
        fake = self.server_fake
        parts = urlsplit(self.path)
        request = Request(
            self.command,
            parts.path,
            parse_qsl(parts.query, keep_blank_values=True),
            {name.lower(): value for name, value in self.headers.items()},
            self.rfile.read(int(self.headers.get("Content-Length") or 0)),
            self.path,
        )
        fake.requests.append(request)
        fault = fake.fault_for(request)
        self.close_connection = True
        if isinstance(fault, Response):
            self._answer(fault)
            return
        if fault is Fault.HANG_BEFORE:
            fake.hang()
        if fault in (Fault.HANG_BEFORE, Fault.RESET_BEFORE):
            return
        response = fake.carry_out(request)
        if fault is Fault.HANG_AFTER:
            fake.hang()
        if fault in (Fault.HANG_AFTER, Fault.LOST):
            return
        if fault is Fault.NOT_JSON:
            response = Response(200, "<html><body>Welcome to the hotel's wireless network</body></html>")
        if fault is Fault.HALF_JSON:
            whole, _ = response.encoded()
            response = Response(response.status, whole[: len(whole) // 2], response.headers)
        self._answer(response, cut=fault is Fault.HALF_BODY)

    def _answer(self, response: Response, cut: bool = False) -> None:
        body, kind = response.encoded()
        self.send_response(response.status)
        for name, value in {"Content-Type": kind, "Content-Length": str(len(body)), **response.headers}.items():
            self.send_header(name, value)
        self.end_headers()
        self.wfile.write(body[: len(body) // 2] if cut else body)

    do_GET = do_POST = do_PUT = do_DELETE = do_PATCH = _serve

    def log_message(self, format: str, *args: object) -> None:
        """The requests are remembered; nothing is printed."""
