"""The hub as a site that a real browser can open, and a walk through every page that its links lead to."""

import threading
from collections.abc import Callable, Iterator
from contextlib import closing, contextmanager
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any
from urllib.parse import urlsplit

import pytest
from flask import Flask
from werkzeug.exceptions import HTTPException
from werkzeug.routing import Map
from werkzeug.serving import WSGIRequestHandler, make_server
from werkzeug.wsgi import ClosingIterator

from advocacy.base.house import House
from advocacy.people import sessions
from advocacy.people.models import User

if TYPE_CHECKING:
    from _typeshed.wsgi import StartResponse, WSGIApplication, WSGIEnvironment
    from playwright.sync_api import BrowserContext, Page, Response

NO_PAGES = ("static", "media.", "links.", "connections.way_back")


@dataclass(frozen=True)
class Site:
    """The hub behind a web server on this machine."""

    url: str
    house: House
    open_page: "Callable[..., Page]"

    def visit(self, user: User | None = None, **options: Any) -> "Page":
        """A page of a new visitor, signed in as this person if one is named; `options` as for `open_page`."""
        page = self.open_page(base_url=self.url, **options)
        if user is not None:
            enter(page.context, self.house, user, self.url)
        return page


def enter(context: "BrowserContext", house: House, user: User, url: str) -> None:
    """Sign a browser in without the sign-in page."""
    with house.db.transaction() as session:
        token = sessions.begin(session, house.clock, user=user, device="test")
    context.add_cookies([{"name": "hub", "value": token, "url": url, "httpOnly": True, "sameSite": "Lax"}])


class _Quiet(WSGIRequestHandler):
    def log(self, type: str, message: str, *args: Any) -> None:
        """Nothing: what a test shows when it fails should be about the test."""


def _closing(app: Flask) -> "WSGIApplication":
    """Werkzeug's server leaves an answer open when its reader has gone away; so it gets none that has to be closed."""

    def answer(environ: "WSGIEnvironment", start_response: "StartResponse") -> list[bytes]:
        with closing(ClosingIterator(app(environ, start_response))) as parts:
            return [b"".join(parts)]

    return answer


@contextmanager
def served(app: Flask) -> Iterator[str]:
    """Serve an app on a free port for as long as the block lasts; gives its address."""
    server = make_server("127.0.0.1", 0, _closing(app), threaded=True, request_handler=_Quiet)
    thread = threading.Thread(target=server.serve_forever, daemon=True)
    thread.start()
    yield f"http://localhost:{server.port}"
    server.shutdown()
    thread.join()
    server.server_close()


@pytest.fixture
def site(app: Flask, house: House, open_page: "Callable[..., Page]") -> Iterator[Site]:
    """The hub of this test in a browser's reach: `site.visit(user, width=390).goto("/feed")`."""
    with served(app) as url:
        yield Site(url, house, open_page)


@dataclass(frozen=True)
class Stop:
    """A page on the walk: which kind of page, and where it was found."""

    endpoint: str
    path: str


def walk(page: "Page", url_map: Map, url: str, *, samples: int = 1) -> Iterator[Stop]:
    """Open every kind of page: those whose path needs no knowledge, and those that links lead to from there.

    Args:
        page: stands on the page while the caller looks at it.
        url_map: the app's routes, by which kinds are told apart.
        url: the site's address.
        samples: how many of a kind, say two different items.
    """
    adapter = url_map.bind(urlsplit(url).netloc)
    waiting = ["/", *sorted(rule.rule for rule in url_map.iter_rules() if not rule.arguments)]
    linked, counts = {"/"}, dict[str, int]()
    while waiting:
        path = waiting.pop(0)
        if counts.get(_kind(adapter, path) or path, 0) >= samples or _kind(adapter, path) is None:
            continue
        answer = _open(page, url + path)
        if answer is None:
            continue
        if answer.status >= 400:
            # A path made from the routes may be refused for good reasons; a link has to lead somewhere.
            assert answer.status < (400 if path in linked else 500), f"{path} answered {answer.status}"
            continue
        if not answer.text().lstrip().lower().startswith("<!doctype"):
            continue  # a piece that another page takes in
        landed = page.url.removeprefix(url)
        endpoint = _kind(adapter, landed)
        if endpoint is None or counts.get(endpoint, 0) >= samples:
            continue
        counts[endpoint] = counts.get(endpoint, 0) + 1
        links = page.eval_on_selector_all("a[href]:not([download])", "links => links.map(link => link.href)")
        for link in links:
            found = link.partition("#")[0].removeprefix(url)
            if found.startswith("/") and found not in linked:
                linked.add(found)
                waiting.append(found)
        yield Stop(endpoint, landed)


def _open(page: "Page", address: str) -> "Response | None":
    """The page's answer; None for a file."""
    from playwright.sync_api import Error

    try:
        answer = page.goto(address)
    except Error as problem:
        if "Download is starting" in str(problem) or "ERR_ABORTED" in str(problem):
            return None
        raise
    return answer if answer and "text/html" in answer.headers.get("content-type", "") else None


def _kind(adapter: Any, path: str) -> str | None:
    try:
        endpoint = adapter.match(path.partition("?")[0], method="GET")[0]
    except HTTPException:  # no such page, or one that only takes posts
        return None
    return None if endpoint.startswith(NO_PAGES) else str(endpoint)
