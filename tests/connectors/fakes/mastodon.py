"""A Mastodon server: registers apps, checks PKCE, keeps an Idempotency-Key for an hour, prepares media in steps.

Written from the API's documentation and the server's source (status_length_validator, post_status_service, rack_attack,
error_handling). Ask for one of the two kinds that differ: a new server, or one before 4.3 without metadata and PKCE.
"""

from __future__ import annotations

import hashlib
import html
import re
import secrets
from base64 import urlsafe_b64encode
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from email import message_from_bytes
from typing import Any
from urllib.parse import urlencode

import pyuegc

from tests.connectors.fakes.server import Clock, FakeServer, Refuse, Request, Response, route

_URL = re.compile(r"https?://[^\s]+")
FILM_BYTES = 103_809_024
_FAR_MENTION = re.compile(r"(@\w+)@[\w.]+\w")


@dataclass
class Account:
    id: str
    username: str
    locked_out: str | None = None
    followers: int = 0


@dataclass
class Token:
    account: Account
    scopes: set[str]
    client_id: str
    revoked: bool = False


@dataclass
class Status:
    id: str
    account: Account
    text: str
    created_at: datetime
    media_ids: list[str]
    visibility: str
    language: str | None
    favourites: int = 0
    reblogs: int = 0
    replies: int = 0
    quotes: int = 0
    boost_of: str | None = None
    quote_of: str | None = None
    reply_to: str | None = None
    quotable: str = "automatic"
    far: str = ""
    """The address it has at its own server, when that is another."""


@dataclass
class Media:
    id: str
    data: bytes
    mime: str
    description: str
    polls_left: int
    attached: bool = False
    broken: str = ""


@dataclass
class _Code:
    app: dict[str, Any]
    account: Account
    scopes: set[str]
    redirect_uri: str
    challenge: str | None
    issued: datetime
    used: bool = field(default=False)


class FakeMastodon(FakeServer):
    """One server with as many accounts as asked for. `version` "4.2" has no metadata, PKCE or batch reading."""

    def __init__(self, clock: Clock | None = None, *, version: str = "4.5", max_characters: int = 500) -> None:
        super().__init__(clock)
        self.version = version
        self.max_characters = max_characters
        self.apps: dict[str, dict[str, Any]] = {}
        self.codes: dict[str, _Code] = {}
        self.tokens: dict[str, Token] = {}
        self.accounts: dict[str, Account] = {}
        self.statuses: dict[str, Status] = {}
        self.media: dict[str, Media] = {}
        self.keys: dict[tuple[str, str], tuple[str, datetime]] = {}
        self.polls_needed = 0
        self.breaks = ""
        self.mimes = ["image/jpeg", "image/png", "image/gif", "image/webp", "video/mp4"]
        self.names_itself = False
        self.posted: list[datetime] = []
        self.account("ada")

    # What tests arrange.

    def account(self, username: str) -> Account:
        """An account, made on first mention."""
        return self.accounts.setdefault(username, Account(str(110_000 + len(self.accounts)), username))

    def token_for(self, username: str = "ada", scopes: str | None = None) -> str:
        """A good token, as if its owner had gone through the sign-in."""
        token = secrets.token_urlsafe(32)
        asked = scopes or "read:accounts read:statuses read:search write:statuses write:media"
        self.tokens[token] = Token(self.account(username), set(asked.split()), "app")
        return token

    @property
    def modern(self) -> bool:
        return self.version != "4.2"

    # Signing in.

    @route("GET", "/.well-known/oauth-authorization-server")
    def _metadata(self, request: Request) -> Response:
        if not self.modern:
            return self.no_such_route(request)
        return Response(
            200,
            {
                "issuer": f"{self.base_url}/",
                "authorization_endpoint": f"{self.base_url}/oauth/authorize",
                "token_endpoint": f"{self.base_url}/oauth/token",
                "scopes_supported": ["profile", "read", "write", "read:accounts", "write:statuses", "write:media"],
                "code_challenge_methods_supported": ["S256"],
                "authorization_response_iss_parameter_supported": self.names_itself,
            },
        )

    @route("POST", "/api/v1/apps")
    def _register(self, request: Request) -> Response:
        form = request.form
        uris: Any = form.get("redirect_uris")
        if isinstance(uris, list) and not self.modern:
            raise Refuse(422, {"error": "Validation failed: Redirect URI must be an absolute URI."})
        if not form.get("client_name") or not uris:
            raise Refuse(422, {"error": "Validation failed: Application name can't be blank"})
        app: dict[str, Any] = {
            "id": str(len(self.apps) + 1),
            "name": form["client_name"],
            "website": form.get("website"),
            "scopes": form.get("scopes", "read").split(),
            "redirect_uris": uris if isinstance(uris, list) else [uris],
            "client_id": secrets.token_urlsafe(16),
            "client_secret": secrets.token_urlsafe(32),
            "client_secret_expires_at": 0,
        }
        self.apps[app["client_id"]] = app
        return Response(200, app)

    @route("GET", "/oauth/authorize")
    def _ask(self, request: Request) -> Response:
        app, asked = self._authorization(dict(request.query))
        fields = "".join(
            f'<input type="hidden" name="{name}" value="{html.escape(value)}">' for name, value in asked.items()
        )
        return Response(
            200,
            f"<!doctype html><html lang=en><title>Authorize {html.escape(app['name'])}</title>"
            f"<h1>{html.escape(app['name'])} would like to act for @ada</h1>"
            f'<form method="post" action="/oauth/authorize">{fields}<button>Authorize</button></form>'
            f'<form method="post" action="/oauth/deny">{fields}<button>Deny</button></form>',
        )

    @route("POST", "/oauth/authorize")
    def _allow(self, request: Request) -> Response:
        return self.allow(request.form)

    @route("POST", "/oauth/deny")
    def _deny(self, request: Request) -> Response:
        _, asked = self._authorization(request.form)
        query = urlencode({"error": "access_denied", "state": asked.get("state", "")})
        return Response(302, "", {"Location": f"{asked['redirect_uri']}?{query}"})

    def allow(self, asked: dict[str, str], username: str = "ada") -> Response:
        """What pressing "Authorize" does: back to the app with a code."""
        app, asked = self._authorization(asked)
        code = secrets.token_urlsafe(24)
        challenge = asked.get("code_challenge") if self.modern else None
        self.codes[code] = _Code(
            app,
            self.account(username),
            set(asked.get("scope", "read").split()),
            asked["redirect_uri"],
            challenge,
            self.clock(),
        )
        answer = {"code": code, **({"state": asked["state"]} if "state" in asked else {})}
        if self.names_itself:
            answer["iss"] = f"{self.base_url}/"
        return Response(302, "", {"Location": f"{asked['redirect_uri']}?{urlencode(answer)}"})

    def _authorization(self, asked: dict[str, str]) -> tuple[dict[str, Any], dict[str, str]]:
        app = self.apps.get(asked.get("client_id", ""))
        if app is None:
            raise Refuse(401, "Client authentication failed due to unknown client")
        if asked.get("redirect_uri") not in app["redirect_uris"]:
            raise Refuse(400, "The redirect uri included is not valid.")
        if asked.get("response_type") != "code" or not set(asked.get("scope", "read").split()) <= set(app["scopes"]):
            raise Refuse(400, "The requested scope is invalid, unknown, or malformed.")
        if self.modern and "code_challenge" in asked and asked.get("code_challenge_method") != "S256":
            raise Refuse(400, "The code challenge method must be S256.")
        return app, asked

    @route("POST", "/oauth/token")
    def _exchange(self, request: Request) -> Response:
        form = request.form
        app = self.apps.get(form.get("client_id", ""))
        if app is None or form.get("client_secret") != app["client_secret"]:
            raise Refuse(401, _oauth("invalid_client", "Client authentication failed due to unknown client."))
        code = self.codes.get(form.get("code", ""))
        if (
            form.get("grant_type") != "authorization_code"
            or code is None
            or code.used
            or code.app is not app
            or code.redirect_uri != form.get("redirect_uri")
            or self.clock() - code.issued > timedelta(minutes=10)
            or not _verifies(code.challenge, form.get("code_verifier"))
        ):
            raise Refuse(400, _oauth("invalid_grant", "The provided authorization grant is invalid or expired."))
        code.used = True
        token = self.token_for(code.account.username, " ".join(sorted(code.scopes)))
        self.tokens[token].client_id = app["client_id"]
        scope = " ".join(sorted(code.scopes))
        return Response(
            200,
            {
                "access_token": token,
                "token_type": "Bearer",
                "scope": scope,
                "created_at": int(self.clock().timestamp()),
            },
        )

    @route("POST", "/oauth/revoke")
    def _revoke(self, request: Request) -> Response:
        form = request.form
        token = self.tokens.get(form.get("token", ""))
        app = self.apps.get(form.get("client_id", ""))
        if app is None or form.get("client_secret") != app["client_secret"]:
            raise Refuse(403, _oauth("unauthorized_client", "You are not authorized to revoke this token"))
        if token is not None:
            token.revoked = True
        return Response(200, {})

    @route("GET", "/api/v1/accounts/verify_credentials")
    def _who(self, request: Request) -> Response:
        account = self._signed_in(request, "read:accounts", "profile")
        return Response(
            200,
            {
                "id": account.id,
                "username": account.username,
                "acct": account.username,
                "display_name": account.username.title(),
                "url": f"{self.base_url}/@{account.username}",
                "avatar": f"{self.base_url}/avatars/{account.id}.png",
                "followers_count": account.followers,
            },
        )

    @route("GET", "/api/v[12]/instance")
    def _instance(self, request: Request) -> Response:
        if "v2" in request.path and self.version < "4":
            return self.no_such_route(request)
        return Response(
            200,
            {
                "version": self.version,
                "configuration": {
                    "statuses": {
                        "max_characters": self.max_characters,
                        "max_media_attachments": 4,
                        "characters_reserved_per_url": 23,
                    },
                    "media_attachments": {
                        "supported_mime_types": self.mimes,
                        "description_limit": 1500,
                        "image_size_limit": 16_777_216,
                        "image_matrix_limit": 33_177_600,
                        "video_size_limit": FILM_BYTES,
                    },
                },
            },
        )

    # Publishing.

    @route("POST", "/api/v2/media")
    def _upload(self, request: Request) -> Response:
        self._signed_in(request, "write:media", "write")
        parts = _multipart(request)
        mime, data = parts["file"]
        if not mime.startswith("image/") and mime != "video/mp4":
            raise Refuse(422, {"error": "Validation failed: File content type is invalid"})
        if len(data) > FILM_BYTES:
            raise Refuse(422, {"error": "Validation failed: File size must be less than 99 MB"})
        description = parts.get("description", ("", b""))[1].decode()
        if len(description) > 1500:
            raise Refuse(422, {"error": "Validation failed: Description is too long (maximum is 1500 characters)"})
        media = Media(str(900 + len(self.media)), data, mime, description, self.polls_needed)
        media.broken = self.breaks
        self.media[media.id] = media
        return Response(202 if media.polls_left or media.broken else 200, self._shown_media(media))

    @route("GET", r"/api/v1/media/(?P<media>\d+)")
    def _poll(self, request: Request, media: str = "") -> Response:
        self._signed_in(request, "write:media", "write")
        found = self.media.get(media)
        if found is None or found.attached:
            raise Refuse(404, {"error": "Record not found"})
        if found.broken:
            raise Refuse(422, {"error": found.broken})
        found.polls_left = max(0, found.polls_left - 1)
        return Response(206 if found.polls_left else 200, self._shown_media(found))

    @route("POST", "/api/v1/statuses")
    def _publish(self, request: Request) -> Response:
        account = self._signed_in(request, "write:statuses", "write")
        key = (account.id, request.headers.get("idempotency-key", ""))
        known = self.keys.get(key)
        if key[1] and known and self.clock() - known[1] < timedelta(hours=1) and known[0] in self.statuses:
            return Response(200, self._shown(self.statuses[known[0]]))
        form: Any = request.form
        media = [self._attachable(one) for one in form.get("media_ids") or ()]
        text = form.get("status") or ""
        self._check(text, media)
        self._check_rate()
        status = Status(
            str(113_000_000_000 + len(self.statuses)),
            account,
            text,
            self.clock(),
            [one.id for one in media],
            form.get("visibility") or "public",
            form.get("language"),
        )
        quoted = form.get("quoted_status_id")
        if quoted:
            original = self.statuses.get(quoted)
            if self.version < "4.5" or original is None or original.quotable == "denied":
                raise Refuse(422, {"error": "Validation failed: Quoted status is not quotable"})
            status.quote_of = quoted
        if form.get("in_reply_to_id"):
            if form["in_reply_to_id"] not in self.statuses:
                raise Refuse(404, {"error": "The post you are trying to reply to does not appear to exist."})
            status.reply_to = form["in_reply_to_id"]
        for one in media:
            one.attached = True
        self.statuses[status.id] = status
        self.posted.append(self.clock())
        if key[1]:
            self.keys[key] = (status.id, self.clock())
        return Response(200, self._shown(status))

    @route("POST", r"/api/v1/statuses/(?P<status>\d+)/reblog")
    def _reblog(self, request: Request, status: str = "") -> Response:
        account = self._signed_in(request, "write:statuses", "write")
        original = self.statuses.get(status)
        if original is None or original.visibility not in ("public", "unlisted"):
            raise Refuse(404, {"error": "Record not found"})
        for one in self.statuses.values():
            if one.boost_of == status and one.account is account:
                return Response(200, self._shown(one))
        boost = self._new(account, "", boost_of=status)
        return Response(200, self._shown(boost))

    @route("GET", "/api/v2/search")
    def _search(self, request: Request) -> Response:
        self._signed_in(request, "read:search", "read")
        address, resolve = request.args("q")[0], request.args("resolve") == ["true"]
        for one in self.statuses.values():
            if address == (one.far or f"{self.base_url}/@{one.account.username}/{one.id}") and (
                resolve or not one.far
            ):
                return Response(200, {"accounts": [], "hashtags": [], "statuses": [self._shown(one, request)]})
        return Response(200, {"accounts": [], "hashtags": [], "statuses": []})

    def post_by(self, username: str, text: str = "We are hiring", **parts: Any) -> Status:
        """A post of somebody; `far` is its address when they live at another server."""
        return self._new(self.account(username), text, **parts)

    def _new(self, account: Account, text: str, **parts: Any) -> Status:
        number = str(113_000_000_000 + len(self.statuses))
        made = Status(number, account, text, self.clock(), [], "public", None, **parts)
        self.statuses[made.id] = made
        return made

    def _check(self, text: str, media: list[Media]) -> None:
        if not text.strip() and not media:
            raise Refuse(422, {"error": "Validation failed: Text can't be blank"})
        if len(media) > (1 if any(one.mime == "video/mp4" for one in media) else 4):
            raise Refuse(422, {"error": "Cannot attach more than 4 files"})
        if counted(text) > self.max_characters:
            said = f"Validation failed: Text character limit of {self.max_characters} exceeded"
            raise Refuse(422, {"error": said})

    def _check_rate(self) -> None:
        """300 new posts in three hours, told in Mastodon's own headers."""
        window = timedelta(hours=3)
        self.posted = [at for at in self.posted if self.clock() - at < window]
        if len(self.posted) >= 300:
            resets = (self.posted[0] + window).strftime("%Y-%m-%dT%H:%M:%S.%fZ")
            raise Refuse(429, {"error": "Too many requests"}, X_RateLimit_Remaining="0", X_RateLimit_Reset=resets)

    def _attachable(self, media: str) -> Media:
        found = self.media.get(media)
        if found is None or found.attached:
            raise Refuse(422, {"error": "Validation failed: Media could not be found"})
        if found.polls_left or found.broken:
            said = "Cannot attach files that have not finished processing. Try again in a moment!"
            raise Refuse(422, {"error": said})
        return found

    # Reading back.

    @route("GET", "/api/v1/statuses")
    def _batch(self, request: Request) -> Response:
        if not self.modern:
            raise Refuse(404, {"error": "The page you are looking for isn't here."})
        self._may_read(request)
        ids = request.args("id[]")
        if len(ids) > 20:
            raise Refuse(422, {"error": "Validation failed: too many statuses"})
        return Response(200, [self._shown(self.statuses[one]) for one in ids if one in self.statuses])

    @route("GET", r"/api/v1/statuses/(?P<status>\d+)")
    def _one(self, request: Request, status: str = "") -> Response:
        self._may_read(request)
        if status not in self.statuses:
            raise Refuse(404, {"error": "Record not found"})
        return Response(200, self._shown(self.statuses[status], request))

    @route("DELETE", r"/api/v1/statuses/(?P<status>\d+)")
    def _delete(self, request: Request, status: str = "") -> Response:
        account = self._signed_in(request, "write:statuses", "write")
        found = self.statuses.get(status)
        if found is None or found.account is not account:
            raise Refuse(404, {"error": "Record not found"})
        del self.statuses[status]
        return Response(200, self._shown(found))

    @route("GET", r"/api/v1/accounts/(?P<account>\d+)/statuses")
    def _of_account(self, request: Request, account: str = "") -> Response:
        self._may_read(request)
        before = int((request.args("max_id") or ["9" * 18])[0])
        limit = min(int((request.args("limit") or ["20"])[0]), 40)
        boosts = request.args("exclude_reblogs") != ["true"]
        answers = request.args("exclude_replies") != ["true"]
        found = [
            one
            for one in self.statuses.values()
            if one.account.id == account
            and int(one.id) < before
            and (boosts or not one.boost_of)
            and (answers or not one.reply_to)
        ]
        newest = sorted(found, key=lambda one: int(one.id), reverse=True)
        return Response(200, [self._shown(one) for one in newest[:limit]])

    def no_such_route(self, request: Request) -> Response:
        return Response(404, "<html><head><title>The page you are looking for isn't here.</title></head></html>")

    def _signed_in(self, request: Request, *scopes: str) -> Account:
        token = self.tokens.get(request.token)
        if token is None:
            raise Refuse(401, {"error": "The access token is invalid"})
        if token.revoked:
            raise Refuse(401, {"error": "The access token was revoked"})
        if not token.scopes & set(scopes):
            raise Refuse(403, {"error": "This action is outside the authorized scopes"})
        if token.account.locked_out:
            raise Refuse(403, {"error": token.account.locked_out})
        return token.account

    def _may_read(self, request: Request) -> None:
        """A stranger may read what is public; a token that lacks the scope may not."""
        if request.token:
            self._signed_in(request, "read:statuses", "read")

    def _shown(self, status: Status, request: Request | None = None) -> dict[str, Any]:
        shown = {
            "id": status.id,
            "uri": f"{self.base_url}/users/{status.account.username}/statuses/{status.id}",
            "url": status.far or f"{self.base_url}/@{status.account.username}/{status.id}",
            "reblog": self._shown(self.statuses[status.boost_of]) if status.boost_of in self.statuses else None,
            "created_at": status.created_at.strftime("%Y-%m-%dT%H:%M:%S.")
            + f"{status.created_at.microsecond // 1000:03}Z",
            "content": drawn(status.text),
            "visibility": status.visibility,
            "language": status.language,
            "media_attachments": [self._shown_media(self.media[one]) for one in status.media_ids],
            "favourites_count": status.favourites,
            "reblogs_count": status.reblogs,
            "replies_count": status.replies,
        }
        token = self.tokens.get(request.token) if request else None
        if token:
            shown["reblogged"] = any(
                one.boost_of == status.id and one.account is token.account for one in self.statuses.values()
            )
        if self.version >= "4.5":
            shown["quotes_count"] = status.quotes
            shown["quote_approval"] = {"automatic": [], "manual": [], "current_user": status.quotable}
        return shown

    def _shown_media(self, media: Media) -> dict[str, Any]:
        url = None if media.polls_left else f"{self.base_url}/media/{media.id}"
        return {
            "id": media.id,
            "type": media.mime.split("/")[0],
            "url": url,
            "description": media.description or None,
        }


def counted(text: str) -> int:
    """The server's count: grapheme clusters, a URL 23, a mention without its server."""
    return len(pyuegc.EGC(_FAR_MENTION.sub(r"\1", _URL.sub("x" * 23, text))))


def drawn(text: str) -> str:
    """A text as the server shows it: paragraphs, breaks, and links with their scheme and tail hidden."""

    def link(match: re.Match[str]) -> str:
        url = html.unescape(match[0])
        scheme, rest = url.split("://", 1)
        return (
            f'<a href="{html.escape(url)}" target="_blank" rel="nofollow noopener"><span class="invisible">{scheme}://'
            f'</span><span class="ellipsis">{html.escape(rest[:30])}</span><span class="invisible">'
            f"{html.escape(rest[30:])}</span></a>"
        )

    def mention(match: re.Match[str]) -> str:
        if not match[0].endswith("@mastodon.social"):
            return match[0]  # a server that is not known here: plain text
        user = match[1].removeprefix("@")
        return f'<span class="h-card"><a href="https://mastodon.social/@{user}" class="mention">@<span>{user}</span></a></span>'

    paragraphs = html.escape(text, quote=False).split("\n\n")
    drawn = [_FAR_MENTION.sub(mention, _URL.sub(link, one)).replace("\n", "<br />") for one in paragraphs]
    return "".join(f"<p>{one}</p>" for one in drawn)


def _oauth(error: str, description: str) -> dict[str, str]:
    return {"error": error, "error_description": description}


def _verifies(challenge: str | None, verifier: str | None) -> bool:
    if challenge is None:
        return verifier is None
    digest = hashlib.sha256((verifier or "").encode()).digest()
    return urlsafe_b64encode(digest).rstrip(b"=").decode() == challenge


def _multipart(request: Request) -> dict[str, tuple[str, bytes]]:
    """The parts of a multipart form: name to type and content."""
    head = f"Content-Type: {request.headers['content-type']}\r\n\r\n".encode()
    parts: Any = message_from_bytes(head + request.body).get_payload()
    found = {}
    for part in parts:
        name = re.search(r'name="([^"]+)"', str(part["Content-Disposition"]))
        assert name
        content = part.get_payload(decode=True)
        found[name[1]] = (part.get_content_type(), bytes(content))
    return found
