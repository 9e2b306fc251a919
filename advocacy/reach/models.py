"""What came of a share: clicks with their judgement, the network's figures, and the day's sums."""

from __future__ import annotations

import enum
from datetime import UTC, date, datetime, timedelta
from typing import Any

from sqlalchemy import BigInteger, ForeignKey, Index, LargeBinary, SmallInteger, String, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column, relationship

from advocacy.base.db import Base
from advocacy.base.events import BigId
from advocacy.people.models import closed_set
from advocacy.reach.rule_codes import RuleName


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


class RequestKind(Base):
    """What requests said of themselves. Kept once, however many clicks were like that.

    Clicks name it by its number. It is removed when the last click of its kind is: see `kinds`.
    """

    __tablename__ = "request_kind"
    __table_args__ = (
        UniqueConstraint(
            "agent_id", "referrer_host", "facts", "country", "purpose", "method", name="uq_request_kind"
        ),
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    method: Mapped[str] = mapped_column(String(8))
    agent_id: Mapped[int] = mapped_column(ForeignKey("agent.id"))
    referrer_host: Mapped[str] = mapped_column(String(255), default="")
    facts: Mapped[str] = mapped_column(String(12), default="")
    """What else was seen, a letter each: see `judging.Facts`. Enough to judge again by newer rules."""
    purpose: Mapped[str] = mapped_column(String(40), default="")
    """What the request said it was for (`prefetch`); "" when it said nothing."""
    country: Mapped[str] = mapped_column(String(2), default="")
    """ISO 3166-1 alpha-2, looked up when the visit came; "" where no database was there to tell."""

    agent: Mapped[Agent] = relationship()


PLACES = 1 << 32
"""Bytes of a journal file that a click's number has room for; a file is closed long before."""


def line_id(segment_id: int, offset: int) -> int:
    """The number of the click that a line of the journal makes.

    Args:
        segment_id: the file.
        offset: the place in bytes where the line begins.
    """
    return segment_id * PLACES + offset


class Click(Base):
    """A request for a tracked link, as it was judged. No address is kept, and no hash of one alone.

    Its number is the place in the journal that it came from, so that a line counts once however often it is read: the
    key itself refuses the second. Columns stand by their width, the widest first, and there is no foreign key:
    a row takes 64 bytes on PostgreSQL then, and checking two keys for each click takes longer than adding it. The importer
    holds a batch's links and kinds in the transaction that adds the clicks instead.
    """

    __tablename__ = "click"
    __table_args__ = (
        Index("ix_click_link_day", "link_id", "day"),
        Index("ix_click_day", "day"),  # not where clicks are kept by month: there the key begins with the day
    )

    id: Mapped[int] = mapped_column(BigId, primary_key=True, autoincrement=False)
    """See `line_id`."""
    visitor: Mapped[int] = mapped_column(BigInteger)
    """The first 64 bits of the keyed hash of address, agent and host with the day's salt, which cannot be made again
    once that is destroyed. Two visitors are taken for one when they have the same on one link and day: with n visitors
    of a link that day the chance of any such pair is n²/2⁶⁵, one in four million for three million visitors."""
    day: Mapped[date]
    """UTC."""
    ms: Mapped[int]
    """Milliseconds since the day began."""
    link_id: Mapped[int]
    kind_id: Mapped[int]
    place: Mapped[int] = mapped_column(SmallInteger, default=1)
    """The how-manieth request of its address in its minute it was, 32,767 at most: what bursts are told by."""
    rules_version: Mapped[int] = mapped_column(SmallInteger, default=1)
    is_human: Mapped[bool] = mapped_column(default=False)
    is_first_today: Mapped[bool] = mapped_column(default=False)
    """The visitor's first human click on this link that day."""
    rule: Mapped[str] = mapped_column(RuleName, default="")
    """Name of the rule that filtered it; "" for a human one."""

    @property
    def at(self) -> datetime:
        """When it was made."""
        return moment(self.day, self.ms)


def moment(day: date, ms: int) -> datetime:
    """A moment of a day.

    Args:
        day: UTC.
        ms: milliseconds since it began.
    """
    return datetime(day.year, day.month, day.day, tzinfo=UTC) + timedelta(milliseconds=ms)


class MinuteSources(Base):
    """How many requests each address made in one minute, of one batch of clicks: what bursts are told by.

    Removed after two hours.
    """

    __tablename__ = "minute_sources"

    minute: Mapped[int] = mapped_column(primary_key=True)
    """Since 1970, UTC."""
    batch: Mapped[int] = mapped_column(BigInteger, primary_key=True)
    """The number of the click in the batch's first line: see `line_id`."""
    packed: Mapped[bytes] = mapped_column(LargeBinary)
    """For each source the first 64 bits of its hash and the number of requests: see `sources`."""


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
