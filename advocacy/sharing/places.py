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
from typing import Any

import structlog
from sqlalchemy import Row, or_, select
from sqlalchemy.orm import Session

from advocacy.base import bulk
from advocacy.base.db import Database, upsert
from advocacy.base.house import House
from advocacy.base.text import Text
from advocacy.sharing.costs import BudgetSpent
from advocacy.sharing.networks import Networks, in_our_words
from advocacy.sharing.outcomes import Outcome
from advocacy.sharing.place_models import PlaceState
from advocacy.sharing.publisher import LEASE, IllPlaces, Place, Publisher
from connectors import ConnectorError, OutcomeUnknown, RateLimited, Transient

log = structlog.get_logger()

FAILURES = 5
FIRST_WAIT, LONGEST_WAIT = timedelta(seconds=5), timedelta(minutes=1)
"""Doubled with each try in vain. Short, for one try costs a place that is ill next to nothing."""
MINUTE = 60
LOOK_EVERY = 0.25
"""Seconds for which a look at all places holds: an answer of one that was well then is no news."""
_TABLE, _KEY = bulk.table_of(PlaceState), ("network", "server")
_HELD = select(
    PlaceState.network,
    PlaceState.server,
    PlaceState.taken,
    PlaceState.empty_until,
    PlaceState.opened_at,
    PlaceState.next_try_at,
    PlaceState.trying_until,
).order_by(PlaceState.network, PlaceState.server)


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

    def __init__(self, rows: Iterable[Row[Any]], now: datetime, pace: int) -> None:
        self._now, self._second = now, int(now.timestamp())
        self._is_open: dict[Place, bool] = {}
        self._taken: dict[Place, dict[str, int]] = {}
        self._room: dict[Place, int] = {}
        self._changed: set[Place] = set()
        self._tries: set[Place] = set()
        self.unknown: set[Place] = set()
        """Places that were asked for and have no row yet."""
        for row in rows:
            self._read(row, pace)

    def take(self, place: Place) -> bool:
        """Takes a token out, if there is one."""
        if place not in self._room:
            self.unknown.add(place)
            return False
        if self._room[place] < 1:
            return False
        self._room[place] -= 1
        taken, key = self._taken[place], str(self._second)
        taken[key] = taken.get(key, 0) + 1
        self._changed.add(place)
        if self._is_open[place]:  # this one tries; should its worker die, another may when its lease is over
            self._tries.add(place)
        return True

    def shut(self) -> set[Place]:
        """Places that get none now."""
        return {place for place, room in self._room.items() if room < 1} | self.unknown

    def keep(self, session: Session) -> None:
        """Writes down what was taken, in the transaction that claims."""
        changes = [(*place, self._taken[place]) for place in sorted(self._changed)]
        bulk.change(session, _TABLE, (*_KEY, "taken"), changes, key=_KEY)
        tries = [(*place, self._now + LEASE) for place in sorted(self._tries)]
        bulk.change(session, _TABLE, (*_KEY, "trying_until"), tries, key=_KEY)

    def _read(self, row: Row[Any], pace: int) -> None:
        place, before = (row.network, row.server), str(self._second - MINUTE)
        # Seconds have as many digits until the year 2286, so that their texts stand in their order.
        self._taken[place] = {at: number for at, number in row.taken.items() if at > before}
        if len(self._taken[place]) < len(row.taken):
            self._changed.add(place)
        self._is_open[place] = row.opened_at is not None
        self._room[place] = self._room_of(row, pace - sum(self._taken[place].values()))

    def _room_of(self, row: Row[Any], room: int) -> int:
        if row.empty_until is not None and row.empty_until > self._now:
            return 0
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
    return Gates(session.execute(_HELD if db.is_sqlite else _HELD.with_for_update()), now, pace)


def open_for(db: Database, places: Collection[Place]) -> None:
    """Gives places that are seen for the first time a row, in a transaction of its own."""
    values = [
        {"network": network, "server": server, "taken": {}, "failures": 0, "openings": 0}
        for network, server in sorted(places)
    ]
    with db.transaction() as session:
        session.execute(upsert(session, PlaceState).on_conflict_do_nothing(), values)


def note(house: House, place: Place, outcome: Outcome) -> None:
    """Lets a place's bucket and breaker know how it answered. Call it after the outcome was written down.

    In a transaction of its own, which holds this one row only: whoever claims waits for nothing else. Should the
    process die before, one failure is not counted.

    Args:
        house: database and this process's `Publisher`.
        place: which.
        outcome: what came of asking it; `until` by the database's time.
    """
    match outcome:
        case BudgetSpent():
            return  # it was not asked
        case RateLimited() if outcome.whole_app:
            _change(house.db, place, outcome, empty_until=outcome.until)
        case Transient() | OutcomeUnknown():
            house.part(Publisher).ill_places = None
            _change(house.db, place, outcome)
        case _:
            _answered(house, place)


def _answered(house: House, place: Place) -> None:
    """Most places are well most of the time: that is found out without a write, with one look at all for many shares."""
    publisher, now = house.part(Publisher), time.monotonic()
    seen = publisher.ill_places
    if seen is None or now >= seen.until:
        ill = select(PlaceState.network, PlaceState.server).where(PlaceState.failures > 0)
        with house.db.reading() as session:
            seen = IllPlaces(
                frozenset((network, server) for network, server in session.execute(ill)), now + LOOK_EVERY
            )
        publisher.ill_places = seen
    if place not in seen.places:
        return
    with house.db.transaction() as session:
        row = session.get(PlaceState, place, with_for_update=True)
        if row is not None:
            if row.opened_at is not None:
                log.warning("a place answers again", network=place[0], server=place[1])
            row.failures = row.openings = 0
            row.opened_at = row.next_try_at = row.trying_until = row.reason = None
    publisher.ill_places = None


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
