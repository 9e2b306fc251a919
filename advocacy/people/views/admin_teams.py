"""The tree of teams: looked through, changed."""

from __future__ import annotations

from flask import Blueprint, Response, make_response, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext, lazy_gettext
from flask_login import current_user
from wtforms import EmailField, SelectField, StringField

from advocacy.base.errors import Conflict, Invalid
from advocacy.people import directory, team_changes, teams
from advocacy.people.views import choices
from advocacy.web.access import admins
from advocacy.web.forms import Form, at_most, required, tell
from advocacy.web.house import house, reading, writing
from advocacy.web.i18n import say

blueprint = Blueprint("admin_teams", __name__, url_prefix="/admin/teams")


class NewTeamForm(Form):
    """A team below the one that is shown."""

    name = StringField(lazy_gettext("Name"), [required(), at_most(120)])


class TeamForm(Form):
    """Everything about a team."""

    name = StringField(lazy_gettext("Name"), [required(), at_most(120)])
    parent_id = SelectField(lazy_gettext("Belongs to"))
    manager = EmailField(
        lazy_gettext("Manager's e-mail"), description=lazy_gettext("Leave it empty when nobody leads the team.")
    )


@blueprint.get("")
@admins
def index() -> ResponseReturnValue:
    """The departments."""
    return _list(None, NewTeamForm(formdata=None), 200)


@blueprint.get("/<int:team_id>")
@admins
def team(team_id: int) -> ResponseReturnValue:
    """A team and those right below it."""
    return _list(team_id, NewTeamForm(formdata=None), 200)


@blueprint.post("")
@admins
def create() -> ResponseReturnValue:
    """Adds a department."""
    return _create(None)


@blueprint.post("/<int:team_id>")
@admins
def create_below(team_id: int) -> ResponseReturnValue:
    """Adds a team below this one."""
    teams.get(reading(), team_id=team_id)
    return _create(team_id)


@blueprint.get("/<int:team_id>/edit")
@admins
def edit(team_id: int) -> ResponseReturnValue:
    """Asks for name, place and manager."""
    shown = teams.get(reading(), team_id=team_id)
    manager = directory.get(reading(), user_id=shown.manager_id) if shown.manager_id else None
    filled = _team_form(
        team_id, name=shown.name, parent_id=str(shown.parent_id or ""), manager=manager.email if manager else ""
    )
    return _edit_page(team_id, filled, 200)


@blueprint.post("/<int:team_id>/edit")
@admins
def save(team_id: int) -> ResponseReturnValue:
    """Keeps name, place and manager, all three or nothing."""
    teams.get(reading(), team_id=team_id)
    filled = _team_form(team_id)
    if not filled.validate():
        return _edit_page(team_id, filled, 422)
    try:
        with writing() as session:
            clock, by = house().clock, current_user.id
            team_changes.move(
                session, clock, team_id=team_id, parent_id=choices.team_id(filled.parent_id.data), by=by
            )
            team_changes.rename(session, clock, team_id=team_id, name=filled.name.data, by=by)
            team_changes.set_manager(session, clock, team_id=team_id, email=filled.manager.data or "", by=by)
    except Invalid as error:
        filled.take(error)
        return _edit_page(team_id, filled, 422)
    tell(gettext("Saved."))
    return redirect(url_for("admin_teams.team", team_id=team_id))


@blueprint.post("/<int:team_id>/delete")
@admins
def delete(team_id: int) -> ResponseReturnValue:
    """Removes a team that nobody is in."""
    shown = teams.get(reading(), team_id=team_id)
    name, above = shown.name, shown.parent_id
    try:
        with writing() as session:
            team_changes.delete(session, house().clock, team_id=team_id, by=current_user.id)
    except Conflict as error:
        tell(say(error.text), "error")
        return redirect(url_for("admin_teams.team", team_id=team_id))
    tell(gettext("The team “%(name)s” is deleted.", name=name))
    return redirect(_address(above))


def _create(parent_id: int | None) -> ResponseReturnValue:
    filled = NewTeamForm()
    if filled.validate():
        try:
            with writing() as session:
                made = team_changes.create(
                    session, house().clock, name=filled.name.data, parent_id=parent_id, by=current_user.id
                )
        except Invalid as error:
            filled.take(error)
        else:
            tell(gettext("The team “%(name)s” is there now.", name=made.name))
            return redirect(_address(parent_id))
    return _list(parent_id, filled, 422)


def _address(team_id: int | None) -> str:
    return url_for("admin_teams.index") if team_id is None else url_for("admin_teams.team", team_id=team_id)


def _list(team_id: int | None, filled: NewTeamForm, status: int) -> Response:
    path = teams.path(reading(), team_id)
    if team_id is not None:
        teams.get(reading(), team_id=team_id)
    page = render_template(
        "people/admin_teams.html",
        form=filled,
        path=path,
        here=path[-1] if path else None,
        line=teams.line(reading(), path[-1]) if path else None,
        page=teams.page(reading(), parent_id=team_id, after=request.args.get("after", "")),
        is_first=not request.args.get("after"),
        action=_address(team_id),
    )
    return make_response(page, status)


def _team_form(team_id: int, **values: object) -> TeamForm:
    filled = TeamForm(formdata=None, **values) if values else TeamForm()
    below = {str(one) for one in teams.subtree(reading(), team_id)}
    offered = {value: label for value, label in choices.team_options().items() if value not in below}
    filled.parent_id.choices = {**offered, "": gettext("Nothing: it is a department")}
    return filled


def _edit_page(team_id: int, filled: TeamForm, status: int) -> Response:
    shown = teams.get(reading(), team_id=team_id)
    return make_response(render_template("people/admin_team.html", form=filled, team=shown), status)
