"""Who comes back: people by the month in which they first shared, and how many of them shared in each month after it.

A cell is shown when enough people who are not named elsewhere shared, and as many did not: else it would tell of single
ones. How many shared in a month at all is known from the other pages, so where the cells withheld of one month add up to
too few people, the next smallest is withheld with them (ADR 7). Only whole months that are over are counted.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any

from sqlalchemy import ColumnElement, case, func, select
from sqlalchemy.orm import Session

from advocacy.insights import periods
from advocacy.insights import scope as scopes
from advocacy.insights.periods import Span
from advocacy.people.groups import withheld
from advocacy.people.models import User
from advocacy.sharing.models import Share

MONTHS = 12
"""Groups that are shown, the newest of the last month that is over."""


@dataclass(frozen=True)
class Again:
    """How many of a group shared in a month after their first.

    Args:
        is_over: whether that month is; else nothing is known yet.
        people: None where too few did or did not to tell.
    """

    is_over: bool
    people: int | None = None


@dataclass(frozen=True)
class Cohort:
    """People who first shared in one month.

    Args:
        month: which.
        size: how many; None where they are too few to tell of.
        again: for one, two, ... months after it, up to the oldest group's last.
    """

    month: Span
    size: int | None
    again: Sequence[Again]

    def share(self, place: int) -> float | None:
        """The part that shared again so many months and one after, 0 to 1; None where it is not told."""
        people = self.again[place].people
        return None if people is None or not self.size else people / self.size


@dataclass(frozen=True)
class _Counted:
    """People of a group who shared in a month: all, and those who are not named elsewhere."""

    people: int = 0
    unnamed: int = 0


def cohorts(session: Session, *, now: datetime, smallest: int) -> list[Cohort]:
    """Groups with somebody in them, the newest first.

    Args:
        session: for reading.
        now: the present moment.
        smallest: people in the smallest group whose figures are shown on their own.
    """
    months = [one.first for one in reversed(periods.months(now, most=MONTHS + 1)[1:])]
    counted = _counted(session, months)
    sizes = {month: counted.get((month, month), _Counted()) for month in months}
    shown = {month: _shown(counted, sizes, months[:place], month, smallest) for place, month in enumerate(months)}
    found = []
    for place, month in enumerate(months):
        size = sizes[month]
        if not size.people:
            continue
        again = [Again(True, shown[later].get(month)) for later in months[place + 1 :]]
        again += [Again(False)] * place
        is_told = size.unnamed >= smallest
        found.append(Cohort(periods.month_of(month), size.people if is_told else None, again))
    return found[::-1]


def _shown(
    counted: Mapping[tuple[date | None, date], _Counted],
    sizes: Mapping[date, _Counted],
    earlier: Sequence[date],
    month: date,
    smallest: int,
) -> dict[date, int]:
    """The cells of one month that may be told, by the month in which their people began."""
    parts: list[date | None] = [None, *earlier]
    """None is who began before the first group that is shown: part of the month's whole, and never told."""
    weights = []
    for part in parts:
        cell = counted.get((part, month), _Counted())
        if part is None:
            weights.append(cell.unnamed if cell.people else None)
            continue
        rest = sizes[part].unnamed - cell.unnamed
        weights.append(min(cell.unnamed, rest) if sizes[part].people else None)
    hidden = withheld(weights, smallest=smallest)
    return {
        part: counted.get((part, month), _Counted()).people
        for place, part in enumerate(parts)
        if part is not None and place not in hidden and weights[place] is not None
    }


def _counted(session: Session, months: Sequence[date]) -> dict[tuple[date | None, date], _Counted]:
    """By the month in which people began (None: before the first of these) and a month in which they shared."""
    begins = periods.month_of(months[0]).begins
    ends = periods.month_of(months[-1]).ends
    first = (
        select(Share.user_id, func.min(Share.published_at).label("at"))
        .where(scopes.is_out(), Share.published_at < ends)
        .group_by(Share.user_id)
        .subquery()
    )
    month = _month_of(session, Share.published_at)
    shared = (
        select(Share.user_id, month.label("month"))
        .where(scopes.is_out(), Share.published_at >= begins, Share.published_at < ends)
        .distinct()
        .subquery()
    )
    began = case((first.c.at < begins, None), else_=_month_of(session, first.c.at))
    rows = session.execute(
        select(began, shared.c.month, func.count(), func.sum(case((User.ranked_by_name, 0), else_=1)))
        .select_from(shared)
        .join(first, first.c.user_id == shared.c.user_id)
        .join(User, User.id == shared.c.user_id)
        .group_by(began, shared.c.month)
    )
    found: dict[tuple[date | None, date], _Counted] = defaultdict(_Counted)
    for start, later, people, unnamed in rows:
        found[_day(start) if start else None, _day(later)] = _Counted(people, int(unnamed))
    return found


def _month_of(session: Session, moment: Any) -> ColumnElement[str]:
    """The UTC month of a moment as YYYY-MM."""
    if session.get_bind().dialect.name == "sqlite":
        return func.strftime("%Y-%m", moment)
    return func.to_char(func.timezone("UTC", moment), "YYYY-MM")


def _day(month: str) -> date:
    return date.fromisoformat(f"{month}-01")
