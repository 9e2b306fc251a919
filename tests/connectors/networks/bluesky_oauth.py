"""Bluesky as the contract meets it for a person who signed in on their server's own page."""

from __future__ import annotations

from connectors import ApiConnector, Credentials, Pkce
from tests.connectors.fakes.bluesky import FakeBluesky
from tests.connectors.fakes.server import Response
from tests.connectors.networks.bluesky import BlueskyNetwork

HUB = "https://hub.example.com"
BACK = f"{HUB}/connections/back"


class BlueskyOAuthNetwork(BlueskyNetwork):
    sign_in_by = "oauth"
    told_alike = True

    def sign_in(self) -> Credentials:
        return signed_in(self.server, self.registry.oauth("bluesky"), "ada.test")

    def meeting(self, fault: object) -> ApiConnector:
        """As a worker that runs: it knows the server's nonce, so that its first request is the one that counts."""
        made = super().meeting(fault)
        made._nonces = self.connector._nonces
        return made

    def refusals(self) -> dict[str, Response]:
        dpop = {"WWW-Authenticate": 'DPoP error="invalid_token"'}
        return super().refusals() | {
            "revoked": Response(401, {"error": "invalid_token", "message": "Invalid token"}, dpop),
        }


def signed_in(server: FakeBluesky, connector, handle: str, *, back: str = BACK, typed: str | None = None):
    """The whole way: registered, begun, allowed on the server's page, and back."""
    registration = connector.register_app("", redirect_uri=back, client_name="Nordlys", website=HUB)
    document = connector.client_document(registration, client_name="Nordlys", website=HUB)
    if document:
        server.documents[document["client_id"]] = document
    pkce = Pkce.new()
    begun = connector.begin(registration, typed=handle if typed is None else typed, state="a state", pkce=pkce)
    query = server.allow(begun.url, handle)
    return connector.complete(registration, code=query["code"], verifier=pkce.verifier, kept=begun.kept)
