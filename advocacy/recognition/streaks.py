"""Weeks in a row: a week with something that counts adds one, a week off neither adds nor breaks, this week is not over.

Weeks are those of ISO 8601, Monday to Sunday, each act in the zone of whoever did it: no change of clocks, no turn of
the year and no journey breaks a row.
"""

from __future__ import annotations

from collections.abc import Callable, Collection, Iterable
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError

from sqlalchemy import select
from sqlalchemy.orm import Session

from advocacy.people.models import User
from advocacy.recognition.badge_models import Absence, ActiveWeek, HolidayWeek

WEEK = timedelta(days=7)
AWAY_DAYS = 3
"""Of a week's five working days that an absence must cover, so that the week is off."""


@dataclass(frozen=True)
class Week:
    """A week as the page shows it; `state` is `active`, `off`, `open` (this week, nothing yet) or `missed`."""

    monday: date
    state: str


@dataclass(frozen=True)
class Streak:
    """Weeks in a row.

    Args:
        current: up to now.
        longest: ever.
        weeks: the last ones, the oldest first, from the first week that ever counted.
    """

    current: int
    longest: int
    weeks: list[Week]


def monday_of(moment: datetime, time_zone: str) -> date:
    """The Monday of the week that a moment lies in, where the person is; an unknown zone counts as UTC."""
    try:
        zone = ZoneInfo(time_zone)
    except (ZoneInfoNotFoundError, ValueError):
        zone = ZoneInfo("UTC")
    day = moment.astimezone(zone).date()
    return day - timedelta(days=day.weekday())


def count(active: Collection[date], is_off: Callable[[date], bool], this_week: date, *, shown: int = 12) -> Streak:
    """Counts weeks in a row.

    Args:
        active: Mondays of weeks with something that counts.
        is_off: whether the week of a Monday is off.
        this_week: its Monday; what lies after it is passed over.
        shown: how many of the last weeks are told, 0 or more.
    """
    run = longest = 0
    first = monday = min((one for one in active if one <= this_week), default=this_week)
    while monday <= this_week:
        state = _state(monday, active, is_off, this_week)
        if state == "active":
            run += 1
        elif state == "missed":
            run = 0
        longest = max(longest, run)
        monday += WEEK
    last = [this_week - WEEK * back for back in range(shown - 1, -1, -1)]
    weeks = [Week(one, _state(one, active, is_off, this_week)) for one in last if one >= first]
    return Streak(run, longest, weeks)


def _state(monday: date, active: Collection[date], is_off: Callable[[date], bool], this_week: date) -> str:
    if is_off(monday):
        return "off"
    if monday in active:
        return "active"
    return "open" if monday == this_week else "missed"


def days_away(monday: date, absences: Iterable[tuple[date, date]]) -> int:
    """How many of a week's five working days lie in absences, each counted once."""
    week = {monday + timedelta(days=number) for number in range(5)}
    return len({day for day in week if any(first <= day <= last for first, last in absences)})


def of_person(session: Session, user: User, *, now: datetime, shown: int = 12) -> Streak:
    """A person's weeks in a row."""
    weeks = set(session.scalars(select(ActiveWeek.week).where(ActiveWeek.user_id == user.id)))
    holidays = set(session.scalars(select(HolidayWeek.week)))
    rows = session.execute(select(Absence.first_day, Absence.last_day).where(Absence.user_id == user.id))
    absences = [(row.first_day, row.last_day) for row in rows]

    def is_off(monday: date) -> bool:
        return monday in holidays or days_away(monday, absences) >= AWAY_DAYS

    return count(weeks, is_off, monday_of(now, user.time_zone), shown=shown)
