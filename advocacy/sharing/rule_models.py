"""What the company lays down for sharing, and the hand on its emergency brake."""

from __future__ import annotations

from datetime import datetime, time

from sqlalchemy import CheckConstraint, ForeignKey, String
from sqlalchemy.orm import Mapped, mapped_column

from advocacy.base.db import Base
from advocacy.base.editions import REMEMBERED


class SharingRules(Base):
    """One row at most; none stands for the defaults of `rules.Rules`."""

    __tablename__ = "sharing_rules"
    __table_args__ = (CheckConstraint("id = 1", name="one_row"), {"info": {REMEMBERED: True}})

    id: Mapped[int] = mapped_column(primary_key=True, default=1)
    daily_cap: Mapped[int]
    """Shares a day of one person on one network."""
    spread_minutes: Mapped[int]
    """How far apart colleagues' posts of one item on one network are kept."""
    quiet_from: Mapped[time | None]
    """On the wall of each person's own zone; None with `quiet_until` for no quiet hours."""
    quiet_until: Mapped[time | None]
    paused_at: Mapped[datetime | None]
    """Since when nothing is published; None while all is well."""
    paused_by: Mapped[int | None] = mapped_column(ForeignKey("user.id", ondelete="SET NULL"))
    pause_note: Mapped[str] = mapped_column(String(300), default="")
    """Why, for everybody to read."""
