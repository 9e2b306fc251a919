"""Feedback on anything: whether it helped, and why. One card a person and thing, to be changed at any time."""

from __future__ import annotations

import re
from dataclasses import dataclass

from sqlalchemy import case, func, select
from sqlalchemy.orm import Session

from advocacy.base.clock import Clock
from advocacy.base.errors import Invalid, NotFound
from advocacy.base.text import Text
from advocacy.voice.page_models import Feedback

_ABOUT = re.compile(r"(item|course|plan|handbook|notice|page):[a-z0-9.-]{1,30}")
MOST_WORDS = 100


@dataclass(frozen=True)
class Card:
    """What one person said, and what all said together.

    Args:
        mine: the person's own; None when they said nothing.
        helpful: people whom it helped; None where fewer than the smallest group said anything.
        count: people who said anything; None likewise.
    """

    mine: Feedback | None
    helpful: int | None
    count: int | None


def check(about: str) -> str:
    """What feedback can be about, such as `item:17`.

    Raises:
        NotFound: it is nothing that we have.
    """
    if not _ABOUT.fullmatch(about):
        raise NotFound()
    return about


def card(session: Session, *, about: str, user_id: int, smallest: int) -> Card:
    """The card of a thing as a person sees it."""
    count, helpful = session.execute(
        select(func.count(), func.coalesce(func.sum(case((Feedback.is_helpful, 1), else_=0)), 0)).where(
            Feedback.about == about
        )
    ).one()
    is_enough = count >= smallest
    mine = session.get(Feedback, (about, user_id))
    return Card(mine, int(helpful) if is_enough else None, int(count) if is_enough else None)


def give(session: Session, clock: Clock, *, about: str, user_id: int, is_helpful: bool, why: str) -> None:
    """Says whether it helped, in the place of what this person said before.

    Raises:
        Invalid: on `why`, when it is too long.
    """
    if len(why) > 1000:
        raise Invalid("why", Text("Please keep this below {count} characters.", count=1000))
    session.merge(
        Feedback(about=check(about), user_id=user_id, is_helpful=is_helpful, why=why.strip(), day=clock.now().date())
    )


def reasons(session: Session, *, about: str, smallest: int) -> list[Feedback]:
    """What people wrote, for editors, without names and in no order of time; nothing where few said anything."""
    if (session.scalar(select(func.count()).where(Feedback.about == about)) or 0) < smallest:
        return []
    query = select(Feedback).where(Feedback.about == about, Feedback.why != "").order_by(Feedback.why)
    return list(session.scalars(query.limit(MOST_WORDS)))
