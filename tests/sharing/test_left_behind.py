"""Shares that nobody carries on with come to an end that their person understands: none is "Checking" for ever."""

from datetime import timedelta

import pytest
from sqlalchemy import select

from advocacy.base.events import Event
from advocacy.base.text import Text
from advocacy.sharing import connections, left_behind, my_shares, planning, publishing
from advocacy.sharing.carrying import carry_out
from advocacy.sharing.models import ShareState
from advocacy.sharing.my_shares import Action
from advocacy.sharing.publisher import Publisher
from connectors import Credentials, CredentialsExpired, Identity, OutcomeUnknown, RateLimited, Reason

SAID = Reason("The network said something.")


@pytest.fixture
def ada(make):
    return make.user("Ada")


@pytest.fixture
def account(sharing, ada):
    """At the network without a device."""
    return sharing.connect(ada, "plain")


@pytest.fixture
def share(sharing, make, ada, account):
    """Due."""
    [share] = sharing.share(ada, make.item(), account, text="Words to look for")
    sharing.house.clock.move(seconds=11)
    return share


class Person:
    """What Ada sees and does."""

    def __init__(self, sharing, ada, account):
        self.sharing, self.ada, self.account = sharing, ada, account

    def sees(self, share):
        """Badge, reason and buttons."""
        stands = self.sharing.now(share)
        standing = my_shares.standing(stands, self.sharing.house.clock.now())
        reason = str(Text.from_json(standing.reason)) if standing.reason else ""
        return str(standing.word), reason, standing.actions

    def lets_go(self):
        connections.disconnect(self.sharing.house, user_id=self.ada.id, connection_id=self.account.id)

    def connects_again(self):
        connections.keep(
            self.sharing.house,
            user_id=self.ada.id,
            network="plain",
            tokens=Credentials("a new token", remote_id=self.account.remote_id, handle="@ada"),
            who=Identity(self.account.remote_id, "@ada"),
        )


@pytest.fixture
def person(sharing, ada, account):
    return Person(sharing, ada, account)


def unclear(sharing, plain, *, until=None):
    """The network takes the post and says nothing."""
    error = OutcomeUnknown(SAID)
    error.until = until
    plain.fails(error, carried_out=True)
    sharing.work()


def let_leases_run_out(sharing):
    sharing.house.clock.move(seconds=61)


def another_share_learns_that_the_sign_in_has_ended(sharing, make, ada, account, plain):
    sharing.share(ada, make.item(), account, text="Other words")
    sharing.house.clock.move(seconds=11)
    plain.fails(CredentialsExpired(SAID, refreshable=False))
    sharing.work()


WAYS = {}


def way(meet):
    """Marks one way in which the account of an unclear share comes to be signed out."""
    WAYS[meet.__name__.replace("_", " ")] = meet
    return meet


@way
def another_share_hears_of_it_first(sharing, make, person, plain, share):
    unclear(sharing, plain, until=sharing.house.clock.now() + timedelta(minutes=30))
    another_share_learns_that_the_sign_in_has_ended(sharing, make, person.ada, person.account, plain)


@way
def the_person_lets_the_account_go(sharing, make, person, plain, share):
    unclear(sharing, plain)
    person.lets_go()


@way
def the_account_is_let_go_while_the_network_takes_its_time(sharing, make, person, plain, share):
    [attempt] = publishing.claim_due(sharing.house.db, "this worker", 1)

    def meanwhile(step):
        if step == "before commit":
            person.lets_go()

    sharing.house._parts[Publisher] = Publisher(public_url="http://localhost", worker="this worker", step=meanwhile)
    plain.fails(OutcomeUnknown(SAID), carried_out=True)
    carry_out(sharing.house, attempt)
    sharing.house._parts[Publisher] = Publisher(public_url="http://localhost", worker="this worker")


@way
def a_look_is_held_back_by_a_limit_and_the_account_is_let_go(sharing, make, person, plain, share):
    unclear(sharing, plain)
    sharing.house.clock.move(minutes=1)
    plain.looks.append(RateLimited(SAID, until=sharing.house.clock.now() + timedelta(hours=3)))
    sharing.work()
    person.lets_go()


@way
def the_worker_dies_after_sending_and_the_account_is_let_go(sharing, make, person, plain, share):
    claim_and_send(sharing, plain)
    person.lets_go()
    let_leases_run_out(sharing)


def claim_and_send(sharing, plain):
    """A worker sends the post and is gone before the answer comes."""

    class Gone(BaseException):
        pass

    def dies(step):
        if step == "after answer":
            raise Gone

    house = sharing.house
    house._parts[Publisher] = Publisher(public_url="http://localhost", worker="this worker", step=dies)
    [attempt] = publishing.claim_due(house.db, "this worker", 1)
    with pytest.raises(Gone):
        carry_out(house, attempt)
    house._parts[Publisher] = Publisher(public_url="http://localhost", worker="this worker")


@pytest.mark.parametrize("meet", WAYS.values(), ids=list(WAYS))
def test_an_unclear_share_whose_sign_in_has_ended_is_asked_about_at_once(sharing, make, person, plain, share, meet):
    meet(sharing, make, person, plain, share)
    sharing.work()
    assert person.sees(share) == (
        "Please check",
        "We cannot look for your post until you connect this account again.",
        (Action.RECONNECT, Action.IT_IS_THERE, Action.LEAVE_IT),
    )
    assert sharing.now(share).next_attempt_at is None
    assert told(sharing, share)[-1] == "share.asked"
    sharing.work()
    assert told(sharing, share).count("share.asked") == 1
    assert len([post for post in plain.posts if post.text.startswith("Words to look for")]) == 1


@pytest.mark.parametrize("meet", WAYS.values(), ids=list(WAYS))
def test_once_the_person_connects_again_it_is_looked_for_and_found(sharing, make, person, plain, share, meet):
    meet(sharing, make, person, plain, share)
    sharing.work()
    person.connects_again()
    sharing.work()
    assert sharing.now(share).state is ShareState.PUBLISHED
    assert len([post for post in plain.posts if post.text.startswith("Words to look for")]) == 1


def test_without_connecting_again_the_persons_word_settles_it(sharing, person, plain, share):
    unclear(sharing, plain)
    person.lets_go()
    sharing.work()
    sharing.do(planning.it_is_there, person.ada, share)
    assert person.sees(share)[0] == "Published"


def test_an_unclear_share_of_an_account_in_order_goes_on_being_looked_for(sharing, person, plain, share):
    unclear(sharing, plain)
    assert left_behind.ask_where_nobody_can_look(sharing.house.db) == 0
    assert person.sees(share)[0] == "Checking"


def test_a_network_that_the_operator_took_away_ends_the_look_with_a_question(sharing, person, plain, share):
    unclear(sharing, plain)
    del sharing.networks.registry._awake["plain"]
    sharing.house.clock.move(minutes=1)
    sharing.work()
    word, reason, actions = person.sees(share)
    assert (word, reason) == ("Please check", "This network is not available here. Ask an administrator.")
    assert Action.IT_IS_THERE in actions


def test_a_planned_share_waits_for_a_network_that_was_taken_away_and_is_missed(sharing, person, plain, share):
    del sharing.networks.registry._awake["plain"]
    for _ in range(14):
        sharing.work()
        sharing.house.clock.move(minutes=10)
    assert person.sees(share)[:2] == ("Missed", "This network is not available here. Ask an administrator.")
    assert plain.posts == []


def test_a_fault_of_ours_that_ends_every_look_is_given_up_after_a_day(sharing, person, plain, share):
    unclear(sharing, plain)
    plain.find = None  # to call it is a fault
    for _ in range(9):
        sharing.house.clock.move(hours=3)
        left_behind.recover(sharing.house.db)
        for attempt in publishing.claim_due(sharing.house.db, "this worker", 1):
            with pytest.raises(TypeError):
                carry_out(sharing.house, attempt)
    let_leases_run_out(sharing)
    sharing.work()
    word, reason, _ = person.sees(share)
    assert (word, reason) == (
        "Please check",
        "We could not find out whether your post is there. Please look yourself.",
    )
    assert told(sharing, share)[-1] == "share.asked"


def test_a_planned_share_of_an_account_that_was_let_go_is_missed_at_its_deadline(sharing, person, share):
    person.lets_go()
    assert sharing.work() == 0
    assert person.sees(share)[0] == "Waits for you"
    sharing.house.clock.move(hours=2, minutes=1)
    sharing.work()
    assert person.sees(share)[0] == "Missed"


def told(sharing, share):
    with sharing.house.db.reading() as session:
        query = select(Event.kind).where(Event.subject_type == "share", Event.subject_id == share.id)
        return list(session.scalars(query.order_by(Event.id)))
