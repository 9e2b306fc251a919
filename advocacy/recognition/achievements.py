"""A person's page: badges, level, weeks in a row and what comes next; others see it only when its owner lets them."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import select
from sqlalchemy.orm import Session

from advocacy.base.errors import NotFound
from advocacy.base.text import Text
from advocacy.people.models import User, UserState
from advocacy.recognition import levels, streaks
from advocacy.recognition.badge_models import BadgeGiven, PersonCount
from advocacy.recognition.badges import BADGES, Badge, badge_named
from advocacy.recognition.kudos_models import RecognitionChoice
from advocacy.recognition.levels import Level
from advocacy.recognition.models import Standing
from advocacy.recognition.periods import EVER, Period
from advocacy.recognition.streaks import Streak


@dataclass(frozen=True)
class Earned:
    """A badge that a person has."""

    title: Text
    sentence: Text | None
    icon: str
    at: datetime


@dataclass(frozen=True)
class Ahead:
    """A badge that comes next in its kind, and how far the person has come."""

    badge: Badge
    count: int


@dataclass(frozen=True)
class Achievements:
    """What a person has earned.

    Args:
        name: whose.
        points: all of them.
        level: where they are.
        next_level: what comes; None at the top.
        streak: weeks in a row.
        badges: newest first.
        ahead: the next of each kind, the nearest first.
        of_all: badges that can be had now.
    """

    name: str
    points: int
    level: Level
    next_level: Level | None
    streak: Streak
    badges: Sequence[Earned]
    ahead: Sequence[Ahead]
    of_all: int


def of_person(session: Session, user: User, *, now: datetime) -> Achievements:
    """What a person has earned, for themselves."""
    key = (Period.ALL.value, EVER, user.id)
    standing = session.get(Standing, key)
    points = standing.points if standing is not None else 0
    given = {
        row.badge: row
        for row in session.scalars(
            select(BadgeGiven).where(BadgeGiven.user_id == user.id).order_by(BadgeGiven.at.desc(), BadgeGiven.badge)
        )
    }
    counts = {
        row.measure: row.count for row in session.scalars(select(PersonCount).where(PersonCount.user_id == user.id))
    }
    return Achievements(
        name=user.name,
        points=points,
        level=levels.level_of(points),
        next_level=levels.next_level(points),
        streak=streaks.of_person(session, user, now=now),
        badges=[_earned(row) for row in given.values()],
        ahead=_ahead(set(given), counts),
        of_all=len(BADGES),
    )


def _earned(row: BadgeGiven) -> Earned:
    badge = badge_named(row.badge)
    if badge is None:
        return Earned(Text.from_json(row.title), None, "medal", row.at)
    return Earned(badge.title, badge.sentence, badge.icon, row.at)


def _ahead(has: set[str], counts: dict[str, int]) -> list[Ahead]:
    first: dict[str, Ahead] = {}
    for badge in sorted(BADGES, key=lambda one: one.count):
        if badge.name not in has:
            first.setdefault(badge.measure, Ahead(badge, min(counts.get(badge.measure, 0), badge.count)))
    return sorted(first.values(), key=lambda one: -one.count / one.badge.count)


def of_colleague(session: Session, *, user_id: int, reader: User, now: datetime) -> Achievements:
    """What a colleague has earned.

    Raises:
        NotFound: they do not let others see it, or there is nobody.
    """
    user = session.get(User, user_id)
    if user is None or user.state is not UserState.ACTIVE or not (user.id == reader.id or _is_public(session, user)):
        raise NotFound(Text("There is no such page. A colleague may not have opened theirs."))
    return of_person(session, user, now=now)


def _is_public(session: Session, user: User) -> bool:
    choice = session.get(RecognitionChoice, user.id)
    return choice is not None and choice.page_public


def open_pages(session: Session, *, user_ids: Sequence[int]) -> set[int]:
    """Which of these people let others see their page."""
    query = select(RecognitionChoice.user_id).where(
        RecognitionChoice.user_id.in_(list(user_ids)), RecognitionChoice.page_public
    )
    return set(session.scalars(query))
