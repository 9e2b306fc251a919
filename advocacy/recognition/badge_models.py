"""What a person has done in counts and weeks, the badges it gave, and the weeks that do not count."""

from __future__ import annotations

from datetime import date, datetime
from typing import Any

from sqlalchemy import ForeignKey, Index, String
from sqlalchemy.orm import Mapped, mapped_column

from advocacy.base.db import Base


class PersonCount(Base):
    """How often a person did something that badges are given for."""

    __tablename__ = "person_count"
    __table_args__ = (Index("ix_person_count_measure", "measure", "count"),)

    user_id: Mapped[int] = mapped_column(ForeignKey("user.id", ondelete="CASCADE"), primary_key=True)
    measure: Mapped[str] = mapped_column(String(30), primary_key=True)
    count: Mapped[int] = mapped_column(default=0)


class BadgeGiven(Base):
    """A person has a badge. Never taken away, whatever becomes of its rule."""

    __tablename__ = "badge_given"

    user_id: Mapped[int] = mapped_column(ForeignKey("user.id", ondelete="CASCADE"), primary_key=True)
    badge: Mapped[str] = mapped_column(String(40), primary_key=True)
    at: Mapped[datetime]
    title: Mapped[dict[str, Any]]
    """What it was called when it was given, as `Text.to_json` keeps it: for badges that are no longer there."""


class ActiveWeek(Base):
    """A week in which a person did something that counts."""

    __tablename__ = "active_week"

    user_id: Mapped[int] = mapped_column(ForeignKey("user.id", ondelete="CASCADE"), primary_key=True)
    week: Mapped[date] = mapped_column(primary_key=True)
    """Its Monday, in the person's own zone."""


class HolidayWeek(Base):
    """A week in which the company is on holiday."""

    __tablename__ = "holiday_week"

    week: Mapped[date] = mapped_column(primary_key=True)
    """Its Monday."""
    name: Mapped[str] = mapped_column(String(80), default="")


class Absence(Base):
    """Days on which a person is away, as they say themselves. Nobody else sees it, and no reason is asked."""

    __tablename__ = "absence"

    id: Mapped[int] = mapped_column(primary_key=True)
    user_id: Mapped[int] = mapped_column(ForeignKey("user.id", ondelete="CASCADE"), index=True)
    first_day: Mapped[date]
    last_day: Mapped[date]
