"""Mastodon as the contract meets it."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace

from connectors import Credentials, Figures
from tests.connectors.fakes.mastodon import FakeMastodon
from tests.connectors.fakes.server import Response
from tests.connectors.network import OAuthNetwork


class MastodonNetwork(OAuthNetwork):
    name = "mastodon"
    permalinks = "http://127.0.0.1"
    publishing = "POST /api/v1/statuses"
    uploading = "POST /api/v2/media"
    rate_headers = ("X-RateLimit-Reset", "Retry-After")
    device = "key"
    passes_on = True
    answers = True
    boosting = "POST /api/v1/statuses/.*/reblog"
    figures = Figures(likes=3, reposts=2, replies=1, quotes=0)
    films = True
    filming = uploading

    def _fake(self) -> FakeMastodon:
        self.server = FakeMastodon(self.clock).start()
        return self.server

    def sign_in(self) -> Credentials:
        account = self.server.account("ada")
        token = self.server.token_for("ada")
        return Credentials(token, server=self.server.base_url, remote_id=account.id, handle="@ada@127.0.0.1")

    @property
    def typed_server(self) -> str:  # type: ignore[override]
        return self.server.base_url

    def allow(self, asked: Mapping[str, str], who: str = "ada") -> str:
        return self.server.allow(dict(asked), who).headers["Location"]

    def allowed(self) -> int:
        return sum(not token.revoked for token in self.server.tokens.values() if token.client_id != "app")

    def names_itself(self) -> str:
        self.server.names_itself = True
        return f"{self.server.base_url}/"

    def shown(self) -> list[tuple[bytes, str]]:
        [status] = self.server.statuses.values()
        return [(self.server.media[one].data, self.server.media[one].description) for one in status.media_ids]

    def film_shown(self) -> tuple[bytes, str]:
        [shown] = self.shown()
        return shown

    def film_takes(self, looks: int) -> None:
        self.server.polls_needed = looks

    def film_fails(self, words: str) -> None:
        self.server.breaks = words

    def posts(self) -> int:
        return len(self.server.statuses)

    def liked(self, remote_id: str) -> None:
        self.server.statuses[remote_id] = replace(self.server.statuses[remote_id], favourites=3, reblogs=2, replies=1)

    def original(self) -> str:
        return self.server.post_by(
            "nordlys", far=f"https://social.example/@nordlys/{77 + len(self.server.statuses)}"
        ).far

    def boosts(self) -> int:
        return sum(one.boost_of is not None for one in self.server.statuses.values())

    def below(self) -> list[str]:
        return [one.text for one in self.server.statuses.values() if one.reply_to is not None]

    def followed(self, count: int) -> None:
        self.server.account("ada").followers = count

    def refusals(self) -> dict[str, Response]:
        return {
            "revoked": Response(401, {"error": "The access token was revoked"}),
            "scope": Response(403, {"error": "This action is outside the authorized scopes"}),
            "forbidden": Response(403, {"error": "Your login is currently disabled"}),
            "too large": Response(413, "<html><h1>413 Request Entity Too Large</h1></html>"),
            "invalid": Response(422, {"error": "Validation failed: Text character limit of 500 exceeded"}),
        }
