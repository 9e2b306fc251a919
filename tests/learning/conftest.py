"""Courses for tests."""

from collections.abc import Callable
from typing import Any

import pytest

from advocacy.learning import courses, lessons
from advocacy.learning.courses import Written
from advocacy.learning.lessons import WrittenLesson
from advocacy.learning.models import Course


@pytest.fixture
def teach(house, make) -> Callable[..., Course]:
    """Gives a course that is open: one lesson, and one question whose second answer is right unless told otherwise."""
    teacher = make.leader("Tea Cher")

    def open_one(title: str = "Sharing well", *, has_quiz: bool = True, **fields: Any) -> Course:
        with house.db.transaction() as session:
            written = Written(title=title, **fields)
            course = courses.save(session, house.clock, written=written, by=teacher.id)
            first = WrittenLesson(title="Who reads you", body="Everybody *may*.")
            lessons.save(session, house.clock, course_id=course.id, written=first)
            if has_quiz:
                lessons.save_question(
                    session, course_id=course.id, text="Who reads you?", options=[("Nobody", False), ("All", True)]
                )
            courses.open_up(session, house.clock, course_id=course.id, by=teacher.id)
        with house.db.reading() as session:
            course = courses.get(session, course_id=course.id)
            _loaded = (course.lessons, course.questions)
        return course

    return open_one


@pytest.fixture
def pass_it() -> Callable[..., None]:
    """Takes a course as a person does, in their browser."""

    def take(browser: Any, course: Course, *, right: bool = True) -> Any:
        here = f"/learning/courses/{course.id}"
        for lesson in course.lessons:
            browser.submit(f"{here}/lessons/{lesson.id}")
        answers = {f"q{one.id}": "1" if right else "0" for one in course.questions}
        return browser.submit(f"{here}/quiz", answers) if answers else None

    return take
