"""Handbook pages with every version, and feedback on anything."""

from __future__ import annotations

from datetime import date, datetime

from sqlalchemy import ForeignKey, Index, String, Text, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column

from advocacy.base.db import Base


class HandbookPage(Base):
    """How something is done here, as it stands now."""

    __tablename__ = "handbook_page"
    __table_args__ = (Index("ix_handbook_page_title", "title", "id"),)

    id: Mapped[int] = mapped_column(primary_key=True)
    title: Mapped[str] = mapped_column(String(160))
    body: Mapped[str] = mapped_column(Text)
    """Markdown."""
    search_words: Mapped[str] = mapped_column(Text, default="")
    version: Mapped[int] = mapped_column(default=1)
    reviewed_until: Mapped[date | None] = mapped_column(index=True)
    """Somebody vouches for it until this day; after it the page says that it may be out of date."""
    owner_id: Mapped[int | None] = mapped_column(ForeignKey("user.id"), index=True)
    updated_at: Mapped[datetime]


class HandbookVersion(Base):
    """A page as it was."""

    __tablename__ = "handbook_version"
    __table_args__ = (UniqueConstraint("page_id", "number"),)

    id: Mapped[int] = mapped_column(primary_key=True)
    page_id: Mapped[int] = mapped_column(ForeignKey("handbook_page.id", ondelete="CASCADE"))
    number: Mapped[int]
    title: Mapped[str] = mapped_column(String(160))
    body: Mapped[str] = mapped_column(Text)
    note: Mapped[str] = mapped_column(String(300), default="")
    at: Mapped[datetime]
    by: Mapped[int | None] = mapped_column(ForeignKey("user.id"), index=True)


class Feedback(Base):
    """Whether something helped a person, and why. Shown without the name, kept with it so that it can be changed."""

    __tablename__ = "feedback"

    about: Mapped[str] = mapped_column(String(40), primary_key=True)
    """What it is about, such as `item:17` or `handbook:3`."""
    user_id: Mapped[int] = mapped_column(ForeignKey("user.id", ondelete="CASCADE"), primary_key=True, index=True)
    is_helpful: Mapped[bool]
    why: Mapped[str] = mapped_column(String(1000), default="")
    day: Mapped[date]
