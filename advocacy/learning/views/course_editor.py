"""Courses as their editors see them: the list, the form, opening and closing, and who has passed."""

from __future__ import annotations

from typing import Any

from flask import Blueprint, make_response, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext, lazy_gettext
from flask_login import current_user
from wtforms import BooleanField, DateField, IntegerField, SelectChoice, SelectField, StringField, TextAreaField
from wtforms.validators import NumberRange, Optional

from advocacy.base.errors import Conflict, Invalid
from advocacy.learning import courses, taking
from advocacy.learning.courses import Course, Gate, Written
from advocacy.learning.views import places
from advocacy.library.views.audience_form import AudienceForm, lists_of
from advocacy.web.access import curators_and_leaders
from advocacy.web.editing import ChangedMeanwhile, SharedForm, check
from advocacy.web.forms import at_most, required, tell
from advocacy.web.house import house, reading, writing
from advocacy.web.i18n import say

blueprint = Blueprint("course_editor", __name__, url_prefix="/learning/edit")

GATES = {
    Gate.NEVER: lazy_gettext("No"),
    Gate.AT_ONCE: lazy_gettext("Yes, until they have passed it"),
    Gate.AFTER_DEADLINE: lazy_gettext("Yes, once the last day is over"),
}
IN_RANGE = lazy_gettext("Please choose a number from %(min)s to %(max)s.")


class CourseForm(AudienceForm, SharedForm):
    """What a course is."""

    title = StringField(lazy_gettext("Title"), [required(), at_most(160)])
    summary = TextAreaField(lazy_gettext("What one learns"), [at_most(2_000)])
    minutes = IntegerField(lazy_gettext("Minutes it takes"), [Optional(), NumberRange(1, 600, IN_RANGE)])
    is_required = BooleanField(lazy_gettext("Everybody it is for has to pass it"))
    due_on = DateField(lazy_gettext("Last day"), [Optional()])
    gate = SelectField(
        lazy_gettext("Keeps from sharing"), choices=[SelectChoice(gate.value, label) for gate, label in GATES.items()]
    )
    pass_percent = IntegerField(lazy_gettext("Right answers needed, in per cent"), [NumberRange(1, 100, IN_RANGE)])
    most_tries = IntegerField(lazy_gettext("Tries"), [Optional(), NumberRange(1, 20, IN_RANGE)])
    has_certificate = BooleanField(lazy_gettext("Gives a certificate"))

    def written(self) -> Written:
        """What the form says, as the service takes it."""
        return Written(
            title=self.title.data,
            summary=self.summary.data or "",
            minutes=self.minutes.data,
            audience=self.audience(),
            is_required=self.is_required.data,
            due_on=self.due_on.data,
            gate=Gate(self.gate.data),
            pass_percent=self.pass_percent.data,
            most_tries=self.most_tries.data,
            has_certificate=self.has_certificate.data,
        )


@blueprint.get("")
@curators_and_leaders
def index() -> ResponseReturnValue:
    """Every course."""
    page = courses.page(reading(), after=request.args.get("after", ""))
    return render_template("learning/edit_courses.html", tabs=places.tabs(), page=page)


@blueprint.get("/new")
@curators_and_leaders
def new() -> ResponseReturnValue:
    """An empty form."""
    begun = {"pass_percent": 80, "has_certificate": True, "gate": Gate.NEVER.value}
    return _page(CourseForm(formdata=None, data=begun), None, 200)


@blueprint.post("/new")
@curators_and_leaders
def create() -> ResponseReturnValue:
    """Adds a course as a draft."""
    return _saved(None)


@blueprint.get("/<int:course_id>")
@curators_and_leaders
def show(course_id: int) -> ResponseReturnValue:
    """A course with its lessons, its questions and how many have passed it."""
    course = courses.get(reading(), course_id=course_id)
    return render_template(
        "learning/edit_course.html", tabs=places.tabs(), course=course, reach=courses.reach(reading(), course)
    )


@blueprint.get("/<int:course_id>/settings")
@curators_and_leaders
def edit(course_id: int) -> ResponseReturnValue:
    """The form of a course."""
    course = courses.get(reading(), course_id=course_id)
    form = CourseForm(formdata=None, data=_values(course))
    form.open(_values(course))
    return _page(form, course_id, 200)


def _values(course: Course) -> dict[str, Any]:
    return {
        "title": course.title,
        "summary": course.summary,
        "minutes": course.minutes,
        "is_required": course.is_required,
        "due_on": course.due_on,
        "gate": course.gate.value,
        "pass_percent": course.pass_percent,
        "most_tries": course.most_tries,
        "has_certificate": course.has_certificate,
        **lists_of(course.audience),
    }


@blueprint.post("/<int:course_id>/settings")
@curators_and_leaders
def save(course_id: int) -> ResponseReturnValue:
    """Changes a course."""
    courses.get(reading(), course_id=course_id)
    return _saved(course_id)


@blueprint.post("/<int:course_id>/open")
@curators_and_leaders
def open_up(course_id: int) -> ResponseReturnValue:
    """Lets people take it."""
    try:
        with writing() as session:
            courses.open_up(session, house().clock, course_id=course_id, by=current_user.id)
    except Conflict as error:
        tell(say(error.text), "warning")
    else:
        tell(gettext("The course is open."))
    return redirect(url_for("course_editor.show", course_id=course_id), code=303)


@blueprint.post("/<int:course_id>/close")
@curators_and_leaders
def close(course_id: int) -> ResponseReturnValue:
    """Ends it."""
    with writing() as session:
        courses.close(session, house().clock, course_id=course_id, by=current_user.id)
    tell(gettext("The course is closed. Certificates stay valid."))
    return redirect(url_for("course_editor.show", course_id=course_id), code=303)


@blueprint.post("/<int:course_id>/remove")
@curators_and_leaders
def remove(course_id: int) -> ResponseReturnValue:
    """Removes a course that nobody has passed."""
    try:
        with writing() as session:
            courses.remove(session, house().clock, course_id=course_id, by=current_user.id)
    except Conflict as error:
        tell(say(error.text), "warning")
        return redirect(url_for("course_editor.show", course_id=course_id), code=303)
    tell(gettext("The course is removed."))
    return redirect(url_for("course_editor.index"), code=303)


@blueprint.get("/<int:course_id>/people")
@curators_and_leaders
def people(course_id: int) -> ResponseReturnValue:
    """Who has passed it, and who has not."""
    course = courses.get(reading(), course_id=course_id)
    missing_only = request.args.get("show") == "missing"
    page = courses.learners(reading(), course, after=request.args.get("after", ""), missing_only=missing_only)
    return render_template(
        "learning/edit_people.html",
        tabs=places.tabs(),
        course=course,
        page=page,
        reach=courses.reach(reading(), course),
        missing_only=missing_only,
    )


@blueprint.post("/<int:course_id>/people/<int:user_id>/again")
@curators_and_leaders
def allow_again(course_id: int, user_id: int) -> ResponseReturnValue:
    """Gives a person every try again."""
    courses.get(reading(), course_id=course_id)
    with writing() as session:
        taking.allow_again(session, house().clock, course_id=course_id, user_id=user_id, by=current_user.id)
    tell(gettext("They can try the quiz again."))
    return redirect(url_for("course_editor.people", course_id=course_id), code=303)


def _saved(course_id: int | None) -> ResponseReturnValue:
    form, status = CourseForm(), 422
    form.offer()
    if form.validate():
        try:
            with writing() as session:
                if course_id is not None:
                    check(
                        session,
                        house().clock,
                        form,
                        thing=("course", course_id),
                        values=lambda: _values(courses.get(session, course_id=course_id)),
                    )
                course = courses.save(
                    session, house().clock, written=form.written(), by=current_user.id, course_id=course_id
                )
                saved_id = course.id
        except Invalid as error:
            form.take(error)
        except ChangedMeanwhile:
            status = 409
        else:
            tell(gettext("Saved."))
            return redirect(url_for("course_editor.show", course_id=saved_id), code=303)
    return _page(form, course_id, status)


def _page(form: CourseForm, course_id: int | None, status: int) -> ResponseReturnValue:
    form.offer()
    page = render_template("learning/edit_settings.html", tabs=places.tabs(), form=form, course_id=course_id)
    return make_response(page, status)
