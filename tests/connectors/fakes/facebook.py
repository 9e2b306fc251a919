"""Facebook Pages: a person's token that opens nothing but the list of their Pages, and a token of each Page's own."""

from __future__ import annotations

import json
import re
from dataclasses import dataclass
from datetime import datetime
from email import message_from_bytes
from typing import Any

from tests.connectors.fakes.meta import CLIENT_ID, CLIENT_SECRET, HOUR, Account, FakeMeta, graph, missing
from tests.connectors.fakes.server import Clock, Refuse, Request, Response, route

SCOPES = {"pages_show_list", "pages_manage_posts", "pages_read_engagement", "read_insights"}
METRICS = {"post_media_view", "post_total_media_view_unique", "post_clicks", "post_reactions_by_type_total"}
SAME_WORDS_WITHIN = 3600


@dataclass
class Post:
    id: str
    page: str
    message: str
    link: str
    photos: list[str]
    made: datetime
    reactions: int = 0
    comments: int = 0
    shares: int = 0
    film: bytes = b""


class FakeFacebook(FakeMeta):
    """Persons and their Pages. What a person may do there is the Page's `tasks`."""

    scopes_known = SCOPES

    def __init__(self, clock: Clock | None = None) -> None:
        super().__init__(clock)
        self.pages: dict[str, tuple[Account, Account, tuple[str, ...]]] = {}
        self.posts: dict[str, Post] = {}
        self.photos: dict[str, tuple[bytes, str]] = {}
        self.films: dict[str, str] = {}
        self.preparing = False

    def page(
        self, name: str, *, owner: str = "ada", tasks: tuple[str, ...] = ("CREATE_CONTENT", "MANAGE")
    ) -> Account:
        """A Page that this person looks after."""
        made = Account(self.new_id(), name)
        self.pages[made.id] = (made, self.account(owner), tasks)
        return made

    def page_token(self, page: Account, scopes: set[str] | None = None) -> str:
        return self.issue(page, SCOPES if scopes is None else scopes, None)

    @route("GET", r"/v26\.0/oauth/access_token")
    def _token(self, request: Request) -> Response:
        asked = dict(request.query)
        if asked.get("grant_type") == "fb_exchange_token":
            if asked.get("client_id") != CLIENT_ID:
                raise Refuse(400, graph(101, "Error validating application."))
            return self.long_lived(asked["fb_exchange_token"], asked["client_secret"])
        if asked.get("grant_type") == "client_credentials":
            if (asked.get("client_id"), asked.get("client_secret")) != (CLIENT_ID, CLIENT_SECRET):
                raise Refuse(400, graph(1, "Error validating client secret."))
            return Response(200, {"access_token": f"{CLIENT_ID}|app", "token_type": "bearer"})
        code = self.use_code(asked)
        token = self.issue(code.account, code.scopes, HOUR)
        return Response(200, {"access_token": token, "token_type": "bearer", "expires_in": 5183})

    @route("GET", r"/v26\.0/me/accounts")
    def _accounts(self, request: Request) -> Response:
        person = self.signed_in(request, "pages_show_list")
        scopes = self.tokens[request.token].scopes
        mine = [
            {
                "id": page.id,
                "name": page.username,
                "access_token": self.issue(page, scopes, None),
                "tasks": list(tasks),
                "link": f"https://www.facebook.com/{page.id}",
            }
            for page, owner, tasks in self.pages.values()
            if owner is person
        ]
        return Response(200, {"data": mine, "paging": {}})

    @route("GET", r"/v26\.0/me")
    def _me(self, request: Request) -> Response:
        who = self.signed_in(request)
        return Response(200, {"id": who.id, "name": who.username, "link": f"https://www.facebook.com/{who.id}"})

    @route("POST", r"/v26\.0/(?P<page>\d+)/photos")
    def _photo(self, request: Request, page: str = "") -> Response:
        self._page(request, page)
        kind = request.headers["content-type"].encode()
        parts = message_from_bytes(b"Content-Type: " + kind + b"\r\n\r\n" + request.body)
        found: dict[str, Any] = {}
        for part in parts.get_payload():  # type: ignore[union-attr]
            name = re.search(r'name="([^"]+)"', str(part["Content-Disposition"]))  # type: ignore[index]
            assert name
            found[name[1]] = part.get_payload(decode=True)  # type: ignore[union-attr]
        if found.get("published") != b"false" or len(found["source"]) > 4_000_000:
            raise Refuse(400, graph(100, "Invalid parameter", 1_366_046))
        photo = self.new_id()
        self.photos[photo] = (found["source"], found.get("alt_text_custom", b"").decode())
        return Response(200, {"id": photo})

    @route("POST", r"/v26\.0/(?P<page>\d+)/feed")
    def _publish(self, request: Request, page: str = "") -> Response:
        self._page(request, page)
        form = request.form
        message, link = form.get("message", ""), form.get("link", "")
        photos = [
            json.loads(value)["media_fbid"] for name, value in form.items() if name.startswith("attached_media[")
        ]
        if not (message or link or photos) or any(photo not in self.photos for photo in photos):
            raise Refuse(400, graph(100, "Invalid parameter", 1_366_046))
        if len(message.encode("utf-16-le")) // 2 > 63_206:
            raise Refuse(400, graph(100, "Your message is too long"))
        last = next((post for post in reversed(self.posts.values()) if post.page == page), None)
        same = last and (last.message, last.link, last.photos) == (message, link, photos)
        if last and same and (self.clock() - last.made).total_seconds() < SAME_WORDS_WITHIN:
            raise Refuse(400, graph(506, "Duplicate status message", 1_455_006))
        post = Post(f"{page}_{self.new_id()}", page, message, link, photos, self.clock())
        self.posts[post.id] = post
        self.numbers[post.id] = {}
        return Response(200, {"id": post.id})

    @route("POST", r"/v26\.0/(?P<page>\d+)/videos")
    def _publish_film(self, request: Request, page: str = "") -> Response:
        """A film that stands at a public address. It is in the feed once it is no longer `preparing`."""
        self._page(request, page)
        form = request.form
        data, mime = self.web.get(form["file_url"], (b"", ""))
        if set(form) != {"file_url", "description"} or not data or mime != "video/mp4" or len(data) > 1_000_000_000:
            raise Refuse(400, graph(389, "Unable to fetch video file from URL."))
        post = Post(f"{page}_{self.new_id()}", page, form["description"], "", [], self.clock(), film=data)
        self.posts[post.id] = post
        self.numbers[post.id] = {}
        film = self.new_id()
        self.films[film] = post.id
        return Response(200, {"id": film})

    @route("GET", r"/v26\.0/(?P<film>\d+)")
    def _about_film(self, request: Request, film: str = "") -> Response:
        self.signed_in(request, "pages_read_engagement")
        if film in self.pages and request.args("fields") == ["followers_count"]:
            return Response(200, {"id": film, "followers_count": self.followers.get(film, 0)})
        if self.films.get(film) not in self.posts:
            raise missing(film)
        post = self.films[film]
        shown = {"permalink_url": f"/{post.split('_')[0]}/videos/{post.split('_')[1]}/"}
        return Response(200, {"id": film, **shown, **({} if self.preparing else {"post_id": post.split("_")[1]})})

    @route("GET", r"/v26\.0/(?P<page>\d+)/feed")
    def _feed(self, request: Request, page: str = "") -> Response:
        self._page(request, page, "pages_read_engagement")
        since = int(request.args("since")[0])
        mine = [one for one in self.posts.values() if one.page == page and one.made.timestamp() >= since]
        mine = [one for one in mine if not (one.film and self.preparing)]
        newest = sorted(mine, key=lambda one: (one.made, one.id), reverse=True)[: int(request.args("limit")[0])]
        return Response(200, {"data": [self._told(post) for post in newest]})

    @route("GET", r"/v26\.0/(?P<post>\d+_\d+)/insights")
    def _insights(self, request: Request, post: str = "") -> Response:
        if post not in self.posts:
            raise missing(post)
        return self.insights(request, METRICS, "read_insights", post)

    @route("GET", r"/v26\.0/(?P<post>\d+_\d+)")
    def _counts(self, request: Request, post: str = "") -> Response:
        self.signed_in(request, "pages_read_engagement")
        if post not in self.posts:
            raise missing(post)
        found = self.posts[post]
        told: dict[str, Any] = {
            "id": post,
            "comments": {"data": [], "summary": {"total_count": found.comments}},
            "reactions": {"data": [], "summary": {"total_count": found.reactions}},
        }
        return Response(200, {**told, **({"shares": {"count": found.shares}} if found.shares else {})})

    @route("DELETE", r"/v26\.0/(?P<post>\d+_\d+)")
    def _delete(self, request: Request, post: str = "") -> Response:
        self.signed_in(request, "pages_manage_posts")
        if self.posts.pop(post, None) is None:
            raise missing(post)
        return Response(200, {"success": True})

    def _page(self, request: Request, page: str, scope: str = "pages_manage_posts") -> None:
        if self.signed_in(request, scope).id != page:
            raise Refuse(403, graph(200, "Requires the Page's own access token"))

    def _told(self, post: Post) -> dict[str, Any]:
        return {
            "id": post.id,
            **({"message": post.message} if post.message else {}),
            "created_time": post.made.strftime("%Y-%m-%dT%H:%M:%S+0000"),
            "permalink_url": f"https://www.facebook.com/{post.page}/posts/{post.id.split('_')[1]}",
            **({"attachments": {"data": [{"unshimmed_url": post.link}]}} if post.link else {}),
        }
