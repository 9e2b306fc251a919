"""When to share, if the person leaves it to us: a plain rule that can be told in a sentence."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, timedelta

from sqlalchemy import select
from sqlalchemy.orm import Session

from advocacy.base.clock import Clock
from advocacy.base.text import Text
from advocacy.people.models import User
from advocacy.sharing.models import Share, ShareState
from advocacy.sharing.wall_time import moment, on_the_wall

FIRST_HOUR, LAST_HOUR = 9, 17
"""Working hours in the person's own zone: when the people who follow them are likely to look."""
APART = timedelta(minutes=30)
STEP = timedelta(minutes=15)
DAYS_AHEAD = 14


@dataclass(frozen=True)
class Slot:
    """A good time for a share.

    Args:
        at: aware, UTC.
        why: the rule it follows, in a sentence.
    """

    at: datetime
    why: Text


def next_slot(session: Session, clock: Clock, *, user: User) -> Slot:
    """The next quarter of an hour in working hours that is well apart from the person's other shares.

    Args:
        session: for reading.
        clock: what time it is.
        user: whose zone and plans count.
    """
    now = clock.now()
    taken = list(
        session.scalars(
            select(Share.due_at).where(
                Share.user_id == user.id,
                Share.state.in_((ShareState.SCHEDULED, ShareState.PUBLISHING, ShareState.PUBLISHED)),
                Share.due_at > now - APART,
                Share.due_at < now + timedelta(days=DAYS_AHEAD + 1),
            )
        )
    )
    why = Text("The next quarter of an hour on a working day between 9 and 17, half an hour from your other shares.")
    wall = on_the_wall(now + timedelta(minutes=5), user.time_zone)
    wall = wall.replace(minute=wall.minute // 15 * 15, second=0, microsecond=0) + STEP
    last = wall + timedelta(days=DAYS_AHEAD)
    while wall < last:
        if wall.weekday() > 4 or wall.hour >= LAST_HOUR:
            wall = (wall + timedelta(days=1)).replace(hour=FIRST_HOUR, minute=0)
        elif wall.hour < FIRST_HOUR:
            wall = wall.replace(hour=FIRST_HOUR, minute=0)
        else:
            at = moment(wall, user.time_zone).at
            if all(abs(at - other) >= APART for other in taken if other is not None):
                return Slot(at, why)
            wall += STEP
    return Slot(now + APART, Text("Your next days are full, so this is simply half an hour from now."))
