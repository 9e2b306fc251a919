"""What rewards hold about a person: what they took and what it cost, which stays with nobody's name."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from sqlalchemy import select
from sqlalchemy.orm import Session

from advocacy.base.clock import Clock
from advocacy.people.privacy import rows
from advocacy.recognition import redeeming
from advocacy.recognition.reward_models import Redemption, Spending


def export(session: Session, user_id: int) -> Mapping[str, Any]:
    """As JSON values."""
    redeemed = select(Redemption).where(Redemption.user_id == user_id).order_by(Redemption.id)
    return {
        "rewards": rows(session, redeemed, without=("request_key",)),
        "points_spent": rows(session, select(Spending).where(Spending.user_id == user_id).order_by(Spending.id)),
    }


def erase(session: Session, clock: Clock, user_id: int) -> None:
    """Gives back what was not handed out."""
    redeeming.settle_erased(session, clock, user_id=user_id)
