"""Feedback on anything: whether it helped, and why. One card a person and thing, to be changed at any time."""

from __future__ import annotations

from dataclasses import dataclass

from sqlalchemy import case, func, select
from sqlalchemy.orm import Session

from advocacy.base.clock import Clock
from advocacy.base.errors import Invalid
from advocacy.base.subjects import Subject, Subjects
from advocacy.base.text import Text
from advocacy.library import visibility
from advocacy.people.models import User
from advocacy.voice import handbook, notices
from advocacy.voice.page_models import Feedback

SUBJECTS = (
    Subject(
        "item",
        lambda session, clock, user, number: visibility.readable(session, clock, user=user, item_id=number),
    ),
    Subject("handbook", lambda session, _clock, _user, number: handbook.get(session, page_id=number)),
    Subject("notice", lambda session, _clock, user, number: notices.get(session, user=user, notice_id=number)),
)
"""Of what this area and those above it have; learning and programme declare their own."""
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


def give(
    session: Session, clock: Clock, subjects: Subjects, *, about: str, user: User, is_helpful: bool, why: str
) -> None:
    """Says whether it helped, in the place of what this person said before.

    Args:
        session: inside a transaction.
        clock: tells the day, and what is there now.
        subjects: what feedback can be about.
        about: kind and number, such as `item:17`.
        user: who says it.
        is_helpful: whether it helped.
        why: at most 1000 characters.

    Raises:
        NotFound: there is no such thing, or this person may not see it: nothing is kept.
        Invalid: on `why`, when it is too long.
    """
    subjects.check(session, clock, about=about, user=user)
    if len(why) > 1000:
        raise Invalid("why", Text("Please keep this below {count} characters.", count=1000))
    session.merge(
        Feedback(about=about, user_id=user.id, is_helpful=is_helpful, why=why.strip(), day=clock.now().date())
    )


def is_known(session: Session, *, about: str) -> bool:
    """Whether anybody has said anything about it: then its editors read that, also when it is gone by now."""
    return session.scalar(select(Feedback.about).where(Feedback.about == about).limit(1)) is not None


def reasons(session: Session, *, about: str, smallest: int) -> list[Feedback]:
    """What people wrote, for editors, without names and in no order of time; nothing where few said anything."""
    if (session.scalar(select(func.count()).where(Feedback.about == about)) or 0) < smallest:
        return []
    query = select(Feedback).where(Feedback.about == about, Feedback.why != "").order_by(Feedback.why)
    return list(session.scalars(query.limit(MOST_WORDS)))
