"""Changes of the tree of teams: made, renamed, moved, given a manager, removed when empty."""

from __future__ import annotations

from typing import Any

from sqlalchemy import exists, select
from sqlalchemy.exc import IntegrityError
from sqlalchemy.orm import Session

from advocacy.base import events
from advocacy.base.clock import Clock
from advocacy.base.errors import Conflict, Invalid
from advocacy.base.text import Text
from advocacy.people import fields, teams
from advocacy.people.entry_models import Invitation
from advocacy.people.models import Team, User


def create(session: Session, clock: Clock, *, name: str, parent_id: int | None, by: int | None) -> Team:
    """Adds a team.

    Args:
        session: inside a transaction.
        clock: tells when.
        name: as people say it, without the names above it.
        parent_id: the team above; None for a department.
        by: who added it.

    Raises:
        Invalid: on field `name`: empty, too long, or taken at that place; on `parent_id`: too deep.
        NotFound: no such team above.
    """
    if parent_id is not None:
        teams.get(session, team_id=parent_id)
        _check_depth(session, parent_id, levels=1)
    team = Team(name=_free_name(session, name, parent_id=parent_id), parent_id=parent_id)
    session.add(team)
    _flush(session)
    _record(session, clock, "team.created", team, by)
    return team


def rename(session: Session, clock: Clock, *, team_id: int, name: str, by: int) -> Team:
    """Gives a team another name.

    Raises:
        Invalid: on field `name`.
        NotFound: no such team.
    """
    team = teams.get(session, team_id=team_id)
    old = team.name
    team.name = _free_name(session, name, parent_id=team.parent_id, except_id=team.id)
    _flush(session)
    if team.name != old:
        _record(session, clock, "team.renamed", team, by, before=old)
    return team


def move(session: Session, clock: Clock, *, team_id: int, parent_id: int | None, by: int) -> Team:
    """Puts a team, and all below it, elsewhere in the tree.

    Args:
        session: inside a transaction.
        clock: tells when.
        team_id: which.
        parent_id: the team above from now on; None for the top.
        by: who moved it.

    Raises:
        Invalid: on field `parent_id`: it would stand below itself, or too deep; on `name`: taken there.
        NotFound: no such team.
    """
    # Two moves at once could make a circle that neither would make alone: one after the other.
    session.scalars(select(Team.id).order_by(Team.id).with_for_update()).all()
    team = teams.get(session, team_id=team_id)
    if parent_id is not None:
        teams.get(session, team_id=parent_id)
        if team_id in teams.ancestors(session, parent_id):
            raise Invalid(
                "parent_id", Text("A team cannot stand below itself. Choose a team that is not part of this one.")
            )
        _check_depth(session, parent_id, levels=_height(session, team_id))
    if team.parent_id != parent_id:
        old = team.parent_id
        _free_name(session, team.name, parent_id=parent_id, except_id=team.id)
        team.parent_id = parent_id
        _flush(session)
        _record(session, clock, "team.moved", team, by, before=old, after=parent_id)
    return team


def set_manager(session: Session, clock: Clock, *, team_id: int, email: str, by: int) -> Team:
    """Says who leads a team.

    Args:
        session: inside a transaction.
        clock: tells when.
        team_id: which.
        email: of the manager; "" for nobody.
        by: who said so.

    Raises:
        Invalid: on field `manager`: nobody active has this address.
        NotFound: no such team.
    """
    team = teams.get(session, team_id=team_id)
    manager = None
    if email.strip():
        manager = session.scalar(select(User).where(User.email == email.strip().lower()))
        if manager is None or not manager.is_active:
            raise Invalid("manager", Text("Nobody here has this address. Check it, or invite the person first."))
    manager_id = manager.id if manager else None
    if team.manager_id != manager_id:
        old = team.manager_id
        team.manager_id = manager_id
        _record(session, clock, "team.manager_changed", team, by, before=old, after=manager_id)
    return team


def delete(session: Session, clock: Clock, *, team_id: int, by: int) -> None:
    """Removes a team that nobody is in.

    Raises:
        Conflict: there are people, teams or open invitations in it.
        NotFound: no such team.
    """
    team = teams.get(session, team_id=team_id)
    if session.scalar(select(exists().where(Team.parent_id == team_id))):
        raise Conflict(Text("There are teams below “{team}”. Move or delete them first.", team=team.name))
    if session.scalar(select(exists().where(User.team_id == team_id))):
        raise Conflict(Text("There are people in “{team}”. Move them to another team first.", team=team.name))
    now = clock.now()
    for invitation in session.scalars(select(Invitation).where(Invitation.team_id == team_id)):
        if invitation.stage(now) == "open":
            raise Conflict(
                Text("There are open invitations to “{team}”. Withdraw them or wait until they end.", team=team.name)
            )
        invitation.team_id = None
    _record(session, clock, "team.deleted", team, by)
    session.delete(team)
    _flush(session)


def at_path(session: Session, clock: Clock, *, names: list[str], by: int | None) -> Team:
    """The team at a path from the top, made where it is missing.

    Args:
        session: inside a transaction.
        clock: tells when.
        names: of the teams from the top down, at least one.
        by: who asked for it.

    Raises:
        Invalid: on `name` or `parent_id`.
    """
    team: Team | None = None
    for name in names:
        parent_id = team.id if team else None
        found = _named(session, name, parent_id=parent_id)
        team = found or create(session, clock, name=name, parent_id=parent_id, by=by)
    if team is None:
        raise Invalid("team", Text("Please name the team."))
    return team


def _named(session: Session, name: str, *, parent_id: int | None) -> Team | None:
    wanted = name.casefold()
    siblings = session.scalars(select(Team).where(Team.parent_id == parent_id))
    return next((team for team in siblings if team.name.casefold() == wanted), None)


def _free_name(session: Session, name: str, *, parent_id: int | None, except_id: int | None = None) -> str:
    kept = fields.short("name", name, most=120)
    if not kept:
        raise Invalid("name", Text("Please write the team's name."))
    if ">" in kept:
        raise Invalid("name", Text("A name cannot hold “>”: it stands between a team and the one below."))
    taken = _named(session, kept, parent_id=parent_id)
    if taken is not None and taken.id != except_id:
        raise Invalid("name", Text("There is a team called “{name}” here already.", name=kept))
    return kept


def _height(session: Session, team_id: int) -> int:
    """Levels of a team and what is below it."""
    levels, ids = 0, [team_id]
    while ids:
        levels += 1
        ids = list(session.scalars(select(Team.id).where(Team.parent_id.in_(ids))))
    return levels


def _check_depth(session: Session, parent_id: int, *, levels: int) -> None:
    if len(teams.ancestors(session, parent_id)) + levels > teams.DEEPEST:
        raise Invalid("parent_id", Text("The tree can have {count} levels at most.", count=teams.DEEPEST))


def _flush(session: Session) -> None:
    try:
        session.flush()
    except IntegrityError as error:  # somebody else was a moment faster
        raise Conflict(Text("Somebody changed the teams at the same moment. Look again, then repeat.")) from error


def _record(session: Session, clock: Clock, kind: str, team: Team, by: int | None, **data: Any) -> None:
    events.record(session, clock, kind=kind, actor_id=by, subject=("team", team.id), data={"name": team.name, **data})
