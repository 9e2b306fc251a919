"""What each place may get now: a bucket of tokens and a circuit breaker a network and server, in the database.

Tokens are taken in the transaction that claims, by the database's time, so that all workers on all hosts together
never pass the pace. A token comes back a minute after it was taken, not by and by: a bucket that is full and fills
meanwhile would let twice its pace through in the first minute.

After `FAILURES` in a row the breaker opens: nobody asks the place, but one share each time a wait is over. When that
one is answered, it closes.
"""

from __future__ import annotations

import time
from collections.abc import Collection, Iterable
from dataclasses import dataclass
from datetime import datetime, timedelta

import structlog
from sqlalchemy import or_, select
from sqlalchemy.dialects import postgresql, sqlite
from sqlalchemy.orm import Session

from advocacy.base.db import Database
from advocacy.base.house import House
from advocacy.base.text import Text
from advocacy.sharing.costs import BudgetSpent
from advocacy.sharing.networks import Networks, in_our_words
from advocacy.sharing.outcomes import Outcome
from advocacy.sharing.place_models import PlaceState
from advocacy.sharing.publisher import LEASE, Place, Publisher
from connectors import ConnectorError, OutcomeUnknown, RateLimited, Transient

log = structlog.get_logger()

FAILURES = 5
FIRST_WAIT, LONGEST_WAIT = timedelta(seconds=5), timedelta(minutes=1)
"""Doubled with each try in vain. Short, for one try costs a place that is ill next to nothing."""
MINUTE = 60
LOOK_EVERY = 0.25
"""Seconds for which an answer of a place that was well is taken for no news."""


@dataclass(frozen=True)
class Trouble:
    """A place that gets nothing just now.

    Args:
        network: the connector's name.
        server: "" where there is only one.
        since: when we stopped; None where the network asked us to wait.
        until: when one share tries, or when the wait that it asked for is over.
        reason: what it said last.
    """

    network: str
    server: str
    since: datetime | None
    until: datetime
    reason: Text | None

    def says(self) -> Text:
        """What an administrator should know of it."""
        facts = {"reason": self.reason or Text("It did not answer."), "until": f"{self.until:%Y-%m-%d %H:%M:%S}"}
        if self.since is None:
            return Text("{reason} We wait until {until} UTC, as we were asked to.", **facts)
        return Text(
            "{reason} We stopped sending at {since} UTC, after several failures in a row; next try at {until} UTC.",
            since=f"{self.since:%Y-%m-%d %H:%M:%S}",
            **facts,
        )


class Gates:
    """What every known place may get, held by the transaction that claims.

    Args:
        rows: the places, locked.
        now: the database's time.
        pace: how many a place gets in any minute.
    """

    def __init__(self, rows: Iterable[PlaceState], now: datetime, pace: int) -> None:
        self._rows = {(row.network, row.server): row for row in rows}
        self._now, self._second = now, int(now.timestamp())
        self._room = {place: self._room_of(row, pace) for place, row in self._rows.items()}
        self.unknown: set[Place] = set()
        """Places that were asked for and have no row yet."""

    def take(self, place: Place) -> bool:
        """Takes a token out, if there is one."""
        row = self._rows.get(place)
        if row is None:
            self.unknown.add(place)
            return False
        if self._room[place] < 1:
            return False
        self._room[place] -= 1
        key = str(self._second)
        row.taken = {**row.taken, key: row.taken.get(key, 0) + 1}
        if row.opened_at is not None:  # this one tries; should its worker die, another may when its lease is over
            row.trying_until = self._now + LEASE
        return True

    def shut(self) -> set[Place]:
        """Places that get none now."""
        return {place for place, room in self._room.items() if room < 1} | self.unknown

    def _room_of(self, row: PlaceState, pace: int) -> int:
        if row.empty_until is not None and row.empty_until > self._now:
            return 0
        if any(int(second) <= self._second - MINUTE for second in row.taken):
            row.taken = {at: number for at, number in row.taken.items() if int(at) > self._second - MINUTE}
        room = pace - sum(int(number) for number in row.taken.values())
        if row.opened_at is None:
            return room
        waits = max(moment for moment in (row.next_try_at, row.trying_until, row.opened_at) if moment is not None)
        return min(1, room) if waits <= self._now else 0


def hold(session: Session, db: Database, now: datetime, *, pace: int) -> Gates:
    """Locks every place, in one order, before anything else is: whoever claims at the same time waits here.

    Args:
        session: inside the transaction that claims.
        db: which kind of database it is.
        now: its time.
        pace: how many a place gets in any minute.
    """
    query = select(PlaceState).order_by(PlaceState.network, PlaceState.server)
    if not db.is_sqlite:
        query = query.with_for_update()
    return Gates(session.scalars(query.execution_options(populate_existing=True)), now, pace)


def open_for(db: Database, places: Collection[Place]) -> None:
    """Gives places that are seen for the first time a row, in a transaction of its own."""
    values = [
        {"network": network, "server": server, "taken": {}, "failures": 0, "openings": 0}
        for network, server in sorted(places)
    ]
    insert = sqlite.insert if db.is_sqlite else postgresql.insert
    with db.transaction() as session:
        session.execute(insert(PlaceState).on_conflict_do_nothing(), values)


def note(house: House, place: Place, outcome: Outcome) -> None:
    """Lets a place's bucket and breaker know how it answered. Call it after the outcome was written down.

    In a transaction of its own, which holds this one row only: whoever claims waits for nothing else. Should the
    process die before, one failure is not counted.

    Args:
        house: database and this process's `Publisher`.
        place: which.
        outcome: what came of asking it; `until` by the database's time.
    """
    looked_at = house.part(Publisher).looked_at
    match outcome:
        case BudgetSpent():
            return  # it was not asked
        case RateLimited() if outcome.whole_app:
            _change(house.db, place, outcome, empty_until=outcome.until)
        case Transient() | OutcomeUnknown():
            looked_at.pop(place, None)
            _change(house.db, place, outcome)
        case _:
            _answered(house, place)


def _answered(house: House, place: Place) -> None:
    """Most places are well most of the time: that is found out without a write, and not for every share."""
    looked_at, now = house.part(Publisher).looked_at, time.monotonic()
    if now < looked_at.get(place, 0.0) + LOOK_EVERY:
        return
    of_it = PlaceState.network == place[0], PlaceState.server == place[1]
    with house.db.reading() as session:
        is_well = session.scalar(select(PlaceState.failures).where(*of_it, PlaceState.failures > 0)) is None
    if not is_well:
        with house.db.transaction() as session:
            row = session.get(PlaceState, place, with_for_update=True)
            if row is not None:
                if row.opened_at is not None:
                    log.warning("a place answers again", network=place[0], server=place[1])
                row.failures = row.openings = 0
                row.opened_at = row.next_try_at = row.trying_until = row.reason = None
    looked_at[place] = now


def _change(db: Database, place: Place, error: ConnectorError, *, empty_until: datetime | None = None) -> None:
    with db.transaction() as session:
        row = session.get(PlaceState, place, with_for_update=True)
        if row is None:  # carried out without having been claimed here: nothing to hold back by
            return
        row.reason = in_our_words(error.reason).to_json()
        if empty_until is not None:
            row.empty_until = max(empty_until, row.empty_until or empty_until)
            return
        row.failures += 1
        now = db.now(session)
        if row.opened_at is None:
            if row.failures < FAILURES:
                return
            row.opened_at = now
            log.warning("a place does not answer and is left alone", network=place[0], server=place[1])
        elif row.trying_until is None:
            return  # a straggler from before it opened does not make the wait longer
        row.next_try_at = now + min(LONGEST_WAIT, FIRST_WAIT * 2 ** min(row.openings, 10))
        row.trying_until = None
        row.openings += 1


def troubles(session: Session, now: datetime) -> list[Trouble]:
    """Places that get nothing just now, or one share at a time.

    Args:
        session: for reading.
        now: the database's time.
    """
    query = (
        select(PlaceState)
        .where(or_(PlaceState.opened_at.is_not(None), PlaceState.empty_until > now))
        .order_by(PlaceState.network, PlaceState.server)
    )
    return [
        Trouble(
            row.network,
            row.server,
            row.opened_at,
            (row.next_try_at or now) if row.opened_at else (row.empty_until or now),
            Text.from_json(row.reason) if row.reason else None,
        )
        for row in session.scalars(query)
    ]


def kept_waiting(session: Session, house: House, now: datetime) -> dict[Place, Text]:
    """Why places get nothing just now, in words for a person whose share waited there until it was too late.

    Args:
        session: for reading.
        house: names of networks, and the pace.
        now: the database's time.
    """
    pace, networks = house.part(Publisher).pace, house.part(Networks)
    found = {}
    for row in session.scalars(select(PlaceState)):
        label = str(networks.label(row.network))
        told = _kept_by(row, now, pace, f"{label} ({row.server.removeprefix('https://')})" if row.server else label)
        if told is not None:
            found[row.network, row.server] = told
    return found


def _kept_by(row: PlaceState, now: datetime, pace: int, network: str) -> Text | None:
    if row.opened_at is not None:
        return Text(
            "{network} did not answer from {since} UTC until the time for your post had passed.",
            network=network,
            since=f"{row.opened_at:%Y-%m-%d %H:%M}",
        )
    if row.empty_until is not None and row.empty_until > now:
        return Text(
            "{network} asked us to send nothing until {until} UTC, and the time for your post passed before that.",
            network=network,
            until=f"{row.empty_until:%Y-%m-%d %H:%M}",
        )
    taken = sum(int(number) for at, number in row.taken.items() if int(at) > int(now.timestamp()) - MINUTE)
    if taken < pace:
        return None
    return Text(
        "More was due on {network} than we may send in a minute, and the time for your post passed before its turn.",
        network=network,
    )
