"""Items of the library in a newsletter, for those whom they are for."""

from __future__ import annotations

from sqlalchemy import select
from sqlalchemy.orm import Session

from advocacy.base.blocks import Block, Drawn
from advocacy.base.clock import Clock
from advocacy.base.errors import NotFound
from advocacy.base.text import Text
from advocacy.library import visibility
from advocacy.library.models import ContentItem
from advocacy.people.models import User


def _offered(session: Session, clock: Clock) -> list[tuple[int, str]]:
    live = select(ContentItem).where(visibility.open_at(clock.now()))
    newest = live.order_by(ContentItem.live_from.desc(), ContentItem.id.desc()).limit(20)
    return [(item.id, item.title) for item in session.scalars(newest)]


def _draw(session: Session, clock: Clock, user: User, item_id: int) -> Drawn | None:
    try:
        item = visibility.readable(session, clock, user=user, item_id=item_id)
    except NotFound:
        return None
    button = Text("Read") if item.internal_only else Text("Read and share")
    return Drawn(item.title, item.summary, f"/feed/items/{item.id}", button)


BLOCK = Block("item", Text("From the library"), _offered, _draw)
