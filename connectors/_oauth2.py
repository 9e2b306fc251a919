"""The parts of OAuth 2 that every network shares: the proof that the one who asks is the one who comes back, and what a
refusal of the code means.
"""

from __future__ import annotations

import hashlib
import secrets
from base64 import urlsafe_b64encode
from dataclasses import dataclass, field

from connectors._answers import body_of, failure, what_was_said
from connectors._errors import N_, AppForgotten, Reason, Rejected
from connectors._http import Answer


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


def raise_for_grant(answer: Answer, *, one_app: bool = False) -> None:
    """Raise what OAuth's own error names mean (RFC 6749, 5.2) when a code or refresh token is refused.

    ``one_app``: whether the app is the settings' own, so that it cannot be registered anew.
    """
    error, said = body_of(answer).get("error"), what_was_said(answer)
    server = {"server": answer.server}
    if error == "invalid_client" and one_app:
        reason = N_(
            "{server} does not accept our app. Tell an administrator: its id or secret in the settings is wrong."
        )
        raise Rejected(Reason(reason, server), network_said=said)
    if error == "invalid_client":
        reason = N_("{server} has forgotten our app. Start again, and it will be registered anew.")
        raise AppForgotten(Reason(reason, server), network_said=said)
    if error in ("invalid_grant", "invalid_request", "invalid_scope"):
        reason = N_("{server} did not accept the permission: it was used before or is too old. Start again.")
        raise Rejected(Reason(reason, server), network_said=said)
    if answer.status >= 300:
        raise failure(answer)
