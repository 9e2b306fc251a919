"""What came of asking how many follow an account: the day's reading kept once, the next one set, waits respected."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta

import structlog
from sqlalchemy import delete, select, update
from sqlalchemy.orm import Session

from advocacy.base.db import upsert
from advocacy.base.house import House
from advocacy.base.text import Text
from advocacy.reach.follower_models import FollowerPlan, FollowerSnapshot
from advocacy.reach.models import ReadPause
from advocacy.reach.timetable import next_morning
from connectors import RateLimited

log = structlog.get_logger()

SOON = timedelta(minutes=5)
"""After a failure that passes; twice as long after each further one, up to `LATER`."""
LATER = timedelta(hours=6)
"""After one that takes somebody to do something, such as to sign in again."""


@dataclass(frozen=True)
class Due:
    """An account that is to be read, as it was claimed."""

    connection_id: int
    remote_id: str
    lease_until: datetime


@dataclass(frozen=True)
class Batch:
    """Accounts at one server of a network, read by one worker."""

    network: str
    server: str
    accounts: tuple[Due, ...]


def keep(house: House, accounts: Sequence[Due], found: Mapping[str, int | Text]) -> None:
    """Keeps the day's reading of each account, and sets the next for the morning after.

    Args:
        house: database and clock.
        accounts: those that were asked about.
        found: by the network's id: how many follow it, or why the network does not tell.
    """
    now = house.clock.now()
    with house.db.transaction() as session:
        for one in accounts:
            told = found.get(one.remote_id, Text("The network did not mention this account in its answer."))
            row = _still_ours(session, one)
            if row is None:
                continue
            _settle(session, one.connection_id, now, told)
            row.next_at, row.lease_until, row.failures = next_morning(now), None, 0
            row.reason = told.to_json() if isinstance(told, Text) else None


def missed(house: House, accounts: Sequence[Due], why: Text, *, passes: bool) -> None:
    """Sets another try, this day or the next. A day whose last try brought nothing is kept as not available.

    Args:
        house: database and clock.
        accounts: those that could not be read.
        why: in plain words.
        passes: whether it may pass by itself within minutes; else somebody has to do something first.
    """
    now = house.clock.now()
    with house.db.transaction() as session:
        for one in accounts:
            row = _still_ours(session, one)
            if row is None:
                continue
            row.failures += 1
            row.lease_until, row.reason = None, why.to_json()
            row.next_at = now + (min(SOON * 2 ** min(row.failures - 1, 10), LATER) if passes else LATER)
            if row.next_at.astimezone(UTC).date() > now.astimezone(UTC).date():
                _settle(session, one.connection_id, now, why)
                row.next_at = max(row.next_at, next_morning(now))


def wait(house: House, batch: Batch, accounts: Sequence[Due], error: RateLimited) -> None:
    """The network said when it wants to be asked again: nobody on that server is asked before.

    Args:
        house: database and clock.
        batch: of which server.
        accounts: those that were not read; they stay due.
        error: until when.
    """
    with house.db.transaction() as session:
        session.merge(ReadPause(network=batch.network, server=batch.server, until=error.until))
        for one in accounts:
            row = _still_ours(session, one)
            if row is not None:
                row.lease_until = None
    log.info(
        "a network asked us to wait before reading followers", network=batch.network, until=error.until.isoformat()
    )


def _settle(session: Session, connection_id: int, now: datetime, told: int | Text) -> None:
    """One row for an account and day: whoever comes second changes nothing."""
    values = {
        "connection_id": connection_id,
        "day": now.astimezone(UTC).date(),
        "at": now,
        "followers": None if isinstance(told, Text) else told,
        "reason": told.to_json() if isinstance(told, Text) else None,
    }
    session.execute(upsert(session, FollowerSnapshot.__table__).values(values).on_conflict_do_nothing())


def _still_ours(session: Session, one: Due) -> FollowerPlan | None:
    """The plan, unless the lease ran out and somebody else reads by now, or the account was let go."""
    return session.scalar(
        select(FollowerPlan)
        .where(
            FollowerPlan.connection_id == one.connection_id,
            FollowerPlan.lease_until == one.lease_until,
            FollowerPlan.next_at.is_not(None),
        )
        .with_for_update()
    )


def forget(session: Session, connection_ids: Sequence[int]) -> None:
    """Deletes all readings of accounts and plans no more, for people who let them go.

    That an account was part of a sum stays known, by its number alone: see `audience`.
    """
    session.execute(delete(FollowerSnapshot).where(FollowerSnapshot.connection_id.in_(connection_ids)))
    session.execute(
        update(FollowerPlan)
        .where(FollowerPlan.connection_id.in_(connection_ids))
        .values(next_at=None, lease_until=None, failures=0, reason=None)
    )
