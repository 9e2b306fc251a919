"""What one person does for another pays within limits: not back and forth, not by the dozen (`rules.GUARDS`)."""

from __future__ import annotations

from datetime import datetime, timedelta

from sqlalchemy import and_, func, or_, select
from sqlalchemy.orm import Session

from advocacy.recognition.models import PointsEntry
from advocacy.recognition.rules import GIVER_CAP, PAIR_DAYS


def may_pay(session: Session, *, from_id: int, user_id: int, at: datetime) -> bool:
    """Whether thanks or a mark of one person earn another points.

    Args:
        session: of the one writer of the ledger.
        from_id: who did it.
        user_id: for whom.
        at: when; what was paid and taken back since counts as paid.
    """
    today = select(func.count()).where(PointsEntry.from_id == from_id, PointsEntry.day == at.date())
    if (session.scalar(today) or 0) >= GIVER_CAP:
        return False
    either = or_(
        and_(PointsEntry.from_id == from_id, PointsEntry.user_id == user_id),
        and_(PointsEntry.from_id == user_id, PointsEntry.user_id == from_id),
    )
    since = at - timedelta(days=PAIR_DAYS)
    return session.scalar(select(PointsEntry.id).where(either, PointsEntry.at > since).limit(1)) is None
