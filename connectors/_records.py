"""Record keys of the AT Protocol: an address for a post, chosen by us before the first try."""

from __future__ import annotations

import secrets
from datetime import datetime

_ALPHABET = "234567abcdefghijklmnopqrstuvwxyz"


def new_record_key(at: datetime, clock_id: int | None = None) -> str:
    """A TID (atproto.com/specs/tid): 53 bits of microseconds since 1970 and 10 bits that tell writers apart.

    ``clock_id`` is 0-1023, random if not given: keys made in one microsecond then rarely meet.
    """
    chosen = secrets.randbelow(1024) if clock_id is None else clock_id
    number = (int(at.timestamp() * 1_000_000) << 10) | chosen
    return "".join(_ALPHABET[(number >> shift) & 31] for shift in range(60, -5, -5))
