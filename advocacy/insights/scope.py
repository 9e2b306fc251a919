"""What a page of figures is about: which days, which network, which item; the same for every query.

Never whose: figures of some people could be subtracted from those of others until a single one is left.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from typing import Any, TypeVar

from sqlalchemy import ColumnElement, Select, case, func, select
from sqlalchemy.orm import InstrumentedAttribute

from advocacy.base import grains
from advocacy.insights.periods import Span
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
        network: the name of one way out; "" for all.
        item_id: one item; None for all.
    """

    span: Span
    network: str = ""
    item_id: int | None = None

    def during(self, span: Span) -> Scope:
        """The same for other days."""
        return replace(self, span=span)


def of_reach(scope: Scope) -> totals.Scope:
    """The same as reach asks for it."""
    return totals.Scope(
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
    return narrow(query, scope, network=Share.network, item_id=Share.item_id)


def clicks(scope: Scope, *columns: Any) -> Select[Any]:
    """Sums of clicks that were made in the scope's days, on whatever day the post went out."""
    span = scope.span
    query = select(*columns).select_from(ReachDay).where(ReachDay.day.between(span.first, span.last))
    return narrow(query, scope, network=ReachDay.network, item_id=ReachDay.item_id)


def sums(scope: Scope, table: Any, *columns: Any) -> Select[Any]:
    """Sums of the scope's days, by day and network.

    Args:
        scope: what is counted.
        table: a mapped class with the columns of `grains.KEY`.
        columns: what is asked for.
    """
    within = grains.during(table, scope.span.first, scope.span.last, item_id=scope.item_id)
    query = select(*columns).select_from(table).where(within)
    return query.where(table.network == scope.network) if scope.network else query


def sums_of_items(scope: Scope, table: Any, *columns: Any) -> Select[Any]:
    """Sums of the scope's days, by item and network: some stand for a day, others for a whole month."""
    query = select(*columns).select_from(table)
    query = query.where(grains.of_items(table, scope.span.first, scope.span.last))
    return narrow(query, scope, network=table.network, item_id=table.item_id)


def narrow(
    query: Query,
    scope: Scope,
    *,
    network: InstrumentedAttribute[str],
    item_id: InstrumentedAttribute[int],
) -> Query:
    """Keeps what is within the scope, days apart.

    Args:
        query: over a table with these columns.
        scope: what is counted.
        network: the column of the network's name.
        item_id: the column of the item.
    """
    if scope.network:
        query = query.where(network == scope.network)
    if scope.item_id is not None:
        query = query.where(item_id == scope.item_id)
    return query


def count_if(condition: ColumnElement[bool]) -> ColumnElement[int]:
    """How many rows of a group fulfil a condition."""
    return func.coalesce(func.sum(case((condition, 1), else_=0)), 0)


def whole(values: Sequence[Any]) -> tuple[int, ...]:
    """Sums as whole numbers: PostgreSQL gives Decimal, and None for no rows."""
    return tuple(int(value or 0) for value in values)
