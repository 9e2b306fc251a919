"""The first minute."""

import pytest

from advocacy.base import events
from advocacy.people import onboarding, policies
from advocacy.people.models import User
from advocacy.people.onboarding import Step


@pytest.fixture
def policy(house, make):
    ada = make.admin()
    with house.db.transaction() as session:
        return policies.write(session, house.clock, title="Sharing well", body="Be kind", by=ada.id)


def happened(house, kind, user):
    with house.db.transaction() as session:
        events.record(session, house.clock, kind=kind, actor_id=user.id, subject=("thing", 1))


def step(house, user) -> Step | None:
    with house.db.reading() as session:
        return onboarding.progress(session, session.get(User, user.id)).next


def test_policy_network_share_in_this_order(house, make, signed_in, policy):
    kari = make.user("Kari Nordmann")
    browser = signed_in(kari)
    page = browser.get("/welcome").text
    assert "How we share" in page
    assert "Be kind" in page
    answer = browser.submit("/welcome", form="/policy")
    assert answer.location == "/feed"
    assert browser.get("/welcome").location == "/feed"
    assert "Connect a network" in browser.get("/welcome/card").text
    happened(house, "connection.connected", kari)
    assert step(house, kari) is Step.SHARE
    assert "Connect a network" not in browser.get("/welcome/card").text
    happened(house, "share.requested", kari)
    assert step(house, kari) is None


def test_a_share_link_needs_no_connected_network(house, make):
    kari = make.user()
    assert step(house, kari) is Step.NETWORK
    happened(house, "share.claimed", kari)
    assert step(house, kari) is None


def test_words_prepared_to_be_posted_by_hand_are_not_shared_yet(house, make):
    kari = make.user()
    happened(house, "share.prepared", kari)
    assert step(house, kari) is Step.NETWORK


def test_somebody_elses_share_is_not_mine(house, make):
    kari, ola = make.user(), make.user()
    happened(house, "share.claimed", ola)
    assert step(house, kari) is Step.NETWORK


def test_the_first_share_is_kept_once_and_survives_the_log(house, make, db, clock):
    kari = make.user()
    happened(house, "share.requested", kari)
    first = clock.now()
    clock.move(hours=1)
    happened(house, "share.claimed", kari)
    onboarding.keep_up(db)
    with db.reading() as session:
        kept = session.get(User, kari.id)
        assert kept.onboarded_at == first
        assert onboarding.progress(session, kept).next is None


def test_the_card_shows_what_is_left_and_goes_away(house, make, signed_in, policy):
    kari = make.user()
    browser = signed_in(kari)
    card = browser.get("/welcome/card").text
    assert "Your first share is close" in card
    assert "0 of 3" in card
    browser.submit("/welcome", form="/policy")
    assert "1 of 3" in browser.get("/welcome/card").text
    happened(house, "share.claimed", kari)
    assert browser.get("/welcome/card").text.strip() == ""


def test_it_can_be_skipped_but_the_policy_is_still_owed(house, make, signed_in, policy, db):
    kari = make.user()
    browser = signed_in(kari)
    answer = browser.submit("/welcome", form="/welcome/skip")
    assert answer.location == "/feed"
    assert browser.get("/welcome/card").text.strip() == ""
    with db.reading() as session:
        assert policies.must_accept(session, session.get(User, kari.id)) is not None


def test_without_a_policy_there_are_two_steps(make, signed_in):
    assert "0 of 2" in signed_in(make.user()).get("/welcome/card").text
