"""What a person hears of, on which channel and when."""

from __future__ import annotations

from flask import Blueprint, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext
from flask_login import current_user

from advocacy.base.notifying import Kinds
from advocacy.base.web_push import Vapid
from advocacy.messages import choices, push_devices
from advocacy.messages.choices import MOST_LETTERS, Wanted
from advocacy.people import roles
from advocacy.web import sessions
from advocacy.web.access import signed_in
from advocacy.web.forms import tell
from advocacy.web.house import house, reading, writing

blueprint = Blueprint("preferences", __name__, url_prefix="/me/messages")


@blueprint.get("")
@signed_in
def form() -> ResponseReturnValue:
    """The choices, as they are now."""
    kinds, session = house().part(Kinds), reading()
    return render_template(
        "messages/preferences.html",
        kinds=kinds.personal,
        on=choices.chosen(session, kinds, user_id=current_user.id),
        devices=push_devices.of_person(session, user_id=current_user.id),
        push_key=house().part(Vapid).public,
        this=sessions.token_hash(),
        leads=roles.leads(current_user),
        kept=choices.settings_of(session, current_user.id),
        hours=[(str(hour), f"{hour:02}:00") for hour in range(24)],
        rhythms=[
            (choices.WEEKLY, gettext("Every Monday")),
            (choices.DAILY, gettext("Every working day")),
            (choices.MONTHLY, gettext("On the first Monday of a month")),
            (choices.NEVER, gettext("Never")),
        ],
        numbers=[(str(number), str(number)) for number in MOST_LETTERS],
    )


@blueprint.post("")
@signed_in
def save() -> ResponseReturnValue:
    """Keeps them."""
    kinds, form = house().part(Kinds), request.form
    wanted = Wanted(
        on=frozenset(
            (kind.name, channel)
            for kind in kinds.personal
            for channel in choices.CHANNELS
            if f"{kind.name}-{channel}" in form
        ),
        letters="letters" in form,
        newsletter="newsletter" in form,
        figures=_wants_figures(),
        quiet_from=form.get("quiet_from", 20, type=int),
        quiet_until=form.get("quiet_until", 7, type=int),
        most_letters=form.get("most_letters", 3, type=int),
        most_pushes=form.get("most_pushes", 10, type=int),
        digest=form.get("digest", choices.WEEKLY),
    )
    with writing() as session:
        choices.choose(session, kinds, user_id=current_user.id, wanted=wanted)
    tell(gettext("Your choices are kept."))
    return redirect(url_for("preferences.form"))


def _wants_figures() -> bool:
    """What the form says, where it asked: who does not lead keeps what they chose when they did."""
    if roles.leads(current_user):
        return "figures" in request.form
    return choices.settings_of(reading(), current_user.id).wants_figures
