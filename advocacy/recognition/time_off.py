"""Weeks that break no row: the company's holiday weeks, and the days on which a person says that they are away."""

from __future__ import annotations

from datetime import date, datetime, timedelta

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from advocacy.base import events
from advocacy.base.clock import Clock
from advocacy.base.errors import Invalid, NotFound
from advocacy.base.text import Text
from advocacy.people.models import User
from advocacy.recognition.badge_models import Absence, HolidayWeek
from advocacy.recognition.streaks import monday_of

LATEST = timedelta(days=14)
"""How long afterwards one can still say that one was away: long enough for an illness, too short to mend any row."""
LONGEST = timedelta(days=366)
MOST = 40
"""Absences kept for a person."""


def holiday_weeks(session: Session) -> list[HolidayWeek]:
    """The company's, newest first; at most 200."""
    return list(session.scalars(select(HolidayWeek).order_by(HolidayWeek.week.desc()).limit(200)))


def set_holiday(session: Session, clock: Clock, *, day: date, name: str, by: int) -> HolidayWeek:
    """The week of this day is a holiday of the company; set again, it gets the new name.

    Raises:
        Invalid: on `name` or `day`.
    """
    name = " ".join(name.split())
    if len(name) > 80:
        raise Invalid("name", Text("Please keep this below {count} characters.", count=80))
    if not 2000 <= day.year <= 2100:
        raise Invalid("day", Text("This year is out of reach. Please choose another."))
    found = session.merge(HolidayWeek(week=day - timedelta(days=day.weekday()), name=name))
    session.flush()
    _tell(session, clock, "holiday_week.set", found.week, by)
    return found


def remove_holiday(session: Session, clock: Clock, *, week: date, by: int) -> None:
    """The week counts again, for everybody.

    Raises:
        NotFound: it is none.
    """
    found = session.get(HolidayWeek, week)
    if found is None:
        raise NotFound(Text("We could not find that holiday week."))
    session.delete(found)
    _tell(session, clock, "holiday_week.removed", week, by)


def _tell(session: Session, clock: Clock, kind: str, week: date, by: int) -> None:
    about = ("holiday_week", None)
    events.record(session, clock, kind=kind, actor_id=by, subject=about, data={"week": week.isoformat()})


def absences(session: Session, *, user_id: int) -> list[Absence]:
    """A person's own, newest first."""
    query = select(Absence).where(Absence.user_id == user_id)
    return list(session.scalars(query.order_by(Absence.first_day.desc(), Absence.id.desc())))


def be_away(session: Session, *, user: User, first_day: date, last_day: date, now: datetime) -> Absence:
    """A person says that they are away. The log is not told: when somebody was ill is nobody's business.

    Raises:
        Invalid: on `first_day` or `last_day`.
    """
    if last_day < first_day:
        raise Invalid("last_day", Text("The last day comes before the first."))
    if last_day - first_day > LONGEST:
        raise Invalid("last_day", Text("That is too long. Choose a year at most."))
    if first_day < monday_of(now, user.time_zone) - LATEST:
        raise Invalid("first_day", Text("That is too long ago: at most two weeks before this one."))
    if (session.scalar(select(func.count()).where(Absence.user_id == user.id)) or 0) >= MOST:
        raise Invalid("first_day", Text("At most {count} are kept. Remove one that is over.", count=MOST))
    absence = Absence(user_id=user.id, first_day=first_day, last_day=last_day)
    session.add(absence)
    session.flush()
    return absence


def be_back(session: Session, *, user_id: int, absence_id: int) -> None:
    """Removes one of a person's own.

    Raises:
        NotFound: it is not theirs.
    """
    absence = session.get(Absence, absence_id)
    if absence is None or absence.user_id != user_id:
        raise NotFound(Text("We could not find those days."))
    session.delete(absence)
