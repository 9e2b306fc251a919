"""The company's rules for sharing, and its pause button."""

from __future__ import annotations

from datetime import timedelta

from flask import Blueprint, Response, make_response, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext, lazy_gettext
from flask_login import current_user
from wtforms import IntegerField, TimeField
from wtforms.validators import Optional

from advocacy.base.errors import Invalid
from advocacy.sharing import rules
from advocacy.sharing.rules import Pause
from advocacy.web.access import admins
from advocacy.web.forms import Form, chosen, tell
from advocacy.web.house import house, reading, writing
from advocacy.web.i18n import say

blueprint = Blueprint("sharing_rules", __name__, url_prefix="/admin/sharing")


class RulesForm(Form):
    """What holds for everybody."""

    daily_cap = IntegerField(
        lazy_gettext("Shares a day"),
        [chosen(lazy_gettext("Please give a number."))],
        description=lazy_gettext("Of one person on one network. More reads as spam to the people who follow them."),
        render_kw={"min": 1, "max": rules.MOST_A_DAY, "inputmode": "numeric"},
    )
    spread_minutes = IntegerField(
        lazy_gettext("Minutes between colleagues"),
        [chosen(lazy_gettext("Please give a number."))],
        description=lazy_gettext(
            "How far apart “next good time” keeps posts of the same item on the same network. 0 for not at all."
        ),
        render_kw={"min": 0, "max": int(rules.FARTHEST_APART.total_seconds()) // 60, "inputmode": "numeric"},
    )
    quiet_from = TimeField(
        lazy_gettext("Quiet hours begin"),
        [Optional()],
        description=lazy_gettext("In each person's own time zone. Nothing is published then, and nothing planned."),
    )
    quiet_until = TimeField(lazy_gettext("Quiet hours end"), [Optional()])


TOLD_ON = ("feed", "composer", "by_hand", "my_shares", "sharing_calendar", "connections", "sharing_rules")
"""The pages on which people choose, plan and share; others are spared the question."""


@blueprint.app_context_processor
def _pause() -> dict[str, Pause | None]:
    """Lets the pages about sharing say that it is paused."""
    told = current_user.is_authenticated and request.blueprint in TOLD_ON
    return {"sharing_pause": rules.pause_in_force(reading()) if told else None}


@blueprint.get("")
@admins
def index() -> ResponseReturnValue:
    """The rules and the button."""
    held_to = rules.now_in_force(reading())
    filled = RulesForm(
        formdata=None,
        daily_cap=held_to.daily_cap,
        spread_minutes=held_to.spread // timedelta(minutes=1),
        quiet_from=held_to.quiet_from,
        quiet_until=held_to.quiet_until,
    )
    return _page(filled)


@blueprint.post("")
@admins
def save() -> ResponseReturnValue:
    """Changes the rules."""
    filled = RulesForm()
    if not filled.validate():
        return _page(filled, 422)
    try:
        with writing() as session:
            rules.lay_down(
                session,
                house().clock,
                by=current_user,
                daily_cap=filled.daily_cap.data,
                spread_minutes=filled.spread_minutes.data,
                quiet_from=filled.quiet_from.data,
                quiet_until=filled.quiet_until.data,
            )
    except Invalid as error:
        filled.take(error)
        return _page(filled, 422)
    tell(gettext("Saved. The rules hold from now on; what is planned already stays planned."))
    return redirect(url_for("sharing_rules.index"), code=303)


@blueprint.post("/pause")
@admins
def pause() -> ResponseReturnValue:
    """Presses the button, or lets it go."""
    if request.form.get("do") == "resume":
        with writing() as session:
            rules.resume(session, house().clock, by=current_user)
        tell(gettext("Sharing goes on. People whose share came too late are asked what to do with it."))
        return redirect(url_for("sharing_rules.index"), code=303)
    try:
        with writing() as session:
            rules.pause(session, house().clock, by=current_user, note=request.form.get("note", ""))
    except Invalid as error:
        tell(say(error.text), "error")
        return redirect(url_for("sharing_rules.index"), code=303)
    tell(gettext("Sharing is paused. Nothing is published until you let it go on."), "warning")
    return redirect(url_for("sharing_rules.index"), code=303)


def _page(filled: RulesForm, status: int = 200) -> Response:
    pause = rules.now_in_force(reading()).pause
    page = render_template("sharing/sharing_rules.html", form=filled, pause=pause, longest_note=rules.LONGEST_NOTE)
    return make_response(page, status)
