"""A network that is switched off for everyone: nothing new goes there, and what is planned waits and says so."""

from __future__ import annotations

from datetime import timedelta

import pytest

from advocacy.base.errors import Invalid
from advocacy.people.models import User
from advocacy.sharing import my_shares, planning, switches
from advocacy.sharing.gates import OPEN
from advocacy.sharing.models import ShareState
from tests.connectors.fakes.server import Fault


@pytest.fixture
def ada(make):
    return make.user("Ada")


@pytest.fixture
def switch(house, sharing, make):
    """`switch("plain", on=False)`, as an administrator does it."""
    admin = make.admin()

    def turn(network, *, on):
        with house.db.transaction() as session:
            change = switches.switch_on if on else switches.switch_off
            change(session, house.clock, network=network, by=admin.id)
        sharing.networks.look_again()

    return turn


def planned_tomorrow(sharing, make, ada):
    account = sharing.connect(ada, "plain")
    due = sharing.house.clock.now() + timedelta(days=1)
    [share] = sharing.share(ada, make.item(), account, due_at=due)
    return account, share


def stands(sharing, share):
    shares, clock = [sharing.now(share)], sharing.house.clock
    with sharing.house.db.reading() as session:
        [(_, standing, _)] = my_shares.lines(
            session, clock, shares, sharing.networks, user=session.get(User, share.user_id), before=OPEN
        )
    return standing


def test_it_is_offered_to_nobody_and_takes_nothing_new(sharing, switch, make, ada):
    account = sharing.connect(ada, "plain")
    switch("plain", on=False)
    assert "plain" not in {network.name for network in sharing.networks.connectable()}
    with pytest.raises(Invalid, match="switched this network off"):
        sharing.share(ada, make.item(), account)
    switch("linkedin_link", on=False)
    assert "linkedin_link" not in {network.name for network in sharing.networks.share_links()}
    switch("plain", on=True)
    sharing.share(ada, make.item(), account)


def test_what_is_planned_waits_says_so_and_goes_out_when_it_is_on_again(sharing, switch, make, ada, plain, clock):
    _, share = planned_tomorrow(sharing, make, ada)
    switch("plain", on=False)
    clock.move(days=1, minutes=1)
    assert sharing.work() == 0
    assert plain.asked == []
    standing = stands(sharing, share)
    assert str(standing.word) == "On hold"
    assert "switched this network off" in str(standing.reason)
    assert [action.value for action in standing.actions] == ["edit", "cancel"]
    switch("plain", on=True)
    assert str(stands(sharing, share).word) != "On hold"
    assert sharing.work() == 1
    assert sharing.now(share).state is ShareState.PUBLISHED


def test_what_waited_too_long_is_missed_with_the_reason_and_not_fired_late(sharing, switch, make, ada, plain, clock):
    _, share = planned_tomorrow(sharing, make, ada)
    switch("plain", on=False)
    clock.move(days=1, hours=3)
    sharing.work()
    late = sharing.now(share)
    assert late.state is ShareState.MISSED
    assert "switched this network off" in str(late.reason)
    switch("plain", on=True)
    sharing.work()
    assert plain.posts == []


def test_a_share_cannot_be_moved_or_tried_again_while_its_network_is_off_but_can_be_cancelled(
    sharing, switch, make, ada
):
    _, share = planned_tomorrow(sharing, make, ada)
    switch("plain", on=False)
    with pytest.raises(Invalid, match="switched this network off"):
        sharing.do(planning.reschedule, ada, share, due_at=None)
    sharing.do(planning.cancel, ada, share)
    assert sharing.now(share).state is ShareState.CANCELLED


def test_other_networks_go_on(sharing, switch, make, ada, plain, clock):
    here, there = sharing.connect(ada, "plain"), sharing.connect(ada, "bluesky")
    held, goes = sharing.share(ada, make.item(), here, there)
    switch("plain", on=False)
    clock.move(seconds=11)
    sharing.work()
    assert sharing.now(goes).state is ShareState.PUBLISHED
    assert sharing.now(held).state is ShareState.SCHEDULED


def test_an_unknown_outcome_is_still_looked_into_but_nothing_is_sent(sharing, switch, make, ada, bluesky, clock):
    account = sharing.connect(ada, "bluesky")
    [share] = sharing.share(ada, make.item(), account)
    clock.move(seconds=11)
    bluesky.fail(Fault.RESET_BEFORE, "putRecord", times=1)
    sharing.work()
    assert sharing.now(share).state is ShareState.UNCONFIRMED
    switch("bluesky", on=False)
    sent = len(bluesky.asked("putRecord"))
    clock.move(minutes=15)
    assert sharing.work() == 1
    assert len(bluesky.asked("putRecord")) == sent
    assert sharing.now(share).state is ShareState.MISSED


def test_switching_twice_is_once(house, switch, make):
    switch("plain", on=False)
    switch("plain", on=False)
    with house.db.reading() as session:
        assert switches.is_off(session, "plain")
    switch("plain", on=True)
    switch("plain", on=True)
    with house.db.reading() as session:
        assert not switches.is_off(session, "plain")
