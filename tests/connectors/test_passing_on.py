"""Passing on what somebody else posted, as each network has it."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace

import pytest

from connectors import Card, CredentialsExpired, Draft, Rejected
from connectors._bluesky_posts import named_by
from tests.connectors.network import PICTURE
from tests.connectors.networks.bluesky import BlueskyNetwork
from tests.connectors.networks.mastodon import MastodonNetwork

FAR = "https://social.example/@nordlys/77"


@pytest.fixture
def bluesky() -> Iterator[BlueskyNetwork]:
    made = BlueskyNetwork()
    yield made
    made.close()


@pytest.fixture
def mastodon() -> Iterator[MastodonNetwork]:
    made = MastodonNetwork()
    yield made
    made.close()


def boost(network: BlueskyNetwork | MastodonNetwork, address: str, text: str = "", **parts: object) -> Draft:
    return network.draft(text, link=None, reposts=address, **parts)


@pytest.mark.parametrize(
    "address",
    [
        "https://bsky.app/profile/nordlys.test/post/{key}",
        "https://bsky.app/profile/{did}/post/{key}?ref=mail#top",
        "https://another.example/profile/nordlys.test/post/{key}/",
        "at://{did}/app.bsky.feed.post/{key}",
        " at://nordlys.test/app.bsky.feed.post/{key} ",
    ],
)
def test_a_bluesky_post_is_known_by_any_of_its_addresses(bluesky: BlueskyNetwork, address: str) -> None:
    uri = bluesky.server.post_by("nordlys.test")
    *_, did, _, key = uri.split("/")
    bluesky.connector.publish(boost(bluesky, address.format(did=did, key=key)), bluesky.credentials)
    [repost] = bluesky.server.reposts_of("ada.test")
    assert repost["subject"]["uri"] == uri


@pytest.mark.parametrize(
    "address",
    ["https://bsky.app/profile/a.test", "https://bsky.app/profile/a/b/post/c", "at://a/b/c", "javascript:1", ""],
)
def test_what_is_no_address_of_a_bluesky_post_is_none(address: str) -> None:
    assert named_by(address) is None


def test_a_bluesky_post_is_quoted_beside_a_card_or_pictures(bluesky: BlueskyNetwork) -> None:
    address = bluesky.original()
    card = Card("https://example.com/a", "Work here", "Three people")
    for parts in ({}, {"card": card}, {"images": (PICTURE,)}):
        bluesky.clock.tick(seconds=1)
        bluesky.connector.publish(boost(bluesky, address, "Come and join", **parts), bluesky.credentials)
    plain, with_card, with_pictures = [post["embed"] for post in bluesky.server.posts_of("ada.test")]
    assert plain["$type"] == "app.bsky.embed.record"
    assert with_card["media"]["external"]["title"] == "Work here"
    assert with_pictures["media"]["images"][0]["alt"] == PICTURE.alt_text
    assert plain["record"] == with_card["record"]["record"] == with_pictures["record"]["record"]


def test_a_boost_has_no_length_and_a_quote_has(bluesky: BlueskyNetwork) -> None:
    bluesky.connector.check(boost(bluesky, FAR))
    with pytest.raises(Rejected, match="too long"):
        bluesky.connector.check(boost(bluesky, FAR, "å" * 301))


def test_a_post_of_another_server_is_fetched_by_ones_own(mastodon: MastodonNetwork) -> None:
    original = mastodon.server.post_by("nordlys", far=FAR)
    receipt = mastodon.connector.publish(boost(mastodon, FAR), mastodon.credentials)
    assert mastodon.server.statuses[receipt.remote_id].boost_of == original.id
    assert ("resolve", "true") in mastodon.fake.asked("/api/v2/search")[0].query


def test_a_post_of_ones_own_server_needs_no_search(mastodon: MastodonNetwork) -> None:
    original = mastodon.server.post_by("nordlys")
    address = f"{mastodon.server.base_url}/@nordlys/{original.id}"
    token = mastodon.server.token_for("ada", "read:accounts read:statuses write:statuses")
    receipt = mastodon.connector.publish(boost(mastodon, address), replace(mastodon.credentials, access_token=token))
    assert receipt.permalink == address
    assert mastodon.fake.asked("/api/v2/search") == []


def test_a_permission_from_before_asks_to_connect_again(mastodon: MastodonNetwork) -> None:
    mastodon.server.post_by("nordlys", far=FAR)
    token = mastodon.server.token_for("ada", "read:accounts read:statuses write:statuses")
    with pytest.raises(CredentialsExpired, match="Connect your account again"):
        mastodon.connector.publish(boost(mastodon, FAR), replace(mastodon.credentials, access_token=token))
    assert mastodon.boosts() == 0


def test_a_post_that_is_for_followers_only_is_not_passed_on(mastodon: MastodonNetwork) -> None:
    mastodon.server.post_by("nordlys", far=FAR).visibility = "private"
    with pytest.raises(Rejected, match="or not for you"):
        mastodon.connector.publish(boost(mastodon, FAR), mastodon.credentials)


@pytest.mark.parametrize("quotable", ["automatic", "manual", "denied", "unknown"])
def test_a_post_is_quoted_where_its_author_lets_one(mastodon: MastodonNetwork, quotable: str) -> None:
    original = mastodon.server.post_by("nordlys", far=FAR)
    original.quotable = quotable
    draft = boost(mastodon, FAR, "I work there")
    if quotable in ("automatic", "manual"):
        receipt = mastodon.connector.publish(draft, mastodon.credentials)
        assert mastodon.server.statuses[receipt.remote_id].quote_of == original.id
    else:
        with pytest.raises(Rejected, match="without words of your own"):
            mastodon.connector.publish(draft, mastodon.credentials)
        assert [one.text for one in mastodon.server.statuses.values()] == [original.text]


def test_a_server_that_knows_no_quotes_says_so_before_anything_is_published(mastodon: MastodonNetwork) -> None:
    mastodon.server.post_by("nordlys", far=FAR)
    mastodon.server.version = "4.4"
    with pytest.raises(Rejected, match="cannot be quoted from your server"):
        mastodon.connector.publish(boost(mastodon, FAR, "I work there"), mastodon.credentials)
    assert mastodon.fake.asked("POST /api/v1/statuses$") == []


def test_a_boost_made_long_ago_is_still_found(mastodon: MastodonNetwork) -> None:
    mastodon.server.post_by("nordlys", far=FAR)
    draft = boost(mastodon, FAR)
    receipt = mastodon.connector.publish(draft, mastodon.credentials)
    for number in range(45):
        mastodon.clock.tick(minutes=5)
        mastodon.server.post_by("ada", f"Post {number}")
    found = mastodon.connector.find(draft, mastodon.credentials, draft.created_at)
    assert found is not None
    assert found.remote_id == receipt.remote_id
