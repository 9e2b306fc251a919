"""The brief before sharing: who has to read it, who has, and asking for it again."""

from __future__ import annotations

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from advocacy.base import events
from advocacy.base.clock import Clock
from advocacy.library.brief_models import BriefReading
from advocacy.library.models import ContentItem


def is_owed(session: Session, *, user_id: int, item: ContentItem) -> bool:
    """Whether this person still has to read the brief before they share the item."""
    if not item.brief_first or not (item.internal_brief or item.briefs):
        return False
    return session.get(BriefReading, (item.id, user_id, item.brief_edition)) is None


def read(session: Session, clock: Clock, *, user_id: int, item: ContentItem, edition: int | None = None) -> bool:
    """Keeps that a person has read the brief; a second time changes nothing.

    Args:
        session: inside a transaction.
        clock: tells when.
        user_id: who.
        item: whose brief; the caller has made sure that the person may see it.
        edition: that they had before their eyes; None for the one that stands now.

    Returns:
        Whether it is the brief as it stands now: one that was asked for again meanwhile has yet to be read.
    """
    if edition is not None and edition != item.brief_edition:
        return False
    if session.get(BriefReading, (item.id, user_id, item.brief_edition)) is None:
        session.add(BriefReading(item_id=item.id, user_id=user_id, edition=item.brief_edition, at=clock.now()))
        events.record(
            session,
            clock,
            kind="brief.read",
            actor_id=user_id,
            subject=("item", item.id),
            data={"edition": item.brief_edition},
        )
    return True


def ask_again(session: Session, clock: Clock, *, item: ContentItem, by: int) -> None:
    """Lets everybody read the brief again before they share: it has changed so much that it matters."""
    item.brief_edition += 1
    events.record(
        session,
        clock,
        kind="brief.asked_again",
        actor_id=by,
        subject=("item", item.id),
        data={"title": item.title, "edition": item.brief_edition},
    )


def readers(session: Session, *, item: ContentItem) -> int:
    """How many people have read the brief as it stands now."""
    query = select(func.count()).where(BriefReading.item_id == item.id, BriefReading.edition == item.brief_edition)
    return session.scalar(query) or 0
