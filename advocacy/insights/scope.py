"""What a page of figures is about: which days, whose posts, which network, which item; the same for every query."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import date
from typing import Any, TypeVar

from sqlalchemy import ColumnElement, Date, Select, case, cast, func, select
from sqlalchemy.orm import InstrumentedAttribute, Session

from advocacy.insights.periods import Span
from advocacy.people.models import User
from advocacy.reach import totals
from advocacy.reach.models import ReachDay
from advocacy.sharing.models import Proof, Share, ShareState

Query = TypeVar("Query", bound=Select[*tuple[Any, ...]])

MEASURED = (Proof.NETWORK, Proof.CONFIRMED)
"""Posts that a network or a visitor proved."""
SELF_REPORTED = (Proof.CLAIMED, Proof.NONE)
"""Posts of which we have the person's word alone."""


@dataclass(frozen=True)
class Scope:
    """What is counted.

    Args:
        span: the days.
        team_ids: people of these teams, the teams below included; None is the whole company.
        network: the name of one way out; "" for all.
        item_id: one item; None for all.
    """

    span: Span
    team_ids: tuple[int, ...] | None = None
    network: str = ""
    item_id: int | None = None

    def during(self, span: Span) -> Scope:
        """The same for other days."""
        return replace(self, span=span)

    def without_people(self) -> Scope:
        """The same for everybody: what is not about people."""
        return replace(self, team_ids=None)


def of_reach(scope: Scope) -> totals.Scope:
    """The same as reach asks for it."""
    return totals.Scope(
        team_ids=scope.team_ids,
        network=scope.network or None,
        item_id=scope.item_id,
        first=scope.span.first,
        last=scope.span.last,
    )


def is_out() -> ColumnElement[bool]:
    """A post that went out, taken down since or not."""
    return Share.state == ShareState.PUBLISHED


def is_measured() -> ColumnElement[bool]:
    """A post that somebody but its author proved."""
    return Share.proof.in_(MEASURED)


def posts(scope: Scope, *columns: Any) -> Select[Any]:
    """Posts that went out in the scope's days."""
    span = scope.span
    query = select(*columns).select_from(Share)
    query = query.where(is_out(), Share.published_at >= span.begins, Share.published_at < span.ends)
    return narrow(query, scope, network=Share.network, item_id=Share.item_id, user_id=Share.user_id)


def clicks(scope: Scope, *columns: Any) -> Select[Any]:
    """Sums of clicks that were made in the scope's days, on whatever day the post went out."""
    span = scope.span
    query = select(*columns).select_from(ReachDay).where(ReachDay.day.between(span.first, span.last))
    return narrow(query, scope, network=ReachDay.network, item_id=ReachDay.item_id, user_id=ReachDay.user_id)


def narrow(
    query: Query,
    scope: Scope,
    *,
    network: InstrumentedAttribute[str],
    item_id: InstrumentedAttribute[int],
    user_id: InstrumentedAttribute[int],
    joins_user: bool = False,
) -> Query:
    """Keeps what is within the scope, days apart.

    Args:
        query: over a table with these columns.
        scope: what is counted.
        network: the column of the network's name.
        item_id: the column of the item.
        user_id: the column of the person.
        joins_user: whether `User` is part of the query already.
    """
    if scope.network:
        query = query.where(network == scope.network)
    if scope.item_id is not None:
        query = query.where(item_id == scope.item_id)
    if scope.team_ids is not None:
        if not joins_user:
            query = query.join(User, User.id == user_id)
        query = query.where(User.team_id.in_(scope.team_ids))
    return query


def count_if(condition: ColumnElement[bool]) -> ColumnElement[int]:
    """How many rows of a group fulfil a condition."""
    return func.coalesce(func.sum(case((condition, 1), else_=0)), 0)


def day_of(session: Session, moment: InstrumentedAttribute[Any]) -> ColumnElement[Any]:
    """The UTC day of a moment, as a value to group by; read it with `as_day`."""
    if session.get_bind().dialect.name == "sqlite":
        return func.date(moment)
    return cast(func.timezone("UTC", moment), Date)


def as_day(value: date | str) -> date:
    """A day that `day_of` gave (SQLite has text)."""
    return date.fromisoformat(value) if isinstance(value, str) else value


def whole(values: Sequence[Any]) -> tuple[int, ...]:
    """Sums as whole numbers: PostgreSQL gives Decimal, and None for no rows."""
    return tuple(int(value or 0) for value in values)
