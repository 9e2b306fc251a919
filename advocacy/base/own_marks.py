"""What a signed-in person's browser carries so that their visits to links of their own can be told: a mark, no name.

The mark is the person's number, keyed: it tells nothing to whoever sees it, and nothing has to be asked to know it.
"""

from __future__ import annotations

import hashlib
import hmac
from functools import lru_cache

COOKIE, SECURE_COOKIE = "own", "__Host-own"
MARK_BYTES = 16


class OwnMarks:
    """The marks of a hub's people.

    Args:
        secret: the hub's; another secret makes other marks, and browsers get theirs anew on the next page.
    """

    def __init__(self, secret: str) -> None:
        self._key = hashlib.blake2b(secret.encode(), digest_size=32, person=b"own-visits").digest()
        self.of = lru_cache(maxsize=10_000)(self._of)
        """The mark of the person with this id."""

    def _of(self, user_id: int) -> str:
        keyed = hashlib.blake2b(str(user_id).encode(), key=self._key, digest_size=MARK_BYTES)
        return keyed.hexdigest()

    def is_of(self, mark: str, user_id: int) -> bool:
        """Whether a browser's mark is this person's."""
        return hmac.compare_digest(mark.encode("utf-8", "replace"), self.of(user_id).encode())
