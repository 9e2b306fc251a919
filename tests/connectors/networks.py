"""Every network that we publish to, with its fake and its own words for each refusal: what the contract runs over.

A new network adds one entry to `NETWORKS`.
"""

from __future__ import annotations

import uuid
from abc import ABC, abstractmethod
from collections.abc import Mapping
from dataclasses import replace
from typing import Any

from connectors import ApiConnector, Credentials, Draft, Image, Registry, new_record_key
from tests.connectors.fakes.bluesky import Counts, FakeBluesky
from tests.connectors.fakes.mastodon import FakeMastodon
from tests.connectors.fakes.server import Clock, FakeServer, Fault, Response

LINK = "https://go.example.com/r/AbC12"
TEXT = "We are hiring in Tromsø 🚀 #jobs"
PICTURE = Image(b"\xff\xd8 not quite a picture", "image/jpeg", "The harbour at noon", 1200, 630)


class Network(ABC):
    """One network as the contract needs it: a connector that talks to a fake, and a person signed in."""

    name: str
    publishing: str
    uploading: str
    rate_headers: tuple[str, ...]

    def __init__(self) -> None:
        self.clock = Clock()
        self.fake = self._fake()
        self.registry = registry(self.clock, self.settings())
        self.connector: ApiConnector = self.registry.api(self.name)
        self.credentials = self.sign_in()

    def draft(self, text: str = TEXT, **parts: Any) -> Draft:
        """A draft that has not been sent, with its keys."""
        made = {"link": LINK, "language": "en", **parts}
        at = self.clock()
        return Draft(text, key=str(uuid.uuid4()), record_key=new_record_key(at), created_at=at, **made)

    def settings(self) -> Mapping[str, str]:
        return {}

    def meeting(self, fault: object) -> ApiConnector:
        """The connector to meet this fault with: one that soon stops waiting where the fault is a silence."""
        if fault not in (Fault.HANG_BEFORE, Fault.HANG_AFTER):
            return self.connector
        return registry(self.clock, self.settings(), read_seconds=0.3).api(self.name)

    def close(self) -> None:
        self.fake.stop()

    @abstractmethod
    def _fake(self) -> FakeServer: ...

    @abstractmethod
    def sign_in(self) -> Credentials: ...

    @abstractmethod
    def posts(self) -> int:
        """How many posts the network holds."""

    @abstractmethod
    def liked(self, remote_id: str) -> None:
        """Let the network count 3 likes, 2 reposts, 1 reply."""

    @abstractmethod
    def refusals(self) -> dict[str, Response]:
        """The network's own answer for: revoked, scope, forbidden, too large, invalid."""

    def rate_limited(self, header: str, value: str) -> Response:
        return Response(429, {"error": "RateLimitExceeded", "message": "Too many requests"}, {header: value})


class MastodonNetwork(Network):
    name = "mastodon"
    publishing = "POST /api/v1/statuses"
    uploading = "POST /api/v2/media"
    rate_headers = ("X-RateLimit-Reset", "Retry-After")

    def _fake(self) -> FakeMastodon:
        self.server = FakeMastodon(self.clock).start()
        return self.server

    def sign_in(self) -> Credentials:
        account = self.server.account("ada")
        token = self.server.token_for("ada")
        return Credentials(token, server=self.server.base_url, remote_id=account.id, handle="@ada@127.0.0.1")

    def posts(self) -> int:
        return len(self.server.statuses)

    def liked(self, remote_id: str) -> None:
        self.server.statuses[remote_id] = replace(self.server.statuses[remote_id], favourites=3, reblogs=2, replies=1)

    def refusals(self) -> dict[str, Response]:
        return {
            "revoked": Response(401, {"error": "The access token was revoked"}),
            "scope": Response(403, {"error": "This action is outside the authorized scopes"}),
            "forbidden": Response(403, {"error": "Your login is currently disabled"}),
            "too large": Response(413, "<html><h1>413 Request Entity Too Large</h1></html>"),
            "invalid": Response(422, {"error": "Validation failed: Text character limit of 500 exceeded"}),
        }


class BlueskyNetwork(Network):
    name = "bluesky"
    publishing = "POST /xrpc/com.atproto.repo.putRecord"
    uploading = "POST /xrpc/com.atproto.repo.uploadBlob"
    rate_headers = ("RateLimit-Reset", "Retry-After")

    def _fake(self) -> FakeBluesky:
        self.server = FakeBluesky(self.clock).start()
        self.server.person("ada.test")
        return self.server

    def settings(self) -> Mapping[str, str]:
        return {"BLUESKY_PDS_URL": self.server.base_url, "BLUESKY_APPVIEW_URL": self.server.base_url}

    def sign_in(self) -> Credentials:
        return self.registry.app_password("bluesky").sign_in("ada.test", "abcd-efgh-ijkl-mnop")

    def posts(self) -> int:
        return len(self.server.posts_of("ada.test"))

    def liked(self, remote_id: str) -> None:
        self.server.counts[remote_id] = Counts(likes=3, reposts=2, replies=1)

    def refusals(self) -> dict[str, Response]:
        return {
            "revoked": Response(400, {"error": "ExpiredToken", "message": "Token has been revoked"}),
            "scope": Response(403, {"error": "ScopeMissingError", "message": "Missing required scope"}),
            "forbidden": Response(401, {"error": "AccountTakedown", "message": "Account has been taken down"}),
            "too large": Response(413, {"error": "PayloadTooLarge", "message": "request entity too large"}),
            "invalid": Response(400, {"error": "InvalidRequest", "message": "Invalid app.bsky.feed.post record: …"}),
        }


NETWORKS: tuple[type[Network], ...] = (MastodonNetwork, BlueskyNetwork)


def registry(clock: Clock, settings: Mapping[str, str] | None = None, read_seconds: float = 20.0) -> Registry:
    """All connectors, allowed to talk to loopback, with the test's clock."""
    return Registry(settings, now=clock, allow_private_hosts=True, read_seconds=read_seconds)
