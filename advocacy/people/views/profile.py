"""A person's own page: their details, and how the hub looks and speaks to them."""

from __future__ import annotations

from flask import Blueprint, make_response, redirect, render_template, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext, lazy_gettext
from flask_login import current_user
from wtforms import BooleanField, RadioField, SelectChoice, SelectField, SelectMultipleField, StringField

from advocacy.base.errors import Invalid
from advocacy.people import account, roles, teams
from advocacy.people.views import choices
from advocacy.web.access import signed_in
from advocacy.web.forms import Form, at_most, required, tell
from advocacy.web.house import house, reading, writing

blueprint = Blueprint("profile", __name__, url_prefix="/me")


class ProfileForm(Form):
    """What a person says about themselves."""

    name = StringField(lazy_gettext("Name"), [required(), at_most(120)], render_kw={"autocomplete": "name"})
    job_title = StringField(
        lazy_gettext("Job title"), [at_most(120)], render_kw={"autocomplete": "organization-title"}
    )
    language = SelectField(lazy_gettext("I mostly post in"))
    more_languages = SelectMultipleField(lazy_gettext("I also post in"))
    time_zone = SelectField(lazy_gettext("Time zone"))
    locale = SelectField(lazy_gettext("Language of the pages"))
    theme = RadioField(
        lazy_gettext("Theme"),
        choices=[
            SelectChoice("system", lazy_gettext("As on my device")),
            SelectChoice("light", lazy_gettext("Light")),
            SelectChoice("dark", lazy_gettext("Dark")),
        ],
    )
    ranked_by_name = BooleanField(lazy_gettext("Show my name on leaderboards"))


@blueprint.get("")
@signed_in
def index() -> ResponseReturnValue:
    """The person's page."""
    languages = current_user.languages
    filled = _form(
        name=current_user.name,
        job_title=current_user.job_title,
        language=languages[0],
        more_languages=languages[1:],
        time_zone=current_user.time_zone,
        locale=current_user.locale,
        theme=current_user.theme,
        ranked_by_name=current_user.ranked_by_name,
    )
    return _page(filled)


@blueprint.post("")
@signed_in
def save() -> ResponseReturnValue:
    """Keeps the details."""
    filled = _form()
    if filled.validate():
        first = filled.language.data
        try:
            with writing() as session:
                account.edit(
                    session,
                    house().clock,
                    user_id=current_user.id,
                    name=filled.name.data,
                    job_title=filled.job_title.data,
                    languages=[first, *(code for code in filled.more_languages.data if code != first)],
                    time_zone=filled.time_zone.data,
                    locale=filled.locale.data,
                    theme=filled.theme.data,
                    ranked_by_name=filled.ranked_by_name.data,
                )
        except Invalid as error:
            filled.take(error)
        else:
            tell(gettext("Your profile is saved."))
            return redirect(url_for("profile.index"))
    return make_response(_page(filled), 422)


def _form(**values: object) -> ProfileForm:
    filled = ProfileForm(formdata=None, **values) if values else ProfileForm()
    offered = choices.languages(current_user.languages)
    filled.language.choices = filled.more_languages.choices = offered
    filled.time_zone.choices = choices.time_zones()
    filled.locale.choices = choices.locales()
    return filled


def _page(filled: ProfileForm) -> str:
    return render_template(
        "people/profile.html",
        form=filled,
        team=teams.path_name(reading(), current_user.team_id),
        country=choices.countries().get(current_user.country) if current_user.country else None,
        role_labels=[label for role, label in roles.LABELS.items() if role in current_user.roles],
    )
