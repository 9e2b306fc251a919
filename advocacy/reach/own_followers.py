"""How many follow a person's own accounts: each day's reading, how it moved, and why there is none. For them alone."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, date, datetime, timedelta

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from advocacy.base.text import Text
from advocacy.reach.follower_models import FollowerPlan, FollowerSnapshot
from advocacy.sharing import connections
from advocacy.sharing.models import Connection

DAYS = 90
"""Shown on a chart, today included."""
MONTH = timedelta(days=30)
"""Over which a change is told, where there are readings of so long."""


@dataclass(frozen=True)
class Reading:
    """What one day brought.

    Args:
        day: UTC.
        followers: None where there is no number.
        why: the reason for that, where one is known.
        at: when it was read; None for a day without a reading.
    """

    day: date
    followers: int | None
    why: Text | None = None
    at: datetime | None = None


@dataclass(frozen=True)
class OwnAccount:
    """An account of one's own.

    Args:
        connection: it.
        days: every day from the first reading shown to today, at most `DAYS`; empty before the first reading.
        newest: the newest reading with a number, however old; None before the first.
        earlier: the reading with a number that a change is told against; None without one.
        why_not: why the newest try brought no number; None when it brought one.
        next_at: when it is read next; None when that is not planned yet.
    """

    connection: Connection
    days: Sequence[Reading]
    newest: Reading | None
    earlier: Reading | None
    why_not: Text | None
    next_at: datetime | None

    @property
    def change(self) -> int | None:
        """How many more follow it than on the day of `earlier`; None where that is not known."""
        if self.newest is None or self.earlier is None or self.newest.followers is None:
            return None
        return self.newest.followers - (self.earlier.followers or 0)


def accounts(session: Session, *, user_id: int, now: datetime, channels: Collection[str]) -> list[OwnAccount]:
    """A person's linked accounts in the order they came, in a number of queries that does not grow.

    Args:
        session: for reading.
        user_id: whose; nobody else may see them.
        now: the present moment.
        channels: names of networks that are a team's channel, which nobody follows.
    """
    mine = [one for one in connections.mine(session, user_id=user_id) if one.network not in channels]
    ids, today = [one.id for one in mine], now.astimezone(UTC).date()
    plans = {
        row.connection_id: row
        for row in session.scalars(select(FollowerPlan).where(FollowerPlan.connection_id.in_(ids)))
    }
    kept = _kept(session, ids, since=today - timedelta(days=DAYS - 1))
    newest = _newest(session, ids)
    return [_account(one, kept.get(one.id, {}), newest.get(one.id), plans.get(one.id), today) for one in mine]


def _kept(session: Session, ids: Sequence[int], *, since: date) -> Mapping[int, Mapping[date, Reading]]:
    """The readings of each account since a day."""
    found: dict[int, dict[date, Reading]] = defaultdict(dict)
    query = select(FollowerSnapshot).where(FollowerSnapshot.connection_id.in_(ids), FollowerSnapshot.day >= since)
    for row in session.scalars(query.order_by(FollowerSnapshot.connection_id, FollowerSnapshot.day)):
        found[row.connection_id][row.day] = _reading(row)
    return found


def _newest(session: Session, ids: Sequence[int]) -> Mapping[int, Reading]:
    """The newest reading with a number of each account, however old."""
    last = (
        select(FollowerSnapshot.connection_id, func.max(FollowerSnapshot.day).label("day"))
        .where(FollowerSnapshot.connection_id.in_(ids), FollowerSnapshot.followers.is_not(None))
        .group_by(FollowerSnapshot.connection_id)
        .subquery()
    )
    query = select(FollowerSnapshot).join(
        last, (last.c.connection_id == FollowerSnapshot.connection_id) & (last.c.day == FollowerSnapshot.day)
    )
    return {row.connection_id: _reading(row) for row in session.scalars(query)}


def _reading(row: FollowerSnapshot) -> Reading:
    return Reading(row.day, row.followers, Text.from_json(row.reason) if row.reason else None, row.at)


def _account(
    connection: Connection,
    kept: Mapping[date, Reading],
    newest: Reading | None,
    plan: FollowerPlan | None,
    today: date,
) -> OwnAccount:
    known = [one for one in kept.values() if one.followers is not None]
    earlier = next((one for one in known if newest and newest.day - MONTH <= one.day < newest.day), None)
    count = (today - min(kept)).days + 1 if kept else 0
    first = today - timedelta(days=count - 1)
    days = [first + timedelta(days=number) for number in range(count)]
    return OwnAccount(
        connection=connection,
        days=[kept.get(day, Reading(day, None)) for day in days],
        newest=newest,
        earlier=earlier,
        why_not=Text.from_json(plan.reason) if plan and plan.reason else None,
        next_at=plan.next_at if plan else None,
    )
