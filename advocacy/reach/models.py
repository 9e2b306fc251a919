"""What came of a share: clicks with their judgement, the network's figures, and the day's sums."""

from __future__ import annotations

import enum
from datetime import date, datetime
from typing import Any

from sqlalchemy import ForeignKey, Index, LargeBinary, String, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column, relationship

from advocacy.base.db import Base
from advocacy.base.events import BigId
from advocacy.people.models import closed_set


class Agent(Base):
    """What a program called itself in the User-Agent header. Kept once, however many clicks it made."""

    __tablename__ = "agent"

    id: Mapped[int] = mapped_column(primary_key=True)
    text: Mapped[str] = mapped_column(String(400), unique=True)
    device: Mapped[str] = mapped_column(String(12), default="")
    """`phone`, `tablet`, `desktop` or "" when it does not tell."""


class JournalSegment(Base):
    """How far a journal file has been imported; moved in the transaction that adds its clicks."""

    __tablename__ = "journal_segment"

    id: Mapped[int] = mapped_column(primary_key=True)
    name: Mapped[str] = mapped_column(String(80), unique=True)
    offset: Mapped[int] = mapped_column(BigId, default=0)
    """Bytes from the beginning that have been imported."""
    imported_at: Mapped[datetime] = mapped_column(index=True)
    unreadable: Mapped[int] = mapped_column(default=0)
    """Lines that could not be read; each was logged."""
    lost: Mapped[int] = mapped_column(default=0)
    """Clicks that the writer had to let go because it could not write (disk full), by its own word."""
    removed_at: Mapped[datetime | None]
    """When the file was deleted: everything in it is here."""


class Click(Base):
    """A request for a tracked link, as it was judged. No address is kept."""

    __tablename__ = "click"
    __table_args__ = (
        Index("ix_click_link_at", "link_id", "at", "id"),
        Index("ix_click_visitor_link", "visitor", "link_id"),
        Index("ix_click_day", "day"),
        UniqueConstraint("segment_id", "offset"),
    )

    id: Mapped[int] = mapped_column(BigId, primary_key=True, autoincrement=True)
    link_id: Mapped[int] = mapped_column(ForeignKey("link.id"))
    at: Mapped[datetime]
    day: Mapped[date]
    """UTC."""
    method: Mapped[str] = mapped_column(String(8))
    agent_id: Mapped[int] = mapped_column(ForeignKey("agent.id"))
    referrer_host: Mapped[str] = mapped_column(String(255), default="")
    facts: Mapped[str] = mapped_column(String(12), default="")
    """What else was seen, a letter each: see `judging.Facts`. Enough to judge again by newer rules."""
    purpose: Mapped[str] = mapped_column(String(40), default="")
    """What the request said it was for (`prefetch`); "" when it said nothing."""
    visitor: Mapped[str] = mapped_column(String(24))
    """Keyed hash of address, agent and host with the day's salt; cannot be made again once that is destroyed."""
    source: Mapped[str] = mapped_column(String(16))
    """Keyed hash of the address alone, with the same salt: tells a burst."""
    is_human: Mapped[bool] = mapped_column(default=False)
    is_first_today: Mapped[bool] = mapped_column(default=False)
    """The visitor's first human click on this link that day."""
    rule: Mapped[str] = mapped_column(String(40), default="")
    """Name of the rule that filtered it; "" for a human one."""
    rules_version: Mapped[int] = mapped_column(default=1)
    segment_id: Mapped[int] = mapped_column(ForeignKey("journal_segment.id"))
    """The journal file and the place in it that this came from: each line is imported at most once."""
    offset: Mapped[int] = mapped_column(BigId)
    country: Mapped[str | None] = mapped_column(String(2))
    """ISO 3166-1 alpha-2, looked up when the visit came; None where no database was there to tell."""

    agent: Mapped[Agent] = relationship()


class SourceMinute(Base):
    """How many requests one source made in one minute: what bursts are told by. Removed after an hour."""

    __tablename__ = "source_minute"

    source: Mapped[str] = mapped_column(String(16), primary_key=True)
    minute: Mapped[datetime] = mapped_column(primary_key=True, index=True)
    requests: Mapped[int] = mapped_column(default=0)


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
    """A `Text` as JSON: why it is not available, or what else is to say of it."""


class ReadBack(Base):
    """When to look at the network next for a share, and the newest reading."""

    __tablename__ = "read_back"

    share_id: Mapped[int] = mapped_column(ForeignKey("share.id", ondelete="CASCADE"), primary_key=True)
    next_at: Mapped[datetime | None] = mapped_column(index=True)
    step: Mapped[int] = mapped_column(default=0)
    """How many of the timetable's looks are over."""
    lease_until: Mapped[datetime | None]
    asked_at: Mapped[datetime | None]
    """When the sharer last asked for a look out of turn."""
    failures: Mapped[int] = mapped_column(default=0)
    newest_id: Mapped[int | None] = mapped_column(ForeignKey("figure_reading.id", ondelete="SET NULL"))


class ReadPause(Base):
    """A network, or one server of it, asked us to wait before we read figures again."""

    __tablename__ = "read_pause"

    network: Mapped[str] = mapped_column(String(30), primary_key=True)
    server: Mapped[str] = mapped_column(String(255), primary_key=True, default="")
    until: Mapped[datetime]


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


class FilteredDay(Base):
    """How many of a link's clicks of one day each rule filtered. Derived from `Click`; can be rebuilt."""

    __tablename__ = "filtered_day"

    day: Mapped[date] = mapped_column(primary_key=True)
    link_id: Mapped[int] = mapped_column(ForeignKey("link.id"), primary_key=True)
    rule: Mapped[str] = mapped_column(String(40), primary_key=True)
    clicks: Mapped[int] = mapped_column(default=0)
