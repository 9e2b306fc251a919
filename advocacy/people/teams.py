"""Teams: a tree of departments and the teams in them."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from sqlalchemy import func, literal, select
from sqlalchemy.orm import Session

from advocacy.base import editions
from advocacy.base.errors import NotFound
from advocacy.base.paging import Page, cursor_of, values_of
from advocacy.base.text import Text
from advocacy.people.models import Team, User, UserState

DEEPEST = 12
"""Levels of the tree, so that a path stays readable."""
ARROW = " > "


@dataclass(frozen=True)
class Line:
    """A team in a list.

    Args:
        team: itself.
        people: active people right in it.
        teams: teams right below it.
        manager: the manager's name; "" for none.
    """

    team: Team
    people: int
    teams: int
    manager: str


def get(session: Session, *, team_id: int) -> Team:
    """A team.

    Raises:
        NotFound: there is none.
    """
    team = session.get(Team, team_id)
    if team is None:
        raise NotFound(Text("We could not find that team. It may have been removed."))
    return team


def ancestors(session: Session, team_id: int | None) -> list[int]:
    """A team's own id and those of all teams above it, from itself upwards; [] for None."""
    if team_id is None:
        return []
    known: dict[int, list[int]] = editions.kept(session).setdefault("teams above", {})
    if team_id not in known:
        known[team_id] = _ancestors(session, team_id)
    return list(known[team_id])


def _ancestors(session: Session, team_id: int) -> list[int]:
    up = select(Team.id, Team.parent_id, literal(0).label("height")).where(Team.id == team_id).cte(recursive=True)
    up = up.union_all(
        select(Team.id, Team.parent_id, up.c.height + 1).where(Team.id == up.c.parent_id, up.c.height < 2 * DEEPEST)
    )
    return list(session.scalars(select(up.c.id).order_by(up.c.height)))


def subtree(session: Session, team_id: int) -> list[int]:
    """A team's own id and those of all teams below it, in order of their ids."""
    down = select(Team.id).where(Team.id == team_id).cte(recursive=True)
    down = down.union(select(Team.id).where(Team.parent_id == down.c.id))
    return list(session.scalars(select(down.c.id).order_by(down.c.id)))


def name_of(session: Session, team_id: int) -> str:
    """A team's name; "" when there is none."""
    known: dict[int, str] = editions.kept(session).setdefault("team names", {})
    if team_id not in known:
        known[team_id] = session.scalar(select(Team.name).where(Team.id == team_id)) or ""
    return known[team_id]


def path_name(session: Session, team_id: int | None) -> str:
    """Where a team stands, such as "Sales > Nordic"; "" for None."""
    return ARROW.join(team.name for team in path(session, team_id))


def path(session: Session, team_id: int | None) -> list[Team]:
    """The teams from the top down to this one; [] for None."""
    ids = ancestors(session, team_id)
    found = {team.id: team for team in session.scalars(select(Team).where(Team.id.in_(ids)))}
    return [found[one] for one in reversed(ids)]


def options(session: Session) -> list[tuple[int, str]]:
    """Every team as (id, path), in the order of the paths: what a list of choices shows."""
    names = path_names(session)
    return sorted(names.items(), key=lambda pair: pair[1].casefold())


def path_names(session: Session) -> dict[int, str]:
    """The path of every team by its id, in one query."""
    rows = {row.id: row for row in session.execute(select(Team.id, Team.name, Team.parent_id))}
    known: dict[int, str] = {}

    def of(team_id: int) -> str:
        if team_id not in known:
            row = rows[team_id]
            known[team_id] = row.name if row.parent_id is None else of(row.parent_id) + ARROW + row.name
        return known[team_id]

    return {team_id: of(team_id) for team_id in rows}


def page(session: Session, *, parent_id: int | None, after: str = "", size: int = 50) -> Page[Line]:
    """The teams right below one, or at the top, by name.

    Raises:
        Invalid: `after` is no cursor of ours.
    """
    query = select(Team).where(Team.parent_id == parent_id).order_by(Team.name, Team.id).limit(size + 1)
    if after:
        name, last = values_of(after, str, int)
        query = query.where((Team.name > name) | ((Team.name == name) & (Team.id > last)))
    found = list(session.scalars(query))
    shown = found[:size]
    return Page(_lines(session, shown), cursor_of(shown[-1].name, shown[-1].id) if len(found) > size else None)


def line(session: Session, team: Team) -> Line:
    """A team as it stands in a list."""
    return _lines(session, [team])[0]


def _lines(session: Session, shown: Sequence[Team]) -> list[Line]:
    ids = [team.id for team in shown]
    people = dict(
        session.execute(
            select(User.team_id, func.count())
            .where(User.team_id.in_(ids), User.state == UserState.ACTIVE)
            .group_by(User.team_id)
        ).all()
    )
    below = dict(
        session.execute(
            select(Team.parent_id, func.count()).where(Team.parent_id.in_(ids)).group_by(Team.parent_id)
        ).all()
    )
    managers = dict(
        session.execute(
            select(User.id, User.name).where(User.id.in_([team.manager_id for team in shown if team.manager_id]))
        ).all()
    )
    return [
        Line(
            team=team,
            people=people.get(team.id, 0),
            teams=below.get(team.id, 0),
            manager=managers.get(team.manager_id or 0, ""),
        )
        for team in shown
    ]
