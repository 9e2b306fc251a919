"""What learning holds about a person: what they read, answered and passed, which goes when they go."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from sqlalchemy import delete, select
from sqlalchemy.orm import Session

from advocacy.base.clock import Clock
from advocacy.learning import sign_ups
from advocacy.learning.meeting_models import SignUp
from advocacy.learning.models import Completion, LessonDone, QuizTry
from advocacy.people.privacy import Holding, rows


def _export(session: Session, user_id: int) -> Mapping[str, Any]:
    return {
        "lessons_read": rows(session, select(LessonDone).where(LessonDone.user_id == user_id)),
        "quizzes": rows(session, select(QuizTry).where(QuizTry.user_id == user_id).order_by(QuizTry.id)),
        "sessions": rows(session, select(SignUp).where(SignUp.user_id == user_id).order_by(SignUp.id)),
        "courses_passed": rows(session, select(Completion).where(Completion.user_id == user_id)),
    }


def _erase(session: Session, clock: Clock, user_id: int) -> None:
    for meeting_id in session.scalars(select(SignUp.meeting_id).where(SignUp.user_id == user_id)).all():
        sign_ups.leave(session, clock, user_id=user_id, meeting_id=meeting_id)  # the next in the queue moves up
    for table in (LessonDone, QuizTry, Completion):
        session.execute(delete(table).where(table.user_id == user_id))


HOLDING = Holding(area="learning", export=_export, erase=_erase)
"""A certificate says somebody's name, so it ends with them: its check address then says that it is not valid."""
