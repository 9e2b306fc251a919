"""News for everybody in channels of the company: each once, never a blind second try, and nothing that is for some."""

from datetime import timedelta

import pytest
from sqlalchemy import select

from advocacy.admin import health
from advocacy.base import events
from advocacy.library.models import Dimension
from advocacy.messages import chat_channels, chatting
from advocacy.messages.chat_models import ChatMessage
from advocacy.sharing.network_memory import NetworkMemory
from advocacy.sharing.networks import Networks
from connectors import Registry
from tests.connectors.fakes.server import Fault, Response
from tests.connectors.fakes.slack import FakeSlack
from tests.connectors.fakes.teams import FakeTeams


@pytest.fixture
def slack(clock):
    with FakeSlack(clock.now) as server:
        yield server


@pytest.fixture
def teams(clock):
    with FakeTeams(clock.now) as server:
        yield server


@pytest.fixture
def house(house, slack, teams):
    """The hub, with a Slack workspace and a Teams tenant on this machine."""
    settings = {"SLACK_WEBHOOK_ORIGIN": slack.base_url, "TEAMS_WEBHOOK_ORIGIN": teams.base_url}
    registry = Registry(settings, now=house.clock.now, allow_private_hosts=True, read_seconds=1.0)
    house._parts[Networks] = Networks(registry, NetworkMemory(house.db))
    return house


@pytest.fixture
def admin(make):
    return make.admin()


@pytest.fixture
def channel(house, slack, admin):
    return chat_channels.connect(
        house, network="slack", address=slack.address, name="#all", kinds=["notice"], locale="nb", by=admin.id
    )


def messages(house) -> list[ChatMessage]:
    with house.db.reading() as session:
        return list(session.scalars(select(ChatMessage).order_by(ChatMessage.id)))


def test_a_notice_for_everybody_stands_in_the_channel_once_and_one_for_some_does_not(
    house, make, happen, channel, slack, clock
):
    leader, team = make.leader(), make.team("Sales")
    first = happen.notice(leader, "New doors")
    happen.notice(leader, "For sales", audience={Dimension.TEAM: frozenset({str(team.id)})})
    for _ in range(3):
        chatting.tick(house)
        clock.move(hours=1)
    [_] = slack.messages
    assert "Det er kommet et nytt oppslag." in slack.shown()
    assert "New doors" in slack.shown()
    [link] = [one["url"] for block in slack.messages[0]["blocks"] for part in block["elements"]
              for one in part.get("elements", []) if one["type"] == "link"]  # fmt: skip
    assert link == f"http://localhost/company/notices/{first.id}"
    assert messages(house)[0].sent_at is not None


def test_an_item_goes_to_teams_when_it_is_there_for_everybody(house, make, admin, teams, clock, happen):
    chat_channels.connect(
        house, network="teams", address=teams.address, name="News", kinds=["new_item"], locale="en", by=admin.id
    )
    some = {Dimension.TEAM: [make.team("Sales")]}
    later = clock.now() + timedelta(days=1)
    for item in (
        make.item(title="The turbine turns"),
        make.item(title="For some", audience=some),
        make.item(title="Tomorrow", publish_from=later),
        make.item(title="Inside", internal_only=True),
    ):
        with house.db.transaction() as session:
            events.record(session, clock, kind="item.approved", actor_id=admin.id, subject=("item", item.id))
    happen.keep_up()
    chatting.tick(house)
    assert [teams.shown(number).splitlines()[0] for number in range(len(teams.cards))] == [
        "There is something new to share.",
        "There is something new to read.",
    ]
    assert "The turbine turns" in teams.shown(0)


def test_a_busy_channel_is_left_alone_until_it_says_and_one_that_was_surely_not_asked_is_tried_again(
    house, make, happen, channel, slack, clock
):
    leader = make.leader()
    slack.fail(Response(429, "rate_limited", {"Retry-After": "120"}), times=1)
    happen.notice(leader, "One")
    happen.notice(leader, "Two")
    chatting.tick(house)
    assert slack.messages == []
    clock.move(seconds=119)
    assert chatting.tick(house) == 0, "the second waits as well"
    clock.move(seconds=2)
    chatting.tick(house)
    assert len(slack.messages) == 2


def test_where_the_answer_was_lost_an_administrator_looks_and_decides(
    house, make, happen, channel, slack, clock, signed_in, admin
):
    happen.notice(make.leader(), "New doors")
    slack.fail(Fault.LOST, times=1)
    chatting.tick(house)
    clock.move(hours=2)
    chatting.tick(house)
    assert len(slack.messages) == 1, "never a blind second try"
    browser = signed_in(admin)
    assert "Nobody knows whether it is there." in browser.get("/admin/chat").text
    number = messages(house)[0].id
    browser.submit("/admin/chat", form=f"/admin/chat/messages/{number}/again")
    chatting.tick(house)
    assert len(slack.messages) == 2
    assert "Nobody knows whether" not in browser.get("/admin/chat").text


def test_a_sender_that_died_after_handing_over_leaves_it_unclear(house, make, happen, channel, slack, clock):
    happen.notice(make.leader(), "New doors")
    chatting.consume(house.db, chatting.consumer(house), batch=200)
    assert chatting._claim(house) is not None, "and then the power went"
    clock.move(minutes=6)
    assert chatting.tick(house) == 0
    assert slack.messages == []
    assert messages(house)[0].unclear_at is not None


def test_a_channel_that_is_gone_says_so_and_news_of_yesterday_is_not_sent_today(
    house, make, happen, channel, slack, clock, signed_in, admin, monkeypatch
):
    monkeypatch.setattr("advocacy.migrating.is_current", lambda _db: True)
    leader, browser = make.leader(), signed_in(admin)
    slack.hooks.clear()
    happen.notice(leader, "One")
    chatting.tick(house)
    assert "no longer takes posts" in browser.get("/admin/chat").text
    [check] = [one for one in health.examine(house) if str(one.name) == "#all"]
    assert "no longer takes posts" in str(check.says)
    slack.fail(Response(429, "rate_limited", {"Retry-After": "3600"}))
    happen.notice(leader, "Two")
    for _ in range(26):
        chatting.tick(house)
        clock.move(hours=1)
    assert "It was not taken within a day." in browser.get("/admin/chat").text
    assert slack.messages == []


def test_an_administrator_adds_tries_chooses_and_removes_a_channel(house, slack, signed_in, admin, db):
    browser = signed_in(admin)
    assert "No channel is told anything yet" in browser.get("/admin/chat").text
    fields = {"network": "slack", "name": "#all", "address": slack.address, "kind": "notice", "locale": "en"}
    assert (
        "not the address of a webhook"
        in browser.submit("/admin/chat", {**fields, "address": "https://evil.example"}).text
    )
    browser.submit("/admin/chat", fields)
    page = browser.get("/admin/chat").text
    assert "#all" in page
    assert slack.address.rpartition("/")[2] not in page, "the address is never shown again"
    with db.reading() as session:
        [kept] = chat_channels.every(session)
    assert slack.address.rpartition("/")[2].encode() not in kept.sealed
    browser.submit("/admin/chat", form=f"/admin/chat/{kept.id}/try")
    assert "this channel works" in slack.shown()
    browser.submit("/admin/chat", {"kind": "kudos"}, form=f"/admin/chat/{kept.id}")
    with db.reading() as session:
        assert chat_channels.every(session)[0].kinds == [], "thanks are between people: no kind for a channel"
    browser.submit("/admin/chat", form=f"/admin/chat/{kept.id}/remove")
    assert "No channel is told anything yet" in browser.get("/admin/chat").text
