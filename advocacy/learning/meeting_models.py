"""Sessions and open meetings: when and where, and who has a place."""

from __future__ import annotations

import enum
from datetime import datetime
from typing import Any

from sqlalchemy import ForeignKey, Index, String, Text, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column

from advocacy.base.db import Base
from advocacy.people.models import closed_set


class Standing(enum.StrEnum):
    """Whether somebody who signed up has a place."""

    GOING = "going"
    WAITING = "waiting"


class Meeting(Base):
    """A training session or an open meeting."""

    __tablename__ = "meeting"
    __table_args__ = (Index("ix_meeting_starts_at", "starts_at", "id"),)

    id: Mapped[int] = mapped_column(primary_key=True)
    title: Mapped[str] = mapped_column(String(160))
    description: Mapped[str] = mapped_column(Text, default="")
    """Markdown."""
    starts_at: Mapped[datetime]
    ends_at: Mapped[datetime]
    place: Mapped[str] = mapped_column(String(200), default="")
    link: Mapped[str] = mapped_column(String(2000), default="")
    """Where one joins from afar; shown to those who have a place."""
    places: Mapped[int | None]
    """None: room for everybody."""
    audience: Mapped[dict[str, Any]] = mapped_column(default=dict)
    material: Mapped[str] = mapped_column(Text, default="")
    """Markdown, for reading afterwards."""
    revision: Mapped[int] = mapped_column(default=0)
    """Counts changes, so that a calendar takes a newer file for the newer one (RFC 5545, SEQUENCE)."""
    cancelled_at: Mapped[datetime | None]
    created_by: Mapped[int | None] = mapped_column(ForeignKey("user.id"))
    updated_at: Mapped[datetime]


class SignUp(Base):
    """A person wants to come. Taking it back removes the row, and with it the place in the queue."""

    __tablename__ = "meeting_sign_up"
    __table_args__ = (
        UniqueConstraint("meeting_id", "user_id"),
        Index("ix_meeting_sign_up_queue", "meeting_id", "standing", "id"),
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    """In the order of the queue."""
    meeting_id: Mapped[int] = mapped_column(ForeignKey("meeting.id", ondelete="CASCADE"))
    user_id: Mapped[int] = mapped_column(ForeignKey("user.id", ondelete="CASCADE"), index=True)
    standing: Mapped[Standing] = mapped_column(closed_set(Standing))
    signed_up_at: Mapped[datetime]
    was_there: Mapped[bool | None]
    """None: nobody has said."""
