"""The brief of an item in further languages, and who has read it."""

from __future__ import annotations

from datetime import datetime

from sqlalchemy import ForeignKey, String, Text
from sqlalchemy.orm import Mapped, mapped_column

from advocacy.base.db import Base


class ItemBrief(Base):
    """What we tell our own people of an item, in a language beside the item's own."""

    __tablename__ = "item_brief"

    item_id: Mapped[int] = mapped_column(ForeignKey("content_item.id", ondelete="CASCADE"), primary_key=True)
    language: Mapped[str] = mapped_column(String(10), primary_key=True)
    text: Mapped[str] = mapped_column(Text)
    """Markdown."""


class BriefReading(Base):
    """A person said that they have read a brief."""

    __tablename__ = "brief_reading"

    item_id: Mapped[int] = mapped_column(ForeignKey("content_item.id", ondelete="CASCADE"), primary_key=True)
    user_id: Mapped[int] = mapped_column(ForeignKey("user.id", ondelete="CASCADE"), primary_key=True, index=True)
    edition: Mapped[int] = mapped_column(primary_key=True)
    """Of the brief: see `ContentItem.brief_edition`."""
    at: Mapped[datetime]
