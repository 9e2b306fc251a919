"""Items as their reach is asked about."""

from __future__ import annotations

from dataclasses import dataclass

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from advocacy.base.errors import NotFound
from advocacy.library.models import ContentItem
from advocacy.sharing.models import Share, ShareState


@dataclass(frozen=True)
class Reached:
    """An item and how often it was shared.

    Args:
        id: the item's.
        title: its title.
        shares: posts that are out there, proven or claimed.
        people: who shared it, counted.
    """

    id: int
    title: str
    shares: int
    people: int


def reached(session: Session, *, item_id: int) -> Reached:
    """An item with its number of shares.

    Raises:
        NotFound: there is no such item.
    """
    title = session.scalar(select(ContentItem.title).where(ContentItem.id == item_id))
    if title is None:
        raise NotFound()
    shares, people = session.execute(
        select(func.count(), func.count(Share.user_id.distinct())).where(
            Share.item_id == item_id, Share.state == ShareState.PUBLISHED
        )
    ).one()
    return Reached(item_id, title, shares, people)
