"""For which days figures are counted, what they are compared with, and how a chart divides them. Days are UTC."""

from __future__ import annotations

import enum
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import UTC, date, datetime, time, timedelta

from advocacy.base.errors import Invalid
from advocacy.base.text import Text

LONGEST = 3 * 366
"""Days of a period of one's own choice."""
EARLIEST = date(2000, 1, 1)


class Period(enum.StrEnum):
    """Which days a reader asked for."""

    WEEK = "7d"
    MONTH = "30d"
    SEASON = "90d"
    THIS_MONTH = "month"
    THIS_QUARTER = "quarter"
    THIS_YEAR = "year"
    OWN = "custom"


ROLLING = {Period.WEEK: 7, Period.MONTH: 30, Period.SEASON: 90}
"""Days of the periods that end today and begin so many days ago."""
CALENDAR = {Period.THIS_MONTH: 1, Period.THIS_QUARTER: 3, Period.THIS_YEAR: 12}
"""Months of the periods that begin with the calendar."""


class Step(enum.StrEnum):
    """What one point of a chart stands for."""

    DAY = "day"
    WEEK = "week"
    MONTH = "month"


@dataclass(frozen=True)
class Span:
    """Days from the first to the last, both counted.

    Args:
        first: the first day.
        last: the last day, not before the first.
    """

    first: date
    last: date

    @property
    def days(self) -> int:
        """How many."""
        return (self.last - self.first).days + 1

    @property
    def begins(self) -> datetime:
        """The first moment, UTC."""
        return datetime.combine(self.first, time(), UTC)

    @property
    def ends(self) -> datetime:
        """The first moment after it, UTC."""
        return datetime.combine(self.last + timedelta(days=1), time(), UTC)


@dataclass(frozen=True)
class Asked:
    """The days a page shows, and those it compares with.

    Args:
        period: as the reader chose it.
        span: the days.
        before: as many days before, by the same kind of calendar.
        today: the day on which it was asked.
    """

    period: Period
    span: Span
    before: Span
    today: date


def asked(period: str, *, first: str = "", last: str = "", now: datetime) -> Asked:
    """The days that an address asks for.

    A month, quarter or year is counted until today, and compared with the same number of days of the one before:
    fifteen days of March with the first fifteen of February.

    Args:
        period: a value of `Period`; anything else is the last 30 days.
        first: for one's own choice, the first day as YYYY-MM-DD. Without both, the last 30 days.
        last: likewise the last day, "" for today; both are counted.
        now: the present moment.

    Raises:
        Invalid: on field `from` or `to`, for days that do not exist, stand in the wrong order or are too many.
    """
    chosen = Period(period) if period in list(Period) else Period.MONTH
    today = now.astimezone(UTC).date()
    if chosen is Period.OWN and (first or last):
        span = _own(first, last, today)
        return Asked(chosen, span, _just_before(span), today)
    if chosen not in CALENDAR:
        span = Span(today - timedelta(days=ROLLING.get(chosen, 30) - 1), today)
        return Asked(chosen, span, _just_before(span), today)
    months = CALENDAR[chosen]
    begin = date(today.year, (today.month - 1) // months * months + 1, 1)
    span = Span(begin, today)
    earlier = _months_back(begin, months)
    end = min(earlier + timedelta(days=span.days - 1), begin - timedelta(days=1))
    return Asked(chosen, span, Span(earlier, end), today)


def month_of(day: date) -> Span:
    """The whole month a day lies in."""
    first = day.replace(day=1)
    return Span(first, _months_back(first, -1) - timedelta(days=1))


def months(now: datetime, *, most: int = 24) -> list[Span]:
    """This month and those before it, whole ones, the newest first."""
    first = now.astimezone(UTC).date().replace(day=1)
    return [month_of(_months_back(first, back)) for back in range(most)]


def _just_before(span: Span) -> Span:
    return Span(span.first - timedelta(days=span.days), span.first - timedelta(days=1))


def _months_back(first: date, months: int) -> date:
    count = first.year * 12 + first.month - 1 - months
    return date(count // 12, count % 12 + 1, 1)


def _own(first: str, last: str, today: date) -> Span:
    begin, end = _day("from", first), _day("to", last) if last else today
    if end < begin:
        raise Invalid("to", Text("The last day is before the first. Please change one of them."))
    if (end - begin).days >= LONGEST:
        raise Invalid("to", Text("Please choose at most three years."))
    return Span(begin, end)


def _day(field: str, text: str) -> date:
    try:
        found = date.fromisoformat(text)
    except ValueError:
        raise Invalid(field, Text("Please give both days, as in 2026-03-31.")) from None
    if not EARLIEST <= found <= date(2199, 12, 31):
        raise Invalid(field, Text("Please give both days, as in 2026-03-31."))
    return found


@dataclass(frozen=True)
class Bucket:
    """One point of a chart: the days from `first` to `last` that lie in the span.

    Args:
        first: the first of them.
        last: the last of them.
        is_whole: whether it is a full week or month; one that is cut off says so.
    """

    first: date
    last: date
    is_whole: bool


def step_of(span: Span) -> Step:
    """Days up to a month, weeks up to half a year, else months: a chart stays readable on a phone."""
    if span.days <= 31:
        return Step.DAY
    return Step.WEEK if span.days <= 183 else Step.MONTH


def buckets(span: Span) -> Sequence[Bucket]:
    """The points of a chart in order. Weeks begin on Monday; the first and the last may be cut off."""
    step, found, first = step_of(span), [], span.first
    while first <= span.last:
        natural_first, natural_last = _around(first, step)
        last = min(natural_last, span.last)
        found.append(Bucket(first, last, first == natural_first and last == natural_last))
        first = last + timedelta(days=1)
    return found


def _around(day: date, step: Step) -> tuple[date, date]:
    if step is Step.DAY:
        return day, day
    if step is Step.WEEK:
        monday = day - timedelta(days=day.weekday())
        return monday, monday + timedelta(days=6)
    first = day.replace(day=1)
    return first, _months_back(first, -1) - timedelta(days=1)
