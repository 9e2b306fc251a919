"""Tracked links as pages ask about them: the redirect itself answers from memory, in `redirect.py`."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from sqlalchemy.orm import Session

from advocacy.base.errors import NotFound
from advocacy.base.text import Text
from advocacy.reach import ended_links
from advocacy.reach.link_cache import header_safe


@dataclass(frozen=True)
class Destination:
    """Where a link leads.

    Args:
        link_id: the link's.
        target: an address fit for a header; None when it has ended or leads nowhere we send people.
    """

    link_id: int
    target: str | None


def destination(session: Session, *, code: str, now: datetime) -> Destination:
    """Where the link with this code leads at this moment.

    Raises:
        NotFound: there is none.
    """
    link = session.execute(ended_links.rows([code])).first()
    if link is None:
        raise NotFound(Text("This link leads nowhere. It may have been cut short on its way to you."))
    leads_to = ended_links.target(link, ended_links.in_force(session), now)
    return Destination(link.id, leads_to and header_safe(leads_to, link.code))
