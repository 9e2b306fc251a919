"""My badges, level and weeks in a row, and those of colleagues who opened theirs."""

from __future__ import annotations

from flask import Blueprint, make_response, redirect, render_template, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext, lazy_gettext
from flask_login import current_user
from wtforms import DateField

from advocacy.base.errors import Invalid
from advocacy.recognition import achievements, kudos, time_off
from advocacy.recognition.levels import LEVELS
from advocacy.web.access import signed_in
from advocacy.web.forms import Form, required, tell
from advocacy.web.house import house, reading, writing

blueprint = Blueprint("achievements", __name__)


class AwayForm(Form):
    """Days away."""

    first_day = DateField(lazy_gettext("First day"), [required()])
    last_day = DateField(lazy_gettext("Last day"), [required()])


@blueprint.get("/me/recognition")
@signed_in
def mine() -> ResponseReturnValue:
    """What I have earned, and what comes next."""
    return _mine(AwayForm(formdata=None))


@blueprint.post("/me/recognition/away")
@signed_in
def be_away() -> ResponseReturnValue:
    """I am away."""
    form = AwayForm()
    if form.validate():
        try:
            with writing() as session:
                time_off.be_away(
                    session,
                    user=current_user,
                    first_day=form.first_day.data,
                    last_day=form.last_day.data,
                    now=house().clock.now(),
                )
        except Invalid as error:
            form.take(error)
        else:
            tell(gettext("Your days are kept. Nobody else sees them."))
            return redirect(url_for("achievements.mine"))
    return make_response(_mine(form), 422)


@blueprint.post("/me/recognition/away/<int:absence_id>/remove")
@signed_in
def be_back(absence_id: int) -> ResponseReturnValue:
    """I am not away after all."""
    with writing() as session:
        time_off.be_back(session, user_id=current_user.id, absence_id=absence_id)
    tell(gettext("The days count again."))
    return redirect(url_for("achievements.mine"))


@blueprint.get("/people/<int:user_id>/recognition")
@signed_in
def of_colleague(user_id: int) -> ResponseReturnValue:
    """What a colleague lets others see."""
    earned = achievements.of_colleague(reading(), user_id=user_id, reader=current_user, now=house().clock.now())
    return render_template("recognition/colleague.html", earned=earned)


def _mine(form: AwayForm) -> str:
    return render_template(
        "recognition/achievements.html",
        earned=achievements.of_person(reading(), current_user, now=house().clock.now()),
        levels=LEVELS,
        form=form,
        away=time_off.absences(reading(), user_id=current_user.id),
        is_public=kudos.choices(reading(), user_id=current_user.id).page_public,
    )
