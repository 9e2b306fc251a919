"""Those who have yet to pass a required course are reminded once, some days before its last day."""

from __future__ import annotations

from datetime import timedelta

from sqlalchemy import or_, select

from advocacy.base import events
from advocacy.base.house import House
from advocacy.learning.models import Course, CourseState

BEFORE = timedelta(days=7)
"""How long before the last day."""
AFTER_OPENING = timedelta(days=2)
"""Whoever was told only just now that there is a course is not told again."""


def tick(house: House) -> int:
    """Writes into the log which courses are due soon; notices are made from that. A job, each last day told once.

    Returns:
        How many courses.
    """
    now = house.clock.now()
    today = now.date()
    with house.db.transaction() as session:
        query = (
            select(Course)
            .where(
                Course.state == CourseState.OPEN,
                Course.is_required.is_(True),
                Course.due_on >= today,
                Course.due_on <= today + BEFORE,
                Course.opened_at <= now - AFTER_OPENING,
                or_(Course.reminded_for.is_(None), Course.reminded_for != Course.due_on),
            )
            .order_by(Course.id)
            .with_for_update(skip_locked=True)
        )
        due = list(session.scalars(query))
        for course in due:
            course.reminded_for = course.due_on
            events.record(
                session,
                house.clock,
                kind="course.due_soon",
                actor_id=None,
                subject=("course", course.id),
                data={"title": course.title},
            )
    return len(due)
