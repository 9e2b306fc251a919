"""Web addresses in a text, and when two are the same."""

from __future__ import annotations

import re
from dataclasses import dataclass
from urllib.parse import parse_qsl, urlsplit

_ADDRESS = re.compile(
    r"(?:https?://|www\.)[^\s<>\"“”«»()\[\]]+"
    r"|(?<![@\w./-])[a-z0-9-]+(?:\.[a-z0-9-]+)*\.(?:com|net|org|no|se|dk|eu|io|info|example|co|de|uk|ai|app|fi|is)\b(?:/[^\s<>\"“”«»()\[\]]*)?",
    re.IGNORECASE,
)
_COUNTING = ("utm_", "fbclid", "gclid", "mc_")
"""How query parameters begin that only count where a visitor came from."""


@dataclass(frozen=True)
class Link:
    """A web address in a text.

    Args:
        start: of the quote.
        end: of the quote.
        quote: as it stands there.
        host: in lower case, without "www.".
        path: without a slash at its end, with what of the query chooses the page.
    """

    start: int
    end: int
    quote: str
    host: str
    path: str

    @property
    def site(self) -> str:
        """The part of the host by which people know the sender: "vestfjord" of "shop.vestfjord.no"."""
        parts = self.host.split(".")
        return parts[-2] if len(parts) > 1 else self.host


def find(text: str) -> list[Link]:
    """Every web address, with and without "https://"."""
    found = []
    for match in _ADDRESS.finditer(text):
        quote = match.group().rstrip(".,;:!?'’*_")
        link = of(quote)
        if link is not None:
            found.append(Link(match.start(), match.start() + len(quote), quote, *link))
    return found


def of(address: str) -> tuple[str, str] | None:
    """Host and path of an address as they are compared; None for what is none."""
    whole = address if "://" in address else f"https://{address}"
    try:
        parts = urlsplit(whole)
        host = (parts.hostname or "").removeprefix("www.")
    except ValueError:
        return None
    kept = [f"{name}={value}" for name, value in parse_qsl(parts.query) if not name.lower().startswith(_COUNTING)]
    return (host, parts.path.rstrip("/") + ("?" + "&".join(sorted(kept)) if kept else "")) if host else None


def same(one: Link, other: Link) -> bool:
    """Whether both lead to the same page."""
    return (one.host, one.path) == (other.host, other.path)
