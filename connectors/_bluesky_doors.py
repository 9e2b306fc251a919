"""Who signs the accounts of an AT Protocol server in: its authorization server, asked for and checked both ways.

Facts: atproto.com/specs/oauth ("Identity Authentication", "Authorization Servers"), RFC 9728 and RFC 8414. A server
may sign its accounts in itself, or send them to one for many (Bluesky's own servers do).
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from connectors._answers import body_of, failure, what_was_said
from connectors._errors import N_, Reason, Rejected
from connectors._http import Answer, Http

_NEEDED = ("pushed_authorization_request_endpoint", "authorization_endpoint", "token_endpoint")
_OFFERS = {"code_challenge_methods_supported": "S256", "dpop_signing_alg_values_supported": "ES256"}


@dataclass(frozen=True, slots=True)
class Door:
    """An authorization server: its name (``issuer``) and where it takes which request."""

    issuer: str
    push: str
    authorize: str
    token: str
    revoke: str


def door_of(http: Http, server: str) -> Door:
    """The authorization server of the accounts on ``server`` (an origin).

    Raises: Rejected when the server or its authorization server do not name each other, or offer no OAuth;
    the error of the answer when they cannot be asked now.
    """
    answer = http.send("GET", f"{server}/.well-known/oauth-protected-resource")
    named = body_of(answer)
    if answer.status >= 500 or answer.status == 429:
        raise failure(answer)
    if answer.status != 200 or not named:
        return _door(http, server, resource=None)  # an authorization server for others has no accounts itself
    issuers = named.get("authorization_servers")
    if named.get("resource") != server or not isinstance(issuers, list) or len(issuers) != 1:
        raise _no_oauth(answer)
    return _door(http, http.origin_of(str(issuers[0])), resource=server)


def _door(http: Http, issuer: str, *, resource: str | None) -> Door:
    answer = http.send("GET", f"{issuer}/.well-known/oauth-authorization-server")
    said = body_of(answer)
    if answer.status >= 500 or answer.status == 429:
        raise failure(answer)
    served = said.get("protected_resources")
    if (
        answer.status != 200
        or said.get("issuer") != issuer
        or (resource is not None and isinstance(served, list) and resource not in served)
        or any(not isinstance(said.get(name), str) for name in _NEEDED)
        or any(not _holds(said, name, value) for name, value in _OFFERS.items())
        or said.get("require_pushed_authorization_requests") is not True
        or said.get("authorization_response_iss_parameter_supported") is not True
        or said.get("client_id_metadata_document_supported") is not True
    ):
        raise _no_oauth(answer)
    push, authorize, token = (_checked(http, said[name]) for name in _NEEDED)
    end = said.get("revocation_endpoint")
    return Door(issuer, push, authorize, token, _checked(http, end) if isinstance(end, str) else "")


def _holds(said: dict[str, Any], name: str, value: str) -> bool:
    found = said.get(name)
    return isinstance(found, list) and value in found


def _checked(http: Http, url: str) -> str:
    """An address that a browser is sent to, or a secret: of a public server, over https. Raises: Rejected."""
    http.origin_of(url)
    return url


def _no_oauth(answer: Answer) -> Rejected:
    reason = N_("{server} does not sign people in the way Bluesky's servers do. Use an app password instead.")
    return Rejected(Reason(reason, {"server": answer.server}), network_said=what_was_said(answer))
