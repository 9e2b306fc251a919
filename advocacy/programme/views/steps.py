"""Steps of a plan: one with what it waits for and what is said of it, and its form."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

from flask import Blueprint, make_response, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext, lazy_gettext
from flask_login import current_user
from wtforms import DateField, SelectMultipleField, StringField, TextAreaField
from wtforms.validators import Optional

from advocacy.base.errors import Conflict, Invalid
from advocacy.people import owners
from advocacy.programme import comments, programmes, steps
from advocacy.programme.programmes import LONGEST
from advocacy.programme.steps import PlanStep, StepState, Written
from advocacy.programme.views.programmes import CommentForm, may_edit
from advocacy.programme.views.wording import STATES
from advocacy.web.access import curators_and_leaders, signed_in
from advocacy.web.editing import ChangedMeanwhile, SharedForm, check
from advocacy.web.forms import at_most, chosen, required, tell
from advocacy.web.house import house, reading, writing
from advocacy.web.i18n import say

blueprint = Blueprint("steps", __name__, url_prefix="/company/plan")


class StepForm(SharedForm):
    """A step."""

    title = StringField(lazy_gettext("What is to be done"), [required(), at_most(200)])
    body = TextAreaField(lazy_gettext("How, and what for"), [at_most(LONGEST)])
    owner = StringField(lazy_gettext("Who does it"), [at_most(254)])
    starts_on = DateField(lazy_gettext("Begins"), [Optional()])
    due_on = DateField(lazy_gettext("Done by"), [chosen()])
    needs = SelectMultipleField(lazy_gettext("Waits for"))

    def offer(self, programme_id: int, step_id: int | None) -> None:
        """Fills in what can be chosen now."""
        found = steps.others(reading(), programme_id=programme_id, step_id=step_id)
        self.needs.choices = [(str(one), title) for one, title in found]

    def written(self) -> Written:
        """What the form says."""
        return Written(
            title=self.title.data,
            body=self.body.data or "",
            owner_email=self.owner.data or "",
            starts_on=self.starts_on.data,
            due_on=self.due_on.data,
            needs=[int(one) for one in self.needs.data or ()],
        )


@blueprint.get("/steps/<int:step_id>")
@signed_in
def show(step_id: int) -> ResponseReturnValue:
    """One step."""
    return _step(step_id, CommentForm(formdata=None), 200)


@blueprint.post("/steps/<int:step_id>/state")
@signed_in
def set_state(step_id: int) -> ResponseReturnValue:
    """Says where it stands."""
    wanted = request.form.get("state", "")
    state = StepState(wanted) if wanted in set(StepState) else StepState.PLANNED
    try:
        with writing() as session:
            steps.set_state(
                session, house().clock, step_id=step_id, state=state, by=current_user, may_edit=may_edit()
            )
    except Conflict as error:
        tell(say(error.text), "warning")
    return redirect(url_for("steps.show", step_id=step_id), code=303)


@blueprint.post("/steps/<int:step_id>/comments")
@signed_in
def comment(step_id: int) -> ResponseReturnValue:
    """Says something about it."""
    form = CommentForm()
    step = steps.get(reading(), step_id=step_id)
    programme_id = step.programme_id
    if form.validate():
        try:
            with writing() as session:
                said = comments.say(
                    session,
                    house().clock,
                    programme_id=programme_id,
                    step_id=step_id,
                    body=form.body.data,
                    user=current_user,
                )
        except Invalid as error:
            form.take(error)
        else:
            return redirect(url_for("steps.show", step_id=step_id, _anchor=f"comment-{said.id}"), code=303)
    return _step(step_id, form, 422)


@blueprint.get("/<int:programme_id>/steps/new")
@curators_and_leaders
def new(programme_id: int) -> ResponseReturnValue:
    """An empty form."""
    programmes.open_one(reading(), programme_id=programme_id)
    first = {"due_on": house().clock.now().date() + timedelta(days=14)}
    return _page(StepForm(formdata=None, data=first), programme_id, None, 200)


@blueprint.post("/<int:programme_id>/steps/new")
@curators_and_leaders
def create(programme_id: int) -> ResponseReturnValue:
    """Adds it to the plan."""
    programmes.open_one(reading(), programme_id=programme_id)
    return _saved(programme_id, None)


@blueprint.get("/steps/<int:step_id>/edit")
@curators_and_leaders
def edit(step_id: int) -> ResponseReturnValue:
    """The form of a step."""
    step = steps.get(reading(), step_id=step_id)
    programmes.open_one(reading(), programme_id=step.programme_id)
    form = StepForm(formdata=None, data=_values(step))
    form.open(_values(step))
    return _page(form, step.programme_id, step, 200)


def _values(step: PlanStep) -> dict[str, Any]:
    return {
        **{name: getattr(step, name) for name in ("title", "body", "starts_on", "due_on")},
        "owner": owners.address_of(reading(), step.owner_id),
        "needs": [str(one) for one in steps.needs(reading(), step_id=step.id)],
    }


@blueprint.post("/steps/<int:step_id>/edit")
@curators_and_leaders
def save(step_id: int) -> ResponseReturnValue:
    """Changes it."""
    step = steps.get(reading(), step_id=step_id)
    programmes.open_one(reading(), programme_id=step.programme_id)
    return _saved(step.programme_id, step)


@blueprint.post("/steps/<int:step_id>/remove")
@curators_and_leaders
def remove(step_id: int) -> ResponseReturnValue:
    """Takes it out of the plan."""
    with writing() as session:
        programme_id = steps.remove(session, house().clock, step_id=step_id, by=current_user.id)
    tell(gettext("The step is removed."))
    return redirect(url_for("plan.show", programme_id=programme_id), code=303)


def _saved(programme_id: int, step: PlanStep | None) -> ResponseReturnValue:
    form, step_id, status = StepForm(), step.id if step is not None else None, 422
    form.offer(programme_id, step_id)
    if form.validate():
        try:
            with writing() as session:
                if step_id is not None:
                    check(
                        session,
                        house().clock,
                        form,
                        thing=("step", step_id),
                        values=lambda: _values(steps.get(session, step_id=step_id)),
                    )
                kept = steps.save(
                    session,
                    house().clock,
                    programme_id=programme_id,
                    written=form.written(),
                    by=current_user.id,
                    step_id=step_id,
                )
        except Invalid as error:
            form.take(error)
        except ChangedMeanwhile:
            status = 409
        else:
            tell(gettext("The step is saved. Whoever follows the plan will hear of it."))
            return redirect(url_for("steps.show", step_id=kept.id), code=303)
    return _page(form, programme_id, step, status)


def _page(form: StepForm, programme_id: int, step: PlanStep | None, status: int) -> ResponseReturnValue:
    form.offer(programme_id, step.id if step is not None else None)
    page = render_template(
        "programme/step_form.html",
        form=form,
        step=step,
        programme=programmes.get(reading(), programme_id=programme_id),
    )
    return make_response(page, status)


def _step(step_id: int, form: CommentForm, status: int) -> ResponseReturnValue:
    session = reading()
    step = steps.get(session, step_id=step_id)
    programme = programmes.get(session, programme_id=step.programme_id)
    may_change = may_edit() and programme.state.value == "open"
    page = render_template(
        "programme/step.html",
        programme=programme,
        line=steps.lines(session, [step], today=house().clock.now().date())[0],
        step=step,
        after=steps.after(session, step_id=step_id),
        said=comments.page(
            session, programme_id=programme.id, step_id=step_id, after=request.args.get("comments", "")
        ),
        form=form,
        states=STATES,
        may_edit=may_edit(),
        may_change=may_change,
        may_move=may_change or (step.owner_id == current_user.id and programme.state.value == "open"),
    )
    return make_response(page, status)
