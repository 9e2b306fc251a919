"""Postbox as the contract meets it: a network of one file."""

from __future__ import annotations

from collections.abc import Mapping

from connectors import Credentials, Figures
from tests.connectors.fakes.server import FakeServer, Refuse, Request, Response, route
from tests.connectors.network import Network


class FakePostbox(FakeServer):
    """Takes what a member writes."""

    def __init__(self) -> None:
        super().__init__()
        self.posts: list[str] = []

    @route("POST", "/posts")
    def _publish(self, request: Request) -> Response:
        self._signed_in(request)
        if len(request.json["text"]) > 200:
            raise Refuse(422, {"error": "too long"})
        self.posts.append(request.json["text"])
        return Response(201, {"id": str(len(self.posts))})

    @route("GET", "/me")
    def _me(self, request: Request) -> Response:
        self._signed_in(request)
        return Response(200, {"id": "1", "name": "ada"})

    def _signed_in(self, request: Request) -> None:
        if request.token != "letters":
            raise Refuse(401, {"error": "who are you?"})


class PostboxNetwork(Network):
    name = "postbox"
    permalinks = "https://postbox.example.org/"
    publishing = "POST /posts"
    finds = deletes = pictures = tells_followers = False
    figures = Figures()

    def _fake(self) -> FakePostbox:
        self.server = FakePostbox().start()
        return self.server

    def settings(self) -> Mapping[str, str]:
        keys = {"POSTBOX_CLIENT_ID": "app-1", "POSTBOX_CLIENT_SECRET": "hush"}
        return {**keys, "POSTBOX_URL": self.server.base_url}

    def sign_in(self) -> Credentials:
        return Credentials("letters", remote_id="1", handle="ada")

    def posts(self) -> int:
        return len(self.server.posts)

    def refusals(self) -> dict[str, Response]:
        return {
            "revoked": Response(401, {"error": "revoked"}),
            "scope": Response(403, {"error": "scope"}),
            "forbidden": Response(403, {"error": "closed"}),
            "too large": Response(413, "<h1>413</h1>"),
            "invalid": Response(422, {"error": "too long"}),
        }
