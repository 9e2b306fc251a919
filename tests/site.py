"""The hub as a site that a real browser can open, and a walk through every page that its links lead to."""

import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any
from urllib.parse import urlsplit

import pytest
from flask import Flask
from werkzeug.exceptions import HTTPException
from werkzeug.routing import Map
from werkzeug.serving import make_server

from advocacy.base.house import House
from advocacy.people import sessions
from advocacy.people.models import User

if TYPE_CHECKING:
    from playwright.sync_api import BrowserContext, Page

NO_PAGES = ("static", "media.", "links.")


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


@contextmanager
def served(app: Flask) -> Iterator[str]:
    """Serve an app on a free port for as long as the block lasts; gives its address."""
    server = make_server("127.0.0.1", 0, app, threaded=True)
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


def walk(page: "Page", url_map: Map, url: str, *, start: str = "/", samples: int = 1) -> Iterator[Stop]:
    """Open every kind of page that links lead to, the nearest first, and stop at each.

    Args:
        page: stands on the page while the caller looks at it; it must be back there afterwards.
        url_map: the app's routes, by which kinds are told apart.
        url: the site's address.
        start: the path to begin with.
        samples: how many of a kind, say two different items.
    """
    adapter = url_map.bind(urlsplit(url).netloc)
    waiting, known, counts = [start], {start}, dict[str, int]()
    while waiting:
        path = waiting.pop(0)
        endpoint = _kind(adapter, path)
        if endpoint is None or counts.get(endpoint, 0) >= samples:
            continue
        answer = page.goto(url + path)
        if answer is None or "text/html" not in answer.headers.get("content-type", ""):
            continue
        landed = page.url.removeprefix(url)
        endpoint = _kind(adapter, landed) or endpoint
        if counts.get(endpoint, 0) >= samples:
            continue
        counts[endpoint] = counts.get(endpoint, 0) + 1
        links = page.eval_on_selector_all("a[href]:not([download])", "links => links.map(link => link.href)")
        for link in links:
            found = link.partition("#")[0].removeprefix(url)
            if found.startswith("/") and found not in known:
                known.add(found)
                waiting.append(found)
        yield Stop(endpoint, landed)


def _kind(adapter: Any, path: str) -> str | None:
    try:
        endpoint = adapter.match(path.partition("?")[0], method="GET")[0]
    except HTTPException:  # no such page, or one that only takes posts
        return None
    return None if endpoint.startswith(NO_PAGES) else str(endpoint)
