"""A person's plan for the calendar they use anyway: a secret address that answers with iCalendar (RFC 5545)."""

from __future__ import annotations

import hashlib
import secrets
from datetime import UTC, datetime, timedelta
from typing import TYPE_CHECKING
from urllib.parse import urlsplit

from sqlalchemy import delete, select
from sqlalchemy.orm import Session, selectinload

from advocacy.base import events
from advocacy.base.clock import Clock
from advocacy.base.errors import NotFound
from advocacy.people.models import User
from advocacy.sharing.feed_models import CalendarFeed
from advocacy.sharing.models import Share, ShareState
from advocacy.sharing.networks import Networks

if TYPE_CHECKING:
    from icalendar import Event

BACK, AHEAD = timedelta(days=31), timedelta(days=366)
LASTS = timedelta(minutes=15)
"""How long a post takes up in a calendar: it has no length, and an event without one is hard to see."""


def make(session: Session, clock: Clock, *, user_id: int) -> str:
    """A new address for a person's plan; an older one no longer works.

    Args:
        session: inside a transaction.
        clock: tells when.
        user_id: whose.

    Returns:
        The secret part of the address. It is kept as a hash: show it now.
    """
    forget(session, user_id=user_id)
    token = secrets.token_urlsafe(32)
    session.add(CalendarFeed(user_id=user_id, token_hash=_hashed(token), made_at=clock.now()))
    session.flush()
    events.record(session, clock, kind="calendar_feed.made", actor_id=user_id, subject=("user", user_id))
    return token


def forget(session: Session, *, user_id: int) -> None:
    """Ends a person's address, if there is one."""
    session.execute(delete(CalendarFeed).where(CalendarFeed.user_id == user_id))


def made_at(session: Session, *, user_id: int) -> datetime | None:
    """When a person's address was made; None when they have none."""
    return session.scalar(select(CalendarFeed.made_at).where(CalendarFeed.user_id == user_id))


def written(
    session: Session, clock: Clock, networks: Networks, *, token: str, public_url: str, company: str
) -> bytes:
    """The plan behind an address, as a calendar file.

    Args:
        session: for reading.
        clock: tells what is near: `BACK` and `AHEAD`.
        networks: their names.
        token: from the address.
        public_url: `Settings.address`; its host makes the events' ids unique in the world.
        company: names the calendar.

    Raises:
        NotFound: nobody's, replaced since, or its person may no longer sign in.
    """
    user = session.scalar(
        select(User)
        .join(CalendarFeed, CalendarFeed.user_id == User.id)
        .where(CalendarFeed.token_hash == _hashed(token))
    )
    if user is None or not user.is_active:
        raise NotFound()
    now = clock.now()
    shares = session.scalars(
        select(Share)
        .where(
            Share.user_id == user.id,
            Share.state.in_((ShareState.SCHEDULED, ShareState.PUBLISHING, ShareState.PUBLISHED)),
            Share.due_at > now - BACK,
            Share.due_at < now + AHEAD,
        )
        .options(selectinload(Share.item))
        .order_by(Share.due_at, Share.id)
    )
    from icalendar import Calendar  # only whoever reads such a feed waits for it

    plan = Calendar()
    plan.add("prodid", "-//Advocacy hub//Plan//EN")
    plan.add("version", "2.0")
    plan.add("x-wr-calname", company)
    host = urlsplit(public_url).hostname or "localhost"
    for share in shares:
        plan.add_component(_event(share, networks, now, host, public_url))
    return bytes(plan.to_ical())


def _event(share: Share, networks: Networks, now: datetime, host: str, public_url: str) -> Event:
    from icalendar import Event

    begins = share.published_at or share.due_at or now
    event = Event()
    event.add("uid", f"share-{share.id}@{host}")
    event.add("dtstamp", share.updated_at.astimezone(UTC))
    event.add("dtstart", begins.astimezone(UTC))
    event.add("dtend", (begins + LASTS).astimezone(UTC))
    event.add("summary", f"{networks.label(share.network)}: {share.item.title}")
    event.add("description", share.text)
    event.add("url", share.permalink or f"{public_url}/my-shares")
    event.add("transp", "TRANSPARENT")
    return event


def _hashed(token: str) -> str:
    return hashlib.sha256(token.encode()).hexdigest()
