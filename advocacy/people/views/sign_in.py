"""Signing in and out."""

from __future__ import annotations

from flask import Blueprint, make_response, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext, lazy_gettext
from flask_login import current_user
from wtforms import EmailField, HiddenField, PasswordField

from advocacy.base import events
from advocacy.people import passwords
from advocacy.people import sessions as browsers
from advocacy.web import sessions
from advocacy.web.access import anyone, signed_in
from advocacy.web.forms import Form, required, tell
from advocacy.web.house import house, reading, writing
from advocacy.web.security import safe_path

blueprint = Blueprint("sign_in", __name__)


class SignInForm(Form):
    """Who, and the password."""

    email = EmailField(lazy_gettext("E-mail"), [required()], render_kw={"autocomplete": "username"})
    password = PasswordField(lazy_gettext("Password"), [required()], render_kw={"autocomplete": "current-password"})
    next = HiddenField()


@blueprint.get("/")
@anyone
def root() -> ResponseReturnValue:
    """The front door: the feed, or the way in."""
    if current_user.is_authenticated:
        return redirect("/feed")
    return redirect(url_for("sign_in.form"))


@blueprint.get("/sign-in")
@anyone
def form() -> ResponseReturnValue:
    """The sign-in page."""
    if current_user.is_authenticated:
        return redirect(safe_path(request.args.get("next"), otherwise="/feed"))
    filled = SignInForm(formdata=None, next=safe_path(request.args.get("next"), otherwise=""))
    return render_template("people/sign_in.html", form=filled)


@blueprint.post("/sign-in")
@anyone
def sign_in() -> ResponseReturnValue:
    """Signs in."""
    filled = SignInForm()
    if not filled.validate():
        return make_response(render_template("people/sign_in.html", form=filled), 422)
    user = passwords.person_with(reading(), email=filled.email.data, password=filled.password.data)
    if user is None:
        filled.password.errors = [
            gettext("E-mail and password do not fit together. Check both, or reset the password.")
        ]
        return make_response(render_template("people/sign_in.html", form=filled), 422)
    with writing() as session:
        token = browsers.begin(session, house().clock, user=user, device=str(request.user_agent)[:120])
        events.record(session, house().clock, kind="user.signed_in", actor_id=user.id, subject=("user", user.id))
    response = make_response(redirect(safe_path(filled.next.data, otherwise="/feed")))
    return sessions.keep(response, token)


@blueprint.post("/sign-out")
@signed_in
def sign_out() -> ResponseReturnValue:
    """Signs this browser out."""
    with writing() as session:
        browsers.end(session, token=sessions.token())
        events.record(
            session,
            house().clock,
            kind="user.signed_out",
            actor_id=current_user.id,
            subject=("user", current_user.id),
        )
    tell(gettext("You are signed out."), "info")
    return sessions.drop(make_response(redirect(url_for("sign_in.form"))))
