"""Instagram with its own sign-in: containers with a picture that it fetches, 2,200 characters, 100 posts a day."""

from __future__ import annotations

import re
from typing import Any

from tests.connectors.fakes.containers import FakeContainers, Post
from tests.connectors.fakes.meta import HOUR, graph
from tests.connectors.fakes.server import Refuse, Request, Response, route

SCOPES = {"instagram_business_basic", "instagram_business_content_publish", "instagram_business_manage_insights"}
METRICS = {"reach", "views", "likes", "comments", "saved", "shares", "total_interactions"}


class FakeInstagram(FakeContainers):
    """One network for any number of accounts."""

    scopes_known = SCOPES
    publishing_scope, basic_scope = "instagram_business_content_publish", "instagram_business_basic"
    words_field, state_field, trouble_field = "caption", "status_code", "status"
    quota = 100

    @route("POST", "/oauth/access_token")
    def _code(self, request: Request) -> Response:
        if "code" in request.form and request.form["code"] not in self.codes:
            said = {"error_type": "OAuthException", "code": 400, "error_message": "Invalid authorization code"}
            raise Refuse(400, said)
        code = self.use_code(request.form)
        token = self.issue(code.account, code.scopes, HOUR)
        granted = {"access_token": token, "user_id": code.account.id, "permissions": ",".join(sorted(code.scopes))}
        return Response(200, {"data": [granted]})

    @route("GET", "/access_token")
    def _exchange(self, request: Request) -> Response:
        if request.args("grant_type") != ["ig_exchange_token"]:
            raise Refuse(400, graph(100, "Invalid grant_type"))
        return self.long_lived(request.args("access_token")[0], request.args("client_secret")[0])

    @route("GET", "/refresh_access_token")
    def _refresh(self, request: Request) -> Response:
        return self.renewed(request, "ig_refresh_token")

    @route("GET", r"/v\d+\.0/me")
    def _me(self, request: Request) -> Response:
        account = self.signed_in(request, "instagram_business_basic")
        # The app's own id for the account is not the one that posts are made under.
        told: dict[str, Any] = {"id": f"9{account.id}", "user_id": account.id, "username": account.username}
        if "followers_count" in "".join(request.args("fields")).split(","):
            told["followers_count"] = self.followers.get(account.id, 0)
        return Response(200, {**told, "name": account.username.title()})

    @route("POST", r"/v\d+\.0/(?P<user>\d+)/media")
    def _make(self, request: Request, user: str = "") -> Response:
        return self.make(request, user)

    @route("POST", r"/v\d+\.0/(?P<user>\d+)/media_publish")
    def _publish(self, request: Request, user: str = "") -> Response:
        return self.publish(request, user)

    @route("GET", r"/v\d+\.0/(?P<user>\d+)/media")
    def _list(self, request: Request, user: str = "") -> Response:
        return self.listed(request, user)

    @route("GET", r"/v\d+\.0/(?P<post>\d+)/insights")
    def _insights(self, request: Request, post: str = "") -> Response:
        return self.numbers_of(request, post, METRICS, "instagram_business_manage_insights")

    @route("GET", r"/v\d+\.0/(?P<thing>\d+)")
    def _thing(self, request: Request, thing: str = "") -> Response:
        return self.shown(request, thing)

    def refuse_fields(self, fields: dict[str, str]) -> None:
        caption = fields.get("caption", "")
        children = fields.get("children", "").split(",")
        if fields.get("media_type") == "CAROUSEL":
            if not 2 <= len(children) <= 10:
                raise Refuse(400, graph(100, "The carousel must have between 2 and 10 items.", 2_207_043))
        elif fields.get("media_type") == "REELS":
            if not fields.get("video_url"):
                raise Refuse(400, graph(100, "The parameter video_url is required.", 2_207_003))
            if "alt_text" in fields:
                raise Refuse(400, graph(100, "The parameter alt_text is not supported for reels."))
        elif not fields.get("image_url"):
            raise Refuse(400, graph(100, "The parameter image_url is required.", 2_207_003))
        if len(caption.encode("utf-16-le")) // 2 > 2200:
            raise Refuse(400, graph(36004, "The caption was too long.", 2_207_010))
        if len(re.findall(r"(?:^|\s)#\w+", caption)) > 30:
            raise Refuse(400, graph(36004, "The caption has too many hashtags.", 2_207_010))

    def permalink(self, post: Post) -> str:
        return f"https://www.instagram.com/p/{post.id}/"
