"""Bluesky as the contract meets it."""

from __future__ import annotations

from collections.abc import Mapping

from connectors import Credentials, Figures
from tests.connectors.fakes.bluesky import Counts, FakeBluesky
from tests.connectors.fakes.server import Response
from tests.connectors.network import FILM, Network


class BlueskyNetwork(Network):
    name = "bluesky"
    permalinks = "https://bsky.app/"
    publishing = "POST /xrpc/com.atproto.repo.putRecord"
    uploading = "POST /xrpc/com.atproto.repo.uploadBlob"
    rate_headers = ("RateLimit-Reset", "Retry-After")
    device = "record"
    passes_on = True
    answers = True
    boosting = publishing
    figures = Figures(likes=3, reposts=2, replies=1, quotes=0)
    films = True
    filming = uploading
    prepares_films = False

    def _fake(self) -> FakeBluesky:
        self.server = FakeBluesky(self.clock).start()
        self.server.person("ada.test")
        return self.server

    def settings(self) -> Mapping[str, str]:
        return {"BLUESKY_PDS_URL": self.server.base_url, "BLUESKY_APPVIEW_URL": self.server.base_url}

    def sign_in(self) -> Credentials:
        return self.registry.app_password("bluesky").sign_in("ada.test", "abcd-efgh-ijkl-mnop")

    def shown(self) -> list[tuple[bytes, str]]:
        [post] = self.server.posts_of("ada.test")
        images = post["embed"]["images"]
        return [(self.server.bytes[one["image"]["ref"]["$link"]], one["alt"]) for one in images]

    def film_shown(self) -> tuple[bytes, str]:
        [post] = self.server.posts_of("ada.test")
        embed = post["embed"]
        assert embed["aspectRatio"] == {"width": FILM.width, "height": FILM.height}
        return self.server.bytes[embed["video"]["ref"]["$link"]], embed["alt"]

    def posts(self) -> int:
        return len(self.server.posts_of("ada.test"))

    def liked(self, remote_id: str) -> None:
        self.server.counts[remote_id] = Counts(likes=3, reposts=2, replies=1)

    def original(self) -> str:
        uri = self.server.post_by("nordlys.test")
        return f"https://bsky.app/profile/nordlys.test/post/{uri.rsplit('/', 1)[-1]}"

    def boosts(self) -> int:
        return len(self.server.reposts_of("ada.test"))

    def below(self) -> list[str]:
        return [one["text"] for one in self.server.posts_of("ada.test") if "reply" in one]

    def followed(self, count: int) -> None:
        self.server.followers[self.server.people["ada.test"].did] = count

    def refusals(self) -> dict[str, Response]:
        return {
            "revoked": Response(400, {"error": "ExpiredToken", "message": "Token has been revoked"}),
            "scope": Response(403, {"error": "ScopeMissingError", "message": "Missing required scope"}),
            "forbidden": Response(401, {"error": "AccountTakedown", "message": "Account has been taken down"}),
            "too large": Response(413, {"error": "PayloadTooLarge", "message": "request entity too large"}),
            "invalid": Response(400, {"error": "InvalidRequest", "message": "Invalid app.bsky.feed.post record: …"}),
        }
