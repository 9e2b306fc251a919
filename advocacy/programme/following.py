"""Who hears when a plan changes."""

from __future__ import annotations

from sqlalchemy import delete, func, select
from sqlalchemy.orm import Session

from advocacy.base.clock import Clock
from advocacy.base.db import upsert
from advocacy.people.models import User, UserState
from advocacy.programme import programmes
from advocacy.programme.models import ProgrammeFollower


def follow(session: Session, clock: Clock, *, programme_id: int, user_id: int) -> None:
    """From now on this person hears of changes; twice is once.

    Raises:
        NotFound: no such programme.
    """
    programmes.get(session, programme_id=programme_id)
    values = {"programme_id": programme_id, "user_id": user_id, "since": clock.now()}
    session.execute(upsert(session, ProgrammeFollower).values(values).on_conflict_do_nothing())


def stop(session: Session, *, programme_id: int, user_id: int) -> None:
    """This person hears of it no more."""
    session.execute(
        delete(ProgrammeFollower).where(
            ProgrammeFollower.programme_id == programme_id, ProgrammeFollower.user_id == user_id
        )
    )


def is_following(session: Session, *, programme_id: int, user_id: int) -> bool:
    """Whether this person does."""
    return session.get(ProgrammeFollower, (programme_id, user_id)) is not None


def count(session: Session, *, programme_id: int) -> int:
    """How many people do."""
    query = select(func.count()).where(ProgrammeFollower.programme_id == programme_id)
    return session.scalar(query) or 0


def followers(session: Session, *, programme_id: int) -> list[int]:
    """The ids of active people who do, in their order: whom a notice of a change goes to."""
    query = (
        select(User.id)
        .join(ProgrammeFollower, ProgrammeFollower.user_id == User.id)
        .where(ProgrammeFollower.programme_id == programme_id, User.state == UserState.ACTIVE)
    )
    return list(session.scalars(query.order_by(User.id)))
