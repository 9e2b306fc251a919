"""Courses as their editors see them: written, opened, closed, and who has passed them."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date

from sqlalchemy import and_, func, select
from sqlalchemy.orm import Session

from advocacy.base import events
from advocacy.base.clock import Clock
from advocacy.base.errors import Conflict, Invalid, NotFound
from advocacy.base.paging import Page, cursor_of, values_of
from advocacy.base.text import Text
from advocacy.learning.models import Completion, Course, CourseState, Gate
from advocacy.library import audience
from advocacy.library.content import Audience
from advocacy.people import fields
from advocacy.people.models import User, UserState

__all__ = ["Course", "Gate", "Learner", "Line", "Reach", "Written"]
"""The values that views take from here: they leave tables to services."""


@dataclass(frozen=True)
class Written:
    """Everything an editor decides about a course.

    Args:
        title: one line.
        summary: what one learns.
        minutes: roughly, 1 to 600; None when that is not known.
        audience: whom it is for.
        is_required: whether everybody it is for has to pass it.
        due_on: by which day; None for no deadline.
        gate: whether it keeps from sharing; counts only for a required one.
        pass_percent: of the questions, 1 to 100.
        most_tries: 1 to 20; None for any number.
        has_certificate: whether there is one.
    """

    title: str
    summary: str = ""
    minutes: int | None = None
    audience: Audience | None = None
    is_required: bool = False
    due_on: date | None = None
    gate: Gate = Gate.NEVER
    pass_percent: int = 80
    most_tries: int | None = None
    has_certificate: bool = True


@dataclass(frozen=True)
class Line:
    """A course in the editors' list, with how many passed it."""

    course: Course
    passed: int


def get(session: Session, *, course_id: int) -> Course:
    """A course, in any state.

    Raises:
        NotFound: there is none.
    """
    course = session.get(Course, course_id)
    if course is None:
        raise NotFound(Text("We could not find that course. It may have been removed."))
    return course


def page(session: Session, *, after: str = "", size: int = 50) -> Page[Line]:
    """Every course, newest first.

    Raises:
        Invalid: `after` is no cursor of ours.
    """
    passed = select(func.count()).where(Completion.course_id == Course.id).scalar_subquery()
    query = select(Course, passed).order_by(Course.id.desc()).limit(size + 1)
    if after:
        query = query.where(Course.id < values_of(after, int)[0])
    lines = [Line(course, count or 0) for course, count in session.execute(query)]
    shown = lines[:size]
    return Page(shown, cursor_of(shown[-1].course.id) if len(lines) > size else None)


def save(session: Session, clock: Clock, *, written: Written, by: int, course_id: int | None = None) -> Course:
    """Adds a course as a draft, or changes one.

    Args:
        session: inside a transaction.
        clock: tells when.
        written: what it is.
        by: who does it.
        course_id: the one to change; None adds one.

    Raises:
        NotFound: there is none to change.
        Invalid: on the field that does not fit.
    """
    title = fields.short("title", written.title, most=160)
    if not title:
        raise Invalid("title", Text("Please give the course a title."))
    if len(written.summary) > 2_000:
        raise Invalid("summary", Text("Please keep this below {count} characters.", count=2_000))
    if written.gate is Gate.AFTER_DEADLINE and written.due_on is None:
        raise Invalid("due_on", Text("Please give the day from which it keeps people from sharing."))
    wanted = written.audience or {}
    audience.check(session, wanted)
    now = clock.now()
    is_new = course_id is None
    course = Course(created_at=now, created_by=by) if course_id is None else get(session, course_id=course_id)
    course.title, course.summary, course.minutes = title, written.summary.strip(), written.minutes
    course.audience = audience.to_json(wanted)
    held_sharing = course.gate is Gate.AT_ONCE
    is_now_required = written.is_required and not course.is_required and course.state is CourseState.OPEN
    course.is_required = written.is_required
    course.due_on = written.due_on if written.is_required else None
    course.gate = written.gate if written.is_required else Gate.NEVER
    course.pass_percent, course.most_tries = written.pass_percent, written.most_tries
    course.has_certificate, course.updated_at = written.has_certificate, now
    session.add(course)
    session.flush()
    _tell(session, clock, course, "course.created" if is_new else "course.edited", by)
    if is_now_required:
        _tell(session, clock, course, "course.required", by)
    if course.state is CourseState.OPEN and course.gate is Gate.AT_ONCE and not held_sharing:
        _tell(session, clock, course, "course.holds_sharing", by)
    return course


def open_up(session: Session, clock: Clock, *, course_id: int, by: int) -> None:
    """Lets people take a course.

    Raises:
        NotFound: there is none. Conflict: it has no lesson yet.
    """
    course = get(session, course_id=course_id)
    if not course.lessons:
        raise Conflict(Text("This course has no lesson yet. Write one first."))
    if course.state is not CourseState.OPEN:
        course.state, course.opened_at = CourseState.OPEN, clock.now()
        _tell(session, clock, course, "course.opened", by)


def close(session: Session, clock: Clock, *, course_id: int, by: int) -> None:
    """Ends a course; who passed it keeps the certificate.

    Raises:
        NotFound: there is none.
    """
    course = get(session, course_id=course_id)
    if course.state is CourseState.OPEN:
        course.state = CourseState.CLOSED
        _tell(session, clock, course, "course.closed", by)


def remove(session: Session, clock: Clock, *, course_id: int, by: int) -> None:
    """Removes a course that nobody has passed.

    Raises:
        NotFound: there is none. Conflict: somebody holds its certificate.
    """
    course = get(session, course_id=course_id)
    if session.scalar(select(Completion.user_id).where(Completion.course_id == course_id).limit(1)) is not None:
        raise Conflict(
            Text("People have passed this course. Close it instead, so that their certificates stay valid.")
        )
    session.delete(course)
    session.flush()
    _tell(session, clock, course, "course.removed", by)


@dataclass(frozen=True)
class Reach:
    """How far a course has come: both figures are measured.

    Args:
        people: active people it is for, now.
        passed: of these, the ones who passed it.
    """

    people: int
    passed: int

    @property
    def percent(self) -> int | None:
        """Of the people it is for; None when it is for nobody."""
        return None if not self.people else round(self.passed * 100 / self.people)


def reach(session: Session, course: Course) -> Reach:
    """How many people a course is for, and how many of them have passed it."""
    wanted = audience.from_json(course.audience)
    fits = [audience.person_fits(session, dimension, values) for dimension, values in wanted.items()]
    passed = and_(Completion.user_id == User.id, Completion.course_id == course.id)
    counts = select(func.count(User.id), func.count(Completion.user_id)).outerjoin(Completion, passed)
    people, done = session.execute(counts.where(User.state == UserState.ACTIVE, *fits)).one()
    return Reach(people=people, passed=done)


@dataclass(frozen=True)
class Learner:
    """A person a course is for; `passed_at` is None as long as they have not passed it."""

    user: User
    completion: Completion | None


def learners(
    session: Session, course: Course, *, after: str = "", missing_only: bool = False, size: int = 50
) -> Page[Learner]:
    """The people a course is for, by name.

    Args:
        session: for reading.
        course: which.
        after: `Page.next_cursor` of the page before.
        missing_only: only those who have not passed it.
        size: rows a page.

    Raises:
        Invalid: `after` is no cursor of ours.
    """
    wanted = audience.from_json(course.audience)
    fits = [audience.person_fits(session, dimension, values) for dimension, values in wanted.items()]
    passed = and_(Completion.user_id == User.id, Completion.course_id == course.id)
    query = (
        select(User, Completion)
        .outerjoin(Completion, passed)
        .where(User.state == UserState.ACTIVE, *fits)
        .order_by(User.search_words, User.id)
        .limit(size + 1)
    )
    if missing_only:
        query = query.where(Completion.user_id.is_(None))
    if after:
        words, last = values_of(after, str, int)
        later = and_(User.search_words == words, User.id > last)
        query = query.where((User.search_words > words) | later)
    found = [Learner(user, completion) for user, completion in session.execute(query)]
    shown = found[:size]
    more = len(found) > size
    return Page(shown, cursor_of(shown[-1].user.search_words, shown[-1].user.id) if more else None)


def _tell(session: Session, clock: Clock, course: Course, kind: str, by: int) -> None:
    events.record(session, clock, kind=kind, actor_id=by, subject=("course", course.id), data={"title": course.title})
