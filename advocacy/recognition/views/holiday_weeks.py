"""The weeks in which the company is on holiday, as an administrator sets them."""

from __future__ import annotations

from datetime import date

from flask import Blueprint, make_response, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext, lazy_gettext
from flask_login import current_user
from wtforms import DateField, StringField

from advocacy.base.errors import Invalid, NotFound
from advocacy.recognition import time_off
from advocacy.web.access import admins
from advocacy.web.forms import Form, at_most, required, tell
from advocacy.web.house import house, reading, writing

blueprint = Blueprint("holiday_weeks", __name__, url_prefix="/company/holiday-weeks")


class HolidayForm(Form):
    """A week."""

    day = DateField(lazy_gettext("Any day of the week"), [required()])
    name = StringField(lazy_gettext("What it is, such as Easter"), [at_most(80)])


@blueprint.get("")
@admins
def index() -> ResponseReturnValue:
    """All of them, newest first."""
    return _page(HolidayForm(formdata=None))


@blueprint.post("")
@admins
def add() -> ResponseReturnValue:
    """One more."""
    form = HolidayForm()
    if form.validate():
        try:
            with writing() as session:
                time_off.set_holiday(
                    session, house().clock, day=form.day.data, name=form.name.data or "", by=current_user.id
                )
        except Invalid as error:
            form.take(error)
        else:
            tell(gettext("The week breaks nobody’s row."))
            return redirect(url_for("holiday_weeks.index"))
    return make_response(_page(form), 422)


@blueprint.post("/remove")
@admins
def remove() -> ResponseReturnValue:
    """It counts again."""
    try:
        week = date.fromisoformat(request.form.get("week", ""))
    except ValueError:
        raise NotFound() from None
    with writing() as session:
        time_off.remove_holiday(session, house().clock, week=week, by=current_user.id)
    tell(gettext("The week counts again."))
    return redirect(url_for("holiday_weeks.index"))


def _page(form: HolidayForm) -> str:
    return render_template("recognition/holiday_weeks.html", form=form, weeks=time_off.holiday_weeks(reading()))
