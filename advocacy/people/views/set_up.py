"""The first start: the first administrator."""

from __future__ import annotations

from flask import Blueprint, Response, make_response, render_template, request, url_for
from flask.typing import ResponseReturnValue
from flask_babel import lazy_gettext
from wtforms import EmailField, PasswordField, SelectField, StringField

from advocacy.base.errors import Conflict, Invalid
from advocacy.base.text import Text
from advocacy.people import attempts, passwords, setting_up
from advocacy.people.views import choices, sign_in
from advocacy.web.access import anyone
from advocacy.web.forms import Form, required
from advocacy.web.house import house, reading, writing
from advocacy.web.i18n import choose_locale
from config import Settings

blueprint = Blueprint("set_up", __name__, url_prefix="/set-up")


class SetUpForm(Form):
    """Who the first administrator is, and the code from the terminal."""

    code = StringField(
        lazy_gettext("Set-up code"),
        [required()],
        description=lazy_gettext("It stands in the terminal where the hub was started."),
        render_kw={"autocomplete": "one-time-code", "autocapitalize": "characters", "spellcheck": "false"},
    )
    name = StringField(lazy_gettext("Your name"), [required()], render_kw={"autocomplete": "name"})
    email = EmailField(lazy_gettext("Your work e-mail"), [required()], render_kw={"autocomplete": "username"})
    password = PasswordField(
        lazy_gettext("Choose a password"),
        [required()],
        render_kw={"autocomplete": "new-password", "minlength": passwords.SHORTEST},
    )
    time_zone = SelectField(lazy_gettext("Time zone"))


@blueprint.get("")
@anyone
def form() -> ResponseReturnValue:
    """Asks for the first administrator, as long as there is nobody."""
    _check_needed()
    locale = choose_locale()
    filled = SetUpForm(
        formdata=None,
        code=request.args.get("code", "")[:40],
        time_zone=choices.zone_guess(locale),
    )
    return _page(filled, 200)


@blueprint.post("")
@anyone
def set_up() -> ResponseReturnValue:
    """Adds the first administrator and signs them in."""
    _check_needed()
    filled = SetUpForm()
    filled.time_zone.choices = choices.time_zones()
    data_dir = house().part(Settings).data_dir
    with writing() as session:
        place = attempts.place(request.remote_addr)
        attempts.take(session, house().clock, limit=attempts.SET_UP_FROM_PLACE, whose=place)
    if filled.validate():
        try:
            with writing() as session:
                user = setting_up.set_up(
                    session,
                    house().clock,
                    data_dir=data_dir,
                    typed=filled.code.data,
                    email=filled.email.data,
                    name=filled.name.data,
                    password=filled.password.data,
                    locale=choose_locale(),
                    time_zone=filled.time_zone.data,
                )
        except Invalid as error:
            filled.take(error)
        else:
            setting_up.forget_code(data_dir)
            return sign_in.enter(user, url_for("admin_people.index"))
    return _page(filled, 422)


def _check_needed() -> None:
    if not setting_up.is_needed(reading()):
        raise Conflict(Text("The hub has been set up already. Sign in, or ask an administrator to invite you."))


def _page(filled: SetUpForm, status: int) -> Response:
    filled.time_zone.choices = choices.time_zones()
    if status == 200:
        filled.time_zone.render_kw = {"data-guess-zone": ""}
    return make_response(render_template("people/set_up.html", form=filled, shortest=passwords.SHORTEST), status)
