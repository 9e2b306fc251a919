"""How many people there were each day, kept because it cannot be known later; and which leader was written to of which month."""

from __future__ import annotations

from datetime import date, datetime

from sqlalchemy import ForeignKey
from sqlalchemy.orm import Mapped, mapped_column

from advocacy.base.db import Base


class Headcount(Base):
    """The people of one team on one day, counted until that day was over. Groups only: nobody can be told from it."""

    __tablename__ = "headcount"

    day: Mapped[date] = mapped_column(primary_key=True)
    """UTC."""
    team_id: Mapped[int] = mapped_column(primary_key=True, autoincrement=False)
    """The team people stood right in; 0 for those in none. No foreign key: a team may be removed, its past stays."""
    people: Mapped[int] = mapped_column(default=0)
    """Who could sign in."""
    invited: Mapped[int] = mapped_column(default=0)
    """Those, and everybody whose own invitation was still open."""
    connected: Mapped[int] = mapped_column(default=0)
    """Of the people: who had connected a network."""
    active_week: Mapped[int] = mapped_column(default=0)
    """Of the people: who were seen within the 7 days that ended with this one."""
    active_month: Mapped[int] = mapped_column(default=0)
    """Within the 30 days that ended with this one."""
    active_season: Mapped[int] = mapped_column(default=0)
    """Within the 90 days that ended with this one."""
    active_this_month: Mapped[int] = mapped_column(default=0)
    """Since the first of the month."""
    active_this_quarter: Mapped[int] = mapped_column(default=0)
    """Since the first of the quarter."""
    active_this_year: Mapped[int] = mapped_column(default=0)
    """Since the first of the year."""
    counted_at: Mapped[datetime]


class MonthlyLetter(Base):
    """A leader was written to about a month: there is room for one row, so that nobody is written to twice."""

    __tablename__ = "monthly_letter"

    user_id: Mapped[int] = mapped_column(ForeignKey("user.id", ondelete="CASCADE"), primary_key=True)
    month: Mapped[date] = mapped_column(primary_key=True)
    """Its first day."""
    written_at: Mapped[datetime]
