"""X: codes of 30 seconds, refresh tokens that are good once, weighted text, no key against doubles, and no credit without money.

Written from docs.x.com (authorization code flow, create post, media, metrics, response codes) and the developers'
reports that `networks.md` names. It refuses properties that it does not know, as X does.
"""

from __future__ import annotations

import base64
import hashlib
import html
import re
import secrets
import unicodedata
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from email import message_from_bytes
from typing import Any
from urllib.parse import unquote, urlencode

import pyuegc

from tests.connectors.fakes.server import Clock, FakeServer, Refuse, Request, Response, route

CLIENT_ID, CLIENT_SECRET = "client-1", "the app's secret"
SCOPES = {"tweet.read", "tweet.write", "users.read", "media.write", "offline.access"}
LIFE = timedelta(seconds=7200)
_URL = re.compile(
    r"(?<![\w@.])(?:https?://)?(?:[a-z0-9-]+\.)+(?:com|org|net|no|example|io)(?:/[\w/?=&#.%-]*\w)?/?", re.I
)


@dataclass
class Account:
    id: str
    username: str
    suspended: bool = False


@dataclass
class Grant:
    """What a person allowed: one access token and one refresh token at a time."""

    account: Account
    scopes: set[str]
    access: str
    refresh: str | None
    ends: datetime
    client_id: str = "app"
    revoked: bool = False


@dataclass
class Code:
    account: Account
    scopes: set[str]
    redirect_uri: str
    challenge: str
    issued: datetime
    used: bool = False


@dataclass
class Media:
    id: str
    account: Account
    kind: str
    total: int
    pieces: dict[int, bytes] = field(default_factory=dict)
    alt_text: str = ""
    whole: bool = False
    polls_left: int = 0
    broken: str = ""
    attached: bool = False

    @property
    def data(self) -> bytes:
        return b"".join(self.pieces[number] for number in sorted(self.pieces))


@dataclass
class Post:
    id: str
    account: Account
    text: str
    created_at: datetime
    media: list[str]
    metrics: dict[str, int]


class FakeX(FakeServer):
    """The API at `base_url`, and the page where people allow us."""

    def __init__(self, clock: Clock | None = None) -> None:
        super().__init__(clock)
        self.accounts: dict[str, Account] = {}
        self.followers: dict[str, int] = {}
        self.grants: list[Grant] = []
        self.codes: dict[str, Code] = {}
        self.media: dict[str, Media] = {}
        self.posts: dict[str, Post] = {}
        self.reposts: dict[tuple[str, str], datetime] = {}
        """When an account passed a post on: (account, post)."""
        self.refuses_second_repost = True
        self.spent_refresh_tokens: list[str] = []
        self.reposts_name = "retweet_count"
        self.credit = True
        self.polls_needed = 0
        self.breaks = ""
        self.names_itself = False
        self.hidden_for = timedelta(0)
        self.account("ada")

    # What tests arrange.

    def account(self, username: str) -> Account:
        """An account, made on first mention."""
        return self.accounts.setdefault(username, Account(str(1_400_000 + len(self.accounts)), username))

    def grant_for(self, username: str = "ada", scopes: set[str] | None = None, client_id: str = "app") -> Grant:
        """Tokens as if their owner had gone through the sign-in."""
        allowed = SCOPES if scopes is None else scopes
        refresh = secrets.token_urlsafe(30) if "offline.access" in allowed else None
        grant = Grant(
            self.account(username), allowed, secrets.token_urlsafe(30), refresh, self.clock() + LIFE, client_id
        )
        self.grants.append(grant)
        return grant

    def allow(self, asked: dict[str, str], username: str = "ada") -> str:
        """Where X sends a person back to who allows what was asked."""
        wanted = set(asked.get("scope", "").split())
        if asked.get("client_id") != CLIENT_ID or asked.get("response_type") != "code" or not wanted <= SCOPES:
            raise Refuse(400, "<h1>Something went wrong</h1>")
        if asked.get("code_challenge_method") != "S256" or not asked.get("code_challenge"):
            raise Refuse(400, "<h1>Something went wrong</h1>")
        code = secrets.token_urlsafe(30)
        self.codes[code] = Code(
            self.account(username), wanted, asked["redirect_uri"], asked["code_challenge"], self.clock()
        )
        back = {"state": asked.get("state", ""), "code": code}
        return (
            f"{asked['redirect_uri']}?{urlencode({**back, **({'iss': self.base_url} if self.names_itself else {})})}"
        )

    def post_by(self, username: str, text: str = "We built a wind farm") -> Post:
        """A post of somebody's."""
        number = str(1_800_000_000_000_000_000 + len(self.posts))
        made = Post(number, self.account(username), f"{text} {number}", self.clock(), [], {})
        self.posts[number] = made
        return made

    # Signing in.

    @route("POST", "/2/oauth2/token")
    def _token(self, request: Request) -> Response:
        self._our_app(request)
        form = request.form
        if form.get("grant_type") == "authorization_code":
            return self._granted(self._used(form))
        old = next((one for one in self.grants if one.refresh and one.refresh == form.get("refresh_token")), None)
        if form.get("grant_type") != "refresh_token" or old is None or old.revoked:
            raise Refuse(400, _oauth("invalid_request", "Value passed for the token was invalid."))
        self.spent_refresh_tokens.append(form["refresh_token"])
        old.refresh, old.access, old.ends = secrets.token_urlsafe(30), secrets.token_urlsafe(30), self.clock() + LIFE
        return self._granted(old)

    def _used(self, form: dict[str, str]) -> Grant:
        code = self.codes.get(form.get("code", ""))
        digest = hashlib.sha256(form.get("code_verifier", "").encode()).digest()
        if (
            code is None
            or code.used
            or code.redirect_uri != form.get("redirect_uri")
            or base64.urlsafe_b64encode(digest).rstrip(b"=").decode() != code.challenge
            or self.clock() - code.issued > timedelta(seconds=30)
        ):
            raise Refuse(400, _oauth("invalid_request", "Value passed for the authorization code was invalid."))
        code.used = True
        return self.grant_for(code.account.username, code.scopes, CLIENT_ID)

    def _granted(self, grant: Grant) -> Response:
        said = {
            "token_type": "bearer",
            "expires_in": 7200,
            "access_token": grant.access,
            "scope": " ".join(grant.scopes),
        }
        return Response(200, {**said, **({"refresh_token": grant.refresh} if grant.refresh else {})})

    @route("POST", "/2/oauth2/revoke")
    def _revoke(self, request: Request) -> Response:
        self._our_app(request)
        for grant in self.grants:
            if request.form.get("token") in (grant.access, grant.refresh):
                grant.revoked = True
        return Response(200, {"revoked": True})

    def _our_app(self, request: Request) -> None:
        told = base64.b64decode(request.headers.get("authorization", "").removeprefix("Basic ")).decode()
        if [unquote(part) for part in told.split(":")] != [CLIENT_ID, CLIENT_SECRET]:
            raise Refuse(401, _oauth("unauthorized_client", "Missing valid authorization header"))
        if request.headers.get("content-type") != "application/x-www-form-urlencoded":
            raise Refuse(400, _oauth("invalid_request", "Missing required parameter"))

    @route("GET", "/2/users/me")
    def _me(self, request: Request) -> Response:
        account = self._signed_in(request, "users.read")
        shown: dict[str, Any] = {"id": account.id, "username": account.username, "name": account.username.title()}
        if "public_metrics" in "".join(request.args("user.fields")).split(","):
            shown["public_metrics"] = {"followers_count": self.followers.get(account.id, 0), "following_count": 3}
        return Response(200, {"data": {**shown, "profile_image_url": f"{self.base_url}/{account.id}.jpg"}})

    # Publishing.

    @route("POST", "/2/tweets")
    def _publish(self, request: Request) -> Response:
        account = self._signed_in(request, "tweet.write")
        if not self.credit:
            raise Refuse(
                402, problem("credits-depleted", "CreditsDepleted", "Your enrolled account does not have any credits")
            )
        if account.suspended:
            raise Refuse(403, problem("user-suspended", "Forbidden", "User has been suspended."))
        body = request.json
        if set(body) - {"text", "media", "reply_settings", "paid_partnership", "made_with_ai"}:
            raise Refuse(
                400,
                problem("invalid-request", "Invalid Request", "One or more parameters to your request was invalid."),
            )
        text, media = (
            body.get("text", ""),
            [self._attachable(one) for one in body.get("media", {}).get("media_ids", [])],
        )
        if not text and not media:
            raise Refuse(400, problem("invalid-request", "Invalid Request", "text or media is required"))
        self._check(account, text, media)
        number = str(1_990_000_000_000_000_000 + len(self.posts) + 1)
        metrics = dict.fromkeys(("like_count", "reposts", "reply_count", "quote_count", "bookmark_count"), 0)
        self.posts[number] = Post(number, account, text, self.clock(), [one.id for one in media], metrics)
        for one in media:
            one.attached = True
        return Response(
            201, {"data": {"id": number, "text": html.escape(text, quote=False), "edit_history_tweet_ids": [number]}}
        )

    def _check(self, account: Account, text: str, media: list[Media]) -> None:
        if weighed(text) > 280:
            raise Refuse(
                403,
                problem(
                    "", "Forbidden", "Your Tweet text is too long. You are not permitted to perform this action."
                ),
            )
        kinds = {one.kind for one in media}
        if len(media) > (4 if kinds <= {"tweet_image"} else 1):
            raise Refuse(400, problem("invalid-request", "Invalid Request", "Your media IDs are invalid."))
        if text and any(one.account is account and one.text == text for one in self.posts.values()):
            raise Refuse(
                403, problem("", "Forbidden", "You are not allowed to create a Tweet with duplicate content.")
            )

    def _attachable(self, media: str) -> Media:
        found = self.media.get(media)
        if found is None or found.attached or not found.whole or found.polls_left or found.broken:
            raise Refuse(400, problem("invalid-request", "Invalid Request", "Your media IDs are invalid."))
        return found

    @route("DELETE", r"/2/tweets/(?P<post>\d+)")
    def _delete(self, request: Request, post: str = "") -> Response:
        account = self._signed_in(request, "tweet.write")
        found = self.posts.get(post)
        if found is None or found.account is not account:
            raise Refuse(
                404, problem("resource-not-found", "Not Found Error", f"Could not find tweet with id: [{post}].")
            )
        del self.posts[post]
        return Response(200, {"data": {"deleted": True}})

    @route("POST", r"/2/users/(?P<user>\d+)/retweets")
    def _repost(self, request: Request, user: str = "") -> Response:
        account, body = self._signed_in(request, "tweet.write"), request.json
        if not self.credit:
            raise Refuse(402, problem("credits-depleted", "CreditsDepleted", "No credits"))
        if user != account.id or set(body) != {"tweet_id"}:
            raise Refuse(400, problem("invalid-request", "Invalid Request", "One or more parameters was invalid."))
        if body["tweet_id"] not in self.posts:
            raise Refuse(404, problem("resource-not-found", "Not Found Error", "Could not find tweet with tweet_id"))
        if (user, body["tweet_id"]) in self.reposts and self.refuses_second_repost:
            raise Refuse(403, problem("", "Forbidden", "You have already retweeted this Tweet."))
        self.reposts.setdefault((user, body["tweet_id"]), self.clock())
        return Response(200, {"data": {"retweeted": True}})

    @route("DELETE", r"/2/users/(?P<user>\d+)/retweets/(?P<post>\d+)")
    def _take_back(self, request: Request, user: str = "", post: str = "") -> Response:
        account = self._signed_in(request, "tweet.write")
        if user != account.id:
            raise Refuse(403, problem("", "Forbidden", "The id must be that of the authenticated user."))
        self.reposts.pop((user, post), None)
        return Response(200, {"data": {"retweeted": False}})

    # Media.

    @route("POST", "/2/media/upload")
    def _upload(self, request: Request) -> Response:
        account = self._signed_in(request, "media.write")
        parts = multipart(request)
        kind, data = parts["media_category"].decode(), parts["media"]
        if kind != "tweet_image" or len(data) > 5 * 1024 * 1024:
            raise Refuse(400, problem("invalid-request", "Invalid Request", "media type unrecognized or too large"))
        return self._shown_media(self._new_media(account, kind, len(data), {0: data}, whole=True))

    @route("POST", "/2/media/upload/initialize")
    def _initialize(self, request: Request) -> Response:
        account = self._signed_in(request, "media.write")
        body = request.json
        if set(body) != {"media_type", "total_bytes", "media_category"} or body["media_category"] not in (
            "tweet_video",
            "tweet_gif",
        ):
            raise Refuse(400, problem("invalid-request", "Invalid Request", "One or more parameters was invalid."))
        return self._shown_media(
            self._new_media(account, body["media_category"], body["total_bytes"], {}, whole=False)
        )

    @route("POST", r"/2/media/upload/(?P<media>\d+)/append")
    def _append(self, request: Request, media: str = "") -> Response:
        self._signed_in(request, "media.write")
        parts, found = multipart(request), self.media.get(media)
        if found is None or found.whole or len(parts["media"]) > 5 * 1024 * 1024:
            raise Refuse(400, problem("invalid-request", "Invalid Request", "Segment is invalid."))
        found.pieces[int(parts["segment_index"])] = parts["media"]
        return Response(200, {"data": {"expires_at": 1}})

    @route("POST", r"/2/media/upload/(?P<media>\d+)/finalize")
    def _finalize(self, request: Request, media: str = "") -> Response:
        self._signed_in(request, "media.write")
        found = self.media.get(media)
        if found is None or len(found.data) != found.total or sorted(found.pieces) != list(range(len(found.pieces))):
            raise Refuse(
                400, problem("invalid-request", "Invalid Request", "Segments do not add up to the provided size.")
            )
        found.whole, found.polls_left, found.broken = True, self.polls_needed, self.breaks
        return self._shown_media(found)

    @route("GET", "/2/media/upload")
    def _status(self, request: Request) -> Response:
        self._signed_in(request, "media.write")
        found = self.media.get(request.args("media_id")[0])
        if found is None or request.args("command") != ["STATUS"]:
            raise Refuse(404, problem("resource-not-found", "Not Found Error", "no such media"))
        found.polls_left = max(0, found.polls_left - 1)
        return self._shown_media(found)

    @route("POST", "/2/media/metadata")
    def _describe(self, request: Request) -> Response:
        self._signed_in(request, "media.write")
        found, text = self.media.get(request.json["id"]), request.json["metadata"]["alt_text"]["text"]
        if found is None or len(text) > 1000 or found.kind == "tweet_video":
            raise Refuse(400, problem("invalid-request", "Invalid Request", "alt_text is invalid"))
        found.alt_text = text
        return Response(200, {"data": {"id": found.id}})

    def _new_media(self, account: Account, kind: str, total: int, pieces: dict[int, bytes], *, whole: bool) -> Media:
        made = Media(str(1_880_000_000_000_000_000 + len(self.media)), account, kind, total, pieces, whole=whole)
        self.media[made.id] = made
        return made

    def _shown_media(self, media: Media) -> Response:
        shown: dict[str, Any] = {"id": media.id, "media_key": f"3_{media.id}", "expires_after_secs": 86_400}
        if media.whole and media.kind != "tweet_image":
            state = "failed" if media.broken else "in_progress" if media.polls_left else "succeeded"
            info: dict[str, Any] = {"state": state, "check_after_secs": 1}
            shown["processing_info"] = {**info, **({"error": {"message": media.broken}} if media.broken else {})}
        return Response(200, {"data": shown})

    # Reading back.

    @route("GET", r"/2/users/(?P<user>\d+)/tweets")
    def _of_user(self, request: Request, user: str = "") -> Response:
        self._signed_in(request, "tweet.read")
        most, since = int(request.args("max_results")[0]), datetime.fromisoformat(request.args("start_time")[0])
        if not 5 <= most <= 100:
            raise Refuse(400, problem("invalid-request", "Invalid Request", "max_results is not between 5 and 100"))
        shown_until = self.clock() - self.hidden_for
        found = [
            one for one in self.posts.values() if one.account.id == user and since <= one.created_at <= shown_until
        ]
        shown = [(one.created_at, self._shown(one)) for one in found]
        shown += [
            (at, self._shown_repost(post, at))
            for (who, post), at in self.reposts.items()
            if who == user and since <= at <= shown_until
        ]
        newest = [one for _, one in sorted(shown, key=lambda pair: (pair[0], pair[1]["id"]), reverse=True)]
        if not newest:
            return Response(200, {"meta": {"result_count": 0}})
        meta = {"result_count": len(newest[:most]), **({"next_token": "more"} if len(newest) > most else {})}
        return Response(200, {"data": newest[:most], "meta": meta})

    def _shown_repost(self, post: str, at: datetime) -> dict[str, Any]:
        original = self.posts[post]
        return {
            "id": str(int(post) + 7),
            "text": f"RT @{original.account.username}: {original.text}",
            "created_at": at.strftime("%Y-%m-%dT%H:%M:%S.000Z"),
            "referenced_tweets": [{"type": "retweeted", "id": post}],
        }

    @route("GET", "/2/tweets")
    def _batch(self, request: Request) -> Response:
        self._signed_in(request, "tweet.read")
        ids = request.args("ids")[0].split(",")
        if len(ids) > 100:
            raise Refuse(
                400, problem("invalid-request", "Invalid Request", "The `ids` query parameter holds more than 100")
            )
        data = [self._shown(self.posts[one]) for one in ids if one in self.posts]
        errors = [
            {
                **problem("resource-not-found", "Not Found Error", f"Could not find tweet with ids: [{one}]."),
                "resource_id": one,
            }
            for one in ids
            if one not in self.posts
        ]
        return Response(200, {**({"data": data} if data else {}), **({"errors": errors} if errors else {})})

    def _shown(self, post: Post) -> dict[str, Any]:
        """With X's own short addresses in the text, and what they stand for beside it."""
        text, urls = post.text, []
        for number, match in enumerate(_URL.finditer(post.text)):
            short = f"https://t.co/{post.id[-4:]}{number}"
            expanded = match[0] if "://" in match[0] else f"http://{match[0]}"
            urls.append({"url": short, "expanded_url": expanded, "display_url": match[0][:20]})
            text = text.replace(match[0], short, 1)
        for media in post.media:
            short = f"https://t.co/m{media[-4:]}"
            expanded = f"https://x.com/{post.account.username}/status/{post.id}/photo/1"
            urls.append({"url": short, "expanded_url": expanded, "media_key": f"3_{media}"})
            text = f"{text} {short}".strip()
        metrics = {(self.reposts_name if name == "reposts" else name): value for name, value in post.metrics.items()}
        return {
            "id": post.id,
            "text": html.escape(text, quote=False),
            "created_at": post.created_at.strftime("%Y-%m-%dT%H:%M:%S.000Z"),
            "public_metrics": metrics,
            **({"entities": {"urls": urls}} if urls else {}),
        }

    def no_such_route(self, request: Request) -> Response:
        return Response(404, problem("resource-not-found", "Not Found", "no such page"))

    def _signed_in(self, request: Request, scope: str) -> Account:
        grant = next((one for one in self.grants if one.access == request.token), None)
        if grant is None or grant.revoked or grant.ends <= self.clock():
            raise Refuse(
                401, {"title": "Unauthorized", "type": "about:blank", "status": 401, "detail": "Unauthorized"}
            )
        if scope not in grant.scopes:
            raise Refuse(403, problem("oauth2-permissions", "Forbidden", "Your token lacks the scope for this."))
        return grant.account


def problem(kind: str, title: str, detail: str) -> dict[str, Any]:
    return {
        "type": f"https://api.twitter.com/2/problems/{kind}" if kind else "about:blank",
        "title": title,
        "detail": detail,
    }


def weighed(text: str) -> int:
    """X's count for ordinary text, by other means than the connector's: addresses 23, emoji and wide signs 2."""
    text, total = unicodedata.normalize("NFC", text), 0
    for piece in pyuegc.EGC(_URL.sub("x" * 23, text)):
        light = all(
            ord(sign) < 0x1100 or 0x2000 <= ord(sign) <= 0x200D or 0x2010 <= ord(sign) <= 0x201F for sign in piece
        )
        total += len(piece) if light else 2
    return total


def multipart(request: Request) -> dict[str, bytes]:
    head = f"Content-Type: {request.headers['content-type']}\r\n\r\n".encode()
    parts: Any = message_from_bytes(head + request.body).get_payload()
    return {
        re.search(r'name="([^"]+)"', str(one["Content-Disposition"]))[1]: bytes(one.get_payload(decode=True))
        for one in parts
    }


def _oauth(error: str, description: str) -> dict[str, str]:
    return {"error": error, "error_description": description}
