"""Signatures by a P-256 key of ours (ES256, RFC 7518): what Bluesky's OAuth asks for as proof of who is calling.

The one place of this library that needs `cryptography`: see docs/adr/0006. A key is kept as text: its private number,
32 bytes in base64url.
"""

from __future__ import annotations

import hashlib
import json
from base64 import urlsafe_b64decode, urlsafe_b64encode
from collections.abc import Mapping
from typing import Any

from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.hazmat.primitives.asymmetric.utils import decode_dss_signature

_BYTES = 32


def new_key() -> str:
    """A fresh private key. It is a secret."""
    return _text(ec.generate_private_key(ec.SECP256R1()).private_numbers().private_value)


def public_jwk(key: str) -> dict[str, str]:
    """The public half as a JWK (RFC 7517), with nothing secret in it."""
    point = _private(key).public_key().public_numbers()
    return {"crv": "P-256", "kty": "EC", "x": _text(point.x), "y": _text(point.y)}


def thumbprint(key: str) -> str:
    """The name that a public key has by its content (RFC 7638)."""
    canonical = json.dumps(public_jwk(key), sort_keys=True, separators=(",", ":"))
    return base64url(hashlib.sha256(canonical.encode()).digest())


def signed(key: str, *, header: Mapping[str, Any], claims: Mapping[str, Any]) -> str:
    """A JWT of these claims, signed by ``key``."""
    head = {"alg": "ES256", **header}
    said = ".".join(base64url(json.dumps(part, separators=(",", ":")).encode()) for part in (head, claims))
    r, s = decode_dss_signature(_private(key).sign(said.encode("ascii"), ec.ECDSA(hashes.SHA256())))
    return f"{said}.{base64url(r.to_bytes(_BYTES, 'big') + s.to_bytes(_BYTES, 'big'))}"


def base64url(data: bytes) -> str:
    """Base64 for addresses, without its padding, as everywhere in OAuth."""
    return urlsafe_b64encode(data).rstrip(b"=").decode("ascii")


def _text(number: int) -> str:
    return base64url(number.to_bytes(_BYTES, "big"))


def _private(key: str) -> ec.EllipticCurvePrivateKey:
    number = int.from_bytes(urlsafe_b64decode(key + "=" * (-len(key) % 4)), "big")
    return ec.derive_private_key(number, ec.SECP256R1())
