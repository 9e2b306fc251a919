"""Channels: only a network's own addresses are posted to, words arrive as they are, and the address never comes out."""

from __future__ import annotations

import re
import uuid
from collections.abc import Iterator
from dataclasses import replace
from datetime import UTC, datetime
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from connectors import Card, CredentialsExpired, Draft, Registry, Rejected, new_record_key
from connectors._text import with_backslashes
from tests.connectors.fakes.discord import FakeDiscord
from tests.connectors.fakes.server import Clock, Response
from tests.connectors.fakes.slack import FakeSlack
from tests.connectors.fakes.teams import FakeTeams

SLACK = "https://hooks.slack.com/services/T0ADA/B0MARKETING/aBcDeFgHiJkLmNoPqRsTuVwX"
DISCORD = f"https://discord.com/api/webhooks/1031234567890123456/{'aB3-_' * 13}xyz"
TEAMS_PATH = "/workflows/0123456789abcdef0123456789abcdef/triggers/manual/paths/invoke"
SIGNED = "api-version=1&sp=%2Ftriggers%2Fmanual%2Frun&sv=1.0&sig=xwP8DXZEU8SsGOtGSxss6jGPScAfmngT_4-bnOr4gk4"
TEAMS = f"https://default88ff.30.environment.api.powerplatform.com:443/powerautomate/automations/direct{TEAMS_PATH}?{SIGNED}"
GOOD = {
    "slack": [SLACK, f" {SLACK} ", SLACK.replace("slack.com", "slack-gov.com")],
    "teams": [
        TEAMS,
        TEAMS.replace(":443", ""),
        TEAMS.replace("/direct/", "/direct/cu/04/"),
        f"https://prod-23.westeurope.logic.azure.com:443{TEAMS_PATH}?{SIGNED}",
    ],
    "discord": [DISCORD, DISCORD.replace("discord.com", "discordapp.com"), DISCORD.replace("/api/", "/api/v10/")],
}
LINK = "https://go.example.com/r/AbC12"
CARD = Card(LINK, "A day & a <half>", "What *we* did")
HOSTILE = (
    "*Bold* _no_ ~no~ `no` <@U123> <!channel> @everyone & [a](https://a.example) \\ |x|\n# No\n- no\n1. no\n> no"
)


def draft(text: str = HOSTILE, **parts: Any) -> Draft:
    at = datetime(2026, 10, 1, 9, 0, tzinfo=UTC)
    return Draft(text, key=str(uuid.uuid4()), record_key=new_record_key(at), created_at=at, **parts)


@pytest.fixture
def slack() -> Iterator[FakeSlack]:
    with FakeSlack(Clock()) as server:
        yield server


@pytest.fixture
def teams() -> Iterator[FakeTeams]:
    with FakeTeams(Clock()) as server:
        yield server


@pytest.fixture
def discord() -> Iterator[FakeDiscord]:
    with FakeDiscord(Clock()) as server:
        yield server


def joined(name: str, server: Any) -> tuple[Any, Any]:
    """The connector, and a channel at this server."""
    connector = Registry({f"{name.upper()}_WEBHOOK_ORIGIN": server.base_url}, now=server.clock).webhook(name)
    return connector, connector.connect(server.address, "#marketing")


# Whom we post to.


@pytest.mark.parametrize(("name", "address"), [(name, one) for name, good in GOOD.items() for one in good])
def test_a_networks_own_addresses_are_taken(name: str, address: str) -> None:
    connector = Registry().webhook(name)
    origin, path = connector._parts(address)
    assert origin.startswith("https://")
    assert ":443" not in origin
    assert address.strip().endswith(path)  # the query goes as it came: its signature counts every letter


@pytest.mark.parametrize("name", list(GOOD))
@pytest.mark.parametrize(
    ("what", "by"),
    [
        ("https://", "http://"),
        ("https://", "https://evil.example/"),
        ("https://", "https://evil.example#"),
        ("https://", "https://ada:b@"),
        (".com", ".com.evil.example"),
        (".com", ".com:8443"),
        (".com", ".com@evil.example"),
        (".com", ".com\\@evil.example"),
        (".com/", ".com/../"),
        (".com/", ".com//evil.example/"),
        ("https://", "https://127.0.0.1/"),
        ("https://", "file://"),
        ("https", "https\n"),
    ],
)
def test_no_other_address_is_ever_posted_to(name: str, what: str, by: str) -> None:
    connector, good = Registry().webhook(name), GOOD[name][0].replace(":443", "")
    assert what in good
    with pytest.raises(Rejected, match="not the address of a webhook"):
        connector.connect(good.replace(what, by, 1), "#marketing")


@pytest.mark.parametrize(
    ("name", "address"),
    [
        ("slack", DISCORD),
        ("discord", SLACK),
        ("teams", "https://outlook.office.com/webhook/abc@def/IncomingWebhook/ghi/jkl"),  # switched off by Microsoft
        ("slack", "https://hooks.slack.com/workflows/T0ADA/A0MARKETING/123/abcdef"),  # another product, other fields
        ("slack", "https://hooks.slack.com/triggers/T0ADA/123/abcdef"),
        ("discord", f"{DISCORD}/slack"),
        ("discord", f"{DISCORD}?wait=false"),
        ("teams", TEAMS.split("&sig=", maxsplit=1)[0]),
    ],
)
def test_an_address_of_another_kind_is_refused_with_an_example(name: str, address: str) -> None:
    with pytest.raises(Rejected, match="It looks like this: https://"):
        Registry().webhook(name).connect(address, "#marketing")


def test_what_was_kept_is_held_to_the_rule_again_before_each_post(slack: FakeSlack) -> None:
    connector, channel = joined("slack", slack)
    for moved in ("http://127.0.0.1:1", "https://evil.example", ""):
        with pytest.raises(Rejected, match="not the address of a webhook"):
            connector.publish(draft(), replace(channel, server=moved))
    assert slack.messages == []


def test_the_same_webhook_with_a_new_secret_is_the_same_channel() -> None:
    one = Registry().webhook("slack").connect(SLACK, "#marketing")
    other = Registry().webhook("slack").connect(SLACK[:-4] + "zzzz", "#marketing")
    assert one.remote_id == other.remote_id == "T0ADA/B0MARKETING"
    assert one.access_token != other.access_token


@pytest.mark.parametrize("name", ["slack", "teams", "discord"])
def test_the_secret_part_alone_comes_out_nowhere(name: str, request: pytest.FixtureRequest) -> None:
    server = request.getfixturevalue(name)
    connector, channel = joined(name, server)
    secret = connector.path.fullmatch(channel.access_token)["secret"]
    for status in (200, 400, 403, 404, 500):
        server.heal()
        server.fail(Response(status, {"message": f"/x/{secret} is no good"}), "POST ")
        with pytest.raises(Exception) as caught:
            connector.publish(draft(), channel)
        error: Any = caught.value
        assert secret not in f"{error} {error!r} {error.network_said} {error.reason} {error.__cause__!r} {channel!r}"


# What arrives.


def test_slack_shows_the_words_as_they_are_and_calls_nobody(slack: FakeSlack) -> None:
    connector, channel = joined("slack", slack)
    connector.publish(draft(f"{HOSTILE} {LINK}", link=LINK, author="Ada Nilsen"), channel)
    assert slack.shown() == f"{HOSTILE} {LINK}\n— Ada Nilsen"
    [message] = slack.messages
    assert "<" not in message["text"]  # control sequences work in the text of notifications
    assert "&lt;!channel&gt;" in message["text"]
    assert {block["type"] for block in message["blocks"]} == {"rich_text", "context"}
    assert message["unfurl_links"] is message["unfurl_media"] is False


def test_slack_draws_the_card_with_the_tracked_link(slack: FakeSlack) -> None:
    connector, channel = joined("slack", slack)
    connector.publish(draft("Look", link=LINK, card=CARD), channel)
    assert slack.shown() == "Look\nA day & a <half>\nWhat *we* did"
    title = slack.messages[0]["blocks"][1]["elements"][0]["elements"][0]
    assert (title["type"], title["url"]) == ("link", LINK)


@pytest.mark.parametrize(
    ("status", "words"),
    [
        (404, "no_service"),
        (404, "no_team"),
        (404, "channel_not_found"),
        (403, "action_prohibited"),
        (403, "invalid_token"),
        (410, "channel_is_archived"),
    ],
)
def test_a_channel_that_slack_closed_asks_for_a_new_address(slack: FakeSlack, status: int, words: str) -> None:
    connector, channel = joined("slack", slack)
    slack.fail(Response(status, words))
    with pytest.raises(CredentialsExpired, match="Connect the channel again"):
        connector.publish(draft(), channel)


def test_teams_shows_the_words_as_they_are_line_by_line(teams: FakeTeams) -> None:
    connector, channel = joined("teams", teams)
    connector.publish(draft(f"{HOSTILE}\n\n{LINK}", link=LINK, card=CARD, author="Ada Nilsen"), channel)
    assert teams.shown() == f"{HOSTILE}\n\n{LINK}\nA day & a <half>\nWhat *we* did\n— Ada Nilsen"
    runs = [run for block in teams.cards[0]["body"] for run in block["inlines"]]
    assert {run["selectAction"]["url"] for run in runs if "selectAction" in run} == {LINK, "https://a.example)"[:-1]}


def test_the_longest_text_fits_into_what_teams_takes(teams: FakeTeams) -> None:
    connector, channel = joined("teams", teams)
    card = Card(LINK, "å" * 400, "å" * 1000)
    for letter in ("å", "\n", "𝕏", '"'):
        room = connector.limits.max_length // (2 if letter == "𝕏" else 1)
        words = ("x" + letter * (room - 2) + "x") if letter != "𝕏" else letter * room
        if letter == "\n":
            words = "x" + "\nx" * 100
        connector.publish(draft(words, card=card, link=LINK, author="Ada"), channel)
    assert len(teams.cards) == 4


def test_a_workflow_that_is_off_gone_or_signed_anew_asks_for_a_new_address(teams: FakeTeams) -> None:
    connector, channel = joined("teams", teams)
    for change in ({"state": "off"}, {"state": "gone"}, {"state": "on", "signature": "another"}):
        for name, value in change.items():
            setattr(teams, name, value)
        with pytest.raises(CredentialsExpired, match="Connect the channel again"):
            connector.publish(draft(), channel)


def shown_by_discord(content: str) -> str:
    """The words as a reader sees them: a backslash before punctuation is not shown."""
    found, skip = [], False
    for at, char in enumerate(content):
        if not skip and char == "\\" and at + 1 < len(content) and content[at + 1] in "\\*_~`|[]<>#-+.":
            skip = True
            continue
        found.append(char)
        skip = False
    return "".join(found)


def test_discord_shows_the_words_as_they_are_under_the_persons_name_and_calls_nobody(discord: FakeDiscord) -> None:
    connector, channel = joined("discord", discord)
    receipt = connector.publish(draft(link=LINK, card=CARD, author="Ada Nilsen"), channel)
    [message] = discord.messages.values()
    assert shown_by_discord(message["content"]) == HOSTILE
    assert message["content"].splitlines()[1:] == ["\\# No", "\\- no", "1\\. no", "\\> no"]
    assert message["allowed_mentions"] == {"parse": []}
    assert message["username"] == "Ada Nilsen"
    assert message["embeds"] == [{"title": CARD.title, "description": CARD.description, "url": LINK}]
    assert (
        receipt.permalink
        == f"https://discord.com/channels/2031234567890123456/3031234567890123456/{receipt.remote_id}"
    )


@given(st.text(alphabet=st.sampled_from("ab *_~`|[]<>#-+.\\\n1é🚀"), max_size=60))
def test_any_words_are_shown_by_discord_as_they_are(words: str) -> None:
    assert shown_by_discord(with_backslashes(words)) == words


def test_an_address_in_the_words_stays_whole_on_discord() -> None:
    url = "https://example.com/a_b_c*d?x=[1]"
    assert url.split("*", maxsplit=1)[0] in with_backslashes(f"*see* {url} _now_")


def test_a_name_that_discord_forbids_is_left_out(discord: FakeDiscord) -> None:
    connector, channel = joined("discord", discord)
    connector.publish(draft("Hi", author="Clyde Hansen"), channel)
    connector.publish(draft("Hi", author="Ada " * 40), channel)
    first, second = discord.messages.values()
    assert "username" not in first
    assert len(second["username"]) <= 80


def test_discord_counts_what_it_gets(discord: FakeDiscord) -> None:
    connector, channel = joined("discord", discord)
    words = "*" * 1000
    assert connector.count(words).used == 2000
    connector.publish(draft(words), channel)
    with pytest.raises(Rejected, match="by 1:"):
        connector.publish(draft(words + "x"), channel)
    assert len(discord.messages) == 1


def test_discord_is_asked_whether_it_knows_a_webhook_before_it_is_kept(discord: FakeDiscord) -> None:
    connector, channel = joined("discord", discord)
    assert channel.handle == "#marketing"
    assert connector.connect(discord.address, "").handle == "Ada's hook"
    discord.is_there = False
    with pytest.raises(Rejected, match="not the address of a webhook"):
        connector.connect(discord.address, "#marketing")


def test_a_webhook_that_is_gone_is_not_asked_again_to_delete(discord: FakeDiscord) -> None:
    connector, channel = joined("discord", discord)
    receipt = connector.publish(draft("Hi"), channel)
    discord.is_there = False
    with pytest.raises(CredentialsExpired):
        connector.delete(receipt.remote_id, channel)


@pytest.mark.parametrize(("name", "most"), [("slack", 300), ("teams", 300), ("discord", 1000)])
def test_a_long_description_is_cut_between_characters_and_says_so(
    name: str, most: int, request: pytest.FixtureRequest
) -> None:
    connector, credentials = joined(name, request.getfixturevalue(name))
    family = "👩‍👩‍👧‍👦"  # eleven units: it stands across every one of those limits
    connector.publish(draft(card=replace(CARD, description=family * 200)), credentials)
    [sent] = request.getfixturevalue(name).asked("POST")[-1:]
    [shown] = [
        one
        for one in re.findall(
            r"[👩👧👦\u200d]+…?",
            sent.body.decode("unicode_escape").encode("utf-16", "surrogatepass").decode("utf-16"),
        )
        if one
    ]
    assert shown == family * ((most - 1) // 11) + "…"
