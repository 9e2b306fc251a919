"""Where a person is signed in, and how to end that."""

from __future__ import annotations

from flask import Blueprint, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext
from flask_login import current_user

from advocacy.people import personnel
from advocacy.people import sessions as browsers
from advocacy.web import sessions
from advocacy.web.access import signed_in
from advocacy.web.forms import tell
from advocacy.web.house import house, reading, writing

blueprint = Blueprint("devices", __name__, url_prefix="/me/devices")


@blueprint.get("")
@signed_in
def index() -> ResponseReturnValue:
    """Every browser the person is signed in with."""
    found = browsers.of_person(reading(), house().clock, user_id=current_user.id)
    return render_template("people/devices.html", devices=found, this=sessions.token_hash())


@blueprint.post("/end")
@signed_in
def end() -> ResponseReturnValue:
    """Signs one other browser out."""
    with writing() as session:
        browsers.end_one(session, user_id=current_user.id, token_hash=request.form.get("device", ""))
    tell(gettext("That device is signed out."))
    return redirect(url_for("devices.index"))


@blueprint.post("/end-others")
@signed_in
def end_others() -> ResponseReturnValue:
    """Signs every other browser out."""
    with writing() as session:
        personnel.sign_out_everywhere(
            session,
            house().clock,
            user_id=current_user.id,
            by=current_user.id,
            except_browser=sessions.token_hash(),
        )
    tell(gettext("You are signed out everywhere else."))
    return redirect(url_for("devices.index"))
