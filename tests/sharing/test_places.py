"""A place that does not answer, or asks our whole app to wait, is left alone; and nobody passes its pace."""

from datetime import timedelta

import pytest
from sqlalchemy import func, select

from advocacy.admin import health
from advocacy.admin.health import Verdict
from advocacy.base.text import Text
from advocacy.sharing import connections, left_behind, places, publishing
from advocacy.sharing.carrying import carry_out
from advocacy.sharing.models import Share, ShareAttempt, ShareState
from advocacy.sharing.publisher import Publisher
from connectors import OutcomeUnknown, RateLimited, Reason, Rejected, Transient
from tests.sharing.workers import worker_of

AWAY = Reason("Plain is away.")


@pytest.fixture
def people(sharing, make):
    """People with an account at the same place each."""
    found = []
    for _ in range(3):
        person = make.user()
        found.append((person, sharing.connect(person, "plain", handle=f"h{person.id}")))
    return found


@pytest.fixture
def due(sharing, make, people, house):
    """Makes shares that are due, of one person or of all in turns."""

    def plan(count, *, of=None):
        made = []
        for number in range(count):
            person, account = people[number % len(people) if of is None else of]
            made += sharing.share(person, make.item(), account, text=f"Words {number}")
        house.clock.move(seconds=11)
        return made

    return plan


def claim(house, limit=50, *, pace=150, worker="this worker"):
    return publishing.claim_due(house.db, worker, limit, pace=pace)


def fall_ill(house, due, plain, error=None):
    """As many failures in a row as it takes."""
    shares = due(places.FAILURES + 4)
    for attempt in claim(house, places.FAILURES):
        plain.fails(error or Transient(AWAY))
        carry_out(house, attempt)
    return shares


@pytest.mark.parametrize("error", [Transient(AWAY), OutcomeUnknown(AWAY)], ids=["refuses", "hangs"])
def test_a_place_that_fails_in_a_row_is_left_alone_by_all_workers_until_one_share_tries(house, due, plain, error):
    fall_ill(house, due, plain, error)
    assert claim(house) == claim(house, worker="another") == []
    house.clock.move(seconds=places.FIRST_WAIT.seconds)
    [tries] = claim(house, worker="another")
    assert claim(house) == [], "one at a time"
    plain.fails(Transient(AWAY))
    carry_out(worker_of(house, name="another", clock=house.clock, connectors=(plain,)), tries)
    house.clock.move(seconds=places.FIRST_WAIT.seconds)
    assert claim(house) == [], "the wait has doubled"
    house.clock.move(seconds=places.FIRST_WAIT.seconds)
    [tries] = claim(house)
    carry_out(house, tries)
    assert len(claim(house)) > 1, "it answers again"


def test_who_fails_after_it_was_left_alone_makes_the_wait_no_longer(house, due, plain):
    due(places.FAILURES + 3)
    attempts = claim(house, places.FAILURES + 2)
    for attempt in attempts:  # two were under way already
        plain.fails(Transient(AWAY))
        carry_out(house, attempt)
    house.clock.move(seconds=places.FIRST_WAIT.seconds)
    assert len(claim(house)) == 1


def test_failures_that_are_not_in_a_row_open_nothing(house, due, plain, monkeypatch):
    monkeypatch.setattr(places, "LOOK_EVERY", 0.0)
    due(2 * places.FAILURES + 2)
    for number, attempt in enumerate(claim(house, 2 * places.FAILURES)):
        if number % 2:
            plain.fails(Transient(AWAY))
        carry_out(house, attempt)
    assert len(claim(house, 1)) == 1


def test_a_refusal_is_an_answer_and_opens_nothing(house, due, plain):
    fall_ill(house, due, plain, Rejected(AWAY))
    assert len(claim(house, 2)) == 2


def test_the_worker_that_tries_may_die_and_another_one_tries_after_it(house, due, plain):
    fall_ill(house, due, plain)
    house.clock.move(seconds=places.FIRST_WAIT.seconds)
    assert len(claim(house)) == 1
    house.clock.move(seconds=59)
    assert claim(house) == []
    house.clock.move(seconds=2)
    assert len(claim(house)) == 1


@pytest.mark.parametrize("whole_app", [True, False], ids=["of the app", "of one account"])
def test_a_limit_holds_back_whom_it_is_meant_for(house, sharing, due, plain, whole_app):
    mine, others = due(1, of=0), due(1, of=1)
    until = house.clock.now() + timedelta(minutes=30)
    plain.fails(RateLimited(AWAY, until=until, whole_app=whole_app))
    [attempt] = claim(house, 1)
    carry_out(house, attempt)
    assert len(claim(house)) == (0 if whole_app else 1)
    house.clock.move(minutes=31)
    sharing.work()
    published = {sharing.now(share).state for share in mine + (others if whole_app else [])}
    assert published == {ShareState.PUBLISHED}


def test_all_workers_together_take_no_more_in_any_minute_than_the_pace(house, due, plain):
    due(24)
    taken = []
    for second in range(130):
        for worker in ("this worker", "another"):
            for attempt in claim(house, 3, pace=5, worker=worker):
                taken.append(second)
                carry_out(worker_of(house, name=worker, clock=house.clock, connectors=(plain,)), attempt)
        house.clock.move(seconds=1)
    most = max(sum(start <= at < start + 60 for at in taken) for start in range(130))
    assert most == 5
    assert len(taken) == 15, "and no less"
    with house.db.reading() as session:
        assert session.scalar(select(func.count(ShareAttempt.id))) == len(plain.posts) == 15
        assert session.scalar(select(func.count(Share.id)).where(Share.state == ShareState.PUBLISHED)) == 15


def test_administrators_read_what_is_wrong_and_when_the_next_try_is(house, due, plain, signed_in, make, monkeypatch):
    monkeypatch.setattr("advocacy.migrating.is_current", lambda _db: True)
    fall_ill(house, due, plain)
    found = [check for check in health.examine(house) if str(check.name) == "Plain"]
    assert [check.verdict for check in found] == [Verdict.LOOK]
    assert "Plain is away." in str(found[0].says)
    next_try = house.clock.now() + places.FIRST_WAIT
    assert f"{next_try:%H:%M:%S}" in str(found[0].says)
    page = signed_in(make.admin()).get("/admin/networks").text
    assert "Plain is away." in page
    assert f"{next_try:%H:%M:%S}" in page


def missed(sharing, share):
    late = sharing.now(share)
    assert late.state is ShareState.MISSED
    return str(Text.from_json(late.reason)) if late.reason else ""


def test_a_share_that_waited_too_long_for_a_place_that_does_not_answer_says_so(house, sharing, due, plain, people):
    *_, waited = fall_ill(house, due, plain)
    [signed_out] = due(1, of=1)
    connections.disconnect(house, user_id=people[1][0].id, connection_id=people[1][1].id)
    stopped = house.clock.now()
    house.clock.move(hours=2, minutes=1)
    left_behind.give_up_late(house)
    assert missed(sharing, waited) == (
        f"Plain did not answer from {stopped - timedelta(seconds=11):%Y-%m-%d %H:%M} UTC until the time for your post "
        "had passed."
    )
    assert "did not answer" not in missed(sharing, signed_out), "its account kept it, not the network"


def test_a_share_that_waited_too_long_for_a_limit_or_its_turn_says_so(house, sharing, due, plain):
    second = due(2)[1]
    until = house.clock.now() + timedelta(hours=5)
    plain.fails(RateLimited(AWAY, until=until, whole_app=True))
    [attempt] = claim(house, 1)
    carry_out(house, attempt)
    house.clock.move(hours=2, minutes=1)
    left_behind.give_up_late(house)
    assert missed(sharing, second) == (
        f"Plain asked us to send nothing until {until:%Y-%m-%d %H:%M} UTC, and the time for your post passed before that."
    )
    house.clock.move(hours=5)
    late = due(2)
    house.clock.move(hours=1, minutes=59, seconds=40)
    assert len(claim(house, pace=1)) == 1
    house.part(Publisher).pace = 1
    house.clock.move(seconds=30)
    left_behind.give_up_late(house)
    assert "More was due on Plain" in missed(sharing, late[1])
