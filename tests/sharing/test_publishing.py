"""The publisher: each answer of a network leads to the state that the table of errors names, and nothing twice."""

from datetime import timedelta

import pytest
from sqlalchemy import select, update

from advocacy.base.events import Event
from advocacy.base.text import Text
from advocacy.sharing import left_behind, planning, preparing, publishing
from advocacy.sharing.carrying import carry_out
from advocacy.sharing.models import Connection, ConnectionState, Proof, Share, ShareAttempt, ShareState
from advocacy.sharing.publisher import Publisher
from advocacy.tasks import Tasks
from connectors import CredentialsExpired, OutcomeUnknown, RateLimited, Reason, Rejected, Transient
from tests.connectors.fakes.server import Fault, Response
from tests.sharing.workers import worker_of

pytestmark = pytest.mark.usefixtures("sums_agree")

SAID = Reason("The network said {what}.", {"what": "something"})
BEFORE_UNDO_ENDS = 11


@pytest.fixture
def ada(make):
    return make.user("Ada", time_zone="Europe/Oslo")


@pytest.fixture
def planned(sharing, make, ada):
    """A share to the network without a device, due for the publisher."""

    def plan(network="plain", **fields):
        connection = sharing.connect(ada, network)
        [share] = sharing.share(ada, make.item(**fields), connection)
        sharing.house.clock.move(seconds=BEFORE_UNDO_ENDS)
        return share

    return plan


def events_of(house, share):
    with house.db.reading() as session:
        query = (
            select(Event.kind).where(Event.subject_type == "share", Event.subject_id == share.id).order_by(Event.id)
        )
        return list(session.scalars(query))


@pytest.mark.parametrize("network", ["plain", "mastodon", "bluesky"])
def test_a_share_is_published_once_with_its_receipt(sharing, planned, network):
    share = planned(network)
    assert sharing.work() == 1
    assert sharing.work() == 0
    stands = sharing.now(share)
    assert stands.state is ShareState.PUBLISHED
    assert stands.proof is Proof.NETWORK
    assert stands.permalink.startswith("http")
    assert stands.remote_id
    assert events_of(sharing.house, share) == ["share.requested", "share.published"]


def test_nothing_is_sent_while_it_can_be_undone(sharing, make, ada, plain):
    connection = sharing.connect(ada, "plain")
    [share] = sharing.share(ada, make.item(), connection)
    sharing.house.clock.move(seconds=9)
    assert sharing.work() == 0
    sharing.do(planning.cancel, ada, share)
    sharing.house.clock.move(seconds=9)
    assert sharing.work() == 0
    assert plain.posts == []
    assert sharing.now(share).state is ShareState.CANCELLED


def test_what_was_surely_not_taken_is_tried_again_and_published_once(sharing, planned, plain):
    share = planned()
    plain.fails(Transient(SAID))
    sharing.work()
    waiting = sharing.now(share)
    assert waiting.state is ShareState.SCHEDULED
    assert str(Text.from_json(waiting.reason)) == "The network said something."
    assert waiting.next_attempt_at > sharing.house.clock.now()
    sharing.house.clock.move(minutes=1)
    sharing.work()
    assert sharing.now(share).state is ShareState.PUBLISHED
    assert len(plain.posts) == 1
    assert events_of(sharing.house, share) == ["share.requested", "share.delayed", "share.published"]


def test_a_network_that_is_away_until_the_deadline_makes_a_share_missed(sharing, planned, plain):
    share = planned()
    for _ in range(200):
        plain.fails(Transient(SAID))
    for _ in range(130):
        sharing.work()
        sharing.house.clock.move(minutes=1)
    assert sharing.now(share).state is ShareState.MISSED
    assert plain.posts == []
    assert 5 < plain.asked.count("publish") < 130


def test_a_rate_limit_is_waited_for_by_all_shares_of_the_account(sharing, make, ada, plain):
    connection = sharing.connect(ada, "plain")
    [first] = sharing.share(ada, make.item(), connection)
    [second] = sharing.share(ada, make.item(), connection)
    until = sharing.house.clock.move(seconds=BEFORE_UNDO_ENDS) + timedelta(minutes=30)
    plain.fails(RateLimited(SAID, until=until))
    [attempt] = publishing.claim_due(sharing.house.db, "this worker", 1)
    carry_out(sharing.house, attempt)
    assert sharing.work() == 0
    sharing.house.clock.move(minutes=29)
    assert sharing.work() == 0
    sharing.house.clock.move(minutes=2)
    assert sharing.work() == 2
    assert {sharing.now(one).state for one in (first, second)} == {ShareState.PUBLISHED}


def test_a_sign_in_that_ended_for_good_lets_the_share_wait_until_the_person_is_back(sharing, planned, plain, ada):
    share = planned()
    plain.fails(CredentialsExpired(SAID, refreshable=False))
    sharing.work()
    stands = sharing.now(share)
    assert stands.state is ShareState.SCHEDULED
    assert stands.connection.state is ConnectionState.NEEDS_SIGN_IN
    assert sharing.work() == 0
    with sharing.house.db.transaction() as session:
        session.execute(update(Connection).values(state=ConnectionState.ACTIVE))
    assert sharing.work() == 1
    assert sharing.now(share).state is ShareState.PUBLISHED


def test_a_share_whose_person_does_not_come_back_in_time_is_missed(sharing, planned, plain):
    share = planned()
    plain.fails(CredentialsExpired(SAID, refreshable=False))
    sharing.work()
    sharing.house.clock.move(hours=2, minutes=1)
    sharing.work()
    stands = sharing.now(share)
    assert stands.state is ShareState.MISSED
    assert str(Text.from_json(stands.reason)) == "The network said something."
    assert plain.posts == []


def test_tokens_that_ended_are_refreshed_once_and_the_share_goes_out(sharing, planned, bluesky):
    share = planned("bluesky")
    for session in bluesky.sessions:
        session.access_ends = sharing.house.clock.now() - timedelta(minutes=1)
    sharing.work()
    assert sharing.now(share).state is ShareState.PUBLISHED
    assert len(bluesky.asked("refreshSession")) == 1


def test_a_refusal_for_good_is_told_in_the_networks_words(sharing, planned, plain):
    share = planned()
    plain.fails(Rejected(SAID))
    sharing.work()
    stands = sharing.now(share)
    assert stands.state is ShareState.FAILED
    assert str(Text.from_json(stands.reason)) == "The network said something."
    sharing.house.clock.move(hours=1)
    assert sharing.work() == 0


@pytest.mark.parametrize("fault", [Fault.LOST, Fault.HANG_AFTER, Fault.HALF_BODY, Fault.HALF_JSON, Fault.NOT_JSON])
@pytest.mark.parametrize("network", ["mastodon", "bluesky"])
def test_where_a_repeat_is_the_same_post_a_lost_answer_ends_published_once(sharing, planned, network, fault):
    share = planned(network)
    fake = sharing.mastodon if network == "mastodon" else sharing.bluesky
    fake.fail(fault, "POST .*(statuses|putRecord)", times=1)
    sharing.work()
    stands = sharing.now(share)
    assert stands.state is ShareState.UNCONFIRMED
    assert stands.unsettled_at is not None
    sharing.house.clock.move(minutes=1)
    sharing.work()
    assert sharing.now(share).state is ShareState.PUBLISHED
    assert len(sharing.mastodon.statuses if network == "mastodon" else sharing.bluesky.records) == 1


def test_without_a_device_a_lost_answer_is_looked_up_and_never_sent_again(sharing, planned, plain):
    share = planned()
    plain.fails(OutcomeUnknown(SAID), carried_out=True)
    sharing.work()
    assert sharing.now(share).state is ShareState.UNCONFIRMED
    sharing.house.clock.move(minutes=1)
    sharing.work()
    assert sharing.now(share).state is ShareState.PUBLISHED
    assert plain.asked == ["publish", "find"]


def test_without_a_device_what_is_not_found_is_left_to_the_person(sharing, planned, plain, ada):
    share = planned()
    plain.fails(OutcomeUnknown(SAID), carried_out=False)
    sharing.work()
    sharing.house.clock.move(minutes=1)
    sharing.work()
    sharing.house.clock.move(days=2)
    sharing.work()
    stands = sharing.now(share)
    assert stands.state is ShareState.UNCONFIRMED
    assert stands.next_attempt_at is None
    assert plain.asked == ["publish", "find"]
    sharing.do(planning.send_again, ada, share)
    sharing.house.clock.move(seconds=BEFORE_UNDO_ENDS)
    sharing.work()
    assert sharing.now(share).state is ShareState.PUBLISHED
    assert len(plain.posts) == 1


def test_the_persons_word_that_it_is_there_settles_it(sharing, planned, plain, ada):
    share = planned()
    plain.fails(OutcomeUnknown(SAID), carried_out=True)
    plain.sees_posts = False
    sharing.work()
    sharing.house.clock.move(minutes=1)
    sharing.work()
    sharing.do(planning.it_is_there, ada, share)
    stands = sharing.now(share)
    assert (stands.state, stands.proof) == (ShareState.PUBLISHED, Proof.CLAIMED)
    sharing.house.clock.move(days=2)
    assert sharing.work() == 0


def test_mastodon_is_not_asked_again_once_it_has_forgotten_the_key(sharing, planned, mastodon):
    share = planned("mastodon")
    mastodon.fail(Fault.LOST, "POST .*statuses", times=1)
    mastodon.fail(Response(503, {"error": "away"}), "POST .*statuses", times=1_000)
    sharing.work()
    sharing.house.clock.move(minutes=55)
    mastodon.heal()
    sharing.work()
    assert sharing.now(share).state is ShareState.PUBLISHED
    assert len(mastodon.asked("POST .*statuses")) == 1
    assert len(mastodon.statuses) == 1


def test_a_fault_of_ours_after_the_bytes_left_is_an_unknown_outcome(sharing, planned, plain):
    share = planned()
    plain.fails(KeyError("no such key in the answer"), carried_out=True)
    sharing.work()
    assert sharing.now(share).state is ShareState.UNCONFIRMED
    sharing.house.clock.move(minutes=1)
    sharing.work()
    assert sharing.now(share).state is ShareState.PUBLISHED
    assert len(plain.posts) == 1


def test_a_share_later_than_its_tolerance_is_not_fired_but_asked_about(sharing, planned, plain, ada):
    share = planned()
    sharing.house.clock.move(hours=2)
    sharing.work()
    assert sharing.now(share).state is ShareState.MISSED
    assert plain.asked == []
    sharing.do(planning.reschedule, ada, share, due_at=None)
    sharing.house.clock.move(seconds=BEFORE_UNDO_ENDS)
    sharing.work()
    assert sharing.now(share).state is ShareState.PUBLISHED


def test_a_share_of_an_item_that_was_withdrawn_is_cancelled(sharing, planned, plain):
    share = planned()
    with sharing.house.db.transaction() as session:
        session.merge(sharing.now(share).item).state = "withdrawn"
    sharing.work()
    assert sharing.now(share).state is ShareState.CANCELLED
    assert plain.asked == []


def test_a_share_of_a_person_who_left_is_cancelled(sharing, planned, plain, ada):
    share = planned()
    with sharing.house.db.transaction() as session:
        session.merge(ada).state = "disabled"
    sharing.work()
    assert sharing.now(share).state is ShareState.CANCELLED
    assert plain.asked == []


def claim_and_die(sharing, *, sent):
    """A worker claims what is due and is gone, before or after it wrote down that it sends."""
    [attempt] = publishing.claim_due(sharing.house.db, "a worker that dies", 1)
    with sharing.house.db.transaction() as session:
        if sent:
            session.get_one(ShareAttempt, attempt).sent_at = sharing.house.clock.now()
    return attempt


def let_leases_run_out(sharing):
    with sharing.house.db.transaction() as session:
        past = sharing.house.db.now(session) - timedelta(seconds=1)
        session.execute(update(Share).where(Share.lease_until.is_not(None)).values(lease_until=past))


def test_a_lease_that_ran_out_is_never_sent_again_where_the_outcome_is_unknown(sharing, planned, plain):
    share = planned()
    claim_and_die(sharing, sent=True)
    assert sharing.work() == 0
    let_leases_run_out(sharing)
    sharing.work()
    stands = sharing.now(share)
    assert stands.state is ShareState.UNCONFIRMED
    assert stands.next_attempt_at is None
    assert plain.asked == ["find"]


def test_a_lease_that_ran_out_before_anything_was_sent_is_simply_taken_up_again(sharing, planned, plain):
    share = planned()
    claim_and_die(sharing, sent=False)
    let_leases_run_out(sharing)
    sharing.work()
    assert sharing.now(share).state is ShareState.PUBLISHED
    assert plain.asked == ["publish"]
    assert "share.unconfirmed" not in events_of(sharing.house, share)


def test_a_worker_whose_lease_was_taken_over_sends_nothing(sharing, planned, plain, house):
    planned()
    [attempt] = publishing.claim_due(house.db, "this worker", 1)

    def sleep_too_long(step):
        if step == "before send":
            let_leases_run_out(sharing)
            left_behind.recover(house.db)

    house._parts[Publisher] = Publisher(public_url="http://localhost", worker="this worker", step=sleep_too_long)
    carry_out(house, attempt)
    assert plain.asked == []


def test_a_share_that_cannot_be_prepared_keeps_no_other_back(sharing, make, ada, plain, house, monkeypatch):
    account = sharing.connect(ada, "plain")
    broken, *others = [sharing.share(ada, make.item(), account, text=f"Words {n}")[0] for n in range(3)]
    house.clock.move(seconds=BEFORE_UNDO_ENDS)
    judged = preparing._judged

    def fail_for_one(house, session, seen, attempt_id, share):
        if share.id == broken.id:
            raise RuntimeError("a fault of ours")
        return judged(house, session, seen, attempt_id, share)

    monkeypatch.setattr(preparing, "_judged", fail_for_one)
    ready = preparing.prepare(house, publishing.claim_due(house.db, house.part(Publisher).worker, 9))
    assert {one.share.id for one in ready} == {share.id for share in others}
    monkeypatch.undo()
    let_leases_run_out(sharing)
    sharing.work()
    assert {sharing.now(share).state for share in (broken, *others)} == {ShareState.PUBLISHED}
    assert len(plain.asked) == 3


def test_an_attempt_that_is_delivered_twice_publishes_once(sharing, planned, plain, house):
    planned()
    [attempt] = publishing.claim_due(house.db, "this worker", 1)
    carry_out(house, attempt)
    carry_out(house, attempt)
    assert plain.asked == ["publish"]


def test_an_answer_that_comes_after_the_lease_ran_out_still_counts(sharing, planned, plain, house):
    share = planned()
    [attempt] = publishing.claim_due(house.db, "this worker", 1)

    def sleep_too_long(step):
        if step == "after answer":
            let_leases_run_out(sharing)
            left_behind.recover(house.db)
            assert sharing.now(share).state is ShareState.UNCONFIRMED

    house._parts[Publisher] = Publisher(public_url="http://localhost", worker="this worker", step=sleep_too_long)
    carry_out(house, attempt)
    assert sharing.now(share).state is ShareState.PUBLISHED
    assert sharing.work() == 0
    assert plain.asked == ["publish"]


def test_a_lease_that_is_renewed_does_not_run_out(sharing, planned, plain, house):
    share = planned()
    [attempt] = publishing.claim_due(house.db, "this worker", 1)

    def take_long(step):
        if step == "before send":
            let_leases_run_out(sharing)
            publishing.renew(house)
            assert left_behind.recover(house.db) == 0

    house._parts[Publisher] = Publisher(public_url="http://localhost", worker="this worker", step=take_long)
    carry_out(house, attempt)
    assert sharing.now(share).state is ShareState.PUBLISHED


def test_one_place_never_takes_more_than_its_pace_and_others_go_on(sharing, make, ada, plain):
    slow, quick = sharing.connect(ada, "plain"), sharing.connect(ada, "bluesky")
    for number in range(8):
        sharing.share(ada, make.item(), slow, text=f"Words {number}")
    sharing.share(ada, make.item(), quick)
    sharing.house.clock.move(seconds=BEFORE_UNDO_ENDS)
    db, clock = sharing.house.db, sharing.house.clock
    assert len(publishing.claim_due(db, "this worker", 5, pace=3)) == 4
    assert len(publishing.claim_due(db, "this worker", 5, pace=3)) == 0
    clock.move(seconds=61)
    assert len(publishing.claim_due(db, "this worker", 5, pace=3)) == 3


def test_a_place_that_does_not_answer_leaves_room_for_the_others(sharing, make, ada):
    slow, quick = sharing.connect(ada, "plain"), sharing.connect(ada, "bluesky")
    for number in range(8):
        sharing.share(ada, make.item(), slow, text=f"Words {number}")
    [other] = sharing.share(ada, make.item(), quick)
    sharing.house.clock.move(seconds=BEFORE_UNDO_ENDS)
    db = sharing.house.db
    assert len(publishing.claim_due(db, "this worker", 2, most_of_a_place=4)) == 2
    publishing.claim_due(db, "this worker", 8, most_of_a_place=4)
    assert sharing.now(other).state is ShareState.PUBLISHING
    with db.reading() as session:
        taken = select(Share.id).where(Share.state == ShareState.PUBLISHING, Share.network == "plain")
        assert len(list(session.scalars(taken))) == 4


@pytest.mark.parametrize(
    ("seconds", "at_most"), [(30, 12), (0, 2)], ids=["while more is due", "until its time is over"]
)
def test_a_worker_takes_up_the_next_share_as_soon_as_another_is_done_with(
    sharing, make, ada, plain, monkeypatch, seconds, at_most
):
    for person in (ada, make.user()):
        account = sharing.connect(person, "plain", handle=f"h{person.id}")
        for number in range(6):
            sharing.share(person, make.item(), account, text=f"Words {number}")
    sharing.house.clock.move(seconds=BEFORE_UNDO_ENDS)
    worker = worker_of(sharing.house, name="w", clock=sharing.house.clock, connectors=(plain,), threads=2)
    monkeypatch.setattr(publishing, "ROUND", seconds)
    publishing.tick(worker)
    worker.part(Tasks).end()
    assert len(plain.posts) == at_most
