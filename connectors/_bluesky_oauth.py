"""Signing in on the page of a Bluesky account's own server: OAuth as the AT Protocol wants it.

Facts: atproto.com/specs/oauth, and the source of the reference server (@atproto/oauth-provider). The hub describes
itself in a document that the server fetches; requests are pushed (RFC 9126); tokens are bound to a key (RFC 9449);
whoever comes back is checked against who set out.
"""

from __future__ import annotations

import contextlib
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any
from urllib.parse import urlencode

from connectors._answers import body_of, expect_object, failure, what_was_said
from connectors._bluesky_client import ASSERTION, assertion, client_id
from connectors._bluesky_doors import Door, door_of
from connectors._bluesky_homes import Directory
from connectors._dpop import Nonces, send_proven
from connectors._errors import N_, ConnectorError, Reason, Rejected, Transient
from connectors._es256 import new_key
from connectors._http import Answer, Http
from connectors._oauth2 import Pkce
from connectors._values import AppRegistration, Begun, Credentials


@dataclass(frozen=True, slots=True)
class Person:
    """Whom a sign-in is for: their DID, "" when only a server was named, and that server."""

    did: str
    server: str


class AtprotoOAuth:
    """Signs people in at one of many servers. Keeps nothing but the servers' nonces.

    ``scopes`` are what is asked for; ``nonces`` is shared by all sign-ins.
    """

    def __init__(
        self, http: Http, *, now: Callable[[], datetime], directory: Directory, scopes: str, nonces: Nonces
    ) -> None:
        self._http = http
        self._now = now
        self._directory = directory
        self._scopes = scopes
        self._nonces = nonces

    def begin(self, registration: AppRegistration, person: Person, *, hint: str, state: str, pkce: Pkce) -> Begun:
        """Push the request to the person's authorization server, with a key made for this sign-in alone.

        Raises: Rejected when the server takes no OAuth, or refuses us.
        """
        door, key = door_of(self._http, person.server), new_key()
        client = client_id(registration.redirect_uri, self._scopes)
        form = {
            "response_type": "code",
            "redirect_uri": registration.redirect_uri,
            "scope": self._scopes,
            "state": state,
            "code_challenge": pkce.challenge,
            "code_challenge_method": "S256",
            **({"login_hint": hint} if hint else {}),
        }
        who = {"client_id": client, "client_key": registration.client_secret, "issuer": door.issuer}
        answer = self._post(door.push, form, who, key=key)
        _raise_for_refusal(answer)
        pushed = expect_object(answer, request_uri=str)
        seconds = pushed.get("expires_in")
        kept = {**who, **_endpoints(door), "dpop_key": key, "did": person.did}
        url = f"{door.authorize}?{urlencode({'client_id': client, 'request_uri': pushed['request_uri']})}"
        return Begun(url, kept, timedelta(seconds=min(seconds, 600) if type(seconds) is int and seconds > 0 else 300))

    def complete(
        self, registration: AppRegistration, *, code: str, verifier: str, kept: Mapping[str, str]
    ) -> Credentials:
        """Exchange the code, and believe the answer only of the account that set out, from its own server.

        Raises: Rejected when the person came back as somebody else.
        """
        form = {
            "grant_type": "authorization_code",
            "code": code,
            "code_verifier": verifier,
            "redirect_uri": registration.redirect_uri,
        }
        answer = self._post(kept["token_endpoint"], form, kept, key=kept["dpop_key"], hidden=(code, verifier))
        _raise_for_refusal(answer)
        tokens = self._tokens(answer, kept, server="")
        try:
            server = self._server_behind(tokens.remote_id, kept)
        except ConnectorError:
            with contextlib.suppress(ConnectorError):
                self.revoke(tokens)  # nobody shall hold what nobody may use
            raise
        return self._tokens(answer, kept, server=server)

    def refresh(self, credentials: Credentials) -> Credentials | None:
        """Newer tokens for these; ``None`` when the grant is dead. The refresh token is good once."""
        form = {"grant_type": "refresh_token", "refresh_token": credentials.refresh_token or ""}
        kept = credentials.extra
        answer = self._post(
            kept["token_endpoint"], form, kept, key=kept["dpop_key"], hidden=(credentials.refresh_token or "",)
        )
        error = body_of(answer).get("error")
        if error in ("use_dpop_nonce", "invalid_client_metadata"):  # asked again soon, it may go: the token is unused
            reason = N_("{server} did not renew your sign-in just now. We will try again.")
            raise Transient(Reason(reason, {"server": answer.server}), network_said=what_was_said(answer))
        if error and 400 <= answer.status < 429:
            return None
        newer = self._tokens(answer, kept, server=str(credentials.server))
        return newer if newer.remote_id == credentials.remote_id else None

    def revoke(self, credentials: Credentials) -> None:
        """Give the whole grant back. One that is gone already is fine with the server."""
        kept = credentials.extra
        if not kept.get("revocation_endpoint"):
            return
        token = credentials.refresh_token or credentials.access_token
        answer = self._post(
            kept["revocation_endpoint"], {"token": token}, kept, key=kept["dpop_key"], hidden=(token,)
        )
        if answer.status not in (400, 401, 403) and answer.status >= 300:
            raise failure(answer)

    def send(self, method: str, url: str, credentials: Credentials, **parts: Any) -> Answer:
        """A request as the person, with the proof that their token needs."""
        return send_proven(
            self._http,
            method,
            url,
            key=str(credentials.extra["dpop_key"]),
            token=credentials.access_token,
            nonces=self._nonces,
            now=self._now,
            **parts,
        )

    def _post(
        self, url: str, form: Mapping[str, str], who: Mapping[str, Any], *, key: str, hidden: tuple[str, ...] = ()
    ) -> Answer:
        """A form sent to an authorization server, as our app."""
        proof = assertion(who, self._now())
        body = {**form, "client_id": who["client_id"]}
        if proof:
            body |= {"client_assertion_type": ASSERTION, "client_assertion": proof}
        return send_proven(
            self._http,
            "POST",
            url,
            key=key,
            nonces=self._nonces,
            now=self._now,
            data=body,
            secrets=(*hidden, *((proof,) if proof else ())),
        )

    def _tokens(self, answer: Answer, kept: Mapping[str, Any], *, server: str) -> Credentials:
        said = expect_object(answer, access_token=str, refresh_token=str, token_type=str, sub=str, scope=str)
        seconds = said.get("expires_in")
        if said["token_type"].lower() != "dpop" or "atproto" not in said["scope"].split():
            raise _no_use(answer)
        lasts = timedelta(seconds=seconds) if type(seconds) is int and 0 < seconds < 10**8 else timedelta(minutes=5)
        return Credentials(
            access_token=said["access_token"],
            refresh_token=said["refresh_token"],
            expires_at=self._now() + lasts,
            server=server,
            remote_id=said["sub"],
            extra={name: value for name, value in kept.items() if name != "did"},
        )

    def _server_behind(self, did: str, kept: Mapping[str, str]) -> str:
        """The server of who signed in: they who set out, and in the care of the server that says so."""
        if kept["did"] and did != kept["did"]:
            reason = N_(
                "You signed in to another account than the one you named, so nothing was connected. Start again, and "
                "name the account you want, or leave the field empty."
            )
            raise Rejected(Reason(reason), network_said=f"sub is {did[:100]}")
        server = self._directory.server_of(self._http, did)
        if door_of(self._http, server).issuer != kept["issuer"]:
            reason = N_(
                "The server that signed you in is not the one that your account trusts. Nothing was connected."
            )
            raise Rejected(Reason(reason), network_said=f"sub is {did[:100]}")
        return server


def _endpoints(door: Door) -> dict[str, str]:
    return {"token_endpoint": door.token, "revocation_endpoint": door.revoke}


def _raise_for_refusal(answer: Answer) -> None:
    """Raise what OAuth's own error names mean while somebody is signing in (RFC 6749, 5.2; RFC 9126, 2.3)."""
    error, said = str(body_of(answer).get("error")), what_was_said(answer)
    if answer.status < 400 or answer.status >= 500 or answer.status == 429 or not body_of(answer):
        if answer.status >= 300:
            raise failure(answer)
        return
    if error == "invalid_grant":
        reason = N_("{server} did not accept the permission: it was used before or is too old. Start again.")
    elif error in ("invalid_client", "invalid_client_metadata", "invalid_redirect_uri"):
        reason = N_(
            "{server} could not read who we are. The hub's address must be reachable from the internet. Tell an "
            "administrator, or use an app password."
        )
    elif error == "invalid_scope":
        reason = N_("{server} cannot allow us to publish alone. Use an app password instead.")
    else:
        reason = N_("{server} did not begin the sign-in. Start again, or use an app password.")
    raise Rejected(Reason(reason, {"server": answer.server}), network_said=said)


def _no_use(answer: Answer) -> Rejected:
    reason = N_("{server} gave a permission that cannot be used. Start again, or use an app password.")
    return Rejected(Reason(reason, {"server": answer.server}), network_said="no DPoP token, or without atproto")
