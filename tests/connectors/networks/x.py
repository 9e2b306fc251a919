"""X as the contract meets it."""

from __future__ import annotations

from collections.abc import Mapping

from connectors import Credentials, Figures
from tests.connectors.fakes.server import Response
from tests.connectors.fakes.x import CLIENT_ID, CLIENT_SECRET, SCOPES, FakeX, problem
from tests.connectors.network import OAuthNetwork


class XNetwork(OAuthNetwork):
    name = "x"
    permalinks = "http://127.0.0.1"
    publishing = "POST /2/tweets"
    uploading = "POST /2/media/upload"
    rate_headers = ("X-Rate-Limit-Reset", "Retry-After")
    takes_same_words = False
    passes_on = True
    quotes = False
    boosting = "POST /2/users/.*/retweets"
    figures = Figures(likes=3, reposts=2, replies=1, quotes=0)
    films = True
    tells_followers = False
    filming = "POST /2/media/upload/.*/append"

    def _fake(self) -> FakeX:
        self.server = FakeX(self.clock).start()
        return self.server

    def settings(self) -> Mapping[str, str]:
        url = self.server.base_url
        return {"X_CLIENT_ID": CLIENT_ID, "X_CLIENT_SECRET": CLIENT_SECRET, "X_API_URL": url, "X_WEB_URL": url}

    def sign_in(self) -> Credentials:
        """Without a refresh token, so that an end is the end; what a refresh mends is told in test_x.py."""
        grant = self.server.grant_for("ada", SCOPES - {"offline.access"})
        return Credentials(grant.access, remote_id=grant.account.id, handle="@ada", expires_at=grant.ends)

    def allow(self, asked: Mapping[str, str], who: str = "ada") -> str:
        return self.server.allow(dict(asked), who)

    def allowed(self) -> int:
        return sum(not grant.revoked for grant in self.server.grants if grant.client_id == CLIENT_ID)

    def names_itself(self) -> str:
        self.server.names_itself = True
        return self.server.base_url

    def shown(self) -> list[tuple[bytes, str]]:
        [post] = self.server.posts.values()
        return [(self.server.media[one].data, self.server.media[one].alt_text) for one in post.media]

    def film_shown(self) -> tuple[bytes, str]:
        [shown] = self.shown()
        return shown

    def film_takes(self, looks: int) -> None:
        self.server.polls_needed = looks

    def film_fails(self, words: str) -> None:
        self.server.breaks = words

    def posts(self) -> int:
        return len(self.server.posts)

    def liked(self, remote_id: str) -> None:
        self.server.posts[remote_id.removeprefix("repost:")].metrics |= {
            "like_count": 3,
            "reposts": 2,
            "reply_count": 1,
        }

    def original(self) -> str:
        return f"https://x.com/nordlys/status/{self.server.post_by('nordlys').id}"

    def boosts(self) -> int:
        return len(self.server.reposts)

    def rate_limited(self, header: str, value: str) -> Response:
        return Response(429, {"title": "Too Many Requests", "detail": "Too Many Requests"}, {header: value})

    def followed(self, count: int) -> None:
        self.server.followers[self.server.account("ada").id] = count

    def refusals(self) -> dict[str, Response]:
        return {
            "revoked": Response(401, {"title": "Unauthorized", "type": "about:blank", "detail": "Unauthorized"}),
            "scope": Response(
                403, problem("oauth2-permissions", "Forbidden", "Your token lacks the scope for this.")
            ),
            "forbidden": Response(403, problem("", "Forbidden", "You are not permitted to perform this action.")),
            "too large": Response(413, "<html><h1>413 Request Entity Too Large</h1></html>"),
            "invalid": Response(400, problem("invalid-request", "Invalid Request", "Your Tweet text is too long.")),
        }
