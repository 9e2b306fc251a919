"""Notices, and who has read them."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from sqlalchemy import ForeignKey, Index, String, Text
from sqlalchemy.orm import Mapped, mapped_column

from advocacy.base.db import Base


class Notice(Base):
    """Something that everybody, or an audience, should know."""

    __tablename__ = "notice"
    __table_args__ = (Index("ix_notice_published", "published_at", "id"),)

    id: Mapped[int] = mapped_column(primary_key=True)
    title: Mapped[str] = mapped_column(String(160))
    body: Mapped[str] = mapped_column(Text)
    """Markdown."""
    audience: Mapped[dict[str, Any]]
    """Values by dimension, as items have it; empty is everyone."""
    asks_confirmation: Mapped[bool] = mapped_column(default=False)
    """Whether readers are asked to say that they have read it."""
    published_at: Mapped[datetime]
    withdrawn_at: Mapped[datetime | None]
    created_by: Mapped[int | None] = mapped_column(ForeignKey("user.id"))


class NoticeReading(Base):
    """A person said that they have read a notice."""

    __tablename__ = "notice_reading"

    notice_id: Mapped[int] = mapped_column(ForeignKey("notice.id", ondelete="CASCADE"), primary_key=True)
    user_id: Mapped[int] = mapped_column(ForeignKey("user.id", ondelete="CASCADE"), primary_key=True, index=True)
    at: Mapped[datetime]
