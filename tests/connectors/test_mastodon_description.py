"""Every request that the Mastodon connector makes is right by the API's own description, as Prism judges it."""

from __future__ import annotations

import copy
import json
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest
import requests

from connectors import AppRegistration, Pkce, Registry
from connectors.mastodon import Mastodon
from tests.connectors.fakes.mastodon import FakeMastodon
from tests.connectors.fakes.server import Clock, Request
from tests.connectors.network import FILM, PICTURE
from tests.connectors.networks.mastodon import MastodonNetwork
from tests.peers.installed import shared
from tests.peers.prism import Prism


@pytest.fixture(scope="module")
def description(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The description, with one mistake mended: text and media together are allowed, yet match both of its cases."""
    found = json.loads(shared("data/mastodon/openapi.json").read_text())
    body = found["paths"]["/api/v1/statuses"]["post"]["requestBody"]["content"]["application/json"]["schema"]
    body["anyOf"] = body.pop("oneOf")
    path = tmp_path_factory.mktemp("description") / "openapi.json"
    path.write_text(json.dumps(found))
    return path


def everything(server: FakeMastodon) -> list[Request]:
    """The requests of a whole life with the connector: signing in, publishing, looking up, reading, leaving."""
    network = MastodonNetwork.__new__(MastodonNetwork)
    network.clock = server.clock
    connector = Registry(now=server.clock, allow_private_hosts=True).api("mastodon")
    assert isinstance(connector, Mastodon)
    connector.poll_seconds = 0.001
    server.polls_needed = 2
    pkce = Pkce.new()
    registration = connector.register_app(
        server.base_url, redirect_uri="https://hub.example.org/back", client_name="Nordlys", website="https://a.no"
    )
    address = connector.authorize_url(registration, state="s", challenge=pkce.challenge)
    requests.get(address, timeout=5)
    code = _allow(server, registration, pkce)
    credentials = connector.exchange(registration, code=code, verifier=pkce.verifier)
    plain, pictured = network.draft(), network.draft(images=(PICTURE,))
    filmed = network.draft(video=replace(FILM, size=1000))
    ids = [connector.publish(one, credentials).remote_id for one in (plain, pictured, filmed)]
    connector.find(plain, credentials, server.clock())
    connector.figures(ids, credentials)
    server.version = "4.2"
    connector.figures(ids, credentials)
    connector.delete(ids[0], credentials)
    connector.revoke(credentials, registration)
    return server.requests


def _allow(server: FakeMastodon, registration: AppRegistration, pkce: Pkce) -> str:
    asked = {
        "client_id": registration.client_id,
        "redirect_uri": registration.redirect_uri,
        "response_type": "code",
        "scope": registration.scopes,
        "code_challenge": pkce.challenge,
        "code_challenge_method": "S256",
    }
    return server.allow(asked).headers["Location"].split("code=")[1]


def replay(prism: Prism, request: Request) -> list[str]:
    """Send the request as it was to the judge, and return what it objects to."""
    kept = {"authorization", "content-type", "idempotency-key", "accept"}
    headers = {name: value for name, value in request.headers.items() if name in kept}
    requests.request(
        request.method,
        prism.url + request.target,
        headers=headers,
        data=request.body,
        timeout=10,
        allow_redirects=False,
    )
    return prism.objections()


def test_every_request_is_right_by_the_description(
    prism: Callable[[Path], Prism], description: Path, fake: Callable[..., Any]
) -> None:
    judge = prism(description)
    made = everything(fake(FakeMastodon(Clock())))
    objections = {f"{one.method} {one.path}": said for one in made if (said := replay(judge, one))}
    assert objections == {}
    assert {f"{one.method} {one.path.rstrip('0123456789')}" for one in made} == {
        "GET /.well-known/oauth-authorization-server",
        "POST /api/v1/apps",
        "GET /api/v2/instance",
        "GET /oauth/authorize",
        "POST /oauth/token",
        "GET /api/v1/accounts/verify_credentials",
        "POST /api/v2/media",
        "GET /api/v1/media/",
        "POST /api/v1/statuses",
        "GET /api/v1/statuses",
        "GET /api/v1/statuses/",
        f"GET /api/v1/accounts/{MADE_ACCOUNT}/statuses",
        "DELETE /api/v1/statuses/",
        "POST /oauth/revoke",
    }


MADE_ACCOUNT = FakeMastodon().account("ada").id


def test_the_judge_objects_to_a_wrong_request(
    prism: Callable[[Path], Prism], description: Path, fake: Callable[..., Any]
) -> None:
    judge = prism(description)
    made = everything(fake(FakeMastodon(Clock())))
    publish = next(one for one in made if (one.method, one.path) == ("POST", "/api/v1/statuses"))
    wrong = copy.copy(publish)
    wrong.body = publish.body.replace(b'"public"', b'"everybody"')
    assert wrong.body != publish.body
    assert replay(judge, wrong)
