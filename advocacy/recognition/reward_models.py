"""Rewards: what points are good for, who asked for one, and an account of what was spent."""

from __future__ import annotations

import enum
from datetime import datetime
from typing import Any

from sqlalchemy import ForeignKey, Index, String, Text, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column, relationship

from advocacy.base.db import Base
from advocacy.base.events import BigId
from advocacy.library.models import Picture
from advocacy.people.models import closed_set


class RedemptionState(enum.StrEnum):
    """Where a redemption stands."""

    ASKED = "asked"
    """Paid, and somebody has to agree."""
    GRANTED = "granted"
    """Paid and agreed: it waits to be handed out."""
    HANDED_OUT = "handed_out"
    DECLINED = "declined"
    CANCELLED = "cancelled"


GIVEN_BACK = (RedemptionState.DECLINED, RedemptionState.CANCELLED)
"""States in which the points are the person's again."""


class Reward(Base):
    """Something that points are good for."""

    __tablename__ = "reward"
    __table_args__ = (Index("ix_reward_list", "is_withdrawn", "price", "id"),)

    id: Mapped[int] = mapped_column(primary_key=True)
    title: Mapped[str] = mapped_column(String(160))
    description: Mapped[str] = mapped_column(Text, default="")
    """Markdown."""
    picture_id: Mapped[int | None] = mapped_column(ForeignKey("picture.id"))
    alt_text: Mapped[str] = mapped_column(String(500), default="")
    price: Mapped[int]
    """Points, 1 or more."""
    stock: Mapped[int | None]
    """Pieces left; None is no limit. Only ever moved by a statement that looks at it at the same time."""
    per_person: Mapped[int | None]
    """How many one person may have; None is no limit."""
    opens_at: Mapped[datetime | None]
    closes_at: Mapped[datetime | None]
    audience: Mapped[dict[str, Any]] = mapped_column(default=dict)
    """Values by dimension, as `library.audience.to_json` writes them; empty: everyone."""
    needs_approval: Mapped[bool] = mapped_column(default=False)
    hand_out: Mapped[str] = mapped_column(String(500), default="")
    """How one gets it, in plain words."""
    is_withdrawn: Mapped[bool] = mapped_column(default=False)
    created_at: Mapped[datetime]
    created_by: Mapped[int | None] = mapped_column(ForeignKey("user.id"))

    picture: Mapped[Picture | None] = relationship(lazy="joined")


class Redemption(Base):
    """A person took a reward for points."""

    __tablename__ = "redemption"
    __table_args__ = (
        UniqueConstraint("user_id", "request_key"),
        Index("ix_redemption_user", "user_id", "id"),
        Index("ix_redemption_queue", "state", "id"),
        Index("ix_redemption_reward", "reward_id", "user_id"),
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    reward_id: Mapped[int] = mapped_column(ForeignKey("reward.id"))
    user_id: Mapped[int] = mapped_column(ForeignKey("user.id", ondelete="CASCADE"))
    request_key: Mapped[str] = mapped_column(String(64))
    """The form's own random key: the same form sent twice redeems once."""
    price: Mapped[int]
    """What was paid, whatever the reward costs later."""
    took_stock: Mapped[bool]
    """Whether a piece was taken off the stock, which goes back with the points."""
    state: Mapped[RedemptionState] = mapped_column(closed_set(RedemptionState))
    reason: Mapped[str] = mapped_column(String(500), default="")
    """Why it was declined."""
    asked_at: Mapped[datetime]
    decided_at: Mapped[datetime | None]
    decided_by: Mapped[int | None]
    handed_out_at: Mapped[datetime | None]
    handed_out_by: Mapped[int | None]

    reward: Mapped[Reward] = relationship(lazy="joined")


class Spending(Base):
    """Points spent, or given back. Never changed; it stands beside the ledger, so that nobody's place falls by spending."""

    __tablename__ = "spending"
    __table_args__ = (Index("ix_spending_user", "user_id", "points"),)

    id: Mapped[int] = mapped_column(BigId, primary_key=True, autoincrement=True)
    user_id: Mapped[int] = mapped_column(ForeignKey("user.id", ondelete="CASCADE"))
    redemption_id: Mapped[int] = mapped_column(ForeignKey("redemption.id", ondelete="CASCADE"), index=True)
    points: Mapped[int]
    """Below 0 when spent, above 0 when given back."""
    cause: Mapped[str] = mapped_column(String(60), unique=True)
    """`spent:17` or `given_back:17`: each happens once to a redemption."""
    at: Mapped[datetime]
