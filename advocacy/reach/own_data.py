"""What reach holds about a person: counts of clicks on their shares, which say nothing of who clicked."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from sqlalchemy import select
from sqlalchemy.orm import Session

from advocacy.people.privacy import Holding, rows
from advocacy.reach.models import ReachDay


def _export(session: Session, user_id: int) -> Mapping[str, Any]:
    mine = select(ReachDay).where(ReachDay.user_id == user_id).order_by(ReachDay.day, ReachDay.link_id)
    return {"clicks_by_day": rows(session, mine)}


HOLDING = Holding(area="reach", export=_export)
