"""Tracked links as pages ask about them: the redirect itself answers from memory, in `redirect.py`."""

from __future__ import annotations

from dataclasses import dataclass

from sqlalchemy import select
from sqlalchemy.orm import Session

from advocacy.base.errors import NotFound
from advocacy.base.text import Text
from advocacy.reach.link_cache import header_safe
from advocacy.sharing.models import Link


@dataclass(frozen=True)
class Destination:
    """Where a link leads.

    Args:
        link_id: the link's.
        target: an address fit for a header; None when the link is withdrawn or leads nowhere we send people.
    """

    link_id: int
    target: str | None


def destination(session: Session, *, code: str) -> Destination:
    """Where the link with this code leads.

    Raises:
        NotFound: there is none.
    """
    link = session.scalar(select(Link).where(Link.code == code))
    if link is None:
        raise NotFound(Text("This link leads nowhere. It may have been cut short on its way to you."))
    if link.withdrawn_at is not None:
        return Destination(link.id, None)
    return Destination(link.id, header_safe(link.target, link.code))
