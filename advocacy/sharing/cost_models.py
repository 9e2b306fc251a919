"""What the networks charge: what was reserved for each request, and how much of a month's budget that is."""

from __future__ import annotations

import enum
from datetime import datetime
from typing import Any

from sqlalchemy import BigInteger, ForeignKey, Index, String
from sqlalchemy.orm import Mapped, mapped_column

from advocacy.base.db import Base
from advocacy.people.models import closed_set


class CostOf(enum.StrEnum):
    """What was paid for."""

    POST = "post"
    LOOK = "look"
    FIGURES = "figures"
    REMOVAL = "removal"


class MonthSpent(Base):
    """What was reserved at a network in one month: the number that may never pass the budget."""

    __tablename__ = "month_spent"

    network: Mapped[str] = mapped_column(String(30), primary_key=True)
    """The connector's name."""
    month: Mapped[str] = mapped_column(String(7), primary_key=True)
    """In UTC, as `2026-04`."""
    amount: Mapped[int] = mapped_column(BigInteger)
    """In millionths of the network's currency."""


class Cost(Base):
    """One request that costs; written before it is sent, taken out again when surely nothing was charged."""

    __tablename__ = "cost"
    __table_args__ = (Index("ix_cost_network_at", "network", "at"),)

    id: Mapped[int] = mapped_column(primary_key=True)
    network: Mapped[str] = mapped_column(String(30))
    at: Mapped[datetime]
    what: Mapped[CostOf] = mapped_column(closed_set(CostOf))
    amount: Mapped[int] = mapped_column(BigInteger)
    attempt_id: Mapped[int | None] = mapped_column(ForeignKey("share_attempt.id", ondelete="SET NULL"), unique=True)


class NetworkTrouble(Base):
    """A network that an administrator has to put in order: its credit, a cap, a right of our app. One row while it lasts."""

    __tablename__ = "network_trouble"

    network: Mapped[str] = mapped_column(String(30), primary_key=True)
    since: Mapped[datetime]
    reason: Mapped[dict[str, Any]]
    """A `Text` as JSON."""
