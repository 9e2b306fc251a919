"""With a broker, claimed shares travel in messages: late, twice or never, each is published once."""

from __future__ import annotations

import secrets
import subprocess
import sys
import time
from datetime import timedelta

import pytest
from pydantic import ValidationError
from sqlalchemy import update

from advocacy.admin import health
from advocacy.admin.health import Verdict
from advocacy.sharing import handing_over, left_behind, publishing
from advocacy.sharing.handing_over import CARRY_OUT, take_up
from advocacy.sharing.models import Share, ShareState
from advocacy.sharing.publisher import LEASE, Publisher
from advocacy.tasks import Tasks
from config import Settings
from tests.peers.processes import free_port
from tests.sharing.workers import worker_of

pytestmark = pytest.mark.xdist_group("brokers")


@pytest.fixture(params=["redis", "rabbitmq"])
def broker_url(request):
    """A real broker of each kind."""
    return request.getfixturevalue(f"{request.param}_url")


@pytest.fixture
def tasks(house, broker_url):
    """The house's tasks, with a queue of their own at the broker."""
    made = Tasks(threads=2, broker_url=broker_url, queue=f"test-{secrets.token_hex(4)}", works={CARRY_OUT: take_up})
    house._parts[Tasks] = made
    yield made
    made.end()


@pytest.fixture
def due(sharing, make, clock):
    """Makes a share of one's own that is due."""
    ada = make.user("Ada")
    connection = sharing.connect(ada, "plain")

    def share():
        [made] = sharing.share(ada, make.item(), connection)
        clock.move(seconds=11)
        return made

    return share


def until(says, seconds=10):
    end = time.monotonic() + seconds
    while not says():
        assert time.monotonic() < end, "it did not happen"
        time.sleep(0.05)


def claimed(house):
    """Attempts that are claimed as for messages, which nobody sends."""
    worker = house.part(Publisher).worker
    return publishing.claim_due(house.db, worker, 9, lease_owner=handing_over.IN_A_MESSAGE)


def test_a_due_share_is_sent_as_a_message_and_carried_out_by_who_receives_it(house, tasks, due, sharing, plain):
    share = due()
    publishing.tick(house)
    until(lambda: tasks.waiting() == 1)
    assert sharing.now(share).state is ShareState.PUBLISHING
    assert plain.posts == [], "who claims it does not carry it out"
    tasks.receive(house)
    until(lambda: sharing.now(share).state is ShareState.PUBLISHED)
    assert len(plain.posts) == 1
    assert tasks.waiting() == 0


def test_a_message_that_is_delivered_twice_publishes_once(house, tasks, due, sharing, plain):
    share, other = due(), due()
    attempts = claimed(house)
    for _ in range(4):
        for attempt in attempts:
            tasks.send(CARRY_OUT, house, attempt)
    tasks.receive(house)
    until(lambda: {sharing.now(one).state for one in (share, other)} == {ShareState.PUBLISHED})
    until(lambda: tasks.waiting() == 0)
    assert len(plain.posts) == 2
    assert sharing.now(share).attempts_made == 1


def test_no_more_is_under_way_than_the_worker_has_threads(house, tasks, due):
    for _ in range(5):
        due()
    for _ in range(3):
        publishing.tick(house)
    until(lambda: tasks.waiting() == 2)


def test_a_message_is_taken_up_by_one_worker_only(house, clock, due, plain, sharing):
    share = due()
    [attempt] = claimed(house)
    other = worker_of(house, name="another worker", clock=clock, connectors=(plain,))
    publish, owners = plain.publish, []

    def meanwhile(*args):
        take_up(other, attempt)
        owners.append(sharing.now(share).lease_owner)
        return publish(*args)

    plain.publish = meanwhile
    take_up(house, attempt)
    take_up(other, attempt)
    assert owners == [house.part(Publisher).worker]
    assert len(plain.posts) == 1
    assert sharing.now(share).state is ShareState.PUBLISHED


def test_a_message_that_comes_after_its_lease_was_settled_does_nothing(house, due, plain, sharing):
    share = due()
    [late] = claimed(house)
    with house.db.transaction() as session:
        past = house.db.now(session) - timedelta(seconds=1)
        session.execute(update(Share).values(lease_until=past))
    assert left_behind.recover(house.db) == 1
    [again] = claimed(house)
    take_up(house, late)
    assert plain.posts == []
    take_up(house, again)
    assert len(plain.posts) == 1
    assert sharing.now(share).state is ShareState.PUBLISHED


def test_who_receives_a_message_has_the_lease_and_so_keeps_it(house, due, plain, sharing):
    share = due()
    [attempt] = claimed(house)
    publish, leases = plain.publish, []

    def look(*args):
        stands = sharing.now(share)
        leases.append((stands.lease_owner, stands.lease_until))
        return publish(*args)

    plain.publish = look
    house.clock.move(seconds=20)  # on its way
    take_up(house, attempt)
    assert leases == [(house.part(Publisher).worker, house.clock.now() + LEASE)]


@pytest.mark.parametrize("scheme", ["redis", "amqp"])
def test_while_the_broker_is_away_the_worker_carries_out_what_it_claims(house, due, sharing, plain, scheme):
    away = Tasks(threads=2, broker_url=f"{scheme}://127.0.0.1:{free_port()}", works={CARRY_OUT: take_up})
    house._parts[Tasks] = away
    share = due()
    publishing.tick(house)
    until(lambda: sharing.now(share).state is ShareState.PUBLISHED)
    away.end()
    assert len(plain.posts) == 1


def test_the_health_page_shows_the_broker_and_what_waits(house, tasks, due, monkeypatch):
    monkeypatch.setattr("advocacy.migrating.is_current", lambda _db: True)
    due()
    publishing.tick(house)
    until(lambda: tasks.waiting() == 1)
    found = {str(check.name): check for check in health.examine(house)}
    assert found["Task broker"].verdict is Verdict.FINE
    assert str(found["Task broker"].says) == f"{tasks.broker} answers. 1 pieces of work wait in its queue."


def test_the_health_page_says_what_to_do_about_a_broker_that_is_away(house, monkeypatch):
    monkeypatch.setattr("advocacy.migrating.is_current", lambda _db: True)
    assert "Task broker" not in {str(check.name) for check in health.examine(house)}, "there is none"
    house._parts[Tasks] = away = Tasks(threads=1, broker_url=f"redis://127.0.0.1:{free_port()}")
    found = {str(check.name): check for check in health.examine(house)}
    away.end()
    assert found["Task broker"].verdict is Verdict.LOOK
    assert "TASK_BROKER_URL" in str(found["Task broker"].advice)


@pytest.mark.parametrize("wrong", ["localhost:6379", "http://localhost", "redis://", "sqs://queue"])
def test_an_address_that_is_no_broker_stops_the_start(wrong):
    with pytest.raises(ValidationError, match="must be like redis://"):
        Settings(task_broker_url=wrong)


def test_a_hub_without_a_broker_does_not_load_celery():
    look = "import sys, advocacy.cli; print({'celery', 'kombu'} & set(sys.modules))"
    said = subprocess.run([sys.executable, "-c", look], capture_output=True, text=True, check=True).stdout
    assert said == "set()\n"
