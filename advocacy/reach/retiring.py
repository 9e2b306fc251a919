"""Removes single clicks that are older than the company keeps them. The days' sums and the ledger of points stay."""

from __future__ import annotations

import time
from datetime import date

from sqlalchemy import delete, select

from advocacy.base import retention
from advocacy.base.house import House
from advocacy.reach import kinds, months, rejudging
from advocacy.reach.models import Click

BATCH = 5_000
"""Clicks a transaction: an importer waits for no longer than that."""
ROUND = 15.0
"""Seconds a run goes on; the next one continues."""


def remove(house: House) -> int:
    """Removes what is over: whole months where clicks are kept by month, the rest in batches.

    A job of the clock that leads; it may be killed and run again at any time. A click that comes later than its day is
    kept is summed like any other and goes at the next run.

    Returns:
        How many clicks were removed.
    """
    with house.db.transaction() as session:
        first = retention.begin(session, house.clock, kind=retention.CLICKS)
    if first is None:
        return 0
    removed = 0
    for session, count in months.drop_before(house.db, first):
        retention.note(session, house.clock, kind=retention.CLICKS, removed=count)
        removed += count
    removed += _in_batches(house, first)
    with house.db.transaction() as session:
        rejudging.forget(session, first)
        is_over = session.scalar(select(Click.id).where(Click.day < first).limit(1)) is None
    if removed and is_over:
        kinds.remove_unused(house.db)  # at the end only: it looks at every click that is left
    return removed


def _in_batches(house: House, first: date) -> int:
    ends, removed = time.monotonic() + ROUND, 0
    while time.monotonic() < ends:
        with house.db.transaction() as session:
            ids = list(session.scalars(select(Click.id).where(Click.day < first).limit(BATCH)))
            if not ids:
                break
            over = delete(Click).where(Click.day < first, Click.id.in_(ids))
            session.execute(over.execution_options(synchronize_session=False))
            retention.note(session, house.clock, kind=retention.CLICKS, removed=len(ids))
            removed += len(ids)
    return removed
