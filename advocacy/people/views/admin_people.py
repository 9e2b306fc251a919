"""Everybody: found, looked at, changed, let in and kept out."""

from __future__ import annotations

from flask import Blueprint, Response, make_response, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext, lazy_gettext
from flask_login import current_user
from wtforms import EmailField, SelectField, SelectMultipleField, StringField

from advocacy.base.errors import Conflict, HubError, Invalid
from advocacy.base.sealing import Sealer
from advocacy.people import directory, personnel, resets, roles, sessions, teams
from advocacy.people.users import Person
from advocacy.people.views import choices
from advocacy.web.access import admins
from advocacy.web.forms import Form, at_most, required, tell
from advocacy.web.house import house, reading, writing
from advocacy.web.i18n import say
from config import Settings

blueprint = Blueprint("admin_people", __name__, url_prefix="/admin/people")


class PersonForm(Form):
    """What an administrator changes about a person."""

    name = StringField(lazy_gettext("Name"), [required(), at_most(120)])
    email = EmailField(lazy_gettext("E-mail"), [required()])
    job_title = StringField(lazy_gettext("Job title"), [at_most(120)])
    team = SelectField(lazy_gettext("Team"))
    location = StringField(lazy_gettext("Location"), [at_most(80)])
    country = SelectField(lazy_gettext("Country"))
    language = SelectField(lazy_gettext("Mostly posts in"))
    more_languages = SelectMultipleField(lazy_gettext("Also posts in"))
    time_zone = SelectField(lazy_gettext("Time zone"))
    roles = SelectMultipleField(lazy_gettext("Roles"))


@blueprint.get("")
@admins
def index() -> ResponseReturnValue:
    """The list of people."""
    asked = {name: request.args.get(name, "") for name in ("words", "team", "role", "state")}
    wanted = directory.wanted(
        words=asked["words"], team_id=choices.team_id(asked["team"]), role=asked["role"], state=asked["state"]
    )
    page = directory.page(reading(), wanted, after=request.args.get("after", ""))
    names = teams.path_names(reading())
    return render_template(
        "people/admin_people.html",
        page=page,
        asked=asked,
        is_filtered=any(asked.values()),
        count=directory.count(reading(), wanted),
        team_names=names,
        role_labels={role.value: label for role, label in roles.LABELS.items()},
        team_options=[("", gettext("Any team")), *list(choices.team_options().items())[1:]],
        role_options=list(choices.role_filter().items()),
        is_first=not request.args.get("after"),
    )


@blueprint.get("/<int:user_id>")
@admins
def person(user_id: int) -> ResponseReturnValue:
    """One person."""
    user = directory.get(reading(), user_id=user_id)
    filled = _form(
        user,
        name=user.name,
        email=user.email,
        job_title=user.job_title,
        team=str(user.team_id or ""),
        location=user.location,
        country=user.country,
        language=user.languages[0],
        more_languages=user.languages[1:],
        time_zone=user.time_zone,
        roles=[role.value for role in user.roles],
    )
    return _page(user, filled, 200)


@blueprint.post("/<int:user_id>")
@admins
def save(user_id: int) -> ResponseReturnValue:
    """Keeps what was changed: details and roles together, or nothing."""
    user = directory.get(reading(), user_id=user_id)
    filled = _form(user)
    if not filled.validate():
        return _page(user, filled, 422)
    try:
        with writing() as session:
            first = filled.language.data
            personnel.edit(
                session,
                house().clock,
                user_id=user_id,
                by=current_user.id,
                email=filled.email.data,
                name=filled.name.data,
                job_title=filled.job_title.data,
                team_id=choices.team_id(filled.team.data),
                location=filled.location.data,
                country=filled.country.data,
                languages=[first, *(code for code in filled.more_languages.data if code != first)],
                time_zone=filled.time_zone.data,
            )
            personnel.set_roles(
                session, house().clock, user_id=user_id, roles=roles.of(filled.roles.data), by=current_user.id
            )
    except Invalid as error:
        filled.take(error)
        return _page(directory.get(reading(), user_id=user_id), filled, 422)
    except Conflict as error:
        filled.roles.errors = [say(error.text)]
        return _page(directory.get(reading(), user_id=user_id), filled, 409)
    tell(gettext("Saved."))
    return redirect(url_for("admin_people.person", user_id=user_id))


@blueprint.post("/<int:user_id>/disable")
@admins
def disable(user_id: int) -> ResponseReturnValue:
    """Lets a person in no longer."""
    try:
        with writing() as session:
            user = personnel.disable(session, house().clock, user_id=user_id, by=current_user.id)
            name = user.name
    except Conflict as error:
        return _refused(user_id, error)
    tell(gettext("%(name)s can no longer sign in, and is signed out everywhere.", name=name))
    return redirect(url_for("admin_people.person", user_id=user_id))


@blueprint.post("/<int:user_id>/enable")
@admins
def enable(user_id: int) -> ResponseReturnValue:
    """Lets a person in again."""
    with writing() as session:
        name = personnel.enable(session, house().clock, user_id=user_id, by=current_user.id).name
    tell(gettext("%(name)s can sign in again.", name=name))
    return redirect(url_for("admin_people.person", user_id=user_id))


@blueprint.post("/<int:user_id>/sign-out")
@admins
def sign_out(user_id: int) -> ResponseReturnValue:
    """Signs a person out everywhere."""
    with writing() as session:
        name = personnel.sign_out_everywhere(session, house().clock, user_id=user_id, by=current_user.id).name
    tell(gettext("%(name)s is signed out everywhere.", name=name))
    return redirect(url_for("admin_people.person", user_id=user_id))


@blueprint.post("/<int:user_id>/reset")
@admins
def reset(user_id: int) -> ResponseReturnValue:
    """Sends a person a link to choose a new password."""
    with writing() as session:
        user = directory.get(session, user_id=user_id)
        is_sent = resets.ask(
            session,
            house().clock,
            house().part(Sealer),
            email=user.email,
            address=house().part(Settings).address,
            by=current_user.id,
        )
        email = user.email
    if is_sent:
        tell(gettext("A letter with a link to choose a new password is on its way to %(email)s.", email=email))
    else:
        tell(gettext("This person cannot sign in. Let them in again first."), "error")
    return redirect(url_for("admin_people.person", user_id=user_id))


def _refused(user_id: int, error: HubError) -> ResponseReturnValue:
    tell(say(error.text), "error")
    return redirect(url_for("admin_people.person", user_id=user_id))


def _form(user: Person, **values: object) -> PersonForm:
    filled = PersonForm(formdata=None, **values) if values else PersonForm()
    filled.team.choices = choices.team_options()
    filled.language.choices = filled.more_languages.choices = choices.languages(user.languages)
    filled.time_zone.choices = choices.time_zones()
    filled.country.choices = choices.countries()
    filled.roles.choices = choices.special_roles()
    return filled


def _page(user: Person, filled: PersonForm, status: int) -> Response:
    page = render_template(
        "people/admin_person.html",
        form=filled,
        person=user,
        team=teams.path_name(reading(), user.team_id),
        devices=len(sessions.of_person(reading(), house().clock, user_id=user.id)),
        is_me=user.id == current_user.id,
    )
    return make_response(page, status)
