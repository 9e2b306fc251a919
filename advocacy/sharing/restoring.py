"""After a backup was brought back: what may have gone out since it was made is never sent again blindly."""

from __future__ import annotations

from sqlalchemy import CursorResult, update
from sqlalchemy.orm import Session

from advocacy.base import events
from advocacy.base.clock import Clock
from advocacy.base.text import Text
from advocacy.sharing.models import Share, ShareState

ASK = Text("The hub was brought back from a backup. It may have been posted before that.")


def settle(session: Session, clock: Clock) -> int:
    """Asks the person about each share whose time came between the backup and now.

    The lost database may have published it, so nothing here knows whether it is there: it becomes unconfirmed.
    Shares that are still to come are published as planned.

    Args:
        session: inside a transaction, before any worker runs.
        clock: tells what lies in the past.

    Returns:
        How many shares wait for an answer.
    """
    now = clock.now()
    done = session.execute(
        update(Share)
        .where(Share.state.in_((ShareState.SCHEDULED, ShareState.PUBLISHING)), Share.due_at <= now)
        .values(
            state=ShareState.UNCONFIRMED,
            reason=ASK.to_json(),
            unsettled_at=Share.due_at,
            next_attempt_at=None,
            lease_owner=None,
            lease_until=None,
            updated_at=now,
        )
    )
    count = done.rowcount if isinstance(done, CursorResult) else 0
    events.record(session, clock, kind="hub.restored", actor_id=None, subject=("hub", None), data={"asked": count})
    return count
