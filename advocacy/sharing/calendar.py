"""A person's shares by day: what went out, what is planned, and where the plan gets in its own way."""

from __future__ import annotations

import calendar
from collections import defaultdict
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta

from sqlalchemy import select
from sqlalchemy.orm import Session, selectinload

from advocacy.base.clock import Clock
from advocacy.base.errors import Invalid
from advocacy.base.text import Text
from advocacy.people.models import User
from advocacy.sharing import kinds, my_shares, planning, rules
from advocacy.sharing.models import Share, ShareState
from advocacy.sharing.my_shares import Standing
from advocacy.sharing.networks import Networks
from advocacy.sharing.rules import Rules
from advocacy.sharing.slots import APART
from advocacy.sharing.wall_time import moment, on_the_wall

SHOWN = (
    ShareState.SCHEDULED,
    ShareState.PUBLISHING,
    ShareState.PUBLISHED,
    ShareState.UNCONFIRMED,
    ShareState.MISSED,
    ShareState.FAILED,
)
LISTED = timedelta(days=28)
FIRST_YEAR, LAST_YEAR = 2000, 2100


@dataclass(frozen=True)
class Entry:
    """A share on its day.

    Args:
        share: with its item and account.
        wall: when, on the person's own wall; naive.
        label: what its network is called.
        standing: where it stands, in plain words.
        conflicts: what is wrong with its time; empty when nothing is.
    """

    share: Share
    wall: datetime
    label: Text
    standing: Standing
    conflicts: tuple[Text, ...]

    @property
    def kind(self) -> Text:
        """What kind of share it is."""
        return kinds.NAMES[self.share.kind]

    @property
    def can_move(self) -> bool:
        """Whether it is planned and was never sent."""
        return self.share.state is ShareState.SCHEDULED


@dataclass(frozen=True)
class Day:
    """A day of the calendar.

    Args:
        date: in the person's zone.
        entries: by time.
    """

    date: date
    entries: tuple[Entry, ...]


def month(session: Session, clock: Clock, networks: Networks, *, user: User, around: date) -> list[list[Day]]:
    """The weeks that touch a month, each from Monday on.

    Args:
        session: for reading.
        clock: tells what has passed.
        networks: their names.
        user: whose shares, and whose wall.
        around: any day of the month.
    """
    weeks = calendar.Calendar(calendar.MONDAY).monthdatescalendar(around.year, around.month)
    days = {day.date: day for day in _days(session, clock, networks, user, weeks[0][0], weeks[-1][-1])}
    return [[days[day] for day in week] for week in weeks]


def week(session: Session, clock: Clock, networks: Networks, *, user: User, around: date) -> list[Day]:
    """The seven days from the Monday before `around` on; for the arguments see `month`."""
    monday = around - timedelta(days=around.weekday())
    return _days(session, clock, networks, user, monday, monday + timedelta(days=6))


def listed(session: Session, clock: Clock, networks: Networks, *, user: User, around: date) -> list[Day]:
    """The days that hold something, from `around` on for `LISTED`; for the arguments see `month`."""
    days = _days(session, clock, networks, user, around, around + LISTED - timedelta(days=1))
    return [day for day in days if day.entries]


def read_day(typed: str, today: date) -> date:
    """A day as it stands in an address; `today` for one that is no day of our time."""
    try:
        day = date.fromisoformat(typed)
    except ValueError:
        return today
    return day if FIRST_YEAR < day.year < LAST_YEAR else today


def move(session: Session, clock: Clock, *, user: User, share_id: int, to: date, hour: int | None) -> Share:
    """Moves a planned share to another day, at the time of day that it has, or to another hour.

    Args:
        session: inside a transaction.
        clock: tells what has passed.
        user: whose share.
        share_id: which.
        to: the day, in the person's zone.
        hour: 0 to 23 to move it to that hour at the minute that it has; None to keep the hour.

    Raises:
        NotFound: no such share. Conflict: it has moved on. Invalid: the time does not fit.
    """
    share = planning.mine(session, user_id=user.id, share_id=share_id)
    if share.due_at is None or (hour is not None and not 0 <= hour <= 23):
        raise Invalid("when", Text("Please give the day and the time, such as 24.12.2026 09:00."))
    wall = on_the_wall(share.due_at, user.time_zone)
    at = time(wall.hour if hour is None else hour, wall.minute)
    due = moment(datetime.combine(to, at), user.time_zone).at
    return planning.reschedule(session, clock, user=user, share_id=share_id, due_at=due)


def _days(session: Session, clock: Clock, networks: Networks, user: User, first: date, last: date) -> list[Day]:
    zone = user.time_zone
    begin = moment(datetime.combine(first, time()), zone).at
    end = moment(datetime.combine(last + timedelta(days=1), time()), zone).at
    held_to, now = rules.now_in_force(session), clock.now()
    shares = _between(session, user.id, begin - APART, end + APART)
    conflicts = _conflicts(shares, held_to, zone)
    by_day: dict[date, list[Entry]] = defaultdict(list)
    for share in shares:
        wall = on_the_wall(_at(share), zone)
        entry = Entry(
            share, wall, networks.label(share.network), my_shares.standing(share, now), tuple(conflicts[share.id])
        )
        by_day[wall.date()].append(entry)
    number = (last - first).days + 1
    return [Day(day, tuple(by_day[day])) for day in (first + timedelta(days=away) for away in range(number))]


def _between(session: Session, user_id: int, begin: datetime, end: datetime) -> Sequence[Share]:
    return session.scalars(
        select(Share)
        .where(Share.user_id == user_id, Share.state.in_(SHOWN), Share.due_at >= begin, Share.due_at < end)
        .options(selectinload(Share.item), selectinload(Share.connection))
        .order_by(Share.due_at, Share.id)
    ).all()


def _conflicts(shares: Iterable[Share], held_to: Rules, zone: str) -> dict[int, list[Text]]:
    """What is wrong with the times of what is still planned."""
    found: dict[int, list[Text]] = defaultdict(list)
    coming = [share for share in shares if share.state in (ShareState.SCHEDULED, ShareState.PUBLISHED)]
    a_day: dict[tuple[str, date], int] = defaultdict(int)
    for share in coming:
        place = (share.network, on_the_wall(_at(share), zone).date())
        a_day[place] += 1
        if share.state is not ShareState.SCHEDULED:
            continue
        near = [
            other
            for other in coming
            if other is not share
            and other.connection_id == share.connection_id
            and abs(_at(other) - _at(share)) < APART
        ]
        if near:
            found[share.id].append(Text("Less than half an hour from another share to the same account."))
        if share.item.expires_at is not None and _at(share) >= share.item.expires_at:
            found[share.id].append(Text("The item ends before this time, so it will not be posted."))
        if held_to.is_quiet(on_the_wall(_at(share), zone)):
            found[share.id].append(Text("In the company's quiet hours."))
        if a_day[place] > held_to.daily_cap:
            found[share.id].append(Text("More than {cap} shares on this network that day.", cap=held_to.daily_cap))
    return found


def _at(share: Share) -> datetime:
    if share.due_at is None:
        raise ValueError("only shares with a time are on the calendar")
    return share.due_at
