"""When each person's letter with what is new for them is due, and that it is written once: in their own morning."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, datetime, timedelta

from sqlalchemy import func, or_, select
from sqlalchemy.orm import Session

from advocacy.base.house import House
from advocacy.base.sealing import Sealer
from advocacy.messages import choices, digest
from advocacy.messages.models import DigestTurn, MessageSettings
from advocacy.people import outbox
from advocacy.people.models import User, UserState

HOUR = 8
"""Of the person's own day; later where that lies in their quiet hours."""
LATEST = timedelta(hours=6)
"""What was not written by then, because the hub was away, waits for the next morning."""
USEFUL_FOR = timedelta(days=1)
LEASE = timedelta(minutes=10)
BATCH = 20
SPAN = {
    choices.DAILY: timedelta(days=3),
    choices.WEEKLY: timedelta(days=7),
    choices.MONTHLY: timedelta(days=31),
}
"""How far back a first letter looks."""


@dataclass(frozen=True)
class _Taken:
    user_id: int
    due_at: datetime


def tick(house: House) -> int:
    """Works out when letters are due, and writes those that are. A job.

    Any number of workers may, and each may be killed at any time: the letter and the mark that it was written stand
    in one transaction, and what a killed one had taken is taken up after its lease.

    Returns:
        How many letters were put.
    """
    _plan(house)
    put = 0
    while taken := _take(house):
        put += sum(_write(house, one) for one in taken)
    return put


def next_day(rhythm: str, *, after: date) -> date:
    """The first day after another on which a digest comes.

    Args:
        rhythm: `daily` (Monday to Friday), `weekly` (Mondays) or `monthly` (the first Monday).
        after: a day where the person is.
    """
    day = after + timedelta(days=1)
    while not _is_its_day(rhythm, day):
        day += timedelta(days=1)
    return day


def _is_its_day(rhythm: str, day: date) -> bool:
    if rhythm == choices.DAILY:
        return day.weekday() < 5
    return day.weekday() == 0 and (rhythm == choices.WEEKLY or day.day <= 7)


def morning(user: User, kept: MessageSettings, day: date) -> datetime:
    """When a person's letter comes on a day of theirs."""
    at = choices.at_clock(user, day, HOUR)
    return choices.end_of_quiet(user, kept, at) or at


def _plan(house: House) -> None:
    """Gives a turn to everybody who wants letters and has none: newcomers, and who chose another rhythm."""
    while True:
        with house.db.transaction() as session:
            now = house.clock.now()
            query = (
                select(User, DigestTurn)
                .outerjoin(DigestTurn, DigestTurn.user_id == User.id)
                .outerjoin(MessageSettings, MessageSettings.user_id == User.id)
                .where(
                    User.state == UserState.ACTIVE,
                    DigestTurn.due_at.is_(None),
                    func.coalesce(MessageSettings.digest, choices.WEEKLY) != choices.NEVER,
                )
                .order_by(User.id)
                .limit(500)
                .with_for_update(skip_locked=True, of=User)
            )
            found = session.execute(query).all()
            for user, turn in found:
                kept = choices.settings_of(session, user.id)
                given = turn or DigestTurn(user_id=user.id)
                _give(given, user, kept, next_day(kept.digest, after=_today(user, now)))
                session.add(given)
        if len(found) < 500:
            return


def _give(turn: DigestTurn, user: User, kept: MessageSettings, day: date) -> None:
    turn.on, turn.due_at, turn.taken_until = day, morning(user, kept, day), None


def _today(user: User, now: datetime) -> date:
    return now.astimezone(choices.zone_of(user)).date()


def _take(house: House) -> list[_Taken]:
    with house.db.transaction() as session:
        now = house.clock.now()
        due = (
            select(DigestTurn)
            .where(DigestTurn.due_at <= now, or_(DigestTurn.taken_until.is_(None), DigestTurn.taken_until <= now))
            .order_by(DigestTurn.due_at, DigestTurn.user_id)
            .limit(BATCH)
            .with_for_update(skip_locked=True)
        )
        taken = []
        for turn in session.scalars(due):
            turn.taken_until = now + LEASE
            if turn.due_at is not None:
                taken.append(_Taken(turn.user_id, turn.due_at))
        return taken


def _write(house: House, taken: _Taken) -> bool:
    now = house.clock.now()
    with house.db.reading() as session:
        user, turn = session.get(User, taken.user_id), session.get(DigestTurn, taken.user_id)
        if user is None or turn is None or turn.on is None:
            return False  # erased, or they chose otherwise meanwhile
        kept = choices.settings_of(session, user.id)
        put_off = _put_off(user, kept, turn.on, now)
        letter = None
        if user.is_active and kept.digest != choices.NEVER and put_off is None:
            letter = digest.letter(house, session, user, since=turn.since or now - SPAN[kept.digest])
        if letter is not None and outbox.paused(session, [user.email]):
            letter = None
    with house.db.transaction() as session:
        kept_turn = session.get(DigestTurn, taken.user_id, with_for_update=True, populate_existing=True)
        if kept_turn is None or kept_turn.due_at != taken.due_at:
            return False  # somebody else wrote it after our lease, or they chose otherwise meanwhile
        if put_off is not None:
            _give(kept_turn, user, kept, put_off)
            return False
        _settle(session, kept_turn, user, now)
        if letter is None:
            return False
        outbox.put(
            session,
            house.clock,
            house.part(Sealer),
            to=user.email,
            kind="digest",
            letter=letter,
            locale=user.locale,
            useful_for=USEFUL_FOR,
            is_once=True,
        )
        return True


def _put_off(user: User, kept: MessageSettings, day: date, now: datetime) -> date | None:
    """The day to wait for, where this is not the person's morning: they moved, or the hub was away."""
    at = morning(user, kept, day)
    if at > now:
        return day
    is_past = now - at > LATEST or choices.end_of_quiet(user, kept, now) is not None
    return _today(user, now) + timedelta(days=1) if is_past else None


def _settle(session: Session, turn: DigestTurn, user: User, now: datetime) -> None:
    kept = choices.settings_of(session, user.id)
    turn.since, turn.taken_until = now, None
    if kept.digest == choices.NEVER or not user.is_active:
        turn.on = turn.due_at = None
        return
    _give(turn, user, kept, next_day(kept.digest, after=_today(user, now)))
