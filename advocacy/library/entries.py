"""Entries: what was found in a source, and what becomes of it."""

from __future__ import annotations

import hashlib
from collections.abc import Sequence
from datetime import datetime

from sqlalchemy import and_, or_, select
from sqlalchemy.orm import Session

from advocacy.base.clock import Clock
from advocacy.base.errors import Conflict, NotFound
from advocacy.base.paging import Page, cursor_of, values_of
from advocacy.base.text import Text
from advocacy.library import audience, items, review, sources
from advocacy.library.content import Content
from advocacy.library.feeds import Entry
from advocacy.library.models import ContentItem, ItemKind
from advocacy.library.source_models import EntryState, Source, SourceEntry


def get(session: Session, *, entry_id: int) -> SourceEntry:
    """An entry.

    Raises:
        NotFound: there is none.
    """
    entry = session.get(SourceEntry, entry_id)
    if entry is None:
        raise NotFound(Text("We could not find that entry. Its source may have been removed."))
    return entry


def state_named(name: str) -> EntryState:
    """The state of that name: `new`, `used` or `dismissed`."""
    return EntryState(name)


def page(
    session: Session, *, source_id: int, state: EntryState = EntryState.NEW, after: str = "", size: int = 30
) -> Page[SourceEntry]:
    """A source's entries, found last first.

    Raises:
        Invalid: the cursor is not one of ours.
    """
    query = (
        select(SourceEntry)
        .where(SourceEntry.source_id == source_id, SourceEntry.state == state)
        .order_by(SourceEntry.sort_at.desc(), SourceEntry.id.desc())
        .limit(size + 1)
    )
    if after:
        at, number = values_of(after, datetime, int)
        query = query.where(or_(SourceEntry.sort_at < at, and_(SourceEntry.sort_at == at, SourceEntry.id < number)))
    rows = list(session.scalars(query))
    shown = rows[:size]
    return Page(shown, cursor_of(shown[-1].sort_at, shown[-1].id) if len(rows) > size else None)


def record(session: Session, clock: Clock, *, source: Source, found: Sequence[Entry]) -> list[SourceEntry]:
    """Keeps what is new in a feed, at most as many as the source's throttle allows, newest first.

    Args:
        session: inside a transaction.
        clock: tells when.
        source: whose feed.
        found: the feed's entries.

    Returns:
        The new ones. What the source's words leave out, or its throttle puts off, is not among them.
    """
    now = clock.now()
    wanted = {guid_hash(entry.guid): entry for entry in found if fits(source, entry)}
    known = set(
        session.scalars(
            select(SourceEntry.guid_hash).where(
                SourceEntry.source_id == source.id, SourceEntry.guid_hash.in_(list(wanted))
            )
        )
    )
    fresh = [(key, entry) for key, entry in wanted.items() if key not in known]
    fresh.sort(key=lambda pair: pair[1].published or now, reverse=True)
    made = []
    for key, entry in fresh[: source.max_new_per_poll]:
        published = entry.published
        row = SourceEntry(
            source_id=source.id,
            guid_hash=key,
            title=entry.title[:300],
            link=entry.link[:2000],
            summary=entry.summary,
            author=entry.author[:120],
            image_url=entry.image_url if len(entry.image_url) <= 2000 else "",
            published_at=published,
            sort_at=min(published, now) if published else now,
            found_at=now,
        )
        session.add(row)
        made.append(row)
    session.flush()
    return made


def guid_hash(guid: str) -> str:
    """By which an entry is known again, of one length whatever the feed says."""
    return hashlib.sha256(guid.encode()).hexdigest()


def fits(source: Source, entry: Entry) -> bool:
    """Whether an entry holds one of the source's words, in any case of letters; without words everything fits."""
    words = [word.strip().casefold() for word in source.must_contain.split(",") if word.strip()]
    said = f"{entry.title} {entry.summary}".casefold()
    return not words or any(word in said for word in words)


def make_item(session: Session, clock: Clock, *, entry_id: int, by: int | None) -> ContentItem:
    """Turns an entry into a draft with the source's topics, campaign and audience.

    Args:
        session: inside a transaction.
        clock: tells when.
        entry_id: which.
        by: who; None when the source's own rule does it.

    Raises:
        NotFound: there is none. Conflict: it became an item already.
    """
    entry = session.scalar(select(SourceEntry).where(SourceEntry.id == entry_id).with_for_update())
    if entry is None:
        raise NotFound()
    if entry.state is EntryState.USED:
        raise Conflict(Text("This entry has become an item already."))
    source = sources.get(session, source_id=entry.source_id)
    written = Content(
        title=entry.title[:200],
        kind=ItemKind.ARTICLE if entry.link else ItemKind.TEXT,
        summary=entry.summary[:2000],
        source_url=entry.link,
        language=source.language,
        topic_ids=tuple(source.topic_ids),
        campaign_id=source.campaign_id,
        audience=audience.existing(session, sources.audience_of(source)),
    )
    item = items.create(session, clock, written=written, by=by, source_id=source.id)
    entry.state, entry.item_id = EntryState.USED, item.id
    return item


def follow_rule(session: Session, clock: Clock, *, source: Source, made: Sequence[SourceEntry]) -> None:
    """Makes items of new entries where the source says so: approved at once, or sent to review."""
    if not source.makes_items:
        return
    for entry in made:
        item = make_item(session, clock, entry_id=entry.id, by=None)
        if source.auto_publish:
            review.approve(session, clock, item_id=item.id, by=None)
        else:
            review.submit(session, clock, item_id=item.id, by=None)


def set_aside(session: Session, *, entry_id: int, aside: bool) -> SourceEntry:
    """Takes an entry out of the inbox, or puts it back.

    Raises:
        NotFound: there is none. Conflict: it became an item.
    """
    entry = get(session, entry_id=entry_id)
    if entry.state is EntryState.USED:
        raise Conflict(Text("This entry has become an item already."))
    entry.state = EntryState.DISMISSED if aside else EntryState.NEW
    return entry
