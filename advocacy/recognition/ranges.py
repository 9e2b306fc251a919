"""Points of anything but a whole period of the whole company: days of one's choice, a network, a campaign."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any

from sqlalchemy import ColumnElement, Select, case, func, or_, select

from advocacy.library.models import ContentItem
from advocacy.people.models import User, UserState
from advocacy.recognition.models import PointsDay, PointsEntry
from advocacy.recognition.rules import NO_VISITOR, POSTED
from advocacy.recognition.standings import FOLLOWED, TAKEN_DOWN
from advocacy.sharing.models import Share


@dataclass(frozen=True)
class Narrow:
    """Which points a board counts, beside its period and team.

    Args:
        days: the first and the last day, of UTC, in the place of the period.
        campaign_id: only points for posts of this campaign's items.
        network: only points for posts there; "" for all.
    """

    days: tuple[date, date] | None = None
    campaign_id: int | None = None
    network: str = ""


def earned(narrow: Narrow, days: tuple[date, date], *, reader: User, team_ids: Sequence[int] | None) -> Select[Any]:
    """Points, posts and visitors of each person who is ranked by name, and of the reader.

    Args:
        narrow: which points.
        days: the first and the last.
        reader: who is always counted.
        team_ids: only people of these teams; None is the whole company.
    """
    query = _from_days(narrow, days) if narrow.campaign_id is None else _from_ledger(narrow, days)
    query = query.where(User.state == UserState.ACTIVE, or_(User.ranked_by_name, User.id == reader.id))
    return query if team_ids is None else query.where(User.team_id.in_(team_ids))


def of_teams(narrow: Narrow, days: tuple[date, date]) -> Select[Any]:
    """Points of each team: those of the people who are in it now, whether they are ranked by name or not."""
    query = _from_days(narrow, days) if narrow.campaign_id is None else _from_ledger(narrow, days)
    earned = query.where(User.state == UserState.ACTIVE).subquery()
    columns: tuple[Any, ...] = (User.team_id, func.sum(earned.c.points))
    return select(*columns).join(User, User.id == earned.c.user_id).group_by(User.team_id)


def _from_days(narrow: Narrow, days: tuple[date, date]) -> Select[Any]:
    points = func.sum(PointsDay.points)
    columns: tuple[Any, ...] = (
        PointsDay.user_id,
        points.label("points"),
        func.sum(PointsDay.posts).label("posts"),
        func.sum(PointsDay.visitors).label("visitors"),
    )
    query = (
        select(*columns)
        .select_from(PointsDay)
        .join(User, User.id == PointsDay.user_id)
        .where(PointsDay.day.between(*days))
        .group_by(PointsDay.user_id)
        .having(points > 0)
    )
    return query.where(PointsDay.network == narrow.network) if narrow.network else query


def _from_ledger(narrow: Narrow, days: tuple[date, date]) -> Select[Any]:
    points = func.sum(PointsEntry.points)
    columns: tuple[Any, ...] = (
        PointsEntry.user_id,
        points.label("points"),
        func.sum(one_if(PointsEntry.rule.in_(POSTED)) - one_if(PointsEntry.rule == TAKEN_DOWN)).label("posts"),
        func.sum(one_if(PointsEntry.rule == FOLLOWED) - one_if(PointsEntry.rule == NO_VISITOR)).label("visitors"),
    )
    query = (
        select(*columns)
        .join(User, User.id == PointsEntry.user_id)
        .join(ContentItem, ContentItem.id == PointsEntry.item_id)
        .where(ContentItem.campaign_id == narrow.campaign_id, PointsEntry.day.between(*days))
        .group_by(PointsEntry.user_id)
        .having(points > 0)
    )
    if narrow.network:
        query = query.join(Share, Share.id == PointsEntry.share_id).where(Share.network == narrow.network)
    return query


def one_if(condition: ColumnElement[bool]) -> ColumnElement[int]:
    """1 for a row that fulfils a condition, else 0."""
    return case((condition, 1), else_=0)
