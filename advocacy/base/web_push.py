"""Web push: the paper a message to a browser is written on (RFC 8291) and the hub's name under it (RFC 8292).

Only the browser that gave its key can read what is sealed here; the push service between sees its length.
"""

from __future__ import annotations

import base64
import binascii
import json
import os
from datetime import datetime, timedelta
from urllib.parse import urlsplit

from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.hazmat.primitives.asymmetric.utils import decode_dss_signature
from cryptography.hazmat.primitives.ciphers.aead import AESGCM
from cryptography.hazmat.primitives.kdf.hkdf import HKDF
from cryptography.hazmat.primitives.serialization import Encoding, PublicFormat

MOST_BYTES = 3993
"""Of a message, so that it fits into the 4,096 bytes that every push service takes (RFC 8291, section 4)."""
_RECORD = 4096
_SIGNED_FOR = timedelta(hours=12)
"""RFC 8292 allows 24 hours; clocks differ."""


def encoded(raw: bytes) -> str:
    """base64url without padding, as all of web push has it."""
    return base64.urlsafe_b64encode(raw).decode("ascii").rstrip("=")


def decoded(text: str) -> bytes:
    """The bytes that `encoded` wrote.

    Raises:
        ValueError: it is not base64url.
    """
    try:
        return base64.b64decode(text + "=" * (-len(text) % 4), altchars=b"-_", validate=True)
    except (binascii.Error, UnicodeEncodeError) as error:
        raise ValueError("not base64url") from error


def is_key(public: bytes) -> bool:
    """Whether these bytes are a public key that a browser could have made."""
    try:
        ec.EllipticCurvePublicKey.from_encoded_point(ec.SECP256R1(), public)
    except ValueError:
        return False
    return len(public) == 65


def sealed(
    message: bytes, *, public: bytes, auth: bytes, own: ec.EllipticCurvePrivateKey | None = None, salt: bytes = b""
) -> bytes:
    """A message for one browser, as the body of a request with `Content-Encoding: aes128gcm`.

    Args:
        message: up to `MOST_BYTES`.
        public: the browser's key, 65 bytes.
        auth: the browser's secret, 16 bytes.
        own: our key of this one message; made when None (tests give that of the RFC).
        salt: 16 bytes; made when empty.

    Raises:
        ValueError: the message is too long, or the key is none.
    """
    if len(message) > MOST_BYTES:
        raise ValueError("the message is too long for a push service")
    own, salt = own or ec.generate_private_key(ec.SECP256R1()), salt or os.urandom(16)
    theirs = ec.EllipticCurvePublicKey.from_encoded_point(ec.SECP256R1(), public)
    mine = _point(own)
    shared = own.exchange(ec.ECDH(), theirs)
    secret = _derived(shared, salt=auth, info=b"WebPush: info\0" + public + mine, length=32)
    key = _derived(secret, salt=salt, info=b"Content-Encoding: aes128gcm\0", length=16)
    nonce = _derived(secret, salt=salt, info=b"Content-Encoding: nonce\0", length=12)
    header = salt + _RECORD.to_bytes(4, "big") + bytes([len(mine)]) + mine
    return header + AESGCM(key).encrypt(nonce, message + b"\x02", None)


def _derived(secret: bytes, *, salt: bytes, info: bytes, length: int) -> bytes:
    return HKDF(algorithm=hashes.SHA256(), length=length, salt=salt, info=info).derive(secret)


def _point(key: ec.EllipticCurvePrivateKey) -> bytes:
    return key.public_key().public_bytes(Encoding.X962, PublicFormat.UncompressedPoint)


class Vapid:
    """The hub's name towards push services: browsers take messages for a subscription from nobody else.

    Args:
        secret: the private number, base64url of 32 bytes.
        contact: whom a push service may write to: an address that begins with `mailto:` or `https:`.

    Raises:
        ValueError: the secret is none.
    """

    def __init__(self, secret: str, *, contact: str) -> None:
        number = int.from_bytes(decoded(secret), "big")
        self._key = ec.derive_private_key(number, ec.SECP256R1())
        self._contact = contact

    @staticmethod
    def fresh() -> str:
        """A new secret."""
        number = ec.generate_private_key(ec.SECP256R1()).private_numbers().private_value
        return encoded(number.to_bytes(32, "big"))

    @property
    def public(self) -> str:
        """What a browser subscribes with."""
        return encoded(_point(self._key))

    def authorization(self, endpoint: str, now: datetime) -> str:
        """The header that says that a request to this endpoint is ours."""
        place = urlsplit(endpoint)
        claims = {
            "aud": f"{place.scheme}://{place.netloc}",
            "exp": int((now + _SIGNED_FOR).timestamp()),
            "sub": self._contact,
        }
        words = ".".join(
            encoded(json.dumps(part, separators=(",", ":")).encode())
            for part in ({"typ": "JWT", "alg": "ES256"}, claims)
        )
        r, s = decode_dss_signature(self._key.sign(words.encode(), ec.ECDSA(hashes.SHA256())))
        return f"vapid t={words}.{encoded(r.to_bytes(32, 'big') + s.to_bytes(32, 'big'))}, k={self.public}"
