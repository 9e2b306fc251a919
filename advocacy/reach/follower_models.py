"""How many follow each linked account, a reading a day; when the next is; and the sums that leaders may see."""

from __future__ import annotations

from datetime import date, datetime
from typing import Any

from sqlalchemy import ForeignKey, Index, String
from sqlalchemy.orm import Mapped, mapped_column

from advocacy.base.db import Base
from advocacy.base.events import BigId


class FollowerSnapshot(Base):
    """What a network counted for one account on one day: the first answer of the day, never changed afterwards."""

    __tablename__ = "follower_snapshot"
    __table_args__ = (Index("ix_follower_snapshot_day", "day"),)

    connection_id: Mapped[int] = mapped_column(
        ForeignKey("connection.id", ondelete="CASCADE"), primary_key=True, autoincrement=False
    )
    day: Mapped[date] = mapped_column(primary_key=True)
    """UTC."""
    at: Mapped[datetime]
    followers: Mapped[int | None]
    """None where the day brought no number, which is not 0."""
    reason: Mapped[dict[str, Any] | None]
    """A `Text` as JSON: why there is no number."""


class FollowerPlan(Base):
    """When an account is read next, and how it stands. Says nothing that a person could be told by."""

    __tablename__ = "follower_plan"

    connection_id: Mapped[int] = mapped_column(
        ForeignKey("connection.id", ondelete="CASCADE"), primary_key=True, autoincrement=False
    )
    next_at: Mapped[datetime | None] = mapped_column(index=True)
    """None once the account was let go."""
    lease_until: Mapped[datetime | None]
    failures: Mapped[int] = mapped_column(default=0)
    """Tries in vain since the last number."""
    reason: Mapped[dict[str, Any] | None]
    """A `Text` as JSON: why the newest try brought no number; None when it brought one."""
    is_counted: Mapped[bool] = mapped_column(default=False)
    """Whether it is part of its network's newest `AudienceDay`."""


class AudienceDay(Base):
    """The followers of all accounts at one network together, on one day. Groups only: nobody can be told from it.

    It is written once, and stays when a person leaves and their own readings go.
    """

    __tablename__ = "audience_day"

    day: Mapped[date] = mapped_column(primary_key=True)
    """UTC."""
    network: Mapped[str] = mapped_column(String(30), primary_key=True)
    followers: Mapped[int] = mapped_column(BigId)
    accounts: Mapped[int]
    """Whose newest number is in the sum."""
    unavailable: Mapped[int]
    """Linked accounts without a number of the last days."""
    waiting: Mapped[int]
    """Accounts with a number that are too few to be counted yet: see `audience`."""
    counted_at: Mapped[datetime]
