"""The plan: steps with what they wait for, and what people say about them."""

from __future__ import annotations

import enum
from datetime import date, datetime

from sqlalchemy import ForeignKey, Index, String, Text
from sqlalchemy.orm import Mapped, mapped_column

from advocacy.base.db import Base
from advocacy.people.models import closed_set


class StepState(enum.StrEnum):
    """Where a step stands."""

    PLANNED = "planned"
    DOING = "doing"
    DONE = "done"
    DROPPED = "dropped"


class PlanStep(Base):
    """Something that somebody will have done by a day."""

    __tablename__ = "plan_step"
    __table_args__ = (Index("ix_plan_step_due", "programme_id", "due_on", "id"),)

    id: Mapped[int] = mapped_column(primary_key=True)
    programme_id: Mapped[int] = mapped_column(ForeignKey("programme.id", ondelete="CASCADE"))
    title: Mapped[str] = mapped_column(String(200))
    body: Mapped[str] = mapped_column(Text, default="")
    """Markdown."""
    owner_id: Mapped[int | None] = mapped_column(ForeignKey("user.id"), index=True)
    starts_on: Mapped[date | None]
    due_on: Mapped[date]
    state: Mapped[StepState] = mapped_column(closed_set(StepState), default=StepState.PLANNED)
    created_at: Mapped[datetime]
    updated_at: Mapped[datetime]


class StepNeed(Base):
    """A step that cannot begin before another is done."""

    __tablename__ = "plan_step_need"

    step_id: Mapped[int] = mapped_column(ForeignKey("plan_step.id", ondelete="CASCADE"), primary_key=True)
    needs_id: Mapped[int] = mapped_column(
        ForeignKey("plan_step.id", ondelete="CASCADE"), primary_key=True, index=True
    )


class PlanComment(Base):
    """What somebody says about a plan, or about a step of it."""

    __tablename__ = "plan_comment"
    __table_args__ = (
        Index("ix_plan_comment_programme", "programme_id", "step_id", "id"),
        Index("ix_plan_comment_step", "step_id", "id"),
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    programme_id: Mapped[int] = mapped_column(ForeignKey("programme.id", ondelete="CASCADE"))
    step_id: Mapped[int | None] = mapped_column(ForeignKey("plan_step.id", ondelete="CASCADE"))
    user_id: Mapped[int] = mapped_column(ForeignKey("user.id"), index=True)
    body: Mapped[str] = mapped_column(Text)
    """Markdown."""
    at: Mapped[datetime]
