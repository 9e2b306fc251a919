"""What the redirect sees of a request, and what of it is written down: never the address.

Two hashes, keyed with the day's salt, stand for the visitor (address, agent and host together) and for the source
(the address alone). Of the page that the visitor came from only the host is kept.
"""

from __future__ import annotations

import hashlib
from collections.abc import Callable
from typing import Any
from wsgiref.types import WSGIEnvironment

from advocacy.reach.journal import AGENT, PURPOSE, REFERRER, beginning, clean, sealed
from advocacy.reach.offices import Offices
from advocacy.reach.ranges import Ranges
from advocacy.reach.salts import SaltInMemory

VISITOR_BYTES, SOURCE_BYTES = 12, 8
NO_SALT = b"none yet"
DAY_SECONDS = 86400

DATA_CENTRE, OFFICE, OWN_VISIT = "d", "o", "w"
NO_ACCEPT, NO_LANGUAGE, TOLD_FETCH, NOT_NAVIGATING = "a", "l", "s", "n"
"""Facts, a letter each: the address is a data centre's, or one of the company's; the browser is the sharer's own; no
Accept header; no Accept-Language header; the browser sent Sec-Fetch headers; and by them this was not somebody going
to a page."""

PURPOSES = ("HTTP_SEC_PURPOSE", "HTTP_PURPOSE", "HTTP_X_PURPOSE", "HTTP_X_MOZ")

MOST_TAILS, LONGEST_TAIL = 2_000, 600
"""How many kinds of headers are remembered as they are written down, and how long (in characters) one may be: 1.5 MB
in all at most, whatever visitors send."""


def nowhere(_address: str) -> str:
    """The country of an address where no database tells: none."""
    return ""


class Observer:
    """Turns a request into a line of the journal, in a few microseconds: every visitor waits for it.

    What the headers alone decide is the same for everybody with that browser who comes from that site, so it is
    remembered as bytes. Nothing that an address goes into is.

    Args:
        salts: today's salt.
        data_centres: their addresses.
        offices: the company's own addresses.
        trusted_proxies: how many proxies in front append to X-Forwarded-For.
        country_of: the country that an address belongs to, "" when it cannot be told.
    """

    def __init__(
        self,
        salts: SaltInMemory,
        data_centres: Ranges,
        *,
        offices: Offices,
        trusted_proxies: int = 0,
        country_of: Callable[[str], str] = nowhere,
    ) -> None:
        self._country_of = country_of
        self._salts = salts
        self._is_in_data_centre = data_centres.holds
        self._is_in_office = offices.holds
        self._hops = trusted_proxies
        self._tails: dict[tuple[Any, ...], bytes] = {}
        self._take(NO_SALT)

    def line(
        self, environ: WSGIEnvironment, *, link_id: int, own_mark: str, seconds: float, click_id: str = ""
    ) -> bytes:
        """A request as it is written down.

        Args:
            environ: WSGI's.
            link_id: the tracked link that was asked for.
            own_mark: what the sharer's own browsers carry; "" when the link is nobody's.
            seconds: the moment it was, since 1970.
            click_id: what the page behind the link is told; "" where that is off.
        """
        salt = self._salts.of(int(seconds // DAY_SECONDS))
        if salt is not self._salt:
            self._take(salt)
        get = environ.get
        address = client_address(environ, self._hops)
        agent, referrer = get("HTTP_USER_AGENT", ""), get("HTTP_REFERER", "")
        visitor, source = self._visitor.copy(), self._source.copy()
        visitor.update(f"{address}\n{agent}\n{get('HTTP_HOST', '')}".encode("latin-1", "replace"))
        source.update(address.encode("latin-1", "replace"))
        kind = (
            agent,
            referrer,
            not get("HTTP_ACCEPT"),
            not get("HTTP_ACCEPT_LANGUAGE"),
            get("HTTP_SEC_FETCH_MODE"),
            _purpose(environ),
        )
        tail = self._tails.get(kind) or self._tail(kind)
        fact = DATA_CENTRE if self._is_in_data_centre(address) else ""
        if self._is_in_office(address):
            fact += OFFICE
        if own_mark and own_mark in get("HTTP_COOKIE", ""):
            fact += OWN_VISIT
        return sealed(
            f"{beginning(int(seconds * 1000), link_id, click_id, self._country_of(address))}"
            f"\t{environ['REQUEST_METHOD']}\t{visitor.hexdigest()}\t{source.hexdigest()}\t{fact}".encode()
            + tail
        )

    def forget_before(self, seconds: float) -> None:
        """Lets go of an earlier day's salt, and of what was keyed with it, even when nobody has clicked since."""
        if self._salts.forget_before(int(seconds // DAY_SECONDS)):
            self._take(NO_SALT)

    def _take(self, salt: bytes) -> None:
        """Keys both hashes once; each request goes on from a copy."""
        self._visitor = hashlib.blake2b(key=salt, digest_size=VISITOR_BYTES, person=b"visitor")
        self._source = hashlib.blake2b(key=salt, digest_size=SOURCE_BYTES, person=b"source")
        self._salt = salt

    def _tail(self, kind: tuple[Any, ...]) -> bytes:
        """The end of a line: the rest of the facts, and the headers."""
        agent, referrer, has_no_accept, has_no_language, mode, purpose = kind
        facts = (NO_ACCEPT if has_no_accept else "") + (NO_LANGUAGE if has_no_language else "")
        if mode is not None:
            facts += TOLD_FETCH if mode == "navigate" else TOLD_FETCH + NOT_NAVIGATING
        tail = f"{facts}\t{purpose}\t{clean(_host_of(referrer), REFERRER)}\t{clean(agent, AGENT)}".encode("latin-1")
        if len(agent) + len(referrer) + len(mode or "") <= LONGEST_TAIL:
            if len(self._tails) >= MOST_TAILS:
                self._tails.clear()
            self._tails[kind] = tail
        return tail


def client_address(environ: WSGIEnvironment, trusted_proxies: int) -> str:
    """The visitor's address, without a port.

    Args:
        environ: WSGI's.
        trusted_proxies: only this many last entries of X-Forwarded-For were written by proxies of ours; what
            stands before them is the visitor's own claim and is not believed.
    """
    address = str(environ.get("REMOTE_ADDR", ""))
    if trusted_proxies:
        forwarded = [part.strip() for part in environ.get("HTTP_X_FORWARDED_FOR", "").split(",") if part.strip()]
        if len(forwarded) >= trusted_proxies:
            address = forwarded[-trusted_proxies]
    if address.startswith("["):  # [2001:db8::1]:4711
        return address[1:].partition("]")[0]
    if address.count(":") == 1:  # 192.0.2.1:4711
        return address.partition(":")[0]
    return address


def _purpose(environ: WSGIEnvironment) -> str:
    for name in PURPOSES:
        if name in environ:
            return clean(environ[name], PURPOSE).lower()
    return ""


def _host_of(referrer: str) -> str:
    parts = referrer.split("/", 3)
    if len(parts) < 3 or parts[0] not in ("http:", "https:", "android-app:"):
        return ""
    return parts[2].rpartition("@")[2].lower()
