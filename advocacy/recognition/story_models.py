"""Success stories: what went well, told by somebody, seen by a curator, with the consent of everybody it names."""

from __future__ import annotations

import enum
from datetime import date, datetime

from sqlalchemy import ForeignKey, Index, String, Text
from sqlalchemy.orm import Mapped, mapped_column, relationship

from advocacy.base.db import Base
from advocacy.library.models import Picture
from advocacy.people.models import closed_set


class StoryState(enum.StrEnum):
    """Where a story stands."""

    WAITING = "waiting"
    APPROVED = "approved"
    """On the wall."""
    SENT_BACK = "sent_back"
    WITHDRAWN = "withdrawn"


class Story(Base):
    """A story."""

    __tablename__ = "story"
    __table_args__ = (Index("ix_story_wall", "state", "approved_at", "id"),)

    id: Mapped[int] = mapped_column(primary_key=True)
    user_id: Mapped[int] = mapped_column(ForeignKey("user.id"), index=True)
    """Who tells it."""
    title: Mapped[str] = mapped_column(String(160))
    body: Mapped[str] = mapped_column(Text)
    """Markdown."""
    picture_id: Mapped[int | None] = mapped_column(ForeignKey("picture.id"))
    alt_text: Mapped[str] = mapped_column(String(500), default="")
    share_id: Mapped[int | None] = mapped_column(ForeignKey("share.id", ondelete="SET NULL"), index=True)
    """The teller's own post whose visitors stand with the story."""
    figure: Mapped[int | None]
    """People who had followed that post's link on `figure_on`: kept, for the wall counts nothing."""
    figure_on: Mapped[date | None]
    state: Mapped[StoryState] = mapped_column(closed_set(StoryState), default=StoryState.WAITING)
    reason: Mapped[str] = mapped_column(String(300), default="")
    """Why it was sent back or withdrawn."""
    created_at: Mapped[datetime]
    approved_at: Mapped[datetime | None]
    approved_by: Mapped[int | None] = mapped_column(ForeignKey("user.id"), index=True)

    picture: Mapped[Picture | None] = relationship(lazy="joined")


class StoryPerson(Base):
    """Somebody whom a story names."""

    __tablename__ = "story_person"

    story_id: Mapped[int] = mapped_column(ForeignKey("story.id", ondelete="CASCADE"), primary_key=True)
    user_id: Mapped[int] = mapped_column(ForeignKey("user.id", ondelete="CASCADE"), primary_key=True, index=True)
    agrees: Mapped[bool | None]
    """None: not answered yet."""
