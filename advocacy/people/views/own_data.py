"""A person's own data: taken along, and erased."""

from __future__ import annotations

import json

from flask import Blueprint, Response, make_response, redirect, render_template, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext, lazy_gettext
from flask_login import current_user
from wtforms import PasswordField

from advocacy.base.errors import Conflict, Invalid
from advocacy.people import attempts, own_data
from advocacy.people.privacy import Holdings
from advocacy.web import sessions
from advocacy.web.access import signed_in
from advocacy.web.forms import Form, required, tell
from advocacy.web.house import house, writing
from advocacy.web.i18n import say

blueprint = Blueprint("own_data", __name__, url_prefix="/me")


class EraseForm(Form):
    """The last question."""

    password = PasswordField(
        lazy_gettext("Your password"), [required()], render_kw={"autocomplete": "current-password"}
    )


@blueprint.get("/data")
@signed_in
def index() -> ResponseReturnValue:
    """What can be done with one's data."""
    return render_template("people/own_data.html")


@blueprint.post("/data")
@signed_in
def export() -> ResponseReturnValue:
    """Everything the hub knows about the person, as a file."""
    with writing() as session:
        told = house().part(Holdings).export(session, house().clock, user_id=current_user.id)
    response = make_response(json.dumps(told, indent=2, ensure_ascii=False))
    response.headers["Content-Type"] = "application/json; charset=utf-8"
    response.headers["Content-Disposition"] = 'attachment; filename="my-data.json"'
    return response


@blueprint.get("/erase")
@signed_in
def form() -> ResponseReturnValue:
    """Says what erasing means, and asks for the password."""
    return _page(EraseForm(formdata=None), 200)


@blueprint.post("/erase")
@signed_in
def erase() -> ResponseReturnValue:
    """Erases the person."""
    filled = EraseForm()
    if not filled.validate():
        return _page(filled, 422)
    with writing() as session:
        attempts.take(session, house().clock, limit=attempts.PASSWORD_OF_SELF, whose=str(current_user.id))
    try:
        own_data.erase_myself(
            house(),
            user_id=current_user.id,
            password=filled.password.data,
            shown_as=gettext("Former colleague"),
        )
    except Invalid as error:
        filled.take(error)
        return _page(filled, 422)
    except Conflict as error:
        filled.form_errors.append(say(error.text))
        return _page(filled, 409)
    tell(gettext("Your account and your data are erased. Thank you for the time with us."), "info")
    return sessions.drop(make_response(redirect(url_for("sign_in.form"))))


def _page(filled: EraseForm, status: int) -> Response:
    return make_response(render_template("people/erase.html", form=filled), status)
