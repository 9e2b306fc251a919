"""The link at the foot of letters by which their reader stops them, without signing in (RFC 8058)."""

from __future__ import annotations

import base64
import json

from advocacy.base.errors import NotFound
from advocacy.base.sealing import CannotOpen, Sealer
from advocacy.base.text import Text
from advocacy.messages.choices import KINDS_OF_LETTERS

_CONTEXT = "unsubscribe"
PREVIEW = "preview"
"""What the address of a link ends with that stops nothing."""


def token(sealer: Sealer, *, user_id: int, letters: str) -> str:
    """What an address of the link ends with: sealed, so that nobody can make one for somebody else, or read it.

    Args:
        sealer: closes it.
        user_id: whose letters.
        letters: one of `choices.KINDS_OF_LETTERS`.
    """
    sealed = sealer.seal(json.dumps([user_id, letters]), context=_CONTEXT)
    return base64.urlsafe_b64encode(sealed).decode().rstrip("=")


def link(sealer: Sealer, *, address: str, user_id: int, letters: str) -> str:
    """The whole address."""
    return f"{address}/unsubscribe/{token(sealer, user_id=user_id, letters=letters)}"


def preview_link(address: str) -> str:
    """The whole address of a link that stands in a look at a letter: it says that it stops nothing."""
    return f"{address}/unsubscribe/{PREVIEW}"


def opened(sealer: Sealer, given: str) -> tuple[int, str]:
    """Whose letters and which.

    Raises:
        NotFound: it is not one of ours, or its key is gone.
    """
    try:
        sealed = base64.urlsafe_b64decode(given + "=" * (-len(given) % 4))
        user_id, letters = json.loads(sealer.open(sealed, context=_CONTEXT))
    except (CannotOpen, ValueError, IndexError):
        raise NotFound(Text("This link does not work. Sign in and choose under Messages what you want.")) from None
    if letters not in KINDS_OF_LETTERS:
        raise NotFound()
    return int(user_id), str(letters)
