"""Judging clicks of the past again by the rules in force: the runs, and what each click was judged before."""

from __future__ import annotations

import enum
from datetime import date, datetime

from sqlalchemy import ForeignKey, Index, String, text
from sqlalchemy.orm import Mapped, mapped_column

from advocacy.base.db import Base
from advocacy.base.events import BigId
from advocacy.people.models import closed_set


class RunState(enum.StrEnum):
    """How far a run is."""

    RUNNING = "running"
    DONE = "done"
    STOPPED = "stopped"


class Rejudging(Base):
    """Going over some days again, the newest first; what is done is done when it is stopped."""

    __tablename__ = "rejudging"
    __table_args__ = (
        Index(
            "ix_rejudging_one_at_a_time",
            "state",
            unique=True,
            sqlite_where=text("state = 'running'"),
            postgresql_where=text("state = 'running'"),
        ),
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    version: Mapped[int]
    """Of the rules that judge."""
    first: Mapped[date]
    last: Mapped[date]
    """UTC, both included."""
    next_day: Mapped[date]
    """The day that is gone over next; before `first` when all are."""
    state: Mapped[RunState] = mapped_column(closed_set(RunState))
    asked_by: Mapped[int | None] = mapped_column(ForeignKey("user.id", ondelete="SET NULL"))
    asked_at: Mapped[datetime]
    ended_at: Mapped[datetime | None]
    clicks: Mapped[int] = mapped_column(default=0)
    """Gone over so far."""
    to_filtered: Mapped[int] = mapped_column(default=0)
    to_human: Mapped[int] = mapped_column(default=0)
    other_reason: Mapped[int] = mapped_column(default=0)
    """Filtered before and after, by another rule."""


class EarlierJudgement(Base):
    """What a click was judged before a run judged it otherwise. Never changed; goes with its click."""

    __tablename__ = "earlier_judgement"
    __table_args__ = (Index("ix_earlier_judgement_day", "day"),)

    click_id: Mapped[int] = mapped_column(BigId, primary_key=True)
    rejudging_id: Mapped[int] = mapped_column(ForeignKey("rejudging.id"), primary_key=True)
    day: Mapped[date]
    """The click's."""
    rule: Mapped[str] = mapped_column(String(40))
    """"" for a human's."""
    is_first_today: Mapped[bool]
    rules_version: Mapped[int]
