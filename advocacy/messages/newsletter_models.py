"""Newsletters, who gets one and when, and how often their links were followed."""

from __future__ import annotations

import enum
from datetime import date, datetime
from typing import Any

from sqlalchemy import Date, ForeignKey, Index, String, Text, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column

from advocacy.base.db import Base
from advocacy.people.models import closed_set


class NewsletterState(enum.StrEnum):
    """How far a newsletter is."""

    DRAFT = "draft"
    SCHEDULED = "scheduled"
    SENDING = "sending"
    """It has its readers; from now on it cannot be changed."""
    SENT = "sent"


class Newsletter(Base):
    """A letter to an audience."""

    __tablename__ = "newsletter"
    __table_args__ = (Index("ix_newsletter_state", "state", "id"),)

    id: Mapped[int] = mapped_column(primary_key=True)
    subject: Mapped[str] = mapped_column(String(160))
    opening: Mapped[str] = mapped_column(Text)
    """Plain words; an empty line parts paragraphs."""
    blocks: Mapped[dict[str, Any]]
    """Ids by kind of block."""
    closing: Mapped[str] = mapped_column(Text, default="")
    audience: Mapped[dict[str, Any]]
    """Values by dimension, as items have it; empty is everyone."""
    state: Mapped[NewsletterState] = mapped_column(closed_set(NewsletterState), default=NewsletterState.DRAFT)
    send_on: Mapped[date | None] = mapped_column(Date)
    send_hour: Mapped[int] = mapped_column(default=8)
    """Of each reader's own day."""
    counts: Mapped[dict[str, Any]]
    """How the letters went, by `sent`, `refused`, `unclear`, `waiting` and `skipped`; outlives the letters."""
    created_by: Mapped[int | None] = mapped_column(ForeignKey("user.id"))
    created_at: Mapped[datetime]
    updated_at: Mapped[datetime]


class NewsletterDelivery(Base):
    """A person gets a newsletter, at a time of theirs."""

    __tablename__ = "newsletter_delivery"
    __table_args__ = (
        UniqueConstraint("newsletter_id", "user_id"),
        Index("ix_newsletter_delivery_due", "put_at", "due_at"),
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    newsletter_id: Mapped[int] = mapped_column(ForeignKey("newsletter.id", ondelete="CASCADE"))
    user_id: Mapped[int] = mapped_column(ForeignKey("user.id", ondelete="CASCADE"), index=True)
    due_at: Mapped[datetime]
    put_at: Mapped[datetime | None]
    """When its letter went into the outbox, in the same transaction; or when it was found to be skipped."""
    message_id: Mapped[str] = mapped_column(String(60), default="", index=True)
    """Of the letter in the outbox; "" when it was skipped."""


class NewsletterLink(Base):
    """A link of a newsletter, the same for all its readers, so that it tells of nobody."""

    __tablename__ = "newsletter_link"
    __table_args__ = (UniqueConstraint("newsletter_id", "path"),)

    id: Mapped[int] = mapped_column(primary_key=True)
    newsletter_id: Mapped[int] = mapped_column(ForeignKey("newsletter.id", ondelete="CASCADE"))
    path: Mapped[str] = mapped_column(String(300))
    label: Mapped[str] = mapped_column(String(200))
    opened: Mapped[int] = mapped_column(default=0)
    """How often it was opened, by people and by mail filters that open every link."""
