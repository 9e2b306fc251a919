"""How often links were followed in a scope's days, as reach counts it, and which rules filtered the rest."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import astuple
from datetime import date
from typing import Any

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from advocacy.insights import scope as scopes
from advocacy.insights.scope import Scope
from advocacy.reach import totals
from advocacy.reach.models import FilteredDay, ReachDay
from advocacy.reach.totals import By, Clicks
from advocacy.sharing.models import Share

SUMS: tuple[Any, ...] = tuple(func.sum(column) for column in totals.SUMMED)
"""In the order of `Clicks`."""
MOST_GROUPS = 100_000
"""More than there can be teams or networks."""


def together(parts: Iterable[Clicks]) -> Clicks:
    """Clicks of several groups as one."""
    sums = [sum(column) for column in zip(*map(astuple, parts), strict=True)]
    return Clicks(*sums)


def total(session: Session, scope: Scope) -> Clicks:
    """All clicks of a scope."""
    return totals.clicks(session, scopes.of_reach(scope))


def by_day_and_network(session: Session, scope: Scope) -> dict[tuple[date, str], Clicks]:
    """Clicks of each day and network that have some: every other sum of the scope's clicks is one of these."""
    query = scopes.clicks(scope, ReachDay.day, ReachDay.network, *SUMS).group_by(ReachDay.day, ReachDay.network)
    return {(row[0], row[1]): Clicks(*scopes.whole(row[2:])) for row in session.execute(query)}


def by_team(session: Session, scope: Scope) -> dict[int | None, Clicks]:
    """Clicks on posts of the people right in each team, by the teams of today."""
    return totals.clicks_by(session, scopes.of_reach(scope), by=By.TEAM, most=MOST_GROUPS)


def by_rule(session: Session, scope: Scope) -> list[tuple[str, int]]:
    """How many clicks each rule filtered, the busiest first; rules that are no longer in force included."""
    span, clicks = scope.span, func.sum(FilteredDay.clicks)
    query = select(FilteredDay.rule, clicks).where(FilteredDay.day.between(span.first, span.last))
    if scope.network or scope.item_id is not None or scope.team_ids is not None:
        query = query.join(Share, Share.link_id == FilteredDay.link_id)
        query = scopes.narrow(query, scope, network=Share.network, item_id=Share.item_id, user_id=Share.user_id)
    rows = session.execute(query.group_by(FilteredDay.rule).order_by(clicks.desc(), FilteredDay.rule))
    return [(rule, int(count)) for rule, count in rows]
