"""Surveys, their rounds, and answers that know nobody (docs/adr/0008).

No row of an anonymous answer tells when it came: keys are random, and SQLite keeps no hidden row number beside them.
"""

from __future__ import annotations

import enum
from datetime import datetime
from typing import Any

from sqlalchemy import ForeignKey, Index, LargeBinary, String, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column

from advocacy.base.db import Base
from advocacy.people.models import closed_set

UNORDERED = {"sqlite_with_rowid": False}
"""A table in which SQLite keeps rows by their key alone: the order in which they came is not there."""


class SurveyKind(enum.StrEnum):
    """What a survey is for."""

    SURVEY = "survey"
    PULSE = "pulse"
    QUIZ = "quiz"
    """A quiz of knowledge: whoever has answered sees what is right."""


class Repeats(enum.StrEnum):
    """How often it is asked again."""

    NEVER = "never"
    WEEKLY = "weekly"
    MONTHLY = "monthly"
    QUARTERLY = "quarterly"


class Survey(Base):
    """A list of questions, asked once or again and again."""

    __tablename__ = "survey"

    id: Mapped[int] = mapped_column(primary_key=True)
    kind: Mapped[SurveyKind] = mapped_column(closed_set(SurveyKind), default=SurveyKind.SURVEY)
    title: Mapped[dict[str, str]]
    """By language; at least one."""
    intro: Mapped[dict[str, str]]
    questions: Mapped[list[Any]]
    """As `questions.Question.to_json` keeps them; a round takes a copy."""
    audience: Mapped[dict[str, Any]]
    is_anonymous: Mapped[bool] = mapped_column(default=True)
    opens_at: Mapped[datetime]
    open_days: Mapped[int]
    repeats: Mapped[Repeats] = mapped_column(closed_set(Repeats), default=Repeats.NEVER)
    next_round_at: Mapped[datetime | None] = mapped_column(index=True)
    """When the next round opens; None when there is none."""
    created_at: Mapped[datetime]
    created_by: Mapped[int | None] = mapped_column(ForeignKey("user.id"))


class SurveyRound(Base):
    """One time that a survey is asked."""

    __tablename__ = "survey_round"
    __table_args__ = (
        UniqueConstraint("survey_id", "number"),
        Index("ix_survey_round_closes", "closed_at", "closes_at"),
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    survey_id: Mapped[int] = mapped_column(ForeignKey("survey.id", ondelete="CASCADE"))
    number: Mapped[int]
    questions: Mapped[list[Any]]
    """As they were when it opened."""
    groups: Mapped[list[Any]]
    """How the people asked were divided when it opened: teams that stand on their own, each (id, path, people)."""
    smallest: Mapped[int]
    """People in the smallest group that is shown, as the form promised."""
    opens_at: Mapped[datetime]
    closes_at: Mapped[datetime]
    closed_at: Mapped[datetime | None]
    """When the box was emptied: from then on there are results, and nothing says who took part."""
    remind_at: Mapped[datetime | None] = mapped_column(index=True)
    asked: Mapped[int]
    """People in the audience when it opened."""
    answered: Mapped[int] = mapped_column(default=0)
    """Filled in when it closes."""
    results: Mapped[list[Any] | None]
    """What `results.sum_up` made of it when it closed, by question; None before."""


class SurveyParticipation(Base):
    """A person has answered the round that is open now; removed when it closes. It holds no time and no answer."""

    __tablename__ = "survey_participation"
    __table_args__ = (UNORDERED,)

    round_id: Mapped[int] = mapped_column(ForeignKey("survey_round.id", ondelete="CASCADE"), primary_key=True)
    user_id: Mapped[int] = mapped_column(ForeignKey("user.id", ondelete="CASCADE"), primary_key=True, index=True)


class SurveyBoxed(Base):
    """A sheet in the box of a round that is open: sealed, and read by nobody before the box is shaken and emptied."""

    __tablename__ = "survey_boxed"
    __table_args__ = (UNORDERED,)

    id: Mapped[str] = mapped_column(String(32), primary_key=True)
    round_id: Mapped[int] = mapped_column(ForeignKey("survey_round.id", ondelete="CASCADE"), index=True)
    sealed: Mapped[bytes] = mapped_column(LargeBinary)


class SurveySheet(Base):
    """What somebody answered in a round that is closed."""

    __tablename__ = "survey_sheet"
    __table_args__ = (UNORDERED,)

    id: Mapped[str] = mapped_column(String(32), primary_key=True)
    round_id: Mapped[int] = mapped_column(ForeignKey("survey_round.id", ondelete="CASCADE"), index=True)
    user_id: Mapped[int | None] = mapped_column(ForeignKey("user.id", ondelete="SET NULL"), index=True)
    """Of a survey that is not anonymous; None in one that is."""
    group: Mapped[int | None]
    """The team of the division, where enough people of it answered; None is everybody else."""
    answers: Mapped[dict[str, Any]]
    """By the key of the question."""
