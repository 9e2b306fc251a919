"""What recognition holds about a person: points, which stay as counts with nobody's name."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from sqlalchemy import select
from sqlalchemy.orm import Session

from advocacy.people.privacy import Holding, rows
from advocacy.recognition.models import PointsEntry


def _export(session: Session, user_id: int) -> Mapping[str, Any]:
    mine = select(PointsEntry).where(PointsEntry.user_id == user_id).order_by(PointsEntry.id)
    return {"points": rows(session, mine)}


HOLDING = Holding(area="recognition", export=_export)
