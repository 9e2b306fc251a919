"""Tracked links: one for each share, leading to the item with the share's origin in its address."""

from __future__ import annotations

import secrets

from sqlalchemy.orm import Session

from advocacy.base.clock import Clock
from advocacy.library.models import ContentItem, ItemKind
from advocacy.sharing import utm
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


def make(
    session: Session,
    clock: Clock,
    *,
    item: ContentItem,
    network: str,
    team_id: int | None = None,
    smallest_group: int,
) -> Link | None:
    """A fresh tracked link to an item; None when the item leads nowhere, or is a post itself.

    Args:
        session: inside a transaction.
        clock: tells when.
        item: what is shared.
        network: what captions are written for.
        team_id: the sharer's team, for patterns that tell it.
        smallest_group: `Settings.smallest_group`: no smaller team is told.
    """
    if not item.source_url or item.kind is ItemKind.POST:  # a post is passed on at its network, not linked to
        return None
    patterns = utm.in_force(session, campaign_id=item.campaign_id)
    told = utm.facts(
        session,
        item=item,
        network=network,
        team_id=team_id,
        smallest_group=smallest_group,
        needs_team=utm.asks_for_team(patterns),
    )
    link = Link(
        code="".join(secrets.choice(BASE58) for _ in range(CODE_LENGTH)),
        target=utm.added(item.source_url, utm.filled(patterns, told)),
        created_at=clock.now(),
    )
    session.add(link)
    session.flush()
    return link
