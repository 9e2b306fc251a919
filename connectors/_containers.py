"""Posts that are prepared in a container and published in a second step: the container is what keeps them single.

A container is published once. Its id is kept before that step, and the network tells what became of it, so a try
that was interrupted anywhere is taken up with the same container. Facts: developers.facebook.com, Threads API
"posts" and "troubleshooting", Instagram platform "content publishing".
"""

from __future__ import annotations

import hashlib
import time
from abc import abstractmethod
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from typing import ClassVar

from connectors._answers import expect_object
from connectors._errors import N_, ConnectorError, CredentialsExpired, OutcomeUnknown, Reason, Rejected, Transient
from connectors._graph import insights_in, is_missing, moment_in
from connectors._long_lived import LongLivedConnector
from connectors._text import holds
from connectors._values import Credentials, Draft, Figures, Idempotency, Image, Receipt, Video

LIFE = timedelta(hours=24)
_CLOCKS_APART = timedelta(minutes=10)
_LOOKED_THROUGH = "50"


@dataclass(frozen=True, slots=True)
class Steps:
    """The names of a network's calls and fields: where containers are made, published and listed as posts."""

    make: str
    publish: str
    posts: str
    state: str
    trouble: str
    words: str


class ContainerConnector(LongLivedConnector):
    """A network of Meta's that publishes containers."""

    idempotency = Idempotency("container", LIFE)
    fetches_pictures = fetches_films = True
    announces = True
    steps: ClassVar[Steps]
    poll_seconds = 3.0
    patience_seconds = 20.0

    # Publishing.

    def publish(self, draft: Draft, credentials: Credentials) -> Receipt:
        """Publish the draft's container: the one that an earlier try made, or a new one.

        Raises: Transient while the network still prepares it; the next try goes on with the same container.
        """
        self.check(draft)
        container, state = self._taken_up(draft, credentials)
        if state == "PUBLISHED":
            return self._published(draft, credentials)
        if container is None:
            container = self._make(draft, credentials)
            state = self._state(container, credentials)
        state = self._settled(container, state, credentials)
        if state == "PUBLISHED":  # by an earlier try, while we looked
            return self._published(draft, credentials)
        if state != "FINISHED":
            raise self._cannot_prepare(container, state, credentials)
        draft.progress.about_to_post()
        try:
            fields = {"creation_id": container}
            path = f"{credentials.remote_id}/{self.steps.publish}"
            made = expect_object(self._ask("POST", path, credentials, data=fields, publishes=True), id=str)
        except (OutcomeUnknown, CredentialsExpired):
            raise
        except ConnectorError as refused:
            return self._published_after_all(refused, container, draft, credentials)
        return self._receipt(made["id"], credentials)

    def find(self, draft: Draft, credentials: Credentials, since: datetime) -> Receipt | None:  # noqa: ARG002
        """What became of the draft's container. Without one, or with one that was not published, nothing was.

        Raises: OutcomeUnknown when it was published and cannot be found among the newest posts.
        """
        _, state = self._taken_up(draft, credentials)
        return self._published(draft, credentials) if state == "PUBLISHED" else None

    def _taken_up(self, draft: Draft, credentials: Credentials) -> tuple[str | None, str]:
        """The container that an earlier try of these words made, and its state; ``None`` where a new one is needed."""
        kept = draft.progress.get(self._name(draft))
        if kept is None:
            return None, ""
        container, _, made = kept.partition(" ")
        try:
            state = self._state(container, credentials)
        except _Unreadable as unread:
            if self._now() - datetime.fromtimestamp(int(made), UTC) < LIFE:
                raise self._still_preparing(unread.network_said) from unread
            # Long dead, and forgotten by the network: published a day ago or more, or never.
            return None, "PUBLISHED" if self._own_post(draft, credentials) else "EXPIRED"
        return (container, state) if state in ("FINISHED", "IN_PROGRESS", "PUBLISHED") else (None, state)

    def _make(self, draft: Draft, credentials: Credentials) -> str:
        fields = self._fields(draft)
        if len(draft.images) > 1:
            fields = {**self._carousel(draft), "children": ",".join(self._children(draft, credentials))}
        answer = self._ask("POST", f"{credentials.remote_id}/{self.steps.make}", credentials, data=fields)
        container: str = expect_object(answer, id=str)["id"]
        draft.progress.keep(self._name(draft), f"{container} {int(self._now().timestamp())}")
        return container

    def _children(self, draft: Draft, credentials: Credentials) -> list[str]:
        """The containers of a carousel's pictures, each made once and finished. Raises: Transient; Rejected."""
        found = []
        for place, image in enumerate(draft.images):
            name = f"picture {place} {hashlib.sha256(image.data).hexdigest()[:16]}"
            child, _, made = (draft.progress.get(name) or "").partition(" ")
            if not child or self._now() - datetime.fromtimestamp(int(made), UTC) > LIFE / 2:
                fields = {"is_carousel_item": "true", **self._picture(image)}
                path = f"{credentials.remote_id}/{self.steps.make}"
                child = expect_object(self._ask("POST", path, credentials, data=fields), id=str)["id"]
                draft.progress.keep(name, f"{child} {int(self._now().timestamp())}")
            found.append((name, child))
        for name, child in found:
            state = self._settled(child, self._state(child, credentials), credentials)
            if state != "FINISHED":
                draft.progress.keep(name, "")
                raise self._cannot_prepare(child, state, credentials)
        return [child for _, child in found]

    def _picture(self, image: Image) -> dict[str, str]:
        """What the container of a picture is made of."""
        described = {"alt_text": image.alt_text} if image.alt_text else {}
        return {"image_url": str(image.public_url), **described}

    def _film(self, film: Video) -> dict[str, str]:
        """What the container of a film is made of."""
        described = {"alt_text": film.alt_text} if film.alt_text else {}
        return {"media_type": "VIDEO", "video_url": str(film.public_url), **described}

    @abstractmethod
    def _carousel(self, draft: Draft) -> dict[str, str]:
        """What the container of several pictures is made of, beside their own."""

    def _name(self, draft: Draft) -> str:
        """Under what the container is kept. Other words are another container: only what was approved goes out."""
        return f"container {hashlib.sha256(self.wording_of(draft).encode()).hexdigest()[:16]}"

    def _settled(self, container: str, state: str, credentials: Credentials) -> str:
        """The container's state when the network has prepared it. Raises: Transient when that takes too long."""
        ends = time.monotonic() + self.patience_seconds
        while state == "IN_PROGRESS":
            if time.monotonic() > ends:
                raise self._still_preparing()
            time.sleep(self.poll_seconds)
            state = self._state(container, credentials)
        return state

    def _state(self, container: str, credentials: Credentials) -> str:
        # Meta sometimes says of a container that is there that it is not (gitroomhq/postiz-app, issue 1562).
        params = [("fields", self.steps.state)]
        answer = self._http.send("GET", self._url(container), token=credentials.access_token, params=params)
        if is_missing(answer):
            raise _Unreadable(Reason(N_("{network} is still preparing the post."), {"network": self.label}))
        error = self._meaning(answer)
        if error is not None:
            raise error
        state: str = expect_object(answer, **{self.steps.state: str})[self.steps.state]
        return state

    def _published_after_all(
        self, refused: ConnectorError, container: str, draft: Draft, credentials: Credentials
    ) -> Receipt:
        """A refusal is no proof: "action is blocked" was seen for posts that are there (postiz-app, pull 1681)."""
        try:
            state = self._state(container, credentials)
        except ConnectorError as unread:
            raise OutcomeUnknown(refused.reason, network_said=refused.network_said) from unread
        if state == "PUBLISHED":
            return self._published(draft, credentials)
        raise refused

    def _cannot_prepare(self, container: str, state: str, credentials: Credentials) -> Rejected:
        try:
            said = str(self._shown(container, self.steps.trouble, credentials).get(self.steps.trouble) or state)
        except ConnectorError:
            said = state
        reason = N_("{network} could not prepare the post and says: {message}")
        return Rejected(Reason(reason, {"network": self.label, "message": said[:200]}), network_said=said)

    # Reading back.

    def _published(self, draft: Draft, credentials: Credentials) -> Receipt:
        """The receipt of a post that is there for sure. Raises: OutcomeUnknown when it cannot be told which it is."""
        try:
            found = self._own_post(draft, credentials)
        except ConnectorError as unread:  # whatever it is, it must not read as "nothing was published"
            raise OutcomeUnknown(unread.reason, network_said=unread.network_said, until=unread.until) from unread
        if found is None:
            raise self.look_yourself()
        return found

    def _own_post(self, draft: Draft, credentials: Credentials) -> Receipt | None:
        """The draft among the account's newest posts: told by its tracked link, or else by its words and time."""
        words = self.wording_of(draft)
        params = [("fields", f"id,{self.steps.words},permalink,timestamp"), ("limit", _LOOKED_THROUGH)]
        answer = self._ask("GET", f"{credentials.remote_id}/{self.steps.posts}", credentials, params=params)
        for post in expect_object(answer, data=list)["data"]:
            said, made = str(post.get(self.steps.words) or ""), moment_in(post, "timestamp") or self._now()
            by_link = bool(draft.link) and holds(said, str(draft.link))
            by_words = said.split() == words.split() and made > draft.created_at - _CLOCKS_APART
            if by_link or (not draft.link and by_words):
                return Receipt(str(post["id"]), str(post.get("permalink") or self._profile(credentials)), made)
        return None

    def _receipt(self, remote_id: str, credentials: Credentials) -> Receipt:
        """The receipt of a post that was just made: that its address cannot be read now must not make it unknown."""
        try:
            shown = self._shown(remote_id, "permalink,timestamp", credentials)
        except ConnectorError:
            shown = {}
        permalink = shown.get("permalink")
        return Receipt(
            remote_id,
            permalink if isinstance(permalink, str) else self._profile(credentials),
            moment_in(shown, "timestamp") or self._now(),
        )

    def figures(self, remote_ids: Sequence[str], credentials: Credentials | None) -> dict[str, Figures | None]:
        """The network's numbers, one request a post: it reads no list of them."""
        if credentials is None:
            raise self.reconnect()
        found: dict[str, Figures | None] = {}
        for one in remote_ids:
            params = [("metric", ",".join(self._metrics))]
            token = credentials.access_token
            answer = self._http.send("GET", self._url(f"{one}/insights"), token=token, params=params)
            error = None if is_missing(answer) else self._meaning(answer)
            if error is not None:
                raise error
            found[one] = None if is_missing(answer) else self._figures(insights_in(answer))
        return found

    def delete(self, remote_id: str, credentials: Credentials) -> None:  # noqa: ARG002
        """Not with the permissions that we ask for. Raises: Rejected."""
        raise self.delete_yourself()

    @abstractmethod
    def _fields(self, draft: Draft) -> dict[str, str]:
        """What the container is made of."""

    @property
    @abstractmethod
    def _metrics(self) -> tuple[str, ...]:
        """The names of the numbers to ask for."""

    @abstractmethod
    def _figures(self, numbers: dict[str, int]) -> Figures:
        """Those numbers in our words."""

    @abstractmethod
    def _profile(self, credentials: Credentials) -> str:
        """The address of the account's page."""


class _Unreadable(Transient):
    """The network says of a container that it is not there."""
