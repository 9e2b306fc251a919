"""Reading the sources: each when it is due, gently, by one worker at a time."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import timedelta

import structlog
from sqlalchemy import or_, select

from advocacy.base.addresses import FetchFailed
from advocacy.base.answers import BadAnswer
from advocacy.base.errors import HubError
from advocacy.base.fetch import Fetched, Fetcher
from advocacy.base.house import House
from advocacy.base.text import Text
from advocacy.library import entries, feeds
from advocacy.library.source_models import Source

log = structlog.get_logger()

LEASE = timedelta(minutes=2)
"""Longer than a fetch may take, so that two workers never read one source at once."""
LONGEST_WAIT = timedelta(hours=24)
ROUND = 5
"""Sources a worker reads in one round of the timetable."""
FEED_BYTES = 10_000_000


@dataclass(frozen=True)
class Due:
    """A source that this worker has claimed, as it was then."""

    id: int
    url: str
    etag: str
    last_modified: str


def poll_due(house: House) -> int:
    """Reads sources that are due, a few each time. Call it often.

    Returns:
        How many were read.
    """
    count = 0
    for _ in range(ROUND):
        due = _claim(house)
        if due is None:
            break
        poll(house, due)
        count += 1
    return count


def _claim(house: House) -> Due | None:
    now = house.clock.now()
    waiting = (
        select(Source)
        .where(
            Source.active, Source.next_poll_at <= now, or_(Source.lease_until.is_(None), Source.lease_until <= now)
        )
        .order_by(Source.next_poll_at)
        .limit(1)
    )
    with house.db.reading() as session:
        if session.scalar(waiting) is None:
            return None
    with house.db.transaction() as session:
        source = session.scalar(waiting.with_for_update(skip_locked=True))
        if source is None:
            return None
        source.lease_until = now + LEASE
        return Due(source.id, source.url, source.etag, source.last_modified)


def poll(house: House, due: Due) -> None:
    """Reads one source: fetches without a transaction, then keeps what was found in one.

    A feed that cannot be read leaves a sentence on its source that says what to do; it is tried again, less and
    less often, up to once a day.
    """
    try:
        answer = house.part(Fetcher).get(
            due.url, accept=feeds.ACCEPT, max_bytes=FEED_BYTES, etag=due.etag, last_modified=due.last_modified
        )
        parsed = (
            None
            if answer.is_unchanged
            else feeds.parse(answer.body, url=answer.url, content_type=answer.headers.get("content-type", ""))
        )
    except (FetchFailed, feeds.NoFeed) as failure:
        _write_failure(house, due, failure)
        return
    _write_success(house, due, answer, parsed)


def _write_success(house: House, due: Due, answer: Fetched, parsed: feeds.ParsedFeed | None) -> None:
    now = house.clock.now()
    with house.db.transaction() as session:
        source = session.get(Source, due.id, with_for_update=True)
        if source is None or source.url != due.url:
            return  # removed or changed meanwhile
        if parsed is not None:
            source.title = source.title or parsed.title[:200]
            source.site_url = parsed.link[:2000]
            made = entries.record(session, house.clock, source=source, found=parsed.entries)
            try:
                with session.begin_nested():
                    entries.follow_rule(session, house.clock, source=source, made=made)
            except HubError as refused:
                # The entries stay in the inbox, where a curator can make items of them by hand.
                log.warning("a source's rule could not be followed", source=source.id, why=str(refused))
                source.problem = Text(
                    "New entries wait in the inbox, because they could not be published by themselves: {why}",
                    why=str(refused.text),
                ).to_json()
            else:
                source.problem = parsed.warnings[0].to_json() if parsed.warnings else None
            source.etag, source.last_modified = answer.etag[:300], answer.last_modified[:100]
        source.last_polled_at = source.last_ok_at = now
        source.failures, source.lease_until = 0, None
        source.next_poll_at = now + timedelta(minutes=source.interval_minutes)


def _write_failure(house: House, due: Due, failure: HubError | FetchFailed) -> None:
    now = house.clock.now()
    with house.db.transaction() as session:
        source = session.get(Source, due.id, with_for_update=True)
        if source is None or source.url != due.url:
            return
        source.failures += 1
        wait = min(LONGEST_WAIT, timedelta(minutes=source.interval_minutes) * 2 ** min(source.failures - 1, 10))
        if isinstance(failure, BadAnswer) and failure.retry_after:
            wait = max(wait, min(LONGEST_WAIT, timedelta(seconds=failure.retry_after)))
        source.problem = failure.text.to_json()
        source.last_polled_at, source.lease_until, source.next_poll_at = now, None, now + wait
