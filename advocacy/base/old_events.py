"""Removes events that are older than the company keeps them, once everybody who acts on events has seen them."""

from __future__ import annotations

import time
from datetime import UTC, datetime
from datetime import time as wall

from sqlalchemy import ColumnElement, and_, delete, or_, select
from sqlalchemy.orm import Session

from advocacy.base import retention
from advocacy.base.events import Event, EventCursor
from advocacy.base.house import House

BATCH = 5_000
"""Rows a transaction: whoever writes meanwhile waits for no longer than that."""
ROUND = 15.0
"""Seconds a run goes on; the next one continues."""


def remove(house: House) -> int:
    """Removes what is over, in batches. A job of the clock that leads; it may be killed and run again at any time.

    Returns:
        How many events were removed.
    """
    with house.db.transaction() as session:
        first = retention.begin(session, house.clock, kind=retention.EVENTS)
    if first is None:
        return 0
    over, ends, removed = datetime.combine(first, wall(), UTC), time.monotonic() + ROUND, 0
    while time.monotonic() < ends:
        with house.db.transaction() as session:
            ids = list(session.scalars(select(Event.id).where(Event.at < over, *_seen(session)).limit(BATCH)))
            if not ids:
                break
            session.execute(delete(Event).where(Event.id.in_(ids)).execution_options(synchronize_session=False))
            retention.note(session, house.clock, kind=retention.EVENTS, removed=len(ids))
            removed += len(ids)
    return removed


def _seen(session: Session) -> list[ColumnElement[bool]]:
    """Not behind any cursor: points, confirmations and letters come of every event, however late they are."""
    return [
        or_(Event.txid < cursor.txid, and_(Event.txid == cursor.txid, Event.id <= cursor.event_id))
        for cursor in session.scalars(select(EventCursor))
    ]
