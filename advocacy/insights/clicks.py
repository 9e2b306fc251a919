"""How often links were followed in a scope's days, as reach counts it, and which rules filtered the rest."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import fields
from datetime import date
from operator import attrgetter
from typing import Any

from sqlalchemy import func
from sqlalchemy.orm import Session

from advocacy.insights import scope as scopes
from advocacy.insights.scope import Scope
from advocacy.reach import totals
from advocacy.reach.sum_models import ClickSum, RuleSum
from advocacy.reach.totals import By, Clicks

SUMS: tuple[Any, ...] = tuple(func.sum(column) for column in totals.SUMMED)
"""In the order of `Clicks`."""
SUMMED: tuple[Any, ...] = (ClickSum.raw, ClickSum.filtered, ClickSum.human, ClickSum.unique_visitors)
"""The same, as sums of days and items are kept."""
MOST_GROUPS = 100_000
"""More than there can be teams or networks."""


_FIGURES = attrgetter(*(field.name for field in fields(Clicks)))


def together(parts: Iterable[Clicks]) -> Clicks:
    """Clicks of several groups as one."""
    # Not `astuple`, which copies each figure: a year's page adds up some ten thousand.
    sums = [sum(column) for column in zip(*map(_FIGURES, parts), strict=True)]
    return Clicks(*sums)


def total(session: Session, scope: Scope) -> Clicks:
    """All clicks of a scope."""
    return Clicks(*scopes.whole(session.execute(scopes.sums(scope, ClickSum, *map(func.sum, SUMMED))).one()))


def by_day_and_network(session: Session, scope: Scope) -> dict[tuple[date, str], Clicks]:
    """Clicks of each day and network that have some: every other sum of the scope's clicks is one of these."""
    rows = session.execute(scopes.sums(scope, ClickSum, ClickSum.begins, ClickSum.network, *SUMMED))
    return {(row[0], row[1]): Clicks(*row[2:]) for row in rows if any(row[2:])}


def by_team(session: Session, scope: Scope) -> dict[int | None, Clicks]:
    """Clicks on posts of the people right in each team, by the teams of today."""
    return totals.clicks_by(session, scopes.of_reach(scope), by=By.TEAM, most=MOST_GROUPS)


def by_rule(session: Session, scope: Scope) -> list[tuple[str, int]]:
    """How many clicks each rule filtered, the busiest first; rules that are no longer in force included."""
    clicks = func.sum(RuleSum.clicks)
    query = scopes.sums(scope, RuleSum, RuleSum.rule, clicks).group_by(RuleSum.rule).having(clicks > 0)
    rows = session.execute(query.order_by(clicks.desc(), RuleSum.rule))
    return [(rule, int(count)) for rule, count in rows]
