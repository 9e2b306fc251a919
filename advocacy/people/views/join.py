"""Accepting an invitation: one page, then straight on to the first share."""

from __future__ import annotations

from flask import Blueprint, Response, make_response, render_template, request, session, url_for
from flask.typing import ResponseReturnValue
from flask_babel import get_locale, lazy_gettext
from wtforms import EmailField, PasswordField, SelectField, StringField

from advocacy.base.errors import Invalid
from advocacy.people import joining, passwords, teams
from advocacy.people.joining import Newcomer
from advocacy.people.views import choices, sign_in
from advocacy.web.access import anyone
from advocacy.web.forms import Form, required
from advocacy.web.house import house, reading, writing
from advocacy.web.i18n import LANGUAGES, choose_locale

blueprint = Blueprint("join", __name__, url_prefix="/join")


class JoinForm(Form):
    """Who joins. The address is asked only where the invitation does not name it."""

    name = StringField(lazy_gettext("Your name"), [required()], render_kw={"autocomplete": "name"})
    email = EmailField(lazy_gettext("Your work e-mail"), [required()], render_kw={"autocomplete": "username"})
    password = PasswordField(
        lazy_gettext("Choose a password"),
        [required()],
        render_kw={"autocomplete": "new-password", "minlength": passwords.SHORTEST},
    )
    locale = SelectField(lazy_gettext("Language"))
    time_zone = SelectField(lazy_gettext("Time zone"))


@blueprint.get("/<token>")
@anyone
def form(token: str) -> ResponseReturnValue:
    """Shows who invites, and asks for what is missing."""
    invitation = joining.find(reading(), house().clock, token=token)
    locale = choose_locale()
    if "locale" not in session and not request.accept_languages and invitation.locale in LANGUAGES:
        locale = invitation.locale
    filled = JoinForm(
        formdata=None,
        name=invitation.name,
        email=invitation.email,
        locale=locale,
        time_zone=invitation.time_zone or choices.zone_guess(locale),
    )
    return _page(filled, token, 200)


@blueprint.post("/<token>")
@anyone
def accept(token: str) -> ResponseReturnValue:
    """Adds the person, signs them in and goes on to the first steps."""
    invitation = joining.find(reading(), house().clock, token=token)
    filled = JoinForm()
    filled.locale.choices, filled.time_zone.choices = choices.locales(), choices.time_zones()
    if invitation.email is not None:
        del filled.email
    if filled.validate():
        newcomer = Newcomer(
            email="" if filled.email is None else filled.email.data,
            name=filled.name.data,
            password=filled.password.data,
            locale=filled.locale.data,
            time_zone=filled.time_zone.data,
        )
        try:
            with writing() as db:
                user = joining.accept(db, house().clock, token=token, newcomer=newcomer)
        except Invalid as error:
            filled.take(error)
        else:
            return sign_in.enter(user, url_for("onboarding.index"))
    return _page(filled, token, 422)


def _page(filled: JoinForm, token: str, status: int) -> Response:
    invitation = joining.find(reading(), house().clock, token=token)
    filled.locale.choices, filled.time_zone.choices = choices.locales(), choices.time_zones()
    if not invitation.time_zone and status == 200:
        filled.time_zone.render_kw = {"data-guess-zone": ""}
    if invitation.email is not None and "email" in filled:
        del filled.email
    page = render_template(
        "people/join.html",
        form=filled,
        token=token,
        invitation=invitation,
        team=teams.path_name(reading(), invitation.team_id),
        shortest=passwords.SHORTEST,
        page_locale=str(get_locale()),
    )
    return make_response(page, status)
