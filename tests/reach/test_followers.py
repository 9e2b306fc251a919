"""How many follow each linked account: one reading a day, kept for good, missing said and never zero."""

import itertools
from datetime import date, timedelta
from threading import Barrier, Thread

import pytest
from sqlalchemy import select

from advocacy.people.models import User, UserState
from advocacy.people.privacy import Holdings
from advocacy.reach import follower_readings, followers
from advocacy.reach.follower_models import FollowerPlan, FollowerSnapshot
from advocacy.reach.models import ReadPause
from advocacy.reach.own_data import HOLDING
from advocacy.sharing import connections
from advocacy.sharing.models import Connection, ConnectionState
from connectors import CredentialsExpired, RateLimited, Reason, Rejected, Transient
from tests.connectors.fakes.server import Fault, Response
from tests.sharing.conftest import bluesky, house, mastodon, plain, sharing

__all__ = ["bluesky", "house", "mastodon", "plain", "sharing"]


@pytest.fixture
def read_round(house):
    """What clock and worker do, to their end. Returns how many accounts were asked about."""

    def go() -> int:
        followers.take_in(house)
        followers.keep_up(house)
        asked = 0
        while batches := followers.claim_due(house, batches=50):
            for batch in batches:
                followers.look(house, batch)
                asked += len(batch.accounts)
        return asked

    return go


@pytest.fixture
def ada(sharing, make, bluesky):
    """Somebody with 120 followers on Bluesky."""
    person = make.user("Ada Advocate")
    connection = sharing.connect(person)
    bluesky.followers[connection.remote_id] = 120
    return connection


@pytest.fixture
def bo(sharing, make):
    """Somebody at a network whose answers the test decides."""
    return sharing.connect(make.user("Bo Berg"), "plain", handle="bo")


def snapshots(db, connection) -> list[FollowerSnapshot]:
    with db.reading() as session:
        query = select(FollowerSnapshot).where(FollowerSnapshot.connection_id == connection.id)
        return list(session.scalars(query.order_by(FollowerSnapshot.day)))


def plan_of(db, connection) -> FollowerPlan:
    with db.reading() as session:
        return session.get_one(FollowerPlan, connection.id)


def answers(plain, monkeypatch, *replies):
    """The network's next answers, the last one for good: a number, a reason or an error."""
    left = list(replies)

    def followers(ids, _credentials):
        reply = left.pop(0) if len(left) > 1 else left[0]
        if isinstance(reply, Exception):
            raise reply
        return dict.fromkeys(ids, reply)

    monkeypatch.setattr(plain, "followers", followers)


def test_every_day_brings_one_reading_and_each_is_kept(ada, read_round, db, clock, bluesky):
    assert read_round() == 1
    assert read_round() == 0, "one a day"
    for count in (123, 0):
        bluesky.followers[ada.remote_id] = count
        clock.set(plan_of(db, ada).next_at)
        assert read_round() == 1
    kept = snapshots(db, ada)
    assert [one.followers for one in kept] == [120, 123, 0]
    assert [(two.day - one.day).days for one, two in itertools.pairwise(kept)] == [1, 1]
    assert all(one.reason is None for one in kept)


def test_the_reading_falls_due_the_morning_after_and_a_hub_that_was_off_reads_once(ada, read_round, db, clock):
    read_round()
    due = plan_of(db, ada).next_at
    assert (due.date(), due.hour) == (clock.now().date() + timedelta(days=1), 3)
    clock.move(days=9)
    assert read_round() == 1
    assert len(snapshots(db, ada)) == 2


def test_accounts_of_a_network_that_tells_anybody_are_asked_about_25_at_a_time(
    sharing, make, read_round, db, bluesky
):
    made = []
    for number in range(27):
        connection = sharing.connect(make.user(f"Person {number}"), handle=f"person{number}.test")
        bluesky.followers[connection.remote_id] = number
        made.append(connection)
    assert read_round() == 27
    asked = bluesky.asked("GET /xrpc/app.bsky.actor.getProfiles")
    assert [len(one.args("actors")) for one in asked] == [25, 2]
    assert all(one.token == "" for one in asked), "nobody's sign-in is needed"
    assert [snapshots(db, one)[0].followers for one in made] == list(range(27))


def test_two_workers_at_the_same_moment_take_one_reading(ada, house, db, bluesky):
    followers.take_in(house)
    together, taken = Barrier(2), []

    def work():
        together.wait(10)
        for batch in followers.claim_due(house, batches=9):
            taken.append(batch)
            followers.look(house, batch)

    workers = [Thread(target=work) for _ in range(2)]
    for one in workers:
        one.start()
    for one in workers:
        one.join(30)
    assert len(taken) == 1
    assert len(snapshots(db, ada)) == 1
    assert len(bluesky.asked("GET /xrpc/app.bsky.actor.getProfiles")) == 1


def test_a_worker_that_was_slow_changes_nothing_that_another_kept(ada, house, db, clock, bluesky):
    followers.take_in(house)
    [slow] = followers.claim_due(house, batches=1)
    clock.move(minutes=16)
    with db.transaction() as session:  # the lease is judged by the database's own time
        session.get_one(FollowerPlan, ada.id).lease_until = None
    [quick] = followers.claim_due(house, batches=1)
    followers.look(house, quick)
    bluesky.followers[ada.remote_id] = 999
    followers.look(house, slow)
    assert [one.followers for one in snapshots(db, ada)] == [120]


def test_the_same_day_is_kept_once_even_when_it_is_settled_twice(ada, house, db, clock):
    followers.take_in(house)
    [batch] = followers.claim_due(house, batches=1)
    follower_readings.keep(house, batch.accounts, {ada.remote_id: 5})
    with db.transaction() as session:
        plan = session.get_one(FollowerPlan, ada.id)
        plan.next_at = clock.now()
    [batch] = followers.claim_due(house, batches=1)
    follower_readings.keep(house, batch.accounts, {ada.remote_id: 6})
    assert [one.followers for one in snapshots(db, ada)] == [5]


def test_a_suspended_account_is_told_as_one_and_hides_no_other(sharing, make, read_round, ada, db, bluesky):
    other = sharing.connect(make.user("Eve"), handle="eve.test")
    bluesky.person("eve.test").status = "takendown"
    assert read_round() == 2
    [told] = snapshots(db, other)
    assert told.followers is None
    assert "closed or suspended" in told.reason["template"]
    assert [one.followers for one in snapshots(db, ada)] == [120]


def test_an_account_that_a_network_cannot_read_does_not_stop_those_asked_about_with_it(
    sharing, make, read_round, ada, db, clock
):
    other = sharing.connect(make.user("Eve"), handle="eve.test")
    with db.transaction() as session:
        session.get_one(Connection, other.id).remote_id = "no did at all"
    read_round()
    assert [one.followers for one in snapshots(db, ada)] == [120]
    assert snapshots(db, other) == []
    plan = plan_of(db, other)
    assert plan.reason["template"].startswith("{network} did not tell how many follow this account.")
    assert plan.next_at == clock.now() + timedelta(hours=6)


def test_a_network_that_does_not_tell_is_not_available_with_its_reason(bo, read_round, db):
    read_round()
    [told] = snapshots(db, bo)
    assert (told.followers, told.reason["template"]) == (
        None,
        "{network} does not tell us how many follow an account.",
    )


def test_a_network_that_asks_to_wait_is_left_alone_until_then(bo, read_round, db, clock, plain, monkeypatch):
    until = clock.now() + timedelta(minutes=40)
    answers(plain, monkeypatch, RateLimited(Reason("Slow down"), until=until), 7)
    assert read_round() == 1
    assert snapshots(db, bo) == []
    with db.reading() as session:
        assert session.get_one(ReadPause, ("plain", "")).until == until
    clock.move(minutes=39)
    assert read_round() == 0
    clock.set(until)
    assert read_round() == 1
    assert [one.followers for one in snapshots(db, bo)] == [7]


def test_retry_after_of_the_real_answer_is_waited_out(ada, read_round, db, clock, bluesky):
    profiles = "GET /xrpc/app.bsky.actor.getProfiles"
    bluesky.fail(Response(429, {"error": "RateLimitExceeded"}, {"Retry-After": "300"}), profiles, times=1)
    read_round()
    clock.move(seconds=299)
    assert read_round() == 0
    clock.move(seconds=1)
    assert read_round() == 1
    assert [one.followers for one in snapshots(db, ada)] == [120]


def test_what_passes_is_tried_again_the_same_day(bo, read_round, db, clock, plain, monkeypatch):
    away = Transient(Reason("{network} did not answer.", {"network": "Plain"}))
    answers(plain, monkeypatch, away, away, 7)
    waits = []
    for _ in range(2):
        assert read_round() == 1
        assert snapshots(db, bo) == []
        plan = plan_of(db, bo)
        waits.append(plan.next_at - clock.now())
        assert plan.reason["template"] == "{network} did not answer."
        clock.set(plan.next_at)
    assert waits == [timedelta(minutes=5), timedelta(minutes=10)]
    read_round()
    assert [one.followers for one in snapshots(db, bo)] == [7]
    plan = plan_of(db, bo)
    assert (plan.failures, plan.reason) == (0, None)


def test_a_time_out_of_the_network_is_tried_again(ada, read_round, db, clock, bluesky):
    bluesky.fail(Fault.LOST, "GET /xrpc/app.bsky.actor.getProfiles", times=1)
    read_round()
    assert snapshots(db, ada) == []
    clock.move(minutes=5)
    read_round()
    assert [one.followers for one in snapshots(db, ada)] == [120]


def test_a_day_that_brought_nothing_is_kept_as_not_available_and_the_next_is_read(
    bo, read_round, db, clock, plain, monkeypatch
):
    refused = Rejected(Reason("No."), network_said="Your login is currently disabled")
    answers(plain, monkeypatch, refused)
    today = clock.now().date()
    while not snapshots(db, bo):
        assert clock.now().date() == today
        assert read_round() == 1
        clock.set(plan_of(db, bo).next_at)
    [told] = snapshots(db, bo)
    assert (told.day, told.followers) == (today, None)
    assert told.reason["params"] == {"network": "Plain", "message": "Your login is currently disabled"}
    assert clock.now().date() == today + timedelta(days=1)
    answers(plain, monkeypatch, 7)
    read_round()
    assert [one.followers for one in snapshots(db, bo)] == [None, 7]


def test_an_ended_sign_in_waits_for_the_person_and_is_read_as_soon_as_they_connect_again(
    bo, house, read_round, db, clock, plain, monkeypatch
):
    ended = CredentialsExpired(Reason("Connect your account again."), refreshable=False)
    answers(plain, monkeypatch, ended, 8)
    read_round()
    assert snapshots(db, bo) == []
    clock.move(minutes=1)
    assert read_round() == 0
    with db.transaction() as session:
        connection = session.get_one(Connection, bo.id)
        connections._tell(session, clock, connection, "connection.reconnected")
    assert read_round() == 1
    assert [one.followers for one in snapshots(db, bo)] == [8]


def test_mastodon_is_asked_by_each_persons_own_sign_in(sharing, make, read_round, db, mastodon):
    ada = sharing.connect(make.user("Ada"), "mastodon")
    eve = sharing.connect(make.user("Eve"), "mastodon", handle="eve.test")
    mastodon.account("ada").followers, mastodon.account("eve").followers = 31, 0
    for token in mastodon.tokens.values():
        if token.account.username == "eve":
            token.revoked = True
    read_round()
    assert [one.followers for one in snapshots(db, ada)] == [31]
    assert snapshots(db, eve) == []
    assert "sign-in" in plan_of(db, eve).reason["template"]


def test_an_unexpected_answer_of_one_account_stops_no_other(bo, ada, read_round, db, plain, monkeypatch):
    answers(plain, monkeypatch, KeyError("profiles"))
    read_round()
    assert plan_of(db, bo).failures == 1
    assert [one.followers for one in snapshots(db, ada)] == [120]


def test_a_channel_of_a_team_is_nobodys_account(make, read_round, db, clock):
    owner = make.user("Ada")
    with db.transaction() as session:
        session.add(
            Connection(user_id=owner.id, network="slack", remote_id="T1", handle="#news", connected_at=clock.now())
        )
    assert read_round() == 0
    with db.reading() as session:
        assert session.scalars(select(FollowerPlan)).all() == []


def test_letting_an_account_go_deletes_its_readings_and_nobody_asks_any_more(
    ada, house, read_round, db, clock, bluesky
):
    read_round()
    connections.disconnect(house, user_id=ada.user_id, connection_id=ada.id)
    clock.move(days=2)
    assert read_round() == 0
    assert snapshots(db, ada) == []
    assert plan_of(db, ada).next_at is None


def test_an_answer_that_arrives_after_the_account_was_let_go_is_not_kept(ada, house, db):
    followers.take_in(house)
    [batch] = followers.claim_due(house, batches=1)
    connections.disconnect(house, user_id=ada.user_id, connection_id=ada.id)
    followers.keep_up(house)
    followers.look(house, batch)
    assert snapshots(db, ada) == []


def test_the_readings_are_in_the_persons_own_data_and_go_with_them(ada, bo, house, read_round, db, clock):
    read_round()
    with db.transaction() as session:
        data = Holdings(HOLDING).export(session, clock, user_id=ada.user_id)
    [row] = data["reach"]["followers_by_day"]
    assert (row["connection_id"], row["followers"], row["day"]) == (ada.id, 120, clock.now().date().isoformat())
    with db.transaction() as session:
        HOLDING.erase(session, clock, ada.user_id)
    assert snapshots(db, ada) == []
    assert len(snapshots(db, bo)) == 1, "nobody else's"


def test_nobody_reads_about_somebody_who_may_not_sign_in_any_more(ada, house, read_round, db, clock, bluesky):
    with db.transaction() as session:
        session.get_one(User, ada.user_id).state = UserState.DISABLED
    assert read_round() == 0
    assert bluesky.asked("GET /xrpc/app.bsky.actor.getProfiles") == []
    with db.transaction() as session:
        session.get_one(User, ada.user_id).state = UserState.ACTIVE
    clock.set(plan_of(db, ada).next_at)
    assert read_round() == 1


def test_a_disconnected_account_is_not_planned(ada, house, db):
    with db.transaction() as session:
        session.get_one(Connection, ada.id).state = ConnectionState.DISCONNECTED
    assert followers.take_in(house) == 0


def test_a_reading_of_half_past_midnight_belongs_to_the_new_day(ada, read_round, db, clock):
    clock.set(clock.now().replace(hour=23, minute=50))
    read_round()
    clock.move(minutes=40)
    with db.transaction() as session:
        session.get_one(FollowerPlan, ada.id).next_at = clock.now()
    read_round()
    days = [one.day for one in snapshots(db, ada)]
    assert days == [date(days[0].year, days[0].month, days[0].day), days[0] + timedelta(days=1)]
