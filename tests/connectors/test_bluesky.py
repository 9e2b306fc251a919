"""Bluesky: sessions and their end, the record that is ours, cards and pictures, and an index that lags."""

from __future__ import annotations

import json
from collections.abc import Callable, Iterator
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest

from connectors import (
    AppPasswordConnector,
    Card,
    CredentialsExpired,
    Figures,
    Image,
    OutcomeUnknown,
    Progress,
    RateLimited,
    Registry,
    Rejected,
    Transient,
)
from connectors._bluesky_homes import home_of
from connectors._hosts import origin_of
from connectors._http import Answer
from tests.connectors.fakes.server import FakeServer, Fault, Response
from tests.connectors.network import FILM, LINK, PICTURE, registry
from tests.connectors.networks.bluesky import BlueskyNetwork

PASSWORD = "abcd-efgh-ijkl-mnop"
CARD = Card("https://example.com/post", "Work in Tromsø", "Three people", PICTURE)


@pytest.fixture
def network() -> Iterator[BlueskyNetwork]:
    made = BlueskyNetwork()
    yield made
    made.close()


@pytest.fixture
def bluesky(network: BlueskyNetwork) -> AppPasswordConnector:
    return network.registry.app_password("bluesky")


# Sessions.


@pytest.mark.parametrize("identifier", ["ada.test", "@ada.test", " Ada.Test "])
def test_a_handle_is_understood_however_it_is_written(bluesky: AppPasswordConnector, identifier: str) -> None:
    assert bluesky.sign_in(identifier, f" {PASSWORD}\n").handle == "@ada.test"


@pytest.mark.parametrize(
    "password", ["the main password", "abcd-efgh-ijkl", "ABCD-EFGH-IJKL-MNOP", "abcd-efgh-ijkl-mno1", ""]
)
def test_an_account_password_is_never_sent(
    network: BlueskyNetwork, bluesky: AppPasswordConnector, password: str
) -> None:
    asked = len(network.fake.requests)
    with pytest.raises(Rejected, match="not an app password"):
        bluesky.sign_in("ada.test", password)
    assert len(network.fake.requests) == asked


def test_a_wrong_password_and_an_unknown_handle_are_told_alike(bluesky: AppPasswordConnector) -> None:
    for identifier, password in (("ada.test", "aaaa-aaaa-aaaa-aaaa"), ("nobody.test", PASSWORD)):
        with pytest.raises(Rejected, match="Check both"):
            bluesky.sign_in(identifier, password)


def test_a_closed_account_is_told_as_one(network: BlueskyNetwork, bluesky: AppPasswordConnector) -> None:
    person = network.server.person("ada.test")
    for status in ("takendown", "deactivated"):
        person.status = status
        with pytest.raises(Rejected, match="closed or suspended"):
            bluesky.sign_in("ada.test", PASSWORD)


def test_the_account_is_served_where_its_document_says(
    network: BlueskyNetwork, bluesky: AppPasswordConnector
) -> None:
    assert bluesky.sign_in("ada.test", PASSWORD).server == network.fake.base_url
    network.server.names_server_in_did_doc = False
    named = bluesky.sign_in("ada.test", PASSWORD, network.fake.base_url.replace("127.0.0.1", "localhost"))
    assert named.server == network.fake.base_url.replace("127.0.0.1", "localhost")


def test_a_document_that_points_inside_is_not_believed() -> None:
    network = BlueskyNetwork()
    network.server.did_doc_names = "http://169.254.169.254"
    public = Registry(network.settings(), now=network.clock).app_password("bluesky")
    with pytest.raises(Rejected, match="not the address of a server"):
        public.sign_in("ada.test", PASSWORD)
    network.close()


def test_a_password_goes_straight_to_the_server_that_the_account_lives_on(network: BlueskyNetwork) -> None:
    other = BlueskyNetwork()
    other.server.person("kari.example.no", app_password="kari-kari-kari-kari")
    network.server.person("kari.example.no", app_password="none-none-none-none")  # its name is known here ...
    network.server.did_doc_names = other.fake.base_url  # ... and its document leads there
    settings = {**network.settings(), "BLUESKY_PLC_URL": network.fake.base_url}
    bluesky = registry(network.clock, settings).app_password("bluesky")
    assert bluesky.sign_in("@kari.example.no", "kari-kari-kari-kari").server == other.fake.base_url
    assert not [one for one in network.fake.asked("createSession") if b"kari-kari" in one.body]
    other.close()


@pytest.mark.parametrize("what", ["resolveHandle", "/did:plc:"])
@pytest.mark.parametrize(
    "fault", [Fault.RESET_BEFORE, Fault.HALF_JSON, Response(404, {}), Response(500, {})], ids=str
)
def test_where_the_home_cannot_be_learnt_the_front_door_is_tried(
    network: BlueskyNetwork, what: str, fault: Fault | Response
) -> None:
    network.fake.fail(fault, what)
    settings = {**network.settings(), "BLUESKY_PLC_URL": network.fake.base_url}
    bluesky = registry(network.clock, settings).app_password("bluesky")
    assert bluesky.sign_in("ada.test", PASSWORD).handle == "@ada.test"
    assert network.fake.asked(what)


@pytest.mark.parametrize(
    ("did", "home", "asked"),
    [
        ("did:web:kari.no", "https://pds.no", ["https://kari.no/.well-known/did.json"]),
        ("did:web:127.0.0.1", None, []),
        ("did:key:z6", None, []),
    ],
)
def test_an_account_that_keeps_its_own_document_is_asked_at_a_checked_address(
    did: str, home: str | None, asked: list[str]
) -> None:
    documents: list[str] = []

    class Web:
        origin_of = staticmethod(origin_of)

        def send(self, method: str, url: str, **_: Any) -> Answer:
            found: dict[str, Any] = {"did": did}
            if "resolveHandle" not in url:
                documents.append(url)
                found = {"service": [{"id": "#atproto_pds", "serviceEndpoint": "https://pds.no"}]}
            return Answer(200, {}, json.dumps(found).encode(), "x", datetime.now(UTC))

    web: Any = Web()
    assert home_of(web, "kari.no", appview="https://a.no", directory="https://d.no") == home
    assert documents == asked


def test_what_is_no_bluesky_server_is_named_so(
    bluesky: AppPasswordConnector, fake: Callable[..., FakeServer]
) -> None:
    other = fake()
    for answer in (Response(404, "<h1>Not found</h1>"), Response(200, "<h1>Welcome</h1>"), Response(501, {})):
        other.heal()
        other.fail(answer)
        with pytest.raises(Rejected, match="does not answer like a Bluesky server"):
            bluesky.sign_in("ada.test", PASSWORD, other.base_url)


def test_too_many_sign_ins_are_waited_out(network: BlueskyNetwork, bluesky: AppPasswordConnector) -> None:
    for _ in range(29):
        bluesky.sign_in("ada.test", PASSWORD)
    network.clock.tick(minutes=1)
    with pytest.raises(RateLimited) as caught:
        bluesky.sign_in("ada.test", PASSWORD)
    assert caught.value.until == network.clock() + timedelta(minutes=4)


def test_publishing_signs_nobody_in(network: BlueskyNetwork) -> None:
    for _ in range(3):
        network.clock.tick(seconds=1)
        network.connector.publish(network.draft(), network.credentials)
    assert len(network.fake.asked("createSession")) == 1


def test_an_ended_session_is_renewed_and_the_same_draft_then_published(network: BlueskyNetwork) -> None:
    draft = network.draft(images=(PICTURE,))
    assert network.credentials.expires_at == network.clock() + timedelta(minutes=120)
    network.clock.tick(minutes=121)
    with pytest.raises(CredentialsExpired) as caught:
        network.connector.publish(draft, network.credentials)
    assert caught.value.refreshable
    assert network.posts() == 0
    newer = network.connector.refresh(network.credentials)
    network.connector.publish(draft, newer)
    assert network.posts() == 1


def test_a_renewal_whose_answer_was_lost_can_be_asked_for_again(network: BlueskyNetwork) -> None:
    network.fake.fail(Fault.LOST, "refreshSession", times=1)
    with pytest.raises(Transient):
        network.connector.refresh(network.credentials)
    newer = network.connector.refresh(network.credentials)
    assert network.connector.identity(newer).handle == "@ada.test"
    network.clock.tick(hours=3)
    with pytest.raises(CredentialsExpired) as caught:
        network.connector.refresh(network.credentials)
    assert not caught.value.refreshable


def test_an_app_password_that_was_taken_back_asks_to_connect_again(network: BlueskyNetwork) -> None:
    network.server.remove_app_password("ada.test")
    with pytest.raises(CredentialsExpired) as caught:
        network.connector.refresh(network.credentials)
    assert not caught.value.refreshable


def test_disconnecting_ends_the_session_and_may_be_done_twice(network: BlueskyNetwork) -> None:
    network.connector.revoke(network.credentials)
    network.connector.revoke(network.credentials)
    with pytest.raises(CredentialsExpired):
        network.connector.identity(network.credentials)


# The record.


def sent(network: BlueskyNetwork) -> dict[str, Any]:
    (record,) = network.server.posts_of("ada.test")
    return record


def test_a_card_carries_the_tracked_link_and_its_picture(network: BlueskyNetwork) -> None:
    network.connector.publish(network.draft(card=CARD), network.credentials)
    record = sent(network)
    assert LINK not in record["text"]
    external = record["embed"]["external"]
    assert (external["uri"], external["title"], external["description"]) == (LINK, CARD.title, CARD.description)
    assert external["thumb"]["size"] == len(PICTURE.data)
    assert record["createdAt"] == "2026-10-01T09:00:00.000Z"
    assert record["langs"] == ["en"]


def test_beside_pictures_there_is_no_card_so_the_link_stands_in_the_text(network: BlueskyNetwork) -> None:
    network.connector.publish(network.draft(card=CARD, images=(PICTURE,)), network.credentials)
    record = sent(network)
    assert record["text"].endswith(LINK)
    assert record["embed"]["$type"] == "app.bsky.embed.images"
    (image,) = record["embed"]["images"]
    assert (image["alt"], image["aspectRatio"]) == (PICTURE.alt_text, {"width": 1200, "height": 630})
    assert record["facets"][-1]["features"][0]["uri"] == LINK


def test_a_card_with_too_large_a_picture_is_refused_unsent(network: BlueskyNetwork) -> None:
    asked = len(network.fake.requests)
    for size, fits in ((1_000_000, True), (1_000_001, False)):
        thumb = Image(bytes(size), "image/jpeg")
        draft = network.draft(card=replace(CARD, thumb=thumb))
        if fits:
            network.connector.check(draft)
        else:
            with pytest.raises(Rejected, match=r"larger than Bluesky takes \(1000 kB\)"):
                network.connector.publish(draft, network.credentials)
    assert len(network.fake.requests) == asked


def test_a_mention_is_resolved_and_somebody_unknown_stays_plain(network: BlueskyNetwork) -> None:
    friend = network.server.person("friend.test")
    network.connector.publish(network.draft("Hi @friend.test and @nobody.test", link=None), network.credentials)
    (facet,) = sent(network)["facets"]
    assert facet["features"] == [{"$type": "app.bsky.richtext.facet#mention", "did": friend.did}]


def test_a_mention_that_cannot_be_resolved_now_publishes_nothing(network: BlueskyNetwork) -> None:
    network.fake.fail(Fault.RESET_BEFORE, "resolveHandle")
    with pytest.raises(Transient):
        network.connector.publish(network.draft("Hi @friend.test"), network.credentials)
    assert network.posts() == 0


def test_a_record_at_our_key_is_our_post_even_if_it_differs(network: BlueskyNetwork) -> None:
    draft = network.draft("Hi @friend.test", link=None)
    first = network.connector.publish(draft, network.credentials)
    network.server.person("friend.test")  # the mention can be resolved by now: the record is another
    again = network.connector.publish(draft, network.credentials)
    assert again.remote_id == first.remote_id
    assert "facets" not in sent(network)


def test_a_clash_at_our_key_that_cannot_be_looked_into_is_not_taken_for_done(network: BlueskyNetwork) -> None:
    draft = network.draft()
    network.connector.publish(draft, network.credentials)
    network.fake.fail(Response(502, {"error": "UpstreamFailure"}), "getRecord")
    with pytest.raises((Transient, OutcomeUnknown)):
        network.connector.publish(replace(draft, text="Another"), network.credentials)


def test_a_lost_blob_is_sent_again(network: BlueskyNetwork) -> None:
    network.fake.fail(
        Response(400, {"error": "BlobNotFound", "message": "Could not find blob"}), "putRecord", times=1
    )
    draft = network.draft(images=(PICTURE,))
    with pytest.raises(Transient):
        network.connector.publish(draft, network.credentials)
    network.connector.publish(draft, network.credentials)
    assert network.posts() == 1


# The index.


def test_a_post_that_the_index_does_not_show_yet_has_no_figures_and_is_not_gone(network: BlueskyNetwork) -> None:
    network.server.indexed = False
    receipt = network.connector.publish(network.draft(), network.credentials)
    assert network.connector.figures([receipt.remote_id], network.credentials) == {receipt.remote_id: Figures()}
    assert network.connector.figures([receipt.remote_id], None) == {receipt.remote_id: Figures()}
    network.connector.delete(receipt.remote_id, network.credentials)
    assert network.connector.figures([receipt.remote_id], network.credentials) == {receipt.remote_id: None}


def test_reading_figures_needs_no_token(network: BlueskyNetwork) -> None:
    receipt = network.connector.publish(network.draft(), network.credentials)
    asked = len(network.fake.requests)
    network.connector.figures([receipt.remote_id], network.credentials)
    assert [one.token for one in network.fake.requests[asked:]] == [""]


def test_a_film_that_the_server_has_no_more_is_sent_again(network: BlueskyNetwork) -> None:
    known: dict[str, str] = {}
    draft = network.draft(video=FILM, progress=Progress(known, known.__setitem__))
    network.fake.fail(Fault.RESET_BEFORE, network.publishing, times=1)
    with pytest.raises(OutcomeUnknown):
        network.connector.publish(draft, network.credentials)
    network.server.blobs.clear()
    with pytest.raises(Transient, match="lost a picture or film"):
        network.connector.publish(draft, network.credentials)
    network.connector.publish(draft, network.credentials)
    assert len(network.fake.asked(network.filming)) == 2
    assert network.film_shown()[0] == FILM.read(0, FILM.size)


def test_a_film_kept_for_an_hour_is_not_counted_on(network: BlueskyNetwork) -> None:
    known: dict[str, str] = {}
    draft = network.draft(video=FILM, progress=Progress(known, known.__setitem__))
    network.fake.fail(Fault.RESET_BEFORE, network.publishing, times=1)
    with pytest.raises(OutcomeUnknown):
        network.connector.publish(draft, network.credentials)
    network.clock.tick(minutes=55)
    network.connector.publish(draft, network.credentials)
    assert len(network.fake.asked(network.filming)) == 2


def test_a_sign_in_that_has_ended_is_told_before_a_film_is_sent(network: BlueskyNetwork) -> None:
    network.clock.tick(hours=3)
    with pytest.raises(CredentialsExpired) as caught:
        network.connector.publish(network.draft(video=FILM), network.credentials)
    assert caught.value.refreshable
    assert network.fake.asked(network.filming) == []


def test_a_text_of_few_signs_and_too_many_bytes_is_refused_unsent(network: BlueskyNetwork) -> None:
    family = "👨\u200d👩\u200d👧\u200d👦"  # one sign to a reader, 25 bytes to the server, which takes 3000
    network.connector.publish(network.draft(family * 119, link=None), network.credentials)
    asked = len(network.fake.requests)
    with pytest.raises(Rejected, match="more room than Bluesky gives"):
        network.connector.publish(network.draft(family * 121, link=None), network.credentials)
    assert len(network.fake.requests) == asked
