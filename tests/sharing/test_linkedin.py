"""A share's way through LinkedIn: nothing is looked up, so the person is asked; a sign-in ends after sixty days."""

from datetime import timedelta

import pytest
from sqlalchemy import select

from advocacy.sharing import connections, planning
from advocacy.sharing.models import Connection, ConnectionState, Proof, ShareState
from advocacy.sharing.networks import Networks
from tests.connectors.fakes.server import Fault
from tests.connectors.networks.linkedin import LinkedInNetwork


@pytest.fixture
def network(house, sharing, clock):
    made = LinkedInNetwork(clock.now)
    house._parts[Networks] = sharing.networks = Networks(made.registry)
    yield made
    made.close()


@pytest.fixture
def linkedin(network):
    return network.server


@pytest.fixture
def ada(make):
    return make.user("Ada")


def connect(house, network, user, who="ada"):
    """A sign-in as the person's way through LinkedIn's page leaves it."""
    app = network.connector.register_app("", redirect_uri="http://localhost/connections/back", client_name="Hub")
    asked = {"response_type": "code", "client_id": app.client_id, "redirect_uri": app.redirect_uri}
    code = network.allow({**asked, "scope": app.scopes, "state": "s"}, who).split("code=")[1].split("&")[0]
    tokens = network.connector.exchange(app, code=code, verifier="v")
    who_it_is = network.connector.identity(tokens)
    return connections.keep(house, user_id=user.id, network="linkedin", tokens=tokens, who=who_it_is)


@pytest.fixture
def account(house, network, ada):
    return connect(house, network, ada)


def standing(house, connection):
    with house.db.reading() as session:
        return session.scalar(select(Connection).where(Connection.id == connection.id))


def lose_the_answer(sharing, linkedin, ada, item, account):
    """A share of which only LinkedIn knows what became of it, and which the person is asked about."""
    linkedin.fail(Fault.LOST, "POST /rest/posts", times=1)
    [share] = sharing.share(ada, item, account)
    sharing.house.clock.move(seconds=11)
    sharing.work()
    assert sharing.now(share).state is ShareState.UNCONFIRMED
    sharing.house.clock.move(minutes=1)
    sharing.work()
    asked = sharing.now(share)
    assert (asked.state, asked.next_attempt_at) == (ShareState.UNCONFIRMED, None)
    return share


def test_an_article_is_published_with_its_card_and_tracked_link(house, sharing, linkedin, make, ada, account):
    [share] = sharing.share(ada, make.item(title="Life (at Nordlys)"), account, text="Words of mine (and #ours)")
    house.clock.move(seconds=11)
    sharing.work()
    found = sharing.now(share)
    assert (found.state, found.proof) == (ShareState.PUBLISHED, Proof.NETWORK)
    post = linkedin.posts[found.remote_id]
    assert post.text.startswith("Words of mine (and #ours)")
    assert post.sent["content"]["article"]["source"] == f"http://localhost/r/{found.link.code}"
    assert post.sent["content"]["article"]["title"] == "Life (at Nordlys)"
    assert found.permalink.endswith(f"/feed/update/{found.remote_id}/")


def test_nobody_looks_at_linkedin_the_person_does(sharing, linkedin, make, ada, account):
    share = lose_the_answer(sharing, linkedin, ada, make.item(), account)
    assert len(linkedin.asked("POST /rest/posts")) == 1
    assert linkedin.asked("GET /rest") == []
    assert "Look at your profile" in sharing.now(share).reason["template"]
    sharing.house.clock.move(days=2)
    assert sharing.work() == 0


def test_sent_again_it_is_the_same_to_the_byte_and_probably_published(
    house, sharing, linkedin, make, ada, account, signed_in
):
    share = lose_the_answer(sharing, linkedin, ada, make.item(), account)
    sharing.do(planning.send_again, ada, share)
    house.clock.move(seconds=11)
    sharing.work()
    first, second = linkedin.asked("POST /rest/posts")
    assert first.body == second.body
    assert len(linkedin.posts) == 1
    found = sharing.now(share)
    assert (found.state, found.proof) == (ShareState.PUBLISHED, Proof.CLAIMED)
    page = signed_in(ada).get("/my-shares?show=past").get_data(as_text=True)
    assert "Probably published" in page
    assert "please check your profile" in page


def test_what_was_probably_published_and_is_not_there_can_be_taken_off(house, sharing, linkedin, make, ada, account):
    share = lose_the_answer(sharing, linkedin, ada, make.item(), account)
    sharing.do(planning.send_again, ada, share)
    house.clock.move(seconds=11)
    sharing.work()
    sharing.do(planning.cancel, ada, share)
    assert sharing.now(share).state is ShareState.CANCELLED


def test_what_linkedins_own_receipt_proves_cannot_be_taken_off(house, sharing, make, ada, account):
    [share] = sharing.share(ada, make.item(), account)
    house.clock.move(seconds=11)
    sharing.work()
    with pytest.raises(Exception, match="moved on"):
        sharing.do(planning.cancel, ada, share)


def plan(sharing, make, ada, account, **after):
    """A share for later: LinkedIn's token ends in sixty days, and the planner looks a year ahead."""
    [share] = sharing.share(ada, make.item(), account, due_at=sharing.house.clock.now() + timedelta(**after))
    return share


def test_a_share_after_the_end_of_the_sign_in_waits_and_goes_out_once_signed_in(
    house, sharing, network, linkedin, make, ada, account
):
    share = plan(sharing, make, ada, account, days=60)
    house.clock.move(days=60)
    sharing.work()
    waiting = sharing.now(share)
    assert (waiting.state, standing(house, account).state) == (ShareState.SCHEDULED, ConnectionState.NEEDS_SIGN_IN)
    assert "Connect" in waiting.reason["template"]
    assert linkedin.asked("POST /rest/posts") == []
    house.clock.move(minutes=90)
    connect(house, network, ada)
    sharing.work()
    assert sharing.now(share).state is ShareState.PUBLISHED
    assert standing(house, account).sign_in_ends_at == house.clock.now() + timedelta(days=60)


def test_a_share_whose_sign_in_comes_after_its_deadline_is_missed_and_asked_about(
    house, sharing, network, linkedin, make, ada, account
):
    share = plan(sharing, make, ada, account, days=60)
    house.clock.move(days=60)
    sharing.work()
    house.clock.move(hours=3)
    connect(house, network, ada)
    sharing.work()
    assert sharing.now(share).state is ShareState.MISSED
    assert linkedin.posts == {}


def test_a_quota_that_is_used_up_keeps_the_members_other_shares_until_midnight_utc(
    house, sharing, linkedin, make, ada, account
):
    linkedin.asked_today[("ada-7f3kQ", house.clock.now().date())] = 150
    first, second = sharing.share(ada, make.item(), account)[0], None
    [second] = sharing.share(ada, make.item(), account, text="Other words")
    house.clock.move(seconds=11)
    sharing.work()
    midnight = house.clock.now().replace(hour=0, minute=0, second=0) + timedelta(days=1)
    assert {sharing.now(one).next_attempt_at for one in (first, second)} == {midnight}
