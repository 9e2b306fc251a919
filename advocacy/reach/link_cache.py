"""Tracked links from memory: where each leads, known to be true within the last two seconds."""

from __future__ import annotations

import threading
import time
from collections.abc import Callable, Iterable
from urllib.parse import quote, urlsplit

import structlog

from advocacy.base.db import Database
from advocacy.base.own_marks import OwnMarks
from advocacy.reach import click_ids, ended_links, offices
from advocacy.reach.asking import LONG_PATIENCE, PATIENCE, Asking, Away
from advocacy.reach.offices import Offices

log = structlog.get_logger()

FRESH_SECONDS = 1.0
"""A link whose item ended, or another choice for such links, is honoured within twice this on every process."""
MOST = 50_000
"""Links remembered in one process (about 300 bytes each)."""
BATCH = 500


class Known:
    """A link as it was when it was last read."""

    __slots__ = ("asks_for_id", "headers", "id", "is_wanted", "own_mark", "read_at", "target")

    def __init__(
        self, link_id: int, target: str | None, own_mark: str, read_at: float, *, asks_for_id: bool = False
    ) -> None:
        self.id = link_id
        self.asks_for_id = asks_for_id
        """Whether the page behind it is told an id of each click."""
        self.own_mark = own_mark
        """What the sharer's own browsers carry; "" when nobody shares it any more."""
        self.target = target
        """Where it leads, fit for a header; None when it has ended or leads nowhere we send people."""
        self.headers: list[tuple[str, str]] | None = None
        """Of the answer that sends there, once one was given."""
        self.read_at = read_at
        self.is_wanted = True
        """Somebody followed it since it was read: it is read again with the others, in one query."""

    @property
    def around_id(self) -> tuple[str, str]:
        """What stands before and after the click's id in the address of a link that leads somewhere."""
        address, mark, fragment = (self.target or "").partition("#")
        return f"{address}{'&' if '?' in address else '?'}{click_ids.PARAMETER}=", f"{mark}{fragment}"


class LinkCache:
    """The links that people follow, remembered.

    Args:
        db: read from when a link is not known or was read too long ago.
        asking: how the database is asked without keeping visitors waiting.
        offices: told of the company's own addresses whenever links are read.
        own_marks: tells whose browser it is.
        monotonic: seconds that only go forward.
        most: how many links are remembered at most.
    """

    def __init__(
        self,
        db: Database,
        asking: Asking,
        *,
        offices: Offices,
        own_marks: OwnMarks,
        monotonic: Callable[[], float] = time.monotonic,
        most: int = MOST,
    ) -> None:
        self._db = db
        self._asking = asking
        self._offices = offices
        self._own_marks = own_marks
        self._monotonic = monotonic
        self._most = most
        self._links: dict[str, Known] = {}
        self._warm: dict[str, Known] = {}
        self._lock = threading.Lock()

    def find(self, code: str) -> Known | None:
        """The link with this code; None when there is none, or when the database cannot say.

        While the database is away, links that are remembered go on working: nobody can withdraw one then.
        """
        known = self._links.get(code)
        if known is not None and self._monotonic() - known.read_at < FRESH_SECONDS:
            known.is_wanted = True
            return known
        with self._lock:
            known = self._links.get(code)
            if known is not None and self._monotonic() - known.read_at < FRESH_SECONDS:
                return known  # another thread was faster
            return self._read(code)

    def _read(self, code: str) -> Known | None:
        now = self._monotonic()
        old = now - FRESH_SECONDS / 2
        wanted = [name for name, known in self._warm.items() if known.is_wanted and known.read_at <= old]
        codes = dict.fromkeys([code, *wanted[:BATCH]])
        try:
            patience = PATIENCE if code in self._links else LONG_PATIENCE
            fresh = self._asking.ask(lambda: self._rows(codes, now), patience=patience)
        except Away:
            for name in codes:
                if name in self._links:
                    self._links[name].read_at = now
            return self._links.get(code)
        for name in codes:
            self._links.pop(name, None)
            self._warm.pop(name, None)
        for name in [name for name, known in self._warm.items() if not known.is_wanted]:
            del self._warm[name]
        self._links.update(fresh)
        self._warm.update(fresh)
        for name in fresh:
            fresh[name].is_wanted = name == code
        while len(self._links) > self._most:
            self._links.pop(next(iter(self._links)))
        return fresh.get(code)

    def _rows(self, codes: Iterable[str], now: float) -> dict[str, Known]:
        with self._db.reading() as session:
            rows = session.execute(ended_links.rows(codes)).all()
            choices, moment = ended_links.in_force(session), self._db.now(session)
            asks_for_id = click_ids.are_on(session)
            self._offices.take(office.range for office in offices.in_force(session))
        found: dict[str, Known] = {}
        for row in rows:
            leads_to = ended_links.target(row, choices, moment)
            mark = self._own_marks.of(row.user_id) if row.user_id is not None else ""
            found[row.code] = Known(
                row.id, leads_to and header_safe(leads_to, row.code), mark, now, asks_for_id=asks_for_id
            )
        return found


def header_safe(target: str, code: str) -> str | None:
    """The address as it can stand in a Location header.

    Args:
        target: as stored.
        code: the link's, for the log.

    Returns:
        The address with everything outside plain ASCII written as %XX; None when it is no http or https address:
        a tracked link never leads to another scheme.
    """
    parts = urlsplit(target)
    if parts.scheme.lower() not in ("http", "https") or not parts.hostname:
        log.error("a tracked link leads to no web address; it is not followed", code=code)
        return None
    if target.isascii() and target.isprintable() and " " not in target:
        return target
    try:
        host = parts.netloc.encode("idna").decode() if not parts.netloc.isascii() else parts.netloc
    except UnicodeError:
        log.error("a tracked link leads to a host that has no ASCII form", code=code)
        return None
    kept = "/?@!$&'()*+,;=:%-._~"
    plain = parts._replace(
        netloc=host,
        path=quote(parts.path, safe=kept),
        query=quote(parts.query, safe=kept),
        fragment=quote(parts.fragment, safe=kept),
    )
    return plain.geturl()
