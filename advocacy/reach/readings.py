"""What came of a look at a network: readings kept, the next look set, a wish to wait respected."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, timedelta

import structlog
from sqlalchemy import select
from sqlalchemy.orm import Session

from advocacy.base import events
from advocacy.base.clock import Clock
from advocacy.base.house import House
from advocacy.base.text import Text
from advocacy.reach import item_sums
from advocacy.reach.models import FigureReading, ReadBack, ReadingState, ReadPause
from advocacy.reach.timetable import next_look
from advocacy.sharing.models import Share
from connectors import Figures, RateLimited

log = structlog.get_logger()

TRIES = 4
"""Failures in a row after which a look is given up and the next one of the timetable waited for."""


@dataclass(frozen=True)
class Look:
    """A share that is due, as it was claimed."""

    share_id: int
    remote_id: str
    published_at: datetime
    lease_until: datetime


@dataclass(frozen=True)
class Group:
    """Shares of one account: one sign-in, one batch."""

    network: str
    server: str
    connection_id: int
    looks: tuple[Look, ...]


def keep(house: House, group: Group, found: dict[str, Figures | None] | Text) -> None:
    """Keeps a reading for each share, and sets its next look.

    Args:
        house: database and clock.
        group: the shares that were asked about.
        found: figures by the network's id, None for a post that is gone; or why there are none.
    """
    now, newest = house.clock.now(), list[tuple[int, int | None, int]]()
    with house.db.transaction() as session:
        for one in group.looks:
            row = _still_ours(session, one)
            if row is None:
                continue
            row.step, row.next_at = next_look(one.published_at, now)
            row.failures, row.lease_until = 0, None
            reading = _reading(one, now, found)
            if reading.state is ReadingState.GONE and _was_gone(session, one.share_id):
                row.next_at = None  # twice: it is not coming back
                _tell_gone(session, house.clock, one.share_id)
            session.add(reading)
            session.flush()
            if reading.state is ReadingState.READ:
                newest.append((one.share_id, row.newest_id, reading.id))
                row.newest_id = reading.id
        item_sums.add_readings(session, newest)


def _reading(one: Look, now: datetime, found: dict[str, Figures | None] | Text) -> FigureReading:
    if isinstance(found, Text):
        return FigureReading(share_id=one.share_id, at=now, state=ReadingState.NOT_AVAILABLE, reason=found.to_json())
    if one.remote_id not in found:
        missing = Text("The network did not mention this post in its answer.")
        return FigureReading(
            share_id=one.share_id, at=now, state=ReadingState.NOT_AVAILABLE, reason=missing.to_json()
        )
    figures = found[one.remote_id]
    if figures is None:
        gone = Text("The post is no longer there.")
        return FigureReading(share_id=one.share_id, at=now, state=ReadingState.GONE, reason=gone.to_json())
    return FigureReading(
        share_id=one.share_id,
        at=now,
        state=ReadingState.READ,
        likes=figures.likes,
        reposts=figures.reposts,
        replies=figures.replies,
        quotes=figures.quotes,
        views=figures.views,
    )


def _was_gone(session: Session, share_id: int) -> bool:
    last = session.scalar(
        select(FigureReading.state)
        .where(FigureReading.share_id == share_id)
        .order_by(FigureReading.at.desc(), FigureReading.id.desc())
        .limit(1)
    )
    return last is ReadingState.GONE


def _tell_gone(session: Session, clock: Clock, share_id: int) -> None:
    share = session.get_one(Share, share_id)
    events.record(
        session,
        clock,
        kind="share.seen_gone",
        actor_id=None,
        subject=("share", share_id),
        data={"share_id": share_id, "user_id": share.user_id, "item_id": share.item_id, "network": share.network},
    )


def _still_ours(session: Session, one: Look) -> ReadBack | None:
    """The row, unless the lease ran out and somebody else looks by now."""
    return session.scalar(
        select(ReadBack)
        .where(ReadBack.share_id == one.share_id, ReadBack.lease_until == one.lease_until)
        .with_for_update()
    )


def wait(house: House, group: Group, error: RateLimited) -> None:
    """The network said when it wants to be asked again: nobody on that server is asked before."""
    with house.db.transaction() as session:
        session.merge(ReadPause(network=group.network, server=group.server, until=error.until))
        for one in group.looks:
            row = _still_ours(session, one)
            if row is not None:
                row.lease_until = None
    log.info(
        "a network asked us to wait before reading figures", network=group.network, until=error.until.isoformat()
    )


def try_again(house: House, group: Group, why: Text) -> None:
    """Sets a look for some minutes later; after `TRIES` in vain its reason is kept in the place of figures."""
    now = house.clock.now()
    given_up: list[Look] = []
    with house.db.transaction() as session:
        for one in group.looks:
            row = _still_ours(session, one)
            if row is None:
                continue
            row.failures += 1
            if row.failures >= TRIES:
                given_up.append(one)
                continue
            row.lease_until = None
            row.next_at = now + timedelta(minutes=1) * 2**row.failures
    if given_up:
        keep(house, Group(group.network, group.server, group.connection_id, tuple(given_up)), why)
