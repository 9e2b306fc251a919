"""Threads and Instagram: posts are prepared in a container, published once, and their pictures fetched by the network."""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import Any, ClassVar

from tests.connectors.fakes.meta import Account, FakeMeta, graph, missing
from tests.connectors.fakes.server import Clock, Refuse, Request, Response

DAY = timedelta(hours=24)


@dataclass
class Container:
    id: str
    account: Account
    fields: dict[str, str]
    made: datetime
    polls_left: int
    picture: bytes | None = None
    problem: str = ""
    published: bool = False
    children: list[Container] = field(default_factory=list)


@dataclass
class Post:
    id: str
    account: Account
    words: str
    made: datetime
    picture: bytes | None
    alt_text: str
    carousel: list[tuple[bytes | None, str]] = field(default_factory=list)


class FakeContainers(FakeMeta):
    """`polls_needed` is how often a container's state is asked before it is finished; `never_done` keeps it unfinished."""

    publishing_scope: ClassVar[str]
    basic_scope: ClassVar[str]
    quota: ClassVar[int]
    words_field: ClassVar[str]
    state_field: ClassVar[str]
    trouble_field: ClassVar[str]

    def __init__(self, clock: Clock | None = None) -> None:
        super().__init__(clock)
        self.containers: dict[str, Container] = {}
        self.posts: dict[str, Post] = {}
        self.polls_needed = 0
        self.breaks = ""
        self.hidden: set[str] = set()
        self.account("ada")

    def make(self, request: Request, user: str) -> Response:
        """A container; nobody sees anything yet."""
        account = self._owner(request, user)
        fields = request.form
        self.refuse_fields(fields)
        container = Container(self.new_id(), account, fields, self.clock(), self.polls_needed)
        for child in [one for one in fields.get("children", "").split(",") if one]:
            found = self.containers.get(child)
            if found is None or found.account is not account or self.state(found) != "FINISHED":
                raise Refuse(400, graph(100, "Param children holds a container that is not finished"))
            if found.fields.get("is_carousel_item") != "true":
                raise Refuse(400, graph(100, "Param children holds what is no item of a carousel"))
            container.children.append(found)
        is_film = bool(fields.get("video_url"))
        if fields.get("image_url") or is_film:
            data, mime = self.web.get(fields["video_url" if is_film else "image_url"], (b"", ""))
            container.picture = data
            if not data:
                container.problem = "FAILED_DOWNLOADING_VIDEO" if is_film else "FAILED_DOWNLOADING_IMAGE"
            elif mime not in (("video/mp4", "video/quicktime") if is_film else self.kinds):
                container.problem = f"Only photo or video can be accepted as media type: {mime}"
            container.problem = container.problem or self.breaks
        self.containers[container.id] = container
        return Response(200, {"id": container.id})

    kinds: ClassVar[tuple[str, ...]] = ("image/jpeg",)

    def refuse_fields(self, fields: dict[str, str]) -> None:
        """What the network says of a container that it cannot make."""

    def state(self, container: Container) -> str:
        if container.published:
            return "PUBLISHED"
        if self.clock() - container.made >= DAY:
            return "EXPIRED"
        if container.problem:
            return "ERROR"
        return "IN_PROGRESS" if container.polls_left else "FINISHED"

    def publish(self, request: Request, user: str) -> Response:
        """A container that is finished, once."""
        account = self._owner(request, user)
        container = self.containers.get(request.form.get("creation_id", ""))
        if container is None or container.account is not account or container.fields.get("is_carousel_item"):
            raise missing(request.form.get("creation_id", ""))
        state = self.state(container)
        if state == "IN_PROGRESS":
            raise Refuse(400, graph(9007, "Media ID is not available", 2_207_027))
        if state != "FINISHED":
            raise Refuse(400, graph(24, "The requested resource does not exist", 4_279_009))
        if sum(self.clock() - post.made < DAY for post in self.posts.values()) >= self.quota:
            raise Refuse(403, graph(9, "Application request limit reached", 2_207_042))
        container.published = True
        words, alt = container.fields.get(self.words_field, ""), container.fields.get("alt_text", "")
        post = Post(self.new_id(), account, words, self.clock(), container.picture, alt)
        post.carousel = [(one.picture, one.fields.get("alt_text", "")) for one in container.children]
        self.posts[post.id] = post
        self.numbers[post.id] = {}
        return Response(200, {"id": post.id})

    def listed(self, request: Request, user: str) -> Response:
        """The account's posts, newest first."""
        account = self.signed_in(request, self.basic_scope)
        mine = [post for post in self.posts.values() if post.account is account]
        page = sorted(mine, key=lambda post: (post.made, post.id), reverse=True)[: int(request.args("limit")[0])]
        return Response(200, {"data": [self._shown(post, request) for post in page], "paging": {}})

    def shown(self, request: Request, thing: str) -> Response:
        """A container or a post, with the fields that were asked for."""
        self.signed_in(request, self.basic_scope)
        if thing in self.containers and thing not in self.hidden:
            container = self.containers[thing]
            state = self.state(container)
            container.polls_left = max(0, container.polls_left - 1)
            told = {"id": thing, self.state_field: state, self.trouble_field: container.problem or state}
            return Response(200, {name: told[name] for name in ["id", *self._asked(request)] if name in told})
        if thing in self.posts:
            return Response(200, self._shown(self.posts[thing], request))
        raise missing(thing)

    def numbers_of(self, request: Request, post: str, known: set[str], needed: str) -> Response:
        if post not in self.posts:
            raise missing(post)
        return self.insights(request, known, needed, post)

    def permalink(self, post: Post) -> str:
        raise NotImplementedError

    def _shown(self, post: Post, request: Request) -> dict[str, Any]:
        told = {
            "id": post.id,
            self.words_field: post.words,
            "permalink": self.permalink(post),
            "timestamp": post.made.strftime("%Y-%m-%dT%H:%M:%S+0000"),
        }
        return {name: told[name] for name in ["id", *self._asked(request)] if told.get(name)}

    def _asked(self, request: Request) -> list[str]:
        return "".join(request.args("fields")).split(",")

    def _owner(self, request: Request, user: str) -> Account:
        account = self.signed_in(request, self.basic_scope, self.publishing_scope)
        if account.id != user:
            raise Refuse(400, graph(100, "Param user does not fit the token"))
        return account
