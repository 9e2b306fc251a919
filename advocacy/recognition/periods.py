"""The times for which points are added up: the same days, of UTC, for everybody, so that colleagues see one board."""

from __future__ import annotations

import enum
from datetime import UTC, date, datetime, timedelta


class Period(enum.StrEnum):
    """For which time points are added up."""

    WEEK = "week"
    MONTH = "month"
    QUARTER = "quarter"
    YEAR = "year"
    ALL = "all"


EVER = date(1970, 1, 1)
"""Where the period without a beginning begins."""
MONTHS = {Period.MONTH: 1, Period.QUARTER: 3, Period.YEAR: 12}


def begins(period: Period, day: date) -> date:
    """The first day of the period that a day lies in; weeks begin on Monday."""
    if period is Period.ALL:
        return EVER
    if period is Period.WEEK:
        return day - timedelta(days=day.weekday())
    months = MONTHS[period]
    return date(day.year, (day.month - 1) // months * months + 1, 1)


def ends(period: Period, day: date) -> date | None:
    """The last day of the period that a day lies in; None for all time."""
    first = begins(period, day)
    if period is Period.ALL:
        return None
    if period is Period.WEEK:
        return first + timedelta(days=6)
    months = MONTHS[period]
    after = date(first.year + (first.month + months > 12), (first.month + months - 1) % 12 + 1, 1)
    return after - timedelta(days=1)


def today(now: datetime) -> date:
    """The day of UTC that a moment lies in."""
    return now.astimezone(UTC).date()
