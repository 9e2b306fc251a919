"""What a person has to learn, by when, and what of it stands before sharing."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta

from sqlalchemy import select
from sqlalchemy.orm import Session

from advocacy.base import editions
from advocacy.base.clock import Clock
from advocacy.base.text import Text
from advocacy.learning.models import Completion, Course, CourseState, Gate
from advocacy.library import audience, visibility
from advocacy.library.models import ContentItem
from advocacy.people.models import User
from advocacy.sharing.gates import Hold

WAITS = Text("Waits until you have taken the course “{title}”.")
"""What a planned share says that is held for a course."""
NEWCOMERS = timedelta(days=14)
"""How long somebody has who came to the company shortly before a deadline, or after it."""


@dataclass(frozen=True)
class Duty:
    """A course that a person has to pass and has not.

    Args:
        course: which.
        due_on: their last day; None without a deadline.
        is_late: whether that day has passed.
        holds_sharing: whether it keeps them from sharing now.
    """

    course: Course
    due_on: date | None
    is_late: bool
    holds_sharing: bool


def due_on(course: Course, *, user: User) -> date | None:
    """A person's last day to pass a course; None without a deadline."""
    if course.due_on is None:
        return None
    return max(course.due_on, (user.created_at + NEWCOMERS).date())


def owed(session: Session, clock: Clock, *, user: User) -> list[Duty]:
    """The required courses that a person has yet to pass, the most urgent first."""
    passed = select(Completion.course_id).where(Completion.user_id == user.id)
    query = select(Course).where(
        Course.state == CourseState.OPEN, Course.is_required.is_(True), Course.id.not_in(passed)
    )
    return _duties(session, query_result=list(session.scalars(query)), user=user, now=clock.now())


def hold(session: Session, clock: Clock, user: User, _item: ContentItem) -> Hold | None:
    """What `sharing.gates` asks: the course that a person must pass before they share; None when there is none."""
    if not _any_holds(session):
        return None
    held = [duty for duty in owed(session, clock, user=user) if duty.holds_sharing]
    if not held:
        return None
    course = held[0].course
    if course.minutes:
        reason = Text(
            "Before you share, please take the course “{title}”. It takes about {minutes} minutes.",
            title=course.title,
            minutes=course.minutes,
        )
    else:
        reason = Text("Before you share, please take the course “{title}”.", title=course.title)
    return Hold(
        reason=reason,
        action=Text("Take the course"),
        path=f"/learning/courses/{course.id}",
        waits=Text(WAITS.template, title=course.title),
    )


def _any_holds(session: Session) -> bool:
    """Whether any course keeps anybody from sharing: remembered, since it is asked before every share that goes out."""
    kept = editions.kept(session)
    if "courses hold" not in kept:
        holding = select(Course.id).where(
            Course.state == CourseState.OPEN, Course.is_required.is_(True), Course.gate != Gate.NEVER
        )
        kept["courses hold"] = session.scalar(holding.limit(1)) is not None
    return bool(kept["courses hold"])


def _duties(session: Session, *, query_result: Sequence[Course], user: User, now: datetime) -> list[Duty]:
    if not query_result:
        return []
    who = visibility.reader(session, user=user)
    duties = []
    for course in query_result:
        if audience.holds(course.audience, who):
            day = due_on(course, user=user)
            is_late = day is not None and now.date() > day
            holds = course.gate is Gate.AT_ONCE or (course.gate is Gate.AFTER_DEADLINE and is_late)
            duties.append(Duty(course, day, is_late, holds))
    return sorted(duties, key=lambda duty: (not duty.holds_sharing, duty.due_on or date.max, duty.course.id))
