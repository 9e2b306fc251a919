"""The parts of OAuth 2 that every network shares: the proof that the one who asks is the one who comes
back.
"""

from __future__ import annotations

import hashlib
import secrets
from base64 import urlsafe_b64encode
from dataclasses import dataclass, field


@dataclass(frozen=True, slots=True)
class Pkce:
    """A verifier that stays with us and the challenge that goes along with the person (RFC 7636, S256)."""

    verifier: str = field(repr=False)

    @classmethod
    def new(cls) -> Pkce:
        """A fresh one, for one sign-in."""
        return cls(secrets.token_urlsafe(48))

    @property
    def challenge(self) -> str:
        digest = hashlib.sha256(self.verifier.encode("ascii")).digest()
        return urlsafe_b64encode(digest).rstrip(b"=").decode("ascii")
