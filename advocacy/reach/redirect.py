"""The way out: answers `/r/<code>` in front of Flask, from memory, writes the click down and sends the visitor on.

No cookie, no session, no database on the path. What is not a plain visit to a link that works (an unknown or a
withdrawn one, another method) falls through to the pages of the hub.
"""

from __future__ import annotations

import secrets
import time
from collections.abc import Callable, Iterable
from functools import partial
from pathlib import Path
from wsgiref.types import StartResponse, WSGIApplication, WSGIEnvironment

import structlog

from advocacy.base.clock import Clock, SystemClock
from advocacy.base.db import Database
from advocacy.base.own_marks import OwnMarks
from advocacy.base.sealing import Sealer
from advocacy.reach import countries, data_centres
from advocacy.reach.asking import Asking
from advocacy.reach.journal import Journal, folder
from advocacy.reach.link_cache import Known, LinkCache
from advocacy.reach.observing import Observer
from advocacy.reach.offices import Offices
from advocacy.reach.salts import SaltInMemory

log = structlog.get_logger()

PREFIX = "/r/"
COUNT = "advocacy.count_click"
"""In the request's environment: counts it as a click on the link with the id given, for a page that sends on after all."""
FOUND = "302 Found"
ID_BYTES = 12
"""Of a click id: 96 random bits, so that nobody meets one by guessing."""
NO_BODY: tuple[bytes, ...] = ()
HEADERS = (
    ("Content-Length", "0"),
    ("Cache-Control", "no-store"),
    ("X-Content-Type-Options", "nosniff"),
    ("Referrer-Policy", "strict-origin-when-cross-origin"),
    ("Content-Security-Policy", "default-src 'none'; frame-ancestors 'none'"),
    ("Cross-Origin-Opener-Policy", "same-origin"),
    ("X-Robots-Tag", "noindex, nofollow"),
)
STRICT_TRANSPORT = ("Strict-Transport-Security", "max-age=31536000; includeSubDomains")


class Redirect:
    """A WSGI layer around the hub's pages.

    Args:
        pages: the application behind it.
        links: the links, remembered.
        journal: where clicks are written.
        observer: what is written about a request.
        seconds: tells when, in seconds since 1970.
        is_https: whether answers should tell browsers to stay with HTTPS.
    """

    def __init__(
        self,
        pages: WSGIApplication,
        *,
        links: LinkCache,
        journal: Journal,
        observer: Observer,
        seconds: Callable[[], float],
        is_https: bool = False,
    ) -> None:
        self._pages = pages
        self._links = links
        self._journal = journal
        self._observer = observer
        self._seconds = seconds
        self._headers = [*HEADERS, STRICT_TRANSPORT] if is_https else [*HEADERS]

    def __call__(self, environ: WSGIEnvironment, start_response: StartResponse) -> Iterable[bytes]:
        path = environ["PATH_INFO"]
        if not path.startswith(PREFIX) or environ["REQUEST_METHOD"] not in ("GET", "HEAD"):
            self._observer.forget_before(self._seconds())
            return self._pages(environ, start_response)
        link = self._links.find(path[3:])
        if link is None or link.target is None:
            environ[COUNT] = partial(self._count, environ, own_mark=link.own_mark if link else "")
            return self._pages(environ, start_response)
        if link.asks_for_id:
            return self._with_id(link, environ, start_response)
        self._count(environ, link.id, own_mark=link.own_mark)
        if link.headers is None:
            link.headers = [("Location", link.target), *self._headers]
        start_response(FOUND, link.headers)
        return NO_BODY

    def _with_id(self, link: Known, environ: WSGIEnvironment, start_response: StartResponse) -> Iterable[bytes]:
        """Tells the page behind the link an id of this click alone, by which it can tell us of a conversion."""
        click_id = secrets.token_urlsafe(ID_BYTES)
        self._count(environ, link.id, own_mark=link.own_mark, click_id=click_id)
        before, after = link.around_id
        start_response(FOUND, [("Location", f"{before}{click_id}{after}"), *self._headers])
        return NO_BODY

    def _count(self, environ: WSGIEnvironment, link_id: int, *, own_mark: str, click_id: str = "") -> None:
        try:
            self._journal.put(
                self._observer.line(
                    environ, link_id=link_id, own_mark=own_mark, seconds=self._seconds(), click_id=click_id
                )
            )
        except Exception:  # whatever a visitor sends, the redirect goes on
            log.exception("a click could not be described and is not counted")


def in_front_of(
    pages: WSGIApplication,
    *,
    db: Database,
    clock: Clock,
    sealer: Sealer,
    own_marks: OwnMarks,
    data_dir: Path,
    trusted_proxies: int,
    is_https: bool,
    country_database: str = "",
) -> Redirect:
    """The layer with everything it needs, ready to stand around the hub's pages.

    Args:
        pages: the application.
        db: where links and salts stand.
        clock: tells when.
        sealer: opens the day's salt.
        own_marks: what people's own browsers carry.
        data_dir: the journal's folder lies in it.
        trusted_proxies: how many proxies in front set X-Forwarded-For.
        is_https: whether people reach the hub over HTTPS.
        country_database: the file that tells countries; "" for none.
    """
    asking, offices = Asking(), Offices()
    salts = SaltInMemory(db, sealer, asking)
    return Redirect(
        pages,
        links=LinkCache(db, asking, offices=offices, own_marks=own_marks),
        journal=Journal(folder(data_dir)),
        observer=Observer(
            salts,
            data_centres.known(),
            offices=offices,
            trusted_proxies=trusted_proxies,
            country_of=countries.lookup(country_database),
        ),
        seconds=time.time if isinstance(clock, SystemClock) else lambda: clock.now().timestamp(),
        is_https=is_https,
    )
