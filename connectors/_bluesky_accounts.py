"""Bluesky's accounts: a session from an app password, its renewal and end, and what the errors' names mean.

Facts: the lexicons com.atproto.server.*, and the reference server's source (auth-verifier, account-manager).
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from datetime import UTC, datetime
from typing import Any

from connectors._answers import body_of, expect_object, rate_limited, what_was_said
from connectors._base import AppPasswordConnector
from connectors._bluesky_homes import home_of, server_in
from connectors._errors import N_, ConnectorError, CredentialsExpired, Reason, Rejected, Transient
from connectors._http import Answer
from connectors._jwt import claims_of
from connectors._values import AppRegistration, Credentials, Identity

_APP_PASSWORD = re.compile(r"[a-z2-7]{4}(-[a-z2-7]{4}){3}")
_CLOSED = {"AccountTakedown", "AccountDeactivated", "AccountSuspended", "RepoTakendown", "RepoDeactivated"}
_DEAD = {"InvalidToken", "AuthenticationRequired", "AuthMissing", "ScopeMissingError", "AccountNotFound"}


class BlueskyAccounts(AppPasswordConnector):
    """The half of the connector that signs people in."""

    label = "Bluesky"

    def sign_in(self, identifier: str, app_password: str, server: str | None = None) -> Credentials:
        """A session for a handle or mail address, to be kept and refreshed: there are 300 sign-ins a day.

        ``server`` is only needed where the account's own server cannot be learnt from its handle.
        Raises: Rejected for an account password, a wrong one, or an account that is closed.
        """
        password = app_password.strip()
        if not _APP_PASSWORD.fullmatch(password):
            raise Rejected(
                Reason(
                    N_(
                        "This is not an app password. Make one in Bluesky under Settings, Privacy and security, "
                        "App passwords; it looks like abcd-efgh-ijkl-mnop. Your own password stays yours."
                    )
                )
            )
        who = identifier.strip().lstrip("@").lower()
        asked = self.server_origin(server or self._home_of(who))
        body = {"identifier": who, "password": password}
        url = f"{asked}/xrpc/com.atproto.server.createSession"
        answer = self._http.send("POST", url, json=body, secrets=(password,))
        self._raise_for_sign_in(answer)
        session = expect_object(answer, did=str, handle=str, accessJwt=str, refreshJwt=str)
        if session.get("active") is False:
            raise _closed(answer)
        return self._credentials(session, asked, {})

    def refresh(self, credentials: Credentials) -> Credentials:
        """A new pair. For two hours the old refresh token gives the same one again, should the answer be lost."""
        nsid = "com.atproto.server.refreshSession"
        try:
            answer = self._call("POST", nsid, credentials, token=credentials.refresh_token)
        except CredentialsExpired as error:
            raise self.reconnect(error.network_said) from error
        session = expect_object(answer, did=str, handle=str, accessJwt=str, refreshJwt=str)
        return self._credentials(session, str(credentials.server), credentials.extra)

    def revoke(
        self,
        credentials: Credentials,
        registration: AppRegistration | None = None,  # noqa: ARG002
    ) -> None:
        """End the session. The app password itself is the person's to take back."""
        nsid = "com.atproto.server.deleteSession"
        try:
            expect_object(self._call("POST", nsid, credentials, token=credentials.refresh_token))
        except CredentialsExpired:
            return

    def identity(self, credentials: Credentials) -> Identity:
        """The account behind the session, as its own server knows it."""
        answer = self._call("GET", "com.atproto.server.getSession", credentials)
        session = expect_object(answer, did=str, handle=str)
        return Identity(
            remote_id=session["did"],
            handle=f"@{session['handle']}",
            display_name=session["handle"],
            profile_url=f"{self._web}/profile/{session['did']}",
        )

    def _home_of(self, who: str) -> str:
        """The address to sign in at. An operator who names a server of their own has a network of their own."""
        door, directory = self._settings.get("BLUESKY_PDS_URL"), self._settings.get("BLUESKY_PLC_URL")
        home = None
        if "@" not in who and (directory or not door):
            home = home_of(self._http, who, appview=self._appview, directory=directory or "https://plc.directory")
        return home or door or "https://bsky.social"

    @property
    def _appview(self) -> str:
        return self._settings.get("BLUESKY_APPVIEW_URL", "https://public.api.bsky.app").rstrip("/")

    @property
    def _web(self) -> str:
        return self._settings.get("BLUESKY_WEB_URL", "https://bsky.app").rstrip("/")

    @staticmethod
    def _url(nsid: str, credentials: Credentials) -> str:
        return f"{credentials.server}/xrpc/{nsid}"

    def _call(
        self, method: str, nsid: str, credentials: Credentials, *, token: str | None = None, **parts: Any
    ) -> Answer:
        """One request to the account's server. Raises: what the error's name means on this network."""
        bearer = token or credentials.access_token
        answer = self._http.send(method, self._url(nsid, credentials), token=bearer, **parts)
        self._raise_for(answer)
        return answer

    def _raise_for(self, answer: Answer) -> None:
        error = self._own_meaning(answer)
        if error is not None:
            raise error

    def _own_meaning(self, answer: Answer) -> ConnectorError | None:
        """What Bluesky's error names mean. An expired token is a 400 here."""
        if answer.status < 400:
            return None
        name, said = str(body_of(answer).get("error")), what_was_said(answer)
        if name == "ExpiredToken" and "revoked" not in said:
            return CredentialsExpired(self.reconnect().reason, refreshable=True, network_said=said)
        if name in _CLOSED:
            return _closed(answer)
        if name == "ExpiredToken" or name in _DEAD or answer.status == 401:
            return self.reconnect(said)
        if name == "BlobNotFound":
            return Transient(Reason(N_("Bluesky lost a picture on the way.")), network_said=said)
        if name == "RateLimitExceeded":
            return rate_limited(answer)
        return None

    def _raise_for_sign_in(self, answer: Answer) -> None:
        """What a refused sign-in means: nobody is signed in yet, so nothing has expired."""
        said = what_was_said(answer)
        if str(body_of(answer).get("error")) in _CLOSED:
            raise _closed(answer)
        if answer.status in (400, 401) and body_of(answer):
            reason = N_("Bluesky did not accept this handle with this app password. Check both, or make a new one.")
            raise Rejected(Reason(reason), network_said=said)
        if answer.status in (404, 405, 501) or (answer.status < 400 and not body_of(answer)):
            reason = N_("{server} does not answer like a Bluesky server. Check its name, or leave it out.")
            raise Rejected(Reason(reason, {"server": answer.server}), network_said=said)

    def _credentials(self, session: dict[str, Any], asked: str, extra: Mapping[str, Any]) -> Credentials:
        return Credentials(
            access_token=session["accessJwt"],
            refresh_token=session["refreshJwt"],
            expires_at=_end_of(session["accessJwt"]),
            server=self._server_in(session, asked),
            remote_id=session["did"],
            handle=f"@{session['handle']}",
            extra=extra,
        )

    def _server_in(self, session: dict[str, Any], asked: str) -> str:
        """The server that holds the account, named by its DID document. The one we asked may only be the door."""
        named = server_in(session.get("didDoc"))
        return self.server_origin(named) if named else asked


def _end_of(token: str) -> datetime | None:
    ends = claims_of(token).get("exp")
    # Later than the year 2100 is no end at all, and soon more than a date can hold.
    return datetime.fromtimestamp(ends, UTC) if type(ends) is int and 0 < ends < 4e9 else None


def _closed(answer: Answer) -> Rejected:
    reason = N_("This Bluesky account is closed or suspended, so nothing can be published from it.")
    return Rejected(Reason(reason), network_said=what_was_said(answer))
