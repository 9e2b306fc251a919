"""How often links were followed: every request, those that were filtered with their reason, and those of people."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import astuple, dataclass
from datetime import date
from typing import Any

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from advocacy.insights import scope as scopes
from advocacy.insights.scope import Scope, whole
from advocacy.people.models import User
from advocacy.reach.models import FilteredDay, ReachDay
from advocacy.sharing.models import Share


@dataclass(frozen=True)
class Clicks:
    """Requests for tracked links.

    Args:
        raw: all of them.
        filtered: made by programs, as far as a rule can tell.
        human: the rest.
        visitors: of the human ones, each visitor's first on one link on one day.
    """

    raw: int = 0
    filtered: int = 0
    human: int = 0
    visitors: int = 0


def together(parts: Iterable[Clicks]) -> Clicks:
    """Clicks of several groups as one."""
    sums = [sum(column) for column in zip(*map(astuple, parts), strict=True)]
    return Clicks(*sums)


SUMS: tuple[Any, ...] = (
    func.sum(ReachDay.raw),
    func.sum(ReachDay.filtered),
    func.sum(ReachDay.human),
    func.sum(ReachDay.unique_visitors),
)


def total(session: Session, scope: Scope) -> Clicks:
    """All clicks of a scope."""
    return Clicks(*whole(session.execute(scopes.clicks(scope, *SUMS)).one()))


def by(session: Session, scope: Scope, column: Any) -> dict[Any, Clicks]:
    """Clicks by a column of `ReachDay`."""
    rows = session.execute(scopes.clicks(scope, column, *SUMS).group_by(column))
    return {row[0]: Clicks(*whole(row[1:])) for row in rows}


def by_day(session: Session, scope: Scope) -> dict[date, Clicks]:
    """Clicks of each day that has some."""
    return by(session, scope, ReachDay.day)


def by_team(session: Session, scope: Scope) -> dict[int | None, Clicks]:
    """Clicks on posts of the people right in each team, by the teams of today."""
    query = scopes.clicks(scope, User.team_id, *SUMS)
    if scope.team_ids is None:
        query = query.join(User, User.id == ReachDay.user_id)
    rows = session.execute(query.group_by(User.team_id))
    return {row[0]: Clicks(*whole(row[1:])) for row in rows}


def by_rule(session: Session, scope: Scope) -> list[tuple[str, int]]:
    """How many clicks each rule filtered, the busiest first."""
    span, clicks = scope.span, func.sum(FilteredDay.clicks)
    query = select(FilteredDay.rule, clicks).where(FilteredDay.day.between(span.first, span.last))
    if scope.network or scope.item_id is not None or scope.team_ids is not None:
        query = query.join(Share, Share.link_id == FilteredDay.link_id)
        query = scopes.narrow(query, scope, network=Share.network, item_id=Share.item_id, user_id=Share.user_id)
    rows = session.execute(query.group_by(FilteredDay.rule).order_by(clicks.desc(), FilteredDay.rule))
    return [(rule, int(count)) for rule, count in rows]
