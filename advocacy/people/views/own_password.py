"""Changing one's own password."""

from __future__ import annotations

from flask import Blueprint, Response, make_response, redirect, render_template, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext, lazy_gettext
from flask_login import current_user
from wtforms import PasswordField

from advocacy.base.errors import Invalid
from advocacy.people import attempts, passwords
from advocacy.web import sessions
from advocacy.web.access import signed_in
from advocacy.web.forms import Form, required, tell
from advocacy.web.house import house, writing

blueprint = Blueprint("own_password", __name__, url_prefix="/me/password")


class PasswordForm(Form):
    """The password until now and from now on."""

    old = PasswordField(
        lazy_gettext("Present password"), [required()], render_kw={"autocomplete": "current-password"}
    )
    password = PasswordField(
        lazy_gettext("New password"),
        [required()],
        render_kw={"autocomplete": "new-password", "minlength": passwords.SHORTEST},
    )


@blueprint.get("")
@signed_in
def form() -> ResponseReturnValue:
    """Asks for both."""
    return _page(PasswordForm(formdata=None), 200)


@blueprint.post("")
@signed_in
def change() -> ResponseReturnValue:
    """Sets the new password; other browsers are signed out."""
    filled = PasswordForm()
    if not filled.validate():
        return _page(filled, 422)
    with writing() as session:
        attempts.take(session, house().clock, limit=attempts.PASSWORD_OF_SELF, whose=str(current_user.id))
    try:
        with writing() as session:
            passwords.change(
                session,
                house().clock,
                user_id=current_user.id,
                old=filled.old.data,
                new=filled.password.data,
                this_browser=sessions.token_hash(),
            )
    except Invalid as error:
        filled.take(error)
        return _page(filled, 422)
    tell(gettext("Your password is changed. You are signed out everywhere else."))
    return redirect(url_for("profile.index"))


def _page(filled: PasswordForm, status: int) -> Response:
    page = render_template("people/own_password.html", form=filled, shortest=passwords.SHORTEST)
    return make_response(page, status)
