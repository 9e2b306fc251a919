"""Where items come from by themselves: feeds and what was found in them."""

from __future__ import annotations

import enum
from datetime import datetime
from typing import Any

from sqlalchemy import ForeignKey, Index, String, Text, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column, relationship

from advocacy.base.db import Base
from advocacy.people.models import closed_set


class EntryState(enum.StrEnum):
    """What became of an entry."""

    NEW = "new"
    USED = "used"
    DISMISSED = "dismissed"


class Source(Base):
    """A feed that the hub reads, with its rules and its health."""

    __tablename__ = "source"
    __table_args__ = (Index("ix_source_due", "active", "next_poll_at"),)

    id: Mapped[int] = mapped_column(primary_key=True)
    url: Mapped[str] = mapped_column(String(2000), unique=True)
    title: Mapped[str] = mapped_column(String(200), default="")
    site_url: Mapped[str] = mapped_column(String(2000), default="")
    active: Mapped[bool] = mapped_column(default=True)
    interval_minutes: Mapped[int] = mapped_column(default=60)
    """Between polls; the throttle. 15 or more."""
    max_new_per_poll: Mapped[int] = mapped_column(default=20)
    language: Mapped[str] = mapped_column(String(10), default="en")
    campaign_id: Mapped[int | None] = mapped_column(ForeignKey("campaign.id"))
    topic_ids: Mapped[list[Any]] = mapped_column(default=list)
    audience: Mapped[list[Any]] = mapped_column(default=list)
    """Rule: [dimension, value] pairs given to items made from it."""
    makes_items: Mapped[bool] = mapped_column(default=False)
    """Whether entries become items by themselves (else they wait in the source's inbox)."""
    auto_publish: Mapped[bool] = mapped_column(default=False)
    """Whether those items are approved at once (else they go to review)."""
    must_contain: Mapped[str] = mapped_column(String(200), default="")
    """Comma-separated words, one of which must occur; "" takes everything."""
    created_by: Mapped[int | None] = mapped_column(ForeignKey("user.id"))
    created_at: Mapped[datetime]
    # Health
    next_poll_at: Mapped[datetime]
    lease_until: Mapped[datetime | None]
    etag: Mapped[str] = mapped_column(String(300), default="")
    last_modified: Mapped[str] = mapped_column(String(100), default="")
    last_polled_at: Mapped[datetime | None]
    last_ok_at: Mapped[datetime | None]
    failures: Mapped[int] = mapped_column(default=0)
    """In a row."""
    problem: Mapped[dict[str, Any] | None]
    """A `Text` as JSON: what is wrong and what to do."""


class SourceEntry(Base):
    """Something found in a feed, once."""

    __tablename__ = "source_entry"
    __table_args__ = (
        UniqueConstraint("source_id", "guid_hash"),
        Index("ix_source_entry_inbox", "source_id", "state", "sort_at", "id"),
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    source_id: Mapped[int] = mapped_column(ForeignKey("source.id", ondelete="CASCADE"))
    guid_hash: Mapped[str] = mapped_column(String(64))
    title: Mapped[str] = mapped_column(String(300))
    link: Mapped[str] = mapped_column(String(2000), default="")
    summary: Mapped[str] = mapped_column(Text, default="")
    author: Mapped[str] = mapped_column(String(120), default="")
    image_url: Mapped[str] = mapped_column(String(2000), default="")
    published_at: Mapped[datetime | None]
    sort_at: Mapped[datetime]
    """When it was published, as far as the feed says and that is not in the future; else when it was found."""
    found_at: Mapped[datetime]
    state: Mapped[EntryState] = mapped_column(closed_set(EntryState), default=EntryState.NEW)
    item_id: Mapped[int | None] = mapped_column(ForeignKey("content_item.id", ondelete="SET NULL"))

    source: Mapped[Source] = relationship()
