"""X's API: where it is, what its refusals mean, and how people sign in.

Facts: docs.x.com, authentication (oauth-2-0/authorization-code), fundamentals/response-codes-and-errors, rate-limits;
August 2026.
"""

from __future__ import annotations

import base64
from collections.abc import Iterable
from dataclasses import replace
from datetime import datetime, timedelta
from typing import Any
from urllib.parse import quote

from connectors._answers import body_of, expect_object, rate_limited, what_was_said
from connectors._base import OneAppConnector
from connectors._errors import (
    N_,
    AppForgotten,
    ConnectorError,
    CredentialsExpired,
    OperatorNeeded,
    Reason,
    Rejected,
)
from connectors._http import Answer
from connectors._values import AppRegistration, Credentials, Identity

SHOWN_AFTER = timedelta(seconds=30)
"""A post may take this long to appear in its author's list."""
_OPERATORS_WAIT = timedelta(minutes=15)
_DAYS = ("x-app-limit-24hour", "x-user-limit-24hour")


class XCalls(OneAppConnector):
    """The half of the connector that signs people in and reads refusals."""

    label = "X"
    reads = ("X_CLIENT_ID", "X_CLIENT_SECRET")
    offers_pkce = True
    revokes_with_registration = False

    @property
    def authorize_page(self) -> str:
        return f"{self._web}/i/oauth2/authorize"

    @property
    def scopes(self) -> str:
        return self._setting("X_SCOPES", "tweet.read tweet.write users.read media.write offline.access")

    @property
    def _web(self) -> str:
        return self._setting("X_WEB_URL", "https://x.com")

    @property
    def _api(self) -> str:
        return self._setting("X_API_URL", "https://api.x.com")

    def _setting(self, name: str, otherwise: str) -> str:
        return self._settings.get(name, otherwise).rstrip("/")

    # The sign-in.

    def exchange(self, registration: AppRegistration, *, code: str, verifier: str) -> Credentials:
        """Credentials for the code, which X takes for 30 seconds.

        Raises: Rejected when the code was used or is too old; AppForgotten when X does not know our app.
        """
        fields = {
            "grant_type": "authorization_code",
            "code": code,
            "redirect_uri": registration.redirect_uri,
            "code_verifier": verifier,
        }
        answer = self._of_app(registration, "token", fields, secrets=(code, verifier))
        said = what_was_said(answer)
        if _is_refused(answer):
            reason = N_("{server} did not accept the permission: it was used before or is too old. Start again.")
            raise Rejected(Reason(reason, {"server": self.label}), network_said=said)
        credentials = self._granted(answer, None)
        who = self.identity(credentials)
        return replace(credentials, remote_id=who.remote_id, handle=who.handle)

    def refresh(self, credentials: Credentials) -> Credentials:
        """Newer credentials for the refresh token, which X takes once: keep the new one before anything else.

        Raises: CredentialsExpired (for good) when X does not take it, as after an answer that was lost.
        """
        if not credentials.refresh_token:
            raise self.reconnect()
        fields = {"grant_type": "refresh_token", "refresh_token": credentials.refresh_token}
        secrets = (credentials.refresh_token, credentials.access_token)
        answer = self._of_app(self._app(), "token", fields, secrets=secrets)
        if _is_refused(answer):
            raise self.reconnect(what_was_said(answer))
        return self._granted(answer, credentials)

    def revoke(self, credentials: Credentials, registration: AppRegistration | None = None) -> None:
        """Tell X to forget both tokens."""
        tokens = {"refresh_token": credentials.refresh_token, "access_token": credentials.access_token}
        for kind, token in tokens.items():
            if token:
                fields = {"token": token, "token_type_hint": kind}
                answer = self._of_app(registration or self._app(), "revoke", fields, secrets=(token,))
                if not _is_refused(answer):
                    expect_object(answer)

    def identity(self, credentials: Credentials) -> Identity:
        """The account behind the token."""
        fields = [("user.fields", "username,name,profile_image_url")]
        found = expect_object(self._ask("GET", "users/me", credentials, params=fields), data=dict)["data"]
        if not isinstance(found.get("id"), str) or not isinstance(found.get("username"), str):
            raise self.reconnect("no account in the answer")
        return Identity(
            remote_id=found["id"],
            handle=f"@{found['username']}",
            display_name=str(found.get("name") or found["username"]),
            profile_url=f"{self._web}/{found['username']}",
            avatar_url=found.get("profile_image_url"),
        )

    def _app(self) -> AppRegistration:
        return self.register_app("", redirect_uri="", client_name="")

    def _of_app(
        self, registration: AppRegistration, page: str, fields: dict[str, str], *, secrets: Iterable[str]
    ) -> Answer:
        """One request in our app's own name (RFC 6749, 2.3.1). Raises: AppForgotten."""
        named = f"{quote(registration.client_id, safe='')}:{quote(registration.client_secret, safe='')}"
        basic = base64.b64encode(named.encode()).decode()
        answer = self._http.send(
            "POST",
            f"{self._api}/2/oauth2/{page}",
            headers={"Authorization": f"Basic {basic}"},
            data=fields,
            secrets=(*secrets, basic, registration.client_secret),
        )
        if body_of(answer).get("error") in ("invalid_client", "unauthorized_client"):
            reason = N_("{network} does not know this hub's app. Tell an administrator.")
            raise AppForgotten(Reason(reason, {"network": self.label}), network_said=what_was_said(answer))
        return answer

    def _granted(self, answer: Answer, before: Credentials | None) -> Credentials:
        found = expect_object(answer, access_token=str)
        newer, seconds = found.get("refresh_token"), found.get("expires_in")
        kept = before.refresh_token if before else None
        refresh_token = newer if isinstance(newer, str) and newer else kept
        ends = self._now() + timedelta(seconds=seconds) if type(seconds) is int and 0 < seconds < 1e8 else None
        known = before or Credentials("")
        return replace(known, access_token=found["access_token"], refresh_token=refresh_token, expires_at=ends)

    # Refusals.

    def _ask(self, method: str, path: str, credentials: Credentials, **parts: Any) -> Answer:
        """One request in the person's name. Raises: what X's own table says of a refusal."""
        answer = self._http.send(method, f"{self._api}/2/{path}", token=credentials.access_token or None, **parts)
        error = self._meaning(answer, credentials)
        if error is not None:
            raise error
        return answer

    def _meaning(self, answer: Answer, credentials: Credentials) -> ConnectorError | None:
        """The error that a refusal of X's stands for; ``None`` where HTTP's own meaning is enough."""
        status, said, body = answer.status, what_was_said(answer), body_of(answer)
        kind = str(body.get("type", "")).rsplit("/", 1)[-1]
        if status == 401:
            ended = self.reconnect(said)
            return CredentialsExpired(ended.reason, refreshable=bool(credentials.refresh_token), network_said=said)
        if status == 402 or (kind in _OPERATORS and 400 <= status < 500):
            return self._operators(kind if kind in _OPERATORS else "credits-depleted", said, answer.arrived)
        if status == 429:
            # The day's limit of the app (10,000 posts) holds for everybody here; the others are the account's.
            spent = answer.headers.get("x-app-limit-24hour-remaining", "").strip() == "0"
            return rate_limited(_of_the_day(answer), whole_app=spent)
        if status not in (400, 403) or not body:
            return None
        if kind in ("oauth1-permissions", "oauth2-permissions") or "Unsupported Authentication" in said:
            return self.reconnect(said)
        said = f"{kind}: {said}" if "duplicate" in kind else said
        told = next((told for mark, told in _REFUSALS if mark in kind or mark in said.lower()), None)
        if told is None:
            reason = Reason(
                N_("{server} refused the post and says: {message}"), {"server": self.label, "message": said}
            )
        else:
            reason = Reason(told, {"network": self.label})
        return Rejected(reason, network_said=said)

    def _operators(self, kind: str, said: str, now: datetime) -> OperatorNeeded:
        reason = Reason(_OPERATORS[kind], {"network": self.label})
        return OperatorNeeded(reason, network_said=said, until=now + _OPERATORS_WAIT)


_OPERATORS = {
    "credits-depleted": N_("The company's credit with {network} is used up. An administrator has to top it up."),
    "usage-capped": N_("The company has reached its monthly cap with {network}. An administrator can raise it."),
    "client-forbidden": N_(
        "{network} does not let this hub's app do that. An administrator has to look at the app there."
    ),
    "client-not-enrolled": N_(
        "{network} does not let this hub's app do that. An administrator has to look at the app there."
    ),
}
_REFUSALS = (
    ("user-suspended", N_("{network} has suspended your account. Sign in there to see why.")),
    ("suspended", N_("{network} has suspended your account. Sign in there to see why.")),
    ("temporarily locked", N_("{network} has locked your account for now. Sign in there to unlock it.")),
    ("too long", N_("{network} says that the text is too long. Shorten it.")),
    ("cashtag", N_("{network} takes at most one cashtag (such as $ABC) in a post. Remove the others.")),
    ("invalid url", N_("{network} does not accept an address in this text. Take it out or write another.")),
    ("not permitted to perform", N_("{network} does not allow your account to do this. Its own rules say why.")),
)


def is_duplicate(refused: ConnectorError) -> bool:
    """Whether X says that this text was posted before; it does not say where."""
    return "duplicate content" in refused.network_said.lower() or "duplicate-rules" in refused.network_said


def _is_refused(answer: Answer) -> bool:
    """Whether the token page itself says no (RFC 6749, 5.2), and not something in front of it."""
    return answer.status in (400, 401, 403) and isinstance(body_of(answer).get("error"), str)


def _of_the_day(answer: Answer) -> Answer:
    """The answer with the day's limit in the place of the quarter of an hour's, where the day's is the one reached."""
    for name in _DAYS:
        if answer.headers.get(f"{name}-remaining") == "0" and f"{name}-reset" in answer.headers:
            return replace(answer, headers={"x-rate-limit-reset": answer.headers[f"{name}-reset"]})
    return answer
