"""What colleagues remark on an item while it is reviewed."""

from __future__ import annotations

from sqlalchemy import select
from sqlalchemy.orm import Session

from advocacy.base import events
from advocacy.base.clock import Clock
from advocacy.base.errors import Invalid
from advocacy.base.text import Text
from advocacy.library import items
from advocacy.library.models import ReviewComment
from advocacy.people.models import User


def add(session: Session, clock: Clock, *, item_id: int, by: int, text: str) -> ReviewComment:
    """Remarks on an item.

    Raises:
        NotFound: there is none.
        Invalid: on field `text`.
    """
    item = items.get(session, item_id=item_id)
    kept = text.replace("\r\n", "\n").strip()
    if not kept:
        raise Invalid("text", Text("Please write something."))
    if len(kept) > 2_000:
        raise Invalid("text", Text("Please keep this below {count} characters.", count=2_000))
    remark = ReviewComment(item_id=item.id, user_id=by, text=kept, at=clock.now())
    session.add(remark)
    events.record(
        session, clock, kind="item.commented", actor_id=by, subject=("item", item.id), data={"title": item.title}
    )
    return remark


def of_item(session: Session, *, item_id: int, most: int = 100) -> list[tuple[ReviewComment, str]]:
    """The newest remarks on an item with their authors' names, oldest first."""
    query = select(ReviewComment, User.name).outerjoin(User, User.id == ReviewComment.user_id)
    query = query.where(ReviewComment.item_id == item_id)
    rows = session.execute(query.order_by(ReviewComment.at.desc(), ReviewComment.id.desc()).limit(most))
    return [(remark, name or "") for remark, name in reversed(rows.all())]
