"""Sources: the feeds that the hub reads, with the rules for what becomes of their entries."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from advocacy.base import events, sanitize
from advocacy.base.clock import Clock
from advocacy.base.errors import Conflict, Invalid, NotFound
from advocacy.base.paging import Page, cursor_of, values_of
from advocacy.base.text import Text
from advocacy.library import audience
from advocacy.library.models import Campaign, Dimension, Topic
from advocacy.library.source_models import EntryState, Source, SourceEntry

SHORTEST_INTERVAL, LONGEST_INTERVAL = 15, 7 * 24 * 60
"""Minutes between two polls. Quarter of an hour is what feed readers take for polite."""
MOST_NEW = 200


@dataclass(frozen=True)
class Wanted:
    """What a curator decides about a source.

    Args:
        url: of the feed; http or https.
        title: "" takes the feed's own.
        interval_minutes: SHORTEST_INTERVAL to LONGEST_INTERVAL.
        max_new_per_poll: 1 to MOST_NEW; what is beyond waits for the next poll.
        language: of its entries, BCP 47.
        topic_ids: given to items made from it.
        campaign_id: likewise.
        audience: likewise; values by dimension.
        makes_items: whether entries become items by themselves.
        auto_publish: whether those are approved at once, else they go to review.
        must_contain: comma-separated words, one of which must occur; "" takes everything.
    """

    url: str
    title: str = ""
    interval_minutes: int = 60
    max_new_per_poll: int = 20
    language: str = "en"
    topic_ids: tuple[int, ...] = ()
    campaign_id: int | None = None
    audience: Mapping[Dimension, tuple[str, ...]] = field(default_factory=dict)
    makes_items: bool = False
    auto_publish: bool = False
    must_contain: str = ""


@dataclass(frozen=True)
class Line:
    """A source in the list.

    Args:
        source: itself.
        waiting: entries in its inbox.
        used: entries that became items.
    """

    source: Source
    waiting: int
    used: int


def get(session: Session, *, source_id: int) -> Source:
    """A source.

    Raises:
        NotFound: there is none.
    """
    source = session.get(Source, source_id)
    if source is None:
        raise NotFound(Text("We could not find that source. It may have been removed."))
    return source


def page(session: Session, *, after: str = "", size: int = 50) -> Page[Line]:
    """Sources by title, with what waits in each.

    Raises:
        Invalid: the cursor is not one of ours.
    """
    query = select(Source).order_by(Source.title, Source.id).limit(size + 1)
    if after:
        title, number = values_of(after, str, int)
        query = query.where((Source.title > title) | ((Source.title == title) & (Source.id > number)))
    rows = list(session.scalars(query))
    shown = rows[:size]
    counts: dict[tuple[int, EntryState], int] = {
        (number, state): int(count)
        for number, state, count in session.execute(
            select(SourceEntry.source_id, SourceEntry.state, func.count())
            .where(SourceEntry.source_id.in_([source.id for source in shown]))
            .group_by(SourceEntry.source_id, SourceEntry.state)
        )
    }
    return Page(
        [
            Line(source, counts.get((source.id, EntryState.NEW), 0), counts.get((source.id, EntryState.USED), 0))
            for source in shown
        ],
        cursor_of(shown[-1].title, shown[-1].id) if len(rows) > size else None,
    )


def create(session: Session, clock: Clock, *, wanted: Wanted, by: int) -> Source:
    """Adds a source; a worker reads it within seconds.

    Raises:
        Invalid: naming the field.
    """
    now = clock.now()
    source = Source(url="", created_at=now, created_by=by, next_poll_at=now)
    _write(session, source, wanted)
    session.add(source)
    session.flush()
    events.record(
        session, clock, kind="source.created", actor_id=by, subject=("source", source.id), data={"url": source.url}
    )
    return source


def edit(session: Session, clock: Clock, *, source_id: int, wanted: Wanted, by: int) -> Source:
    """Changes a source. Another address is read anew, within seconds.

    Raises:
        NotFound: there is none. Invalid: naming the field.
    """
    source = get(session, source_id=source_id)
    before = source.url
    _write(session, source, wanted)
    if source.url != before:
        source.etag = source.last_modified = ""
        read_soon(source, clock)
    events.record(session, clock, kind="source.edited", actor_id=by, subject=("source", source.id))
    return source


def read_soon(source: Source, clock: Clock) -> None:
    """Has a worker read the source at its next round."""
    source.next_poll_at, source.failures, source.problem, source.active = clock.now(), 0, None, True


def pause(session: Session, clock: Clock, *, source_id: int, by: int) -> Source:
    """No longer reads a source; what it gave stays."""
    source = get(session, source_id=source_id)
    source.active = False
    events.record(session, clock, kind="source.paused", actor_id=by, subject=("source", source.id))
    return source


def remove(session: Session, clock: Clock, *, source_id: int, by: int) -> None:
    """Removes a source with its inbox.

    Raises:
        NotFound: there is none. Conflict: items were made from it; pause it instead.
    """
    source = get(session, source_id=source_id)
    used = select(SourceEntry.id).where(SourceEntry.source_id == source.id, SourceEntry.state == EntryState.USED)
    if session.scalar(used.limit(1)) is not None:
        raise Conflict(Text("Items were made from this source, so its history stays. Pause it instead."))
    events.record(
        session, clock, kind="source.removed", actor_id=by, subject=("source", source.id), data={"url": source.url}
    )
    session.delete(source)


def _write(session: Session, source: Source, wanted: Wanted) -> None:
    url = sanitize.web_url(wanted.url.strip())
    if url is None or len(url) > 2000:
        raise Invalid("url", Text("This is not a web address. It should begin with https:// or http://."))
    other = session.scalar(select(Source.id).where(Source.url == url))
    if other is not None and other != source.id:
        raise Invalid("url", Text("This feed is among the sources already."))
    if not SHORTEST_INTERVAL <= wanted.interval_minutes <= LONGEST_INTERVAL:
        raise Invalid(
            "interval_minutes",
            Text("Please choose {least} to {most} minutes.", least=SHORTEST_INTERVAL, most=LONGEST_INTERVAL),
        )
    if not 1 <= wanted.max_new_per_poll <= MOST_NEW:
        raise Invalid("max_new_per_poll", Text("Please choose {least} to {most}.", least=1, most=MOST_NEW))
    audience.check(session, wanted.audience)
    _check_references(session, wanted)
    source.url, source.title = url, wanted.title.strip()[:200]
    for name in ("interval_minutes", "max_new_per_poll", "language", "campaign_id", "makes_items"):
        setattr(source, name, getattr(wanted, name))
    source.auto_publish = wanted.makes_items and wanted.auto_publish
    source.must_contain = wanted.must_contain.strip()[:200]
    source.topic_ids = sorted(set(wanted.topic_ids))
    source.audience = [[dimension.value, value] for dimension, values in wanted.audience.items() for value in values]


def _check_references(session: Session, wanted: Wanted) -> None:
    known = set(session.scalars(select(Topic.id).where(Topic.id.in_(wanted.topic_ids))))
    if set(wanted.topic_ids) - known:
        raise Invalid("topics", Text("A topic that you chose is no longer there. Choose again."))
    if wanted.campaign_id is not None and session.get(Campaign, wanted.campaign_id) is None:
        raise Invalid("campaign", Text("The campaign that you chose is no longer there. Choose again."))


def audience_of(source: Source) -> dict[Dimension, tuple[str, ...]]:
    """The audience that items made from a source get."""
    found: dict[Dimension, tuple[str, ...]] = {}
    for dimension, value in source.audience:
        found[Dimension(dimension)] = (*found.get(Dimension(dimension), ()), str(value))
    return found
