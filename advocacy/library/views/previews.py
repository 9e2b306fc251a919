"""How a post will be drawn by its network, for the pages that show one."""

from __future__ import annotations

from typing import Any
from urllib.parse import urlsplit


def link_card(*, title: str, description: str, url: str, picture: Any) -> dict[str, str] | None:
    """The card below a post; None when no link is shown.

    Args:
        title: of the card.
        description: of the card.
        url: where it leads; "" for none.
        picture: its `Picture`, or None.
    """
    try:
        domain = (urlsplit(url).hostname or "").removeprefix("www.")
    except ValueError:  # not an address yet; saving says so
        domain = ""
    if not domain:
        return None
    return {
        "title": title,
        "description": description,
        "domain": domain,
        "image": picture.path if picture else "",
        "image_alt": "",
    }
