"""Tracked links: one for each share, leading to the item with the share's origin in its address."""

from __future__ import annotations

import re
import secrets
from urllib.parse import parse_qsl, urlencode, urlsplit, urlunsplit

from sqlalchemy.orm import Session

from advocacy.base.clock import Clock
from advocacy.library.models import ContentItem, ItemKind
from advocacy.sharing.models import Link

BASE58 = "123456789ABCDEFGHJKLMNPQRSTUVWXYZabcdefghijkmnopqrstuvwxyz"
"""Digits and letters without those that look alike (0 O I l): people read links out to each other."""
CODE_LENGTH = 8
"""58^8 is 1.3e14: with a million links one guess in 100 million meets one, and a guess finds nothing secret."""


def address(public_url: str, code: str) -> str:
    """The address people click.

    Args:
        public_url: the hub's own, without a slash at the end (`Settings.address`).
        code: `Link.code`.
    """
    return f"{public_url}/r/{code}"


def sample(public_url: str) -> str:
    """An address as long as a real one, for counters and previews before the link exists."""
    return address(public_url, "x" * CODE_LENGTH)


def make(session: Session, clock: Clock, *, item: ContentItem, network: str) -> Link | None:
    """A fresh tracked link to an item; None when the item leads nowhere, or is a post itself.

    Args:
        session: inside a transaction.
        clock: tells when.
        item: what is shared.
        network: what captions are written for; becomes `utm_source`.
    """
    if not item.source_url or item.kind is ItemKind.POST:  # a post is passed on at its network, not linked to
        return None
    campaign = item.campaign.name if item.campaign is not None else "advocacy"
    link = Link(
        code="".join(secrets.choice(BASE58) for _ in range(CODE_LENGTH)),
        target=with_utm(item.source_url, source=network, campaign=campaign, content=f"item-{item.id}"),
        created_at=clock.now(),
    )
    session.add(link)
    session.flush()
    return link


def with_utm(url: str, *, source: str, campaign: str, content: str) -> str:
    """An address with UTM parameters; those that it has already stay as they are.

    Args:
        url: http or https.
        source: the network.
        campaign: in any spelling; made into small letters with dashes.
        content: tells items of one campaign apart.
    """
    parts = urlsplit(url)
    present = {name for name, _ in parse_qsl(parts.query, keep_blank_values=True)}
    slug = re.sub(r"[^\w]+", "-", campaign.lower()).strip("-")[:80] or "advocacy"
    ours = {"utm_source": source, "utm_medium": "employee", "utm_campaign": slug, "utm_content": content}
    added = urlencode({name: value for name, value in ours.items() if name not in present})
    return urlunsplit(parts._replace(query="&".join(filter(None, (parts.query, added)))))
