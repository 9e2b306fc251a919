"""How the daily reading of followers goes: for the health page."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta

from sqlalchemy import and_, case, exists, func, select
from sqlalchemy.orm import Session

from advocacy.reach.follower_models import FollowerPlan, FollowerSnapshot
from advocacy.reach.models import ReadPause
from advocacy.sharing.models import Connection

LATE = timedelta(hours=6)
"""Since an account fell due and nobody asked to wait: so long that something is wrong."""


@dataclass(frozen=True)
class Going:
    """How it goes.

    Args:
        accounts: linked accounts that are read each day.
        read: of these, whose network gave a number today (UTC).
        failing: of these, whose newest try was in vain.
        late: of these, that nobody has read although they were due long ago.
        pauses: networks (or servers of one) that asked us to wait before we read figures again.
    """

    accounts: int
    read: int
    failing: int
    late: int
    pauses: Sequence[ReadPause]


def going(session: Session, *, now: datetime) -> Going:
    """How it goes at this moment, in three queries.

    Args:
        session: for reading.
        now: the present moment.
    """
    pauses = list(
        session.scalars(select(ReadPause).where(ReadPause.until > now).order_by(ReadPause.network, ReadPause.server))
    )
    waits = exists().where(
        and_(ReadPause.network == Connection.network, ReadPause.server == Connection.server, ReadPause.until > now)
    )
    accounts, failing, late = session.execute(
        select(
            func.count(),
            func.sum(case((FollowerPlan.failures > 0, 1), else_=0)),
            func.sum(case((and_(FollowerPlan.next_at < now - LATE, ~waits), 1), else_=0)),
        )
        .join(Connection, Connection.id == FollowerPlan.connection_id)
        .where(FollowerPlan.next_at.is_not(None))
    ).one()
    read = session.scalar(
        select(func.count()).where(
            FollowerSnapshot.day == now.astimezone(UTC).date(), FollowerSnapshot.followers.is_not(None)
        )
    )
    return Going(accounts, read or 0, int(failing or 0), int(late or 0), pauses)
