"""Whom an item is for: what can be chosen, how many people that reaches, and how it reads."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from sqlalchemy import ColumnElement, Select, Text, cast, exists, false, func, or_, select
from sqlalchemy.orm import Session

from advocacy.base.errors import Invalid
from advocacy.base.text import Text as Words
from advocacy.library import content
from advocacy.library.content import Audience
from advocacy.library.models import ContentItem, Dimension, ItemAudience
from advocacy.library.visibility import Reader
from advocacy.people import roles, teams
from advocacy.people.models import Role, Team, User, UserRole, UserState


@dataclass(frozen=True)
class Choices:
    """What an audience can be chosen from.

    Args:
        teams: (id, path) of every team.
        locations: every place that people work at, as their profiles have it.
        roles: (value, label).
    """

    teams: Sequence[tuple[int, str]]
    locations: Sequence[str]
    roles: Sequence[tuple[str, Words]]


def choices(session: Session) -> Choices:
    """What an audience can be chosen from now."""
    places = session.scalars(select(User.location).where(User.location != "").distinct().order_by(User.location))
    return Choices(
        teams=teams.options(session),
        locations=list(places),
        roles=[(role.value, label) for role, label in roles.LABELS.items() if role is not Role.ADVOCATE],
    )


def of_item(item: ContentItem) -> Audience:
    """Whom an item is for."""
    return content.of_item(item).audience


def check(session: Session, audience: Audience) -> None:
    """Holds an audience to what exists.

    Raises:
        Invalid: on field `audience`.
    """
    wanted = set(audience.get(Dimension.TEAM, ()))
    numbers = {int(value) for value in wanted if value.isascii() and value.isdigit() and len(value) < 10}
    known = {str(one) for one in session.scalars(select(Team.id).where(Team.id.in_(numbers)))}
    if wanted - known:
        raise Invalid("audience", Words("A team that you chose is no longer there. Choose again."))
    if set(audience.get(Dimension.ROLE, ())) - {role.value for role in Role}:
        raise Invalid("audience", Words("A role that you chose does not exist. Choose again."))
    for values in audience.values():
        if any(not value or len(value) > 80 for value in values):
            raise Invalid("audience", Words("The audience holds a value that is too long. Choose again."))


def existing(session: Session, audience: Audience) -> Audience:
    """An audience without the teams that are gone."""
    known = {str(one) for one in session.scalars(select(Team.id))}
    kept = {
        dimension: tuple(value for value in values if dimension is not Dimension.TEAM or value in known)
        for dimension, values in audience.items()
    }
    return {dimension: values for dimension, values in kept.items() if values}


def people_reached(session: Session, audience: Audience) -> int:
    """How many people an item for this audience reaches: active ones who fit every dimension that is given."""
    return session.scalar(select(func.count()).select_from(members(session, audience).subquery())) or 0


def members(session: Session, audience: Audience) -> Select[int, int | None]:
    """A select of (id, team) of the active people who fit every dimension that is given."""
    fits = [person_fits(session, dimension, values) for dimension, values in audience.items() if values]
    return select(User.id, User.team_id).where(User.state == UserState.ACTIVE, *fits)


def person_fits(session: Session, dimension: Dimension, values: Sequence[str]) -> ColumnElement[bool]:
    """A person belongs to one of these values of a dimension."""
    if dimension is Dimension.TEAM:
        below = {one for value in values for one in teams.subtree(session, int(value))}
        return User.team_id.in_(sorted(below))
    if dimension is Dimension.LOCATION:
        return User.location.in_(values)
    if dimension is Dimension.ROLE:
        if Role.ADVOCATE.value in values:
            return ~false()
        return exists().where(UserRole.user_id == User.id, UserRole.role.in_([Role(value) for value in values]))
    kept = func.lower(cast(User.languages, Text))  # a JSON list of codes, such as ["en", "nb-no"]
    return or_(*(kept.contains(f'"{value}{end}', autoescape=True) for value in values for end in ('"', "-")))


def to_json(audience: Audience) -> dict[str, list[str]]:
    """A form that a JSON column keeps."""
    return {dimension.value: list(values) for dimension, values in audience.items() if values}


def from_json(kept: Mapping[str, Sequence[str]]) -> Audience:
    """The audience that `to_json` kept."""
    return {Dimension(name): tuple(values) for name, values in kept.items()}


def holds(kept: Mapping[str, Sequence[str]], who: Reader) -> bool:
    """Whether a kept audience holds this person: any value within a dimension, and every dimension that is given."""
    return all(set(values) & set(who.values(Dimension(name))) for name, values in kept.items())


def names(session: Session, audience: Audience) -> Mapping[Dimension, list[str]]:
    """How an audience reads: teams by their path, roles left as values for the page to translate."""
    paths = teams.path_names(session) if Dimension.TEAM in audience else {}
    return {
        dimension: [paths.get(int(value), value) for value in values] if dimension is Dimension.TEAM else list(values)
        for dimension, values in audience.items()
    }


def names_team(session: Session, team_id: int) -> ColumnElement[bool]:
    """The item's audience names this team or one above it."""
    values = [str(one) for one in teams.ancestors(session, team_id)]
    return exists().where(
        ItemAudience.item_id == ContentItem.id,
        ItemAudience.dimension == Dimension.TEAM,
        ItemAudience.value.in_(values),
    )
