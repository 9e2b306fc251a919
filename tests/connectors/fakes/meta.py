"""What Meta's networks share: an app, one-use codes, tokens of an hour and of sixty days, scopes, and Graph's errors."""

from __future__ import annotations

import secrets
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import Any, ClassVar
from urllib.parse import urlencode

from tests.connectors.fakes.server import Clock, FakeServer, Refuse, Request, Response

CLIENT_ID, CLIENT_SECRET = "7001", "the app's secret"
HOUR, SIXTY_DAYS = timedelta(hours=1), timedelta(days=60)


@dataclass
class Account:
    id: str
    username: str


@dataclass
class Token:
    account: Account
    scopes: set[str]
    issued: datetime
    ends: datetime | None
    revoked: bool = False


@dataclass
class Code:
    account: Account
    scopes: set[str]
    redirect_uri: str
    issued: datetime
    used: bool = field(default=False)


class FakeMeta(FakeServer):
    """The sign-in and the errors. `web` is what stands at public addresses: pictures that the network may fetch."""

    scopes_known: ClassVar[set[str]] = set()
    first_id: ClassVar[int] = 17_841_000_000

    def __init__(self, clock: Clock | None = None) -> None:
        super().__init__(clock)
        self.accounts: dict[str, Account] = {}
        self.tokens: dict[str, Token] = {}
        self.codes: dict[str, Code] = {}
        self.web: dict[str, tuple[bytes, str]] = {}
        self.numbers: dict[str, dict[str, int]] = {}
        self.followers: dict[str, int] = {}
        self._ids = 0

    # What tests arrange.

    def account(self, username: str = "ada") -> Account:
        """An account, made on first mention."""
        return self.accounts.setdefault(username, Account(self.new_id(), username))

    def token_for(self, username: str = "ada", scopes: set[str] | None = None, life: timedelta = SIXTY_DAYS) -> str:
        """A good token, as if its owner had gone through the sign-in."""
        return self.issue(self.account(username), self.scopes_known if scopes is None else scopes, life)

    def issue(self, account: Account, scopes: set[str], life: timedelta | None) -> str:
        token = "EAAG" + secrets.token_urlsafe(30)
        self.tokens[token] = Token(account, set(scopes), self.clock(), self.clock() + life if life else None)
        return token

    def new_id(self) -> str:
        self._ids += 1
        return str(self.first_id + self._ids)

    def allow(self, asked: dict[str, str], username: str = "ada", scopes: set[str] | None = None) -> Response:
        """What allowing us on the network's page does: back to the app with a code."""
        if (
            asked.get("client_id") != CLIENT_ID
            or asked.get("response_type") != "code"
            or not asked.get("redirect_uri")
        ):
            raise Refuse(400, "<h1>Invalid app</h1>")
        wanted = set(asked.get("scope", "").split(","))
        if not wanted <= self.scopes_known:
            raise Refuse(400, "<h1>Invalid Scopes</h1>")
        code = "AQB" + secrets.token_urlsafe(20)
        granted = wanted if scopes is None else scopes
        self.codes[code] = Code(self.account(username), granted, asked["redirect_uri"], self.clock())
        query = urlencode({"code": code, "state": asked.get("state", "")})
        return Response(302, "", {"Location": f"{asked['redirect_uri']}?{query}#_"})

    # The sign-in.

    def use_code(self, form: dict[str, str]) -> Code:
        """A code that was handed in: once, by the app it was given to, for the same way back."""
        if (form.get("client_id"), form.get("client_secret")) != (CLIENT_ID, CLIENT_SECRET):
            raise Refuse(400, graph(101, "Error validating application. Cannot get application info"))
        code = self.codes.get(form.get("code", ""))
        fits = code and not code.used and code.redirect_uri == form.get("redirect_uri")
        if not code or not fits or self.clock() - code.issued > HOUR:
            raise Refuse(400, graph(100, "This authorization code has been used.", 36009))
        code.used = True
        return code

    def long_lived(self, token: str, secret: str) -> Response:
        """A token of an hour for one of sixty days."""
        found = self._good(token)
        if secret != CLIENT_SECRET:
            raise Refuse(400, graph(1, "Error validating client secret."))
        made = self.issue(found.account, found.scopes, SIXTY_DAYS)
        return Response(200, {"access_token": made, "token_type": "bearer", "expires_in": 5_184_000})

    def renewed(self, request: Request, grant: str) -> Response:
        """A token that is a day old and has not ended for another one."""
        found = self._good("".join(request.args("access_token")))
        if request.args("grant_type") != [grant]:
            raise Refuse(400, graph(100, "Invalid grant_type"))
        if self.clock() - found.issued < timedelta(hours=24):
            raise Refuse(400, graph(100, "The access token must be at least 24 hours old."))
        made = self.issue(found.account, found.scopes, SIXTY_DAYS)
        return Response(200, {"access_token": made, "token_type": "bearer", "expires_in": 5_184_000})

    def signed_in(self, request: Request, *scopes: str) -> Account:
        """Whose token came along, with the permission that is needed."""
        token = self._good(request.token or "".join(request.args("access_token")))
        missing = set(scopes) - token.scopes
        if missing:
            raise Refuse(403, graph(10, f"Application does not have permission for this action: {sorted(missing)}"))
        return token.account

    def _good(self, token: str) -> Token:
        found = self.tokens.get(token)
        if found is None:
            raise Refuse(401, graph(190, "Invalid OAuth access token - Cannot parse access token"))
        if found.revoked:
            raise Refuse(400, graph(190, "Error validating access token: the user removed the app", 458))
        if found.ends and self.clock() >= found.ends:
            raise Refuse(401, graph(190, "Error validating access token: Session has expired", 463))
        return found

    def no_such_route(self, request: Request) -> Response:
        return Response(400, graph(2500, f"Unknown path components: {request.path}"))

    # Numbers.

    def insights(self, request: Request, known: set[str], needed: str, post: str) -> Response:
        """Numbers of a post; one that nobody has counted yet is an empty list."""
        self.signed_in(request, needed)
        asked = "".join(request.args("metric")).split(",")
        if not asked or not set(asked) <= known:
            raise Refuse(400, graph(100, f"(#100) metric must be one of the following values: {sorted(known)}"))
        counted = self.numbers.get(post, {})
        rows = [
            {
                "name": name,
                "period": "lifetime",
                "values": [{"value": counted[name]}],
                "id": f"{post}/insights/{name}",
            }
            for name in asked
            if name in counted
        ]
        return Response(200, {"data": rows})


def graph(code: int, message: str, subcode: int | None = None, **more: Any) -> dict[str, Any]:
    """Graph's way to say no."""
    error = {"message": message, "type": "OAuthException", "code": code, "fbtrace_id": "AbCdEfGh", **more}
    return {"error": {**error, **({"error_subcode": subcode} if subcode else {})}}


def missing(remote_id: str) -> Refuse:
    """What Graph says of a thing that is not there, or that this token may not see."""
    return Refuse(
        400,
        graph(
            100,
            f"Unsupported get request. Object with ID '{remote_id}' does not exist, cannot be loaded due to missing "
            "permissions, or does not support this operation",
            33,
        ),
    )
