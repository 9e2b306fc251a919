"""How the hub describes itself to the servers that sign Bluesky's people in.

Facts: atproto.com/specs/oauth ("Clients"), RFC 8252, RFC 7523. A hub with a public address has a document and a key
of its own, so that sign-ins last for months; one on this machine, for trying things out, has neither.
"""

from __future__ import annotations

import secrets
from collections.abc import Mapping
from datetime import datetime
from typing import Any
from urllib.parse import urlencode, urlsplit

from connectors._errors import N_, Reason, Rejected
from connectors._es256 import public_jwk, signed, thumbprint
from connectors._hosts import origin_of
from connectors._values import AppRegistration

DOCUMENT = "/oauth/client-metadata.json"
SCOPES = "atproto repo:app.bsky.feed.post repo:app.bsky.feed.repost blob:image/* blob:video/mp4"
"""Posts, reposts, pictures and films, and nothing else of the account. As of November 2026."""
ASSERTION = "urn:ietf:params:oauth:client-assertion-type:jwt-bearer"


def client_id(redirect_uri: str, scopes: str) -> str:
    """What servers know the hub by: the address of its document; for a hub on this machine, what would be in it."""
    if _is_loopback(redirect_uri):
        return "http://localhost?" + urlencode({"scope": scopes, "redirect_uri": redirect_uri})
    parts = urlsplit(redirect_uri)
    return f"{parts.scheme}://{parts.netloc}{DOCUMENT}"


def document(registration: AppRegistration, *, scopes: str, client_name: str, website: str) -> dict[str, Any]:
    """The document that servers fetch, with the public half of our key."""
    key = registration.client_secret
    jwk = {**public_jwk(key), "kid": thumbprint(key), "use": "sig", "alg": "ES256"}
    return {
        "client_id": client_id(registration.redirect_uri, scopes),
        "client_name": client_name,
        **({"client_uri": website} if website else {}),
        "application_type": "web",
        "grant_types": ["authorization_code", "refresh_token"],
        "response_types": ["code"],
        "redirect_uris": [registration.redirect_uri],
        "scope": scopes,
        "dpop_bound_access_tokens": True,
        "token_endpoint_auth_method": "private_key_jwt",
        "token_endpoint_auth_signing_alg": "ES256",
        "jwks": {"keys": [jwk]},
    }


def assertion(who: Mapping[str, Any], at: datetime) -> str:
    """Our word for who is asking (RFC 7523), good for a minute; "" for a hub on this machine, which has none."""
    key = str(who["client_key"])
    if not key:
        return ""
    now = int(at.timestamp())
    claims = {
        "iss": who["client_id"],
        "sub": who["client_id"],
        "aud": who["issuer"],
        "jti": secrets.token_urlsafe(16),
        "iat": now,
        "exp": now + 60,
    }
    return signed(key, header={"typ": "JWT", "kid": thumbprint(key)}, claims=claims)


def unfit(redirect_uri: str) -> Reason | None:
    """Why servers would not send anybody back to this address; ``None`` when they would."""
    parts = urlsplit(redirect_uri)
    if _is_loopback(redirect_uri):
        return None
    try:
        origin_of(f"{parts.scheme}://{parts.netloc}")
    except Rejected:
        return Reason(
            N_(
                "Signing in with Bluesky takes a hub that Bluesky can reach: at an address that begins with https://, "
                "has a name of its own and no port. An app password works everywhere."
            )
        )
    return None


def _is_loopback(redirect_uri: str) -> bool:
    parts = urlsplit(redirect_uri)
    # By number alone: a name could lead elsewhere (RFC 8252, 8.3), and servers refuse it.
    return parts.scheme == "http" and parts.hostname in ("127.0.0.1", "::1")
