"""What came of a share: clicks with their judgement, the network's figures, and the day's sums."""

from __future__ import annotations

import enum
from datetime import date, datetime
from typing import Any

from sqlalchemy import ForeignKey, Index, LargeBinary, String, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column

from advocacy.base.db import Base
from advocacy.base.events import BigId
from advocacy.people.models import closed_set


class Click(Base):
    """A request for a tracked link, as it was judged. No address is kept."""

    __tablename__ = "click"
    __table_args__ = (
        Index("ix_click_link_at", "link_id", "at"),
        Index("ix_click_day", "day", "is_human"),
        Index("ix_click_link_visitor", "link_id", "day", "visitor"),
        UniqueConstraint("segment", "offset"),
    )

    id: Mapped[int] = mapped_column(BigId, primary_key=True, autoincrement=True)
    link_id: Mapped[int] = mapped_column(ForeignKey("link.id"))
    at: Mapped[datetime]
    day: Mapped[date]
    """UTC."""
    method: Mapped[str] = mapped_column(String(8))
    agent: Mapped[str] = mapped_column(String(400), default="")
    referrer_host: Mapped[str] = mapped_column(String(255), default="")
    device: Mapped[str] = mapped_column(String(12), default="")
    """`phone`, `tablet`, `desktop` or "" when the agent does not tell."""
    visitor: Mapped[str] = mapped_column(String(32))
    """Keyed hash of address, agent and host with the day's salt; cannot be made again once that is destroyed."""
    is_human: Mapped[bool] = mapped_column(default=False)
    is_first_today: Mapped[bool] = mapped_column(default=False)
    """The visitor's first human click on this link that day."""
    rule: Mapped[str] = mapped_column(String(40), default="")
    """Name of the rule that filtered it; "" for a human one."""
    rules_version: Mapped[int] = mapped_column(default=1)
    segment: Mapped[str] = mapped_column(String(80))
    """The journal file and the place in it that this came from: each line is imported at most once."""
    offset: Mapped[int] = mapped_column(BigId)


class JournalPosition(Base):
    """How far a journal file has been imported; moved in the transaction that adds its clicks."""

    __tablename__ = "journal_position"

    segment: Mapped[str] = mapped_column(String(80), primary_key=True)
    offset: Mapped[int] = mapped_column(BigId, default=0)
    imported_at: Mapped[datetime]


class DailySalt(Base):
    """The random key of a day's visitor hashes, sealed; destroyed 48 hours after the day began."""

    __tablename__ = "daily_salt"

    day: Mapped[date] = mapped_column(primary_key=True)
    sealed: Mapped[bytes | None] = mapped_column(LargeBinary)
    destroyed_at: Mapped[datetime | None]


class ReadingState(enum.StrEnum):
    """What a look at the network gave."""

    READ = "read"
    NOT_AVAILABLE = "not_available"
    GONE = "gone"


class FigureReading(Base):
    """What the network reported about a share at one moment. Every reading is kept; missing is None, never 0."""

    __tablename__ = "figure_reading"
    __table_args__ = (Index("ix_figure_reading_share_at", "share_id", "at"),)

    id: Mapped[int] = mapped_column(BigId, primary_key=True, autoincrement=True)
    share_id: Mapped[int] = mapped_column(ForeignKey("share.id", ondelete="CASCADE"))
    at: Mapped[datetime]
    state: Mapped[ReadingState] = mapped_column(closed_set(ReadingState))
    likes: Mapped[int | None]
    reposts: Mapped[int | None]
    replies: Mapped[int | None]
    quotes: Mapped[int | None]
    views: Mapped[int | None]
    reason: Mapped[dict[str, Any] | None]
    """A `Text` as JSON: why it is not available."""


class ReadBack(Base):
    """When to look at the network next for a share, and the newest reading."""

    __tablename__ = "read_back"

    share_id: Mapped[int] = mapped_column(ForeignKey("share.id", ondelete="CASCADE"), primary_key=True)
    next_at: Mapped[datetime | None] = mapped_column(index=True)
    step: Mapped[int] = mapped_column(default=0)
    lease_until: Mapped[datetime | None]
    failures: Mapped[int] = mapped_column(default=0)
    newest_id: Mapped[int | None] = mapped_column(ForeignKey("figure_reading.id", ondelete="SET NULL"))


class ReachDay(Base):
    """A link's clicks of one day, summed. Derived from `Click`; can be rebuilt."""

    __tablename__ = "reach_day"
    __table_args__ = (
        Index("ix_reach_day_user_day", "user_id", "day"),
        Index("ix_reach_day_item_day", "item_id", "day"),
    )

    day: Mapped[date] = mapped_column(primary_key=True)
    link_id: Mapped[int] = mapped_column(ForeignKey("link.id"), primary_key=True)
    user_id: Mapped[int]
    item_id: Mapped[int]
    network: Mapped[str] = mapped_column(String(30))
    raw: Mapped[int] = mapped_column(default=0)
    filtered: Mapped[int] = mapped_column(default=0)
    human: Mapped[int] = mapped_column(default=0)
    unique_visitors: Mapped[int] = mapped_column(default=0)
