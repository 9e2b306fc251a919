"""Signing in on the page of a real Bluesky server: it judges our proofs, and a browser presses its buttons."""

from __future__ import annotations

import json
import uuid
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from threading import Thread
from typing import Any
from urllib.parse import parse_qsl, urlsplit

import pytest
from sqlalchemy import select

from advocacy.base.sealing import Sealer
from advocacy.sharing import credentials as kept_credentials
from advocacy.sharing.models import Connection, ConnectionState
from advocacy.sharing.networks import Networks
from config import Settings
from connectors import Credentials, CredentialsExpired, Draft, Pkce, Registry, Rejected, Video, new_record_key
from tests.peers.bluesky import BlueskyNetwork, BlueskyPerson

HERE = "http://127.0.0.1:8765/connections/back"
ALLOW, DENY = "Authorize", "Deny access"


def registry(network: BlueskyNetwork) -> Registry:
    settings = {
        "BLUESKY_PDS_URL": network.pds_url,
        "BLUESKY_APPVIEW_URL": network.appview_url,
        "BLUESKY_PLC_URL": network.plc_url,
    }
    return Registry(settings, allow_private_hosts=True)


def draft(text: str, **parts: Any) -> Draft:
    at = datetime.now(UTC)
    return Draft(text, key=str(uuid.uuid4()), record_key=new_record_key(at), created_at=at, **parts)


def press(page: Any, person: BlueskyPerson, button: str) -> None:
    """What the person does on their server's page: their password, then a decision."""
    page.get_by_placeholder("Enter your password").fill(person.password)
    page.get_by_role("button", name="Sign in", exact=True).click()
    page.get_by_role("button", name=button).click()


class Way:
    """A sign-in, one step at a time. The browser never gets to the hub: what it would be asked there is noted."""

    def __init__(self, network: BlueskyNetwork, browser: Any, *, back: str = HERE) -> None:
        self.connector: Any = registry(network).oauth("bluesky")
        self.browser, self.back = browser, back
        self.registration = self.connector.register_app("", redirect_uri=back, client_name="Nordlys")
        self.pkce = Pkce.new()

    def begin(self, typed: str) -> Way:
        self.begun = self.connector.begin(self.registration, typed=typed, state="a state", pkce=self.pkce)
        return self

    def visit(self, person: BlueskyPerson, button: str = ALLOW) -> Way:
        with self.browser.new_context() as context:
            page = context.new_page()
            page.goto(self.begun.url)
            with page.expect_request(lambda request: request.url.startswith(self.back)) as coming_back:
                press(page, person, button)
            self.query = dict(parse_qsl(urlsplit(coming_back.value.url).query))
        return self

    def complete(self, **kept: str) -> Credentials:
        assert self.query["state"] == "a state"
        assert self.connector.came_from(self.registration, self.query["iss"], self.begun.kept)
        made: Credentials = self.connector.complete(
            self.registration, code=self.query["code"], verifier=self.pkce.verifier, kept={**self.begun.kept, **kept}
        )
        return made


@pytest.fixture
def ada(bluesky_network: BlueskyNetwork) -> BlueskyPerson:
    return bluesky_network.create_account("ada")


@contextmanager
def hub(network: BlueskyNetwork, document: Any) -> Iterator[None]:
    """Serves the hub's description of itself where the network looks for it."""

    class Serving(BaseHTTPRequestHandler):
        def do_GET(self) -> None:
            body = json.dumps(document).encode()
            self.send_response(200 if self.path == "/oauth/client-metadata.json" else 404)
            self.send_header("Content-Type", "application/json")
            self.send_header("Content-Length", str(len(body)))
            self.end_headers()
            self.wfile.write(body)

        def log_message(self, format: str, *args: object) -> None:
            """Nothing is printed."""

    server = ThreadingHTTPServer(("127.0.0.1", network.hub_port), Serving)
    Thread(target=server.serve_forever, daemon=True).start()
    yield
    server.shutdown()
    server.server_close()


def test_a_person_signs_in_publishes_is_renewed_twice_and_gives_it_back(
    bluesky_network: BlueskyNetwork, ada: BlueskyPerson, browser: Any
) -> None:
    way = Way(bluesky_network, browser).begin(ada.handle).visit(ada)
    credentials = way.complete()
    assert (credentials.remote_id, credentials.server) == (ada.did, bluesky_network.pds_url)
    assert credentials.expires_at
    assert timedelta(minutes=2) < credentials.expires_at - datetime.now(UTC) <= timedelta(hours=2)
    assert way.connector.identity(credentials).handle == f"@{ada.handle}"

    sent = draft("Signed in and #proven")
    receipt = way.connector.publish(sent, credentials)
    assert way.connector.publish(sent, credentials).remote_id == receipt.remote_id
    assert [record["uri"] for record in ada.records()] == [receipt.remote_id]

    newer = way.connector.refresh(way.connector.refresh(credentials))
    assert len({credentials.refresh_token, newer.refresh_token}) == 2
    with pytest.raises(CredentialsExpired) as caught:  # what was renewed is no good any more
        way.connector.identity(credentials)
    assert caught.value.refreshable
    way.connector.delete(receipt.remote_id, newer)
    assert ada.records() == []

    way.connector.revoke(newer)
    with pytest.raises(CredentialsExpired):
        way.connector.identity(newer)
    with pytest.raises(CredentialsExpired) as caught:
        way.connector.refresh(newer)
    assert not caught.value.refreshable


def test_a_hub_with_a_public_address_is_known_by_its_description_and_its_key(
    bluesky_network: BlueskyNetwork, ada: BlueskyPerson, browser: Any
) -> None:
    way = Way(bluesky_network, browser, back=f"{bluesky_network.hub_url}/connections/back")
    document = way.connector.client_document(way.registration, client_name="Nordlys", website=bluesky_network.hub_url)
    with hub(bluesky_network, document):
        credentials = way.begin(ada.did).visit(ada).complete()
        newer = way.connector.refresh(credentials)
        assert way.connector.publish(draft("With a key of our own"), newer).remote_id
        stolen = replace(newer, extra={**newer.extra, "client_key": ""})
        with pytest.raises(CredentialsExpired):
            way.connector.refresh(stolen)  # without the hub's key nobody renews


def test_a_refresh_token_that_is_used_twice_ends_the_sign_in(
    bluesky_network: BlueskyNetwork, ada: BlueskyPerson, browser: Any
) -> None:
    way = Way(bluesky_network, browser).begin(ada.handle).visit(ada)
    credentials = way.complete()
    newer = way.connector.refresh(credentials)
    with pytest.raises(CredentialsExpired) as caught:
        way.connector.refresh(credentials)
    assert not caught.value.refreshable
    with pytest.raises(CredentialsExpired):
        way.connector.refresh(newer)
    with pytest.raises(CredentialsExpired):
        way.connector.publish(draft("Too late"), newer)
    assert ada.records() == []


def test_a_code_is_good_once_and_its_second_use_ends_the_sign_in(
    bluesky_network: BlueskyNetwork, ada: BlueskyPerson, browser: Any
) -> None:
    way = Way(bluesky_network, browser).begin(ada.handle).visit(ada)
    credentials = way.complete()
    with pytest.raises(Rejected, match="used before or is too old"):
        way.complete()
    with pytest.raises(CredentialsExpired):
        way.connector.identity(credentials)


def test_who_signs_in_as_somebody_else_connects_nothing(
    bluesky_network: BlueskyNetwork, ada: BlueskyPerson, browser: Any
) -> None:
    other = bluesky_network.create_account("other")
    way = Way(bluesky_network, browser).begin(ada.handle).visit(ada)
    with pytest.raises(Rejected, match="another account than the one you named"):
        way.complete(did=other.did)
    with pytest.raises(Rejected):  # the code is spent, and what came of it was given back
        way.complete()


def test_who_says_no_comes_back_with_nothing(
    bluesky_network: BlueskyNetwork, ada: BlueskyPerson, browser: Any
) -> None:
    way = Way(bluesky_network, browser).begin(ada.handle).visit(ada, DENY)
    assert way.query["error"] in way.connector.cancelled
    assert "code" not in way.query
    assert way.connector.came_from(way.registration, way.query["iss"], way.begun.kept)


def test_a_wrong_nonce_is_mended_and_a_wrong_key_is_not(
    bluesky_network: BlueskyNetwork, ada: BlueskyPerson, browser: Any
) -> None:
    way = Way(bluesky_network, browser).begin(ada.handle).visit(ada)
    credentials = way.complete()
    way.connector._nonces.keep(bluesky_network.pds_url, "made-up")
    film = b"\x00\x00\x00\x18ftypmp42\x00\x00\x00\x00mp42isom" + bytes(2_000_000)
    shown = Video(lambda start, size: film[start : start + size], len(film), "video/mp4", 9.0, "Boats", 1280, 720)
    assert way.connector.publish(draft("After a wrong nonce"), credentials).remote_id
    way.connector._nonces.keep(bluesky_network.pds_url, "made-up")
    assert way.connector.publish(draft("A film", video=shown), credentials).remote_id
    assert ada.records()[0]["value"]["embed"]["video"]["size"] == len(film)
    foreign = Way(bluesky_network, browser).begin(ada.handle).begun.kept["dpop_key"]
    with pytest.raises(CredentialsExpired):
        way.connector.identity(replace(credentials, extra={**credentials.extra, "dpop_key": foreign}))


def test_we_may_post_and_pass_on_and_nothing_else(
    bluesky_network: BlueskyNetwork, ada: BlueskyPerson, browser: Any
) -> None:
    company = bluesky_network.create_account("company")
    post = company.post("We are hiring")
    way = Way(bluesky_network, browser).begin(ada.handle).visit(ada)
    credentials = way.complete()
    bluesky_network.once(post["uri"], lambda shown: True)
    boost = way.connector.publish(draft("", reposts=post["uri"]), credentials)
    bluesky_network.once(post["uri"], lambda shown: shown["repostCount"] == 1)
    way.connector.delete(boost.remote_id, credentials)
    bluesky_network.once(post["uri"], lambda shown: shown["repostCount"] == 0)
    record = {"$type": "app.bsky.feed.like", "subject": post, "createdAt": "2026-10-01T09:00:00.000Z"}
    body = {"repo": ada.did, "collection": "app.bsky.feed.like", "record": record}
    with pytest.raises(CredentialsExpired) as caught:
        way.connector._call("POST", "com.atproto.repo.createRecord", credentials, json=body)
    assert "scope" in caught.value.network_said.lower()


@pytest.mark.parametrize("database_url", ["sqlite"], indirect=True)
def test_the_whole_way_in_the_hub(
    bluesky_network: BlueskyNetwork, ada: BlueskyPerson, site: Any, house: Any, make: Any
) -> None:
    house.clock.set(datetime.now(UTC))
    house._parts[Settings] = house.part(Settings).model_copy(update={"public_url": site.url})
    house._parts[Networks] = Networks(registry(bluesky_network))
    page = site.visit(make.user("Ada"))
    page.goto("/connections")
    page.get_by_role("link", name="Connect Bluesky").click()
    page.get_by_label("Your handle").fill(f"@{ada.handle}")
    page.get_by_role("button", name="Sign in with Bluesky").click()
    page.get_by_role("link", name="Continue to").click()
    press(page, ada, ALLOW)
    page.get_by_text(f"@{ada.handle} is connected.").wait_for()
    with house.db.reading() as session:
        [connection] = session.scalars(select(Connection))
        tokens = kept_credentials.unseal(house.part(Sealer), connection).credentials
    assert (connection.remote_id, connection.state) == (ada.did, ConnectionState.ACTIVE)
    assert house.part(Networks).api("bluesky").publish(draft("From the hub"), tokens).remote_id
    house.clock.move(hours=2)
    newer = kept_credentials.usable(house, connection_id=connection.id).credentials
    assert newer.refresh_token != tokens.refresh_token
    page.get_by_role("link", name=f"Disconnect @{ada.handle}").click()
    page.get_by_role("button", name="Disconnect").click()
    page.get_by_text("our access to it is taken back").wait_for()
    with pytest.raises(CredentialsExpired):
        house.part(Networks).api("bluesky").identity(newer)
