"""Taking a course: which there are for a person, reading its lessons, answering its quiz, passing it."""

from __future__ import annotations

import secrets
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date

from sqlalchemy import func, select
from sqlalchemy.exc import IntegrityError
from sqlalchemy.orm import Session

from advocacy.base import events
from advocacy.base.clock import Clock
from advocacy.base.errors import Conflict, Invalid, NotFound
from advocacy.base.subjects import Subject
from advocacy.base.text import Text
from advocacy.learning import requirements
from advocacy.learning.models import Completion, Course, CourseState, Lesson, LessonDone, Question, QuizTry
from advocacy.library import audience, visibility
from advocacy.people.models import User
from advocacy.sharing import waiting

ALPHABET = "ABCDEFGHJKLMNPQRSTUVWXYZ23456789"
"""Of certificate codes: without what is misread, 0 and O, 1 and I."""


@dataclass(frozen=True)
class Entry:
    """A course in a person's list.

    Args:
        course: which.
        lessons: how many it has.
        done: how many of them the person has read.
        completion: when it is passed.
        due_on: the last day of a required one; None without a deadline.
        is_late: required, not passed, and that day is over.
    """

    course: Course
    lessons: int
    done: int
    completion: Completion | None
    due_on: date | None
    is_late: bool


def mine(session: Session, clock: Clock, *, user: User) -> list[Entry]:
    """The courses for a person: what is required and not passed first, then the newest; what is passed last."""
    who = visibility.reader(session, user=user)
    passed = {row.course_id: row for row in session.scalars(select(Completion).where(Completion.user_id == user.id))}
    open_ones = session.scalars(select(Course).where(Course.state == CourseState.OPEN).order_by(Course.id.desc()))
    courses = [course for course in open_ones if audience.holds(course.audience, who) or course.id in passed]
    shown = [course.id for course in courses]
    lessons = dict(
        session.execute(
            select(Lesson.course_id, func.count()).where(Lesson.course_id.in_(shown)).group_by(Lesson.course_id)
        ).all()
    )
    read = dict(
        session.execute(
            select(Lesson.course_id, func.count())
            .join(LessonDone, LessonDone.lesson_id == Lesson.id)
            .where(LessonDone.user_id == user.id, Lesson.course_id.in_(shown))
            .group_by(Lesson.course_id)
        ).all()
    )
    today = clock.now().date()
    entries = []
    for course in courses:
        day = requirements.due_on(course, user=user) if course.is_required else None
        done = passed.get(course.id)
        is_late = done is None and day is not None and today > day
        entries.append(Entry(course, lessons.get(course.id, 0), read.get(course.id, 0), done, day, is_late))
    return sorted(
        entries,
        key=lambda one: (one.completion is not None, not one.course.is_required, one.due_on or date.max),
    )


def course(session: Session, *, user: User, course_id: int) -> Course:
    """A course that this person may take, or has passed.

    Raises:
        NotFound: there is none, it is not open, or it is for others.
    """
    found = session.get(Course, course_id)
    if found is not None and completion(session, user_id=user.id, course_id=course_id) is not None:
        return found
    if found is None or found.state is not CourseState.OPEN:
        raise NotFound(Text("We could not find that course. It may have been closed."))
    if not audience.holds(found.audience, visibility.reader(session, user=user)):
        raise NotFound(Text("We could not find that course. It may have been closed."))
    return found


SUBJECT = Subject("course", lambda session, _clock, user, number: course(session, user=user, course_id=number))


def completion(session: Session, *, user_id: int, course_id: int) -> Completion | None:
    """That a person passed a course; None when they have not."""
    return session.get(Completion, (course_id, user_id))


def lessons_done(session: Session, *, user_id: int, course: Course) -> frozenset[int]:
    """The lessons of a course that a person has read, by id."""
    wanted = [lesson.id for lesson in course.lessons]
    rows = select(LessonDone.lesson_id).where(LessonDone.user_id == user_id, LessonDone.lesson_id.in_(wanted))
    return frozenset(session.scalars(rows))


def finish(session: Session, clock: Clock, *, user: User, course_id: int, lesson_id: int) -> Lesson | None:
    """Writes down that a person has read a lesson; twice changes nothing. Without a quiz, the last one passes the course.

    Returns:
        The next lesson they have not read; None when they have read all.

    Raises:
        NotFound: no such lesson for this person.
    """
    taken = course(session, user=user, course_id=course_id)
    if lesson_id not in {lesson.id for lesson in taken.lessons}:
        raise NotFound(Text("We could not find that lesson. It may have been removed."))
    if session.get(LessonDone, (user.id, lesson_id)) is None:
        try:
            with session.begin_nested():
                session.add(LessonDone(user_id=user.id, lesson_id=lesson_id, done_at=clock.now()))
        except IntegrityError:  # the other half of a double click was a moment faster
            pass
        else:
            events.record(
                session,
                clock,
                kind="lesson.passed",
                actor_id=user.id,
                subject=("lesson", lesson_id),
                data={"course_id": course_id},
            )
    done = lessons_done(session, user_id=user.id, course=taken)
    left = [lesson for lesson in taken.lessons if lesson.id not in done]
    if not left and not taken.questions:
        _pass(session, clock, user=user, course=taken)
    later = [lesson for lesson in left if lesson.position > _position(taken, lesson_id)]
    return next(iter(later or left), None)


def _position(taken: Course, lesson_id: int) -> int:
    return next(lesson.position for lesson in taken.lessons if lesson.id == lesson_id)


def tries(session: Session, *, user_id: int, course_id: int) -> list[QuizTry]:
    """A person's tries at a course's quiz, the newest first."""
    query = select(QuizTry).where(QuizTry.course_id == course_id, QuizTry.user_id == user_id)
    return list(session.scalars(query.order_by(QuizTry.number.desc())))


def tries_left(course: Course, made: list[QuizTry]) -> int | None:
    """How many tries are left; None for any number."""
    return None if course.most_tries is None else max(0, course.most_tries - len(made))


@dataclass(frozen=True)
class Judged:
    """A question with what was chosen.

    Args:
        question: which.
        chosen: places of the chosen options.
        is_right: whether these are all of the right ones and no other.
    """

    question: Question
    chosen: frozenset[int]
    is_right: bool


def judge(questions: list[Question], answers: Mapping[str, list[int]]) -> list[Judged]:
    """Holds answers against what is right. A question with several right answers needs all of them, and no other."""
    judged = []
    for question in questions:
        chosen = frozenset(answers.get(str(question.id), ()))
        judged.append(Judged(question, chosen, chosen == question.right))
    return judged


def answer(
    session: Session, clock: Clock, *, user: User, course_id: int, number: int, answers: Mapping[str, list[int]]
) -> QuizTry:
    """Takes a person's answers, and passes the course when enough are right.

    Args:
        session: inside a transaction.
        clock: tells when.
        user: who answers.
        course_id: which course.
        number: of the try, as the page had it: the same page sent twice is one try.
        answers: places of the chosen options by the question's id.

    Returns:
        The try.

    Raises:
        NotFound: no such course for this person.
        Invalid: a question is not answered (field `quiz`).
        Conflict: lessons are not read, no try is left, or the course is passed already.
    """
    taken = course(session, user=user, course_id=course_id)
    if completion(session, user_id=user.id, course_id=course_id) is not None:
        raise Conflict(Text("You have passed this course already."))
    made = tries(session, user_id=user.id, course_id=course_id)
    same = next((one for one in made if one.number == number), None)
    if same is not None:
        return same
    if len(lessons_done(session, user_id=user.id, course=taken)) < len(taken.lessons):
        raise Conflict(Text("Please read every lesson first. Then comes the quiz."))
    if tries_left(taken, made) == 0:
        raise Conflict(Text("You have used every try. Ask the people who made this course for another one."))
    judged = judge(taken.questions, answers)
    if not judged or any(not one.chosen for one in judged):
        raise Invalid("quiz", Text("Please answer every question."))
    right = sum(one.is_right for one in judged)
    has_passed = right * 100 >= taken.pass_percent * len(judged)
    tried = QuizTry(
        course_id=course_id,
        user_id=user.id,
        number=len(made) + 1,
        at=clock.now(),
        answers={str(one.question.id): sorted(one.chosen) for one in judged},
        right=right,
        asked=len(judged),
        has_passed=has_passed,
    )
    try:
        with session.begin_nested():
            session.add(tried)
    except IntegrityError:  # two clicks at once: the first is the try
        return tries(session, user_id=user.id, course_id=course_id)[0]
    if has_passed:
        _pass(session, clock, user=user, course=taken)
    return tried


def allow_again(session: Session, clock: Clock, *, course_id: int, user_id: int, by: int) -> None:
    """Gives a person who used every try all of them again."""
    for tried in tries(session, user_id=user_id, course_id=course_id):
        session.delete(tried)
    events.record(
        session,
        clock,
        kind="quiz.allowed_again",
        actor_id=by,
        subject=("course", course_id),
        data={"user_id": user_id},
    )


def _pass(session: Session, clock: Clock, *, user: User, course: Course) -> None:
    if completion(session, user_id=user.id, course_id=course.id) is not None:
        return
    code = "".join(secrets.choice(ALPHABET) for _ in range(12))
    session.add(Completion(course_id=course.id, user_id=user.id, passed_at=clock.now(), code=code))
    session.flush()
    events.record(
        session,
        clock,
        kind="course.passed",
        actor_id=user.id,
        subject=("course", course.id),
        data={"user_id": user.id, "title": course.title},
    )
    waiting.let_go_on(session, clock, user_id=user.id, waited_for=requirements.WAITS)
