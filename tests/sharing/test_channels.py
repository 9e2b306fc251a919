"""Channels of a team: connected by a pasted address, shared to by those they are open to, and telling no figures."""

from __future__ import annotations

import threading

import pytest
from sqlalchemy import func, select

from advocacy.base.errors import Conflict, Invalid
from advocacy.reach import figures
from advocacy.reach.models import ReadBack
from advocacy.sharing import channels, composing, my_shares
from advocacy.sharing.gates import OPEN
from advocacy.sharing.models import Connection, ConnectionState, ShareState
from advocacy.sharing.network_memory import NetworkMemory
from advocacy.sharing.networks import Networks
from connectors import Registry
from tests.connectors.fakes.server import Fault
from tests.connectors.fakes.slack import FakeSlack


@pytest.fixture
def slack(clock):
    with FakeSlack(clock.now) as server:
        yield server


@pytest.fixture
def house(house, slack, bluesky):
    """The hub, with a Slack workspace beside the other networks."""
    settings = {
        "SLACK_WEBHOOK_ORIGIN": slack.base_url,
        "BLUESKY_PDS_URL": bluesky.base_url,
        "BLUESKY_APPVIEW_URL": bluesky.base_url,
    }
    registry = Registry(settings, now=house.clock.now, allow_private_hosts=True, read_seconds=2.0)
    house._parts[Networks] = Networks(registry, NetworkMemory(house.db))
    return house


@pytest.fixture
def ada(make):
    return make.user("Ada Nilsen")


@pytest.fixture
def channel(house, slack):
    def connect(user, team=None, *, is_open=False):
        made = channels.connect(house, user_id=user.id, network="slack", address=slack.address, name="#marketing")
        if is_open:
            with house.db.transaction() as session:
                channels.open_to(
                    session, house.clock, connection_id=made.id, team_id=team.id if team else None, by=user.id
                )
        return made

    return connect


def post(browser, path, **fields):
    return browser.post(path, data={"csrf_token": browser.token(), **fields})


def keys(house, user):
    with house.db.reading() as session:
        return [one.connection_id for one in composing.accounts(session, house.part(Networks), user=user)]


def test_an_address_is_pasted_once_and_never_shown_again(signed_in, ada, slack, house, db):
    browser = signed_in(ada)
    secret = slack.address.rsplit("/", 1)[-1]
    answer = post(browser, "/connections/channels/slack/new", name="#marketing", address=slack.address)
    assert answer.status_code == 303
    page = browser.get("/connections").text
    assert "#marketing" in page
    assert "Slack channel" in page
    assert secret not in page
    with db.reading() as session:
        [kept] = session.scalars(select(Connection))
        assert secret.encode() not in (kept.sealed_credentials or b"")
        assert secret not in repr(vars(kept))


@pytest.mark.parametrize(
    ("name", "address", "words"),
    [
        ("#marketing", "https://evil.example/services/T1/B1/abcdefgh", "not the address of a webhook of Slack"),
        ("", "", "Please fill this in."),
    ],
)
def test_what_is_no_webhook_is_refused_and_not_repeated(signed_in, ada, slack, name, address, words):
    answer = post(signed_in(ada), "/connections/channels/slack/new", name=name, address=address)
    assert answer.status_code == 422
    assert words in answer.text
    assert "evil.example" not in answer.text
    assert slack.requests == []


def test_a_share_reaches_the_channel_under_the_persons_name_and_tells_no_figures(
    sharing, ada, channel, make, slack, house, clock
):
    [share] = sharing.share(ada, make.item("Wind farm"), channel(ada), text="Proud of *this*")
    clock.move(seconds=11)
    assert sharing.work() == 1
    done = sharing.now(share)
    assert done.state is ShareState.PUBLISHED
    assert slack.shown().startswith("Proud of *this*\nWind farm")
    assert slack.shown().endswith("— Ada Nilsen")
    figures.keep_up(house)
    with house.db.reading() as session:
        assert session.scalar(select(func.count()).select_from(ReadBack)) == 0
        [(_, standing, label)] = my_shares.lines(session, clock, [done], house.part(Networks), user=ada, before=OPEN)
    assert str(label) == "Slack channel"
    assert standing.actions == ()  # there is no address to look at, and nothing we could delete


def test_an_answer_that_is_lost_is_never_sent_again_by_itself(sharing, ada, channel, make, slack, clock):
    [share] = sharing.share(ada, make.item(), channel(ada))
    clock.move(seconds=11)
    slack.fail(Fault.LOST, "POST", times=1)
    for _ in range(4):
        sharing.work()
        clock.move(hours=7)
    assert len(slack.messages) == 1
    unclear = sharing.now(share)
    assert unclear.state is ShareState.UNCONFIRMED
    assert "Look in the channel" in str(unclear.reason)


def test_a_closed_channel_asks_for_a_new_address_and_goes_on_with_it(
    sharing, ada, channel, make, slack, house, clock
):
    made = channel(ada)
    [share] = sharing.share(ada, make.item(), made)
    clock.move(seconds=11)
    slack.hooks.clear()
    sharing.work()
    with house.db.reading() as session:
        assert session.get_one(Connection, made.id).state is ConnectionState.NEEDS_SIGN_IN
    slack.hooks["/services/T0ADA/B0MARKETING/aNewSecretOfTwentyFour00"] = "open"
    assert channel(ada).id == made.id
    clock.move(minutes=5)
    sharing.work()
    assert sharing.now(share).state is ShareState.PUBLISHED


def test_a_channel_of_ones_own_is_nobody_elses(sharing, ada, channel, make, house):
    made, kari = channel(ada), make.user("Kari")
    assert keys(house, ada) == [made.id]
    assert keys(house, kari) == []
    with pytest.raises(Invalid, match="not connected"):
        sharing.share(kari, make.item(), made)
    with pytest.raises(Conflict, match="by a colleague already"):
        channel(kari)


def test_a_channel_for_everybody_is_everybodys(ada, channel, make, house):
    made = channel(ada, is_open=True)
    assert keys(house, make.user("Kari")) == [made.id]


def test_a_channel_for_a_team_is_for_those_below_it_too_and_for_nobody_else(ada, channel, make, house):
    sales = make.team("Sales")
    nordic, legal = make.team("Nordic", parent=sales), make.team("Legal")
    made = channel(ada, sales, is_open=True)
    assert keys(house, make.user("Kari", team=nordic)) == [made.id]
    assert keys(house, make.user("Ola", team=legal)) == []
    assert keys(house, make.user("Liv")) == []


def test_two_colleagues_do_not_share_one_item_to_one_channel(sharing, ada, channel, make):
    made, kari, item = channel(ada, is_open=True), make.user("Kari"), make.item()
    sharing.share(ada, item, made)
    with pytest.raises(Conflict, match="A colleague is sharing this to #marketing already"):
        sharing.share(kari, item, made)


def test_a_channel_that_closed_to_a_person_gets_nothing_more_from_them(
    sharing, ada, channel, make, slack, house, clock
):
    sales = make.team("Sales")
    kari = make.user("Kari", team=sales)
    [share] = sharing.share(kari, make.item(), channel(ada, sales, is_open=True))
    with house.db.transaction() as session:
        session.merge(kari).team_id = None
    clock.move(seconds=11)
    sharing.work()
    assert slack.messages == []
    assert sharing.now(share).state is ShareState.CANCELLED


def test_a_channel_is_not_chosen_by_habit(signed_in, ada, channel, make):
    made = channel(ada)
    page = signed_in(ada).get(f"/share/{make.item().id}").text
    box = page.split(f'value="c{made.id}"', 1)[1].split(">", 1)[0]
    assert "checked" not in box


def test_a_greeting_shows_that_it_works_and_says_why_it_does_not(signed_in, ada, channel, slack, make):
    made, browser = channel(ada), signed_in(ada)
    post(browser, f"/connections/channels/{made.id}/try")
    assert "This is only a test" in slack.shown()
    assert "We posted a greeting to #marketing" in browser.get("/connections").text
    slack.hooks.clear()
    post(browser, f"/connections/channels/{made.id}/try")
    assert "no longer takes posts" in browser.get("/connections").text
    assert post(signed_in(make.user()), f"/connections/channels/{made.id}/try").status_code == 404


def test_letting_a_channel_go_deletes_its_address_and_says_where_the_webhook_stands(
    signed_in, ada, channel, db, slack
):
    made, browser = channel(ada), signed_in(ada)
    post(browser, f"/connections/{made.id}/disconnect")
    assert "The webhook still stands" in browser.get("/connections").text
    with db.reading() as session:
        assert session.get_one(Connection, made.id).sealed_credentials is None
    assert slack.requests == []


def test_an_administrator_opens_a_channel_and_takes_it_away(signed_in, make, slack, house, db):
    team, browser = make.team("Sales"), signed_in(make.admin())
    kari = make.user("Kari", team=team)
    fields = {"network": "slack", "name": "#sales", "address": slack.address, "team": str(team.id)}
    assert post(browser, "/admin/networks/channels", **fields).status_code == 303
    page = browser.get("/admin/networks/channels").text
    assert "#sales" in page
    assert "Slack channel · Sales" in page
    assert slack.address.rsplit("/", 1)[-1] not in page
    [number] = keys(house, kari)
    assert "#sales" in signed_in(kari).get("/connections").text
    post(browser, f"/admin/networks/channels/{number}/try")
    assert len(slack.messages) == 1
    post(browser, f"/admin/networks/channels/{number}/remove")
    assert keys(house, kari) == []
    assert "No channel is open yet" in browser.get("/admin/networks/channels").text


def test_an_administrator_cannot_touch_what_was_not_opened(signed_in, make, ada, channel, slack):
    made, browser = channel(ada), signed_in(make.admin())
    assert post(browser, f"/admin/networks/channels/{made.id}/try").status_code == 404
    assert post(browser, f"/admin/networks/channels/{made.id}/remove").status_code == 404
    assert slack.messages == []


def test_of_two_colleagues_who_post_the_same_to_a_channel_at_the_same_moment_one_does(sharing, ada, channel, make):
    bo, item = make.user("Bo"), make.item()
    opened = channel(ada, is_open=True)
    answers = []

    def share(user, text):
        try:
            answers.append(sharing.share(user, item, opened, text=text, key=f"form of {user.id}"))
        except Conflict as error:
            answers.append(error)

    both = [threading.Thread(target=share, args=one) for one in ((ada, "Words of Ada"), (bo, "Bo's own thoughts"))]
    for one in both:
        one.start()
    for one in both:
        one.join()
    assert sorted(isinstance(answer, Conflict) for answer in answers) == [False, True]
