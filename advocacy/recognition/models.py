"""Points: an append-only ledger, one entry for each cause."""

from __future__ import annotations

from datetime import date, datetime

from sqlalchemy import ForeignKey, Index, String, text
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
        Index("ix_points_entry_item_day", "item_id", "day"),
        Index(
            "ix_points_entry_from",
            "from_id",
            "day",
            sqlite_where=text("from_id IS NOT NULL"),
            postgresql_where=text("from_id IS NOT NULL"),
        ),
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
    from_id: Mapped[int | None]
    """The colleague who did it for this person: thanked them, marked their answer. No name, and no foreign key: a
    number is all that limits need, also after that colleague is gone."""


class PointsDay(Base):
    """A person's points of one day, by the network they were earned on. Derived from the ledger; can be rebuilt."""

    __tablename__ = "points_day"
    __table_args__ = (Index("ix_points_day_user", "user_id"),)

    day: Mapped[date] = mapped_column(primary_key=True)
    """UTC."""
    user_id: Mapped[int] = mapped_column(ForeignKey("user.id", ondelete="CASCADE"), primary_key=True)
    network: Mapped[str] = mapped_column(String(30), primary_key=True)
    """As `Share.network`; "" for points that no post earned."""
    points: Mapped[int] = mapped_column(default=0)
    posts: Mapped[int] = mapped_column(default=0)
    visitors: Mapped[int] = mapped_column(default=0)


class Standing(Base):
    """A person's points of one whole period, sorted by an index. Derived from the ledger; can be rebuilt.

    Team, state and choice of the person stand here too, so that a page of the board reads one index and no more.
    """

    __tablename__ = "standing"
    __table_args__ = (
        Index("ix_standing_board", "period", "begins", "is_active", "points", "user_id"),
        Index("ix_standing_team", "period", "begins", "team_id", "points", "user_id"),
        Index("ix_standing_user", "user_id"),
    )

    period: Mapped[str] = mapped_column(String(10), primary_key=True)
    begins: Mapped[date] = mapped_column(primary_key=True)
    """UTC."""
    user_id: Mapped[int] = mapped_column(ForeignKey("user.id", ondelete="CASCADE"), primary_key=True)
    points: Mapped[int] = mapped_column(default=0)
    posts: Mapped[int] = mapped_column(default=0)
    visitors: Mapped[int] = mapped_column(default=0)
    team_id: Mapped[int | None]
    is_named: Mapped[bool] = mapped_column(default=False)
    is_active: Mapped[bool] = mapped_column(default=True)
