"""Programmes: who they are for, what they say, what belongs to them, and who follows them."""

from __future__ import annotations

import enum
from datetime import date, datetime
from typing import Any

from sqlalchemy import ForeignKey, Index, String, Text
from sqlalchemy.orm import Mapped, mapped_column

from advocacy.base.db import Base
from advocacy.people.models import closed_set


class ProgrammeState(enum.StrEnum):
    """Whether a programme goes on."""

    OPEN = "open"
    EVALUATED = "evaluated"
    """It is over: the results stand as they were then."""


class Programme(Base):
    """What a department, several together or the whole company means to reach."""

    __tablename__ = "programme"
    __table_args__ = (Index("ix_programme_state", "state", "id"),)

    id: Mapped[int] = mapped_column(primary_key=True)
    title: Mapped[str] = mapped_column(String(160))
    message: Mapped[str] = mapped_column(Text, default="")
    """Markdown: the one message of this programme."""
    teams: Mapped[list[Any]]
    """Ids of the departments it is of, the teams below included; [] is the whole company."""
    starts_on: Mapped[date]
    ends_on: Mapped[date]
    owner_id: Mapped[int | None] = mapped_column(ForeignKey("user.id"), index=True)
    state: Mapped[ProgrammeState] = mapped_column(closed_set(ProgrammeState), default=ProgrammeState.OPEN)
    learned: Mapped[str] = mapped_column(Text, default="")
    """Markdown: what we learned, written at the end."""
    results: Mapped[list[Any]] = mapped_column(default=list)
    """The goals as they stood when it was evaluated; see `evaluation`."""
    evaluated_at: Mapped[datetime | None]
    evaluated_by: Mapped[int | None] = mapped_column(ForeignKey("user.id"))
    created_at: Mapped[datetime]
    created_by: Mapped[int | None] = mapped_column(ForeignKey("user.id"))


class ProgrammeItem(Base):
    """An item of the library that a programme tells its people about."""

    __tablename__ = "programme_item"

    programme_id: Mapped[int] = mapped_column(ForeignKey("programme.id", ondelete="CASCADE"), primary_key=True)
    item_id: Mapped[int] = mapped_column(
        ForeignKey("content_item.id", ondelete="CASCADE"), primary_key=True, index=True
    )


class ProgrammeCourse(Base):
    """A course that belongs to a programme."""

    __tablename__ = "programme_course"

    programme_id: Mapped[int] = mapped_column(ForeignKey("programme.id", ondelete="CASCADE"), primary_key=True)
    course_id: Mapped[int] = mapped_column(ForeignKey("course.id", ondelete="CASCADE"), primary_key=True, index=True)


class ProgrammeFollower(Base):
    """A person wants to hear when the plan changes."""

    __tablename__ = "programme_follower"

    programme_id: Mapped[int] = mapped_column(ForeignKey("programme.id", ondelete="CASCADE"), primary_key=True)
    user_id: Mapped[int] = mapped_column(ForeignKey("user.id", ondelete="CASCADE"), primary_key=True, index=True)
    since: Mapped[datetime]
