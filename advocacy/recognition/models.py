"""Points: an append-only ledger, one entry for each cause."""

from __future__ import annotations

from datetime import date, datetime

from sqlalchemy import ForeignKey, Index, String
from sqlalchemy.orm import Mapped, mapped_column

from advocacy.base.db import Base
from advocacy.base.events import BigId


class PointsEntry(Base):
    """Points given for one cause, by one version of one rule. Never changed; corrections are new entries."""

    __tablename__ = "points_entry"
    __table_args__ = (
        Index("ix_points_entry_user_at", "user_id", "at"),
        Index("ix_points_entry_at", "at"),
        Index("ix_points_entry_share", "share_id"),
    )

    id: Mapped[int] = mapped_column(BigId, primary_key=True, autoincrement=True)
    user_id: Mapped[int] = mapped_column(ForeignKey("user.id", ondelete="CASCADE"))
    rule: Mapped[str] = mapped_column(String(40))
    rule_version: Mapped[int]
    points: Mapped[int]
    cause: Mapped[str] = mapped_column(String(120), unique=True)
    """What it was given for, such as `share.published:17`: the same cause never pays twice."""
    at: Mapped[datetime]
    day: Mapped[date]
    """UTC; what daily caps count by."""
    share_id: Mapped[int | None] = mapped_column(ForeignKey("share.id", ondelete="SET NULL"))
    item_id: Mapped[int | None] = mapped_column(ForeignKey("content_item.id", ondelete="SET NULL"))
