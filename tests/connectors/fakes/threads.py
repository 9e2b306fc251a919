"""Threads: containers of text or a picture, 500 characters with emoji counted by their bytes, 250 posts a day."""

from __future__ import annotations

import re

import pyuegc

from tests.connectors.fakes.containers import FakeContainers, Post
from tests.connectors.fakes.meta import HOUR, graph
from tests.connectors.fakes.server import Refuse, Request, Response, route

SCOPES = {"threads_basic", "threads_content_publish", "threads_manage_insights"}
METRICS = {"views", "likes", "replies", "reposts", "quotes", "shares"}
_LINK = re.compile(r"https?://\S+")


class FakeThreads(FakeContainers):
    """One network for any number of accounts."""

    scopes_known = SCOPES
    publishing_scope, basic_scope = "threads_content_publish", "threads_basic"
    words_field, state_field, trouble_field = "text", "status", "error_message"
    quota = 250
    kinds = ("image/jpeg", "image/png")

    @route("POST", "/oauth/access_token")
    def _code(self, request: Request) -> Response:
        code = self.use_code(request.form)
        token = self.issue(code.account, code.scopes, HOUR)
        return Response(200, {"access_token": token, "user_id": int(code.account.id)})

    @route("GET", "/access_token")
    def _exchange(self, request: Request) -> Response:
        if request.args("grant_type") != ["th_exchange_token"]:
            raise Refuse(400, graph(100, "Invalid grant_type"))
        return self.long_lived(request.args("access_token")[0], request.args("client_secret")[0])

    @route("GET", "/refresh_access_token")
    def _refresh(self, request: Request) -> Response:
        return self.renewed(request, "th_refresh_token")

    @route("GET", "/v1.0/me")
    def _me(self, request: Request) -> Response:
        account = self.signed_in(request, "threads_basic")
        return Response(200, {"id": account.id, "username": account.username, "name": account.username.title()})

    @route("POST", r"/v1.0/(?P<user>\d+)/threads")
    def _make(self, request: Request, user: str = "") -> Response:
        return self.make(request, user)

    @route("POST", r"/v1.0/(?P<user>\d+)/threads_publish")
    def _publish(self, request: Request, user: str = "") -> Response:
        return self.publish(request, user)

    @route("GET", r"/v1.0/(?P<user>\d+)/threads")
    def _list(self, request: Request, user: str = "") -> Response:
        return self.listed(request, user)

    @route("GET", r"/v1.0/(?P<post>\d+)/insights")
    def _insights(self, request: Request, post: str = "") -> Response:
        return self.numbers_of(request, post, METRICS, "threads_manage_insights")

    @route("GET", r"/v1.0/(?P<user>\d+)/threads_insights")
    def _account_insights(self, request: Request, user: str = "") -> Response:
        account = self.signed_in(request, "threads_manage_insights")
        if request.args("metric") != ["followers_count"] or account.id != user:
            raise Refuse(400, graph(100, "(#100) metric must be one of the following values: followers_count"))
        told = {"name": "followers_count", "period": "day", "total_value": {"value": self.followers.get(user, 0)}}
        return Response(200, {"data": [told]})

    @route("GET", r"/v1.0/(?P<thing>\d+)")
    def _thing(self, request: Request, thing: str = "") -> Response:
        return self.shown(request, thing)

    def refuse_fields(self, fields: dict[str, str]) -> None:
        kind, text = fields.get("media_type"), fields.get("text", "")
        if (
            kind not in ("TEXT", "IMAGE", "VIDEO", "CAROUSEL")
            or (kind == "CAROUSEL") != (2 <= len(fields.get("children", "").split(",")) <= 20)
            or (kind == "IMAGE") != ("image_url" in fields)
            or (kind == "VIDEO") != ("video_url" in fields)
            or (kind == "TEXT" and not text)
        ):
            raise Refuse(400, graph(100, "Param media_type does not fit"))
        if counted(text) > 500:
            raise Refuse(400, graph(100, "Param text must be at most 500 characters long."))
        if len(set(_LINK.findall(text))) > 5:
            raise Refuse(400, graph(100, "THREADS_API__LINK_LIMIT_EXCEEDED"))

    def permalink(self, post: Post) -> str:
        return f"https://www.threads.com/@{post.account.username}/post/{post.id}"


def counted(text: str) -> int:
    """Every character one, and every emoji as many as it has bytes."""
    return sum(len(cluster.encode()) if _is_emoji(cluster) else len(cluster) for cluster in pyuegc.EGC(text))


def _is_emoji(cluster: str) -> bool:
    return any(0x1F000 <= ord(sign) <= 0x1FAFF or sign in "\ufe0f\u20e3" for sign in cluster)
