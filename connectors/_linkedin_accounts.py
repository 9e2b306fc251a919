"""LinkedIn's members: their permission for sixty days, whom it belongs to, and what LinkedIn's refusals mean.

Facts: learn.microsoft.com, LinkedIn, authorization code flow, programmatic refresh tokens, Sign In with LinkedIn using
OpenID Connect, API error handling, versioning.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from typing import Any

from connectors._answers import body_of, expect_object, moment_of, rate_limited, unclear, what_was_said
from connectors._base import OneAppConnector
from connectors._errors import N_, ConnectorError, Reason, Rejected
from connectors._http import Answer
from connectors._oauth2 import raise_for_grant
from connectors._values import AppRegistration, Credentials, Identity

# LinkedIn refuses the whole question when the company's app lacks one of these: an app with the Community Management
# API names its own in LINKEDIN_SCOPES, and with r_member_postAnalytics among them figures are read.
SCOPES = "openid profile w_member_social"
# The newest month whose interface was known to work when this was written, October 2026; each lives at least a year.
VERSION = "202609"


class LinkedInAccounts(OneAppConnector):
    """The half of the connector that signs people in and speaks to LinkedIn."""

    label = "LinkedIn"
    cancelled = ("user_cancelled_login", "user_cancelled_authorize", "access_denied")

    @property
    def authorize_page(self) -> str:
        """LinkedIn's own page."""
        return f"{self._web}/oauth/v2/authorization"

    @property
    def scopes(self) -> str:
        """The default, or what the company's app was granted."""
        return self._settings.get("LINKEDIN_SCOPES", SCOPES)

    def exchange(self, registration: AppRegistration, *, code: str, verifier: str) -> Credentials:  # noqa: ARG002
        """Credentials for the code the person came back with: for sixty days, rarely with a refresh token.

        Raises: Rejected when the code is used or too old, or LinkedIn does not accept our app.
        """
        body = {"grant_type": "authorization_code", "code": code, "redirect_uri": registration.redirect_uri}
        credentials = self._token(registration, body, code, {})
        who = self.identity(credentials)
        return replace(credentials, remote_id=who.remote_id, handle=who.handle)

    def refresh(self, credentials: Credentials) -> Credentials:
        """Sixty more days, for the few apps that LinkedIn gave refresh tokens; else the person has to come again."""
        if not credentials.refresh_token:
            raise self.reconnect()
        body = {"grant_type": "refresh_token", "refresh_token": credentials.refresh_token}
        ours = self.register_app("", redirect_uri="", client_name="")
        try:
            newer = self._token(ours, body, credentials.refresh_token, credentials.extra)
        except Rejected as refused:
            raise self.reconnect(refused.network_said) from refused
        return replace(
            newer,
            refresh_token=newer.refresh_token or credentials.refresh_token,
            remote_id=credentials.remote_id,
            handle=credentials.handle,
        )

    def sign_in_ends(self, credentials: Credentials) -> datetime | None:
        """The end of the token, or of the refresh token where there is one: its clock is never set back."""
        if credentials.refresh_token:
            return moment_of(credentials.extra.get("refresh_ends"))
        return credentials.expires_at

    def identity(self, credentials: Credentials) -> Identity:
        """The member behind the token. LinkedIn tells the name, and no address of the profile."""
        token = credentials.access_token
        if "openid" in self.scopes.split():
            found = expect_object(self._read(f"{self._api}/v2/userinfo", token), sub=str)
            name = _text(found, "name") or " ".join(_text(found, key) for key in ("given_name", "family_name"))
            return Identity(found["sub"], name.strip() or self.label, name, None, _text(found, "picture") or None)
        found = expect_object(self._read(f"{self._api}/v2/me", token), id=str)
        name = " ".join(_text(found, key) for key in ("localizedFirstName", "localizedLastName")).strip()
        return Identity(found["id"], name or self.label, name)

    def revoke(self, credentials: Credentials, registration: AppRegistration | None = None) -> None:
        """Tell LinkedIn to forget the token."""
        ours = registration or self.register_app("", redirect_uri="", client_name="")
        body = {"token": credentials.access_token, "client_id": ours.client_id, "client_secret": ours.client_secret}
        secrets = (credentials.access_token, ours.client_secret)
        answer = self._http.send("POST", f"{self._web}/oauth/v2/revoke", data=body, secrets=secrets)
        if answer.status not in (400, 401) and not 200 <= answer.status < 300:
            expect_object(answer)

    @property
    def _api(self) -> str:
        return self._settings.get("LINKEDIN_API_URL", "https://api.linkedin.com").rstrip("/")

    @property
    def _web(self) -> str:
        return self._settings.get("LINKEDIN_WEB_URL", "https://www.linkedin.com").rstrip("/")

    @property
    def _version(self) -> str:
        return self._settings.get("LINKEDIN_VERSION", VERSION)

    def _token(
        self, ours: AppRegistration, body: dict[str, str], secret: str, earlier: Mapping[str, Any]
    ) -> Credentials:
        form = {**body, "client_id": ours.client_id, "client_secret": ours.client_secret}
        secrets = (secret, ours.client_secret)
        answer = self._http.send("POST", f"{self._web}/oauth/v2/accessToken", data=form, secrets=secrets)
        raise_for_grant(answer, one_app=True)
        made = expect_object(answer, access_token=str)
        refresh = made.get("refresh_token")
        ends = self._end(made.get("refresh_token_expires_in"))
        extra = {
            **earlier,
            "scope": " ".join(re.split(r"[ ,]+", _text(made, "scope") or self.scopes)),
            **({"refresh_ends": ends.isoformat()} if ends else {}),
        }
        return Credentials(
            access_token=made["access_token"],
            refresh_token=refresh if isinstance(refresh, str) and refresh else None,
            expires_at=self._end(made.get("expires_in")),
            server=self.server_origin(""),
            extra=extra,
        )

    def _end(self, seconds: Any) -> datetime | None:
        """A moment so many seconds from now; ten years at most. ``None`` where the network does not say."""
        if type(seconds) is not int or seconds <= 0:
            return None
        return self._now() + timedelta(seconds=min(seconds, 315_360_000))

    def _read(self, url: str, token: str) -> Answer:
        answer = self._http.send("GET", url, token=token)
        self._raise_for(answer)
        return answer

    def _ask(self, method: str, path: str, credentials: Credentials, **parts: Any) -> Answer:
        """One request to the versioned interface. Raises: what LinkedIn's own table says of a refusal."""
        headers = {
            "LinkedIn-Version": self._version,
            "X-Restli-Protocol-Version": "2.0.0",
            **parts.pop("headers", {}),
        }
        url = f"{self._api}/rest/{path}"
        answer = self._http.send(method, url, token=credentials.access_token, headers=headers, **parts)
        self._raise_for(answer)
        return answer

    def _raise_for(self, answer: Answer) -> None:
        error = self._own_meaning(answer)
        if error is not None:
            raise error

    def _own_meaning(self, answer: Answer) -> ConnectorError | None:
        """What only LinkedIn means by a status."""
        said = what_was_said(answer)
        if answer.status == 401 or (answer.status == 403 and said.startswith("Not enough permissions")):
            return self.reconnect(said)
        if answer.status == 409 and answer.publishes:
            return unclear(answer)
        if answer.status == 426:
            reason = N_(
                "LinkedIn no longer knows the version of its interface that this hub asks for ({version}). "
                "An administrator has to set LINKEDIN_VERSION to a newer month."
            )
            return Rejected(Reason(reason, {"version": self._version}), network_said=said)
        if answer.status == 429:
            # LinkedIn names no time. Its quotas, 150 requests a member and day, begin anew at midnight UTC.
            return rate_limited(answer, otherwise=_next_midnight(answer.arrived))
        if answer.status == 999:
            reason = N_(
                "LinkedIn takes our requests for those of a robot and does not answer them. Nothing was published. "
                "Please post it yourself, and tell an administrator."
            )
            return Rejected(Reason(reason), network_said=said)
        return None


def code_of(answer: Answer) -> str:
    """LinkedIn's own name for what is wrong; "" where it gives none."""
    found = body_of(answer)
    details = found.get("errorDetails")
    inputs = details.get("inputErrors") if isinstance(details, dict) else None
    first = inputs[0] if isinstance(inputs, list) and inputs else {}
    return (_text(first, "code") if isinstance(first, dict) else "") or _text(found, "code")


def _next_midnight(at: datetime) -> datetime:
    day = at.astimezone(UTC).replace(hour=0, minute=0, second=0, microsecond=0)
    return day + timedelta(days=1)


def _text(found: Mapping[str, Any], key: str) -> str:
    value = found.get(key)
    return value if isinstance(value, str) else ""
