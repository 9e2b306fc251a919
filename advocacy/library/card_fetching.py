"""Preview cards: wanted when an item gets a link, fetched once by a worker, kept with their picture."""

from __future__ import annotations

from urllib.parse import urlsplit

from sqlalchemy import select
from sqlalchemy.exc import IntegrityError
from sqlalchemy.orm import Session

from advocacy.base.clock import Clock
from advocacy.library.content import Content
from advocacy.library.models import ItemKind, PreviewCard

VIDEO_HOSTS = frozenset({"youtube.com", "youtu.be", "vimeo.com", "dailymotion.com", "loom.com", "ted.com"})
"""Where a link is taken for a video at first; the editor can say otherwise."""


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


def find(session: Session, *, card_id: int | None) -> PreviewCard | None:
    """A card; None when there is none of that id."""
    return session.get(PreviewCard, card_id) if card_id else None


def begun(card: PreviewCard, *, language: str) -> Content:
    """What an item made from a card begins with: for the editor to go on from.

    Args:
        card: fetched, or given up.
        language: of the item.
    """
    host = (urlsplit(card.url).hostname or "").removeprefix("www.").removeprefix("m.")
    return Content(
        title=card.title[:200],
        kind=ItemKind.VIDEO if host in VIDEO_HOSTS else ItemKind.ARTICLE,
        summary=card.description[:2_000],
        source_url=card.url,
        language=language,
    )
