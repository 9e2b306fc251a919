"""What the demo company teaches: a required course that most have passed, and one to choose."""

from __future__ import annotations

from datetime import datetime, timedelta

from sqlalchemy.orm import Session

from advocacy.base.clock import StandingClock
from advocacy.learning import courses, lessons, meetings, sign_ups, taking
from advocacy.learning.courses import Gate, Written
from advocacy.learning.lessons import WrittenLesson
from advocacy.learning.meetings import WrittenMeeting
from advocacy.people.models import User

SHARING = (
    ("Who reads what you share", "Colleagues, customers, and people who may become either.\n\n- Say who you are.\n- Say what *you* think.\n- **Never** share what is not out yet."),
    ("When somebody answers", "Be kind, be brief. You need not know everything: *I will find out* is a fine answer.\n\n> If it gets heated, leave it and tell us."),
)  # fmt: skip
QUESTIONS = (
    ("A customer asks under your post when the new park opens, and it is not announced. What do you do?",
     (("Tell them, they are a good customer", False), ("Say that you will find out, and ask Marketing", True), ("Delete the question", False))),
    ("What belongs into every post?", (("Who I am", True), ("Our turnover", False), ("What I think myself", True))),
)  # fmt: skip


def teach(session: Session, people: dict[str, User], *, now: datetime) -> None:
    """Makes the courses, and lets most people pass the first."""
    begun = StandingClock(now - timedelta(days=40))
    by = people["Lars Berg"].id
    sharing = courses.save(
        session,
        begun,
        written=Written(
            title="Sharing well",
            summary="What our social media policy means in practice, in two short lessons.",
            minutes=6,
            is_required=True,
            due_on=(now + timedelta(days=20)).date(),
            gate=Gate.AFTER_DEADLINE,
        ),
        by=by,
    )
    for title, body in SHARING:
        lessons.save(session, begun, course_id=sharing.id, written=WrittenLesson(title=title, body=body))
    for text, options in QUESTIONS:
        lessons.save_question(session, course_id=sharing.id, text=text, options=options)
    courses.open_up(session, begun, course_id=sharing.id, by=by)
    promise = courses.save(
        session,
        begun,
        written=Written(title="Our promise to homes", summary="What 40 000 homes can count on, and why.", minutes=4),
        by=by,
    )
    lessons.save(
        session,
        begun,
        course_id=promise.id,
        written=WrittenLesson(title="What we promise", body="Power from wind, **every hour of the year**."),
    )
    courses.open_up(session, begun, course_id=promise.id, by=by)
    for place, user in enumerate(people.values()):
        if place % 3 != 1 or user.name == "Kari Nordmann":
            _pass(session, StandingClock(now - timedelta(days=30 - place)), user, sharing.id)


def meet(session: Session, people: dict[str, User], *, now: datetime) -> None:
    """Makes a session that is full, and one that is over."""
    begun, by = StandingClock(now - timedelta(days=20)), people["Lars Berg"].id
    for title, days, places in (("Write like you talk: a workshop", 9, 4), ("Ask the management anything", -6, None)):
        starts_at = now.replace(minute=0, second=0, microsecond=0) + timedelta(days=days)
        meeting = meetings.save(
            session,
            begun,
            written=WrittenMeeting(
                title=title,
                starts_at=starts_at,
                ends_at=starts_at + timedelta(hours=1),
                description="Bring *one* post you liked.",
                place="Oslo, the big room",
                link="https://meet.nordlys.example/room",
                places=places,
                material="The slides are with Lars.",
            ),
            by=by,
        )
        for user in list(people.values())[:6]:
            sign_ups.sign_up(session, begun, user=user, meeting_id=meeting.id)


def _pass(session: Session, clock: StandingClock, user: User, course_id: int) -> None:
    course = courses.get(session, course_id=course_id)
    for lesson in course.lessons:
        taking.finish(session, clock, user=user, course_id=course_id, lesson_id=lesson.id)
    answers = {str(question.id): sorted(question.right) for question in course.questions}
    taking.answer(session, clock, user=user, course_id=course_id, number=1, answers=answers)
