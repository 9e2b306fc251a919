"""The touchpoint audit: the list that everybody reads, one touchpoint with its gaps, and its form."""

from __future__ import annotations

from typing import Any

from flask import Blueprint, make_response, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext, lazy_gettext
from flask_login import current_user
from wtforms import FloatField, SelectChoice, SelectField, StringField, TextAreaField
from wtforms.validators import Optional

from advocacy.base.errors import Conflict, Invalid
from advocacy.people import owners
from advocacy.programme import survey_readings, touchpoints
from advocacy.programme.programmes import LONGEST
from advocacy.programme.touchpoints import Contact, Touchpoint, Written
from advocacy.programme.views.programmes import may_edit
from advocacy.programme.views.wording import CONTACTS, STATES, question_choices
from advocacy.web.access import curators_and_leaders, signed_in
from advocacy.web.editing import ChangedMeanwhile, SharedForm, check
from advocacy.web.forms import Form, at_most, required, tell
from advocacy.web.house import house, reading, writing
from advocacy.web.i18n import say

blueprint = Blueprint("touchpoints", __name__, url_prefix="/company/touchpoints")


class TouchpointForm(SharedForm):
    """A touchpoint."""

    name = StringField(lazy_gettext("Name"), [required(), at_most(160)])
    contact = SelectField(
        lazy_gettext("How people meet us there"),
        choices=[SelectChoice(contact.value, label) for contact, label in CONTACTS.items()],
    )
    owner = StringField(lazy_gettext("Who answers for it"), [at_most(254)])
    promise = TextAreaField(lazy_gettext("What we promise there"), [at_most(LONGEST)])
    question = SelectField(lazy_gettext("What employees know: question of a survey"), validators=[Optional()])
    wanted = FloatField(lazy_gettext("Wanted at least"), [Optional()])

    def offer(self) -> None:
        """Fills in what can be chosen now."""
        self.question.choices = question_choices()

    def written(self) -> Written:
        """What the form says."""
        return Written(
            name=self.name.data,
            contact=Contact(self.contact.data),
            owner_email=self.owner.data or "",
            promise=self.promise.data or "",
            question=self.question.data or "",
            wanted=self.wanted.data,
        )


class GapForm(Form):
    """What is missing."""

    text = StringField(lazy_gettext("What is missing"), [required(), at_most(200)])


@blueprint.get("")
@signed_in
def index() -> ResponseReturnValue:
    """The audit."""
    page = touchpoints.page(reading(), after=request.args.get("after", ""))
    return render_template(
        "programme/touchpoints.html",
        page=page,
        contacts=CONTACTS,
        may_edit=may_edit(),
        next_url=url_for("touchpoints.index", after=page.next_cursor) if page.next_cursor else None,
    )


@blueprint.get("/<int:touchpoint_id>")
@signed_in
def show(touchpoint_id: int) -> ResponseReturnValue:
    """One touchpoint."""
    return _touchpoint(touchpoint_id, GapForm(formdata=None), 200)


@blueprint.post("/<int:touchpoint_id>/gaps")
@curators_and_leaders
def note_gap(touchpoint_id: int) -> ResponseReturnValue:
    """Writes down what is missing there."""
    form = GapForm()
    if form.validate():
        try:
            with writing() as session:
                touchpoints.note_gap(
                    session, house().clock, touchpoint_id=touchpoint_id, text=form.text.data, by=current_user.id
                )
        except Invalid as error:
            form.take(error)
        else:
            return redirect(url_for("touchpoints.show", touchpoint_id=touchpoint_id, _anchor="gaps"), code=303)
    return _touchpoint(touchpoint_id, form, 422)


@blueprint.post("/gaps/<int:gap_id>/step")
@curators_and_leaders
def make_step(gap_id: int) -> ResponseReturnValue:
    """Makes a step of a plan out of it."""
    programme_id = request.form.get("programme", type=int) or 0
    try:
        with writing() as session:
            step = touchpoints.close_by_step(
                session, house().clock, gap_id=gap_id, programme_id=programme_id, by=current_user
            )
    except Conflict as error:
        tell(say(error.text), "warning")
        return redirect(url_for("touchpoints.index"), code=303)
    tell(gettext("It is a step of the plan now. Choose its day and who does it."))
    return redirect(url_for("steps.show", step_id=step.id), code=303)


@blueprint.post("/gaps/<int:gap_id>/forget")
@curators_and_leaders
def forget_gap(gap_id: int) -> ResponseReturnValue:
    """Takes it away."""
    with writing() as session:
        touchpoint_id = touchpoints.forget_gap(session, gap_id=gap_id)
    return redirect(url_for("touchpoints.show", touchpoint_id=touchpoint_id, _anchor="gaps"), code=303)


@blueprint.get("/new")
@curators_and_leaders
def new() -> ResponseReturnValue:
    """An empty form."""
    return _page(TouchpointForm(formdata=None), None, 200)


@blueprint.post("/new")
@curators_and_leaders
def create() -> ResponseReturnValue:
    """Adds it."""
    return _saved(None)


@blueprint.get("/<int:touchpoint_id>/edit")
@curators_and_leaders
def edit(touchpoint_id: int) -> ResponseReturnValue:
    """The form of a touchpoint."""
    one = touchpoints.get(reading(), touchpoint_id=touchpoint_id)
    form = TouchpointForm(formdata=None, data=_values(one))
    form.open(_values(one))
    return _page(form, touchpoint_id, 200)


def _values(one: Touchpoint) -> dict[str, Any]:
    return {
        **{name: getattr(one, name) for name in ("name", "promise", "wanted")},
        "contact": one.contact.value,
        "owner": owners.address_of(reading(), one.owner_id),
        "question": f"{one.survey_id}:{one.question_key}" if one.survey_id else "",
    }


@blueprint.post("/<int:touchpoint_id>/edit")
@curators_and_leaders
def save(touchpoint_id: int) -> ResponseReturnValue:
    """Changes it."""
    touchpoints.get(reading(), touchpoint_id=touchpoint_id)
    return _saved(touchpoint_id)


@blueprint.post("/<int:touchpoint_id>/remove")
@curators_and_leaders
def remove(touchpoint_id: int) -> ResponseReturnValue:
    """Takes it out of the audit."""
    with writing() as session:
        touchpoints.remove(session, house().clock, touchpoint_id=touchpoint_id, by=current_user.id)
    tell(gettext("The touchpoint is removed."))
    return redirect(url_for("touchpoints.index"), code=303)


def _saved(touchpoint_id: int | None) -> ResponseReturnValue:
    form, status = TouchpointForm(), 422
    form.offer()
    if form.validate():
        try:
            with writing() as session:
                if touchpoint_id is not None:
                    check(
                        session,
                        house().clock,
                        form,
                        thing=("touchpoint", touchpoint_id),
                        values=lambda: _values(touchpoints.get(session, touchpoint_id=touchpoint_id)),
                    )
                kept = touchpoints.save(
                    session, house().clock, written=form.written(), by=current_user.id, touchpoint_id=touchpoint_id
                )
                survey_readings.keep_up(session)
        except Invalid as error:
            form.take(error)
        except ChangedMeanwhile:
            status = 409
        else:
            tell(gettext("The touchpoint is saved."))
            return redirect(url_for("touchpoints.show", touchpoint_id=kept.id), code=303)
    return _page(form, touchpoint_id, status)


def _page(form: TouchpointForm, touchpoint_id: int | None, status: int) -> ResponseReturnValue:
    form.offer()
    page = render_template("programme/touchpoint_form.html", form=form, touchpoint_id=touchpoint_id)
    return make_response(page, status)


def _touchpoint(touchpoint_id: int, form: GapForm, status: int) -> ResponseReturnValue:
    session = reading()
    one = touchpoints.get(session, touchpoint_id=touchpoint_id)
    page = render_template(
        "programme/touchpoint.html",
        touchpoint=one,
        line=touchpoints.lines(session, [one])[0],
        asked=survey_readings.find(session, survey_id=one.survey_id, key=one.question_key),
        trend=survey_readings.trend(session, survey_id=one.survey_id, key=one.question_key),
        programmes=touchpoints.open_programmes(session) if may_edit() else [],
        contacts=CONTACTS,
        states=STATES,
        form=form,
        may_edit=may_edit(),
    )
    return make_response(page, status)
