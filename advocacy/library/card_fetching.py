"""Preview cards: wanted when an item gets a link, fetched once by a worker, kept with their picture."""

from __future__ import annotations

from sqlalchemy import select
from sqlalchemy.exc import IntegrityError
from sqlalchemy.orm import Session

from advocacy.base.clock import Clock
from advocacy.library.models import PreviewCard


def want(session: Session, clock: Clock, *, url: str) -> PreviewCard:
    """The card of a link: the one that is there, or a new one that a worker will fetch."""
    known = select(PreviewCard).where(PreviewCard.url == url)
    card = session.scalar(known)
    if card is not None:
        return card
    now = clock.now()
    card = PreviewCard(url=url, wanted_at=now, next_try_at=now)
    try:
        with session.begin_nested():
            session.add(card)
    except IntegrityError:  # somebody else wanted it at the same moment
        return session.scalars(known).one()
    return card
