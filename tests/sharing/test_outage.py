"""Networks that do not answer, or refuse, keep no other waiting: their outage delays the others by less than five seconds."""

import threading
import time
from datetime import UTC, datetime, timedelta

import pytest
from sqlalchemy import func, select, update

from advocacy.base.clock import SystemClock
from advocacy.base.db import Database
from advocacy.sharing import publishing
from advocacy.sharing.models import Share, ShareState
from advocacy.sharing.places import FAILURES
from advocacy.tasks import Tasks
from config import Settings
from connectors import OutcomeUnknown, Reason, Transient
from tests.sharing.plain import PlainConnector
from tests.sharing.workers import worker_of

DUE_AT_ONCE = 30
"""Shares to the network that is away: many times the worker's threads."""


class Away(PlainConnector):
    """Takes the connection and says nothing for as long as a connector waits, or until the test ends."""

    def __init__(self) -> None:
        super().__init__()
        self.back = threading.Event()

    def publish(self, draft, credentials):
        self.asked.append("publish")
        self.back.wait(60)
        raise OutcomeUnknown(Reason("It did not answer."))


class Refusing(PlainConnector):
    """Takes no connection at all."""

    name = network = "refusing"

    def publish(self, draft, credentials):
        self.asked.append("publish")
        raise Transient(Reason("It takes no connection."))


class Well(PlainConnector):
    """Answers at once, and notes when it was asked."""

    name = network = "well"

    def __init__(self) -> None:
        super().__init__()
        self.asked_at: list[datetime] = []

    def publish(self, draft, credentials):
        self.asked_at.append(datetime.now(UTC))
        return super().publish(draft, credentials)


@pytest.fixture(params=[1, 3], ids=["one is away", "three are away"])
def due(request, sharing, make):
    """Thirty shares to what is away, on one server or on three, as many to what refuses, then five to what is well."""
    away, refusing, well = Away(), Refusing(), Well()
    known = sharing.networks.registry
    for network in (away, refusing, well):
        known._known[network.name] = known._awake[network.name] = network
    items = [make.item() for _ in range(DUE_AT_ONCE // 3)]
    people = [make.user() for _ in range(3)]
    for number, person in enumerate(people):
        account = sharing.connect(person, "plain", handle=f"h{person.id}")
        with sharing.house.db.transaction() as session:
            session.merge(account).server = f"server{number}" if request.param == 3 else ""
        refused = sharing.connect(person, "refusing", handle=f"h{person.id}")
        for item in items:
            sharing.share(person, item, account, refused)
    other = sharing.connect(people[0], "well", handle="here")
    for item in items[:5]:
        sharing.share(people[0], item, other)
    yield away, refusing, well
    away.back.set()


def test_an_outage_delays_the_other_networks_by_less_than_five_seconds(sharing, due, database_url):
    away, refusing, well = due
    threads = Settings().worker_threads
    worker = worker_of(
        sharing.house,
        name="w",
        clock=SystemClock(),
        db=Database(database_url),
        connectors=due,
        threads=threads,
        most_of_a_place=threads // 2,
    )
    with worker.db.transaction() as session:
        now = worker.db.now(session)
        ahead = datetime.now(UTC) - now
        session.execute(update(Share).values(due_at=now, next_attempt_at=now, deadline_at=now + timedelta(hours=2)))
    ends = time.monotonic() + 30
    while len(well.asked_at) < 5 and time.monotonic() < ends:
        publishing.tick(worker)
        time.sleep(1)  # as the timetable does
    assert [at - (now + ahead) < timedelta(seconds=5) for at in well.asked_at] == [True] * 5
    assert 1 < len(away.asked) < threads, "what is away really is, and has a part of the worker"
    assert FAILURES <= len(refusing.asked) < FAILURES + threads, "it was really asked, and then left alone"
    away.back.set()
    worker.part(Tasks).end()
    with worker.db.reading() as session:
        published = select(func.count()).where(Share.network == "well", Share.state == ShareState.PUBLISHED)
        assert session.scalar(published) == 5
    worker.db.dispose()
