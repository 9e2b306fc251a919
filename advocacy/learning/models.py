"""Courses: lessons, questions, and how far each person has come."""

from __future__ import annotations

import enum
from datetime import date, datetime
from typing import Any

from sqlalchemy import ForeignKey, Index, String, Text, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column, relationship

from advocacy.base.db import Base
from advocacy.base.editions import REMEMBERED
from advocacy.library.models import Picture
from advocacy.people.models import closed_set


class CourseState(enum.StrEnum):
    """Whether people can take a course."""

    DRAFT = "draft"
    OPEN = "open"
    CLOSED = "closed"
    """Nobody begins it any more, and it keeps nobody from sharing; who passed it keeps the certificate."""


class Gate(enum.StrEnum):
    """From when a required course keeps those from sharing who have not passed it."""

    NEVER = "never"
    AT_ONCE = "at_once"
    AFTER_DEADLINE = "after_deadline"


class Course(Base):
    """Something to learn, in lessons."""

    __tablename__ = "course"
    __table_args__ = (Index("ix_course_state", "state", "id"), {"info": {REMEMBERED: True}})

    id: Mapped[int] = mapped_column(primary_key=True)
    title: Mapped[str] = mapped_column(String(160))
    summary: Mapped[str] = mapped_column(Text, default="")
    minutes: Mapped[int | None]
    """How long it takes, roughly."""
    audience: Mapped[dict[str, Any]] = mapped_column(default=dict)
    """Values by dimension, as `library.audience.to_json` writes them; empty: everyone."""
    state: Mapped[CourseState] = mapped_column(closed_set(CourseState), default=CourseState.DRAFT)
    is_required: Mapped[bool] = mapped_column(default=False)
    due_on: Mapped[date | None]
    """The last day to pass a required course; those who came later have `requirements.NEWCOMERS` from their first day."""
    gate: Mapped[Gate] = mapped_column(closed_set(Gate), default=Gate.NEVER)
    pass_percent: Mapped[int] = mapped_column(default=80)
    most_tries: Mapped[int | None]
    """None: as often as one likes."""
    has_certificate: Mapped[bool] = mapped_column(default=True)
    created_at: Mapped[datetime]
    created_by: Mapped[int | None] = mapped_column(ForeignKey("user.id"))
    updated_at: Mapped[datetime]
    opened_at: Mapped[datetime | None]
    reminded_for: Mapped[date | None]
    """The last day of which those who have not passed it were reminded; another one is told of anew."""

    lessons: Mapped[list[Lesson]] = relationship(order_by="Lesson.position, Lesson.id", cascade="all, delete-orphan")
    questions: Mapped[list[Question]] = relationship(
        order_by="Question.position, Question.id", cascade="all, delete-orphan"
    )


class LessonFile(Base):
    """A document or a video that came with a lesson or a session."""

    __tablename__ = "lesson_file"

    id: Mapped[int] = mapped_column(primary_key=True)
    sha256: Mapped[str] = mapped_column(String(64), unique=True)
    suffix: Mapped[str] = mapped_column(String(8))
    name: Mapped[str] = mapped_column(String(160))
    """What it was called where it came from."""
    size: Mapped[int]
    """Bytes."""
    created_at: Mapped[datetime]
    created_by: Mapped[int | None] = mapped_column(ForeignKey("user.id"))

    @property
    def file_name(self) -> str:
        """Its name in the folder and in addresses."""
        return f"{self.sha256}.{self.suffix}"

    @property
    def is_video(self) -> bool:
        """Whether a browser plays it in the page."""
        return self.suffix in ("mp4", "webm")


class Lesson(Base):
    """A page of a course."""

    __tablename__ = "lesson"

    id: Mapped[int] = mapped_column(primary_key=True)
    course_id: Mapped[int] = mapped_column(ForeignKey("course.id", ondelete="CASCADE"), index=True)
    position: Mapped[int]
    title: Mapped[str] = mapped_column(String(160))
    body: Mapped[str] = mapped_column(Text, default="")
    """Markdown."""
    picture_id: Mapped[int | None] = mapped_column(ForeignKey("picture.id"))
    alt_text: Mapped[str] = mapped_column(String(500), default="")
    video_url: Mapped[str] = mapped_column(String(2000), default="")
    """Opens in a tab of its own: no page of ours asks another origin."""
    file_id: Mapped[int | None] = mapped_column(ForeignKey("lesson_file.id"))

    picture: Mapped[Picture | None] = relationship()
    file: Mapped[LessonFile | None] = relationship()


class Question(Base):
    """A question of a course's quiz."""

    __tablename__ = "quiz_question"

    id: Mapped[int] = mapped_column(primary_key=True)
    course_id: Mapped[int] = mapped_column(ForeignKey("course.id", ondelete="CASCADE"), index=True)
    position: Mapped[int]
    text: Mapped[str] = mapped_column(Text)
    options: Mapped[list[Any]] = mapped_column(default=list)
    """`{"text": ..., "is_right": ...}` each."""
    explanation: Mapped[str] = mapped_column(Text, default="")
    """Shown once it was answered."""

    @property
    def has_several(self) -> bool:
        """Whether more than one option is right."""
        return len(self.right) > 1

    @property
    def right(self) -> frozenset[int]:
        """The places of the right options."""
        return frozenset(place for place, option in enumerate(self.options) if option["is_right"])


class LessonDone(Base):
    """A person has read a lesson."""

    __tablename__ = "lesson_done"

    user_id: Mapped[int] = mapped_column(ForeignKey("user.id", ondelete="CASCADE"), primary_key=True)
    lesson_id: Mapped[int] = mapped_column(ForeignKey("lesson.id", ondelete="CASCADE"), primary_key=True, index=True)
    done_at: Mapped[datetime]


class QuizTry(Base):
    """A person answered a course's quiz."""

    __tablename__ = "quiz_try"
    __table_args__ = (UniqueConstraint("course_id", "user_id", "number"),)

    id: Mapped[int] = mapped_column(primary_key=True)
    course_id: Mapped[int] = mapped_column(ForeignKey("course.id", ondelete="CASCADE"))
    user_id: Mapped[int] = mapped_column(ForeignKey("user.id", ondelete="CASCADE"), index=True)
    number: Mapped[int]
    """1 for the first; the constraint makes two clicks at once one try."""
    at: Mapped[datetime]
    answers: Mapped[dict[str, Any]]
    """Places of the chosen options by the question's id."""
    right: Mapped[int]
    asked: Mapped[int]
    has_passed: Mapped[bool]


class Completion(Base):
    """A person passed a course, which is what the certificate says."""

    __tablename__ = "course_completion"

    course_id: Mapped[int] = mapped_column(ForeignKey("course.id", ondelete="CASCADE"), primary_key=True)
    user_id: Mapped[int] = mapped_column(ForeignKey("user.id", ondelete="CASCADE"), primary_key=True, index=True)
    passed_at: Mapped[datetime]
    code: Mapped[str] = mapped_column(String(20), unique=True)
    """What the certificate's check address ends with."""
