"""Judging clicks of the past again: the administrator's page, and how far it is."""

from __future__ import annotations

from datetime import timedelta

from flask import Blueprint, make_response, redirect, render_template, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext, lazy_gettext
from flask_login import current_user
from wtforms import DateField
from wtforms.validators import InputRequired

from advocacy.base.errors import Conflict, Invalid
from advocacy.reach import judging, rejudging
from advocacy.web.access import admins
from advocacy.web.forms import Form, tell
from advocacy.web.house import house, reading, writing
from advocacy.web.i18n import say

blueprint = Blueprint("rejudging", __name__, url_prefix="/admin/links/rejudging")


class RejudgingForm(Form):
    """Which days."""

    first = DateField(lazy_gettext("First day"), [InputRequired(lazy_gettext("Please choose a day."))])
    last = DateField(lazy_gettext("Last day"), [InputRequired(lazy_gettext("Please choose a day."))])


@blueprint.get("")
@admins
def index() -> ResponseReturnValue:
    """What was judged again, how far it is, and how to begin."""
    form, yesterday = RejudgingForm(formdata=None), house().clock.now().date() - timedelta(days=1)
    form.first.data = min(rejudging.first_day(reading()) or yesterday, yesterday)
    form.last.data = yesterday
    return _page(form)


@blueprint.post("")
@admins
def begin() -> ResponseReturnValue:
    """Begins."""
    form = RejudgingForm()
    if form.validate():
        try:
            with writing() as session:
                rejudging.begin(
                    session, house().clock, by=current_user.id, first=form.first.data, last=form.last.data
                )
            tell(gettext("Begun. It goes on by itself, the newest day first; you can leave this page."))
            return redirect(url_for("rejudging.index"), code=303)
        except Invalid as error:
            form.take(error)
        except Conflict as error:
            tell(say(error.text), "warning")
            return redirect(url_for("rejudging.index"), code=303)
    return make_response(_page(form), 422)


@blueprint.post("/<int:run_id>/stop")
@admins
def stop(run_id: int) -> ResponseReturnValue:
    """Ends a run; what it has done stays."""
    with writing() as session:
        rejudging.stop(session, house().clock, by=current_user.id, run_id=run_id)
    return redirect(url_for("rejudging.index"), code=303)


def _page(form: RejudgingForm) -> str:
    session = reading()
    return render_template(
        "reach/rejudging.html",
        form=form,
        version=judging.VERSION,
        runs=rejudging.runs(session),
        under_way=rejudging.under_way(session),
        first_day=rejudging.first_day(session),
    )
