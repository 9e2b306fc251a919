"""Goals: one with its line and its forecast, its form, and figures entered by hand."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date, timedelta
from typing import Any

from flask import Blueprint, make_response, redirect, render_template, url_for
from flask.typing import ResponseReturnValue
from flask_babel import format_date, gettext, lazy_gettext
from flask_login import current_user
from wtforms import DateField, FloatField, SelectChoice, SelectField, StringField, TextAreaField
from wtforms.validators import InputRequired, Optional

from advocacy.base.errors import Invalid
from advocacy.programme import goals, measuring, programmes, survey_readings
from advocacy.programme.forecast import Forecast
from advocacy.programme.goals import Goal, GoalSource, Written
from advocacy.programme.views.programmes import may_edit
from advocacy.programme.views.wording import SOURCES, question_choices
from advocacy.web.access import curators_and_leaders, signed_in
from advocacy.web.editing import ChangedMeanwhile, SharedForm, check
from advocacy.web.forms import Form, at_most, chosen, required, tell
from advocacy.web.house import house, reading, writing

blueprint = Blueprint("goals", __name__, url_prefix="/company/plan")

MOST_POINTS = 40
"""Of a chart: with more, only every second, third, ... figure is drawn, and always the newest."""


class GoalForm(SharedForm):
    """A goal."""

    title = StringField(lazy_gettext("What is to be reached"), [required(), at_most(200)])
    source = SelectField(
        lazy_gettext("Where the figure comes from"),
        choices=[SelectChoice(source.value, label) for source, label in SOURCES.items()],
    )
    question = SelectField(lazy_gettext("Question of a survey"), validators=[Optional()])
    course = SelectField(lazy_gettext("Course"), validators=[Optional()])
    unit = StringField(lazy_gettext("Unit"), [at_most(20)])
    target = FloatField(lazy_gettext("Target"), [InputRequired(lazy_gettext("Please give a number."))])
    start_value = FloatField(lazy_gettext("Start"), [Optional()])
    starts_on = DateField(lazy_gettext("First day"), [chosen()])
    due_on = DateField(lazy_gettext("To be reached by"), [chosen()])
    note = TextAreaField(lazy_gettext("What else is to be known"), [at_most(2_000)])

    def offer(self, programme_id: int) -> None:
        """Fills in what can be chosen now."""
        self.question.choices = question_choices()
        found = programmes.belongings(reading(), programme_id=programme_id)
        offered = [*found.courses, *found.more_courses]
        self.course.choices = [
            SelectChoice("", gettext("None")),
            *(SelectChoice(str(one), title) for one, title in offered),
        ]

    def written(self) -> Written:
        """What the form says."""
        return Written(
            title=self.title.data,
            source=GoalSource(self.source.data),
            target=self.target.data,
            start_value=self.start_value.data,
            starts_on=self.starts_on.data,
            due_on=self.due_on.data,
            question=self.question.data or "",
            course_id=int(self.course.data) if self.course.data else None,
            unit=self.unit.data or "",
            note=self.note.data or "",
        )


class FigureForm(Form):
    """A figure entered by hand."""

    day = DateField(lazy_gettext("Day"), [chosen()])
    value = FloatField(lazy_gettext("Figure"), [InputRequired(lazy_gettext("Please give a number."))])
    note = StringField(lazy_gettext("Where it comes from"), [required(), at_most(300)])


@blueprint.get("/goals/<int:goal_id>")
@signed_in
def show(goal_id: int) -> ResponseReturnValue:
    """One goal with its history."""
    form = FigureForm(formdata=None, data={"day": house().clock.now().date()})
    return _goal(goal_id, form, 200)


@blueprint.post("/goals/<int:goal_id>/figures")
@curators_and_leaders
def enter(goal_id: int) -> ResponseReturnValue:
    """Writes a figure down."""
    form = FigureForm()
    if form.validate():
        try:
            with writing() as session:
                goals.enter(
                    session,
                    house().clock,
                    goal_id=goal_id,
                    day=form.day.data,
                    value=form.value.data,
                    note=form.note.data,
                    by=current_user.id,
                )
        except Invalid as error:
            form.take(error)
        else:
            tell(gettext("The figure is written down."))
            return redirect(url_for("goals.show", goal_id=goal_id), code=303)
    return _goal(goal_id, form, 422)


@blueprint.get("/<int:programme_id>/goals/new")
@curators_and_leaders
def new(programme_id: int) -> ResponseReturnValue:
    """An empty form."""
    programme = programmes.open_one(reading(), programme_id=programme_id)
    first: dict[str, Any] = {"starts_on": programme.starts_on, "due_on": programme.ends_on}
    return _form(GoalForm(formdata=None, data=first), programme_id, None, 200)


@blueprint.post("/<int:programme_id>/goals/new")
@curators_and_leaders
def create(programme_id: int) -> ResponseReturnValue:
    """Sets it."""
    programmes.open_one(reading(), programme_id=programme_id)
    return _saved(programme_id, None)


@blueprint.get("/goals/<int:goal_id>/edit")
@curators_and_leaders
def edit(goal_id: int) -> ResponseReturnValue:
    """The form of a goal."""
    goal = goals.get(reading(), goal_id=goal_id)
    programmes.open_one(reading(), programme_id=goal.programme_id)
    form = GoalForm(formdata=None, data=_values(goal))
    form.open(_values(goal))
    return _form(form, goal.programme_id, goal, 200)


def _values(goal: Goal) -> dict[str, Any]:
    names = ("title", "unit", "target", "start_value", "starts_on", "due_on", "note")
    return {
        **{name: getattr(goal, name) for name in names},
        "source": goal.source.value,
        "question": f"{goal.survey_id}:{goal.question_key}" if goal.survey_id else "",
        "course": str(goal.course_id or ""),
    }


@blueprint.post("/goals/<int:goal_id>/edit")
@curators_and_leaders
def save(goal_id: int) -> ResponseReturnValue:
    """Changes it."""
    goal = goals.get(reading(), goal_id=goal_id)
    programmes.open_one(reading(), programme_id=goal.programme_id)
    return _saved(goal.programme_id, goal)


@blueprint.post("/goals/<int:goal_id>/remove")
@curators_and_leaders
def remove(goal_id: int) -> ResponseReturnValue:
    """Takes it away."""
    with writing() as session:
        programme = goals.remove(session, house().clock, goal_id=goal_id, by=current_user.id)
    tell(gettext("The goal is removed."))
    return redirect(url_for("plan.show", programme_id=programme.id), code=303)


def _saved(programme_id: int, goal: Goal | None) -> ResponseReturnValue:
    form, status = GoalForm(), 422
    goal_id = goal.id if goal is not None else None
    form.offer(programme_id)
    if form.validate():
        try:
            with writing() as session:
                if goal_id is not None:
                    check(
                        session,
                        house().clock,
                        form,
                        thing=("goal", goal_id),
                        values=lambda: _values(goals.get(session, goal_id=goal_id)),
                    )
                kept = goals.save(
                    session,
                    house().clock,
                    programme_id=programme_id,
                    written=form.written(),
                    by=current_user.id,
                    goal_id=goal_id,
                )
        except Invalid as error:
            form.take(error)
        except ChangedMeanwhile:
            status = 409
        else:
            measuring.measure(house(), goal_id=kept.id)
            tell(gettext("The goal is set."))
            return redirect(url_for("goals.show", goal_id=kept.id), code=303)
    return _form(form, programme_id, goal, status)


def _form(form: GoalForm, programme_id: int, goal: Goal | None, status: int) -> ResponseReturnValue:
    form.offer(programme_id)
    page = render_template(
        "programme/goal_form.html",
        form=form,
        goal=goal,
        programme=programmes.get(reading(), programme_id=programme_id),
    )
    return make_response(page, status)


def _goal(goal_id: int, form: FigureForm, status: int) -> ResponseReturnValue:
    session = reading()
    goal = goals.get(session, goal_id=goal_id)
    programme = programmes.get(session, programme_id=goal.programme_id)
    found = goals.history(session, goal_id=goal_id)
    forecast = goals.ahead(session, goal, found=found)
    shown = thinned(found)
    page = render_template(
        "programme/goal.html",
        programme=programme,
        goal=goal,
        progress=goals.progress(goal, today=house().clock.now().date()),
        unit=goals.unit(session, goal),
        asked=survey_readings.find(session, survey_id=goal.survey_id, key=goal.question_key),
        found=found,
        forecast=forecast,
        chart=_chart(goal, shown, forecast),
        entries=goals.entries(session, goal_id=goal_id),
        form=form,
        sources=SOURCES,
        may_change=may_edit() and programme.state.value == "open",
    )
    return make_response(page, status)


def thinned(found: Sequence[tuple[date, float]]) -> list[tuple[date, float]]:
    """As many figures as a chart can hold: every second, third, ... and always the newest."""
    step = -(-len(found) // MOST_POINTS) or 1
    return list(found[::-1][::step][::-1])


def _chart(goal: Goal, shown: Sequence[tuple[date, float]], forecast: Forecast | None) -> dict[str, Any]:
    """The days and lines of the chart: what was measured, what is wanted, and what is expected, in steps as long."""
    days, values = [day for day, _ in shown], [value for _, value in shown]
    ahead: list[tuple[date, float]] = []
    if forecast is not None:
        apart = max(1, round((days[-1] - days[0]).days / (len(days) - 1)))
        left, change = (forecast.day - days[-1]).days, forecast.value - values[-1]
        steps = min(MOST_POINTS, max(1, round(left / apart)))
        ahead = [
            (days[-1] + timedelta(days=round(left * step / steps)), round(values[-1] + change * step / steps, 1))
            for step in range(1, steps + 1)
        ]
    lines: list[dict[str, Any]] = [
        {"label": gettext("Figure"), "values": [*values, *[None] * len(ahead)]},
        {"label": gettext("Target"), "values": [goal.target] * (len(values) + len(ahead))},
    ]
    if ahead:
        expected = [*[None] * (len(values) - 1), values[-1], *(value for _, value in ahead)]
        lines.append({"label": gettext("Forecast"), "values": expected})
    every = [*days, *(day for day, _ in ahead)]
    return {"labels": day_labels(every), "series": lines}


def day_labels(days: Sequence[date]) -> list[str]:
    """Days as a chart shows them: with the year where they lie in several."""
    pattern = "d MMM y" if len({day.year for day in days}) > 1 else "d MMM"
    return [str(format_date(day, pattern)) for day in days]
