"""The evaluation of a programme: read and printed by everybody, written by editors."""

from __future__ import annotations

from datetime import date
from typing import Any

from flask import Blueprint, make_response, redirect, render_template, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext, lazy_gettext
from flask_login import current_user
from wtforms import TextAreaField

from advocacy.base.errors import Conflict, Invalid
from advocacy.people import owners
from advocacy.programme import evaluation, programmes
from advocacy.programme.evaluation import Trend
from advocacy.programme.programmes import LONGEST
from advocacy.programme.views.goals import day_labels
from advocacy.programme.views.programmes import may_edit
from advocacy.programme.views.wording import SOURCES, STATES
from advocacy.web.access import curators_and_leaders, signed_in
from advocacy.web.forms import Form, at_most, required, tell
from advocacy.web.house import house, reading, writing
from advocacy.web.i18n import say

blueprint = Blueprint("evaluation", __name__, url_prefix="/company/plan")


class LearnedForm(Form):
    """What was learned."""

    learned = TextAreaField(lazy_gettext("What we learned"), [required(), at_most(LONGEST)])


@blueprint.get("/<int:programme_id>/evaluation")
@signed_in
def show(programme_id: int) -> ResponseReturnValue:
    """Goal beside result beside survey trend, and what we learned."""
    programme = programmes.get(reading(), programme_id=programme_id)
    return _page(programme_id, LearnedForm(formdata=None, data={"learned": programme.learned}), 200)


@blueprint.post("/<int:programme_id>/evaluation")
@curators_and_leaders
def write(programme_id: int) -> ResponseReturnValue:
    """Ends the programme."""
    form = LearnedForm()
    if form.validate():
        try:
            with writing() as session:
                evaluation.write(
                    session, house().clock, programme_id=programme_id, learned=form.learned.data, by=current_user.id
                )
        except Invalid as error:
            form.take(error)
        else:
            tell(gettext("The programme is evaluated. Everybody can read it."))
            return redirect(url_for("evaluation.show", programme_id=programme_id), code=303)
    return _page(programme_id, form, 422)


@blueprint.post("/<int:programme_id>/reopen")
@curators_and_leaders
def reopen(programme_id: int) -> ResponseReturnValue:
    """Lets it go on."""
    try:
        with writing() as session:
            evaluation.reopen(session, house().clock, programme_id=programme_id, by=current_user.id)
    except Conflict as error:
        tell(say(error.text), "warning")
    return redirect(url_for("plan.show", programme_id=programme_id), code=303)


def _page(programme_id: int, form: LearnedForm, status: int) -> ResponseReturnValue:
    session = reading()
    programme = programmes.get(session, programme_id=programme_id)
    found = evaluation.of(session, programme)
    page = render_template(
        "programme/evaluation.html",
        programme=programme,
        line=programmes.lines(session, [programme])[0],
        found=found,
        charts=[_chart(trend) for trend in found.trends],
        by=owners.owners(session, [programme.evaluated_by]).get(programme.evaluated_by or 0, ""),
        sources=SOURCES,
        states=STATES,
        as_day=date.fromisoformat,
        form=form,
        may_edit=may_edit(),
    )
    return make_response(page, status)


def _chart(trend: Trend) -> dict[str, Any]:
    """The lines of a chart: each round with where its interval begins and ends."""
    return {
        "labels": day_labels([one.row.closed_on for one in trend.readings]),
        "series": [
            {"label": gettext("Result"), "values": [round(one.value, 1) for one in trend.readings]},
            {"label": gettext("From (95 % sure)"), "values": [round(one.low, 1) for one in trend.readings]},
            {"label": gettext("To (95 % sure)"), "values": [round(one.high, 1) for one in trend.readings]},
        ],
    }
