"""Shares to X from end to end: lost answers are looked for twice, lost refreshes ask for a sign-in, credit is watched."""

from collections.abc import Iterator
from datetime import timedelta

import pytest
from sqlalchemy import select

from advocacy.base.errors import Invalid
from advocacy.base.text import Text
from advocacy.library.models import ItemKind
from advocacy.people.models import User
from advocacy.reach import figures
from advocacy.sharing import costs
from advocacy.sharing.connections import keep
from advocacy.sharing.cost_models import Cost, CostOf
from advocacy.sharing.models import Connection, ConnectionState, ShareState
from advocacy.sharing.my_shares import Action, standing
from advocacy.sharing.networks import Networks
from connectors import Credentials
from tests.connectors.fakes.server import Fault
from tests.connectors.networks.x import XNetwork


@pytest.fixture
def x(house, sharing, clock) -> Iterator[XNetwork]:
    made = XNetwork(clock.now)
    house._parts[Networks] = sharing.networks = Networks(made.registry)
    yield made
    made.close()


@pytest.fixture
def share(house, sharing, x, make):
    """One share that is due, of a person whose sign-in can be renewed."""
    ada, grant = make.user("Ada"), x.server.grant_for("ada")
    tokens = Credentials(grant.access, grant.refresh, grant.ends, remote_id=grant.account.id, handle="@ada")
    account = keep(house, user_id=ada.id, network="x", tokens=tokens, who=x.connector.identity(tokens))
    [made] = sharing.share(ada, make.item(), account)
    house.clock.move(seconds=11)
    return made


def reason_of(share):
    return str(Text.from_json(share.reason))


def test_a_share_is_published(sharing, share, x):
    sharing.work()
    stands = sharing.now(share)
    assert stands.state is ShareState.PUBLISHED
    assert stands.permalink.endswith(f"/ada/status/{stands.remote_id}")


def test_a_lost_answer_is_looked_for_and_never_sent_again(sharing, share, x):
    x.fake.fail(Fault.LOST, x.publishing, times=1)
    sharing.work()
    assert sharing.now(share).state is ShareState.UNCONFIRMED
    sharing.house.clock.move(seconds=29)
    assert sharing.work() == 0
    sharing.house.clock.move(seconds=2)
    sharing.work()
    assert sharing.now(share).state is ShareState.PUBLISHED
    assert x.posts() == 1


def test_what_is_not_there_at_a_second_look_is_asked_about(sharing, share, x):
    x.fake.fail(Fault.RESET_BEFORE, x.publishing, times=1)
    sharing.work()
    for _ in range(4):
        sharing.house.clock.move(seconds=31)
        sharing.work()
    stands = sharing.now(share)
    assert stands.state is ShareState.UNCONFIRMED
    assert stands.next_attempt_at is None
    assert "Please look yourself" in reason_of(stands)
    assert len(x.fake.asked(x.publishing)) == 1
    assert len(x.fake.asked(r"GET /2/users/\d+/tweets")) == 2


def test_a_post_that_shows_late_is_found_at_the_second_look(sharing, share, x, clock):
    x.fake.fail(Fault.LOST, x.publishing, times=1)
    x.server.hidden_for = timedelta(seconds=45)
    sharing.work()
    for _ in range(3):
        clock.move(seconds=31)
        sharing.work()
    assert sharing.now(share).state is ShareState.PUBLISHED
    assert x.posts() == 1


def test_tokens_that_ended_are_renewed_once_and_the_new_ones_are_kept(sharing, share, x, clock):
    clock.move(hours=1, minutes=59)
    sharing.work()
    assert sharing.now(share).state is ShareState.PUBLISHED
    assert len(x.fake.asked("oauth2/token")) == 1
    assert len(x.server.spent_refresh_tokens) == 1


def test_an_access_token_that_x_took_back_is_renewed_once_and_no_more(sharing, share, x):
    for grant in x.server.grants:
        grant.access = "another"
    sharing.work()
    assert sharing.now(share).state is ShareState.PUBLISHED
    assert len(x.fake.asked("oauth2/token")) == 1


def test_a_renewal_whose_answer_is_lost_ends_in_a_request_to_sign_in_again(sharing, share, x, clock):
    """X has ended the old refresh token, and nobody has the new one: nothing but a sign-in helps."""
    clock.move(hours=1, minutes=59)
    x.fake.fail(Fault.LOST, "oauth2/token", times=1)
    for _ in range(2):
        sharing.work()
        clock.move(seconds=30)
    stands = sharing.now(share)
    assert stands.state is ShareState.SCHEDULED
    assert stands.connection.state is ConnectionState.NEEDS_SIGN_IN
    assert "Connect your account again" in reason_of(stands)
    assert x.posts() == 0


def test_without_credit_the_share_waits_and_goes_out_when_there_is_some(sharing, share, x, clock):
    x.server.credit = False
    sharing.work()
    stands = sharing.now(share)
    assert stands.state is ShareState.SCHEDULED
    assert "credit with X is used up" in reason_of(stands)
    x.server.credit = True
    clock.move(minutes=16)
    sharing.work()
    assert sharing.now(share).state is ShareState.PUBLISHED


class Budgeted(XNetwork):
    """X, with one cheap post a month."""

    def settings(self) -> dict[str, str]:
        return {**super().settings(), "X_MONTHLY_BUDGET": "0.02"}


def test_prices_stand_beside_the_budget_and_the_composer_tells_when_it_is_used_up(
    house, sharing, make, signed_in, clock
):
    made = Budgeted(clock.now)
    house._parts[Networks] = sharing.networks = Networks(made.registry)
    ada, grant = make.user("Ada"), made.server.grant_for("ada")
    tokens = Credentials(grant.access, grant.refresh, grant.ends, remote_id=grant.account.id, handle="@ada")
    keep(house, user_id=ada.id, network="x", tokens=tokens, who=made.connector.identity(tokens))
    item, boss = make.item(), make.admin()
    assert "is used up" not in signed_in(ada).get(f"/share/{item.id}").text
    page = signed_in(boss).get("/admin/networks").text
    assert "0.02 of 0.02 USD left" in page
    assert "0.20 USD" in page
    with house.db.transaction() as session:
        costs.reserve(session, house.db, made.connector, amount=15_000, what=CostOf.POST)
    assert "0.005 of 0.02 USD left" in signed_in(boss).get("/admin/networks").text
    assert "What the company spends at X in a month is used up" in signed_in(ada).get(f"/share/{item.id}").text
    made.close()


def test_an_account_without_tokens_ends_in_a_clear_word_to_connect_again(house, sharing, make):
    """As the accounts of the demo company are."""
    ada = make.user("Ada")
    account = sharing.connect(ada)
    with house.db.transaction() as session:
        session.merge(account).sealed_credentials = None
    [share] = sharing.share(ada, make.item(), account)
    house.clock.move(seconds=11)
    sharing.work()
    stands = sharing.now(share)
    assert stands.connection.state is ConnectionState.NEEDS_SIGN_IN
    assert "connect your account again" in reason_of(stands)
    assert Action.RECONNECT in standing(stands, house.clock.now()).actions


def test_a_company_post_is_reposted_once_though_the_answer_is_lost_and_takes_no_words(
    sharing, share, x, make, signed_in
):
    sharing.work()
    with sharing.house.db.reading() as session:
        ada, account = session.get(User, share.user_id), session.get(Connection, share.connection_id)
    post = make.item("Our wind farm", kind=ItemKind.POST, source_url=x.original())
    composer = signed_in(ada).get(f"/share/{post.id}").text
    assert f'name="as-c{account.id}" value="repost" checked' in composer
    assert f'name="as-c{account.id}" value="comment"' not in composer
    sharing.house.clock.move(hours=3)
    with pytest.raises(Invalid, match="only as it is"):
        sharing.share(ada, post, account, text="I built it")
    x.fake.fail(Fault.LOST, x.boosting, times=1)
    [boost] = sharing.share(ada, post, account, as_it_is=True)
    sharing.house.clock.move(seconds=11)
    sharing.work()
    assert sharing.now(boost).state is ShareState.UNCONFIRMED
    sharing.house.clock.move(seconds=31)
    sharing.work()
    assert (sharing.now(boost).state, sharing.now(boost).permalink) == (ShareState.PUBLISHED, post.source_url)
    # X knows who passed a post on, so it is asked once more instead of the person, and passes it on once.
    assert (len(x.fake.asked(x.boosting)), x.boosts()) == (2, 1)
    figures.keep_up(sharing.house)
    sharing.house.clock.move(hours=2)
    for group in figures.claim_due(sharing.house.db, sharing.house.clock, groups=9):
        figures.look(sharing.house, group)
    with sharing.house.db.reading() as session:
        read = list(session.scalars(select(Cost.amount).where(Cost.what == CostOf.FIGURES)))
    assert read == [5_000], "of the post that was shared before: a repost has none of its own, and is not read"
