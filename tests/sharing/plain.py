"""A network without an idempotency device: what comes twice is there twice. It can fail in every way of the table."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import UTC, datetime

from connectors import (
    ApiConnector,
    AppRegistration,
    ConnectorError,
    Credentials,
    Draft,
    Figures,
    Identity,
    Limits,
    Receipt,
)


class PlainConnector(ApiConnector):
    """Keeps posts in a list; `answers` and `looks` are what the next requests get instead of their due."""

    name = network = icon = "plain"
    label = "Plain"
    limits = Limits(500, max_images=4)

    def __init__(self) -> None:
        self.posts: list[Draft] = []
        self.answers: list[BaseException | None] = []
        self.carried_out: list[bool] = []
        self.looks: list[ConnectorError | None] = []
        self.sees_posts = True
        self.asked: list[str] = []

    def fails(self, error: BaseException, *, carried_out: bool = False) -> None:
        """The next request to publish gets this error, with the post made or not."""
        self.answers.append(error)
        self.carried_out.append(carried_out)

    def calm(self) -> None:
        """All is well again."""
        self.answers.clear()
        self.carried_out.clear()
        self.looks.clear()

    def publish(self, draft: Draft, credentials: Credentials) -> Receipt:
        self.asked.append("publish")
        error = self.answers.pop(0) if self.answers else None
        if error is None or self.carried_out.pop(0):
            self.posts.append(draft)
        if error is not None:
            raise error
        return self._receipt(len(self.posts))

    def find(self, draft: Draft, credentials: Credentials, since: datetime) -> Receipt | None:
        self.asked.append("find")
        error = self.looks.pop(0) if self.looks else None
        if error is not None:
            raise error
        found = [number for number, post in enumerate(self.posts, 1) if post.text == draft.text]
        return self._receipt(found[0]) if found and self.sees_posts else None

    def figures(self, remote_ids: Sequence[str], credentials: Credentials | None) -> dict[str, Figures | None]:
        return dict.fromkeys(remote_ids, Figures())

    def delete(self, remote_id: str, credentials: Credentials) -> None:
        self.asked.append("delete")

    def identity(self, credentials: Credentials) -> Identity:
        return Identity(credentials.remote_id, credentials.handle)

    def revoke(self, credentials: Credentials, registration: AppRegistration | None = None) -> None:
        self.asked.append("revoke")

    def _receipt(self, number: int) -> Receipt:
        return Receipt(f"post-{number}", f"https://plain.example/{number}", datetime(2026, 3, 2, 9, 0, tzinfo=UTC))
