"""The lessons and the questions of a course, as their editors write them."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from sqlalchemy.orm import Session

from advocacy.base import sanitize
from advocacy.base.clock import Clock
from advocacy.base.errors import Invalid, NotFound
from advocacy.base.text import Text
from advocacy.learning import courses
from advocacy.learning.models import Lesson, Question
from advocacy.people import fields

__all__ = ["Lesson", "Question", "WrittenLesson"]

MOST_OPTIONS = 8


@dataclass(frozen=True)
class WrittenLesson:
    """What an editor writes into a lesson.

    Args:
        title: one line.
        body: Markdown.
        picture_id: a kept picture.
        alt_text: what it shows.
        video_url: a web address, opened in a tab of its own.
        file_id: a kept document or video.
    """

    title: str
    body: str = ""
    picture_id: int | None = None
    alt_text: str = ""
    video_url: str = ""
    file_id: int | None = None


def get(session: Session, *, course_id: int, lesson_id: int) -> Lesson:
    """A lesson of this course.

    Raises:
        NotFound: there is none.
    """
    lesson = session.get(Lesson, lesson_id)
    if lesson is None or lesson.course_id != course_id:
        raise NotFound(Text("We could not find that lesson. It may have been removed."))
    return lesson


def save(
    session: Session, clock: Clock, *, course_id: int, written: WrittenLesson, lesson_id: int | None = None
) -> Lesson:
    """Adds a lesson at the end of a course, or changes one.

    Raises:
        NotFound: no such course or lesson.
        Invalid: on fields `title`, `body`, `alt_text` or `video_url`.
    """
    course = courses.get(session, course_id=course_id)
    title = fields.short("title", written.title, most=160)
    if not title:
        raise Invalid("title", Text("Please give the lesson a title."))
    if len(written.body) > sanitize.LONGEST_MARKDOWN:
        raise Invalid("body", Text("Please keep this below {count} characters.", count=sanitize.LONGEST_MARKDOWN))
    if written.picture_id and not written.alt_text.strip():
        raise Invalid("alt_text", Text("Please say what the picture shows, for people who cannot see it."))
    address = written.video_url.strip()
    if address and sanitize.web_url(address) is None:
        raise Invalid("video_url", Text("This is no web address. It should begin with https://."))
    if lesson_id is None:
        lesson = Lesson(course_id=course_id, position=1 + max((one.position for one in course.lessons), default=0))
        session.add(lesson)
    else:
        lesson = get(session, course_id=course_id, lesson_id=lesson_id)
    lesson.title, lesson.body = title, written.body.replace("\r\n", "\n").strip()
    lesson.picture_id = written.picture_id
    lesson.alt_text = fields.short("alt_text", written.alt_text, most=500) if written.picture_id else ""
    lesson.video_url, lesson.file_id = address, written.file_id
    course.updated_at = clock.now()
    session.flush()
    session.expire(course, ["lessons"])
    return lesson


def remove(session: Session, clock: Clock, *, course_id: int, lesson_id: int) -> None:
    """Removes a lesson.

    Raises:
        NotFound: there is none.
    """
    session.delete(get(session, course_id=course_id, lesson_id=lesson_id))
    courses.get(session, course_id=course_id).updated_at = clock.now()


def move_up(session: Session, *, course_id: int, lesson_id: int) -> None:
    """Puts a lesson one place earlier; the first stays where it is.

    Raises:
        NotFound: there is none.
    """
    get(session, course_id=course_id, lesson_id=lesson_id)
    order = list(courses.get(session, course_id=course_id).lessons)
    place = next(at for at, one in enumerate(order) if one.id == lesson_id)
    if place > 0:
        order[place - 1], order[place] = order[place], order[place - 1]
    for position, one in enumerate(order, 1):
        one.position = position


def question(session: Session, *, course_id: int, question_id: int) -> Question:
    """A question of this course.

    Raises:
        NotFound: there is none.
    """
    found = session.get(Question, question_id)
    if found is None or found.course_id != course_id:
        raise NotFound(Text("We could not find that question. It may have been removed."))
    return found


def save_question(
    session: Session,
    *,
    course_id: int,
    text: str,
    options: Sequence[tuple[str, bool]],
    explanation: str = "",
    question_id: int | None = None,
) -> Question:
    """Adds a question at the end of a course's quiz, or changes one.

    Args:
        session: inside a transaction.
        course_id: whose quiz.
        text: the question.
        options: (words, whether it is right); empty words are left out. 2 to `MOST_OPTIONS`, at least one right.
        explanation: shown once it was answered.
        question_id: the one to change; None adds one.

    Raises:
        NotFound: no such course or question.
        Invalid: on fields `text`, `explanation` or `options`.
    """
    course = courses.get(session, course_id=course_id)
    words = text.strip()
    if not words:
        raise Invalid("text", Text("Please write the question."))
    if len(words) > 1_000:
        raise Invalid("text", Text("Please keep this below {count} characters.", count=1_000))
    if len(explanation) > 1_000:
        raise Invalid("explanation", Text("Please keep this below {count} characters.", count=1_000))
    kept = [{"text": " ".join(one.split())[:300], "is_right": is_right} for one, is_right in options if one.strip()]
    if not 2 <= len(kept) <= MOST_OPTIONS:
        raise Invalid("options", Text("Please give two to {count} answers to choose from.", count=MOST_OPTIONS))
    if not any(option["is_right"] for option in kept):
        raise Invalid("options", Text("Please mark at least one answer as right."))
    if all(option["is_right"] for option in kept):
        raise Invalid("options", Text("If every answer is right, there is nothing to know. Mark some as wrong."))
    if question_id is None:
        at = 1 + max((one.position for one in course.questions), default=0)
        found = Question(course_id=course_id, position=at)
        session.add(found)
    else:
        found = question(session, course_id=course_id, question_id=question_id)
    found.text, found.options, found.explanation = words, kept, explanation.strip()
    session.flush()
    session.expire(course, ["questions"])
    return found


def remove_question(session: Session, *, course_id: int, question_id: int) -> None:
    """Removes a question.

    Raises:
        NotFound: there is none.
    """
    session.delete(question(session, course_id=course_id, question_id=question_id))
