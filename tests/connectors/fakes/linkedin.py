"""LinkedIn: asks for a version, cuts off words that are not escaped, notices repeats, and lets only a few apps read.

Written from LinkedIn's documentation and what its clients report. It knows one app, with the permissions that the test
gives it, and as many members as asked for.
"""

from __future__ import annotations

import html
import secrets
import unicodedata
from collections import Counter
from dataclasses import dataclass, field
from datetime import date, datetime, timedelta
from typing import Any
from urllib.parse import quote, unquote, urlencode

from tests.connectors.fakes.server import Clock, FakeServer, Refuse, Request, Response, route

APP = {"client_id": "78abcdefghijkl", "client_secret": "LiSecret0123456789"}
FILM_PIECE = 4 * 1024 * 1024
RESERVED = "|{}@[]()<>#\\*_~"


@dataclass
class Member:
    sub: str
    name: str
    restricted: bool = False


@dataclass
class Token:
    member: Member
    scopes: set[str]
    ends: datetime
    revoked: bool = False
    by_code: bool = False


@dataclass
class Post:
    urn: str
    author: str
    sent: dict[str, Any]
    text: str
    tags: list[str]
    at: int = 0
    """In milliseconds since 1970."""
    figures: dict[str, int] = field(default_factory=dict)


@dataclass
class Picture:
    owner: str
    data: bytes | None = None


@dataclass
class Film:
    owner: str
    size: int
    pieces: dict[int, bytes] = field(default_factory=dict)
    is_whole: bool = False

    @property
    def data(self) -> bytes:
        return b"".join(self.pieces[number] for number in sorted(self.pieces))


@dataclass
class _Code:
    member: Member
    scopes: set[str]
    redirect_uri: str
    issued: datetime
    used: bool = False


class FakeLinkedIn(FakeServer):
    """`granted` are the permissions of the company's app; `refreshes` whether it is one of the few with refresh
    tokens; `ghosts` whether a refused repeat names a post that is nowhere; `preparing` how many times a picture is
    not ready yet.
    """

    def __init__(
        self, clock: Clock | None = None, *, granted: str = "openid profile email w_member_social", **ways: Any
    ) -> None:
        super().__init__(clock)
        self.granted = set(granted.split())
        self.refreshes: bool = ways.get("refreshes", False)
        self.ghosts = False
        self.preparing = 0
        self.names_itself = False
        self.secret = APP["client_secret"]
        self.redirect_uris = {"http://localhost/connections/back", "https://hub.example.org/connections/back"}
        self.versions = {"202604", "202606", "202609"}
        self.members: dict[str, Member] = {}
        self.codes: dict[str, _Code] = {}
        self.tokens: dict[str, Token] = {}
        self.refresh_tokens: dict[str, tuple[Member, set[str], datetime]] = {}
        self.pictures: dict[str, Picture] = {}
        self.films: dict[str, Film] = {}
        self.breaks = ""
        self.posts: dict[str, Post] = {}
        self.followers: dict[str, int] = {}
        self.asked_today: Counter[tuple[str, date]] = Counter()
        self.member("ada")

    # What tests arrange.

    def member(self, who: str) -> Member:
        """A member, made on first mention."""
        return self.members.setdefault(who, Member(f"{who}-7f3kQ", who.title()))

    def token_for(self, who: str = "ada", scopes: str = "openid profile w_member_social") -> str:
        """A good token, as if its owner had gone through the sign-in."""
        token = secrets.token_urlsafe(60)
        self.tokens[token] = Token(self.member(who), set(scopes.split()), self.clock() + timedelta(days=60))
        return token

    def post_by(self, who: str, text: str = "We built a wind farm") -> Post:
        """A post of somebody's."""
        urn = f"urn:li:share:{6_900_000_000_000_000_000 + len(self.posts)}"
        made = Post(urn, f"urn:li:person:{self.member(who).sub}", {}, text, [])
        self.posts[urn] = made
        return made

    # Signing in.

    @route("GET", "/oauth/v2/authorization")
    def _ask(self, request: Request) -> Response:
        asked = self._authorization(dict(request.query))
        fields = "".join(
            f'<input type="hidden" name="{name}" value="{html.escape(value)}">' for name, value in asked.items()
        )
        return Response(
            200,
            "<!doctype html><html lang=en><title>Sign in</title><h1>The hub would like to post for you</h1>"
            f'<form method="post" action="/allow">{fields}<button>Allow</button></form>'
            f'<form method="post" action="/cancel">{fields}<button>Cancel</button></form>',
        )

    @route("POST", "/allow")
    def _allow(self, request: Request) -> Response:
        return self.allow(request.form)

    @route("POST", "/cancel")
    def _cancel(self, request: Request) -> Response:
        return self._back(self._authorization(request.form), error="user_cancelled_authorize")

    def allow(self, asked: dict[str, str], who: str = "ada") -> Response:
        """What pressing "Allow" does: back to the app with a code."""
        asked = self._authorization(asked)
        scopes = set(asked["scope"].split())
        if not scopes <= self.granted:
            return self._back(asked, error="unauthorized_scope_error")
        code = secrets.token_urlsafe(60)
        self.codes[code] = _Code(self.member(who), scopes, asked["redirect_uri"], self.clock())
        return self._back(asked, code=code)

    def _back(self, asked: dict[str, str], **answer: str) -> Response:
        answer |= {"state": asked["state"]} if "state" in asked else {}
        answer |= {"iss": f"{self.base_url}/oauth"} if self.names_itself else {}
        return Response(302, "", {"Location": f"{asked['redirect_uri']}?{urlencode(answer)}"})

    def _authorization(self, asked: dict[str, str]) -> dict[str, str]:
        if asked.get("client_id") != APP["client_id"]:
            raise Refuse(400, "We could not find an application with that id.")
        if asked.get("redirect_uri") not in self.redirect_uris:
            raise Refuse(400, "The redirect_uri does not match the registered value")
        if asked.get("response_type") != "code" or not asked.get("scope"):
            raise Refuse(400, 'You need to pass the "scope" parameter')
        if "code_challenge" in asked:
            raise Refuse(400, "This app may not use PKCE")
        return asked

    @route("POST", "/oauth/v2/accessToken")
    def _exchange(self, request: Request) -> Response:
        form = self._app_form(request)
        if form.get("grant_type") == "refresh_token":
            return self._refreshed(form)
        code = self.codes.get(form.get("code", ""))
        if (
            form.get("grant_type") != "authorization_code"
            or code is None
            or code.used
            or code.redirect_uri != form.get("redirect_uri")
            or self.clock() - code.issued > timedelta(minutes=30)
        ):
            said = "Unable to retrieve access token: appid/redirect uri/code does not match authorization code"
            raise Refuse(400, {"error": "invalid_request", "error_description": said})
        code.used = True
        return self._granted(code.member, code.scopes, self.clock() + timedelta(days=365))

    def _refreshed(self, form: dict[str, str]) -> Response:
        known = self.refresh_tokens.get(form.get("refresh_token", ""))
        if known is None or known[2] <= self.clock():
            raise Refuse(400, {"error": "invalid_request", "error_description": "The refresh token is not valid"})
        return self._granted(*known)

    def _granted(self, member: Member, scopes: set[str], refresh_ends: datetime) -> Response:
        who = next(name for name, one in self.members.items() if one is member)
        token = self.token_for(who, " ".join(scopes))
        self.tokens[token].by_code = True
        made: dict[str, Any] = {
            "access_token": token,
            "expires_in": 5_184_000,
            "scope": ",".join(sorted(scopes)),
            "token_type": "Bearer",
        }
        if self.refreshes:
            refresh = secrets.token_urlsafe(60)
            self.refresh_tokens = {refresh: (member, scopes, refresh_ends)}
            left = int((refresh_ends - self.clock()).total_seconds())
            made |= {"refresh_token": refresh, "refresh_token_expires_in": left}
        return Response(200, made)

    @route("POST", "/oauth/v2/revoke")
    def _revoke(self, request: Request) -> Response:
        form = self._app_form(request)
        if form.get("token") in self.tokens:
            self.tokens[form["token"]].revoked = True
        return Response(200, "")

    def _app_form(self, request: Request) -> dict[str, str]:
        if not request.headers.get("content-type", "").startswith("application/x-www-form-urlencoded"):
            raise Refuse(400, {"error": "invalid_request", "error_description": "A required parameter is missing"})
        form = request.form
        if form.get("client_id") != APP["client_id"] or form.get("client_secret") != self.secret:
            raise Refuse(401, {"error": "invalid_client", "error_description": "Client authentication failed"})
        return form

    @route("GET", "/v2/userinfo")
    def _who(self, request: Request) -> Response:
        member = self._signed_in(request, "openid", "userinfo.GET").member
        return Response(200, {"sub": member.sub, "name": member.name, "locale": {"country": "NO", "language": "nb"}})

    @route("GET", "/v2/me")
    def _me(self, request: Request) -> Response:
        member = self._signed_in(request, "r_basicprofile", "me.GET").member
        return Response(200, {"id": member.sub, "localizedFirstName": member.name, "localizedLastName": "Berg"})

    # Pictures.

    @route("POST", "/rest/images")
    def _initialize(self, request: Request) -> Response:
        member = self._may(request, "w_member_social", "images.ACTION-initializeUpload")
        if request.args("action") != ["initializeUpload"]:
            raise _refusal(400, "INVALID_VALUE_FOR_FIELD", "Unknown action")
        owner = request.json["initializeUploadRequest"]["owner"]
        if owner != f"urn:li:person:{member.sub}":
            raise _refusal(403, "ACCESS_DENIED", "The viewer does not own the picture")
        urn = f"urn:li:image:C4E10AQ{len(self.pictures):04}"
        self.pictures[urn] = Picture(owner)
        ends = int((self.clock() + timedelta(hours=1)).timestamp() * 1000)
        value = {"uploadUrlExpiresAt": ends, "uploadUrl": f"{self.base_url}/dms-uploads/{urn}", "image": urn}
        return Response(200, {"value": value})

    @route("PUT", "/dms-uploads/(?P<urn>.+)")
    def _upload(self, request: Request, urn: str = "") -> Response:
        self._signed_in(request, "w_member_social", "upload")
        self.pictures[urn].data = request.body
        return Response(201, "")

    @route("GET", "/rest/images/.*")
    def _look_at_picture(self, request: Request) -> Response:
        self._may(request, "r_member_social", "images.GET")
        return Response(200, {"status": "AVAILABLE"})

    # Films.

    @route("POST", "/rest/videos")
    def _about_film(self, request: Request) -> Response:
        [action] = request.args("action")
        member = self._may(request, "w_member_social", f"videos.ACTION-{action}")
        if action == "finalizeUpload":
            return self._finalize_film(request.json["finalizeUploadRequest"])
        asked = request.json["initializeUploadRequest"]
        if set(asked) != {"owner", "fileSizeBytes", "uploadCaptions", "uploadThumbnail"}:
            raise _refusal(400, "INVALID_VALUE_FOR_FIELD", "initializeUploadRequest")
        if asked["owner"] != f"urn:li:person:{member.sub}":
            raise _refusal(403, "ACCESS_DENIED", "The viewer does not own the film")
        if not 75_000 <= asked["fileSizeBytes"] <= 500_000_000:
            raise _refusal(400, "INVALID_VALUE_FOR_FIELD", "fileSizeBytes")
        urn, size = f"urn:li:video:C5F10AQ{secrets.token_hex(4)}", asked["fileSizeBytes"]
        self.films[urn] = Film(asked["owner"], size)
        wanted = [
            {
                "uploadUrl": f"{self.base_url}/film-uploads/{urn}/{number}",
                "firstByte": number * FILM_PIECE,
                "lastByte": min(size, (number + 1) * FILM_PIECE) - 1,
            }
            for number in range(-(-size // FILM_PIECE))
        ]
        ends = int((self.clock() + timedelta(hours=1)).timestamp() * 1000)
        about = {
            "uploadUrlsExpireAt": ends,
            "video": urn,
            "uploadInstructions": wanted,
            "uploadToken": f"T{urn[-4:]}",
        }
        return Response(200, {"value": about})

    @route("PUT", r"/film-uploads/(?P<urn>[^/]+)/(?P<number>\d+)")
    def _take_piece(self, request: Request, urn: str = "", number: str = "") -> Response:
        self._signed_in(request, "w_member_social", "upload")
        film, at = self.films.get(urn), int(number) * FILM_PIECE
        if film is None or film.is_whole or len(request.body) != min(FILM_PIECE, film.size - at):
            raise _refusal(400, "INVALID_PART", "The part is none of this upload")
        film.pieces[int(number)] = request.body
        return Response(200, "", {"ETag": self._etag(urn, int(number))})

    def _finalize_film(self, asked: dict[str, Any]) -> Response:
        film = self.films.get(asked["video"])
        if film is None or film.is_whole or asked["uploadToken"] != f"T{asked['video'][-4:]}":
            raise _refusal(400, "INVALID_VALUE_FOR_FIELD", "video or uploadToken")
        if asked["uploadedPartIds"] != [self._etag(asked["video"], number) for number in range(len(film.pieces))]:
            raise _refusal(400, "INVALID_VALUE_FOR_FIELD", "uploadedPartIds")
        if len(film.data) != film.size:
            raise _refusal(400, "INVALID_VALUE_FOR_FIELD", "Parts are missing")
        film.is_whole = True
        return Response(200, "")

    @staticmethod
    def _etag(urn: str, number: int) -> str:
        return f"/ambry-video/signedId/{urn[-4:]}-{number}"

    # Posts.

    @route("POST", "/rest/posts")
    def _publish(self, request: Request) -> Response:
        member = self._may(request, "w_member_social", "posts.CREATE")
        sent = request.json
        if member.restricted:
            raise _refusal(403, "ACCESS_DENIED", "The member is restricted from posting")
        if sent.get("author") != f"urn:li:person:{member.sub}":
            raise _refusal(403, "ACCESS_DENIED", "Field Value validation failed in REQUEST_BODY: /author")
        self._check(sent)
        text, tags = read_little(sent["commentary"])
        same = [one for one in self.posts.values() if one.author == sent["author"] and one.text == text and text]
        if same:
            raise self._duplicate(same[0].urn)
        number = 7_000_000_000_000_000_000 + len(self.posts)
        urn = f"urn:li:share:{number}"
        self.posts[urn] = Post(urn, sent["author"], sent, text, tags, int(self.clock().timestamp() * 1000))
        return Response(201, "", {"x-restli-id": urn, "x-linkedin-id": urn})

    def _duplicate(self, urn: str) -> Refuse:
        named = f"urn:li:share:{secrets.randbelow(10**18)}" if self.ghosts else urn
        inputs = [{"code": "DUPLICATE_POST", "description": "Duplicate post is detected", "input": {}}]
        body = {
            "status": 422,
            "errorDetailType": "com.linkedin.common.error.BadRequest",
            "message": f"com.linkedin.content.common.exception.BadRequestResponseException: Content is a duplicate of {named}",
            "errorDetails": {"inputErrors": inputs},
        }
        return Refuse(422, body)

    def _check(self, sent: dict[str, Any]) -> None:
        for name in ("commentary", "visibility", "distribution", "lifecycleState"):
            if name not in sent:
                raise _refusal(400, "MISSING_FIELD", f"{name} is required")
        if sent["lifecycleState"] != "PUBLISHED" or sent["visibility"] not in ("PUBLIC", "CONNECTIONS"):
            raise _refusal(400, "INVALID_VALUE_FOR_FIELD", "lifecycleState")
        text, _ = read_little(sent["commentary"])
        if sum(2 if ord(char) > 0xFFFF else 1 for char in text) > 3000:
            raise _refusal(422, "FIELD_LENGTH_TOO_LONG", "commentary is too long")
        content, passed_on = sent.get("content", {}), sent.get("reshareContext")
        if passed_on is not None:
            self._check_reshare(passed_on, content)
        elif not text.strip() and not content:
            raise _refusal(400, "INVALID_VALUE_BLANK_FIELD", "commentary is blank")
        if len(content) > 1:
            raise _refusal(400, "INVALID_VALUE_FOR_FIELD", "content is a union of one")
        if "article" in content:
            self._check_article(content["article"])
        shown = [content["media"]] if "media" in content else content.get("multiImage", {}).get("images", [])
        if "multiImage" in content and not 2 <= len(shown) <= 20:
            raise _refusal(400, "INVALID_VALUE_FOR_FIELD", "multiImage takes 2 to 20 images")
        for one in shown:
            self._check_picture(one["id"])
            if len(one.get("altText", "")) > 4086:
                raise _refusal(400, "FIELD_LENGTH_TOO_LONG", "altText")

    def _check_reshare(self, context: dict[str, Any], content: dict[str, Any]) -> None:
        parent = str(context.get("parent"))
        if content:
            raise _refusal(400, "INVALID_VALUE_FOR_FIELD", "content and reshareContext exclude each other")
        if not parent.startswith(("urn:li:share:", "urn:li:ugcPost:")):
            raise _refusal(400, "INVALID_URN_TYPE", "reshareContext/parent is no share or ugcPost")
        original = self.posts.get(parent)
        if original is None:
            raise _refusal(404, "NOT_FOUND", f"Could not find entity {parent}")
        if original.sent.get("isReshareDisabledByAuthor"):
            raise _refusal(403, "ACCESS_DENIED", "Reshare is disabled by the author")

    def _check_article(self, article: dict[str, Any]) -> None:
        if not str(article.get("source", "")).startswith(("https://", "http://")):
            raise _refusal(400, "INVALID_URL", "source")
        if not article.get("title"):
            raise _refusal(400, "MISSING_FIELD", "title is required")
        if "thumbnail" in article:
            self._check_picture(article["thumbnail"])

    def _check_picture(self, urn: str) -> None:
        if urn.startswith("urn:li:video:"):
            self._check_film(urn)
            return
        picture = self.pictures.get(urn)
        if picture is None:
            raise _refusal(400, "INVALID_IMAGE_ID", urn)
        if picture.data is None or self.preparing > 0:
            self.preparing -= 1
            raise _refusal(400, "MEDIA_ASSET_WAITING_UPLOAD", f"{urn} is not ready")

    def _check_film(self, urn: str) -> None:
        film = self.films.get(urn)
        if film is None:
            raise _refusal(400, "INVALID_VIDEO_ID", urn)
        if not film.is_whole or self.preparing > 0:
            self.preparing -= 1
            raise _refusal(400, "MEDIA_ASSET_WAITING_UPLOAD", f"{urn} is not ready")
        if self.breaks:
            raise _refusal(400, "MEDIA_ASSET_PROCESSING_FAILED", self.breaks)

    @route("GET", "/rest/posts.*")
    def _look(self, request: Request) -> Response:
        member = self._may(request, "r_member_social", "posts.GET")
        if request.args("q") != ["author"] or request.headers.get("x-restli-method") != "FINDER":
            raise _refusal(400, "ILLEGAL_ARGUMENT", "Unknown finder")
        author, many = f"urn:li:person:{member.sub}", int((request.args("count") or ["10"])[0])
        if f"author={quote(author, safe='')}" not in request.target or not 0 < many <= 100:
            raise _refusal(403, "ACCESS_DENIED", "Only one's own posts")
        newest = [one for one in reversed(self.posts.values()) if one.author == author][:many]
        elements = [{"id": one.urn, "createdAt": one.at, **one.sent} for one in newest]
        return Response(200, {"paging": {"start": 0, "count": many, "links": []}, "elements": elements})

    @route("DELETE", "/rest/posts/(?P<urn>.+)")
    def _delete(self, request: Request, urn: str = "") -> Response:
        member = self._may(request, "w_member_social", "posts.DELETE")
        if ":" in urn:
            raise _refusal(400, "ILLEGAL_ARGUMENT", "Syntax exception in path variables")
        found = self.posts.get(unquote(urn))
        if found and found.author != f"urn:li:person:{member.sub}":
            raise _refusal(403, "ACCESS_DENIED", "Only the author may delete")
        self.posts.pop(unquote(urn), None)
        return Response(204, "")

    @route("GET", "/rest/memberFollowersCount")
    def _followers(self, request: Request) -> Response:
        member = self._may(request, "r_member_profileAnalytics", "memberFollowersCount.FINDER-me")
        if request.args("q") != ["me"]:
            raise _refusal(400, "ILLEGAL_ARGUMENT", "No such finder")
        return Response(
            200, {"elements": [{"memberFollowersCount": self.followers.get(member.sub, 0)}], "paging": {}}
        )

    @route("GET", "/rest/memberCreatorPostAnalytics")
    def _analytics(self, request: Request) -> Response:
        self._may(request, "r_member_postAnalytics", "memberCreatorPostAnalytics.FINDER-entity")
        entity, metric = request.args("entity")[0], request.args("queryType")[0]
        raw = request.target.split("entity=", 2)[-1].split("&")[0]
        if not (raw.startswith(("(share:urn%3Ali%3A", "(ugc:urn%3Ali%3A")) and raw.endswith(")")):
            raise _refusal(400, "ILLEGAL_ARGUMENT", "Invalid complex key")
        post = self.posts.get(entity.removeprefix("(share:").removeprefix("(ugc:").removesuffix(")"))
        counted = post.figures.get(metric) if post else None
        elements = [] if counted is None else [{"count": counted, "metricType": metric, "targetEntity": {}}]
        return Response(200, {"elements": elements, "paging": {}})

    # What every request must carry.

    def _may(self, request: Request, scope: str, what: str) -> Member:
        version = request.headers.get("linkedin-version")
        if version is None:
            raise _refusal(400, "VERSION_MISSING", "A version must be present. Please specify a version")
        if version not in self.versions:
            said = f"Requested version {version} is not active"
            raise Refuse(426, {"status": 426, "code": "NONEXISTENT_VERSION", "message": said})
        if request.headers.get("x-restli-protocol-version") != "2.0.0":
            raise _refusal(400, "ILLEGAL_ARGUMENT", "X-RestLi-Protocol-Version must be 2.0.0")
        member = self._signed_in(request, scope, f"{what}.{version}01").member
        today = (member.sub, self.clock().date())
        self.asked_today[today] += 1
        if self.asked_today[today] > 150:
            said = "Resource level throttle limit for calls to this resource is reached."
            raise Refuse(429, {"serviceErrorCode": 101, "code": "TOO_MANY_REQUESTS", "message": said, "status": 429})
        return member

    def _signed_in(self, request: Request, scope: str, what: str) -> Token:
        token = self.tokens.get(request.token)
        if token is None:
            raise _refusal(401, "INVALID_ACCESS_TOKEN", "Invalid access token", 65600)
        if token.revoked:
            raise _refusal(401, "REVOKED_ACCESS_TOKEN", "The token used in the request has been revoked", 65601)
        if token.ends <= self.clock():
            raise _refusal(401, "EXPIRED_ACCESS_TOKEN", "The token used in the request has expired", 65602)
        if scope not in token.scopes:
            raise _refusal(403, "ACCESS_DENIED", f"Not enough permissions to access: {what}", 100)
        return token


def read_little(text: str) -> tuple[str, list[str]]:
    """What LinkedIn shows for a commentary, and its hashtags: the text ends where a reserved character stands bare.

    A reader of the format of its own, character by character, from its grammar.
    """
    shown, tags, at = "", [], 0
    while at < len(text):
        char = text[at]
        if char == "\\":
            if at + 1 == len(text):
                return shown, tags
            shown, at = shown + text[at + 1], at + 2
        elif char == "#" and at + 1 < len(text) and _in_a_tag(text[at + 1]):
            end = at + 1
            while end < len(text) and _in_a_tag(text[end]):
                end += 1
            shown, tags, at = shown + text[at:end], [*tags, text[at + 1 : end]], end
        elif char == "@" and text[at + 1 : at + 2] == "[" and "](urn:li:" in text[at:] and ")" in text[at:]:
            name, rest = text[at + 2 :].split("](", 1)
            shown, at = shown + name, len(text) - len(rest.split(")", 1)[1])
        elif char in RESERVED:
            return shown, tags
        else:
            shown, at = shown + char, at + 1
    return shown, tags


def _in_a_tag(char: str) -> bool:
    return unicodedata.category(char)[0] in "LMN"


def _refusal(status: int, code: str, message: str, service: int = 0) -> Refuse:
    return Refuse(status, {"status": status, "code": code, "message": message, "serviceErrorCode": service})
