"""How many thanks there were, for whoever counts them: numbers alone, whether they stand on the wall or not."""

from __future__ import annotations

from datetime import UTC, date, datetime, time, timedelta

from sqlalchemy import Date, cast, func, select
from sqlalchemy.orm import Session

from advocacy.recognition.kudos_models import Kudos


def by_day(session: Session, *, first: date, last: date) -> dict[date, int]:
    """Kudos given on each day of UTC that has any, but those that were taken back or hidden.

    Args:
        session: for reading.
        first: the first day.
        last: the last day.
    """
    begins = datetime.combine(first, time(), UTC)
    ends = datetime.combine(last + timedelta(days=1), time(), UTC)
    is_sqlite = session.get_bind().dialect.name == "sqlite"
    day = func.date(Kudos.given_at) if is_sqlite else cast(func.timezone("UTC", Kudos.given_at), Date)
    query = select(day, func.count()).where(
        Kudos.given_at >= begins, Kudos.given_at < ends, Kudos.hidden_at.is_(None)
    )
    return {
        date.fromisoformat(value) if isinstance(value, str) else value: int(count)
        for value, count in session.execute(query.group_by(day))
    }
