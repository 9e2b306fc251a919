"""Threads as the contract meets it."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from typing import Any

from connectors import Credentials, Draft, Image
from tests.connectors.fakes.meta import CLIENT_ID, CLIENT_SECRET, graph
from tests.connectors.fakes.server import Request, Response
from tests.connectors.fakes.threads import FakeThreads
from tests.connectors.network import FILM, PICTURE, SECOND, OAuthNetwork

PICTURE_URL = "https://hub.example.com/media/for-networks/abc.jpg"
FILM_URL = "https://hub.example.com/media/for-networks/film.mp4"
SECOND_URL = "https://hub.example.com/media/for-networks/def.jpg"


class ThreadsNetwork(OAuthNetwork):
    name = "threads"
    revokes = False
    permalinks = "https://www.threads.com/"
    publishing = r"POST /v1.0/\d+/threads_publish"
    uploading = r"POST /v1.0/\d+/threads$"
    device = "container"
    films = True
    filming = uploading
    deletes = False
    reads_27_in = 27

    def _fake(self) -> FakeThreads:
        self.server = FakeThreads(self.clock).start()
        self.server.web[PICTURE_URL] = (PICTURE.data, PICTURE.mime)
        self.server.web[FILM_URL] = (FILM.read(0, FILM.size), FILM.mime)
        self.server.web[SECOND_URL] = (SECOND.data, SECOND.mime)
        return self.server

    def settings(self) -> Mapping[str, str]:
        url = self.server.base_url
        return {
            "THREADS_CLIENT_ID": CLIENT_ID,
            "THREADS_CLIENT_SECRET": CLIENT_SECRET,
            "THREADS_API_URL": url,
        }

    def draft(self, text: str = "We are hiring in Tromsø 🚀 #jobs", **parts: Any) -> Draft:
        """With pictures where the network can fetch them."""
        made = super().draft(text, **parts)
        images = tuple(replace(one, public_url=_url(one)) for one in made.images)
        return replace(made, images=images, video=made.video and replace(made.video, public_url=FILM_URL))

    def sign_in(self) -> Credentials:
        ada = self.server.account("ada")
        return Credentials(self.server.token_for("ada"), remote_id=ada.id, handle="@ada")

    def arrived(self, upload: Request) -> bytes:
        [container] = self.server.containers.values()
        return container.picture or b""

    def allow(self, asked: Mapping[str, str], who: str = "ada") -> str:
        return self.server.allow(dict(asked), who).headers["Location"]

    def shown(self) -> list[tuple[bytes, str]]:
        [post] = self.server.posts.values()
        return [(picture or b"", words) for picture, words in post.carousel]

    def film_shown(self) -> tuple[bytes, str]:
        [post] = self.server.posts.values()
        return post.picture or b"", post.alt_text

    def film_takes(self, looks: int) -> None:
        self.server.polls_needed = looks

    def film_fails(self, words: str) -> None:
        self.server.breaks = words

    def posts(self) -> int:
        return len(self.server.posts)

    def liked(self, remote_id: str) -> None:
        self.server.numbers[remote_id] = {"likes": 3, "reposts": 2, "replies": 1}

    def rate_limited(self, header: str, value: str) -> Response:
        return Response(403, graph(4, "Application request limit reached"), {header: value})

    def followed(self, count: int) -> None:
        self.server.followers[self.server.account("ada").id] = count

    def refusals(self) -> dict[str, Response]:
        return {
            "revoked": Response(400, graph(190, "Error validating access token: the user removed the app", 458)),
            "scope": Response(403, graph(10, "Application does not have permission for this action")),
            "forbidden": Response(400, graph(368, "The action attempted has been deemed abusive", 1_404_102)),
            "too large": Response(413, "<html><h1>413 Request Entity Too Large</h1></html>"),
            "invalid": Response(400, graph(100, "Param text must be at most 500 characters long.")),
        }


def _url(image: Image) -> str:
    return SECOND_URL if image.data == SECOND.data else PICTURE_URL
