"""Planned shares that wait for their person because something comes first, such as a course that became required."""

from __future__ import annotations

from collections.abc import Collection
from datetime import datetime

from sqlalchemy import ColumnElement, select
from sqlalchemy.orm import Session

from advocacy.base.clock import Clock
from advocacy.base.text import Text
from advocacy.sharing.models import Share, ShareState


def overdue(user_id: int, now: datetime) -> list[ColumnElement[bool]]:
    """Which of a person's planned shares are due and were put off, with nothing of them out that has to be looked for."""
    return [
        Share.user_id == user_id,
        Share.state == ShareState.SCHEDULED,
        Share.due_at <= now,
        Share.next_attempt_at > now,
        Share.unsettled_at.is_(None),
    ]


def let_go_on(session: Session, clock: Clock, *, user_id: int, waited_for: Text) -> None:
    """Lets a person's shares go out at once that were due and waited for something: they have done it.

    What else keeps them is asked again before they are sent.

    Args:
        session: inside a transaction.
        clock: tells when.
        user_id: whose.
        waited_for: the sentence that such shares show; whatever fills its places.
    """
    now = clock.now()
    for share in session.scalars(select(Share).where(*overdue(user_id, now))).all():
        if share.reason is not None and share.reason.get("template") == waited_for.template:
            share.next_attempt_at = now


def planners(session: Session, *, among: Collection[int]) -> set[int]:
    """Which of these people, by their ids, have planned something that has yet to go out."""
    planned = select(Share.user_id).where(Share.state == ShareState.SCHEDULED).distinct()
    return set(session.scalars(planned)) & set(among)
