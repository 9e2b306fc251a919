"""Facebook Pages as the contract meets them."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from typing import Any

from connectors import Credentials, Draft
from tests.connectors.fakes.facebook import FakeFacebook
from tests.connectors.fakes.meta import CLIENT_ID, CLIENT_SECRET, graph
from tests.connectors.fakes.server import Response
from tests.connectors.network import FILM, TEXT, OAuthNetwork

FILM_URL = "https://hub.example.com/media/for-networks/film.mp4"


class FacebookNetwork(OAuthNetwork):
    name = "facebook"
    revokes = False
    permalinks = "https://www.facebook.com/"
    publishing = r"POST /v26.0/\d+/feed"
    uploading = r"POST /v26.0/\d+/photos"
    takes_same_words = False
    reads_27_in = 54
    films = True
    filming = r"POST /v26.0/\d+/videos"
    filming_publishes = True
    prepares_films = False

    def _fake(self) -> FakeFacebook:
        self.server = FakeFacebook(self.clock).start()
        self.page = self.server.page("Ada's bakery")
        self.server.web[FILM_URL] = (FILM.read(0, FILM.size), FILM.mime)
        return self.server

    def settings(self) -> Mapping[str, str]:
        return {
            "FACEBOOK_CLIENT_ID": CLIENT_ID,
            "FACEBOOK_CLIENT_SECRET": CLIENT_SECRET,
            "FACEBOOK_API_URL": self.server.base_url,
        }

    def draft(self, text: str = TEXT, **parts: Any) -> Draft:
        """With a film where the network can fetch it."""
        made = super().draft(text, **parts)
        return replace(made, video=made.video and replace(made.video, public_url=FILM_URL))

    def sign_in(self) -> Credentials:
        return Credentials(self.server.page_token(self.page), remote_id=self.page.id, handle="Ada's bakery")

    def allow(self, asked: Mapping[str, str], who: str = "ada") -> str:
        """Who looks after one Page is asked nothing more; the choice among several is told in test_choosing.py."""
        if who != "ada":
            self.server.page(f"{who}'s Page", owner=who)
        return self.server.allow(dict(asked), who).headers["Location"]

    def shown(self) -> list[tuple[bytes, str]]:
        [post] = self.server.posts.values()
        return [self.server.photos[one] for one in post.photos]

    def film_shown(self) -> tuple[bytes, str]:
        [post] = self.server.posts.values()
        return post.film, ""

    def posts(self) -> int:
        return len(self.server.posts)

    def liked(self, remote_id: str) -> None:
        self.server.posts[remote_id] = replace(self.server.posts[remote_id], reactions=3, shares=2, comments=1)

    def rate_limited(self, header: str, value: str) -> Response:
        return Response(400, graph(32, "Page request limit reached"), {header: value})

    def followed(self, count: int) -> None:
        self.server.followers[self.page.id] = count

    def refusals(self) -> dict[str, Response]:
        return {
            "revoked": Response(400, graph(190, "Error validating access token: the user changed the password", 460)),
            "scope": Response(403, graph(200, "(#200) Requires pages_manage_posts permission")),
            "forbidden": Response(400, graph(368, "The action attempted has been deemed abusive", 1_390_008)),
            "too large": Response(413, "<html><h1>413 Request Entity Too Large</h1></html>"),
            "invalid": Response(400, graph(100, "Invalid parameter", 1_366_046)),
        }
