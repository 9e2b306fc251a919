"""Courses as those see them who take them: the list, a course, its lessons, its quiz."""

from __future__ import annotations

from flask import Blueprint, make_response, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from flask_login import current_user

from advocacy.base.errors import Conflict, Invalid
from advocacy.learning import lessons, requirements, taking
from advocacy.learning.lessons import MOST_OPTIONS
from advocacy.learning.views import places
from advocacy.sharing import held
from advocacy.sharing.gates import Gates
from advocacy.web.access import signed_in
from advocacy.web.forms import Form, tell
from advocacy.web.house import house, reading, writing
from advocacy.web.i18n import say

blueprint = Blueprint("courses", __name__, url_prefix="/learning/courses")


@blueprint.get("")
@signed_in
def index() -> ResponseReturnValue:
    """The courses for this person."""
    entries = taking.mine(reading(), house().clock, user=current_user)
    return render_template("learning/courses.html", tabs=places.tabs(), entries=entries)


@blueprint.get("/<int:course_id>")
@signed_in
def show(course_id: int) -> ResponseReturnValue:
    """A course: its lessons, its quiz, and how far one has come."""
    session = reading()
    course = taking.course(session, user=current_user, course_id=course_id)
    done = taking.lessons_done(session, user_id=current_user.id, course=course)
    made = taking.tries(session, user_id=current_user.id, course_id=course_id)
    completion = taking.completion(session, user_id=current_user.id, course_id=course_id)
    waiting = held.mine(session, house().clock, user=current_user, before=house().part(Gates)) if completion else []
    return render_template(
        "learning/course.html",
        tabs=places.tabs(),
        course=course,
        done=done,
        completion=completion,
        tries=made,
        tries_left=taking.tries_left(course, made),
        due_on=requirements.due_on(course, user=current_user) if course.is_required else None,
        next_lesson=next((lesson for lesson in course.lessons if lesson.id not in done), None),
        ready=[one for one in waiting if one.hold is None],
    )


@blueprint.get("/<int:course_id>/lessons/<int:lesson_id>")
@signed_in
def lesson(course_id: int, lesson_id: int) -> ResponseReturnValue:
    """A lesson."""
    session = reading()
    course = taking.course(session, user=current_user, course_id=course_id)
    shown = lessons.get(session, course_id=course_id, lesson_id=lesson_id)
    return render_template(
        "learning/lesson.html",
        tabs=places.tabs(),
        course=course,
        lesson=shown,
        number=[one.id for one in course.lessons].index(lesson_id) + 1,
        done=taking.lessons_done(session, user_id=current_user.id, course=course),
    )


@blueprint.post("/<int:course_id>/lessons/<int:lesson_id>")
@signed_in
def finish(course_id: int, lesson_id: int) -> ResponseReturnValue:
    """Has read a lesson, and goes on to the next."""
    with writing() as session:
        following = taking.finish(session, house().clock, user=current_user, course_id=course_id, lesson_id=lesson_id)
        next_id = following.id if following else None
    if next_id is not None:
        return redirect(url_for("courses.lesson", course_id=course_id, lesson_id=next_id), code=303)
    course = taking.course(reading(), user=current_user, course_id=course_id)
    if taking.completion(reading(), user_id=current_user.id, course_id=course_id) is None and course.questions:
        return redirect(url_for("courses.quiz", course_id=course_id), code=303)
    return redirect(url_for("courses.show", course_id=course_id), code=303)


@blueprint.get("/<int:course_id>/quiz")
@signed_in
def quiz(course_id: int) -> ResponseReturnValue:
    """The questions."""
    session = reading()
    course = taking.course(session, user=current_user, course_id=course_id)
    done = taking.lessons_done(session, user_id=current_user.id, course=course)
    passed = taking.completion(session, user_id=current_user.id, course_id=course_id)
    made = taking.tries(session, user_id=current_user.id, course_id=course_id)
    blocked = len(done) < len(course.lessons) or taking.tries_left(course, made) == 0
    if passed is not None or not course.questions or blocked:
        return redirect(url_for("courses.show", course_id=course_id))
    return _quiz(course_id, 200)


@blueprint.post("/<int:course_id>/quiz")
@signed_in
def answer(course_id: int) -> ResponseReturnValue:
    """Answers them, and shows which were right."""
    number = request.form.get("number", type=int) or 0
    answers = {
        name.removeprefix("q"): [place for place in range(MOST_OPTIONS) if str(place) in values]
        for name, values in request.form.lists()
        if name.startswith("q")
    }
    try:
        with writing() as session:
            tried = taking.answer(
                session, house().clock, user=current_user, course_id=course_id, number=number, answers=answers
            )
            tried_number = tried.number
    except Invalid as error:
        return _quiz(course_id, 422, problem=say(error.text))
    except Conflict as error:
        tell(say(error.text), "warning")
        return redirect(url_for("courses.show", course_id=course_id), code=303)
    return redirect(url_for("courses.result", course_id=course_id, number=tried_number), code=303)


@blueprint.get("/<int:course_id>/quiz/<int:number>")
@signed_in
def result(course_id: int, number: int) -> ResponseReturnValue:
    """What a try came to: the questions with what was right, once it is passed or no try is left."""
    session = reading()
    course = taking.course(session, user=current_user, course_id=course_id)
    made = taking.tries(session, user_id=current_user.id, course_id=course_id)
    tried = next((one for one in made if one.number == number), None)
    if tried is None:
        return redirect(url_for("courses.show", course_id=course_id))
    left = taking.tries_left(course, made)
    waiting = held.mine(session, house().clock, user=current_user, before=house().part(Gates))
    return render_template(
        "learning/quiz_result.html",
        tabs=places.tabs(),
        course=course,
        tried=tried,
        tries_left=left,
        judged=taking.judge(course.questions, tried.answers),
        shows_answers=tried.has_passed or left == 0,
        ready=[one for one in waiting if one.hold is None] if tried.has_passed else [],
    )


def _quiz(course_id: int, status: int, problem: str = "") -> ResponseReturnValue:
    session = reading()
    course = taking.course(session, user=current_user, course_id=course_id)
    made = taking.tries(session, user_id=current_user.id, course_id=course_id)
    page = render_template(
        "learning/quiz.html",
        tabs=places.tabs(),
        form=Form(formdata=None),
        course=course,
        number=len(made) + 1,
        tries_left=taking.tries_left(course, made),
        problem=problem,
        chosen={name: request.form.getlist(name) for name in request.form},
    )
    return make_response(page, status)
