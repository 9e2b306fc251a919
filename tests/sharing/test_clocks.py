"""Workers whose clocks differ: what is due, too late or held back is judged by the database's time alone."""

import time
from collections import Counter
from datetime import UTC, datetime, timedelta

import pytest
from sqlalchemy import func, select, update

from advocacy.base.clock import SystemClock
from advocacy.base.db import Database
from advocacy.sharing import left_behind, publishing
from advocacy.sharing.carrying import carry_out
from advocacy.sharing.models import Share, ShareAttempt, ShareState
from advocacy.sharing.publisher import Publisher
from advocacy.tasks import Tasks
from connectors import RateLimited, Reason
from tests.sharing.plain import PlainConnector
from tests.sharing.workers import WrongClock, worker_of

AHEAD, BEHIND = timedelta(minutes=5), timedelta(minutes=-5)
SAID = Reason("The network said something.")


@pytest.fixture
def ada(make):
    return make.user("Ada")


@pytest.fixture
def planned(sharing, make, ada, clock):
    """For ten minutes from now."""
    account = sharing.connect(ada, "plain")
    [share] = sharing.share(ada, make.item(), account, due_at=clock.now() + timedelta(minutes=10))
    return share


@pytest.fixture(params=[AHEAD, BEHIND], ids=["5 minutes ahead", "5 minutes behind"])
def worker(request, house, clock, plain):
    """A worker on a machine whose clock is wrong."""
    return worker_of(house, name="wrong", clock=WrongClock(clock, request.param), connectors=(plain,))


def round_of(worker):
    """What a tick does, to its end."""
    left_behind.recover(worker.db)
    left_behind.give_up_late(worker)
    left_behind.ask_where_nobody_can_look(worker.db)
    attempts = publishing.claim_due(worker.db, "wrong", 50)
    for attempt in attempts:
        carry_out(worker, attempt)
    return len(attempts)


def test_a_worker_with_a_wrong_clock_publishes_neither_early_nor_late(sharing, planned, plain, clock, worker):
    clock.move(minutes=9, seconds=59)
    assert round_of(worker) == 0
    clock.move(seconds=1)
    assert round_of(worker) == 1
    assert len(plain.posts) == 1
    assert sharing.now(planned).state is ShareState.PUBLISHED


def test_a_worker_with_a_wrong_clock_neither_misses_what_is_in_time_nor_fires_what_is_late(
    sharing, make, ada, planned, plain, clock, worker
):
    clock.move(minutes=10, hours=2)
    left_behind.give_up_late(worker)
    assert sharing.now(planned).state is ShareState.SCHEDULED, "its two hours are not over"
    clock.move(seconds=1)
    assert round_of(worker) == 0
    assert sharing.now(planned).state is ShareState.MISSED
    assert plain.posts == []


def test_a_wait_that_a_network_asks_for_is_as_long_on_a_wrong_clock(sharing, planned, plain, clock, worker):
    clock.move(minutes=10)
    plain.fails(RateLimited(SAID, until=worker.clock.now() + timedelta(minutes=3)))
    round_of(worker)
    clock.move(minutes=2, seconds=59)
    assert round_of(worker) == 0
    clock.move(seconds=1)
    assert round_of(worker) == 1
    assert sharing.now(planned).state is ShareState.PUBLISHED


def test_what_a_worker_writes_down_is_by_the_databases_time(sharing, planned, plain, clock, worker):
    now = clock.move(minutes=10)
    round_of(worker)
    with worker.db.reading() as session:
        attempt = session.scalar(select(ShareAttempt))
    assert (attempt.started_at, attempt.sent_at, attempt.finished_at) == (now, now, now)
    assert sharing.now(planned).record_at == now


def test_the_pace_of_a_minute_counts_what_workers_with_wrong_clocks_took(sharing, make, ada, clock, worker):
    account = sharing.connect(ada, "plain")
    for number in range(4):
        sharing.share(ada, make.item(), account, text=f"Words {number}")
    clock.move(seconds=11)
    assert len(publishing.claim_due(worker.db, "wrong", 9, pace=2)) == 2
    assert len(publishing.claim_due(sharing.house.db, "right", 9, pace=2)) == 0
    clock.move(seconds=61)
    assert len(publishing.claim_due(sharing.house.db, "right", 9, pace=2)) == 2


def test_a_share_for_now_can_be_undone_as_long_where_the_web_servers_clock_is_behind(signed_in, sharing, make, ada):
    """The web server's machine is wrong too: the share's time is the database's."""
    sharing.connect(ada)
    item = make.item(captions=["Words"])
    browser, right = signed_in(ada), sharing.house.clock
    sharing.house.clock = WrongClock(right, BEHIND)
    browser.submit(f"/share/{item.id}", {"do": "share"})
    right.move(seconds=9)
    assert publishing.claim_due(sharing.house.db, "a worker", 1) == []
    assert "Undo" in browser.get("/my-shares").text
    right.move(seconds=1)
    assert len(publishing.claim_due(sharing.house.db, "a worker", 1)) == 1


class Watch(PlainConnector):
    """A network that notes when each post arrived."""

    def __init__(self):
        super().__init__()
        self.arrived = []

    def publish(self, draft, credentials):
        self.arrived.append((draft.key, datetime.now(UTC)))
        return super().publish(draft, credentials)


def test_three_workers_whose_clocks_differ_by_ten_minutes_publish_each_share_once_and_on_time(
    sharing, make, ada, house, database_url, monkeypatch
):
    """By the database's real time, each worker with connections of its own."""
    monkeypatch.setattr(publishing, "ROUND", 0.0)  # one goes on for no longer than its turn
    people = [ada, *(make.user() for _ in range(3))]
    accounts = [sharing.connect(person, "plain", handle=f"handle{person.id}") for person in people]
    made = [
        sharing.share(person, make.item(), account, text=f"Words {number} of {person.id}")[0]
        for person, account in zip(people, accounts, strict=True)
        for number in range(6)
    ]
    network, machine = Watch(), SystemClock()
    workers = [
        worker_of(
            house,
            name=f"{ahead}",
            clock=WrongClock(machine, ahead),
            db=Database(database_url),
            connectors=(network,),
        )
        for ahead in (AHEAD, timedelta(0), BEHIND)
    ]
    with workers[0].db.transaction() as session:
        start = workers[0].db.now(session)
        off = start - machine.now()
        due = {
            share.idempotency_key: start + timedelta(seconds=1 + number * 0.1) for number, share in enumerate(made)
        }
        for share in made:
            at = due[share.idempotency_key]
            values = {"due_at": at, "next_attempt_at": at, "deadline_at": at + timedelta(hours=2)}
            session.execute(update(Share).where(Share.id == share.id).values(**values))
    ends = time.monotonic() + 30
    while count(house, ShareState.PUBLISHED) < len(made) and time.monotonic() < ends:
        for worker in workers:
            publishing.tick(worker)
        with house.db.reading() as session:
            done = Counter(session.scalars(select(ShareAttempt.worker)))
        workers.sort(key=lambda worker: done[worker.part(Publisher).worker])  # who did least comes first
        time.sleep(0.02)
    for worker in workers:
        worker.part(Tasks).end()
        worker.db.dispose()
    assert count(house, ShareState.PUBLISHED) == len(made)
    assert sorted(key for key, _ in network.arrived) == sorted(due), "each once"
    late = [(at + off - due[key]).total_seconds() for key, at in network.arrived]
    assert min(late) > -0.2, "one went out early"
    assert max(late) < 20, "one went out late"
    with house.db.reading() as session:
        shown = set(session.scalars(select(ShareAttempt.worker)))
    assert len(shown) == 3, "all three took part"


def count(house, state):
    with house.db.reading() as session:
        return session.scalar(select(func.count()).where(Share.state == state))
