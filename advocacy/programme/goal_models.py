"""Goals with the history of their figures, and what closed surveys say of each question."""

from __future__ import annotations

import enum
from datetime import date, datetime
from typing import Any

from sqlalchemy import ForeignKey, Index, String, Text, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column

from advocacy.base.db import Base
from advocacy.people.models import closed_set


class GoalSource(enum.StrEnum):
    """Where a goal's figure comes from."""

    SHARES = "shares"
    CLICKS = "clicks"
    ADVOCATES = "advocates"
    SURVEY = "survey"
    COURSE = "course"
    KUDOS = "kudos"
    HAND = "hand"


class Goal(Base):
    """A figure that is to reach a target by a day."""

    __tablename__ = "goal"

    id: Mapped[int] = mapped_column(primary_key=True)
    programme_id: Mapped[int] = mapped_column(ForeignKey("programme.id", ondelete="CASCADE"), index=True)
    title: Mapped[str] = mapped_column(String(200))
    note: Mapped[str] = mapped_column(Text, default="")
    source: Mapped[GoalSource] = mapped_column(closed_set(GoalSource))
    survey_id: Mapped[int | None] = mapped_column(ForeignKey("survey.id", ondelete="SET NULL"), index=True)
    question_key: Mapped[str] = mapped_column(String(40), default="")
    course_id: Mapped[int | None] = mapped_column(ForeignKey("course.id", ondelete="SET NULL"), index=True)
    unit: Mapped[str] = mapped_column(String(20), default="")
    """Of a figure entered by hand, such as "%"."""
    target: Mapped[float]
    start_value: Mapped[float | None]
    """As its editor wrote it; None: the first figure."""
    first_value: Mapped[float | None]
    starts_on: Mapped[date]
    due_on: Mapped[date]
    value: Mapped[float | None]
    """The newest figure."""
    value_on: Mapped[date | None]
    missing: Mapped[dict[str, Any] | None]
    """Why there is no figure, as `Text.to_json` keeps it."""
    created_at: Mapped[datetime]
    created_by: Mapped[int | None] = mapped_column(ForeignKey("user.id"))

    @property
    def start(self) -> float | None:
        """Where it began."""
        return self.start_value if self.start_value is not None else self.first_value

    @property
    def falls(self) -> bool:
        """Whether less is better: the target is below the start."""
        return self.start is not None and self.target < self.start

    @property
    def is_reached(self) -> bool:
        """Whether the newest figure is at the target or beyond it."""
        if self.value is None:
            return False
        return self.value <= self.target if self.falls else self.value >= self.target


class GoalFigure(Base):
    """What a goal's figure was on a day."""

    __tablename__ = "goal_figure"

    goal_id: Mapped[int] = mapped_column(ForeignKey("goal.id", ondelete="CASCADE"), primary_key=True)
    day: Mapped[date] = mapped_column(primary_key=True)
    value: Mapped[float]
    note: Mapped[str] = mapped_column(String(300), default="")
    entered_by: Mapped[int | None] = mapped_column(ForeignKey("user.id"), index=True)
    """Who wrote it by hand; None: the hub measured it."""
    at: Mapped[datetime]


class SurveyReading(Base):
    """What a closed round of a survey says of one question: kept, for results cost time to work out."""

    __tablename__ = "survey_reading"
    __table_args__ = (
        UniqueConstraint("round_id", "question_key"),
        Index("ix_survey_reading_question", "survey_id", "question_key", "closed_on"),
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    survey_id: Mapped[int] = mapped_column(ForeignKey("survey.id", ondelete="CASCADE"))
    round_id: Mapped[int] = mapped_column(ForeignKey("survey_round.id", ondelete="CASCADE"))
    question_key: Mapped[str] = mapped_column(String(40), default="")
    """"" stands for the round itself: it was read, whatever it said."""
    closed_on: Mapped[date]
    value: Mapped[float | None]
    low: Mapped[float | None]
    high: Mapped[float | None]
    answers: Mapped[int | None]
    groups: Mapped[list[Any]] = mapped_column(default=list)
    """Of departments that may be shown: [team id, value, low, high, answers] each."""
