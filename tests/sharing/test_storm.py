"""A storm: hundreds of shares at once, networks that fail at random, threads that die, and clocks that are wrong.

Nothing is there twice, nothing is lost, and each share comes to an end. By the database's real time, each worker with
connections of its own. `STORM_SHARES` says how many.
"""

from __future__ import annotations

import os
import random
import threading
import time
from collections import Counter
from collections.abc import Callable
from copy import copy
from datetime import UTC, datetime, timedelta

import pytest
from sqlalchemy import func, or_, select, update

from advocacy.base import logs
from advocacy.base.clock import Clock, SystemClock
from advocacy.base.db import Database
from advocacy.sharing import outcomes, publishing
from advocacy.sharing.models import Share, ShareAttempt, ShareState
from advocacy.tasks import Tasks
from connectors import Idempotency, OutcomeUnknown, RateLimited, Reason, Transient
from tests.sharing.plain import PlainConnector
from tests.sharing.workers import WrongClock, worker_of

pytestmark = pytest.mark.usefixtures("sums_agree")

SHARES = int(os.environ.get("STORM_SHARES", "240"))
MACHINES = {
    "right": timedelta(0),
    "also right": timedelta(0),
    "ahead": timedelta(minutes=5),
    "behind": timedelta(minutes=-5),
}
DEVICES = {"key": Idempotency("key", timedelta(hours=1)), "record": Idempotency("record")}
NETWORKS = ("plain", "blind", *DEVICES)
A_DAY = 10
"""Shares of one person to one network."""
BAD_WEATHER, DEATHS = 0.4, 0.02
"""How many requests of a network go wrong, and how many steps of a worker are its thread's last."""
SAID = Reason("The network said something.")


class Stormy(PlainConnector):
    """Takes its time, and fails at random before or after it has made the post."""

    def __init__(self, name: str, dice: random.Random) -> None:
        super().__init__()
        self.name = self.network = name
        self.idempotency = DEVICES.get(name, Idempotency("none"))
        self.sees_posts = name != "blind"
        self.made: Counter[str] = Counter()
        self.first: dict[str, datetime] = {}
        self._dice, self._lock = dice, threading.Lock()
        self._now: Callable[[], datetime] = SystemClock().now

    def on(self, machine: Clock) -> Stormy:
        """The same network as a connector on this machine reaches it: its waits are reckoned by that clock."""
        seen = copy(self)
        seen._now = machine.now
        return seen

    def publish(self, draft, credentials):
        with self._lock:
            drawn, pause = self._dice.random() / BAD_WEATHER, self._dice.uniform(0, 0.02)
            self.first.setdefault(draft.key, datetime.now(UTC))
        time.sleep(pause)
        if drawn < 0.2:
            raise Transient(SAID)
        if drawn < 0.3:
            raise RateLimited(SAID, until=self._now() + timedelta(seconds=1))
        if drawn < 0.6:
            raise OutcomeUnknown(SAID)
        with self._lock:
            is_repeat = self.name in DEVICES and self.made[draft.key] > 0
            self.made[draft.key] += 0 if is_repeat else 1
        if drawn < 1:
            raise OutcomeUnknown(SAID)
        return self._receipt(1)

    def find(self, draft, credentials, since):
        with self._lock:
            is_unwell = self._dice.random() < BAD_WEATHER / 2
        if is_unwell:
            raise Transient(SAID)
        return self._receipt(1) if self.sees_posts and self.made[draft.key] else None


class Gone(BaseException):
    """This thread of a worker is no more."""


class Dying:
    """Steps of which any may be the last."""

    def __init__(self, dice: random.Random) -> None:
        self._dice, self._lock = dice, threading.Lock()
        self.deaths: Counter[str] = Counter()

    def __call__(self, step: str) -> None:
        with self._lock:
            if self._dice.random() < DEATHS:
                self.deaths[step] += 1
                raise Gone


@pytest.fixture
def storm(monkeypatch) -> dict[str, Stormy]:
    """The networks; waits and leases are short, so that it does not last for hours."""
    logs.set_up(level="critical", as_json=True)  # hundreds of faults are logged here, on purpose
    monkeypatch.setattr(outcomes, "LONGEST_WAIT", timedelta(seconds=1))
    monkeypatch.setattr(publishing, "LEASE", timedelta(seconds=4))
    dice = random.Random(11)
    return {name: Stormy(name, dice) for name in NETWORKS}


def ask_for(sharing, make, storm) -> list[Share]:
    """Many people share many items to every network."""
    known = sharing.networks.registry
    for name, network in storm.items():
        known._known[name] = known._awake[name] = network
    people = [make.user() for _ in range(-(-SHARES // len(NETWORKS) // A_DAY))]
    accounts = [[sharing.connect(one, name, handle=f"h{one.id}") for name in NETWORKS] for one in people]
    items = [make.item() for _ in range(A_DAY)]
    made = []
    for item in items:
        for person, mine in zip(people, accounts, strict=True):
            made += sharing.share(person, item, *mine, text=f"Words {len(made)}") if len(made) < SHARES else []
    return made


def make_due(db: Database, made: list[Share]) -> dict[str, datetime]:
    """Within two seconds from now, by the database's real time. Returns when by this machine's clock, by key."""
    due = {}
    with db.transaction() as session:
        now = db.now(session)
        ahead = datetime.now(UTC) - now
        for number, share in enumerate(made):
            at = now + timedelta(seconds=0.5 + 1.5 * number / len(made))
            due[share.idempotency_key] = at + ahead
            session.execute(
                update(Share)
                .where(Share.id == share.id)
                .values(due_at=at, next_attempt_at=at, deadline_at=at + timedelta(hours=2))
            )
    return due


class Fleet:
    """Workers on their machines, each ticking in a thread of its own."""

    def __init__(self, house, database_url: str, storm: dict[str, Stormy], dying: Dying) -> None:
        clocks = {name: WrongClock(SystemClock(), ahead) for name, ahead in MACHINES.items()}
        self.workers = [
            worker_of(
                house,
                name=name,
                clock=clock,
                db=Database(database_url, pool_size=4),
                connectors=tuple(network.on(clock) for network in storm.values()),
                pace=10_000,
                most_of_a_place=4,
                threads=6,
                step=dying,
            )
            for name, clock in clocks.items()
        ]
        self.faults: list[BaseException] = []
        self._ended = threading.Event()
        jobs = ((self._every, worker, job, pause) for worker in self.workers for job, pause in self._timetable())
        self._threads = [threading.Thread(target=job[0], args=job[1:]) for job in jobs]

    def _timetable(self):
        return (publishing.tick, 0.1), (publishing.renew, 1.0)

    def _every(self, worker, job, pause: float) -> None:
        while not self._ended.wait(pause):
            try:
                job(worker)
            except Gone:  # the thread that ticks is no more; its process is started again
                continue
            except Exception as fault:
                self.faults.append(fault)
                return

    def __enter__(self) -> Fleet:
        for thread in self._threads:
            thread.start()
        return self

    def __exit__(self, *_: object) -> None:
        self._ended.set()
        for thread in self._threads:
            thread.join()
        for worker in self.workers:
            worker.part(Tasks).end()
            worker.db.dispose()


def on_its_way(db: Database) -> int:
    """Shares that nobody has settled and nobody was asked about."""
    moving = or_(Share.state.in_((ShareState.SCHEDULED, ShareState.PUBLISHING)), Share.next_attempt_at.is_not(None))
    with db.reading() as session:
        return session.scalar(select(func.count()).select_from(Share).where(moving)) or 0


def test_a_storm_loses_nothing_and_doubles_nothing(sharing, make, storm, database_url, capsys):
    made = ask_for(sharing, make, storm)
    dying, ends = Dying(random.Random(5)), time.monotonic() + 120
    fleet = Fleet(sharing.house, database_url, storm, dying)
    due = make_due(fleet.workers[0].db, made)
    with fleet:
        start = time.monotonic()
        while on_its_way(sharing.house.db) and time.monotonic() < ends and not fleet.faults:
            time.sleep(0.1)
        took = time.monotonic() - start
    assert fleet.faults == []
    with sharing.house.db.reading() as session:
        shares = list(session.scalars(select(Share)))
        workers = Counter(session.scalars(select(ShareAttempt.worker)))
    found = Counter(
        (share.network, share.state.value, storm[share.network].made[share.idempotency_key]) for share in shares
    )
    with capsys.disabled():
        database = sharing.house.db.engine.dialect.name
        print(
            f"\n  storm on {database}: {took:.0f} s, {workers.total()} tries, {dying.deaths.total()} deaths, ", end=""
        )
        print(
            ", ".join(f"{network} {state} with {posts}: {n}" for (network, state, posts), n in sorted(found.items()))
        )
    assert len(shares) == len(made) == SHARES
    assert max(posts for _, _, posts in found) == 1, "a post is there twice"
    assert set(found) <= {
        ("plain", "published", 1),
        ("plain", "unconfirmed", 0),
        ("blind", "published", 1),
        ("blind", "unconfirmed", 0),
        ("blind", "unconfirmed", 1),
        ("key", "published", 1),
        ("record", "published", 1),
    }
    assert all(share.next_attempt_at is None for share in shares)
    assert set(workers) == set(MACHINES), "all took part"
    early = [
        key
        for network in storm.values()
        for key, at in network.first.items()
        if at < due[key] - timedelta(seconds=0.2)
    ]
    assert early == []
    assert dying.deaths.total() > 0
