"""What a token says of itself, unverified: good for planning (when it ends), never for trust."""

from __future__ import annotations

import json
from base64 import urlsafe_b64decode
from typing import Any


def claims_of(token: str) -> dict[str, Any]:
    """The claims in a JWT; empty when it is none."""
    try:
        payload = token.split(".")[1]
        found = json.loads(urlsafe_b64decode(payload + "=" * (-len(payload) % 4)))
    except (IndexError, ValueError):
        return {}
    return found if isinstance(found, dict) else {}
