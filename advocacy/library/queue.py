"""The review queue: what waits to be looked at, the longest first."""

from __future__ import annotations

from dataclasses import dataclass

from sqlalchemy import select
from sqlalchemy.orm import Session, selectinload

from advocacy.base.paging import Page, cursor_of, values_of
from advocacy.library.models import ContentItem, ItemState, ItemVersion
from advocacy.people.models import User


@dataclass(frozen=True)
class Line:
    """An item in the queue.

    Args:
        item: with its picture and card.
        by: who sent it, by name; "" for a source.
        note: what they said.
    """

    item: ContentItem
    by: str
    note: str


def page(session: Session, *, after: str = "", size: int = 20) -> Page[Line]:
    """The items in review, those that wait longest first.

    Raises:
        Invalid: `after` is no cursor of ours.
    """
    newest = (ItemVersion.item_id == ContentItem.id) & (ItemVersion.number == ContentItem.version)
    query = select(ContentItem, ItemVersion.note, User.name).outerjoin(ItemVersion, newest)
    query = query.outerjoin(User, User.id == ItemVersion.by).where(ContentItem.state == ItemState.IN_REVIEW)
    query = query.options(selectinload(ContentItem.picture), selectinload(ContentItem.card))
    query = query.order_by(ContentItem.updated_at, ContentItem.id).limit(size + 1)
    if after:
        last = session.get(ContentItem, _id(after))
        if last is not None:
            later = ContentItem.updated_at > last.updated_at
            same = (ContentItem.updated_at == last.updated_at) & (ContentItem.id > last.id)
            query = query.where(later | same)
    lines = [Line(item, name or "", note or "") for item, note, name in session.execute(query)]
    shown = lines[:size]
    return Page(shown, cursor_of(shown[-1].item.id) if len(lines) > size else None)


def _id(after: str) -> int:
    return int(values_of(after, int)[0])
