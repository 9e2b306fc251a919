"""What the networks count for a share: read on a timetable, kept as history, missing said and never zero."""

from datetime import timedelta

import pytest
from sqlalchemy import select

from advocacy.base.errors import Conflict, NotFound, TooMany
from advocacy.base.events import Event
from advocacy.reach import figures, timetable
from advocacy.reach.models import FigureReading, ReadBack, ReadingState
from advocacy.sharing.models import Connection, ConnectionState
from advocacy.tasks import Tasks
from connectors import Figures, RateLimited, Reason, Rejected, Transient
from tests.connectors.fakes.bluesky import Counts
from tests.connectors.fakes.server import Response
from tests.sharing.conftest import bluesky, house, mastodon, plain, sharing

pytestmark = pytest.mark.usefixtures("sums_agree")

__all__ = ["bluesky", "house", "mastodon", "plain", "sharing"]


@pytest.fixture
def look_round(house):
    """What a worker's tick does, to its end. Returns how many shares were looked at."""

    def go() -> int:
        figures.keep_up(house)
        groups = figures.claim_due(house.db, house.clock, groups=50)
        for group in groups:
            figures.look(house, group)
        return sum(len(group.looks) for group in groups)

    return go


def goes_out(sharing, share):
    """The undo time ends, the share is published, and it is that very moment."""
    sharing.house.clock.move(seconds=11)
    assert sharing.work() == 1
    share = sharing.now(share)
    sharing.house.clock.set(share.published_at)
    return share


@pytest.fixture
def published(sharing, make):
    """A share that went out to Bluesky this moment."""
    ada = make.user("Ada Advocate")
    (share,) = sharing.share(ada, make.item("Grid report"), sharing.connect(ada))
    return goes_out(sharing, share)


@pytest.fixture
def plainly(sharing, make, plain):
    """A share that went out to a network whose answers the test decides."""
    bo = make.user("Bo Berg")
    (share,) = sharing.share(bo, make.item("News"), sharing.connect(bo, "plain", handle="bo"))
    return goes_out(sharing, share)


def readings(db, share) -> list[FigureReading]:
    with db.reading() as session:
        query = select(FigureReading).where(FigureReading.share_id == share.id).order_by(FigureReading.id)
        return list(session.scalars(query))


def plan_of(db, share) -> ReadBack:
    with db.reading() as session:
        return session.get_one(ReadBack, share.id)


def test_likes_and_reposts_arrive_and_every_reading_is_kept(published, look_round, db, clock, bluesky):
    assert look_round() == 0, "two minutes have not gone by"
    clock.move(minutes=2)
    assert look_round() == 1
    bluesky.counts[published.remote_id] = Counts(likes=3, reposts=1, replies=2)
    clock.move(minutes=8)
    assert look_round() == 1
    first, second = readings(db, published)
    assert (first.state, first.likes, first.reposts) == (ReadingState.READ, 0, 0)
    assert (second.likes, second.reposts, second.replies, second.quotes) == (3, 1, 2, 0)
    assert second.views is None, "Bluesky counts no views: that is not zero"
    assert plan_of(db, published).newest_id == second.id


def test_the_looks_are_frequent_at_first_and_end_after_a_month(published, look_round, db, clock):
    began, looks = clock.now(), []
    while (due := _next_at(db, published, look_round)) is not None:
        clock.set(due)
        assert look_round() == 1
        looks.append(due - began)
    assert tuple(looks) == timetable.LOOKS
    clock.move(days=365)
    assert look_round() == 0


def _next_at(db, share, look_round):
    look_round()
    return plan_of(db, share).next_at


def test_looks_that_were_missed_are_not_made_up_for(published, look_round, db, clock):
    look_round()
    clock.move(hours=5)
    assert look_round() == 1
    assert len(readings(db, published)) == 1
    assert plan_of(db, published).next_at == published.published_at + timedelta(hours=6)


def test_a_look_belongs_to_one_worker_at_a_time(published, house, clock):
    figures.keep_up(house)
    clock.move(minutes=2)
    assert len(figures.claim_due(house.db, clock, groups=9)) == 1
    assert figures.claim_due(house.db, clock, groups=9) == []


def test_shares_of_one_account_are_asked_about_together(sharing, make, look_round, clock, bluesky, db):
    ada = make.user()
    connection = sharing.connect(ada)
    for number in range(3):
        (share,) = sharing.share(ada, make.item(), connection, text=("Frost", "Harvest", "Bridges")[number] * 9)
        goes_out(sharing, share)
    clock.move(hours=1)
    assert look_round() == 3
    assert len(bluesky.asked("GET /xrpc/app.bsky.feed.getPosts")) == 1


def test_a_post_that_is_gone_is_looked_for_once_more_and_then_left(published, look_round, db, clock, bluesky):
    bluesky.records.clear()
    clock.move(minutes=2)
    look_round()
    assert plan_of(db, published).next_at is not None
    clock.move(minutes=8)
    look_round()
    assert [reading.state for reading in readings(db, published)] == [ReadingState.GONE, ReadingState.GONE]
    assert plan_of(db, published).next_at is None
    with db.reading() as session:
        assert session.scalar(select(Event).where(Event.kind == "share.seen_gone")).subject_id == published.id


def test_a_share_that_was_removed_is_looked_at_no_more(published, look_round, db, clock, house):
    look_round()
    from advocacy.base import events

    with db.transaction() as session:
        events.record(session, clock, kind="share.removed", actor_id=None, subject=("share", published.id))
    clock.move(days=1)
    assert look_round() == 0


def test_a_network_that_asks_to_wait_is_left_alone_until_then(plainly, look_round, db, clock, plain, monkeypatch):
    until = clock.now() + timedelta(minutes=40)
    answers = [RateLimited(Reason("Slow down"), until=until)]
    monkeypatch.setattr(
        plain,
        "figures",
        lambda ids, _: (_ for _ in ()).throw(answers.pop()) if answers else dict.fromkeys(ids, Figures(1)),
    )
    clock.move(minutes=2)
    assert look_round() == 1
    clock.move(minutes=30)
    assert look_round() == 0
    assert readings(db, plainly) == []
    clock.set(until)
    assert look_round() == 1
    assert readings(db, plainly)[0].likes == 1


def test_a_failure_that_passes_costs_some_minutes_and_one_that_stays_is_said(
    plainly, look_round, db, clock, plain, monkeypatch
):
    failing = Transient(Reason("{network} did not answer.", {"network": "Plain"}))
    monkeypatch.setattr(plain, "figures", lambda *_: (_ for _ in ()).throw(failing))
    clock.move(minutes=2)
    for _ in range(3):
        assert look_round() == 1
        assert readings(db, plainly) == []
        clock.set(plan_of(db, plainly).next_at)
    assert look_round() == 1
    (said,) = readings(db, plainly)
    assert said.state is ReadingState.NOT_AVAILABLE
    assert said.likes is None
    assert said.reason == {"template": "{network} did not answer.", "params": {"network": "Plain"}}
    assert plan_of(db, plainly).next_at > clock.now()


def test_a_refusal_is_kept_with_its_reason_and_the_timetable_goes_on(
    plainly, look_round, db, clock, plain, monkeypatch
):
    refusal = Rejected(Reason("Not allowed."))
    monkeypatch.setattr(plain, "figures", lambda *_: (_ for _ in ()).throw(refusal))
    clock.move(minutes=2)
    look_round()
    (said,) = readings(db, plainly)
    assert (said.state, said.likes) == (ReadingState.NOT_AVAILABLE, None)
    assert plan_of(db, plainly).next_at == plainly.published_at + timedelta(minutes=10)
    assert plan_of(db, plainly).newest_id is None


def test_an_answer_nobody_expected_is_tried_again_and_stops_no_other(
    plainly, published, look_round, db, clock, plain, monkeypatch
):
    monkeypatch.setattr(plain, "figures", lambda *_: (_ for _ in ()).throw(KeyError("posts")))
    clock.move(minutes=2)
    assert look_round() == 2
    assert len(readings(db, published)) == 1
    assert plan_of(db, plainly).failures == 1


def test_an_account_that_was_disconnected_is_said_and_not_asked_for(plainly, look_round, db, clock):
    with db.transaction() as session:
        connection = session.get_one(Connection, plainly.connection_id)
        connection.state, connection.sealed_credentials = ConnectionState.DISCONNECTED, None
    clock.move(minutes=2)
    look_round()
    (said,) = readings(db, plainly)
    assert said.state is ReadingState.READ, "this network tells figures to everybody"


def test_an_expired_sign_in_is_renewed_and_asked_again(published, look_round, db, clock, bluesky):
    bluesky.counts[published.remote_id] = Counts(likes=2)
    clock.move(hours=3)
    assert look_round() == 1
    assert readings(db, published)[0].likes == 2


def test_mastodon_figures_are_read_with_the_persons_own_sign_in(sharing, make, look_round, clock, db, mastodon):
    ada = make.user()
    (share,) = sharing.share(ada, make.item(), sharing.connect(ada, "mastodon"))
    share = goes_out(sharing, share)
    (status,) = mastodon.statuses.values()
    status.favourites, status.reblogs = 4, 2
    clock.move(minutes=2)
    look_round()
    (reading,) = readings(db, share)
    assert (reading.likes, reading.reposts, reading.views) == (4, 2, None)


def test_the_sharer_may_ask_for_a_look_now_but_not_all_the_time(published, look_round, db, clock):
    clock.move(minutes=2)
    look_round()
    clock.move(minutes=1)
    assert look_round() == 0
    with db.transaction() as session:
        figures.ask_again(session, clock, user_id=published.user_id, share_id=published.id)
    assert look_round() == 1
    with pytest.raises(TooMany) as refused, db.transaction() as session:
        figures.ask_again(session, clock, user_id=published.user_id, share_id=published.id)
    assert 0 < refused.value.retry_after <= 61
    clock.move(minutes=2)
    with db.transaction() as session:
        figures.ask_again(session, clock, user_id=published.user_id, share_id=published.id)
    assert plan_of(db, published).next_at == clock.now()


def test_nobody_asks_about_a_colleagues_share(published, make, db, clock, look_round):
    look_round()
    other = make.user()
    with pytest.raises(NotFound), db.transaction() as session:
        figures.ask_again(session, clock, user_id=other.id, share_id=published.id)


def test_a_network_without_figures_says_so(make, db, clock):
    share = make.share(make.user(), network="linkedin_link")
    with pytest.raises(Conflict), db.transaction() as session:
        figures.ask_again(session, clock, user_id=share.user_id, share_id=share.id)


def test_a_worker_looks_in_its_own_threads_and_leaves_room_for_publishing(published, house, clock, db):
    clock.move(minutes=2)
    house._parts[Tasks] = Tasks(threads=2)
    assert figures.tick(house) == 0
    house._parts[Tasks] = tasks = Tasks(threads=4)
    assert figures.tick(house) == 1
    tasks.end()
    assert len(readings(db, published)) == 1


def test_a_server_in_trouble_is_asked_again_some_minutes_later(published, look_round, db, clock, bluesky):
    bluesky.fail(Response(503, {}), match="getPosts")
    clock.move(minutes=2)
    look_round()
    assert readings(db, published) == []
    bluesky.heal()
    clock.move(minutes=3)
    assert look_round() == 1
    assert len(readings(db, published)) == 1
