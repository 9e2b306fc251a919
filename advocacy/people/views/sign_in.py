"""Signing in and out."""

from __future__ import annotations

import structlog
from flask import Blueprint, Response, make_response, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext, lazy_gettext
from flask_login import current_user
from wtforms import EmailField, HiddenField, PasswordField

from advocacy.base import events
from advocacy.base.errors import TooMany
from advocacy.people import attempts, devices, passwords, setting_up
from advocacy.people import sessions as browsers
from advocacy.people.users import Person
from advocacy.web import sessions
from advocacy.web.access import anyone, signed_in
from advocacy.web.forms import Form, required, tell
from advocacy.web.house import house, reading, writing
from advocacy.web.i18n import say
from advocacy.web.security import safe_path

blueprint = Blueprint("sign_in", __name__)
log = structlog.get_logger()


class SignInForm(Form):
    """Who, and the password."""

    email = EmailField(
        lazy_gettext("E-mail"), [required()], render_kw={"autocomplete": "username", "inputmode": "email"}
    )
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
    """The sign-in page; where there is nobody yet, the way to the first administrator."""
    if current_user.is_authenticated:
        return redirect(safe_path(request.args.get("next"), otherwise="/feed"))
    if setting_up.is_needed(reading()):
        return redirect(url_for("set_up.form"))
    filled = SignInForm(formdata=None, next=safe_path(request.args.get("next"), otherwise=""))
    return _page(filled, 200)


@blueprint.post("/sign-in")
@anyone
def sign_in() -> ResponseReturnValue:
    """Signs in. Tries are counted before the password is looked at, so that many at once help nobody."""
    filled = SignInForm()
    if not filled.validate():
        return _page(filled, 422)
    place = attempts.place(request.remote_addr)
    try:
        with writing() as session:
            attempts.take(session, house().clock, limit=attempts.SIGN_IN_FROM_PLACE, whose=place)
            attempts.take(session, house().clock, limit=attempts.SIGN_IN_OF_PERSON, whose=filled.email.data)
    except TooMany as error:
        log.warning("sign-in held back", place=place)
        filled.form_errors.append(say(error.text))
        response = _page(filled, 429)
        response.headers["Retry-After"] = str(error.retry_after)
        return response
    user = passwords.person_with(reading(), email=filled.email.data, password=filled.password.data)
    if user is None:
        log.info("sign-in refused", place=place)
        filled.password.errors = [
            gettext("E-mail and password do not fit together. Check both, or reset the password.")
        ]
        return _page(filled, 422)
    with writing() as session:
        passwords.keep_up(user, filled.password.data)
        attempts.forgive(session, house().clock, limit=attempts.SIGN_IN_OF_PERSON, whose=user.email)
        attempts.give_back(session, house().clock, limit=attempts.SIGN_IN_FROM_PLACE, whose=place)
    return enter(user, safe_path(filled.next.data, otherwise="/feed"))


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


def enter(user: Person, where: str) -> ResponseReturnValue:
    """Signs this browser in and goes on; whoever was signed in with it before is signed out.

    Args:
        user: who showed that it is them, just now.
        where: a path of ours.
    """
    with writing() as session:
        if sessions.token():
            browsers.end(session, token=sessions.token())
        device = devices.name_of(request.user_agent.string)
        token = browsers.begin(session, house().clock, user=user, device=device)
        events.record(session, house().clock, kind="user.signed_in", actor_id=user.id, subject=("user", user.id))
    return sessions.keep(make_response(redirect(where)), token)


def _page(filled: SignInForm, status: int) -> Response:
    return make_response(render_template("people/sign_in.html", form=filled), status)
