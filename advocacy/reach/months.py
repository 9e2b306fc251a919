"""Clicks by month on PostgreSQL: a table for each, made ahead, and dropped as a whole when its time is over.

What belongs to no month's table goes into `click_rest`, so that a click is never refused; its month is made afterwards.
SQLite has one table for all.
"""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date

import structlog
from sqlalchemy import text
from sqlalchemy.exc import OperationalError
from sqlalchemy.orm import Session

from advocacy.base import retention
from advocacy.base.db import Database
from advocacy.base.house import House

log = structlog.get_logger()

AHEAD = 3
"""Months made before they begin."""
PATIENCE = "SET LOCAL lock_timeout = '2s'"
"""Importers and pages go first: what does not get its locks in that time is done at the next run."""
REST = "click_rest"


def tend(house: House) -> None:
    """Makes the tables of the months to come, and of months whose clicks lie in the rest. A job."""
    with house.db.reading() as session:
        if not is_divided(session):
            return
        known = set(_known(session))
        gone = retention.gone_before(session, retention.CLICKS)
        days = f"SELECT DISTINCT date_trunc('month', day)::date FROM {REST}"  # noqa: S608 - our own name
        lost = set(session.scalars(text(days)))
    this = house.clock.now().date().replace(day=1)
    wanted = {_later(this, number) for number in range(AHEAD + 1)} | lost
    for month in sorted(wanted - known):
        if gone is None or month >= gone:
            _make(house.db, month)


def is_divided(session: Session) -> bool:
    """Whether clicks are kept by month here."""
    if session.get_bind().dialect.name != "postgresql":
        return False
    return session.scalar(text("SELECT relkind = 'p' FROM pg_class WHERE oid = to_regclass('click')")) is True


def drop_before(db: Database, first: date) -> Iterator[tuple[Session, int]]:
    """Drops the tables of whole months, each in a transaction of its own that is handed out before it is committed.

    Args:
        db: the database.
        first: the first day that stays; the first of a month.

    Yields:
        The transaction and how many clicks go with it.
    """
    with db.reading() as session:
        months = [month for month in _known(session) if month < first] if is_divided(session) else []
    for month in months:
        try:
            with db.transaction() as session:
                session.execute(text(PATIENCE))
                count = session.scalar(text(f"SELECT count(*) FROM {_name(month)}")) or 0  # noqa: S608 - our own name
                session.execute(text(f"DROP TABLE {_name(month)}"))
                yield session, count
        except OperationalError as busy:
            log.warning(
                "a month of clicks is in use and is dropped later", month=month.isoformat(), why=str(busy.orig)
            )


def _make(db: Database, month: date) -> None:
    """A month's table, with the clicks of it that came before there was one."""
    name, bounds = _name(month), {"first": month.isoformat(), "next": _later(month, 1).isoformat()}
    statements = (
        PATIENCE,
        # First what every importer holds from its first statement on: none is half way when the others are taken.
        "LOCK TABLE journal_segment IN EXCLUSIVE MODE",
        f"LOCK TABLE {REST} IN ACCESS EXCLUSIVE MODE",
        f"CREATE TABLE {name} (LIKE click INCLUDING DEFAULTS INCLUDING CONSTRAINTS)",
        f"WITH moved AS (DELETE FROM {REST} WHERE day >= '{{first}}' AND day < '{{next}}' RETURNING *) "  # noqa: S608
        f"INSERT INTO {name} SELECT * FROM moved",
        f"ALTER TABLE click ATTACH PARTITION {name} FOR VALUES FROM ('{{first}}') TO ('{{next}}')",
    )
    try:
        with db.transaction() as session:
            for statement in statements:
                session.execute(text(statement.format(**bounds)))
    except OperationalError as busy:
        log.warning("a month of clicks is made later", month=month.isoformat(), why=str(busy.orig))


def _known(session: Session) -> list[date]:
    names = session.scalars(
        text(
            "SELECT c.relname FROM pg_inherits i JOIN pg_class c ON c.oid = i.inhrelid "
            "WHERE i.inhparent = 'click'::regclass"
        )
    )
    parts = [name.split("_")[1:] for name in names if name != REST]
    return sorted(date(int(year), int(month), 1) for year, month in parts)


def _name(month: date) -> str:
    return f"click_{month:%Y_%m}"


def _later(month: date, months: int) -> date:
    number = month.year * 12 + month.month - 1 + months
    return date(number // 12, number % 12 + 1, 1)
