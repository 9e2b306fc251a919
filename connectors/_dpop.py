"""Requests that prove to hold a key (DPoP, RFC 9449): a stolen token alone opens nothing.

Every request carries a proof made for it: method, address, time, a number used once, the server's latest nonce, and
the hash of the token that it goes along with.
"""

from __future__ import annotations

import hashlib
import secrets
from collections.abc import Callable, Mapping
from datetime import datetime
from typing import Any
from urllib.parse import urlsplit

from connectors._answers import body_of
from connectors._es256 import base64url, public_jwk, signed
from connectors._http import Answer, Http

_MOST_SERVERS = 1000


class Nonces:
    """The latest nonce of each server. Only a shortcut: a missing or an old one costs one more request."""

    def __init__(self) -> None:
        self._known: dict[str, str] = {}

    def get(self, url: str) -> str | None:
        """The nonce that the server of ``url`` gave last."""
        return self._known.get(urlsplit(url).netloc)

    def keep(self, url: str, nonce: str) -> None:
        """Remember a nonce."""
        if len(self._known) >= _MOST_SERVERS:
            self._known.clear()
        self._known[urlsplit(url).netloc] = nonce


def send_proven(
    http: Http,
    method: str,
    url: str,
    *,
    key: str,
    nonces: Nonces,
    now: Callable[[], datetime],
    token: str | None = None,
    headers: Mapping[str, str] | None = None,
    secrets: tuple[str, ...] = (),
    **parts: Any,
) -> Answer:
    """Send a request with a proof by ``key``, once more when the server wants its newest nonce in it.

    A server asks for the nonce before it carries anything out, so the repeat is the first that counts. ``token`` is
    the access token that is bound to the key. Raises: as ``Http.send``.
    """
    hidden = (*secrets, *((token,) if token else ()))
    for _ in range(2):
        used = nonces.get(url)
        proof = _proof(key, method, url, nonce=used, token=token, at=now())
        proven = {**(headers or {}), "DPoP": proof, **({"Authorization": f"DPoP {token}"} if token else {})}
        answer = http.send(method, url, headers=proven, secrets=(*hidden, proof), **parts)
        fresh = answer.headers.get("dpop-nonce", "")
        if fresh:
            nonces.keep(url, fresh)
        if not fresh or fresh == used or not _wants_nonce(answer):
            break
    return answer


def _proof(key: str, method: str, url: str, *, nonce: str | None, token: str | None, at: datetime) -> str:
    claims = {
        "jti": secrets.token_urlsafe(16),
        "htm": method,
        "htu": url.split("?", 1)[0].split("#", 1)[0],
        "iat": int(at.timestamp()),
    }
    if nonce:
        claims["nonce"] = nonce
    if token:
        claims["ath"] = base64url(hashlib.sha256(token.encode()).digest())
    return signed(key, header={"typ": "dpop+jwt", "jwk": public_jwk(key)}, claims=claims)


def _wants_nonce(answer: Answer) -> bool:
    """An authorization server says so with 400 in the body, a resource server with 401 in a header."""
    if answer.status not in (400, 401):
        return False
    return body_of(answer).get("error") == "use_dpop_nonce" or "use_dpop_nonce" in answer.headers.get(
        "www-authenticate", ""
    )
