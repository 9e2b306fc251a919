"""What is particular to Facebook: a person chooses one of their Pages, and a repeat of the same words is refused."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from datetime import timedelta
from typing import Any

import pytest

from connectors import (
    AppRegistration,
    Card,
    Credentials,
    CredentialsExpired,
    Figures,
    OutcomeUnknown,
    Progress,
    Rejected,
    Transient,
)
from connectors.facebook import Facebook
from tests.connectors.fakes.meta import CLIENT_ID, graph
from tests.connectors.fakes.server import Fault, Response
from tests.connectors.network import FILM, LINK, PICTURE, registry
from tests.connectors.networks.facebook import FacebookNetwork

CARD = Card(LINK, "Life at Example", "Three people, three stories")


@pytest.fixture
def network() -> Iterator[FacebookNetwork]:
    made = FacebookNetwork()
    yield made
    made.close()


def facebook(network: FacebookNetwork) -> Facebook:
    assert isinstance(network.connector, Facebook)
    return network.connector


def signed_in(network: FacebookNetwork, username: str = "ada") -> Credentials:
    registration: AppRegistration = facebook(network).register_app(
        "", redirect_uri="https://hub.example.com/connections/back", client_name="Hub"
    )
    asked = {
        "client_id": CLIENT_ID,
        "response_type": "code",
        "redirect_uri": registration.redirect_uri,
        "scope": registration.scopes,
    }
    back = network.server.allow(asked, username).headers["Location"]
    return facebook(network).exchange(registration, code=back.split("code=")[1].split("&")[0], verifier="")


# Choosing a Page.


def test_a_person_is_offered_the_pages_that_they_may_publish_on(network: FacebookNetwork) -> None:
    network.server.page("Ada's books")
    network.server.page("Only reading", tasks=("ANALYZE",))
    network.server.page("Bo's boats", owner="bo")
    offers = facebook(network).offers(signed_in(network))
    assert [offer.identity.handle for offer in offers] == ["Ada's bakery", "Ada's books"]
    for offer in offers:
        assert offer.credentials.remote_id == offer.identity.remote_id
        receipt = network.connector.publish(network.draft(), offer.credentials)
        assert network.server.posts[receipt.remote_id].page == offer.identity.remote_id


def test_a_pages_sign_in_does_not_end_with_the_persons(network: FacebookNetwork) -> None:
    person = signed_in(network)
    assert person.expires_at == network.clock() + timedelta(days=60)
    [offer] = facebook(network).offers(person)
    assert offer.credentials.expires_at is None
    assert person.access_token not in (offer.credentials.access_token, repr(offer))
    network.clock.tick(days=400)
    network.connector.publish(network.draft(), offer.credentials)


def test_who_has_no_page_is_told_what_to_do(network: FacebookNetwork) -> None:
    with pytest.raises(Rejected, match="Nobody can publish to a personal profile"):
        facebook(network).offers(signed_in(network, "bo"))


def test_the_persons_own_sign_in_publishes_nothing(network: FacebookNetwork) -> None:
    with pytest.raises(CredentialsExpired, match="Connect your account again"):
        network.connector.publish(network.draft(), replace(signed_in(network), remote_id=network.page.id))


# Publishing.


def test_a_link_goes_on_a_card_and_not_into_the_words(network: FacebookNetwork) -> None:
    receipt = network.connector.publish(network.draft("Read this", card=CARD), network.credentials)
    post = network.server.posts[receipt.remote_id]
    assert (post.message, post.link) == ("Read this", LINK)


def test_beside_a_picture_the_link_stands_in_the_words(network: FacebookNetwork) -> None:
    receipt = network.connector.publish(network.draft("Look", card=CARD, images=(PICTURE,)), network.credentials)
    post = network.server.posts[receipt.remote_id]
    assert (post.message, post.link) == (f"Look\n\n{LINK}", "")
    assert network.server.photos[post.photos[0]] == (PICTURE.data, PICTURE.alt_text)


@pytest.mark.parametrize(("hours", "uploads"), [(1, 1), (48, 2)])
def test_a_picture_is_sent_once_as_long_as_facebook_keeps_it(
    network: FacebookNetwork, hours: int, uploads: int
) -> None:
    kept: dict[str, str] = {}
    draft = network.draft(images=(PICTURE,), progress=Progress(kept, kept.__setitem__))
    network.fake.fail(Response(403, "<h1>Checking your browser</h1>"), network.publishing, times=1)
    with pytest.raises(Transient):
        network.connector.publish(draft, network.credentials)
    network.clock.tick(hours=hours)
    network.connector.publish(draft, network.credentials)
    assert (len(network.fake.asked(network.uploading)), network.posts()) == (uploads, 1)


def test_a_duplicate_that_is_ours_is_a_receipt(network: FacebookNetwork) -> None:
    draft = network.draft()
    network.fake.fail(Fault.LOST, network.publishing, times=1)
    with pytest.raises(OutcomeUnknown):
        network.connector.publish(draft, network.credentials)
    receipt = network.connector.publish(draft, network.credentials)
    assert list(network.server.posts) == [receipt.remote_id]


def test_a_duplicate_that_is_not_ours_is_refused_in_facebooks_words(network: FacebookNetwork) -> None:
    network.fake.fail(Response(400, graph(506, "Duplicate status message")), network.publishing)
    with pytest.raises(Rejected, match="Facebook refused the post and says: Duplicate status message"):
        network.connector.publish(network.draft(), network.credentials)


@pytest.mark.parametrize(
    "parts",
    [{}, {"card": CARD}, {"link": None}, {"text": "", "card": CARD, "images": (PICTURE,)}],
    ids=["link below", "link on a card", "no link", "only a picture and a link"],
)
def test_a_post_is_found_by_its_link_or_its_words(network: FacebookNetwork, parts: dict[str, Any]) -> None:
    network.connector.publish(network.draft("Something else", link=f"{LINK}x"), network.credentials)
    draft = network.draft(**{"text": "Words of mine", **parts})
    network.fake.fail(Fault.LOST, network.publishing, times=1)
    with pytest.raises(OutcomeUnknown):
        network.connector.publish(draft, network.credentials)
    made = list(network.server.posts)[-1]
    network.clock.tick(minutes=5)
    network.connector.publish(network.draft("Something else again", link=f"{LINK}y"), network.credentials)
    found = network.connector.find(draft, network.credentials, draft.created_at)
    assert found
    assert found.remote_id == made


def test_an_older_post_with_the_same_words_is_not_the_one(network: FacebookNetwork) -> None:
    draft = network.draft(link=None)
    network.connector.publish(draft, network.credentials)
    network.clock.tick(hours=1)
    assert network.connector.find(draft, network.credentials, network.clock()) is None


def test_where_it_cannot_be_told_nobody_guesses(network: FacebookNetwork) -> None:
    with pytest.raises(OutcomeUnknown, match="Look at your profile"):
        network.connector.find(network.draft("", link=None, images=(PICTURE,)), network.credentials, network.clock())
    for number in range(100):
        network.connector.publish(network.draft(f"Number {number}", link=None), network.credentials)
    with pytest.raises(OutcomeUnknown, match="Look at your profile"):
        network.connector.find(network.draft(), network.credentials, network.clock())


# Figures.


def test_views_are_told_where_insights_are_allowed(network: FacebookNetwork) -> None:
    receipt = network.connector.publish(network.draft(), network.credentials)
    network.server.numbers[receipt.remote_id] = {"post_media_view": 210}
    found = network.connector.figures([receipt.remote_id], network.credentials)
    assert found == {receipt.remote_id: Figures(likes=0, replies=0, views=210)}
    network.server.tokens[network.credentials.access_token].scopes -= {"read_insights"}
    found = network.connector.figures([receipt.remote_id], network.credentials)
    assert found == {receipt.remote_id: Figures(likes=0, replies=0)}


def test_a_metric_that_facebook_dropped_is_not_available(network: FacebookNetwork) -> None:
    receipt = network.connector.publish(network.draft(), network.credentials)
    dropped = Response(400, graph(100, "(#100) The value must be a valid insights metric"))
    network.fake.fail(dropped, "GET .*/insights")
    assert network.connector.figures([receipt.remote_id], network.credentials) == {
        receipt.remote_id: Figures(likes=0, replies=0)
    }


# The settings.


def test_an_administrator_can_try_the_app_without_anybody_signing_in(network: FacebookNetwork) -> None:
    assert facebook(network).try_settings().works is True
    for name in ("FACEBOOK_CLIENT_ID", "FACEBOOK_CLIENT_SECRET"):
        wrong = registry(network.clock, {**network.settings(), name: "another"}).get("facebook").try_settings()
        assert wrong.works is False
        assert "Compare both" in str(wrong.says)
    network.fake.fail(Response(503, ""), "GET .*/oauth/access_token")
    with pytest.raises(Transient):
        facebook(network).try_settings()
    assert list(network.server.tokens) == [network.credentials.access_token]


# Films.


def test_a_film_that_is_still_prepared_is_neither_lost_nor_taken_for_missing(network: FacebookNetwork) -> None:
    network.server.preparing = True
    draft = network.draft(video=FILM)
    receipt = network.connector.publish(draft, network.credentials)
    assert receipt.permalink.startswith("https://www.facebook.com/")
    assert network.connector.figures([receipt.remote_id], network.credentials) == {receipt.remote_id: Figures()}
    with pytest.raises(OutcomeUnknown):
        network.connector.find(draft, network.credentials, draft.created_at)
    network.server.preparing = False
    [post] = network.server.posts
    network.liked(post)
    [found] = network.connector.figures([receipt.remote_id], network.credentials).values()
    assert found is not None
    assert found.likes == 3
    at = network.connector.find(draft, network.credentials, draft.created_at)
    assert at is not None
    assert at.remote_id == post


def test_a_film_that_facebook_cannot_fetch_is_told_in_its_words(network: FacebookNetwork) -> None:
    network.server.web.clear()
    with pytest.raises(Rejected, match="Unable to fetch"):
        network.connector.publish(network.draft(video=FILM), network.credentials)


def test_a_film_takes_a_hub_that_facebook_can_reach(network: FacebookNetwork) -> None:
    with pytest.raises(Rejected, match="fetches films from this hub"):
        network.connector.check(replace(network.draft(), video=replace(FILM, public_url=None)))
