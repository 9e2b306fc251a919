"""Passing on what somebody else posted, as each network has it."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace

import pytest

from connectors import Card, CredentialsExpired, Draft, Rejected
from connectors._bluesky_posts import named_by
from tests.connectors.network import PICTURE, Network, registry
from tests.connectors.networks.bluesky import BlueskyNetwork
from tests.connectors.networks.linkedin import LinkedInNetwork
from tests.connectors.networks.mastodon import MastodonNetwork
from tests.connectors.networks.x import XNetwork

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


@pytest.fixture
def x() -> Iterator[XNetwork]:
    made = XNetwork()
    yield made
    made.close()


@pytest.fixture
def linkedin() -> Iterator[LinkedInNetwork]:
    made = LinkedInNetwork()
    yield made
    made.close()


def boost(network: Network, address: str, text: str = "", **parts: object) -> Draft:
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


@pytest.mark.parametrize("refuses", [True, False])
def test_a_post_that_was_reposted_on_x_already_is_reposted(x: XNetwork, refuses: bool) -> None:
    x.server.refuses_second_repost = refuses
    draft = boost(x, x.original())
    assert x.connector.publish(draft, x.credentials).remote_id == x.connector.publish(draft, x.credentials).remote_id
    assert x.boosts() == 1


def test_a_repost_on_x_is_told_from_the_persons_own_posts_and_costs_what_the_setting_says(x: XNetwork) -> None:
    draft = boost(x, x.original())
    x.connector.publish(x.draft("We built a wind farm"), x.credentials)
    assert x.connector.find(draft, x.credentials, draft.created_at) is None
    x.connector.publish(draft, x.credentials)
    assert x.connector.find(draft, x.credentials, draft.created_at) is not None
    dearer = registry(x.clock, {**x.settings(), "X_PRICE_REPOST": "0.02"}).api("x")
    assert (x.connector.cost_of(draft), dearer.cost_of(draft)) == (15_000, 20_000)


@pytest.mark.parametrize(
    "address",
    [
        "https://www.linkedin.com/feed/update/{urn}/",
        "https://www.linkedin.com/feed/update/{urn}?utm_source=share",
        "https://www.linkedin.com/posts/nordlys_wind-farm-share-{number}-AbCd/",
    ],
)
@pytest.mark.parametrize("text", ["", "I (really) work there"])
def test_a_linkedin_post_is_reshared_with_or_without_words(
    linkedin: LinkedInNetwork, address: str, text: str
) -> None:
    urn = linkedin.server.post_by("nordlys").urn
    draft = boost(linkedin, address.format(urn=urn, number=urn.rsplit(":", 1)[-1]), text)
    receipt = linkedin.connector.publish(draft, linkedin.credentials)
    made = linkedin.server.posts[receipt.remote_id]
    assert made.sent["reshareContext"] == {"parent": urn}
    assert "content" not in made.sent
    assert made.text == text


def test_a_linkedin_address_that_names_only_an_activity_is_refused_unsent(linkedin: LinkedInNetwork) -> None:
    for address in (
        "https://www.linkedin.com/feed/update/urn:li:activity:7123456789/",
        "https://www.linkedin.com/posts/nordlys_wind-activity-7123456789-AbCd",
    ):
        with pytest.raises(Rejected, match="Embed this post"):
            linkedin.connector.check(boost(linkedin, address))


def test_a_linkedin_post_whose_author_allows_no_reshare_is_told(linkedin: LinkedInNetwork) -> None:
    post = linkedin.server.post_by("nordlys")
    post.sent = {"isReshareDisabledByAuthor": True}
    with pytest.raises(Rejected, match="or not for you"):
        linkedin.connector.publish(
            boost(linkedin, f"https://www.linkedin.com/feed/update/{post.urn}"), linkedin.credentials
        )


def test_a_reshare_is_found_by_the_post_that_it_passes_on(linkedin: LinkedInNetwork) -> None:
    first, second = (
        f"https://www.linkedin.com/feed/update/{linkedin.server.post_by('nordlys').urn}" for _ in range(2)
    )
    scopes = "openid profile w_member_social r_member_social"
    reader = replace(
        linkedin.credentials, access_token=linkedin.server.token_for("ada", scopes), extra={"scope": scopes}
    )
    made = linkedin.connector.publish(boost(linkedin, first), reader)
    since = linkedin.clock()
    found = linkedin.connector.find(boost(linkedin, first), reader, since)
    assert found is not None
    assert found.remote_id == made.remote_id
    assert linkedin.connector.find(boost(linkedin, second), reader, since) is None
    assert linkedin.connector.find(linkedin.draft("", link=None), reader, since) is None


def test_an_answer_on_bluesky_stands_in_the_thread_of_the_post_it_is_below(bluesky: BlueskyNetwork) -> None:
    first = bluesky.original()
    below = bluesky.connector.publish(boost(bluesky, first, "I work there", below=True), bluesky.credentials)
    bluesky.clock.tick(seconds=1)
    bluesky.connector.publish(boost(bluesky, below.permalink, "And I", below=True), bluesky.credentials)
    one, two = [post["reply"] for post in bluesky.server.posts_of("ada.test")]
    assert one["root"] == one["parent"] == two["root"]
    assert two["parent"]["uri"] == below.remote_id
