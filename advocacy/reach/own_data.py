"""What reach holds about a person: the figures of their shares, and how many follow their accounts. About visitors it holds nothing that names anybody."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from sqlalchemy import select, update
from sqlalchemy.orm import Session

from advocacy.base.clock import Clock
from advocacy.people.privacy import Holding, rows
from advocacy.reach import follower_readings
from advocacy.reach.follower_models import FollowerSnapshot
from advocacy.reach.models import FigureReading, ReachDay, ReadBack
from advocacy.sharing.models import Connection, Share


def _export(session: Session, user_id: int) -> Mapping[str, Any]:
    own = select(Share.id).where(Share.user_id == user_id)
    accounts = select(Connection.id).where(Connection.user_id == user_id)
    return {
        "clicks_by_day": rows(
            session, select(ReachDay).where(ReachDay.user_id == user_id).order_by(ReachDay.day, ReachDay.link_id)
        ),
        "followers_by_day": rows(
            session,
            select(FollowerSnapshot)
            .where(FollowerSnapshot.connection_id.in_(accounts))
            .order_by(FollowerSnapshot.connection_id, FollowerSnapshot.day),
        ),
        "network_figures": rows(
            session, select(FigureReading).where(FigureReading.share_id.in_(own)).order_by(FigureReading.id)
        ),
    }


def _erase(session: Session, _clock: Clock, user_id: int) -> None:
    own = select(Share.id).where(Share.user_id == user_id)
    session.execute(update(ReadBack).where(ReadBack.share_id.in_(own)).values(next_at=None))
    follower_readings.forget(
        session, list(session.scalars(select(Connection.id).where(Connection.user_id == user_id)))
    )


HOLDING = Holding(area="reach", export=_export, erase=_erase)
"""Sums of clicks and likes stay: they are the team's and the item's figures, under a number that no longer has a name.
The networks are not asked again. How many followed the person's accounts is deleted; the day's sum over many people stays."""
