"""With a broker, figures are read by whichever worker takes the message up: each look once, and none lost."""

import secrets
import time

import pytest
from sqlalchemy import func, select

from advocacy.reach import figures
from advocacy.reach.models import FigureReading
from advocacy.sharing.handing_over import CARRY_OUT
from advocacy.tasks import Tasks
from tests.peers.processes import free_port
from tests.reach.test_figures import bluesky, goes_out, house, mastodon, plain, plainly, sharing
from tests.sharing.test_brokers import broker_url, until

__all__ = ["bluesky", "broker_url", "goes_out", "house", "mastodon", "plain", "plainly", "sharing"]

pytestmark = pytest.mark.xdist_group("brokers")
WORKS = {CARRY_OUT: lambda _house, _number: None, figures.LOOK: figures.take_up}


@pytest.fixture
def tasks(house, broker_url):
    """The house's tasks, with a queue of their own at the broker."""
    made = Tasks(threads=2, broker_url=broker_url, queue=f"test-{secrets.token_hex(4)}", works=WORKS)
    house._parts[Tasks] = made
    yield made
    made.end()


@pytest.fixture
def asked(plain, monkeypatch):
    """How often the network was asked for figures."""
    calls, answers = [], plain.figures
    monkeypatch.setattr(plain, "figures", lambda *args: calls.append(args) or answers(*args))
    return calls


def readings(house):
    with house.db.reading() as session:
        return session.scalar(select(func.count(FigureReading.id)))


def test_figures_that_are_due_are_read_by_who_receives_the_message(house, tasks, plainly, clock, asked):
    figures.keep_up(house)
    clock.move(hours=1)
    for _ in range(3):
        figures.tick(house)
    until(lambda: tasks.waiting() == 1)
    assert asked == [], "who sends does not look, and one message is enough"
    tasks.receive(house)
    until(lambda: readings(house) == 1)
    assert tasks.waiting() == 0


def test_a_message_that_comes_twice_asks_the_network_once(house, plainly, clock, asked):
    figures.keep_up(house)
    clock.move(hours=1)
    figures.take_up(house, plainly.connection_id)
    figures.take_up(house, plainly.connection_id)
    assert len(asked) == readings(house) == 1


def test_while_the_broker_is_away_the_worker_reads_itself_and_sends_again_later(
    house, plainly, clock, asked, monkeypatch
):
    away = Tasks(threads=2, broker_url=f"redis://127.0.0.1:{free_port()}", works=WORKS)
    house._parts[Tasks] = away
    figures.keep_up(house)
    clock.move(hours=1)
    assert figures.tick(house) == 1
    until(lambda: readings(house) == 1)
    clock.move(days=2)
    assert figures.tick(house) == 0, "it was sent a moment ago"
    monkeypatch.setattr(figures, "SEND_AGAIN", 0.01)
    time.sleep(0.02)
    assert figures.tick(house) == 1
    away.end()
    assert len(asked) == 2
