"""LinkedIn as the contract meets it: an ordinary company's app, which may write and read nothing."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import UTC, datetime, time, timedelta

from connectors import Credentials, Figures
from tests.connectors.fakes.linkedin import APP, FakeLinkedIn
from tests.connectors.fakes.server import Fault, Response
from tests.connectors.network import OAuthNetwork


class LinkedInNetwork(OAuthNetwork):
    name = "linkedin"
    permalinks = "http://127.0.0.1"
    publishing = "POST /rest/posts"
    uploading = "PUT /dms-uploads/"
    takes_same_words = finds = shows_deletion = False
    passes_on = True
    boosts_once = False
    boosting = publishing
    figures = Figures()
    tells_followers = False
    films = True
    filming = "PUT /film-uploads/"
    # These answers are empty: what they tell stands in status and headers, which half a body does not harm.
    faults = upload_faults = tuple(set(Fault) - {Fault.HALF_BODY, Fault.HALF_JSON})

    def _fake(self) -> FakeLinkedIn:
        self.server = FakeLinkedIn(self.clock).start()
        return self.server

    def settings(self) -> Mapping[str, str]:
        return {
            "LINKEDIN_CLIENT_ID": APP["client_id"],
            "LINKEDIN_CLIENT_SECRET": APP["client_secret"],
            "LINKEDIN_API_URL": self.server.base_url,
            "LINKEDIN_WEB_URL": self.server.base_url,
        }

    def sign_in(self) -> Credentials:
        member = self.server.member("ada")
        ends = self.clock() + timedelta(days=60)
        extra = {"scope": "openid profile w_member_social"}
        token = self.server.token_for("ada")
        return Credentials(token, expires_at=ends, remote_id=member.sub, handle=member.name, extra=extra)

    def allow(self, asked: Mapping[str, str], who: str = "ada") -> str:
        return self.server.allow(dict(asked), who).headers["Location"]

    def allowed(self) -> int:
        return sum(not token.revoked for token in self.server.tokens.values() if token.by_code)

    def names_itself(self) -> str:
        self.server.names_itself = True
        return f"{self.server.base_url}/oauth"

    def bare_wait(self) -> datetime:
        return datetime.combine(self.clock().date() + timedelta(days=1), time(), UTC)

    def shown(self) -> list[tuple[bytes, str]]:
        [post] = self.server.posts.values()
        images = post.sent["content"]["multiImage"]["images"]
        return [(self.server.pictures[one["id"]].data or b"", one["altText"]) for one in images]

    def film_shown(self) -> tuple[bytes, str]:
        [post] = self.server.posts.values()
        media = post.sent["content"]["media"]
        return self.server.films[media["id"]].data, media["altText"]

    def film_takes(self, looks: int) -> None:
        self.server.preparing = looks

    def film_fails(self, words: str) -> None:
        self.server.breaks = words

    def posts(self) -> int:
        return len(self.server.posts)

    def original(self) -> str:
        return f"https://www.linkedin.com/feed/update/{self.server.post_by('nordlys').urn}/"

    def boosts(self) -> int:
        return sum("reshareContext" in one.sent and not one.text for one in self.server.posts.values())

    def followed(self, count: int) -> None:
        self.server.followers[self.server.member("ada").sub] = count

    def refusals(self) -> dict[str, Response]:
        def body(status: int, code: str, message: str) -> dict[str, object]:
            return {"status": status, "code": code, "message": message}

        said = "Not enough permissions to access: posts.CREATE.20260901"
        return {
            "revoked": Response(401, body(401, "REVOKED_ACCESS_TOKEN", "The token has been revoked")),
            "scope": Response(403, body(403, "ACCESS_DENIED", said)),
            "forbidden": Response(403, body(403, "ACCESS_DENIED", "The member is restricted from posting")),
            "too large": Response(413, "<h1>413 Request Entity Too Large</h1>"),
            "invalid": Response(422, body(422, "FIELD_LENGTH_TOO_LONG", "commentary is too long")),
        }
