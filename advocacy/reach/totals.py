"""What was reached, summed: by share, person, item, team, network and day, and never unlike things together.

All click figures come from the days' sums (`ReachDay`, UTC days), so that a page and the page behind it say the same.
"""

from __future__ import annotations

import enum
from collections.abc import Callable, Collection
from dataclasses import dataclass
from datetime import UTC, date, datetime, time, timedelta
from typing import Any

from sqlalchemy import ColumnElement, func, select
from sqlalchemy.orm import InstrumentedAttribute, Session

from advocacy.people.models import User
from advocacy.reach.judging import Rule, rule_named
from advocacy.reach.models import FigureReading, FilteredDay, ReachDay, ReadBack
from advocacy.sharing.models import Share, ShareState


@dataclass(frozen=True)
class Scope:
    """What is asked about; everything that is given must fit. Nothing given: the whole company, ever.

    Args:
        share_id: one share.
        user_id: one person's shares.
        item_id: one item's shares.
        item_ids: shares of any of these items (a campaign's, say).
        team_ids: shares of people who now belong to one of these teams; give a department with its sub-teams.
        network: one network, as `Share.network` has it.
        first: UTC day from which on clicks count.
        last: UTC day up to which they count, included.
    """

    share_id: int | None = None
    user_id: int | None = None
    item_id: int | None = None
    item_ids: Collection[int] | None = None
    team_ids: Collection[int] | None = None
    network: str | None = None
    first: date | None = None
    last: date | None = None


class By(enum.Enum):
    """By what clicks are told apart."""

    DAY = "day"
    SHARE = "share"
    USER = "user"
    ITEM = "item"
    TEAM = "team"
    NETWORK = "network"


@dataclass(frozen=True)
class Clicks:
    """Clicks by their four figures, side by side.

    Args:
        raw: every request for a link that was answered.
        filtered: those that a rule says no human made.
        human: raw less filtered.
        unique_visitors: human clicks, each visitor once a day and link: the sum of daily visitors.
    """

    raw: int = 0
    filtered: int = 0
    human: int = 0
    unique_visitors: int = 0


@dataclass(frozen=True)
class Sum:
    """A network figure over several shares.

    Args:
        value: the sum over those shares that have it; None when none has.
        known: how many shares have it.
        shares: how many were asked about.
    """

    value: int | None
    known: int
    shares: int


@dataclass(frozen=True)
class NetworkFigures:
    """What the networks counted, each kind for itself. Likes, views and clicks are never added together."""

    likes: Sum
    reposts: Sum
    replies: Sum
    quotes: Sum
    views: Sum


SUMMED = (ReachDay.raw, ReachDay.filtered, ReachDay.human, ReachDay.unique_visitors)
KINDS = ("likes", "reposts", "replies", "quotes", "views")


def clicks(session: Session, scope: Scope) -> Clicks:
    """The clicks of a scope. A click that nobody made is a true 0: we count them ourselves."""
    row = session.execute(_within(select(*(func.coalesce(func.sum(figure), 0) for figure in SUMMED)), scope)).one()
    return Clicks(*(int(value) for value in row))


def clicks_by(session: Session, scope: Scope, *, by: By, most: int = 1000) -> dict[Any, Clicks]:
    """The clicks of a scope, told apart.

    Args:
        session: for reading.
        scope: what is asked about.
        by: the key: a `date`, or the id of a share, user, item or team (None: in no team), or a network's name.
        most: keys at most: those with most human clicks; for days the newest.

    Returns:
        Keys with clicks only. Days are in their order, the rest by human clicks, most first.
    """
    key = _key(by)
    sums = [func.sum(figure) for figure in SUMMED]
    query = _within(select(key, *sums), scope, by=by).group_by(key)
    order = key.desc() if by is By.DAY else sums[2].desc()
    rows = session.execute(query.order_by(order, key).limit(most)).all()
    if by is By.DAY:
        rows = rows[::-1]
    return {row[0]: Clicks(*(int(value) for value in row[1:])) for row in rows}


def _key(by: By) -> InstrumentedAttribute[Any]:
    keys: dict[By, InstrumentedAttribute[Any]] = {
        By.DAY: ReachDay.day,
        By.SHARE: Share.id,
        By.USER: ReachDay.user_id,
        By.ITEM: ReachDay.item_id,
        By.TEAM: User.team_id,
        By.NETWORK: ReachDay.network,
    }
    return keys[by]


def _within(query: Any, scope: Scope, *, by: By | None = None) -> Any:
    query = query.select_from(ReachDay).where(*_conditions(scope))
    if scope.share_id is not None or by is By.SHARE:
        query = query.join(Share, Share.link_id == ReachDay.link_id)
    if scope.team_ids is not None or by is By.TEAM:
        query = query.join(User, User.id == ReachDay.user_id)
    return query


def _conditions(scope: Scope) -> list[ColumnElement[bool]]:
    wanted: list[tuple[Any, Callable[[Any], ColumnElement[bool]]]] = [
        (scope.share_id, lambda given: Share.id == given),
        (scope.user_id, lambda given: ReachDay.user_id == given),
        (scope.item_id, lambda given: ReachDay.item_id == given),
        (scope.item_ids, lambda given: ReachDay.item_id.in_(given)),
        (scope.team_ids, lambda given: User.team_id.in_(given)),
        (scope.network, lambda given: ReachDay.network == given),
        (scope.first, lambda given: ReachDay.day >= given),
        (scope.last, lambda given: ReachDay.day <= given),
    ]
    return [condition(given) for given, condition in wanted if given is not None]


def filtered_by_rule(session: Session, scope: Scope) -> list[tuple[Rule, int]]:
    """How many clicks of a scope each rule filtered, most first. They add up to `Clicks.filtered`."""
    total = func.sum(FilteredDay.clicks)
    query = (
        _within(select(FilteredDay.rule, total), scope)
        .join(FilteredDay, (FilteredDay.day == ReachDay.day) & (FilteredDay.link_id == ReachDay.link_id))
        .group_by(FilteredDay.rule)
        .order_by(total.desc(), FilteredDay.rule)
    )
    return [(rule_named(name), int(count)) for name, count in session.execute(query)]


def network_figures(session: Session, scope: Scope) -> NetworkFigures:
    """The newest figures of each share of a scope, each kind summed for itself.

    Days are those on which shares were published: a like has no day of its own.
    """
    columns = [column for kind in KINDS for column in _sum_and_count(kind)]
    row = session.execute(_of_shares(select(func.count(Share.id), *columns), scope)).one()
    return NetworkFigures(**_sums(row))


def network_figures_by_network(session: Session, scope: Scope) -> dict[str, NetworkFigures]:
    """The same, for each network alone."""
    columns = [column for kind in KINDS for column in _sum_and_count(kind)]
    query = _of_shares(select(Share.network, func.count(Share.id), *columns), scope).group_by(Share.network)
    return {row[0]: NetworkFigures(**_sums(row[1:])) for row in session.execute(query.order_by(Share.network))}


def _sum_and_count(kind: str) -> tuple[ColumnElement[Any], ColumnElement[Any]]:
    column = getattr(FigureReading, kind)
    return func.sum(column), func.count(column)


def _sums(row: Any) -> dict[str, Sum]:
    shares = int(row[0])
    return {
        kind: Sum(
            value=None if row[1 + 2 * place] is None else int(row[1 + 2 * place]),
            known=int(row[2 + 2 * place]),
            shares=shares,
        )
        for place, kind in enumerate(KINDS)
    }


def _of_shares(query: Any, scope: Scope) -> Any:
    query = (
        query.select_from(Share)
        .outerjoin(ReadBack, ReadBack.share_id == Share.id)
        .outerjoin(FigureReading, FigureReading.id == ReadBack.newest_id)
        .where(*_share_conditions(scope))
    )
    if scope.team_ids is not None:
        query = query.join(User, User.id == Share.user_id)
    return query


def _share_conditions(scope: Scope) -> list[ColumnElement[bool]]:
    wanted: list[tuple[Any, Callable[[Any], ColumnElement[bool]]]] = [
        (ShareState.PUBLISHED, lambda given: Share.state == given),
        (scope.share_id, lambda given: Share.id == given),
        (scope.user_id, lambda given: Share.user_id == given),
        (scope.item_id, lambda given: Share.item_id == given),
        (scope.item_ids, lambda given: Share.item_id.in_(given)),
        (scope.team_ids, lambda given: User.team_id.in_(given)),
        (scope.network, lambda given: Share.network == given),
        (scope.first, lambda given: Share.published_at >= _midnight(given)),
        (scope.last, lambda given: Share.published_at < _midnight(given, after_days=1)),
    ]
    return [condition(given) for given, condition in wanted if given is not None]


def _midnight(day: date, *, after_days: int = 0) -> datetime:
    return datetime.combine(day, time(), UTC) + timedelta(days=after_days)
