"""What learning tells people of: courses that are for them, and sessions they signed up for."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, datetime, time, timedelta

from sqlalchemy import select
from sqlalchemy.orm import Session

from advocacy.base.events import Event
from advocacy.base.notifying import Kind, Told
from advocacy.base.text import Text
from advocacy.learning.meeting_models import Meeting, SignUp
from advocacy.learning.models import Completion, Course, CourseState, Gate
from advocacy.learning.requirements import NEWCOMERS
from advocacy.library.audience import from_json, members
from advocacy.people.models import User
from advocacy.sharing import waiting

_SAYS = {
    "meeting.moved_up": Text("You have a place now: somebody gave theirs back."),
    "meeting.taken_out": Text("The host took you off the list of a session."),
    "meeting.put_back": Text("The host put you back on the list of a session."),
    "meeting.edited": Text("A session that you signed up for was changed."),
    "meeting.cancelled": Text("A session that you signed up for is called off."),
}


def _meeting(session: Session, happened: Event) -> Told | None:
    meeting = session.get(Meeting, happened.subject_id)
    if meeting is None:
        return None
    if happened.kind in ("meeting.moved_up", "meeting.taken_out", "meeting.put_back"):
        people = [int(happened.data["user_id"])] if "user_id" in happened.data else []
    else:
        people = list(session.scalars(select(SignUp.user_id).where(SignUp.meeting_id == meeting.id)))
    path = f"/learning/sessions/{meeting.id}"
    return Told(people, _SAYS[happened.kind], path, about=meeting.title, bundle=f"{happened.kind}:{meeting.id}")


def _new_course(session: Session, happened: Event) -> Told | None:
    course = _open_course(session, happened)
    if course is None or course.is_required:
        return None
    return _told(session, course, Text("There is a new course for you."))


def _duty(session: Session, happened: Event) -> Told | None:
    course = _open_course(session, happened)
    if course is None or not course.is_required:
        return None
    if happened.kind != "course.due_soon":
        return _told(session, course, Text("There is a course that everybody it is for is asked to pass."))
    told = _told(session, course, Text("A course that you have yet to pass is due in a few days."))
    if course.due_on is None:
        return told
    # Whoever came shortly before has more time.
    latest = datetime.combine(course.due_on - NEWCOMERS + timedelta(days=1), time(), UTC)
    newcomers = set(session.scalars(select(User.id).where(User.created_at >= latest)))
    return replace(told, people=[one for one in told.people if one not in newcomers])


def _held(session: Session, happened: Event) -> Told | None:
    course = _open_course(session, happened)
    if course is None or course.gate is not Gate.AT_ONCE:
        return None
    told = _told(session, course, Text("A post you planned waits until you have taken a course."))
    return replace(told, people=sorted(waiting.planners(session, among=told.people)))


def _open_course(session: Session, happened: Event) -> Course | None:
    course = session.get(Course, happened.subject_id)
    return course if course is not None and course.state is CourseState.OPEN else None


def _told(session: Session, course: Course, says: Text) -> Told:
    """Those whom a course is for and who have not passed it."""
    wanted = members(session, from_json(course.audience)).subquery()
    passed = select(Completion.user_id).where(Completion.course_id == course.id)
    people = session.scalars(select(wanted.c.id).where(wanted.c.id.not_in(passed)))
    return Told(list(people), says, f"/learning/courses/{course.id}", about=course.title)


KINDS = (
    Kind(
        "course_required",
        frozenset({"course.opened", "course.required", "course.due_soon"}),
        Text("Courses that I have to pass"),
        _duty,
        "school",
    ),
    Kind(
        "course_waits",
        frozenset({"course.opened", "course.holds_sharing"}),
        Text("Posts I planned that wait for me to take a course"),
        _held,
        "school",
    ),
    Kind("course", frozenset({"course.opened"}), Text("New courses"), _new_course, "books", by_mail=False),
    Kind("session", frozenset(_SAYS), Text("Sessions I signed up for"), _meeting, "calendar"),
)
