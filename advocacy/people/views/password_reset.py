"""Forgotten passwords: asking for a link, and choosing a new one by it."""

from __future__ import annotations

from flask import Blueprint, Response, make_response, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext, lazy_gettext
from wtforms import EmailField, PasswordField

from advocacy.base.errors import Invalid, TooMany
from advocacy.base.mail import Post
from advocacy.base.sealing import Sealer
from advocacy.people import attempts, passwords, resets
from advocacy.web.access import anyone
from advocacy.web.forms import Form, required, tell
from advocacy.web.house import house, reading, writing
from advocacy.web.i18n import say
from config import Settings

blueprint = Blueprint("password_reset", __name__, url_prefix="/reset")


class AskForm(Form):
    """Whose password."""

    email = EmailField(
        lazy_gettext("E-mail"), [required()], render_kw={"autocomplete": "username", "inputmode": "email"}
    )


class NewPasswordForm(Form):
    """The new password, once: it can be looked at while typing."""

    password = PasswordField(
        lazy_gettext("New password"),
        [required()],
        render_kw={"autocomplete": "new-password", "minlength": passwords.SHORTEST},
    )


@blueprint.get("")
@anyone
def ask() -> ResponseReturnValue:
    """Asks for the address."""
    return _ask(AskForm(formdata=None), 200)


@blueprint.post("")
@anyone
def send() -> ResponseReturnValue:
    """Sends a link to whoever has the address. The answer is the same when nobody has."""
    filled = AskForm()
    if not filled.validate():
        return _ask(filled, 422)
    try:
        with writing() as session:
            place = attempts.place(request.remote_addr)
            attempts.take(session, house().clock, limit=attempts.RESET_FROM_PLACE, whose=place)
            attempts.take(session, house().clock, limit=attempts.RESET_OF_PERSON, whose=filled.email.data)
            resets.ask(
                session,
                house().clock,
                house().part(Sealer),
                email=filled.email.data,
                address=house().part(Settings).address,
            )
    except TooMany as error:
        filled.form_errors.append(say(error.text))
        response = _ask(filled, 429)
        response.headers["Retry-After"] = str(error.retry_after)
        return response
    return redirect(url_for("password_reset.sent"))


@blueprint.get("/sent")
@anyone
def sent() -> ResponseReturnValue:
    """Says that a letter is under way, if there is anybody to send it to."""
    post = house().part(Post)
    return render_template("people/reset_sent.html", kept_in_files=post.is_kept_in_files)


@blueprint.get("/<token>")
@anyone
def form(token: str) -> ResponseReturnValue:
    """Asks for a new password, by a link."""
    user = resets.person_of(reading(), house().clock, token=token)
    filled = NewPasswordForm(formdata=None)
    return render_template("people/reset.html", form=filled, token=token, email=user.email)


@blueprint.post("/<token>")
@anyone
def choose(token: str) -> ResponseReturnValue:
    """Sets the new password. Every browser is signed out."""
    filled = NewPasswordForm()
    user = resets.person_of(reading(), house().clock, token=token)
    email = user.email
    if filled.validate():
        try:
            with writing() as session:
                resets.use(session, house().clock, token=token, password=filled.password.data)
                attempts.forgive(session, house().clock, limit=attempts.SIGN_IN_OF_PERSON, whose=email)
        except Invalid as error:
            filled.take(error)
        else:
            tell(gettext("Your new password is set. Sign in with it."))
            return redirect(url_for("sign_in.form"))
    return make_response(render_template("people/reset.html", form=filled, token=token, email=email), 422)


def _ask(filled: AskForm, status: int) -> Response:
    return make_response(render_template("people/reset_ask.html", form=filled), status)
