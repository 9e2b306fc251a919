"""What a person can spend: the points earned, less what was spent. Spending never touches the ledger or the board."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from advocacy.people.models import User
from advocacy.recognition import points
from advocacy.recognition.reward_models import Redemption, Spending


@dataclass(frozen=True)
class Balance:
    """What a person can spend.

    Args:
        earned: all points of the ledger, corrections included.
        spent: what rewards took, less what was given back; 0 or more.
    """

    earned: int
    spent: int

    @property
    def left(self) -> int:
        """What is there to spend; below 0 when points were taken back after they had been spent."""
        return self.earned - self.spent


def of(session: Session, *, user_id: int) -> Balance:
    """A person's balance, as far as the ledger has been written."""
    moved = select(func.coalesce(func.sum(Spending.points), 0)).where(Spending.user_id == user_id)
    return Balance(earned=points.total(session, user_id=user_id), spent=-int(session.scalar(moved) or 0))


def lock(session: Session, *, user_id: int) -> None:
    """Makes everybody else who would spend this person's points wait until the transaction ends.

    On SQLite the transaction has the only write lock already. The row's key stays free: what refers to the person,
    such as new entries of the ledger, waits for nothing.
    """
    session.execute(select(User.id).where(User.id == user_id).with_for_update(key_share=True)).all()


def spend(session: Session, redemption: Redemption, *, at: datetime) -> None:
    """Writes down what a redemption cost; a second time fails."""
    _write(session, redemption, points=-redemption.price, cause=f"spent:{redemption.id}", at=at)


def give_back(session: Session, redemption: Redemption, *, at: datetime) -> None:
    """Writes down that a redemption's points are the person's again; a second time fails."""
    _write(session, redemption, points=redemption.price, cause=f"given_back:{redemption.id}", at=at)


def _write(session: Session, redemption: Redemption, *, points: int, cause: str, at: datetime) -> None:
    session.add(Spending(user_id=redemption.user_id, redemption_id=redemption.id, points=points, cause=cause, at=at))
    session.flush()
