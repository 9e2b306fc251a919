"""Bluesky by its own page: who is believed, keys and nonces, a refresh token's one use, and giving it all back."""

from __future__ import annotations

import json
from collections.abc import Callable, Iterator
from dataclasses import replace
from datetime import timedelta
from typing import Any
from urllib.parse import parse_qs, urlsplit

import pytest

from connectors import (
    ApiConnector,
    ConnectorError,
    Credentials,
    CredentialsExpired,
    Pkce,
    Registry,
    Rejected,
    Transient,
)
from connectors._dpop import Nonces
from tests.connectors.fakes.bluesky import FakeBluesky
from tests.connectors.fakes.server import Fault, Response
from tests.connectors.network import registry
from tests.connectors.networks.bluesky_oauth import BACK, HUB, BlueskyOAuthNetwork, signed_in

HERE = "http://127.0.0.1:8000/connections/back"


@pytest.fixture
def network() -> Iterator[BlueskyOAuthNetwork]:
    made = BlueskyOAuthNetwork()
    yield made
    made.close()


class Way:
    """A sign-in, one step at a time."""

    def __init__(self, network: BlueskyOAuthNetwork, *, typed: str = "ada.test", back: str = BACK) -> None:
        self.server: FakeBluesky = network.server
        self.connector: Any = network.registry.oauth("bluesky")
        self.registration = self.connector.register_app("", redirect_uri=back, client_name="Nordlys", website=HUB)
        document = self.connector.client_document(self.registration, client_name="Nordlys", website=HUB)
        if document:
            self.server.documents[document["client_id"]] = document
        self.pkce = Pkce.new()
        self.typed = typed

    def begin(self) -> Way:
        self.begun = self.connector.begin(self.registration, typed=self.typed, state="a state", pkce=self.pkce)
        return self

    def allow(self, handle: str = "ada.test") -> Way:
        self.query = self.server.allow(self.begun.url, handle)
        return self

    def complete(self, **said: Any) -> Credentials:
        kept = {
            "code": self.query["code"],
            "verifier": self.pkce.verifier,
            "kept": self.begun.kept,
            **said,
        }
        made: Credentials = self.connector.complete(self.registration, **kept)
        return made


def test_the_address_that_a_person_goes_to_says_nothing_but_which_request(network: BlueskyOAuthNetwork) -> None:
    url = Way(network).begin().begun.url
    assert set(parse_qs(urlsplit(url).query)) == {"client_id", "request_uri"}
    assert "a state" not in url


@pytest.mark.parametrize("typed", ["ada.test", "@Ada.Test", " ada.test ", "did", "server", ""])
def test_a_person_is_known_by_handle_did_server_or_by_nothing_yet(network: BlueskyOAuthNetwork, typed: str) -> None:
    person = network.server.person("ada.test")
    typed = {"did": person.did, "server": network.server.base_url}.get(typed, typed)
    credentials = Way(network, typed=typed).begin().allow().complete()
    assert (credentials.remote_id, credentials.server) == (person.did, network.server.base_url)
    assert network.connector.identity(credentials).handle == "@ada.test"


@pytest.mark.parametrize("typed", ["ada", "ada@example.com", "nobody.test"])
def test_what_is_no_handle_is_told(network: BlueskyOAuthNetwork, typed: str) -> None:
    with pytest.raises(Rejected, match=r"Write your whole handle|Nobody on Bluesky"):
        Way(network, typed=typed).begin()


def test_a_handle_that_its_account_does_not_claim_is_not_believed(network: BlueskyOAuthNetwork) -> None:
    network.server.claims = ["at://somebody.else"]
    with pytest.raises(Rejected, match="does not use this handle"):
        Way(network).begin()
    assert network.server.pushed == {}


def test_a_server_that_points_inside_is_not_asked(network: BlueskyOAuthNetwork) -> None:
    public: Any = Registry(network.settings(), now=network.clock).oauth("bluesky")
    registration = public.register_app("", redirect_uri=BACK, client_name="Nordlys")
    for says, typed in (("http://10.0.0.1", "ada.test"), (None, "http://169.254.169.254")):
        network.server.did_doc_names = says
        with pytest.raises(Rejected, match="not the address of a server"):
            public.begin(registration, typed=typed, state="s", pkce=Pkce.new())
    network.server.did_doc_names = None
    network.server.home_says = {"authorization_servers": ["http://127.0.0.1:1"]}
    with pytest.raises(Rejected, match="not the address of a server"):
        public.begin(registration, typed="ada.test", state="s", pkce=Pkce.new())


@pytest.mark.parametrize(
    "wrong",
    [
        {"issuer": "https://evil.example"},
        {"protected_resources": ["https://another.example"]},
        {"pushed_authorization_request_endpoint": None},
        {"require_pushed_authorization_requests": False},
        {"authorization_response_iss_parameter_supported": False},
        {"dpop_signing_alg_values_supported": ["RS256"]},
        {"code_challenge_methods_supported": ["plain"]},
    ],
    ids=lambda wrong: next(iter(wrong)),
)
def test_a_server_that_offers_less_than_the_network_asks_for_is_not_used(
    network: BlueskyOAuthNetwork, wrong: dict[str, Any]
) -> None:
    network.server.door_says = wrong
    with pytest.raises(Rejected, match="Use an app password instead"):
        Way(network).begin()


@pytest.mark.parametrize("address", ["javascript:alert(1)", "data:text/html,x", "ftp://a.example/x"])
def test_a_page_that_is_none_is_not_gone_to(network: BlueskyOAuthNetwork, address: str) -> None:
    network.server.door_says = {"authorization_endpoint": address}
    with pytest.raises(Rejected):
        Way(network).begin()


def test_a_home_that_names_itself_otherwise_is_not_believed(network: BlueskyOAuthNetwork) -> None:
    for said in ({"resource": "https://another.example"}, {"authorization_servers": []}):
        network.server.home_says = said
        with pytest.raises(Rejected, match="Use an app password instead"):
            Way(network).begin()


# Coming back.


@pytest.mark.parametrize("issuer", ["", "https://evil.example"])
def test_an_answer_is_believed_of_the_server_that_the_person_was_sent_to(
    network: BlueskyOAuthNetwork, issuer: str
) -> None:
    way = Way(network).begin().allow()
    assert way.connector.came_from(way.registration, way.query["iss"], way.begun.kept)
    assert not way.connector.came_from(way.registration, issuer, way.begun.kept)


def test_who_signs_in_as_somebody_else_connects_nothing_and_the_permission_is_given_back(
    network: BlueskyOAuthNetwork,
) -> None:
    network.server.person("bo.test")
    network.server.grants.clear()
    way = Way(network).begin().allow("bo.test")
    with pytest.raises(Rejected, match="another account than the one you named"):
        way.complete()
    assert network.server.grants == []


def test_an_account_in_the_care_of_another_server_is_not_believed(network: BlueskyOAuthNetwork) -> None:
    with FakeBluesky(network.clock) as other:
        network.server.grants.clear()
        way = Way(network, typed=network.server.base_url).begin().allow()
        network.server.did_doc_names = other.base_url  # this server speaks for an account that lives elsewhere
        with pytest.raises(Rejected, match="not the one that your account trusts"):
            way.complete()
        assert network.server.grants == []


def test_a_code_is_good_once_and_a_second_use_ends_what_came_of_it(network: BlueskyOAuthNetwork) -> None:
    way = Way(network).begin().allow()
    credentials = way.complete()
    with pytest.raises(Rejected, match="used before or is too old"):
        way.complete()
    with pytest.raises(CredentialsExpired):
        network.connector.identity(credentials)


def test_a_code_is_worth_nothing_without_the_verifier_or_the_key(network: BlueskyOAuthNetwork) -> None:
    with pytest.raises(Rejected):
        Way(network).begin().allow().complete(verifier=Pkce.new().verifier)
    way, other = Way(network).begin().allow(), Way(network).begin()
    with pytest.raises(Rejected):
        way.complete(kept={**way.begun.kept, "dpop_key": other.begun.kept["dpop_key"]})


@pytest.mark.parametrize("said", [{"token_type": "Bearer"}, {"scope": "profile"}, {"sub": "did:plc:" + "b" * 24}])
def test_a_token_that_is_not_what_was_asked_for_is_not_kept(
    network: BlueskyOAuthNetwork, said: dict[str, str]
) -> None:
    way = Way(network).begin().allow()
    whole = {
        "access_token": "eyJa",
        "refresh_token": "ref-b",
        "token_type": "DPoP",
        "scope": "atproto",
        "expires_in": 60,
    }
    network.fake.fail(Response(200, {**whole, "sub": network.credentials.remote_id, **said}), "/oauth/token")
    with pytest.raises(Rejected):
        way.complete()


# Who we are.


def test_the_hubs_document_holds_only_the_public_half_of_its_key(network: BlueskyOAuthNetwork) -> None:
    way = Way(network)
    document = way.connector.client_document(way.registration, client_name="Nordlys", website=HUB)
    assert way.registration.client_secret
    assert way.registration.client_secret not in json.dumps(document)
    (key,) = document["jwks"]["keys"]
    assert set(key) == {"kty", "crv", "x", "y", "kid", "use", "alg"}
    assert document["client_id"] == f"{HUB}/oauth/client-metadata.json"
    assert document["redirect_uris"] == [BACK]
    assert "transition" not in document["scope"]


def test_a_hub_on_this_machine_needs_no_document(network: BlueskyOAuthNetwork) -> None:
    way = Way(network, back=HERE)
    assert way.connector.client_document(way.registration, client_name="Nordlys", website="") is None
    credentials = way.begin().allow().complete()
    newer = way.connector.refresh(credentials)
    assert network.connector.publish(network.draft(), newer).remote_id


@pytest.mark.parametrize(
    ("address", "fits"),
    [
        (BACK, True),
        (HERE, True),
        ("http://[::1]:8000/back", True),
        ("http://localhost:8000/back", False),
        ("http://hub.example.com/back", False),
        ("https://hub.example.com:8443/back", False),
        ("https://10.0.0.8/back", False),
        ("https://hub/back", False),
    ],
)
def test_servers_send_people_back_to_a_public_address_or_to_this_machine(
    network: BlueskyOAuthNetwork, address: str, fits: bool
) -> None:
    connector = network.registry.oauth("bluesky")
    assert (connector.unfit(address) is None) == fits
    if not fits:
        with pytest.raises(Rejected, match="An app password works everywhere"):
            connector.register_app("", redirect_uri=address, client_name="Nordlys")


def test_a_document_that_cannot_be_read_is_told_as_that(network: BlueskyOAuthNetwork) -> None:
    way = Way(network)
    network.server.documents.clear()
    with pytest.raises(Rejected, match="must be reachable from the internet"):
        way.begin()


# Keys and nonces.


@pytest.mark.parametrize("deed", ["publish", "identity", "refresh", "revoke"])
def test_a_new_nonce_costs_one_more_request_and_nothing_else(network: BlueskyOAuthNetwork, deed: str) -> None:
    act: dict[str, Callable[[], object]] = {
        "publish": lambda: network.connector.publish(network.draft(), network.credentials),
        "identity": lambda: network.connector.identity(network.credentials),
        "refresh": lambda: network.connector.refresh(network.credentials),
        "revoke": lambda: network.connector.revoke(network.credentials),
    }
    network.connector.identity(network.credentials)  # the nonce is known by now
    network.server.turn_nonce()
    asked = len(network.fake.requests)
    act[deed]()
    assert len(network.fake.requests) == asked + 2
    proofs = [one.headers["dpop"] for one in network.fake.requests[asked:]]
    assert proofs[0] != proofs[1]


def test_a_server_may_ask_for_its_nonce_in_the_header_alone(network: BlueskyOAuthNetwork) -> None:
    """As RFC 9449, 9, has it; the reference server says it in the body too."""
    network.server.turn_nonce()
    asks = {"DPoP-Nonce": network.server.nonce, "WWW-Authenticate": 'DPoP error="use_dpop_nonce"'}
    network.fake.fail(Response(401, "", asks), "getSession", times=1)
    assert network.connector.identity(network.credentials).remote_id == network.credentials.remote_id
    assert len(network.fake.asked("getSession")) == 2


def test_a_server_that_is_never_content_with_a_nonce_is_asked_twice_and_no_more(network: BlueskyOAuthNetwork) -> None:
    fresh = Response(401, {"error": "use_dpop_nonce"}, {"DPoP-Nonce": "another", "WWW-Authenticate": "DPoP"})
    network.fake.fail(fresh, "putRecord")
    with pytest.raises(Transient):
        network.connector.publish(network.draft(), network.credentials)
    assert len(network.fake.asked("putRecord")) == 2
    with pytest.raises(Transient):  # a nonce that was refused is not sent again for the same request
        network.connector.publish(network.draft(), network.credentials)
    assert len(network.fake.asked("putRecord")) == 3
    network.fake.heal()
    network.fake.fail(Response(400, {"error": "use_dpop_nonce"}, {"DPoP-Nonce": "another"}), "/oauth/token")
    with pytest.raises(Transient):  # the refresh token was not looked at, so the sign-in is still good
        network.connector.refresh(network.credentials)
    network.fake.heal()
    network.connector.refresh(network.credentials)


def test_each_sign_in_has_a_key_of_its_own(network: BlueskyOAuthNetwork) -> None:
    other = Way(network).begin().allow().complete()
    assert other.extra["dpop_key"] != network.credentials.extra["dpop_key"]
    stolen = replace(other, access_token=network.credentials.access_token)
    with pytest.raises(CredentialsExpired):
        network.connector.identity(stolen)


def test_nothing_that_is_shown_holds_a_secret(network: BlueskyOAuthNetwork) -> None:
    way = Way(network).begin().allow()
    sent = [way.query["code"], way.pkce.verifier]
    network.fake.fail(Response(400, {"error": "invalid_request", "message": " ".join(sent)}), "/oauth/token")
    with pytest.raises(ConnectorError) as caught:
        way.complete()
    keys = [way.begun.kept["dpop_key"], way.begun.kept["client_key"], way.registration.client_secret]
    error = caught.value
    shown = [repr(way.begun), repr(way.registration), repr(network.credentials), str(error), error.network_said]
    assert not [text for text in shown for secret in (*keys, *sent) if secret in text]


def test_nonces_are_kept_for_each_server_and_not_for_ever() -> None:
    nonces = Nonces()
    nonces.keep("https://a.example/x", "one")
    assert nonces.get("https://a.example/y?z") == "one"
    assert nonces.get("https://b.example/x") is None
    for number in range(2000):
        nonces.keep(f"https://{number}.example", "n")
    assert len(nonces._known) <= 1000


# How long it lasts.


def test_an_ended_token_is_renewed_twice_over(network: BlueskyOAuthNetwork) -> None:
    credentials, seen = network.credentials, {network.credentials.refresh_token}
    assert credentials.expires_at == network.clock() + timedelta(minutes=60)
    for round_ in range(2):
        network.clock.tick(minutes=61)
        with pytest.raises(CredentialsExpired) as caught:
            network.connector.publish(network.draft(), credentials)
        assert caught.value.refreshable
        credentials = network.connector.refresh(credentials)
        network.connector.publish(network.draft(), credentials)
        assert network.posts() == round_ + 1
        seen.add(credentials.refresh_token)
    assert len(seen) == 3
    assert credentials.server == network.server.base_url


def test_a_refresh_token_that_is_used_twice_ends_the_sign_in(network: BlueskyOAuthNetwork) -> None:
    newer = network.connector.refresh(network.credentials)
    with pytest.raises(CredentialsExpired) as caught:
        network.connector.refresh(network.credentials)
    assert not caught.value.refreshable
    assert "Connect your account again" in str(caught.value)
    with pytest.raises(CredentialsExpired):
        network.connector.refresh(newer)
    assert network.server.grants == []


@pytest.mark.parametrize("error", ["invalid_grant", "invalid_client", "unauthorized_client"])
def test_a_grant_that_is_gone_asks_to_connect_again(network: BlueskyOAuthNetwork, error: str) -> None:
    network.fake.fail(Response(400, {"error": error}), "/oauth/token")
    with pytest.raises(CredentialsExpired) as caught:
        network.connector.refresh(network.credentials)
    assert not caught.value.refreshable


@pytest.mark.parametrize(
    "answer",
    [Fault.RESET_BEFORE, Response(503, "<h1>Sorry</h1>"), Response(400, {"error": "invalid_client_metadata"})],
    ids=str,
)
def test_a_renewal_that_surely_was_not_carried_out_is_tried_again(
    network: BlueskyOAuthNetwork, answer: Fault | Response
) -> None:
    network.fake.fail(answer, "/oauth/token", times=1)
    with pytest.raises(Transient):
        network.connector.refresh(network.credentials)
    network.connector.refresh(network.credentials)


def test_a_renewal_for_somebody_else_is_not_kept(network: BlueskyOAuthNetwork) -> None:
    network.server.person("bo.test")
    network.server.grants[-1].did = network.server.people["bo.test"].did
    with pytest.raises(CredentialsExpired):
        network.connector.refresh(network.credentials)


def test_giving_it_back_ends_the_grant_and_may_be_done_twice(network: BlueskyOAuthNetwork) -> None:
    network.connector.revoke(network.credentials)
    network.connector.revoke(network.credentials)
    assert network.server.grants == []
    with pytest.raises(CredentialsExpired):
        network.connector.identity(network.credentials)


def test_only_what_was_allowed_is_permitted(network: BlueskyOAuthNetwork) -> None:
    settings = {**network.settings(), "BLUESKY_OAUTH_SCOPES": "atproto blob:image/*"}
    made = registry(network.clock, settings)
    credentials = signed_in(network.server, made.oauth("bluesky"), "ada.test")
    connector: ApiConnector = made.api("bluesky")
    with pytest.raises(CredentialsExpired) as caught:
        connector.publish(network.draft(), credentials)
    assert not caught.value.refreshable
    assert connector.identity(credentials).handle == "@ada.test"
