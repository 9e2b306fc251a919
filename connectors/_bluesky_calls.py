"""Requests to a Bluesky account's server, by whichever sign-in there is, and what its errors' names mean.

Facts: the lexicons com.atproto.server.*, and the reference server's source (auth-verifier, account-manager).
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from datetime import datetime
from typing import Any

from connectors._answers import body_of, expect_object, rate_limited, what_was_said
from connectors._base import ApiConnector
from connectors._bluesky_client import SCOPES
from connectors._bluesky_homes import Directory
from connectors._bluesky_oauth import AtprotoOAuth
from connectors._dpop import Nonces
from connectors._errors import N_, ConnectorError, CredentialsExpired, Reason, Rejected, Transient
from connectors._http import Answer, Http
from connectors._values import Credentials, Identity

OF_AN_ADDRESS = "3000;w=300"
"""The policy that counts all requests of one address, and so all of ours (docs.bsky.app, rate limits)."""
CLOSED = {"AccountTakedown", "AccountDeactivated", "AccountSuspended", "RepoTakendown", "RepoDeactivated"}
_DEAD = {"InvalidToken", "AuthenticationRequired", "AuthMissing", "ScopeMissingError", "AccountNotFound"}


class BlueskyCalls(ApiConnector):
    """The part of the connector that speaks to servers."""

    label = "Bluesky"

    def __init__(self, *, http: Http, settings: Mapping[str, str], now: Callable[[], datetime]) -> None:
        super().__init__(http=http, settings=settings, now=now)
        self._nonces = Nonces()

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

    @property
    def _oauth(self) -> AtprotoOAuth:
        return AtprotoOAuth(
            self._http, now=self._now, directory=self._directory, scopes=self._scopes, nonces=self._nonces
        )

    @property
    def _scopes(self) -> str:
        return self._settings.get("BLUESKY_OAUTH_SCOPES", SCOPES)

    @property
    def _directory(self) -> Directory:
        """Where identities are looked up; with a server and no directory in the settings, that server knows both."""
        own, documents = self._settings.get("BLUESKY_PDS_URL"), self._settings.get("BLUESKY_PLC_URL")
        if own and not documents:
            return Directory(self._settings.get("BLUESKY_APPVIEW_URL", own).rstrip("/"), self._door, "")
        return Directory(self._appview, self._door, (documents or "https://plc.directory").rstrip("/"))

    @property
    def _door(self) -> str:
        """The server to sign in at when an account's own is not known."""
        return self._settings.get("BLUESKY_PDS_URL", "https://bsky.social").rstrip("/")

    @property
    def _appview(self) -> str:
        return self._settings.get("BLUESKY_APPVIEW_URL", "https://public.api.bsky.app").rstrip("/")

    @property
    def _web(self) -> str:
        return self._settings.get("BLUESKY_WEB_URL", "https://bsky.app").rstrip("/")

    @staticmethod
    def _url(nsid: str, credentials: Credentials) -> str:
        return f"{credentials.server}/xrpc/{nsid}"

    def _send(self, method: str, nsid: str, credentials: Credentials, **parts: Any) -> Answer:
        """One request to the account's server, by the token or, where it is bound to a key, with a proof as well."""
        url = self._url(nsid, credentials)
        if is_proven(credentials):
            return self._oauth.send(method, url, credentials, **parts)
        return self._http.send(method, url, **{"token": credentials.access_token, **parts})

    def _call(self, method: str, nsid: str, credentials: Credentials, **parts: Any) -> Answer:
        """The same. Raises: what the error's name means on this network."""
        answer = self._send(method, nsid, credentials, **parts)
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
        if name == "invalid_token":
            # Of a token that is bound to a key: ended or taken back, which only a renewal tells apart.
            return CredentialsExpired(self.reconnect().reason, refreshable=True, network_said=said)
        if name == "use_dpop_nonce":
            return Transient(Reason(N_("Bluesky asked us to try again.")), network_said=said)
        if name in CLOSED:
            return closed(answer)
        if name == "ExpiredToken" or name in _DEAD or answer.status == 401:
            return self.reconnect(said)
        if name == "BlobNotFound":
            return Transient(Reason(N_("Bluesky lost a picture or film on the way.")), network_said=said)
        if name == "RateLimitExceeded":
            return rate_limited(answer, whole_app=answer.headers.get("ratelimit-policy", "").strip() == OF_AN_ADDRESS)
        return None


def is_proven(credentials: Credentials) -> bool:
    """Whether the token is bound to a key: the person signed in on their server's own page."""
    return bool(credentials.extra.get("dpop_key"))


def closed(answer: Answer) -> Rejected:
    reason = N_("This Bluesky account is closed or suspended, so nothing can be published from it.")
    return Rejected(Reason(reason), network_said=what_was_said(answer))
