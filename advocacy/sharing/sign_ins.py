"""Sign-ins that end whatever we do: the person is reminded in time, and what they planned waits for them."""

from __future__ import annotations

from collections.abc import Collection
from datetime import datetime, timedelta
from zoneinfo import ZoneInfo

from babel.dates import format_date
from sqlalchemy import ColumnElement, CursorResult, and_, or_, select, update
from sqlalchemy.orm import Session, selectinload

from advocacy.base import events
from advocacy.base.clock import Clock
from advocacy.base.house import House
from advocacy.base.letters import Letter
from advocacy.base.sealing import Sealer
from advocacy.base.text import Text
from advocacy.people import outbox
from advocacy.people.models import User
from advocacy.sharing.models import Connection, ConnectionState, Share, ShareState
from advocacy.sharing.networks import Networks
from advocacy.sharing.publisher import Publisher

REMINDERS = (3, 10)
"""Days before the end; each is sent once. Whoever comes in late gets the nearer one alone."""


def ends_soon(connection: Connection, now: datetime) -> bool:
    """Whether the person should sign in again now, while everything still works."""
    ends = connection.sign_in_ends_at
    return ends is not None and ends <= now + timedelta(days=max(REMINDERS))


def ends_before(connection: Connection | None, at: datetime | None) -> bool:
    """Whether an account's sign-in will have ended by then."""
    ends = connection.sign_in_ends_at if connection else None
    return ends is not None and at is not None and ends <= at


def wants(soon: datetime | ColumnElement[datetime]) -> ColumnElement[bool]:
    """The account wants a new sign-in, now or soon.

    Args:
        soon: the moment until which an end is told.
    """
    ending = or_(Connection.state == ConnectionState.NEEDS_SIGN_IN, Connection.sign_in_ends_at <= soon)
    return and_(ending, Connection.state != ConnectionState.DISCONNECTED)


def told_until(now: datetime) -> datetime:
    """Ends until then are told now."""
    return now + timedelta(days=max(REMINDERS))


def wanting(session: Session, clock: Clock, *, user_id: int) -> list[Connection]:
    """A person's accounts that want a new sign-in, now or soon, the most pressing first."""
    kept = select(Connection).where(Connection.user_id == user_id, wants(told_until(clock.now())))
    return list(session.scalars(kept.order_by(Connection.state.desc(), Connection.sign_in_ends_at, Connection.id)))


def planned_too_late(session: Session, *, user_id: int, share_ids: Collection[int]) -> list[Connection]:
    """The accounts of shares that are planned for after the end of their sign-in: to be told when they are planned."""
    shares = session.scalars(
        select(Share)
        .where(Share.id.in_(share_ids), Share.user_id == user_id, Share.state == ShareState.SCHEDULED)
        .options(selectinload(Share.connection))
    )
    late = {one.connection_id: one.connection for one in shares if ends_before(one.connection, one.due_at)}
    return [connection for connection in late.values() if connection is not None]


def tend(house: House) -> int:
    """Reminds people of sign-ins that end, and notes those that have ended. A job.

    Returns:
        How many reminders were put into the outbox.
    """
    _note_ended(house)
    networks, sent = house.part(Networks), 0
    for days in REMINDERS:
        for connection_id, network in _due(house, days):
            if networks.is_offered(network):
                sent += _remind(house, connection_id, days)
    return sent


def _due(house: House, days: int) -> list[tuple[int, str]]:
    now = house.clock.now()
    query = select(Connection.id, Connection.network).where(
        Connection.state == ConnectionState.ACTIVE,
        Connection.sign_in_ends_at > now,
        Connection.sign_in_ends_at <= now + timedelta(days=days),
        or_(Connection.reminded_days.is_(None), Connection.reminded_days > days),
    )
    with house.db.reading() as session:
        return [(number, network) for number, network in session.execute(query.order_by(Connection.id).limit(500))]


def _remind(house: House, connection_id: int, days: int) -> bool:
    """Writes the reminder down with its letter and event: a worker that does the same finds it written."""
    with house.db.transaction() as session:
        due = update(Connection).where(
            Connection.id == connection_id,
            Connection.state == ConnectionState.ACTIVE,
            or_(Connection.reminded_days.is_(None), Connection.reminded_days > days),
        )
        ours = session.execute(due.values(reminded_days=days))
        connection = session.get_one(Connection, connection_id)
        user = session.get_one(User, connection.user_id)
        ends = connection.sign_in_ends_at
        if not isinstance(ours, CursorResult) or ours.rowcount != 1 or ends is None or not user.is_active:
            return False
        events.record(
            session,
            house.clock,
            kind="connection.ends_soon",
            actor_id=None,
            subject=("connection", connection_id),
            data={"user_id": user.id, "network": connection.network, "days": days, "ends_at": ends.isoformat()},
        )
        outbox.put(
            session,
            house.clock,
            house.part(Sealer),
            to=user.email,
            kind="sign_in_ends",
            letter=_letter(house, user, connection, ends),
            locale=user.locale,
            useful_for=ends - house.clock.now(),
        )
        return True


def _letter(house: House, user: User, connection: Connection, ends: datetime) -> Letter:
    network = str(house.part(Networks).label(connection.network))
    day = format_date(ends.astimezone(ZoneInfo(user.time_zone)), "d MMMM y", locale=user.locale)
    return Letter(
        subject=Text("Sign in to {network} again by {day}", network=network, day=day),
        lines=(
            Text("Hello {name},", name=user.first_name),
            Text(
                "on {day} the permission ends with which we publish for {handle} on {network}. Only you can renew it.",
                day=day,
                handle=connection.handle,
                network=network,
            ),
            Text("Sign in again until then, and what you planned goes out on time. Otherwise it waits for you."),
        ),
        button=(Text("Sign in again"), f"{house.part(Publisher).public_url}/connections/{connection.id}/again"),
        after=(Text("If you no longer want to share there, you need not do anything."),),
    )


def _note_ended(house: House) -> None:
    """A sign-in whose time is over is said to be so, rather than found out by the next share that is refused."""
    now = house.clock.now()
    ended = select(Connection).where(Connection.state == ConnectionState.ACTIVE, Connection.sign_in_ends_at <= now)
    with house.db.reading() as session:
        if session.scalar(ended.limit(1)) is None:
            return
    with house.db.transaction() as session:
        for connection in session.scalars(ended.limit(500).with_for_update(skip_locked=True)):
            connection.state = ConnectionState.NEEDS_SIGN_IN
            network = str(house.part(Networks).label(connection.network))
            reason = Text("{network} needs you to connect your account again.", network=network)
            session.execute(
                update(Share)
                .where(Share.connection_id == connection.id, Share.state == ShareState.SCHEDULED)
                .values(reason=reason.to_json(), updated_at=now)
            )
            events.record(
                session,
                house.clock,
                kind="connection.needs_sign_in",
                actor_id=None,
                subject=("connection", connection.id),
                data={"user_id": connection.user_id, "network": connection.network},
            )
