"""The publisher: who takes up a share, and when.

The row decides. A share is claimed by an update that names the state it must be in, under a lease; what is due, and
how long a lease holds, is judged by the database's time. So any number of workers, on any machines, with clocks that
differ, publish it once and on time.
"""

from __future__ import annotations

import time
from collections import Counter
from collections.abc import Collection, Sequence
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import ColumnElement, and_, func, or_, select, tuple_, update
from sqlalchemy.orm import Session

from advocacy.base import bulk
from advocacy.base.db import Database
from advocacy.base.house import House
from advocacy.sharing import handing_over, left_behind, places, preparing, rules, switches
from advocacy.sharing.carrying import carry_on
from advocacy.sharing.models import (
    Connection,
    ConnectionState,
    Purpose,
    Share,
    ShareAttempt,
    ShareState,
)
from advocacy.sharing.places import Gates
from advocacy.sharing.publisher import LEASE, Place, Publisher
from advocacy.tasks import Tasks
from connectors import new_record_key

RENEW_EVERY = 15.0
CLAIMED = ("id", "state", "attempts_made", "lease_owner", "lease_until", "updated_at", "record_key", "record_at")
BEGUN = ("share_id", "number", "purpose", "worker", "started_at", "outcome", "network_said")
GATHER = 0.1
"""Seconds, at most, that are waited for a quarter of the threads to be free: several are taken up with one look."""
ROUND = 0.9
"""Seconds a tick goes on while more is due. It ends before the next one is due: one that came too late for it would be
left out."""


def tick(house: House) -> None:
    """Settles what is late or left behind, and starts what is due. A job: every second, in every worker.

    As long as more is due, it takes up the next ones as soon as others are done with, until its second is over.
    """
    ends, tasks = time.monotonic() + ROUND, house.part(Tasks)
    left_behind.recover(house.db)
    left_behind.give_up_late(house)
    left_behind.ask_where_nobody_can_look(house.db)
    while _start(house, tasks) and (left := ends - time.monotonic()) > 0:
        if tasks.wait(left):
            tasks.wait(GATHER, free=tasks.threads // 4)


def _start(house: House, tasks: Tasks) -> int:
    publisher = house.part(Publisher)
    if tasks.broker:
        return _send_due(house, publisher, tasks)
    claimed = claim_due(
        house.db,
        publisher.worker,
        tasks.free,
        pace=publisher.pace,
        most_of_a_place=publisher.most_of_a_place,
    )
    publisher.step("after claim")
    for ready in preparing.prepare(house, claimed) if claimed else ():
        tasks.start(carry_on, house, ready)
    return len(claimed)


def _send_due(house: House, publisher: Publisher, tasks: Tasks) -> int:
    # Each worker has as much under way as it has threads, so that what all send is what all can carry out at once: a
    # message that waited longer than its lease would be for nothing.
    with house.db.reading() as session:
        busy = _busy(session, publisher.worker)
    claimed = claim_due(
        house.db,
        publisher.worker,
        tasks.threads - busy.total(),
        pace=publisher.pace,
        most_of_a_place=publisher.most_of_a_place,
        lease_owner=handing_over.IN_A_MESSAGE,
    )
    for attempt_id in claimed:
        tasks.send(handing_over.CARRY_OUT, house, attempt_id)
    return 0  # whoever receives them tells nobody when it is done: the next tick looks


def renew(house: House) -> None:
    """Keeps the leases of what this process is carrying out. A job: every `RENEW_EVERY` seconds."""
    publisher = house.part(Publisher)
    with house.db.transaction() as session:
        # In the order of their ids, as everybody holds several shares: nobody waits for somebody who waits for them.
        ours = (
            select(Share.id)
            .where(
                Share.id.in_(publisher.share_ids),
                Share.lease_owner == publisher.worker,
                Share.state == ShareState.PUBLISHING,
            )
            .order_by(Share.id)
            .with_for_update(key_share=True)
        )
        session.execute(
            update(Share)
            .where(Share.id.in_(list(session.scalars(ours))))
            .values(lease_until=house.db.now(session) + LEASE)
            .execution_options(synchronize_session=False)
        )


def claim_due(
    db: Database,
    worker: str,
    limit: int,
    *,
    pace: int = 150,
    most_of_a_place: int = 1_000_000,
    lease_owner: str = "",
) -> list[int]:
    """Takes up shares that are due, those that wait longest first.

    Args:
        db: whose time judges what is due.
        worker: who claims.
        limit: how many at most; what can be started at once.
        pace: how many a place gets in a minute.
        most_of_a_place: how many of one place this worker carries out at once, when it is the only one.
        lease_owner: whose name stands on the leases; the worker's unless given.

    Returns:
        Ids of attempts, each for `carrying.carry_out` by who owns the lease. Their rows are committed.
    """
    claimed: list[int] = []
    if limit < 1 or not _anything_due(db):
        return claimed
    with db.transaction() as session:
        now = db.now(session)
        paused = rules.is_paused(session)
        gates = places.hold(session, db, now, pace=pace)
        room = _Room(gates, _busy(session, worker), most_of_a_place)
        while len(claimed) < limit:
            due = _due(session, db, now, room.full(), limit - len(claimed), only_looks=paused)
            taken = [share for share in due if room.take(share.place)]
            claimed += _claim(session, now, taken, worker, lease_owner or worker)
            if len(taken) == len(due) or not due:
                break
        gates.keep(session)
    if gates.unknown:  # the first shares of these places
        places.open_for(db, gates.unknown)
        left = limit - len(claimed)
        claimed += claim_due(db, worker, left, pace=pace, most_of_a_place=most_of_a_place, lease_owner=lease_owner)
    return claimed


@dataclass(frozen=True)
class _DueShare:
    id: int
    attempts_made: int
    record_key: str
    record_at: datetime | None
    unsettled_at: datetime | None
    network: str
    server: str

    @property
    def place(self) -> Place:
        return self.network, self.server


class _Room:
    """How many more shares each place takes now: what its bucket and its breaker let through, and what is seated."""

    def __init__(self, gates: Gates, busy: Counter[Place], most: int) -> None:
        self._gates, self._busy, self._most = gates, busy, most

    def take(self, place: Place) -> bool:
        """Takes a seat, if there is one."""
        if self._is_full(place) or not self._gates.take(place):
            return False
        self._busy[place] += 1
        return True

    def full(self) -> set[Place]:
        """Places that take none now."""
        return self._gates.shut() | {place for place in self._busy if self._is_full(place)}

    def _is_full(self, place: Place) -> bool:
        return self._busy[place] >= self._seats(self._busy[place])

    def _seats(self, own: int) -> int:
        """Half of what the others leave, and one always: several places that do not answer leave room as well."""
        others = self._busy.total() - own
        return max(1, self._most - others // 2)


def _anything_due(db: Database) -> bool:
    """A look without a write lock: most ticks find nothing."""
    with db.reading() as session:
        return session.scalar(select(Share.id).where(_is_due(db.now(session))).limit(1)) is not None


def _is_due(now: datetime) -> ColumnElement[bool]:
    in_time = and_(Share.state == ShareState.SCHEDULED, Share.deadline_at >= now)
    return and_(or_(in_time, Share.state == ShareState.UNCONFIRMED), Share.next_attempt_at <= now)


def _may_go() -> ColumnElement[bool]:
    """Where a network is switched off, what may be out there is still looked for, and nothing new is sent."""
    return or_(Share.state == ShareState.UNCONFIRMED, Connection.network.not_in(switches.off()))


def _due(
    session: Session, db: Database, now: datetime, full: Collection[Place], limit: int, *, only_looks: bool
) -> list[_DueShare]:
    # A share whose account needs a sign-in is left alone until then, or until its deadline.
    query = (
        select(
            Share.id,
            Share.attempts_made,
            Share.record_key,
            Share.record_at,
            Share.unsettled_at,
            Connection.network,
            Connection.server,
        )
        .join(Connection, Connection.id == Share.connection_id)
        .where(_is_due(now), Connection.state == ConnectionState.ACTIVE, _may_go())
        .order_by(Share.next_attempt_at, Share.id)
        .limit(limit)
    )
    if full:
        query = query.where(tuple_(Connection.network, Connection.server).not_in(full))
    if only_looks:  # the company's pause button: what may be out there already is still looked for
        query = query.where(Share.state == ShareState.UNCONFIRMED)
    if not db.is_sqlite:
        query = query.with_for_update(of=Share, skip_locked=True)
    return [_DueShare(*row) for row in session.execute(query)]


def _busy(session: Session, worker: str) -> Counter[Place]:
    """What a worker has claimed and nobody has finished, whoever carries it out."""
    count = (
        select(Connection.network, Connection.server, func.count())
        .select_from(Share)
        .join(ShareAttempt, and_(ShareAttempt.share_id == Share.id, ShareAttempt.number == Share.attempts_made))
        .join(Connection, Connection.id == Share.connection_id)
        .where(Share.state == ShareState.PUBLISHING, ShareAttempt.worker == worker)
        .group_by(Connection.network, Connection.server)
    )
    return Counter({(network, server): number for network, server, number in session.execute(count)})


def _claim(session: Session, now: datetime, due: Sequence[_DueShare], worker: str, lease_owner: str) -> list[int]:
    """Takes up shares whose rows this transaction holds: nobody else can have changed them since they were read."""
    if not due:
        return []
    # The key is chosen before the first try and the same for every one: a repeat is then the same post.
    changes = [
        (
            share.id,
            ShareState.PUBLISHING,
            share.attempts_made + 1,
            lease_owner,
            now + LEASE,
            now,
            share.record_key or new_record_key(now),
            share.record_at or now,
        )
        for share in due
    ]
    bulk.change(session, bulk.table_of(Share), CLAIMED, changes, key=("id",))
    attempts = [
        (
            share.id,
            share.attempts_made + 1,
            Purpose.PUBLISH if share.unsettled_at is None else Purpose.LOOK,
            worker,
            now,
            "",
            "",
        )
        for share in due
    ]
    bulk.add(session, bulk.table_of(ShareAttempt), BEGUN, attempts)
    # These shares have no other attempt of this number: the two are unique together.
    begun = select(ShareAttempt.id).join(Share, ShareAttempt.share_id == Share.id)
    numbered = ShareAttempt.number == Share.attempts_made
    return list(session.scalars(begun.where(Share.id.in_([share.id for share in due]), numbered)))
