"""A network on loopback without any idempotency device, and its connector: what comes twice is there twice."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime
from typing import Any

from connectors import (
    ApiConnector,
    AppRegistration,
    Credentials,
    Draft,
    Figures,
    Identity,
    Limits,
    Receipt,
)
from connectors._answers import expect_list, expect_object
from tests.connectors.fakes.server import FakeServer, Request, Response, route


class PlainServer(FakeServer):
    """Keeps every post that it is sent."""

    def __init__(self, clock: Any = None) -> None:
        super().__init__(clock)
        self.posts: list[str] = []

    @route("POST", "/posts")
    def _publish(self, request: Request) -> Response:
        self.posts.append(request.json["text"])
        return Response(201, self._shown(len(self.posts) - 1))

    @route("GET", "/posts")
    def _list(self, request: Request) -> Response:
        return Response(200, [self._shown(number) for number in range(len(self.posts))])

    def _shown(self, number: int) -> dict[str, str]:
        return {"id": f"post-{number}", "text": self.posts[number], "at": self.clock().isoformat()}


class PlainNetwork(ApiConnector):
    """Publishes to a `PlainServer`."""

    name = network = icon = "plain"
    label = "Plain"
    limits = Limits(500)

    def publish(self, draft: Draft, credentials: Credentials) -> Receipt:
        body = {"text": self.wording_of(draft)}
        answer = self._http.send("POST", f"{credentials.server}/posts", json=body, publishes=True)
        return self._receipt(expect_object(answer, id=str))

    def find(self, draft: Draft, credentials: Credentials, since: datetime) -> Receipt | None:
        posts = expect_list(self._http.send("GET", f"{credentials.server}/posts"))
        return next((self._receipt(post) for post in posts if post["text"] == self.wording_of(draft)), None)

    def figures(self, remote_ids: Sequence[str], credentials: Credentials | None) -> dict[str, Figures | None]:
        return dict.fromkeys(remote_ids, Figures())

    def delete(self, remote_id: str, credentials: Credentials) -> None:
        """Nothing is deleted there."""

    def identity(self, credentials: Credentials) -> Identity:
        return Identity(credentials.remote_id, credentials.handle)

    def revoke(self, credentials: Credentials, registration: AppRegistration | None = None) -> None:
        """There is nothing to revoke."""

    def _receipt(self, post: dict[str, Any]) -> Receipt:
        return Receipt(post["id"], f"https://plain.example/{post['id']}", datetime.fromisoformat(post["at"]))
