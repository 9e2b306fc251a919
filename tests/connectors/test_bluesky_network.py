"""The Bluesky connector against the real network: its own servers judge what we send, and its index counts."""

from __future__ import annotations

import time
import uuid
from collections.abc import Callable
from dataclasses import replace
from datetime import UTC, datetime
from io import BytesIO
from typing import Any

import pytest
from PIL import Image as Picture

from connectors import (
    Card,
    ConnectorError,
    CredentialsExpired,
    Draft,
    Figures,
    Image,
    OutcomeUnknown,
    Reason,
    Registry,
    Rejected,
    Transient,
    Video,
    new_record_key,
)
from connectors.bluesky import Bluesky
from tests.peers.bluesky import BlueskyNetwork, BlueskyPerson, RefusedByNetwork, call
from tests.peers.chaos import ChaosProxy

LINK = "https://go.example.com/r/AbC12"
PUT = "/xrpc/com.atproto.repo.putRecord"


def bluesky(network: BlueskyNetwork, read_seconds: float = 20) -> Bluesky:
    settings = {"BLUESKY_PDS_URL": network.pds_url, "BLUESKY_APPVIEW_URL": network.appview_url}
    made = Registry(settings, allow_private_hosts=True, read_seconds=read_seconds).api("bluesky")
    assert isinstance(made, Bluesky)
    return made


def draft(text: str, **parts: Any) -> Draft:
    at = datetime.now(UTC)
    return Draft(text, key=str(uuid.uuid4()), record_key=new_record_key(at), created_at=at, **parts)


def picture(colour: str) -> Image:
    buffer = BytesIO()
    Picture.new("RGB", (1200, 630), colour).save(buffer, "JPEG")
    return Image(buffer.getvalue(), "image/jpeg", f"All {colour}", 1200, 630)


@pytest.fixture
def ada(bluesky_network: BlueskyNetwork) -> BlueskyPerson:
    return bluesky_network.create_account("ada")


def test_a_post_arrives_whole_with_working_facets_and_a_card(
    bluesky_network: BlueskyNetwork, ada: BlueskyPerson
) -> None:
    friend = bluesky_network.create_account("friend")
    connector = bluesky(bluesky_network)
    credentials = connector.sign_in(ada.handle, ada.app_password)
    text = f"Ærlig talt 👩‍👩‍👧‍👦 @{friend.handle} and @nobody.test: see {LINK}. #jobs #Tromsø!"
    card = Card("https://example.com/long", "Work in Tromsø", "Three people", picture("navy"))

    receipt = connector.publish(draft(text, link=LINK, card=card, language="nb"), credentials)

    shown = bluesky_network.once(receipt.remote_id, lambda post: True)
    record = shown["record"]
    assert (record["text"], record["langs"]) == (text, ["nb"])
    raw = text.encode()
    facets = [
        (raw[facet["index"]["byteStart"] : facet["index"]["byteEnd"]].decode(), *facet["features"])
        for facet in record["facets"]
    ]
    kind = "app.bsky.richtext.facet#"
    assert facets == [
        (f"@{friend.handle}", {"$type": f"{kind}mention", "did": friend.did}),
        (LINK, {"$type": f"{kind}link", "uri": LINK}),
        ("#jobs", {"$type": f"{kind}tag", "tag": "jobs"}),
        ("#Tromsø", {"$type": f"{kind}tag", "tag": "Tromsø"}),
    ]
    external = shown["embed"]["external"]
    assert (external["uri"], external["title"]) == (LINK, "Work in Tromsø")
    assert external["thumb"]
    assert receipt.permalink == f"https://bsky.app/profile/{ada.did}/post/{receipt.remote_id.rsplit('/', 1)[-1]}"


def test_a_film_arrives_with_its_shape_and_description(bluesky_network: BlueskyNetwork, ada: BlueskyPerson) -> None:
    connector = bluesky(bluesky_network)
    credentials = connector.sign_in(ada.handle, ada.app_password)
    data = b"\x00\x00\x00\x18ftypmp42\x00\x00\x00\x00mp42isom" + bytes(900_000)
    film = Video(lambda start, size: data[start : start + size], len(data), "video/mp4", 9.0, "Boats", 1280, 720)
    sent = draft("The harbour", link=LINK, video=film)
    receipt = connector.publish(sent, credentials)
    assert connector.publish(sent, credentials).remote_id == receipt.remote_id
    shown = bluesky_network.once(receipt.remote_id, lambda post: True)
    embed = shown["record"]["embed"]
    assert (embed["video"]["mimeType"], embed["video"]["size"]) == ("video/mp4", len(data))
    assert shown["embed"]["$type"] == "app.bsky.embed.video#view"
    assert (shown["embed"]["alt"], shown["embed"]["aspectRatio"]) == ("Boats", {"width": 1280, "height": 720})


def test_a_repeat_is_the_same_record_even_when_it_was_sent_differently(
    bluesky_network: BlueskyNetwork, ada: BlueskyPerson
) -> None:
    connector = bluesky(bluesky_network)
    credentials = connector.sign_in(ada.handle, ada.app_password)
    sent = draft("Once only", link=LINK, images=(picture("teal"),))
    first = connector.publish(sent, credentials)
    again = connector.publish(sent, credentials)
    other = connector.publish(replace(sent, text="Once only, edited"), credentials)
    assert first.remote_id == again.remote_id == other.remote_id
    (record,) = ada.records()
    assert record["value"]["text"].startswith("Once only\n\nhttps://")
    assert record["value"]["embed"]["images"][0]["alt"] == "All teal"


def test_figures_come_from_other_people_and_end_when_the_post_is_deleted(
    bluesky_network: BlueskyNetwork, ada: BlueskyPerson
) -> None:
    connector = bluesky(bluesky_network)
    credentials = connector.sign_in(ada.handle, ada.app_password)
    receipt = connector.publish(draft("Count me"), credentials)
    fresh = connector.figures([receipt.remote_id], credentials)[receipt.remote_id]
    assert fresh in (Figures(), Figures(likes=0, reposts=0, replies=0, quotes=0))

    ben, post = bluesky_network.create_account("ben"), {"uri": receipt.remote_id, "cid": receipt.extra["cid"]}
    ben.like(post)
    ben.repost(post)
    ben.reply(post, "Counted")
    bluesky_network.once(receipt.remote_id, lambda shown: (shown["likeCount"], shown["replyCount"]) == (1, 1))
    assert connector.figures([receipt.remote_id], credentials) == {
        receipt.remote_id: Figures(likes=1, reposts=1, replies=1, quotes=0)
    }

    connector.delete(receipt.remote_id, credentials)
    connector.delete(receipt.remote_id, credentials)
    assert ada.records() == []
    assert _soon(lambda: connector.figures([receipt.remote_id], credentials)[receipt.remote_id] is None)


@pytest.mark.parametrize("piece", ["å", "👩‍👩‍👧‍👦", "한", "🇳🇴", "é", "ก็", "क्ष"], ids=ascii)
def test_what_we_count_as_just_fitting_is_what_the_network_takes(
    bluesky_network: BlueskyNetwork, ada: BlueskyPerson, piece: str
) -> None:
    connector = bluesky(bluesky_network)
    pieces = min(300, 3000 // len(piece.encode()))
    text = piece * pieces
    assert connector.count(text).used == pieces
    ada.post(text)
    with pytest.raises(RefusedByNetwork, match=r"maximum 300\b|maximum 3000\b"):
        ada.post(text + piece)


def test_a_session_is_renewed_and_ends_when_the_app_password_is_taken_back(
    bluesky_network: BlueskyNetwork, ada: BlueskyPerson
) -> None:
    connector = bluesky(bluesky_network)
    credentials = connector.sign_in(f"@{ada.handle.upper()}", f" {ada.app_password} ")
    assert credentials.expires_at
    assert credentials.expires_at > datetime.now(UTC)
    newer = connector.refresh(credentials)
    assert connector.refresh(credentials).remote_id == ada.did  # a lost answer: the old one still works
    connector.publish(draft("After the refresh"), newer)

    call(ada.pds_url, "com.atproto.server.revokeAppPassword", token=ada.token, json={"name": "advocacy"})
    with pytest.raises(CredentialsExpired) as caught:
        connector.refresh(newer)
    assert not caught.value.refreshable


def test_signing_out_ends_the_session(bluesky_network: BlueskyNetwork, ada: BlueskyPerson) -> None:
    connector = bluesky(bluesky_network)
    credentials = connector.sign_in(ada.handle, ada.app_password)
    connector.revoke(credentials)
    connector.revoke(credentials)
    with pytest.raises(CredentialsExpired):
        connector.refresh(credentials)


def test_a_wrong_password_and_an_account_password_are_refused(
    bluesky_network: BlueskyNetwork, ada: BlueskyPerson
) -> None:
    connector = bluesky(bluesky_network)
    with pytest.raises(Rejected, match="did not accept"):
        connector.sign_in(ada.handle, "aaaa-bbbb-cccc-dddd")
    with pytest.raises(Rejected, match="not an app password"):
        connector.sign_in(ada.handle, ada.password)


def test_a_token_of_nobody_asks_to_connect_again(bluesky_network: BlueskyNetwork, ada: BlueskyPerson) -> None:
    connector = bluesky(bluesky_network)
    credentials = replace(connector.sign_in(ada.handle, ada.app_password), access_token="eyJ.eyJ.x")
    with pytest.raises(CredentialsExpired):
        connector.publish(draft("Hello"), credentials)


@pytest.mark.parametrize(
    ("mode", "options", "error", "made"),
    [
        ("lost", {}, OutcomeUnknown, 1),
        ("trunc", {}, OutcomeUnknown, 1),
        ("delay", {"seconds": 3}, OutcomeUnknown, None),
        ("reset", {}, OutcomeUnknown, 0),
        ("status", {"status": 502}, OutcomeUnknown, 0),
        ("status", {"status": 503, "retry_after": 30}, OutcomeUnknown, 0),
        ("status", {"status": 401}, CredentialsExpired, 0),
        ("status", {"status": 400}, Rejected, 0),
    ],
    ids=lambda value: str(value) if not isinstance(value, type) else value.__name__,
)
def test_whatever_happens_on_the_way_there_is_one_post_in_the_end(
    bluesky_network: BlueskyNetwork,
    ada: BlueskyPerson,
    chaos_proxy: Callable[[str], ChaosProxy],
    mode: Any,
    options: dict[str, Any],
    error: type[ConnectorError],
    made: int | None,
) -> None:
    proxy = chaos_proxy(bluesky_network.pds_url)
    connector = bluesky(bluesky_network, read_seconds=2)
    credentials = replace(connector.sign_in(ada.handle, ada.app_password), server=proxy.url)
    sent = draft("Through the storm #once", link=LINK, images=(picture("black"),))

    proxy.disturb(mode, match=PUT, times=1, **options)
    with pytest.raises(ConnectorError) as caught:
        connector.publish(sent, credentials)
    assert type(caught.value) is error
    if made is not None:
        assert len(ada.records()) == made
        assert (connector.find(sent, credentials, sent.created_at) is not None) == bool(made)

    receipt = connector.publish(sent, credentials)
    assert [record["uri"] for record in ada.records()] == [receipt.remote_id]


@pytest.mark.parametrize("mode", ["lost", "reset", "trunc"])
def test_a_storm_over_the_pictures_means_that_nothing_was_published(
    bluesky_network: BlueskyNetwork, ada: BlueskyPerson, chaos_proxy: Callable[[str], ChaosProxy], mode: Any
) -> None:
    proxy = chaos_proxy(bluesky_network.pds_url)
    connector = bluesky(bluesky_network)
    credentials = replace(connector.sign_in(ada.handle, ada.app_password), server=proxy.url)
    proxy.disturb(mode, match="/xrpc/com.atproto.repo.uploadBlob", times=1)
    with pytest.raises(Transient):
        connector.publish(draft("With a picture", images=(picture("red"),)), credentials)
    assert not [path for _, path, _ in proxy.journal() if path.startswith(PUT)]
    assert ada.records() == []


def _soon(holds: Callable[[], bool], seconds: float = 10) -> bool:
    ends = time.monotonic() + seconds
    while not holds():
        if time.monotonic() > ends:
            return False
        time.sleep(0.1)
    return True


def test_followers_are_those_that_the_networks_own_index_counts(
    bluesky_network: BlueskyNetwork, ada: BlueskyPerson
) -> None:
    connector = bluesky(bluesky_network)
    ben, closed = bluesky_network.create_account("ben"), bluesky_network.create_account("closed")
    _soon(lambda: connector.followers([ada.did], None) == {ada.did: 0})
    for one in (ben, closed):
        one.record("app.bsky.graph.follow", {"subject": ada.did})
    ada.record("app.bsky.graph.follow", {"subject": ben.did})
    assert _soon(lambda: connector.followers([ada.did, ben.did], None) == {ada.did: 2, ben.did: 1})

    call(bluesky_network.pds_url, "com.atproto.server.deactivateAccount", token=closed.token, json={})
    assert _soon(lambda: isinstance(connector.followers([closed.did], None)[closed.did], Reason))
    reason = connector.followers([closed.did, ben.did], None)[closed.did]
    assert "closed or suspended" in str(reason)


def test_the_followers_of_more_accounts_than_one_request_takes_are_all_told(
    bluesky_network: BlueskyNetwork, ada: BlueskyPerson
) -> None:
    proxied = bluesky(bluesky_network)
    people = [ada, *(bluesky_network.create_account("many") for _ in range(26))]
    dids = [one.did for one in people]
    assert _soon(lambda: proxied.followers(dids, None) == dict.fromkeys(dids, 0), seconds=20)
    with pytest.raises(RefusedByNetwork, match="25"):
        call(bluesky_network.appview_url, "app.bsky.actor.getProfiles", params=[("actors", one) for one in dids])
